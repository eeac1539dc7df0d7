"""The mailed code as proof that a person with the mailbox is at the page (FLOORS 4: scanners press every button).

An answer to the letter takes a code of its own (`deciding`); for everything else that a contact does, a code answered
in this browser vouches for twelve hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from signing.domain.errors import N_, Faulty, NotAllowed, Refusal
from signing.domain.invitation import CODE_LASTS, CODES_AN_HOUR, CONFIRMED_LASTS, Code
from signing.workflow.allowances import CODE_REQUESTS, TooManyAttempts, hit
from signing.workflow.contact_access import Access, checked_code, invited, remember_language
from signing.workflow.identifiers import new_id
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.notices import notice
from signing.workflow.ports import InvitationView, Services, UnitOfWork
from signing.workflow.signatory_form import check_code_typed, tidy_code


class ConfirmationNeeded(Faulty):
    """Nothing was recorded: first a code has to be mailed and typed."""

    def __init__(self) -> None:
        super().__init__(
            N_("We mailed you a code, to be sure that it is you. Please type its eight digits."),
            code="confirm-first",
            field="code",
        )


def confirmed(seen: InvitationView, now: datetime) -> bool:
    """Whether a code of the present link was answered in this browser lately; the code by which that link was handed
    over was one of the link before, though of the same moment."""
    at = seen.confirmed_at
    return at is not None and at > seen.invitation.issued_at and now - at < CONFIRMED_LASTS


def admit(services: Services, uow: UnitOfWork, seen: InvitationView, access: Access, typed: str, now: datetime) -> None:
    """Let a person pass who is confirmed in this browser, or has typed the newest code mailed to it; that is then used
    up. Call it last of all checks, inside the unit of work of what it admits to: a code is not to be lost to a typing
    error elsewhere.

    Raises ConfirmationNeeded when nothing was typed, Faulty `code-missing`, `code-wrong`, `code-used-up`.
    """
    if confirmed(seen, now):
        return
    code = tidy_code(typed)
    if not code:
        raise ConfirmationNeeded
    check_code_typed(code)
    version = seen.letter.version
    uow.codes.use(checked_code(services, uow, seen, access, code, version, now).id, now)
    if seen.invitation.opened_at is None:
        # An answer needs no such note (`deciding`): that there is one says it.
        uow.invitations.note_opened(seen.invitation.id, now)
    remember_language(uow, seen, access)


def send_code(services: Services, access: Access, language: str | None = None) -> None:
    """Queue a fresh code, for anything but an answer to the letter; in `language`, if the contact reads another here.

    Raises the link refusals, Refusal `too-many-codes`.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now, part=None)
        issue_code(services, uow, seen, access, now, language)
        uow.commit()


def issue_code(
    services: Services, uow: UnitOfWork, seen: InvitationView, access: Access, now: datetime, language: str | None
) -> None:
    """Make a code for this browser and the open words, and queue its mail; an older one is no longer looked at.

    Raises Refusal `too-many-codes`, TooManyAttempts, NotAllowed `contacts-forgotten`.
    """
    if seen.letter.forgotten_at is not None:
        raise NotAllowed(
            N_("The addresses of this letter were deleted, so no code can be mailed any more. Whoever has a key of "
               "their own can still withdraw with it; else write to the person who coordinated the letter."),
            code="contacts-forgotten",
        )  # fmt: skip
    since = max(now - timedelta(hours=1), seen.invitation.issued_at)
    if uow.codes.issued_since(access.invitation_id, since) >= CODES_AN_HOUR:
        raise Refusal(
            "We sent {count} codes within an hour. Please look in your mailbox, or wait a while.",
            values={"count": CODES_AN_HOUR},
            code="too-many-codes",
        )
    if not hit(uow, CODE_REQUESTS, access.source, now):
        raise TooManyAttempts
    name = new_id(services)
    digest = services.tokens.code_digest(
        services.tokens.code(name), access.invitation_id, access.browser, seen.letter.version
    )
    browser = services.tokens.digest(access.browser)
    uow.codes.add(Code(name, access.invitation_id, digest, now, now + CODE_LASTS, browser_sha256=browser))
    uow.outbox.add(
        [notice(services, NoticeKind.CODE, seen.entry, access.invitation_id, name, now, language=language)]
    )
