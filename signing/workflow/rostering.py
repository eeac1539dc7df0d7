"""The roster of a letter: organisations and their contacts, added or put right, never merged by guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from signing.domain.errors import Faulty, Refusal
from signing.domain.invitation import Invitation
from signing.domain.letter import LetterAction
from signing.domain.organisation import RosterEntry
from signing.domain.roster import RosterRow, RosterWarning, RowFault, check_rows, warn_of_known
from signing.workflow.activity import Act, record
from signing.workflow.address_book import remember
from signing.workflow.inviting import AddressRefused, renew
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.roster_plan import Fate, RosterPlan, plan

PRINTED = {
    "listed_name": "the name",
    "acronym": "the acronym",
    "native_name": "the name in its own script",
    "group": "the group",
}


@dataclass(frozen=True, slots=True)
class RosterResult:
    """`organisations` is how many the roster holds now."""

    organisations: int
    added: int
    changed: int
    warnings: tuple[RosterWarning, ...]


def import_roster(
    services: Services, letter_id: str, rows: Sequence[RosterRow], *, skip_faulty: bool = False
) -> RosterResult:
    """Add the organisations of `rows`, and put name and contact right of those already there.

    All or nothing: a faulty row raises Faulty and nothing is stored, unless it is to be skipped. An organisation
    without an id gets the id it had in an earlier letter, found by its exact name, or a new one. Answers are never
    touched. The address book learns what it did not know. Raises NotFound, NotAllowed, Faulty.
    """
    good, faults, warnings = check_rows(rows)
    if faults and not skip_faulty:
        raise _faulty(faults)
    if not good:
        raise Faulty("The roster has no organisation. Add at least one row below the header.", code="roster-empty")
    with services.unit_of_work(write=True) as uow:
        planned = take(services, uow, letter_id, good, skip_faulty=skip_faulty)
        added, changed = len(planned.of(Fate.ADDED)), len(planned.of(Fate.CHANGED))
        record(services, uow, Act.ROSTER_IMPORTED, letter_id, added=added, changed=changed)
        uow.commit()
    return RosterResult(planned.there + added, added, changed, (*warnings, *planned.warnings))


def dry_run(services: Services, letter_id: str, rows: Sequence[RosterRow]) -> RosterPlan:
    """What `import_roster` would do with good rows, and which of them look like organisations known already; stores
    nothing. Raises NotFound, NotAllowed."""
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        letter.after(LetterAction.EDIT_ROSTER, services.clock())
        planned = plan(services, uow, letter, rows)
        new = [replace(each.row, id=each.entry.organisation_id) for each in planned.of(Fate.ADDED)]
        names = uow.address_book.names(letter_id) if new else []
    alike = tuple(warn_of_known(new, names))
    return replace(planned, warnings=(*planned.warnings, *alike))


def take(
    services: Services, uow: UnitOfWork, letter_id: str, rows: Sequence[RosterRow], *, skip_faulty: bool = False
) -> RosterPlan:
    """Store good rows inside the caller's unit of work; a few statements, however many rows.

    Raises NotFound, NotAllowed, Faulty.
    """
    now = services.clock()
    letter, _ = locked_letter(uow, letter_id)
    letter.after(LetterAction.EDIT_ROSTER, now)
    planned = plan(services, uow, letter, rows)
    if planned.faults and not skip_faulty:
        raise _faulty(planned.faults)
    remember(services, uow, planned.rows)
    uow.roster_desk.add([each.entry for each in planned.of(Fate.ADDED)])
    uow.roster_desk.describe([each.entry for each in planned.of(Fate.CHANGED)])
    for each in planned.relinked:
        # The old link went to an address that is wrong or no longer theirs: it must not stay open.
        _invite_anew(services, uow, each.entry, planned.invited[each.entry.organisation_id], now)
    return planned


def unprintable(services: Services, rows: Sequence[RosterRow]) -> tuple[RosterWarning, ...]:
    """A warning for each name or group that would be printed and cannot be: closing refuses it."""
    warnings = []
    for row in rows:
        for field, said in PRINTED.items():
            text: str | None = getattr(row, field)
            try:
                services.typesetter.printable(text or "", field)
            except Refusal as refusal:
                message = (
                    f"{row.organisation}: the PDF cannot print the character {refusal.values['character']}, which "
                    f"{said} holds. Write it without that character."
                )
                warnings.append(RosterWarning(row.line, "not-printable", message))
    return tuple(warnings)


def entries(services: Services, letter_id: str) -> list[RosterEntry]:
    """The roster in its order. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        return uow.roster.entries(letter_id)


def _invite_anew(
    services: Services, uow: UnitOfWork, entry: RosterEntry, old: Invitation, now: datetime
) -> None:
    """Whoever stood in for the contact before does so no longer."""
    try:
        renew(services, uow, entry, old.given_back(), now)
    except AddressRefused:
        # The old link must not stay open; the status says that another contact is needed.
        uow.invitations.revoke(old.id, now)


def _faulty(faults: Sequence[RowFault]) -> Faulty:
    told = "\n".join(f"Line {fault.line}: {fault.message}" for fault in faults)
    return Faulty("{faults}", values={"faults": told}, line=faults[0].line, code="faulty-rows")
