"""From a file to a frozen version: import the words, look at them, open the letter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from signing.domain.errors import Faulty, NotFound
from signing.domain.letter import Letter, LetterAction, LetterState, Version
from signing.domain.letter_text import LetterText
from signing.domain.organisation import Answer
from signing.evidence.statement import LetterStatement, RelyingParty
from signing.workflow.appending import append, digest_of, head_of, nonce, subject_of, time_text
from signing.workflow.coordinator_signing import service_signer
from signing.workflow.identifiers import new_id
from signing.workflow.letters import letter_of, locked_letter, texts_of
from signing.workflow.notices import notice
from signing.workflow.ports import LogHead, Notice, NoticeKind, Services, UnitOfWork


@dataclass(frozen=True, slots=True)
class ImportResult:
    letter_id: str
    version: int


@dataclass(frozen=True, slots=True)
class LetterView:
    """`texts` are of the newest version: the draft if there is one, else the opened one."""

    letter: Letter
    opened: Version | None
    draft: Version | None
    texts: dict[str, LetterText]


def import_letter(
    services: Services,
    text: LetterText,
    *,
    letter_id: str | None = None,
    deadline: datetime | None = None,
    file_deadline: datetime | None = None,
) -> ImportResult:
    """Make a draft of `text`: a new letter, or the next version (or another language) of `letter_id`.

    A draft keeps the languages it has; importing one again replaces it. `deadline` is what the coordinator says
    and counts at once; `file_deadline` is what the file says and counts only while nobody has been asked yet, so
    that a new draft never shuts the doors on the version that is open.
    Raises NotFound for an unknown letter, NotAllowed when it is closed, Faulty for a deadline in the past.
    """
    now = services.clock()
    if deadline is not None and deadline <= now:
        raise Faulty("This deadline has passed already. Choose a later one.", field="deadline", code="deadline-past")
    with services.unit_of_work(write=True) as uow:
        if letter_id is None:
            letter = _new_letter(services, text, deadline or file_deadline, now)
            uow.letters.add(letter)
            uow.log.create(letter.id)
        else:
            letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.DRAFT_VERSION, now)
        number = letter.version + 1
        base = uow.letters.draft(letter.id) or uow.letters.version(letter.id, letter.version)
        files = dict(base.files) if base else {}
        files[text.language] = text.to_bytes()
        draft = Version(letter.id, number, files, None)
        uow.letters.save_draft(draft)
        if letter.state is LetterState.DRAFT:
            title, language = _main_title(letter, draft)
            letter = replace(letter, title=title, language=language)
            deadline = deadline or file_deadline
        _describe(uow, replace(letter, hard_deadline=deadline or letter.hard_deadline))
        uow.commit()
    return ImportResult(letter.id, number)


def letters(services: Services) -> list[Letter]:
    """Every letter, newest first."""
    with services.unit_of_work() as uow:
        return sorted(uow.letters.all(), key=lambda letter: letter.created_at, reverse=True)


def read(services: Services, letter_id: str) -> LetterView:
    """One letter with its newest words. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        draft = uow.letters.draft(letter_id)
        opened = uow.letters.version(letter_id, letter.version)
    newest = draft or opened
    return LetterView(letter, opened, draft, texts_of(newest) if newest else {})


def preview_pdf(services: Services, letter_id: str, language: str | None = None) -> bytes:
    """The draft as it will be set, marked as a draft and without a list.

    Raises NotFound for an unknown letter or language, Faulty when a character cannot be printed.
    """
    view = read(services, letter_id)
    version = view.draft or view.opened
    text = view.texts.get(language or view.letter.language)
    if version is None or text is None:
        raise NotFound("The letter has no text in this language.")
    return services.typesetter.letter_pdf(
        text,
        signatories=None,
        confidential=0,
        version=version.number,
        text_sha256=text.sha256,
        document_date=services.clock().date(),
        check_url=None,
        draft_for="the coordinators",
    )


def open_letter(services: Services, letter_id: str) -> Letter:
    """Freeze the draft as the next version: the coordinator signs the `letter` statement, the log begins or
    goes on with it. Opening again without a new draft changes nothing.

    Approvals of earlier words lapse; each organisation that had approved is told once.
    Raises NotFound, NotAllowed when the letter is closed, Faulty when there is nothing to open, Refusal
    `no-glyph` for words that could never be printed.
    """
    now = services.clock()
    trial = read(services, letter_id).draft
    if trial is not None:
        for language in trial.files:
            preview_pdf(services, letter_id, language)
    with services.unit_of_work(write=True) as uow:
        letter, head = locked_letter(uow, letter_id)
        draft = uow.letters.draft(letter_id)
        if draft is None:
            if letter.version:
                return letter
            raise Faulty("There is no text to open yet. Import the letter first.", code="no-draft")
        state = letter.after(LetterAction.OPEN_VERSION, now)
        if letter.past_deadline(now):
            raise Faulty("The deadline of this letter has passed. Set a later one, then open.", code="deadline-past")
        if trial is None or trial.files != draft.files:
            raise Faulty("Somebody changed the draft just now. Look at it again, then open.", code="draft-changed")
        previous = uow.letters.version(letter_id, letter.version)
        if previous is not None and previous.files == draft.files:
            raise Faulty("The draft says the same words as the version that is open.", code="same-words")
        letter = _frozen(services, letter, draft, first=previous is None)
        _describe(uow, letter)
        statement = _letter_statement(services, uow, letter, draft, head, now)
        uow.letters.freeze(letter_id, draft.number, now)
        uow.letters.set_state(letter_id, state, version=draft.number, opened_at=letter.opened_at or now)
        logged = append(services, uow, letter.origin, head, "letter", statement, service_signer(services), now)
        if previous is not None:
            uow.outbox.add(_new_version_notices(services, uow, letter, now))
        uow.commit()
    services.high_water.advance(letter.origin, logged.index + 1, logged.root)
    with services.unit_of_work() as uow:
        return letter_of(uow, letter_id)


def _new_letter(services: Services, text: LetterText, deadline: datetime | None, now: datetime) -> Letter:
    letter_id = new_id(services)
    return Letter(
        id=letter_id,
        title=text.title,
        language=text.language,
        state=LetterState.DRAFT,
        version=0,
        origin=_origin(services, letter_id),
        base_url=services.installation.base_url,
        zone="UTC",
        hard_deadline=deadline,
        ignore_article=False,
        created_at=now,
    )


def _frozen(services: Services, letter: Letter, draft: Version, *, first: bool) -> Letter:
    """The letter as this opening makes it: titled as its words are; the first opening fixes its address too."""
    title, language = _main_title(letter, draft)
    if not first:
        return replace(letter, title=title)
    return replace(
        letter,
        title=title,
        language=language,
        base_url=services.installation.base_url,
        origin=_origin(services, letter.id),
    )


def _main_title(letter: Letter, draft: Version) -> tuple[str, str]:
    """Title and language of the text in the letter's own language, or of the first there is."""
    texts = texts_of(draft)
    main = texts.get(letter.language) or next(iter(texts.values()))
    return main.title, main.language


def _describe(uow: UnitOfWork, letter: Letter) -> None:
    uow.letters.describe(
        letter.id,
        title=letter.title,
        language=letter.language,
        origin=letter.origin,
        base_url=letter.base_url,
        hard_deadline=letter.hard_deadline,
    )


def _origin(services: Services, letter_id: str) -> str:
    return f"{services.installation.host}/l/{letter_id}"


def _letter_statement(
    services: Services, uow: UnitOfWork, letter: Letter, draft: Version, head: LogHead, now: datetime
) -> bytes:
    previous = [logged for logged in uow.log.entries(letter.id) if logged.kind == "letter"]
    return LetterStatement(
        by=service_signer(services).public.key,
        letter=letter.origin,
        head=head_of(head),
        time=time_text(now),
        nonce=nonce(services),
        subject=subject_of(draft),
        version=draft.number,
        title=letter.title,
        prev=digest_of(previous[-1].entry) if previous else None,
        coordinators=(service_signer(services).public,),
        attestor=services.attestor.public,
        binders=("attestor",),
        min_level=1,
        rp=RelyingParty(letter.host, (letter.base_url,)),
        ssh_namespace=f"assent@{letter.host}",
    ).to_bytes(letter.host)


def _new_version_notices(services: Services, uow: UnitOfWork, letter: Letter, now: datetime) -> list[Notice]:
    invitations = {
        invitation.organisation_id: invitation for invitation in uow.invitations.of_letter(letter.id)
    }
    return [
        notice(services, NoticeKind.NEW_VERSION, entry, invitation.id, invitation.id, now)
        for entry in uow.roster.entries(letter.id)
        if entry.answer is Answer.APPROVED
        and (invitation := invitations.get(entry.organisation_id))
        and invitation.revoked_at is None
    ]
