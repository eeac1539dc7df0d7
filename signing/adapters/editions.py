"""Editions with their files; may import sqlalchemy and `tables`. Fulfils `ports.Editions`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select

from signing.adapters.tables import edition, edition_file
from signing.workflow.ports import Edition


class EditionStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Edition) -> None:
        self._connection.execute(
            insert(edition),
            {
                "letter_id": new.letter_id,
                "number": new.number,
                "version": new.version,
                "idx": new.index,
                "listed": new.listed,
                "confidential": new.confidential,
                "closed_at": new.closed_at,
            },
        )
        if new.files:
            self._connection.execute(
                insert(edition_file),
                [
                    {"letter_id": new.letter_id, "number": new.number, "name": name, "content": content}
                    for name, content in new.files.items()
                ],
            )

    def newest(self, letter_id: str) -> Edition | None:
        row = self._connection.execute(
            select(edition).where(edition.c.letter_id == letter_id).order_by(edition.c.number.desc()).limit(1)
        ).first()
        return self._edition(row) if row else None

    def all(self, letter_id: str) -> list[Edition]:
        rows = self._connection.execute(
            select(edition).where(edition.c.letter_id == letter_id).order_by(edition.c.number)
        ).all()
        return [self._edition(row) for row in rows]

    def _edition(self, row: Row[Any]) -> Edition:
        files = self._connection.execute(
            select(edition_file.c.name, edition_file.c.content)
            .where(edition_file.c.letter_id == row.letter_id, edition_file.c.number == row.number)
            .order_by(edition_file.c.name)
        )
        content: dict[str, bytes] = {file.name: file.content for file in files}
        return Edition(
            letter_id=row.letter_id,
            number=row.number,
            version=row.version,
            index=row.idx,
            listed=row.listed,
            confidential=row.confidential,
            closed_at=row.closed_at,
            files=content,
        )
