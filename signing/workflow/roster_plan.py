"""What importing rows would do to a roster, row by row: reads only, so that it can be looked at before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from signing.domain.handover import ChangeKind
from signing.domain.invitation import Invitation
from signing.domain.letter import Letter
from signing.domain.organisation import RosterEntry
from signing.domain.roster import RosterRow, RosterWarning, RowFault, name_key
from signing.workflow.identifiers import new_id
from signing.workflow.ports import Services, UnitOfWork

# What a row says of an organisation; everything else of an entry is the letter's.
SAID = (
    *("organisation", "acronym", "listed_as", "native_name", "sort_name", "country", "group"),
    *("contact", "email", "role", "language", "stage"),
)


class Fate(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Change:
    """What a column held and will hold."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row and the entry that it makes; `relinked`: the address changes, so the old link dies and a new one goes
    out."""

    row: RosterRow
    entry: RosterEntry
    fate: Fate
    changes: tuple[Change, ...] = ()
    relinked: bool = False


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """`faults` are those that only the roster shows: rows that are none of `rows`."""

    letter: Letter
    rows: tuple[PlannedRow, ...]
    faults: tuple[RowFault, ...]
    warnings: tuple[RosterWarning, ...]
    there: int
    invited: Mapping[str, Invitation] = field(default_factory=dict)

    def of(self, fate: Fate) -> list[PlannedRow]:
        """The rows of this fate, in the order of the sheet."""
        return [each for each in self.rows if each.fate is fate]

    @property
    def relinked(self) -> list[PlannedRow]:
        """Those whose contact gets a new link."""
        return [each for each in self.rows if each.relinked]


def plan(services: Services, uow: UnitOfWork, letter: Letter, rows: Sequence[RosterRow]) -> RosterPlan:
    """Compare good rows with the roster as it stands; as many statements for ten rows as for five thousand.

    An organisation without an id gets the id it had in an earlier letter, found by its exact name, or a new one.
    """
    there = {entry.organisation_id: entry for entry in uow.roster.entries(letter.id)}
    invited = {invitation.organisation_id: invitation for invitation in uow.invitations.of_letter(letter.id)}
    rows_by_id, faults = _identified(services, uow, rows, there)
    handed_on = _handed_on(uow, letter.id, invited)
    position = max((entry.position for entry in there.values()), default=0)
    planned: list[PlannedRow] = []
    warnings: list[RosterWarning] = []
    for organisation_id, row in rows_by_id.items():
        known = there.get(organisation_id)
        if known is None:
            position += 1
            planned.append(PlannedRow(row, _entry(letter.id, organisation_id, None, position, row), Fate.ADDED))
            continue
        before = handed_on.get((organisation_id, known.email), set())
        if row.email in before - {known.email}:
            warnings.append(_kept(row, known))
            row = replace(row, contact=known.contact, email=known.email, role=known.role)
        entry = _entry(letter.id, organisation_id, known, known.position, row)
        changes = tuple(_changes(known, entry))
        relinked = known.email != entry.email and organisation_id in invited
        planned.append(PlannedRow(row, entry, Fate.CHANGED if changes else Fate.LEFT, changes, relinked))
    return RosterPlan(letter, tuple(planned), tuple(faults), tuple(warnings), len(there), invited)


def _identified(
    services: Services, uow: UnitOfWork, rows: Sequence[RosterRow], there: Mapping[str, RosterEntry]
) -> tuple[dict[str, RosterRow], list[RowFault]]:
    """The rows by organisation id. Two rows for one organisation, or a new name under the id of an organisation
    that has answered, are faults: an answer must never slip under another name."""
    ids_by_name = {name_key(entry.organisation): entry.organisation_id for entry in there.values()}
    keys = {row.line: name_key(row.organisation) for row in rows}
    elsewhere = uow.address_book.named({keys[row.line] for row in rows if row.id is None} - ids_by_name.keys())
    rows_by_id: dict[str, RosterRow] = {}
    faults = []
    for row in rows:
        key = keys[row.line]
        organisation_id = row.id or ids_by_name.get(key)
        if organisation_id is None and elsewhere.get(key) not in there:
            # The id this name has in another letter, unless another organisation of this letter goes by that id.
            organisation_id = elsewhere.get(key)
        organisation_id = organisation_id or f"org-{new_id(services)}"
        known = there.get(organisation_id)
        if organisation_id in rows_by_id:
            first = rows_by_id[organisation_id].line
            message = f"This is the organisation of line {first} again ({organisation_id}). Keep one of the rows."
            faults.append(RowFault(row.line, "id", message))
        elif known is not None and known.answered_at is not None and name_key(known.organisation) != key:
            message = f"{known.organisation} has answered under this id. Give the new organisation another id, or none."
            faults.append(RowFault(row.line, "id", message))
        else:
            rows_by_id[organisation_id] = row
    return rows_by_id, faults


def _handed_on(
    uow: UnitOfWork, letter_id: str, invited: Mapping[str, Invitation]
) -> dict[tuple[str, str], set[str]]:
    """By organisation and address of a contact, the addresses of those who handed over to them for good, as long as the
    coordinator has not ended the link: a sheet that is brought again to add somebody must not undo what they did."""
    handed_on: dict[tuple[str, str], set[str]] = {}
    for change in uow.contact_changes.of_letter(letter_id):
        invitation = invited.get(change.organisation_id)
        live = invitation is not None and invitation.id == change.invitation_id and invitation.revoked_at is None
        if live and change.kind is ChangeKind.HANDED_OVER and change.until is None and change.to_email is not None:
            before = handed_on.get((change.organisation_id, change.email), set())
            handed_on[change.organisation_id, change.to_email] = before | {change.email}
    return handed_on


def _kept(row: RosterRow, known: RosterEntry) -> RosterWarning:
    message = (
        f"{known.organisation}: {row.email} has handed over to {known.contact} ({known.email}), who stays the contact. "
        "To go back, end the link on the status page first, then bring the sheet again."
    )
    return RosterWarning(row.line, "handed-over", message)


def _changes(known: RosterEntry, entry: RosterEntry) -> Iterable[Change]:
    for name in SAID:
        before, after = getattr(known, name), getattr(entry, name)
        if before != after:
            yield Change(name, str(before or ""), str(after or ""))


def _entry(
    letter_id: str, organisation_id: str, known: RosterEntry | None, position: int, row: RosterRow
) -> RosterEntry:
    said = {name: getattr(row, name) for name in SAID}
    if known is None:
        return RosterEntry(letter_id=letter_id, organisation_id=organisation_id, position=position, **said)
    former = tuple(each for each in dict.fromkeys((*known.former_emails, known.email)) if each != row.email)
    return replace(known, former_emails=former, **said)
