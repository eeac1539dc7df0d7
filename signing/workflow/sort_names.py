"""The list as it will print if all approve, each name with what it is sorted by, and sort names put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from signing.domain.errors import Faulty
from signing.domain.letter import LetterAction
from signing.domain.organisation import RosterEntry
from signing.domain.roster import cell_fault
from signing.evidence.signatory import Signatory
from signing.workflow.activity import Act, record
from signing.workflow.letters import locked_letter
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.roster_views import RosterFrame, frame_of

PAGE = 200


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A line of the list. `signed`: the organisation has approved under this name, which the coordinator cannot
    change; `place` counts from 1."""

    place: int
    entry: RosterEntry
    signatory: Signatory
    signed: bool


@dataclass(frozen=True, slots=True)
class ListedPage:
    """One page of the list, in its order; `total` counts all lines."""

    frame: RosterFrame
    lines: list[ListedLine]
    total: int
    number: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // PAGE))

    def by_group(self) -> dict[str | None, list[ListedLine]]:
        """The lines under their headings."""
        groups: dict[str | None, list[ListedLine]] = {}
        for line in self.lines:
            groups.setdefault(line.entry.group, []).append(line)
        return groups


def page(services: Services, letter_id: str, number: int = 1) -> ListedPage:
    """Group by group in the order of the roster, those without one first, each sorted within. Raises NotFound."""
    with services.unit_of_work() as uow:
        seen = frame_of(services, uow, letter_id)
        lines = _lines(services, uow, seen)
    found = ListedPage(seen, lines, len(lines), 1)
    number = min(max(1, number), found.last)
    return replace(found, lines=lines[PAGE * (number - 1) : PAGE * number], number=number)


def put(services: Services, letter_id: str, sort_names: Mapping[str, str]) -> int:
    """Sort organisations by these names, by id; an empty one means as printed. How many were changed.

    Whoever has approved signed its sort name with its answer: it stays. Raises NotFound, NotAllowed, Faulty with the
    organisation's id as field.
    """
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.EDIT_ROSTER, services.clock())
        signed = {each.organisation_id for each in uow.roster.approved(letter_id).named}
        changed: dict[str, str | None] = {}
        for entry in uow.roster_desk.entries(letter_id, sort_names):
            typed = sort_names[entry.organisation_id].strip() or None
            if typed == entry.sort_name or entry.organisation_id in signed:
                continue
            if typed and (fault := cell_fault(typed, "The sort name")):
                raise Faulty("{fault}", values={"fault": fault}, field=entry.organisation_id)
            changed[entry.organisation_id] = typed
        uow.roster_desk.set_sort_names(letter_id, changed)
        if changed:
            record(services, uow, Act.SORTED, letter_id, organisations=len(changed))
        uow.commit()
    return len(changed)


def _lines(services: Services, uow: UnitOfWork, seen: RosterFrame) -> list[ListedLine]:
    letter = seen.letter
    approved = {each.organisation_id: each.signatory for each in uow.roster.approved(letter.id).named}
    entries = uow.roster.entries(letter.id)
    rank = {group: place for place, group in enumerate(dict.fromkeys([None, *(entry.group for entry in entries)]))}
    key = services.collation.sort_key(letter.language, ignore_article=letter.ignore_article)
    listed = [(entry, approved.get(entry.organisation_id) or _as_asked(entry)) for entry in entries]
    listed.sort(key=lambda each: (rank[each[0].group], key(each[1])))
    return [
        ListedLine(place, entry, signatory, entry.organisation_id in approved)
        for place, (entry, signatory) in enumerate(listed, start=1)
    ]


def _as_asked(entry: RosterEntry) -> Signatory:
    return Signatory(
        entry.acronym, entry.listed_name, entry.native_name, entry.organisation_id, "", "", entry.sort_name
    )
