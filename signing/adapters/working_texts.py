"""What stands in the editors, and who sits before them; may import sqlalchemy and the tables.

Fulfils `editing_ports.WorkingTexts`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from signing.adapters.account_tables import account
from signing.adapters.coordination_tables import editing, working_text
from signing.workflow.editing_ports import Editing, WorkingText

_NAMES = tuple(WorkingText.__dataclass_fields__)
_TEXT = [working_text.c[name] for name in _NAMES]


class WorkingTextStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, letter_id: str, language: str) -> WorkingText | None:
        row = self._connection.execute(
            select(*_TEXT).where(working_text.c.letter_id == letter_id, working_text.c.language == language)
        ).one_or_none()
        return WorkingText(*row) if row else None

    def of_letter(self, letter_id: str) -> list[WorkingText]:
        rows = self._connection.execute(
            select(*_TEXT).where(working_text.c.letter_id == letter_id).order_by(working_text.c.language)
        )
        return [WorkingText(*row) for row in rows]

    def save(self, text: WorkingText) -> bool:
        """Store `text` if the revision before its own is the newest there is; whether it was stored."""
        values = {name: getattr(text, name) for name in _NAMES}
        if text.revision == 1:
            made = sqlite_insert if self._connection.dialect.name == "sqlite" else postgresql_insert
            first = made(working_text).on_conflict_do_nothing().returning(working_text.c.revision)
            return self._connection.execute(first, values).one_or_none() is not None
        # The row's own lock is the judge: the second of two writers waits for it and then finds another revision.
        stored = self._connection.execute(
            update(working_text)
            .where(
                working_text.c.letter_id == text.letter_id,
                working_text.c.language == text.language,
                working_text.c.revision == text.revision - 1,
            )
            .values(values)
        )
        return stored.rowcount == 1

    def settle(self, letter_id: str, language: str) -> None:
        """What stands there is the draft now: nothing of it is ahead."""
        self._connection.execute(
            update(working_text)
            .where(working_text.c.letter_id == letter_id, working_text.c.language == language)
            .values(ahead=False)
        )

    def see(self, letter_id: str, language: str, account_id: str, at: datetime) -> None:
        """Note that this account has the editor of this language open, and no other of this letter."""
        mine = (editing.c.letter_id == letter_id, editing.c.account_id == account_id)
        self._connection.execute(delete(editing).where(*mine, editing.c.language != language))
        seen = update(editing).where(*mine, editing.c.language == language).values(seen_at=at)
        if self._connection.execute(seen).rowcount == 0:
            made = sqlite_insert if self._connection.dialect.name == "sqlite" else postgresql_insert
            values = {"letter_id": letter_id, "language": language, "account_id": account_id, "seen_at": at}
            self._connection.execute(made(editing).on_conflict_do_nothing(), values)

    def leave(self, letter_id: str, account_id: str) -> None:
        self._connection.execute(
            delete(editing).where(editing.c.letter_id == letter_id, editing.c.account_id == account_id)
        )

    def editing(self, letter_id: str, since: datetime) -> list[Editing]:
        """Who was seen at an editor of this letter since then, by name."""
        rows = self._connection.execute(
            select(editing.c.language, editing.c.account_id, account.c.name, account.c.email, editing.c.seen_at)
            .join(account, account.c.id == editing.c.account_id)
            .where(editing.c.letter_id == letter_id, editing.c.seen_at >= since)
        )
        found = [Editing(language, account_id, name or email, at) for language, account_id, name, email, at in rows]
        return sorted(found, key=lambda each: each.name)
