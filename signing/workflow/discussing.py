"""Comments, suggestions and questions: a contact writes them beside the letter, the coordinator reads and answers.

Only that organisation and the coordinator see them, and nothing of them is evidence: "yes, if" is no decision until
the contact has seen the new words and answered them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from signing.domain.discussion import Remark, RemarkKind
from signing.domain.errors import N_, Faulty, NotAllowed, NotFound, Refusal
from signing.domain.letter import Letter, LetterAction, Version
from signing.domain.letter_text import LetterText, plain_block
from signing.domain.organisation import RosterEntry
from signing.workflow import confirming
from signing.workflow.activity import Act, record
from signing.workflow.contact_access import Access, allowed, current_version, invited, stale_words, used_page
from signing.workflow.identifiers import new_id
from signing.workflow.letters import letter_of, texts_of
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.notices import notice
from signing.workflow.ports import InvitationView, Services, UnitOfWork
from signing.workflow.settling import Settled, Step, Words
from signing.workflow.signatory_form import check_page_key, tidy_words

MOST_REMARKS = 200


@dataclass(frozen=True, slots=True)
class RemarkForm:
    """A remark as typed. `version`, `language` and `block` say what it is about; `wants_answer` makes it a
    question; `code` is empty where the browser is confirmed."""

    version: int
    language: str | None
    block: int | None
    words: str
    wording: str
    condition: bool
    wants_answer: bool
    code: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class RemarkPlace:
    """Where a remark is to stand: `quote` are the words of the block, None for the whole letter. `remarks` are the
    organisation's own so far, `confirmed` whether this browser needs no code. `why_not` says why none is taken."""

    letter: Letter
    version: Version
    entry: RosterEntry
    texts: dict[str, LetterText]
    language: str | None
    block: int | None
    quote: str | None
    remarks: list[Remark]
    confirmed: bool
    code_sent: bool
    why_not: str | None


@dataclass(frozen=True, slots=True)
class LetterRemark:
    """A remark with the entry of the organisation that made it, for the coordinator, and how far it has come.

    `waits`: it is a "yes, if", and the organisation has not answered the letter since. `unanswered`: it asks
    something of the coordinator.
    """

    remark: Remark
    entry: RosterEntry
    settled: Settled

    @property
    def waits(self) -> bool:
        return self.remark.waits(self.entry.answered_at)

    @property
    def unanswered(self) -> bool:
        return self.remark.kind is RemarkKind.QUESTION and self.remark.answer is None

    @property
    def to_do(self) -> bool:
        """Whether it waits for the coordinator: a question for an answer, a wish for being met or left out."""
        return self.unanswered or (self.asks_for_words and self.settled.step is Step.OPEN)

    @property
    def asks_for_words(self) -> bool:
        """Whether it wishes for other words, proposed or described."""
        return self.remark.condition or self.remark.kind is RemarkKind.SUGGESTION or self.remark.wording is not None


@dataclass(frozen=True, slots=True)
class Passage:
    """All remarks on the same words, oldest first; `quote` None are those on the whole letter.

    `block` says where the words stand in the newest opened version; None where it has them no more.
    """

    quote: str | None
    language: str | None
    remarks: tuple[LetterRemark, ...]
    block: int | None = None

    def only(self, which: Callable[[LetterRemark], bool]) -> Passage:
        """The same with those remarks alone."""
        return replace(self, remarks=tuple(each for each in self.remarks if which(each)))


@dataclass(frozen=True, slots=True)
class Discussion:
    """`texts` are the newest opened ones by language, `passages` what was said of them, in the letter's order."""

    letter: Letter
    texts: dict[str, LetterText]
    passages: tuple[Passage, ...]

    @property
    def remarks(self) -> list[LetterRemark]:
        return [each for passage in self.passages for each in passage.remarks]


def place(services: Services, access: Access, language: str | None, block: int | None) -> RemarkPlace:
    """What the page of a remark shows; reads only. A block that is not there is taken for the whole letter.

    Raises the link refusals.
    """
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now)
        version = current_version(uow, seen.letter)
        remarks = uow.remarks.of_organisation(seen.letter.id, seen.entry.organisation_id)
    texts = texts_of(version)
    quote = _quote(texts, language, block)
    if quote is None:
        language = block = None
    return RemarkPlace(
        letter=seen.letter,
        version=version,
        entry=seen.entry,
        texts=texts,
        language=language,
        block=block,
        quote=quote,
        remarks=remarks,
        confirmed=confirming.confirmed(seen, now),
        code_sent=seen.code_sent(now),
        why_not=allowed(seen.letter, LetterAction.DISCUSS, now)[1],
    )


def remark(services: Services, access: Access, form: RemarkForm) -> Remark:
    """Record one remark; pressed twice it is recorded once.

    Raises the link refusals, StaleVersion, NotAllowed when the letter is closed, Faulty with `field` (`words`,
    `wording`, `code`), ConfirmationNeeded, PageUsed when the page says something else than it said before.
    """
    now = services.clock()
    check_page_key(form.idempotency_key)
    words, wording = tidy_words(form.words, "words"), tidy_words(form.wording, "wording")
    with services.unit_of_work(write=True) as uow:
        uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now)
        if known := uow.remarks.by_key(seen.letter.id, seen.entry.organisation_id, form.idempotency_key):
            if not _is_said_by(known, form, words, wording):
                raise used_page()
            return known
        seen.letter.after(LetterAction.DISCUSS, now)
        if form.version != seen.letter.version:
            raise stale_words()
        quote = _quote(texts_of(current_version(uow, seen.letter)), form.language, form.block)
        if wording is not None and (quote is None or wording == tidy_words(quote, "wording")):
            wording = None
        if words is None and wording is None:
            raise Faulty(N_("Please write what you would like to say, or change the words."), field="words")
        if len(uow.remarks.of_organisation(seen.letter.id, seen.entry.organisation_id)) >= MOST_REMARKS:
            raise NotAllowed(
                N_("Your organisation has made very many remarks on this letter. Please write to the coordinator."),
                code="too-many-remarks",
            )
        new = Remark(
            id=new_id(services),
            letter_id=seen.letter.id,
            organisation_id=seen.entry.organisation_id,
            invitation_id=seen.invitation.id,
            version=form.version,
            kind=_kind(form, wording),
            words=words or "",
            person=seen.entry.contact,
            at=now,
            idempotency_key=form.idempotency_key,
            language=form.language if quote is not None else None,
            block=form.block if quote is not None else None,
            quote=quote,
            wording=wording,
            condition=form.condition,
        )
        confirming.admit(services, uow, seen, access, form.code, now)
        uow.remarks.add(new)
        uow.commit()
    return new


def take_back(services: Services, access: Access, remark_id: str, code: str) -> None:
    """Take a remark of one's own organisation back; it is then shown to nobody. Twice is once.

    Raises the link refusals, NotFound, ConfirmationNeeded, Faulty for the code.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now)
        known = uow.remarks.get(remark_id)
        if known is None or not _is_theirs(known, seen):
            raise NotFound(N_("There is no such remark."), code="remark-unknown")
        if known.taken_back_at is None:
            confirming.admit(services, uow, seen, access, code, now)
            uow.remarks.take_back(known.id, now)
        uow.commit()


def of_letter(services: Services, letter_id: str) -> tuple[Letter, list[LetterRemark]]:
    """All remarks on a letter, oldest first, for its coordinator. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        return letter, _judged(uow, letter, uow.letters.version(letter_id, letter.version))


def discussion(services: Services, letter_id: str) -> Discussion:
    """The newest opened words with all that was said of them: first of the whole of it, then passage by passage.

    Words that are gone stand where they stood. Raises NotFound.
    """
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        opened = uow.letters.version(letter_id, letter.version)
        remarks = _judged(uow, letter, opened)
    texts = texts_of(opened) if opened else {}
    now_at = {
        (language, plain_block(block)): number
        for language, text in texts.items()
        for number, block in reversed(list(enumerate(text.blocks)))
    }
    passages: dict[tuple[int, bool, bool, str, str], list[LetterRemark]] = {}
    for each in remarks:
        said = each.remark
        language, quote = said.language or "", said.quote or ""
        stands = said.quote is None or _quote(texts, said.language, said.block) == said.quote
        number = said.block if stands else now_at.get((language, quote), said.block)
        gone = not stands and (language, quote) not in now_at
        place = (-1 if number is None else number, gone, language != letter.language, language, quote)
        passages.setdefault(place, []).append(each)
    return Discussion(
        letter,
        texts,
        tuple(
            Passage(of[0].remark.quote, of[0].remark.language, tuple(of), None if place[1] else place[0])
            for place, of in sorted(passages.items(), key=lambda item: item[0])
        ),
    )


def _judged(uow: UnitOfWork, letter: Letter, opened: Version | None) -> list[LetterRemark]:
    """All remarks of the letter, oldest first, each with how far it has come."""
    entries = {each.organisation_id: each for each in uow.roster.entries(letter.id)}
    words = Words.of(opened, uow.letters.draft(letter.id))
    made = ((each, entries[each.organisation_id]) for each in uow.remarks.of_letter(letter.id))
    return [LetterRemark(remark, entry, words.settled(remark, entry)) for remark, entry in made]


def answer(services: Services, letter_id: str, remark_id: str, words: str) -> None:
    """The coordinator's private answer, mailed to whoever holds the invitation that the remark came by.

    Raises NotFound, Faulty `words`, Refusal `answered-already` when another answer went out before.
    """
    now = services.clock()
    said = tidy_words(words, "words")
    if said is None:
        raise Faulty("Please write an answer.", field="words")
    with services.unit_of_work(write=True) as uow:
        letter_of(uow, letter_id)
        uow.log.lock(letter_id)
        known = uow.remarks.get(remark_id)
        if known is None or known.letter_id != letter_id or known.taken_back_at is not None:
            raise NotFound("There is no such remark. It may have been taken back.", code="remark-unknown")
        if known.answer == said:
            return
        if known.answer is not None:
            raise Refusal("This remark was answered before, by you or a colleague.", code="answered-already")
        uow.remarks.answer(known.id, said, now)
        _tell(services, uow, known)
        record(services, uow, Act.REMARK_ANSWERED, letter_id, known.organisation_id)
        uow.commit()


def _tell(services: Services, uow: UnitOfWork, answered: Remark) -> None:
    seen = uow.invitations.view(answered.invitation_id, b"")
    if seen is not None and seen.invitation.revoked_at is None:
        told = notice(
            services, NoticeKind.REMARK_ANSWERED, seen.entry, seen.invitation.id, answered.id, services.clock()
        )
        uow.outbox.add([told])


def _kind(form: RemarkForm, wording: str | None) -> RemarkKind:
    # Whether other words are proposed or asked for is told by `wording` and `condition` as well.
    if form.wants_answer:
        return RemarkKind.QUESTION
    return RemarkKind.SUGGESTION if wording is not None or form.condition else RemarkKind.COMMENT


def _is_said_by(known: Remark, form: RemarkForm, words: str | None, wording: str | None) -> bool:
    """Whether this filling-in of the form says what was recorded of it."""
    if known.quote is None or wording == tidy_words(known.quote, "wording"):
        wording = None
    return (known.words, known.wording, known.condition) == (words or "", wording, form.condition)


def _is_theirs(known: Remark, seen: InvitationView) -> bool:
    return (known.letter_id, known.organisation_id) == (seen.letter.id, seen.entry.organisation_id)


def _quote(texts: dict[str, LetterText], language: str | None, block: int | None) -> str | None:
    text = texts.get(language or "")
    if text is None or block is None or not 0 <= block < len(text.blocks):
        return None
    return plain_block(text.blocks[block])
