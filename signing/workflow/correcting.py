"""Putting the contact of one organisation right: its link is made anew for the right person, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass, replace

from signing.domain.errors import Faulty
from signing.domain.invitation import Part
from signing.domain.letter import LetterAction
from signing.domain.organisation import RosterEntry
from signing.domain.roster import RosterRow, check_rows
from signing.workflow.activity import Act, record
from signing.workflow.address_book import contact_corrected
from signing.workflow.inviting import renew
from signing.workflow.letters import entry_of, letter_of, locked_letter
from signing.workflow.ports import Services

_FIELDS = ("contact", "email", "role")


@dataclass(frozen=True, slots=True)
class Corrected:
    """`reinvited`: the organisation had a link, which opens nothing any more, and a new one is on its way."""

    entry: RosterEntry
    reinvited: bool


def contact_of(services: Services, letter_id: str, organisation_id: str) -> RosterEntry:
    """The organisation as the roster has it. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        return entry_of(uow, letter_id, organisation_id)


def invited(services: Services, letter_id: str, organisation_id: str) -> bool:
    """Whether its contact ever got a link."""
    with services.unit_of_work() as uow:
        return uow.invitations.of_part(letter_id, organisation_id, Part.SIGNATORY) is not None


def correct(
    services: Services, letter_id: str, organisation_id: str, *, contact: str, email: str, role: str
) -> Corrected:
    """Store who the contact is. With another address the old link is dead at once and a new one is mailed there, to
    nobody else; the address before still gets receipts, so that a swapped one does not stay unseen.

    Nobody's answer is touched. Raises NotFound, NotAllowed, Faulty with `field`, AddressRefused (nothing is stored).
    """
    now = services.clock()
    contact, email, role = contact.strip(), email.strip(), role.strip()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        # After closing, too: whoever has to withdraw must be able to get a link.
        letter.after(LetterAction.REISSUE if letter.version else LetterAction.EDIT_ROSTER, now)
        known = entry_of(uow, letter_id, organisation_id)
        _check(known, contact, email, role)
        former = tuple(each for each in dict.fromkeys((*known.former_emails, known.email)) if each != email)
        entry = replace(known, contact=contact, email=email, role=role or None, former_emails=former)
        if entry == known:
            return Corrected(known, reinvited=False)
        invitation = uow.invitations.of_part(letter_id, organisation_id, Part.SIGNATORY)
        moved = invitation is not None and email != known.email
        uow.roster.replace_contact(
            letter_id, organisation_id, contact=contact, email=email, role=entry.role, former_emails=former
        )
        contact_corrected(services, uow, known, entry)
        if moved and invitation is not None:
            # Whoever stood in for the contact before does so no longer.
            renew(services, uow, entry, invitation.given_back(), now)
        record(services, uow, Act.ADDRESS_CORRECTED, letter_id, organisation_id, reinvited="yes" if moved else "no")
        uow.commit()
    return Corrected(entry, reinvited=moved)


def _check(known: RosterEntry, contact: str, email: str, role: str) -> None:
    """By the rules of a roster's rows. Raises Faulty with `field`."""
    row = RosterRow(
        line=1, id=None, organisation=known.organisation, acronym=None, listed_as=None, native_name=None,
        sort_name=None, country=None, group=None, contact=contact, email=email, role=role or None, language=None,
        stage=1,
    )  # fmt: skip
    _, faults, _ = check_rows([row])
    fault = next((each for each in faults if each.field in _FIELDS), None)
    if fault is not None:
        raise Faulty("{fault}", values={"fault": fault.message}, field=fault.field, code="contact-faulty")
