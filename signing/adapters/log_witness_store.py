"""What outsiders have signed about a log: time stamps and cosignatures; may import sqlalchemy and `tables`.

Fulfils `evidence_ports.TimeStamps` and `Cosignatures`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from signing.adapters.evidence_tables import cosignature, time_stamp
from signing.workflow.evidence_ports import Cosignature, TimeStamp


def _add(connection: Connection, table: Table, new: Any) -> None:
    values = {column.name: getattr(new, column.name) for column in table.c}
    if connection.dialect.name == "sqlite":
        connection.execute(sqlite_insert(table).on_conflict_do_nothing(), values)
    else:
        connection.execute(postgresql_insert(table).on_conflict_do_nothing(), values)


class TimeStampStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, stamp: TimeStamp) -> None:
        """Store; a second stamp of the same authority over the same size is ignored."""
        _add(self._connection, time_stamp, stamp)

    def of_letter(self, letter_id: str) -> list[TimeStamp]:
        """By size, then authority."""
        rows = self._connection.execute(
            select(time_stamp)
            .where(time_stamp.c.letter_id == letter_id)
            .order_by(time_stamp.c.size, time_stamp.c.authority)
        )
        return [TimeStamp(*row) for row in rows]

    def newest(self, letter_id: str, authority: str) -> TimeStamp | None:
        """The one over the largest size."""
        row = self._connection.execute(
            select(time_stamp)
            .where(time_stamp.c.letter_id == letter_id, time_stamp.c.authority == authority)
            .order_by(time_stamp.c.size.desc())
            .limit(1)
        ).first()
        return None if row is None else TimeStamp(*row)


class CosignatureStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Cosignature) -> None:
        """Store; a second one of the same witness over the same size is ignored."""
        _add(self._connection, cosignature, new)

    def of_letter(self, letter_id: str) -> list[Cosignature]:
        """By size, then witness."""
        rows = self._connection.execute(
            select(cosignature)
            .where(cosignature.c.letter_id == letter_id)
            .order_by(cosignature.c.size, cosignature.c.witness)
        )
        return [Cosignature(*row) for row in rows]

    def over(self, letter_id: str, size: int) -> list[Cosignature]:
        """Those over the checkpoint of this size, by witness."""
        rows = self._connection.execute(
            select(cosignature)
            .where(cosignature.c.letter_id == letter_id, cosignature.c.size == size)
            .order_by(cosignature.c.witness)
        )
        return [Cosignature(*row) for row in rows]

    def newest(self, letter_id: str, *, below: int | None = None, limit: int = 100) -> list[Cosignature]:
        """The largest sizes first, up to `limit` of those under the size `below`."""
        wanted = select(cosignature).where(cosignature.c.letter_id == letter_id)
        if below is not None:
            wanted = wanted.where(cosignature.c.size < below)
        rows = self._connection.execute(
            wanted.order_by(cosignature.c.size.desc(), cosignature.c.witness).limit(limit)
        )
        return [Cosignature(*row) for row in rows]
