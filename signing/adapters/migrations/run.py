"""Runs the migrations over a connection that is open already; may import alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

# Any number will do, as long as no other program of the same database takes it.
_ADVISORY_LOCK = 0x5167_6E69_6E67


def configuration(connection: Connection) -> Config:
    """What alembic needs to know, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the tables up to the newest revision inside the connection's transaction."""
    if not connection.in_transaction():
        # Alembic would begin and commit one of its own.
        connection.begin()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
    command.upgrade(configuration(connection), "head")


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this release."""
    newest = ScriptDirectory.from_config(configuration(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest
