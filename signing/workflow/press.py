"""The text for the press: what it is made from, and the coordinator's own words in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from signing.domain.errors import Faulty, NotFound
from signing.domain.letter import Letter
from signing.domain.letter_text import ItemList, LetterText, Paragraph, plain_block
from signing.domain.wording import Wording
from signing.evidence.signatory_list import SignatoryList
from signing.evidence.statement import LIST_FILE
from signing.workflow.activity import Act, record
from signing.workflow.closing import preview_list
from signing.workflow.letters import letter_of, locked_letter, texts_of
from signing.workflow.ports import Edition, Services

KIND, PART = "press", "words"
LONGEST = 20_000
# The ask stands at the beginning of a letter.
PARAGRAPHS = 2


@dataclass(frozen=True, slots=True)
class PressMatter:
    """What the text says: `names` as they are printed, `withheld` more that are only counted, from `countries` as far
    as the roster knows. `own` are the coordinator's words, by language; `contacts` those who lead the letter."""

    letter: Letter
    texts: dict[str, LetterText]
    edition: Edition | None
    names: tuple[str, ...]
    withheld: int
    countries: int
    contacts: tuple[str, ...]
    own: dict[str, str]
    at: datetime

    @property
    def languages(self) -> list[str]:
        """The letter's own first."""
        return sorted(self.texts, key=lambda tag: (tag != self.letter.language, tag))


def asks(text: LetterText) -> list[str]:
    """The first paragraphs, as plain words, with the list that the last of them announces."""
    asked: list[str] = []
    for block in text.blocks:
        announced = isinstance(block, ItemList) and bool(asked) and asked[-1].endswith((":", "："))
        if announced or (isinstance(block, Paragraph) and len(asked) < PARAGRAPHS):
            asked.append(plain_block(block))
        elif len(asked) >= PARAGRAPHS:
            break
    return asked


def matter(services: Services, letter_id: str) -> PressMatter:
    """What there is to tell, of the newest edition or of the list as it is now.

    Raises NotFound for a letter without opened words.
    """
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        edition = uow.editions.newest(letter_id)
        version = uow.letters.version(letter_id, edition.version if edition else letter.version)
        countries = {entry.organisation_id: entry.country for entry in uow.roster.entries(letter_id)}
        leads = [
            f"{account.name}, {account.email}" if account.name else account.email
            for member, account in uow.members.of_letter(letter_id)
            if member.role.value == "lead"
        ]
        own = {each.language: each.words for each in uow.wordings.of_letter(letter_id) if each.kind == KIND}
    if version is None:
        raise NotFound("This letter has no words yet.", code="no-words")
    if edition is not None:
        listing = SignatoryList.from_bytes(edition.files[LIST_FILE], edition.confidential)
    else:
        listing = preview_list(services, letter_id)
    known = {(countries.get(each.signatory.org) or "").strip().casefold() for each in listing.listed} - {""}
    return PressMatter(
        letter=letter,
        texts=texts_of(version),
        edition=edition,
        names=tuple(each.signatory.listed_as for each in listing.listed),
        withheld=listing.confidential,
        countries=len(known),
        contacts=tuple(leads),
        own=own,
        at=services.clock(),
    )


def keep(services: Services, letter_id: str, language: str, words: str) -> None:
    """Keep the coordinator's own text in one language; without words, ours stands again.

    Raises NotFound, Faulty `words` when it is too long.
    """
    tidy = words.replace("\r\n", "\n").strip()
    if len(tidy) > LONGEST:
        raise Faulty(
            "The text is longer than {longest} characters. Shorten it.", field="words", code="words-too-long",
            values={"longest": LONGEST},
        )  # fmt: skip
    with services.unit_of_work(write=True) as uow:
        locked_letter(uow, letter_id)
        before = uow.wordings.of_mail(letter_id, KIND, language).get(PART, "")
        if tidy != before:
            uow.wordings.save(Wording(letter_id, KIND, language, PART, tidy), services.clock())
            record(services, uow, Act.PRESS_CHANGED, letter_id, language=language)
            uow.commit()
