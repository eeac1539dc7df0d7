"""SQLite so that no acknowledged commit is lost: lock file, own BEGIN, safe journal (FLOORS 3).

May import sqlalchemy, sqlite3 and fcntl. Every trap named here was reproduced; FLOORS 3 has the list.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from signing.domain.errors import Refusal, Unavailable

SQLITE_VERSION = sqlite3.sqlite_version_info


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset bug, which can lose committed rows (3.51.3, 3.50.7, 3.44.6)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


class SqliteFile:
    """One database file and the lock file beside it at which writers wait their turn."""

    def __init__(self, path: Path, *, patience: float, wal: bool | None) -> None:
        self.path = path
        self.lock_path = path.with_name(path.name + ".lock")
        self.patience = patience
        self.wal = wal_is_safe(SQLITE_VERSION) if wal is None else wal

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait in the kernel for the turn among writers of all threads and processes.

        SQLite's own busy timeout is a poll without a queue that lets one writer starve for seconds. A writer
        that dies leaves the queue by itself, because the kernel closes its file.
        """
        lock = os.open(self.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def prepare(self) -> None:
        """Create the file, for its owner only, and put it into the journal mode that is safe here.

        Raises:
            Unavailable: when somebody who uses the file keeps it in another mode.
        """
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        wanted = "wal" if self.wal else "delete"
        with self.turn():
            connection = sqlite3.connect(self.path, timeout=self.patience, isolation_level=None)
            try:
                (mode,) = connection.execute(f"PRAGMA journal_mode={wanted}").fetchone()
            finally:
                connection.close()
        if mode != wanted:
            raise Unavailable(
                f"The database is in use by a program that keeps it in journal mode {mode}. Please stop it first."
            )

    def engine(self, pool_size: int) -> Engine:
        """An engine whose transactions begin with our own BEGIN: one recipe for Python 3.11 to 3.15."""
        engine = create_engine(
            URL.create("sqlite", database=str(self.path)),
            connect_args={"timeout": self.patience, "isolation_level": None},
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=self.patience,
        )
        event.listen(engine, "connect", self._on_connect)
        event.listen(engine, "begin", self._on_begin)
        return engine

    def _on_connect(self, connection: sqlite3.Connection, record: Any) -> None:
        # EXTRA also syncs the folder after the journal is deleted, without which a commit may come undone.
        connection.execute(f"PRAGMA synchronous={'FULL' if self.wal else 'EXTRA'}")
        connection.execute("PRAGMA foreign_keys=ON")
        if connection.execute("PRAGMA foreign_keys").fetchone() != (1,):
            raise Refusal("This SQLite was built without foreign keys. Please use another Python or PostgreSQL.")

    def _on_begin(self, connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        # A read that turns into a write cannot wait for its turn: it would fail at once, whatever the timeout.
        connection.exec_driver_sql(f"PRAGMA query_only={int(not writing)}")
        if self.wal:
            # Checkpoints only where the lock file is held, so that none runs beside a commit.
            connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={1000 if writing else 0}")
        if connection.get_execution_options().get("migrating", False):
            # A table is changed by making it anew: what refers to it must not go with the old one.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    def check_references(self, connection: Connection) -> None:
        """Refuse to commit rows that refer to nothing. Raises Refusal."""
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise Refusal(f"The database has a row of {broken[0]} that refers to nothing: it was left as it was.")
