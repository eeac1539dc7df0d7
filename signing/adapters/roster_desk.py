"""A roster as coordinators work on it: pages of it, many entries at once; may import sqlalchemy and the tables.

Fulfils `roster_desk_ports.RosterDesk`. No call costs more statements for five thousand entries than for ten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, exists, func, insert, or_, select, update

from signing.adapters.contact_tables import contact_change, remark, review
from signing.adapters.coordination_tables import told_approval
from signing.adapters.evidence_tables import binding
from signing.adapters.roster_order import RosterOrder
from signing.adapters.tables import answer, code, invitation, letter_version, link, organisation, outbox, roster_entry
from signing.domain.address_book import OrganisationKind, Scope
from signing.domain.invitation import Part
from signing.domain.organisation import Answer, RosterEntry
from signing.workflow.roster_desk_ports import DeskRow, RosterFigures, RosterSearch

_COLUMNS = tuple(column.name for column in roster_entry.c)
_KEY = ("letter_id", "organisation_id")
_DESCRIPTION = (
    *("position", "organisation", "acronym", "listed_as", "native_name", "sort_name", "country", "group", "contact"),
    *("email", "role", "language", "stage", "former_emails", "two_persons", "reviewed_version", "sort_key"),
)
_THIS = (
    roster_entry.c.letter_id == bindparam("the_letter"),
    roster_entry.c.organisation_id == bindparam("the_organisation"),
)
_DESCRIBE = update(roster_entry).where(*_THIS).values({name: bindparam(f"new_{name}") for name in _DESCRIPTION})
_GROUP = update(roster_entry).where(*_THIS).values(group=bindparam("new_group"))
_SORT_NAME = (
    update(roster_entry).where(*_THIS).values(sort_name=bindparam("new_sort_name"), sort_key=bindparam("new_sort_key"))
)
_AT_ONCE = 900
_INVITED = exists().where(
    invitation.c.letter_id == roster_entry.c.letter_id,
    invitation.c.organisation_id == roster_entry.c.organisation_id,
    invitation.c.part == Part.SIGNATORY,
)


class RosterDeskStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def figures(self, letter_id: str) -> RosterFigures:
        of_letter = roster_entry.c.letter_id == letter_id
        first = func.min(roster_entry.c.position)
        groups: dict[str | None, int] = {}
        stages: dict[int, int] = {}
        for stage, group, count, _place in self._connection.execute(
            select(roster_entry.c.stage, roster_entry.c.group, func.count(), first)
            .where(of_letter)
            .group_by(roster_entry.c.stage, roster_entry.c.group)
            .order_by(roster_entry.c.group.is_not(None), first)
        ):
            stages[stage] = stages.get(stage, 0) + count
            groups[group] = groups.get(group, 0) + count
        invited, has_words = self._connection.execute(
            select(func.count(), exists().where(letter_version.c.letter_id == letter_id))
            .select_from(invitation)
            .where(invitation.c.letter_id == letter_id, invitation.c.part == Part.SIGNATORY)
        ).one()
        return RosterFigures(sum(groups.values()), invited, has_words, dict(sorted(stages.items())), groups)

    def count(self, letter_id: str, search: RosterSearch) -> int:
        query = select(func.count()).select_from(roster_entry).where(roster_entry.c.letter_id == letter_id)
        return int(self._connection.execute(_matching(query, search)).scalar_one())

    def page(self, letter_id: str, search: RosterSearch, *, limit: int, skip: int = 0) -> list[DeskRow]:
        """By name, as the letter's language sorts."""
        by_name = (roster_entry.c.sort_key, roster_entry.c.organisation, roster_entry.c.organisation_id)
        return self._rows(_matching(_described(letter_id), search).order_by(*by_name).limit(limit).offset(skip))

    def found(self, letter_id: str, search: RosterSearch) -> list[str]:
        """The organisations of all pages."""
        query = select(roster_entry.c.organisation_id).where(roster_entry.c.letter_id == letter_id)
        return list(self._connection.execute(_matching(query, search)).scalars())

    def described(self, letter_id: str) -> list[DeskRow]:
        """All of them, by position."""
        return self._rows(_described(letter_id).order_by(roster_entry.c.position, roster_entry.c.organisation_id))

    def _rows(self, query: Select[Any]) -> list[DeskRow]:
        width = len(_COLUMNS)
        return [
            DeskRow(
                RosterEntry(*row[:width]),
                OrganisationKind(row[width]) if row[width] else None,
                Scope(row[width + 1]) if row[width + 1] else None,
                bool(row[width + 2]),
            )
            for row in self._connection.execute(query)
        ]

    def entries(self, letter_id: str, organisation_ids: Collection[str]) -> list[RosterEntry]:
        """Those of them that are on the roster, by position."""
        found: list[RosterEntry] = []
        for some in _some(organisation_ids):
            rows = self._connection.execute(
                select(roster_entry).where(
                    roster_entry.c.letter_id == letter_id, roster_entry.c.organisation_id.in_(some)
                )
            )
            found += [RosterEntry(*row) for row in rows]
        return sorted(found, key=lambda entry: (entry.position, entry.organisation_id))

    def add(self, entries: Sequence[RosterEntry]) -> None:
        if entries:
            order = RosterOrder(self._connection)
            rows = [
                {name: getattr(entry, name) for name in _COLUMNS} | {"sort_key": order.key_of(entry)}
                for entry in entries
            ]
            self._connection.execute(insert(roster_entry), rows)

    def describe(self, entries: Sequence[RosterEntry]) -> None:
        """Replace names and contacts of known entries; answers are left alone."""
        if entries:
            order = RosterOrder(self._connection)
            rows = [
                _this(entry.letter_id, entry.organisation_id)
                | {f"new_{name}": getattr(entry, name) for name in _DESCRIPTION}
                | {"new_sort_key": order.key_of(entry)}
                for entry in entries
            ]
            self._connection.execute(_DESCRIBE, rows)

    def set_stage(self, letter_id: str, organisation_ids: Collection[str], stage: int) -> None:
        for some in _some(organisation_ids):
            self._connection.execute(
                update(roster_entry)
                .where(roster_entry.c.letter_id == letter_id, roster_entry.c.organisation_id.in_(some))
                .values(stage=stage)
            )

    def set_groups(self, letter_id: str, groups: Mapping[str, str | None]) -> None:
        """By organisation id."""
        if groups:
            rows = [_this(letter_id, name) | {"new_group": group} for name, group in groups.items()]
            self._connection.execute(_GROUP, rows)

    def set_sort_names(self, letter_id: str, sort_names: Mapping[str, str | None]) -> None:
        """By organisation id."""
        order = RosterOrder(self._connection)
        rows = [
            _this(letter_id, entry.organisation_id)
            | {
                "new_sort_name": sort_names[entry.organisation_id],
                "new_sort_key": order.key(letter_id, {
                    "organisation": entry.organisation, "listed_as": entry.listed_as,
                    "sort_name": sort_names[entry.organisation_id],
                }),
            }
            for entry in self.entries(letter_id, sort_names)
        ]  # fmt: skip
        if rows:
            self._connection.execute(_SORT_NAME, rows)

    def tied_by(self, letter_id: str, organisation_id: str) -> tuple[str, ...]:
        """What hangs on an entry and may not be lost: any of `answer`, `key`, `remark`, `review`, `told`."""
        answered = exists().where(
            roster_entry.c.letter_id == letter_id, roster_entry.c.organisation_id == organisation_id,
            or_(roster_entry.c.answer != Answer.INVITED, roster_entry.c.answered_at.is_not(None)),
        )  # fmt: skip
        found: dict[str, ColumnElement[bool]] = {"answer": or_(answered, _of(answer, letter_id, organisation_id))}
        found |= {
            name: _of(table, letter_id, organisation_id)
            for name, table in (("key", binding), ("remark", remark), ("review", review))
        }
        found["told"] = _of(told_approval, letter_id, organisation_id)
        row = self._connection.execute(select(*(each.label(name) for name, each in found.items()))).one()
        return tuple(name for name, there in row._mapping.items() if there)

    def remove(self, letter_id: str, organisation_id: str) -> None:
        """Take an entry out, with its invitations, links, codes and mails."""
        invited = select(invitation.c.id).where(
            invitation.c.letter_id == letter_id, invitation.c.organisation_id == organisation_id
        )
        for table in (code, link):
            self._connection.execute(delete(table).where(table.c.invitation_id.in_(invited)))
        for table in (outbox, contact_change, invitation, roster_entry):
            self._connection.execute(
                delete(table).where(table.c.letter_id == letter_id, table.c.organisation_id == organisation_id)
            )


def _of(table: Any, letter_id: str, organisation_id: str) -> ColumnElement[bool]:
    return exists().where(table.c.letter_id == letter_id, table.c.organisation_id == organisation_id)


def _described(letter_id: str) -> Select[Any]:
    return (
        select(roster_entry, organisation.c.kind, organisation.c.scope, _INVITED)
        .outerjoin(organisation, organisation.c.id == roster_entry.c.organisation_id)
        .where(roster_entry.c.letter_id == letter_id)
    )


def _matching(query: Select[Any], search: RosterSearch) -> Select[Any]:
    if search.stage is not None:
        query = query.where(roster_entry.c.stage == search.stage)
    if search.group is not None:
        query = query.where(
            roster_entry.c.group == search.group if search.group else roster_entry.c.group.is_(None)
        )
    names = ("organisation", "listed_as", "acronym", "native_name", "country", "contact", "email")
    for word in search.words.split():
        like = "%" + word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        query = query.where(
            or_(*(roster_entry.c[name].ilike(like, escape="\\") for name in names))
        )
    return query


def _this(letter_id: str, organisation_id: str) -> dict[str, Any]:
    return {"the_letter": letter_id, "the_organisation": organisation_id}


def _some(values: Iterable[str]) -> Iterable[list[str]]:
    rest = iter(values)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
