"""What the mail that brings a letter to its addressees says, in the coordinator's own words where there are any."""

from __future__ import annotations

from signing.domain.errors import Faulty, NotFound
from signing.domain.wording import Wording
from signing.workflow.activity import Act, record
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.ports import Services, UnitOfWork

KIND, PART = NoticeKind.DELIVERY.value, "words"
LONGEST = 5_000


def worded(services: Services, letter_id: str) -> dict[str, str]:
    """The coordinator's words by language of the letter, "" where ours stand; the letter's own language first."""
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        own = {each.language: each.words for each in uow.wordings.of_letter(letter_id) if each.kind == KIND}
        tags = sorted(_languages(uow, letter_id), key=lambda tag: (tag != letter.language, tag))
    return {tag: own.get(tag, "") for tag in tags}


def keep(services: Services, letter_id: str, language: str, words: str) -> None:
    """Keep them for one language; without words, ours stand again. Raises NotFound, Faulty `words-LANGUAGE`."""
    tidy = words.replace("\r\n", "\n").strip()
    if len(tidy) > LONGEST:
        raise Faulty(
            "The words are longer than {longest} characters. Shorten them.", field=f"words-{language}",
            code="words-too-long", values={"longest": LONGEST},
        )  # fmt: skip
    with services.unit_of_work(write=True) as uow:
        locked_letter(uow, letter_id)
        if language not in _languages(uow, letter_id):
            raise NotFound("The letter has no text in this language.", code="language-unknown")
        if tidy != uow.wordings.of_mail(letter_id, KIND, language).get(PART, ""):
            uow.wordings.save(Wording(letter_id, KIND, language, PART, tidy), services.clock())
            record(services, uow, Act.DELIVERY_CHANGED, letter_id, language=language)
            uow.commit()


def _languages(uow: UnitOfWork, letter_id: str) -> set[str]:
    versions = uow.letters.versions(letter_id)
    return set(versions[-1].files) if versions else set()
