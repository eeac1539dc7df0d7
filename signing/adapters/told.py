"""Approvals that were told and not signed; may import sqlalchemy and the tables. Fulfils `told_ports`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from signing.adapters.coordination_tables import told_approval
from signing.domain.told import ToldApproval, Way

_NAMES = tuple(ToldApproval.__dataclass_fields__)
_TOLD = [told_approval.c[name] for name in _NAMES]


class ToldApprovalStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, told: ToldApproval) -> None:
        values = {name: getattr(told, name) for name in _NAMES}
        self._connection.execute(
            insert(told_approval), values | {"way": told.way.value, "told_on": told.told_on.isoformat()}
        )

    def get(self, told_id: str) -> ToldApproval | None:
        found = _read(self._connection.execute(select(*_TOLD).where(told_approval.c.id == told_id)))
        return found[0] if found else None

    def of_letter(self, letter_id: str) -> list[ToldApproval]:
        """Oldest first; those struck out are left away here and in `of_organisation`."""
        return self._standing(select(*_TOLD).where(told_approval.c.letter_id == letter_id))

    def of_organisation(self, letter_id: str, organisation_id: str) -> list[ToldApproval]:
        return self._standing(
            select(*_TOLD).where(
                told_approval.c.letter_id == letter_id, told_approval.c.organisation_id == organisation_id
            )
        )

    def strike_out(self, told_id: str, at: datetime) -> None:
        self._connection.execute(
            update(told_approval)
            .where(told_approval.c.id == told_id, told_approval.c.taken_back_at.is_(None))
            .values(taken_back_at=at)
        )

    def _standing(self, query: Select[Any]) -> list[ToldApproval]:
        return _read(
            self._connection.execute(
                query.where(told_approval.c.taken_back_at.is_(None)).order_by(told_approval.c.at, told_approval.c.id)
            )
        )


def _read(rows: Iterable[Row[Any]]) -> list[ToldApproval]:
    found = (dict(zip(_NAMES, row, strict=True)) for row in rows)
    return [
        ToldApproval(**row | {"way": Way(row["way"]), "told_on": date.fromisoformat(row["told_on"])}) for row in found
    ]
