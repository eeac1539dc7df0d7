"""The append-only log of each letter; may import sqlalchemy, `tables` and the tree of `evidence`.

Fulfils `ports.Log`. An entry gets its number under the lock of the head row and is durable when the unit of
work has committed, never before: whoever needs a promise asks after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from signing.adapters.tables import log_entry, log_head
from signing.domain.errors import Conflict, NotFound
from signing.evidence.merkle import Frontier, leaf_hash, root_ending
from signing.workflow.ports import LoggedEntry, LogHead

_HEAD = select(log_head.c.frontier).where(log_head.c.letter_id == bindparam("the_letter"))
_LOCK = _HEAD.with_for_update()  # SQLite has no such clause and needs none: its writers come one by one
_GROW = (
    update(log_head)
    .where(log_head.c.letter_id == bindparam("the_letter"), log_head.c.size == bindparam("size_before"))
    .values(size=bindparam("size"), frontier=bindparam("frontier"))
)
_ENTRY = select(log_entry).where(
    log_entry.c.letter_id == bindparam("the_letter"), log_entry.c.idx == bindparam("the_index")
)
_ROOT = select(log_entry.c.root).where(
    log_entry.c.letter_id == bindparam("the_letter"), log_entry.c.idx == bindparam("the_index")
)
_ENDS = select(log_entry.c.idx, log_entry.c.entry, log_entry.c.path).where(
    log_entry.c.letter_id == bindparam("the_letter"), log_entry.c.idx.in_(bindparam("ends", expanding=True))
)
_INSERT = insert(log_entry)
_NEWEST = (
    select(log_entry)
    .where(log_entry.c.letter_id == bindparam("the_letter"), log_entry.c.kind == bindparam("the_kind"))
    .order_by(log_entry.c.idx.desc())
    .limit(1)
)
_ENTRIES = select(log_entry).where(log_entry.c.letter_id == bindparam("the_letter")).order_by(log_entry.c.idx)


class LogStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, letter_id: str) -> None:
        """Begin an empty log; a log that is there is left alone."""
        values = {"letter_id": letter_id, "size": 0, "frontier": Frontier.empty().to_bytes()}
        if self._connection.dialect.name == "sqlite":
            self._connection.execute(sqlite_insert(log_head).on_conflict_do_nothing(), values)
        else:
            self._connection.execute(postgresql_insert(log_head).on_conflict_do_nothing(), values)

    def lock(self, letter_id: str) -> LogHead:
        """The head, held against every other writer until this unit of work ends.

        What is read after this call cannot change before it ends, if all writers of a letter lock first.

        Raises:
            NotFound: when the letter has no log.
        """
        return self._head(_LOCK, letter_id)

    def head(self, letter_id: str) -> LogHead:
        """The committed end of the log.

        Raises:
            NotFound: when the letter has no log.
        """
        return self._head(_HEAD, letter_id)

    def append(self, head: LogHead, kind: str, entry: bytes, at: datetime) -> LoggedEntry:
        """Number `entry` and write it with the new head, inside this unit of work (needs a locked head).

        Raises:
            Conflict: when the log has grown since `head` was read.
        """
        grown = head.frontier.append(leaf_hash(entry))
        logged = LoggedEntry(head.letter_id, head.size, kind, entry, grown.root(), grown.last_path(), at)
        moved = self._connection.execute(
            _GROW,
            {
                "the_letter": head.letter_id,
                "size_before": head.size,
                "size": grown.size,
                "frontier": grown.to_bytes(),
            },
        )
        if moved.rowcount != 1:
            raise Conflict("The log has grown meanwhile. Please try again.")
        self._connection.execute(
            _INSERT,
            {
                "letter_id": logged.letter_id,
                "idx": logged.index,
                "kind": logged.kind,
                "entry": logged.entry,
                "root": logged.root,
                "path": logged.path,
                "at": logged.at,
            },
        )
        return logged

    def entry(self, letter_id: str, index: int) -> LoggedEntry | None:
        row = self._connection.execute(_ENTRY, {"the_letter": letter_id, "the_index": index}).first()
        return LoggedEntry(*row) if row else None

    def newest(self, letter_id: str, kind: str) -> LoggedEntry | None:
        """The last entry of this kind, read without the others."""
        row = self._connection.execute(_NEWEST, {"the_letter": letter_id, "the_kind": kind}).first()
        return LoggedEntry(*row) if row else None

    def entries(self, letter_id: str) -> list[LoggedEntry]:
        """All entries by index."""
        return [LoggedEntry(*row) for row in self._connection.execute(_ENTRIES, {"the_letter": letter_id})]

    def root_at(self, letter_id: str, size: int) -> bytes | None:
        """The root when the log had `size` entries; None if it never had so many."""
        if size == 0:
            return Frontier.empty().root()
        return self._connection.execute(_ROOT, {"the_letter": letter_id, "the_index": size - 1}).scalar()

    def roots(self, letter_id: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """The roots over these ranges of entries, each read from its last entry alone.

        Raises:
            NotFound: when the log has not so many entries.
            Malformed: `INDEX` for a range that is no subtree of the log.
        """
        rows = self._connection.execute(
            _ENDS, {"the_letter": letter_id, "ends": [stop - 1 for _start, stop in ranges]}
        )
        last = {index: (leaf_hash(entry), path) for index, entry, path in rows}
        if any(stop - 1 not in last for _start, stop in ranges):
            raise NotFound("The log has no such entries.", code="entry-unknown")
        return [root_ending(*last[stop - 1], stop - 1, start) for start, stop in ranges]

    def _head(self, statement: Select[Any], letter_id: str) -> LogHead:
        frontier = self._connection.execute(statement, {"the_letter": letter_id}).scalar()
        if frontier is None:
            raise NotFound("This letter has no log yet: it was never opened.")
        return LogHead(letter_id, Frontier.from_bytes(frontier))
