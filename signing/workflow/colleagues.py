"""A colleague whom a contact names: to take over, or to agree first.

Their name goes into a mail to an address that nobody has checked, so it may say nothing but a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from signing.domain.errors import N_, Faulty
from signing.domain.invitation import Part
from signing.domain.organisation import RosterEntry
from signing.domain.roster import MAX_ADDRESS
from signing.workflow.inviting import refused
from signing.workflow.ports import InvitationView, Services, UnitOfWork
from signing.workflow.signatory_form import tidy_name

LONGEST_NAME = 120
# Mail programs make links of these, whoever wrote them.
_ADDRESS_LIKE = re.compile(r"://|www\.|@|[<>]|\w\.\w{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the same organisation, as typed; `checked` makes the fields fit to be mailed."""

    contact: str
    email: str
    role: str


def checked(typed: Colleague) -> Colleague:
    """The colleague with tidy names and one plain address. Raises Faulty with `field` contact, email or role."""
    return Colleague(
        _name(typed.contact, "contact", N_("Please type your colleague's name.")),
        _address(typed.email),
        _name(typed.role, "role", N_("Please type your colleague's role.")),
    )


def check_another(uow: UnitOfWork, seen: InvitationView, colleague: Colleague) -> None:
    """Refuse one's own address, and that of whoever holds the organisation's other part: two persons must be two.

    Raises Faulty `email`.
    """
    entry, invitation = seen.entry, seen.invitation
    if _same(colleague.email, entry.email):
        raise Faulty(N_("This is your own address. Please type your colleague's."), field="email", code="own-address")
    other = Part.SIGNATORY if invitation.part is Part.REVIEWER else Part.REVIEWER
    holder = uow.invitations.of_part(entry.letter_id, entry.organisation_id, other)
    if holder is None or (other is Part.REVIEWER and not entry.two_persons):
        return
    own = uow.roster.entry(entry.letter_id, entry.organisation_id)
    assert own is not None, "an invitation is one of the roster"
    # While a stand-in answers, the roster's contact is still one of the two: it falls back to them.
    others = [holder.spoken_for(own).email, *([own.email] if other is Part.SIGNATORY else [])]
    if any(_same(colleague.email, each) for each in others):
        raise Faulty(
            N_("This is the address of the other of your two persons. Please name somebody else."),
            field="email",
            code="other-person",
        )


def check_wanted(services: Services, uow: UnitOfWork, colleague: Colleague) -> None:
    """Refuse an address that asked never to be invited. Call it after `confirming.admit`: who did so is told to nobody
    who has not shown who they are. Raises Faulty `email`."""
    if refused(services, uow, [colleague.email]):
        raise Faulty(
            N_("We may not write to this address: its owner asked us not to. Please talk to your colleague."),
            field="email",
            code="address-refused",
        )


def reviewer_name(uow: UnitOfWork, entry: RosterEntry) -> str | None:
    """Who has to agree first; None where one person signs."""
    return holder_name(uow, entry, Part.REVIEWER) if entry.two_persons else None


def holder_name(uow: UnitOfWork, entry: RosterEntry, part: Part) -> str:
    """The name of who holds the other part of the entry's organisation."""
    invitation = uow.invitations.of_part(entry.letter_id, entry.organisation_id, part)
    own = uow.roster.entry(entry.letter_id, entry.organisation_id) if part is Part.SIGNATORY else entry
    assert invitation is not None, "both parts are invited where two persons must agree"
    assert own is not None, "an invitation is one of the roster"
    return invitation.spoken_for(own).contact


def _name(value: str, field: str, missing: str) -> str:
    tidy = tidy_name(value, field)
    if tidy is None:
        raise Faulty(missing, field=field)
    if len(tidy) > LONGEST_NAME:
        raise Faulty(N_("Please keep this under {longest} characters."), values={"longest": LONGEST_NAME}, field=field)
    if _ADDRESS_LIKE.search(tidy):
        raise Faulty(N_("Please type plain words here, no address."), field=field)
    return tidy


def _address(typed: str) -> str:
    """One address as rosters have it: in ASCII, which every mail server takes."""
    address = typed.strip()
    try:
        if len(address) > MAX_ADDRESS:
            raise EmailNotValidError
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise Faulty(
            N_("This is not a mail address. Please type one address, such as name@organisation.org."), field="email"
        ) from None
    return found.ascii_email or found.normalized


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
