"""Words of the coordinator's own; may import sqlalchemy and the tables. Fulfils `mail_ports.Wordings`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from signing.adapters.coordination_tables import wording
from signing.domain.wording import Wording

_NAMES = tuple(Wording.__dataclass_fields__)
_WORDING = [wording.c[name] for name in _NAMES]


class WordingStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_letter(self, letter_id: str) -> list[Wording]:
        """Everything that is worded for a letter, by kind, language and part."""
        return self._read(wording.c.letter_id == letter_id)

    def of_mail(self, letter_id: str, kind: str, language: str) -> dict[str, str]:
        """The words of one kind in one language, by part."""
        found = self._read(
            wording.c.letter_id == letter_id, wording.c.kind == kind, wording.c.language == language
        )
        return {each.part: each.words for each in found}

    def save(self, worded: Wording, at: datetime) -> None:
        """Write or replace one part; without words, take it away."""
        self._connection.execute(
            delete(wording).where(*(wording.c[name] == getattr(worded, name) for name in _NAMES[:-1]))
        )
        if worded.words:
            self._connection.execute(
                insert(wording).values({name: getattr(worded, name) for name in _NAMES} | {"changed_at": at})
            )

    def _read(self, *where: object) -> list[Wording]:
        rows = self._connection.execute(
            select(*_WORDING).where(*where).order_by(*_WORDING[:-1])  # type: ignore[arg-type]
        )
        return [Wording(*row) for row in rows]
