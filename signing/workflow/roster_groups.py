"""The headings under which a roster is printed, given by a rule and looked at before they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from signing.domain.errors import Faulty
from signing.domain.letter import LetterAction
from signing.domain.roster import cell_fault
from signing.workflow.activity import Act, record
from signing.workflow.letters import locked_letter
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.roster_desk_ports import DeskRow
from signing.workflow.roster_views import RosterFrame, frame_of


class Rule(StrEnum):
    """What decides under which heading an organisation stands."""

    COUNTRY = "country"
    SCOPE = "scope"
    KIND = "kind"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """Headings that a rule makes, in the order of the roster, each under the key that the rule found, with its
    organisations; `without` are those of whom the rule knows nothing: they stand first, under no heading."""

    frame: RosterFrame
    rule: Rule
    headings: dict[str, str]
    members: dict[str, list[DeskRow]]
    without: list[DeskRow]


# What a rule finds is named by the caller, who knows the words of the letter's language: (rule, key) → heading.
Naming = Callable[[Rule, str], str]
# The key of a country however it is spelt: the caller knows the names of countries.
Territory = Callable[[str], str]


def plan(services: Services, letter_id: str, rule: Rule, named: Naming, territory: Territory) -> GroupPlan:
    """What the rule would do; stores nothing. Raises NotFound."""
    with services.unit_of_work() as uow:
        return _plan(services, uow, letter_id, rule, named, territory)


def apply(
    services: Services,
    letter_id: str,
    rule: Rule,
    named: Naming,
    territory: Territory,
    *,
    headings: Mapping[str, str] | None = None,
) -> int:
    """Give every organisation the heading of the rule, in the coordinator's own words where `headings` has some by
    key; how many headings there are. Raises NotFound, NotAllowed, Faulty with the key as field."""
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.EDIT_ROSTER, services.clock())
        found = _plan(services, uow, letter_id, rule, named, territory)
        groups: dict[str, str | None] = {row.entry.organisation_id: None for row in found.without}
        for key, rows in found.members.items():
            heading = (headings or {}).get(key, found.headings[key]).strip()
            if heading and (fault := cell_fault(heading, "A heading")):
                raise Faulty("{fault}", values={"fault": fault}, field=key)
            groups |= {row.entry.organisation_id: heading or None for row in rows}
        now = {row.entry.organisation_id: row.entry.group for rows in found.members.values() for row in rows}
        now |= {row.entry.organisation_id: row.entry.group for row in found.without}
        changed = {name: group for name, group in groups.items() if group != now[name]}
        uow.roster_desk.set_groups(letter_id, changed)
        record(services, uow, Act.GROUPED, letter_id, rule=rule.value, organisations=len(changed))
        uow.commit()
    return len({group for group in groups.values() if group})


def _plan(
    services: Services, uow: UnitOfWork, letter_id: str, rule: Rule, named: Naming, territory: Territory
) -> GroupPlan:
    members: dict[str, list[DeskRow]] = {}
    without: list[DeskRow] = []
    for row in uow.roster_desk.described(letter_id):
        key = _key(rule, row, territory)
        if key is None:
            without.append(row)
        else:
            members.setdefault(key, []).append(row)
    headings = {key: named(rule, key) for key in members}
    return GroupPlan(frame_of(services, uow, letter_id), rule, headings, members, without)


def _key(rule: Rule, row: DeskRow, territory: Territory) -> str | None:
    match rule:
        case Rule.COUNTRY:
            return territory(row.entry.country) if row.entry.country else None
        case Rule.SCOPE:
            return row.scope.value if row.scope else None
        case Rule.KIND:
            return row.kind.value if row.kind else None
        case Rule.NONE:
            return None
