"""The mails of a letter before they go, and the coordinator's own words in them; a test mail to oneself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from signing.domain.errors import Faulty, NotAllowed, NotFound, Unavailable
from signing.domain.letter import Letter, LetterState, Version
from signing.domain.wording import PARTS, MailPart, Wording, checked
from signing.workflow.activity import Act, record
from signing.workflow.allowances import Allowance, hit
from signing.workflow.letters import letter_of
from signing.workflow.mail_ports import MailSample, NoticeKind
from signing.workflow.notices import letter_notice
from signing.workflow.ports import MailSampling, SampleOf, Services, UnitOfWork

# To oneself, to look at: as many as somebody needs who tries every mail in every language.
TRIALS = Allowance("trial-mails", 30, 60 * 60)


class TooManyTrials(NotAllowed):
    """So many test mails went to this account that the next one has to wait."""

    code = "too-many-trials"

    def __init__(self) -> None:
        super().__init__(f"You have had {TRIALS.most} test mails within an hour. Please wait a while.")


@dataclass(frozen=True, slots=True)
class WordedMail:
    """One kind of mail in one language, as it would go now.

    `own` are the coordinator's words by part, `ours` the mail without them. `languages` are those that contacts of the
    roster are written to in; `worded` are those of them that have words of the coordinator's own for this kind.
    """

    letter: Letter
    kinds: Sequence[NoticeKind]
    languages: Sequence[str]
    kind: NoticeKind
    language: str
    own: Mapping[str, str]
    worded: Sequence[str]
    sample: MailSample
    ours: MailSample

    @property
    def missing(self) -> list[str]:
        """Languages that are written to in our words although another one has words of the coordinator's."""
        return [each for each in self.languages if each not in self.worded] if self.worded else []


def view(services: Services, letter_id: str, kind: str = "", language: str = "") -> WordedMail:
    """A kind of mail in a language of the roster; the first of each where none is named. Raises NotFound."""
    samples = _samples(services)
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        languages = _languages(samples, uow, letter)
        chosen = _kind(samples, kind or samples.kinds()[0].value)
        tongue = language or languages[0]
        if tongue not in languages:
            raise _no_such_mail()
        everything = [each for each in uow.wordings.of_letter(letter_id) if each.kind == chosen.value]
        version = _version(uow, letter)
    own = {each.part: each.words for each in everything if each.language == tongue}
    about = SampleOf(letter, version, chosen, tongue)
    ours = samples.sample(services, about)
    mine = samples.sample(services, SampleOf(letter, version, chosen, tongue, own)) if own else ours
    worded = [each for each in languages if any(one.language == each for one in everything)]
    return WordedMail(letter, samples.kinds(), languages, chosen, tongue, own, worded, mine, ours)


def word(services: Services, letter_id: str, kind: str, language: str, typed: Mapping[str, str]) -> None:
    """Keep the coordinator's words for the parts that are `typed`; empty ones are ours again.

    Mails that wait are written as they go, so it counts for them, too. Raises NotFound, NotAllowed, Faulty.
    """
    samples, now = _samples(services), services.clock()
    words: dict[MailPart, str] = {}
    faults: list[Faulty] = []
    for part in PARTS:
        if part in typed:
            try:
                words[part] = checked(part, typed[part])
            except Faulty as fault:
                faults.append(fault)
    if faults:
        raise faults[0]
    with services.unit_of_work(write=True) as uow:
        letter = letter_of(uow, letter_id)
        chosen = _kind(samples, kind)
        if language not in _languages(samples, uow, letter):
            raise _no_such_mail()
        if letter.state is LetterState.ABANDONED or letter.archived_at is not None:
            raise NotAllowed("This letter has ended: no mail of this kind goes out any more.", code="letter-ended")
        before = uow.wordings.of_mail(letter_id, chosen.value, language)
        changed = [part for part, each in words.items() if each != before.get(part.value, "")]
        for part in changed:
            uow.wordings.save(Wording(letter_id, chosen.value, language, part.value, words[part]), now)
        if changed:
            parts = ", ".join(part.value for part in changed)
            record(services, uow, Act.MAIL_WORDED, letter_id, mail=chosen.value, language=language, parts=parts)
        uow.commit()


def try_out(services: Services, letter_id: str, kind: str, language: str) -> str:
    """Mail the sample to whoever asks, at the address of their own account; gives that address.

    Raises NotFound, NotAllowed, TooManyTrials.
    """
    samples, now = _samples(services), services.clock()
    account_id = services.actor().account_id
    with services.unit_of_work(write=True) as uow:
        letter = letter_of(uow, letter_id)
        chosen = _kind(samples, kind)
        if language not in _languages(samples, uow, letter):
            raise _no_such_mail()
        account = uow.accounts.get(account_id) if account_id is not None else None
        if account is None:
            raise NotAllowed("A test mail goes to the address of an account: please sign in.", code="no-account")
        if not hit(uow, TRIALS, services.tokens.address_digest(account.email), now):
            raise TooManyTrials
        uow.outbox.add([
            letter_notice(
                services, NoticeKind.TRIAL, letter_id, f"{account.id} {chosen.value}", account.email, now,
                language=language,
            )
        ])  # fmt: skip
        record(services, uow, Act.MAIL_TRIED, letter_id, mail=chosen.value, language=language)
        uow.commit()
    return account.email


def _samples(services: Services) -> MailSampling:
    if services.samples is None:
        raise Unavailable("Mails cannot be shown here.")
    return services.samples


def _kind(samples: MailSampling, kind: str) -> NoticeKind:
    found = next((each for each in samples.kinds() if each.value == kind), None)
    if found is None:
        raise _no_such_mail()
    return found


def _languages(samples: MailSampling, uow: UnitOfWork, letter: Letter) -> list[str]:
    """What contacts of the roster are spoken to in, the letter's own first."""
    first = samples.spoken(letter.language)
    others = {samples.spoken(each.language) for each in uow.roster.entries(letter.id) if each.language}
    return [first, *sorted(others - {first})]


def _version(uow: UnitOfWork, letter: Letter) -> Version | None:
    """The words that mails are about: the open ones, else the draft."""
    return uow.letters.version(letter.id, letter.version) if letter.version else uow.letters.draft(letter.id)


def _no_such_mail() -> NotFound:
    return NotFound("There is no such mail.", code="mail-unknown")
