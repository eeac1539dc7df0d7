"""Bytes of what was deleted, gone for good; may import sqlalchemy, sqlite3 and the tables.

Both databases keep deleted bytes in their files until somebody needs the place. SQLite's file is made anew while the
turn among writers is held; on PostgreSQL the tables that held contact data are written anew, each under its own lock.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy import Connection, Engine

from signing.adapters.contact_data import GONE
from signing.adapters.coordination_tables import book_contact, webhook_message
from signing.adapters.evidence_tables import prepared, prepared_file
from signing.adapters.sqlite_file import SqliteFile
from signing.adapters.tables import code, invitation, roster_entry, version_file

_TABLES = (*GONE, book_contact, webhook_message, prepared, prepared_file, code, invitation, roster_entry, version_file)


_MARKED = "SELECT obj_description('roster_entry'::regclass, 'pg_class')"


def scrub(engine: Engine, file: SqliteFile | None) -> None:
    """Make the files anew without what was deleted, if anything was since the last time."""
    if file is not None:
        _sqlite(file)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _postgresql(connection)


def _postgresql(connection: Connection) -> None:
    if connection.exec_driver_sql(_MARKED).scalar() is None:
        return
    for table in _TABLES:
        connection.exec_driver_sql(f"VACUUM (FULL) {table.name}")
    connection.exec_driver_sql("COMMENT ON TABLE roster_entry IS NULL")


def _sqlite(file: SqliteFile) -> None:
    # A connection of its own: nothing may be open in it, and it takes no place among those of the readers.
    connection = sqlite3.connect(file.path, timeout=file.patience, isolation_level=None)
    try:
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            return
        with file.turn():
            connection.execute(f"PRAGMA synchronous={'FULL' if file.wal else 'EXTRA'}")
            connection.execute("VACUUM")
            connection.execute("PRAGMA user_version=0")
            if file.wal:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
