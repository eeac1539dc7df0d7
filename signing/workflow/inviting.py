"""Invitations: issued, reissued, revoked by the coordinator; opened by whoever holds the link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from signing.domain.errors import NotFound
from signing.domain.invitation import INVITATION_LASTS, Invitation, InvitationStanding
from signing.domain.letter import LetterAction
from signing.domain.organisation import RosterEntry
from signing.workflow.identifiers import new_id
from signing.workflow.letters import locked_letter
from signing.workflow.notices import notice
from signing.workflow.ports import Notice, NoticeKind, Services, UnitOfWork


class LinkUnknown(NotFound):
    """The link was never issued here, or was cut short on its way."""

    code = "link-unknown"


class LinkExpired(NotFound):
    """The link is too old."""

    code = "link-expired"


class LinkRevoked(NotFound):
    """A newer link was issued, or the coordinator revoked this one."""

    code = "link-revoked"


@dataclass(frozen=True, slots=True)
class OpenedLink:
    letter_id: str
    invitation_id: str
    generation: int


def invite(services: Services, letter_id: str, *, stage: int | None = None) -> int:
    """Invite every organisation (of `stage`) that has no invitation yet; returns how many mails were queued.

    Run again it invites only those who were added meanwhile. Raises NotFound, NotAllowed.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.INVITE, now)
        invited = {invitation.organisation_id for invitation in uow.invitations.of_letter(letter_id)}
        waiting = [
            entry
            for entry in uow.roster.entries(letter_id)
            if entry.organisation_id not in invited and stage in (None, entry.stage)
        ]
        notices = []
        for entry in waiting:
            invitation = _issued(services, entry, new_id(services), 1, now)
            uow.invitations.add(invitation)
            notices.append(_invitation_notice(services, entry, invitation, now))
        uow.outbox.add(notices)
        uow.commit()
    return len(waiting)


def reissue(services: Services, letter_id: str, organisation_id: str) -> None:
    """Send one organisation a new link; every older link of it is dead from now on.

    Raises NotFound, NotAllowed.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.REISSUE, now)
        entry, old = _invited(uow, letter_id, organisation_id)
        renew(services, uow, entry, old, now)
        uow.commit()


def renew(services: Services, uow: UnitOfWork, entry: RosterEntry, old: Invitation, now: datetime) -> None:
    """Issue the next link of an invitation to the entry's present address, inside the caller's unit of work."""
    fresh = _issued(services, entry, old.id, old.generation + 1, now)
    uow.invitations.reissue(fresh)
    uow.outbox.add([_invitation_notice(services, entry, fresh, now)])


def revoke(services: Services, letter_id: str, organisation_id: str) -> None:
    """End an organisation's link without sending another. Raises NotFound."""
    with services.unit_of_work(write=True) as uow:
        locked_letter(uow, letter_id)
        _, invitation = _invited(uow, letter_id, organisation_id)
        uow.invitations.revoke(invitation.id, services.clock())
        uow.commit()


def open_link(services: Services, token: str) -> OpenedLink:
    """What a mailed link opens; writes nothing, so that no scanner can use a link up.

    The link is looked up by its digest: there is no comparison whose time could tell anything.
    Raises LinkUnknown, LinkExpired, LinkRevoked.
    """
    with services.unit_of_work() as uow:
        found = uow.invitations.by_token(services.tokens.digest(token))
    if found is None:
        raise LinkUnknown("We do not know this link. Please copy the whole link from the mail and try again.")
    newest = services.tokens.link(found.id, found.generation) == token
    check_standing(found, found.generation if newest else found.generation - 1, services.clock())
    return OpenedLink(found.letter_id, found.id, found.generation)


def link_of(services: Services, letter_id: str, organisation_id: str) -> str:
    """The token of an organisation's newest link, for the demonstration's own front page only.

    Coordinators never see links: whoever holds one can ask for codes in the contact's name. Raises NotFound.
    """
    with services.unit_of_work() as uow:
        _, invitation = _invited(uow, letter_id, organisation_id)
    return services.tokens.link(invitation.id, invitation.generation)


def check_standing(invitation: Invitation, generation: int, now: datetime) -> None:
    """Refuse an invitation that is no longer live for a link of this generation.

    Raises LinkExpired, LinkRevoked.
    """
    standing = invitation.standing(generation, now)
    if standing is InvitationStanding.REVOKED:
        raise LinkRevoked(
            "This link was replaced or withdrawn. Please use the newest mail about this letter, or ask the "
            "coordinator for a new link."
        )
    if standing is InvitationStanding.EXPIRED:
        raise LinkExpired("This link has expired. Please ask the coordinator for a new one.")


def _invited(uow: UnitOfWork, letter_id: str, organisation_id: str) -> tuple[RosterEntry, Invitation]:
    entry = uow.roster.entry(letter_id, organisation_id)
    invitations = {each.organisation_id: each for each in uow.invitations.of_letter(letter_id)}
    if entry is None or organisation_id not in invitations:
        raise NotFound("This organisation has no invitation to this letter.")
    return entry, invitations[organisation_id]


def _invitation_notice(services: Services, entry: RosterEntry, invitation: Invitation, now: datetime) -> Notice:
    # It names the link it is about: once a newer one is issued, this mail must not carry that one anywhere.
    return notice(services, NoticeKind.INVITATION, entry, invitation.id, str(invitation.generation), now)


def _issued(services: Services, entry: RosterEntry, name: str, generation: int, now: datetime) -> Invitation:
    return Invitation(
        id=name,
        letter_id=entry.letter_id,
        organisation_id=entry.organisation_id,
        generation=generation,
        token_sha256=services.tokens.digest(services.tokens.link(name, generation)),
        issued_at=now,
        expires_at=now + INVITATION_LASTS,
        short_sha256=services.tokens.short_digest(services.tokens.short_code(name, generation)),
    )
