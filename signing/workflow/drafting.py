"""From a file to a frozen version: import the words, look at them, open the letter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from signing.domain.errors import Faulty, NotAllowed, NotFound
from signing.domain.letter import PAPERS, Letter, LetterAction, LetterState, Version
from signing.domain.letter_text import LetterText
from signing.workflow import letter_policy, memberships, opening
from signing.workflow.activity import Act, record
from signing.workflow.coordinator_statements import sign_for_service
from signing.workflow.draft_words import put_text
from signing.workflow.identifiers import new_id
from signing.workflow.letters import letter_of, locked_letter, print_draft, texts_of
from signing.workflow.opening import Wishes, describe, origin_of
from signing.workflow.ports import Services
from signing.workflow.words_ahead import check_not_ahead


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
    paper: str | None = None,
    leads: Collection[str] = (),
) -> ImportResult:
    """Make a draft of `text`: a new letter, or the next version (or another language) of `letter_id`.

    A draft keeps the languages it has; importing one again replaces it. `deadline` is what the coordinator says
    and counts at once; `file_deadline` is what the file says and counts only while nobody has been asked yet, so
    that a new draft never shuts the doors on the version that is open. `paper` stays as it was when it is None.
    `leads` are the addresses of those who lead a new letter that no account makes (`memberships.begin`).
    Raises NotFound for an unknown letter, NotAllowed when it is closed, Faulty for a deadline in the past and a
    paper that there is none of.
    """
    now = services.clock()
    if deadline is not None and deadline <= now:
        raise Faulty("This deadline has passed already. Choose a later one.", field="deadline", code="deadline-past")
    with services.unit_of_work(write=True) as uow:
        if letter_id is None:
            letter = new_letter(services, text.title, text.language, deadline or file_deadline, now)
            uow.letters.add(letter)
            uow.log.create(letter.id)
            memberships.begin(services, uow, letter.id, leads)
        else:
            letter, _ = locked_letter(uow, letter_id)
            if deadline is not None:
                letter = letter_policy.postpone(services, uow, letter, deadline, now)
        letter, number = put_text(services, uow, letter, text)
        if letter.state is LetterState.DRAFT:
            deadline = deadline or file_deadline
        describe(uow, replace(letter, hard_deadline=deadline or letter.hard_deadline))
        if paper is not None:
            uow.letters.set_paper(letter.id, known_paper(paper))
        record(services, uow, Act.LETTER_IMPORTED, letter.id, language=text.language, version=number)
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
    return print_draft(services, text, version.number, view.letter.paper)


def set_paper(services: Services, letter_id: str, paper: str) -> None:
    """Choose the paper of drafts and of the closing. Raises NotFound, Faulty, NotAllowed when the letter is closed."""
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.CHOOSE_PAPER, services.clock())
        uow.letters.set_paper(letter_id, known_paper(paper))
        record(services, uow, Act.PAPER_CHOSEN, letter_id, paper=paper)
        uow.commit()


def known_paper(paper: str) -> str:
    """The paper, if it is one of ours; raises Faulty `paper-unknown`."""
    if paper not in PAPERS:
        raise Faulty("Choose A4 or US Letter.", field="paper", code="paper-unknown")
    return paper


def set_sharing(
    services: Services, letter_id: str, *, shares: str | None = None, mail_links: bool | None = None
) -> Letter:
    """Choose what organisations see of the others' answers, and whether mails carry a link; None leaves it.

    It counts from the next page and the next mail on, and needs no new version. Raises NotFound, Faulty
    `sharing-unknown`, NotAllowed when the letter is closed.
    """
    if shares is not None:
        letter_policy.known_sharing(shares)
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.CHOOSE_SHARING, services.clock())
        chosen = replace(
            letter,
            shares=letter.shares if shares is None else shares,
            mail_links=letter.mail_links if mail_links is None else mail_links,
        )
        uow.letters.set_sharing(letter_id, shares=chosen.shares, mail_links=chosen.mail_links)
        if chosen != letter:
            record(services, uow, Act.SHARING_CHANGED, letter_id, shares=chosen.shares, links=chosen.mail_links)
        uow.commit()
    return chosen


def set_policy(
    services: Services, letter_id: str, *, min_level: int | None = None, binders: Collection[str] | None = None
) -> None:
    """Say what approvals of a draft must meet; once it is open, only a new version can raise it (`open_letter`).

    Raises NotFound, Faulty for values that do not exist, NotAllowed `policy-fixed` when the letter is open.
    """
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        level, wanted = letter.policy(min_level, binders)
        if letter.version:
            raise NotAllowed(
                "This letter is open. What it asks of approvals can be raised when a new version is opened.",
                code="policy-fixed",
            )
        uow.letters.set_policy(letter_id, min_level=level, binders=wanted)
        uow.commit()


def open_letter(services: Services, letter_id: str, wishes: Wishes | None = None) -> Letter:
    """Freeze the draft as the next version, signed with the coordinator's key that the service holds.

    Opening again without a new draft changes nothing. Approvals of earlier words lapse unless they carry; each
    organisation that had approved is told. Raises as `opening.compose` and `opening.finish` do.
    """
    view = read(services, letter_id)
    if view.opened is not None and view.draft is None and not (wishes and wishes.rekey):
        if not (wishes and wishes.draft_as_is):
            with services.unit_of_work() as uow:
                check_not_ahead(uow, letter_id, view.opened)
        return view.letter
    prepared = opening.compose(services, letter_id, None, wishes=wishes)
    try:
        return opening.finish(services, prepared, sign_for_service(services, prepared))
    except Faulty as refusal:
        view = read(services, letter_id)
        if refusal.code == "draft-changed" and view.opened is not None and view.draft is None:
            # Somebody else opened the same draft meanwhile.
            return view.letter
        raise


def new_letter(
    services: Services, title: str, language: str, deadline: datetime | None, now: datetime
) -> Letter:
    """A letter that has no words yet."""
    letter_id = new_id(services)
    return Letter(
        id=letter_id,
        title=title,
        language=language,
        state=LetterState.DRAFT,
        version=0,
        origin=origin_of(services, letter_id),
        base_url=services.installation.base_url,
        zone="UTC",
        hard_deadline=deadline,
        ignore_article=False,
        created_at=now,
    )
