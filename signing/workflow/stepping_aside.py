"""Whoever holds a link says that it is not for them: no longer, or never again (DESIGN 1: keep little, ask no trust).

An answer that was given stays as it is. Of an address that is never to be invited a keyed digest is kept, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from signing.domain.handover import ChangeKind, ContactChange
from signing.domain.invitation import INVITATION_LASTS, Part
from signing.workflow import confirming
from signing.workflow.contact_access import Access, invited
from signing.workflow.handing_over import changed, ended_by
from signing.workflow.inviting import AddressRefused, pass_on
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.notices import notice
from signing.workflow.ports import InvitationView, Services, UnitOfWork
from signing.workflow.signatory_form import tidy_words


@dataclass(frozen=True, slots=True)
class Aside:
    """`never`: this address is not to be invited by anybody's letter here; `words`, for the coordinator alone, may
    say who is the right person; `code` is empty where the browser is confirmed."""

    never: bool
    words: str = ""
    code: str = ""


def step_aside(services: Services, access: Access, form: Aside) -> ContactChange:
    """End one's own link; pressed twice it happens once. A colleague's falls back to whom they stood in for; a reviewer
    who goes releases the rule that two persons must agree.

    Raises LinkClosed, Faulty with `field` words or code, ConfirmationNeeded.
    """
    now = services.clock()
    words = tidy_words(form.words, "words")
    with services.unit_of_work(write=True) as uow:
        uow.log.lock(access.letter_id)
        if done := ended_by(services, uow, access):
            return done
        seen = invited(services, uow, access, now, part=None)
        confirming.admit(services, uow, seen, access, form.code, now)
        change = changed(services, seen, _kind(seen, form), now, words=words)
        uow.contact_changes.add(change)
        if form.never:
            uow.refused_addresses.add(services.tokens.address_digest(seen.entry.email), now)
        uow.invitations.revoke(seen.invitation.id, now)
        if seen.invitation.part is Part.REVIEWER:
            _release(services, uow, seen, change, now)
        elif seen.invitation.lent:
            _give_back(services, uow, seen, now)
        uow.commit()
    return change


def _kind(seen: InvitationView, form: Aside) -> ChangeKind:
    if seen.invitation.part is Part.REVIEWER:
        return ChangeKind.REVIEWER_STEPPED_ASIDE
    return ChangeKind.NEVER_AGAIN if form.never else ChangeKind.NOT_THE_PERSON


def _give_back(services: Services, uow: UnitOfWork, seen: InvitationView, now: datetime) -> None:
    own = uow.roster.entry(seen.letter.id, seen.entry.organisation_id)
    assert own is not None, "an invitation is one of the roster"
    try:
        pass_on(services, uow, own, replace(seen.invitation.given_back(), expires_at=now + INVITATION_LASTS), now)
    except AddressRefused:
        # Nobody is left whom we may write to; the status says so.
        return


def _release(
    services: Services, uow: UnitOfWork, seen: InvitationView, change: ContactChange, now: datetime
) -> None:
    """One person signs from now on, and is told so."""
    letter_id, organisation_id = seen.letter.id, seen.entry.organisation_id
    uow.roster.set_review(letter_id, organisation_id, two_persons=False, reviewed_version=None)
    tell_signatory(services, uow, letter_id, organisation_id, change.id, now)


def tell_signatory(
    services: Services, uow: UnitOfWork, letter_id: str, organisation_id: str, subject_id: str, now: datetime
) -> None:
    """Queue the mail about what the reviewer said, or that there is none any more, to whoever answers."""
    invitation = uow.invitations.of_part(letter_id, organisation_id, Part.SIGNATORY)
    entry = uow.roster.entry(letter_id, organisation_id)
    assert invitation is not None, "a reviewer is named by a signatory"
    assert entry is not None, "an invitation is one of the roster"
    told = notice(
        services, NoticeKind.REVIEWED, invitation.spoken_for(entry), invitation.id, subject_id, now
    )
    uow.outbox.add([told])
