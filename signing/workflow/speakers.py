"""Who speaks for each organisation of a letter, as its coordinator sees it: the holder, the second person, and every
change that they made themselves. Computed, never stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from signing.domain.handover import ChangeKind, ContactChange, Review
from signing.domain.invitation import Invitation, Part
from signing.domain.letter import Letter
from signing.domain.organisation import RosterEntry
from signing.workflow.inviting import refused
from signing.workflow.ports import Services, UnitOfWork

_WENT = (ChangeKind.NOT_THE_PERSON, ChangeKind.NEVER_AGAIN)


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Who has to agree first; `agreed` to the present words, `last` is what they said last of any."""

    contact: str
    email: str
    agreed: bool
    last: Review | None


@dataclass(frozen=True, slots=True)
class Speakers:
    """`invitation_id` is the signatory's; `stand_in` is the entry as a colleague speaks for it `until` their authority
    ends. `needs_contact`: nobody is left whom the service may or can ask; `refused`: because the address asked never
    to be invited. `changes` are oldest first."""

    invitation_id: str
    needs_contact: bool
    refused: bool
    stand_in: RosterEntry | None
    until: datetime | None
    second: SecondPerson | None
    changes: tuple[ContactChange, ...]


NOBODY_INVITED = Speakers("", False, False, None, None, None, ())


def speakers(
    services: Services,
    uow: UnitOfWork,
    letter: Letter,
    entries: Sequence[RosterEntry],
    invitations: Mapping[str, Invitation],
    now: datetime,
) -> dict[str, Speakers]:
    """Of each organisation that was invited, by its id; `invitations` are the signatories'.

    An address that refused elsewhere is told of only once it is asked here: until then nobody learns of it.
    """
    changes: dict[str, list[ContactChange]] = {}
    for change in uow.contact_changes.of_letter(letter.id):
        changes.setdefault(change.organisation_id, []).append(change)
    asked = [(entry, invitations[entry.organisation_id]) for entry in entries if entry.organisation_id in invitations]
    unwanted = refused(services, uow, (invitation.spoken_for(entry).email for entry, invitation in asked))
    seconds = _second_persons(uow, letter, entries)
    found = {}
    for entry, invitation in asked:
        here = tuple(changes.get(entry.organisation_id, ()))
        lent = invitation.lent and now < invitation.expires_at
        address_refused = invitation.spoken_for(entry).email in unwanted
        found[entry.organisation_id] = Speakers(
            invitation_id=invitation.id,
            needs_contact=address_refused or _went(invitation, here),
            refused=address_refused,
            stand_in=invitation.spoken_for(entry) if lent else None,
            until=invitation.expires_at if lent else None,
            second=seconds.get(entry.organisation_id),
            changes=here,
        )
    return found


def _went(invitation: Invitation, changes: Sequence[ContactChange]) -> bool:
    """Whether the holder of the newest link has stepped aside, and nobody was sent another since."""
    return invitation.revoked_at is not None and any(
        (each.invitation_id, each.generation) == (invitation.id, invitation.generation) and each.kind in _WENT
        for each in changes
    )


def _second_persons(uow: UnitOfWork, letter: Letter, entries: Sequence[RosterEntry]) -> dict[str, SecondPerson]:
    bound = {entry.organisation_id: entry for entry in entries if entry.two_persons}
    if not bound:
        return {}
    last = {review.organisation_id: review for review in uow.reviews.of_letter(letter.id)}
    found = {}
    for invitation in uow.invitations.of_letter(letter.id, Part.REVIEWER):
        entry = bound.get(invitation.organisation_id)
        if entry is not None:
            holder = invitation.spoken_for(entry)
            agreed = entry.reviewed_version == letter.version
            found[entry.organisation_id] = SecondPerson(
                holder.contact, holder.email, agreed, last.get(entry.organisation_id)
            )
    return found
