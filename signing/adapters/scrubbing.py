"""Bytes of what was deleted, gone for good; may import sqlalchemy, `sqlite_file` and `contact_data`.

Both databases keep deleted bytes in their files until somebody needs the place. SQLite's file is made anew while the
turn among writers is held; on PostgreSQL the tables that held contact data are written anew, each under its own lock.
"""

from __future__ import annotations

from contextlib import nullcontext

from sqlalchemy import Connection, Engine

from signing.adapters.contact_data import GONE, TO_BE_MADE_ANEW
from signing.adapters.coordination_tables import book_contact, webhook_message
from signing.adapters.evidence_tables import prepared, prepared_file
from signing.adapters.sqlite_file import SqliteFile
from signing.adapters.tables import code, invitation, roster_entry, version_file

_TABLES = (*GONE, book_contact, webhook_message, prepared, prepared_file, code, invitation, roster_entry, version_file)


def scrub(engine: Engine, file: SqliteFile | None) -> None:
    """Make the files anew without what was deleted; on SQLite only if something was since the last time."""
    turn = file.turn() if file else nullcontext()
    with turn, engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if file is None:
            for table in _TABLES:
                connection.exec_driver_sql(f"VACUUM (FULL) {table.name}")
        else:
            _sqlite(connection, file)


def _sqlite(connection: Connection, file: SqliteFile) -> None:
    # The driver's own connection: what SQLAlchemy begins is a transaction, and none may be open here.
    bare = connection.connection.driver_connection
    assert bare is not None
    bare.execute("ROLLBACK") if bare.in_transaction else None
    if bare.execute("PRAGMA user_version").fetchone() != (TO_BE_MADE_ANEW,):
        return
    bare.execute("PRAGMA query_only=0")
    bare.execute("VACUUM")
    bare.execute("PRAGMA user_version=0")
    if file.wal:
        bare.execute("PRAGMA wal_checkpoint(TRUNCATE)")
