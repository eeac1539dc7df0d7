"""A contact passes their part of the task to a colleague: for good, or until a day. The old link is dead at once.

Only who holds the part can do it, confirmed by a mailed code, and everybody who held it before is told. Keys of one's
own stay bound: they speak for the organisation, in other letters too, and revoking one cannot be undone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from signing.domain.errors import N_, Faulty, NotAllowed
from signing.domain.handover import ENDINGS, ChangeKind, ContactChange, end_of
from signing.domain.invitation import INVITATION_LASTS, Invitation, Part
from signing.domain.letter import Letter, LetterAction
from signing.domain.organisation import Answer, RosterEntry
from signing.workflow import colleagues, confirming, inviting
from signing.workflow.colleagues import Colleague, reviewer_name
from signing.workflow.contact_access import Access, invited
from signing.workflow.identifiers import new_id
from signing.workflow.inviting import LinkClosed
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.notices import notice, readdressed
from signing.workflow.ports import InvitationView, Services, UnitOfWork


@dataclass(frozen=True, slots=True)
class HandOver:
    """What is typed: to whom, the last day of their authority (None: for good), and the mailed code, empty where the
    browser is confirmed."""

    colleague: Colleague
    until: date | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class PartView:
    """What a page about one's own part shows. `until` is the end of one's own authority, where it is lent;
    `reviewer` is who has to agree first, where two persons must; `has_keys` whether a key speaks for the organisation;
    `why_not` says why the part cannot be handed over now."""

    letter: Letter
    entry: RosterEntry
    part: Part
    until: datetime | None
    reviewer: str | None
    has_keys: bool
    confirmed: bool
    code_sent: bool
    why_not: str | None


@dataclass(frozen=True, slots=True)
class EndedLink:
    """What the holder of a link did last with it, with the letter and the organisation that it was about."""

    change: ContactChange
    letter: Letter
    entry: RosterEntry


def view(services: Services, access: Access) -> PartView:
    """The holder's part; reads only. Raises LinkClosed."""
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now, part=None)
        reviewer = reviewer_name(uow, seen.entry)
    why_not = None
    try:
        _check_open(seen, now)
    except NotAllowed as refusal:
        why_not = refusal.message
    return PartView(
        letter=seen.letter,
        entry=seen.entry,
        part=seen.invitation.part,
        until=seen.invitation.expires_at if seen.invitation.lent else None,
        reviewer=reviewer,
        has_keys=seen.has_keys,
        confirmed=confirming.confirmed(seen, now),
        code_sent=seen.code_sent(now),
        why_not=why_not,
    )


def ended(services: Services, access: Access) -> EndedLink:
    """What ended this link, for the browser in which its holder did it; for everybody else there is nothing.

    Raises LinkClosed.
    """
    with services.unit_of_work() as uow:
        change = ended_by(services, uow, access)
        seen = uow.invitations.view(access.invitation_id, b"")
    if change is None or seen is None:
        raise LinkClosed
    return EndedLink(change, seen.letter, seen.entry)


def ended_by(services: Services, uow: UnitOfWork, access: Access) -> ContactChange | None:
    """The change by which this link ended, if a code was answered in this browser: a button pressed twice finds it."""
    seen = uow.invitations.view(access.invitation_id, services.tokens.digest(access.browser))
    if seen is None or seen.letter.id != access.letter_id or seen.confirmed_at is None:
        return None
    changes = uow.contact_changes.of_link(access.invitation_id, access.generation)
    return next((each for each in reversed(changes) if each.kind in ENDINGS), None)


def hand_over(services: Services, access: Access, form: HandOver) -> ContactChange:
    """Pass one's part on and mail the colleague a link of their own; pressed twice it happens once.

    A colleague whose own authority ends passes it on until then at most. Raises LinkClosed; NotAllowed when the letter
    is closed and nothing can be withdrawn; Faulty with `field` contact, email, role, until or code; ConfirmationNeeded.
    """
    now = services.clock()
    colleague = colleagues.checked(form.colleague)
    with services.unit_of_work(write=True) as uow:
        uow.log.lock(access.letter_id)
        if done := ended_by(services, uow, access):
            return done
        seen = invited(services, uow, access, now, part=None)
        _check_open(seen, now)
        end = _end(seen, form.until, now)
        colleagues.check_another(uow, seen, colleague)
        confirming.admit(services, uow, seen, access, form.code, now)
        colleagues.check_wanted(services, uow, colleague)
        entry, held = _passed(uow, seen, colleague, end, now)
        inviting.pass_on(services, uow, entry, held, now)
        change = changed(services, seen, ChangeKind.HANDED_OVER, now, colleague=colleague, until=end)
        uow.contact_changes.add(change)
        _tell_former(services, uow, seen, change, now)
        uow.commit()
    return change


def changed(
    services: Services,
    seen: InvitationView,
    kind: ChangeKind,
    now: datetime,
    *,
    colleague: Colleague | None = None,
    until: datetime | None = None,
    words: str | None = None,
) -> ContactChange:
    """The record of what the holder of this invitation did."""
    return ContactChange(
        id=new_id(services),
        letter_id=seen.letter.id,
        organisation_id=seen.entry.organisation_id,
        invitation_id=seen.invitation.id,
        generation=seen.invitation.generation,
        kind=kind,
        at=now,
        person=seen.entry.contact,
        email=seen.entry.email,
        to_contact=colleague.contact if colleague else None,
        to_email=colleague.email if colleague else None,
        to_role=colleague.role if colleague else None,
        until=until,
        words=words,
    )


def _check_open(seen: InvitationView, now: datetime) -> None:
    """Refuse when nothing is left that a colleague could do. Raises NotAllowed."""
    if seen.invitation.part is Part.REVIEWER:
        seen.letter.after(LetterAction.INVITE, now)
        return
    seen.letter.after(LetterAction.REISSUE, now)
    if seen.letter.state_at(now).closed and seen.entry.answer is not Answer.APPROVED:
        raise NotAllowed(
            N_("This letter is closed, and your organisation has no approval that a colleague could withdraw."),
            code="nothing-to-hand-over",
        )


def _end(seen: InvitationView, until: date | None, now: datetime) -> datetime | None:
    """When the colleague's authority ends; None: never. Raises Faulty `until`."""
    invitation = seen.invitation
    if invitation.part is Part.REVIEWER:
        return None
    # The last days of the calendar end beyond it in some zones; all of these are too late alike.
    too_late = (now + INVITATION_LASTS + timedelta(days=2)).date()
    end = end_of(min(until, too_late), seen.letter.zone) if until is not None else None
    if end is not None and end <= now:
        raise Faulty(N_("This day is over. Please choose a later one."), field="until")
    if end is not None and end > now + INVITATION_LASTS:
        raise Faulty(
            N_("Please choose a day within {days} days. For longer, hand it over for good."),
            values={"days": INVITATION_LASTS.days},
            field="until",
        )
    if invitation.lent:
        return min(end or invitation.expires_at, invitation.expires_at)
    return end


def _passed(
    uow: UnitOfWork, seen: InvitationView, colleague: Colleague, end: datetime | None, now: datetime
) -> tuple[RosterEntry, Invitation]:
    """The roster's entry and the invitation once the colleague holds it."""
    own = uow.roster.entry(seen.letter.id, seen.entry.organisation_id)
    assert own is not None, "an invitation is one of the roster"
    # That the one before wanted no reminders says nothing of the next.
    held = replace(
        seen.invitation, expires_at=end or now + INVITATION_LASTS, reminders_stopped_at=None, opened_at=None
    )
    if held.lent and own.email.casefold() == colleague.email.casefold():
        return own, replace(held.given_back(), expires_at=now + INVITATION_LASTS)
    if held.part is Part.REVIEWER or end is not None:
        return own, replace(held, contact=colleague.contact, email=colleague.email, role=colleague.role)
    former = tuple(each for each in dict.fromkeys((*own.former_emails, own.email)) if each != colleague.email)
    uow.roster.replace_contact(
        own.letter_id,
        own.organisation_id,
        contact=colleague.contact,
        email=colleague.email,
        role=colleague.role,
        former_emails=former,
    )
    return replace(
        own, contact=colleague.contact, email=colleague.email, role=colleague.role, former_emails=former
    ), held


def _tell_former(
    services: Services, uow: UnitOfWork, seen: InvitationView, change: ContactChange, now: datetime
) -> None:
    """Tell everybody who spoke for the organisation before: a thief in one mailbox is seen in another."""
    told = notice(services, NoticeKind.HANDED_OVER, seen.entry, seen.invitation.id, change.id, now)
    others = [each for each in seen.entry.former_emails if each not in (seen.entry.email, change.to_email)]
    unwanted = inviting.refused(services, uow, others)
    uow.outbox.add([told, *(readdressed(services, told, each) for each in others if each not in unwanted)])
