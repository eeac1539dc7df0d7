"""Statements that wait for somebody's signature; may import sqlalchemy and `tables`.

Fulfils `evidence_ports.PreparedStatements`.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from signing.adapters.evidence_tables import prepared, prepared_file
from signing.workflow.evidence_ports import PreparedStatement


class PreparedStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, new: PreparedStatement) -> None:
        """Store, in place of what the same owner had prepared of the same letter, kind and key."""
        known = select(prepared.c.id).where(
            prepared.c.letter_id == new.letter_id,
            prepared.c.kind == new.kind,
            prepared.c.owner == new.owner,
            prepared.c.key == new.key,
        )
        for old in self._connection.execute(known).scalars().all():
            self.remove(old)
        self._connection.execute(
            insert(prepared),
            {
                "id": new.id,
                "letter_id": new.letter_id,
                "kind": new.kind,
                "owner": new.owner,
                "key": new.key,
                "payload": new.payload,
                "at": new.at,
                "expires_at": new.expires_at,
                "context": json.dumps(new.context, ensure_ascii=False),
            },
        )
        if new.files:
            self._connection.execute(
                insert(prepared_file),
                [{"prepared_id": new.id, "name": name, "content": data} for name, data in new.files.items()],
            )

    def get(self, prepared_id: str) -> PreparedStatement | None:
        row = self._connection.execute(select(prepared).where(prepared.c.id == prepared_id)).first()
        return self._statement(row) if row else None

    def of_owner(self, letter_id: str, kind: str, owner: str) -> list[PreparedStatement]:
        """Newest first."""
        rows = self._connection.execute(
            select(prepared)
            .where(prepared.c.letter_id == letter_id, prepared.c.kind == kind, prepared.c.owner == owner)
            .order_by(prepared.c.at.desc(), prepared.c.id)
        ).all()
        return [self._statement(row) for row in rows]

    def remove(self, prepared_id: str) -> None:
        self._connection.execute(delete(prepared_file).where(prepared_file.c.prepared_id == prepared_id))
        self._connection.execute(delete(prepared).where(prepared.c.id == prepared_id))

    def forget_before(self, at: datetime) -> None:
        """Remove what has expired by `at`."""
        expired = select(prepared.c.id).where(prepared.c.expires_at < at)
        self._connection.execute(delete(prepared_file).where(prepared_file.c.prepared_id.in_(expired)))
        self._connection.execute(delete(prepared).where(prepared.c.expires_at < at))

    def _statement(self, row: Row[Any]) -> PreparedStatement:
        files = self._connection.execute(
            select(prepared_file.c.name, prepared_file.c.content)
            .where(prepared_file.c.prepared_id == row.id)
            .order_by(prepared_file.c.name)
        )
        content: dict[str, bytes] = {file.name: file.content for file in files}
        return PreparedStatement(
            id=row.id,
            letter_id=row.letter_id,
            kind=row.kind,
            owner=row.owner,
            key=row.key,
            payload=row.payload,
            at=row.at,
            expires_at=row.expires_at,
            context=json.loads(row.context),
            files=content,
        )
