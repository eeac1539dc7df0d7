"""The two databases as doors: what they are set to, what they refuse, and how they say that they cannot."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from signing.adapters.database import Database, connect
from signing.adapters.sqlite_file import wal_is_safe
from signing.adapters.tables import metadata
from signing.domain.errors import Refusal, Unavailable
from signing.workflow.ports import OpenUnitOfWork
from tests import databases
from tests.adapters.builders import LETTER, a_letter

only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


def settings(database: Database, *names: str, write: bool = False) -> list[str]:
    """What a connection of a unit of work is set to, as SQLite's pragmas or PostgreSQL's settings say it."""
    ask = "PRAGMA {}" if database.engine.dialect.name == "sqlite" else "SHOW {}"
    with database.engine.connect().execution_options(writing=write) as connection:
        return [str(connection.exec_driver_sql(ask.format(name)).scalar()) for name in names]


def test_the_migrations_make_the_tables_that_the_code_declares(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@only_sqlite
def test_every_table_of_sqlite_is_strict(database: Database) -> None:
    with database.engine.connect() as connection:
        strict = {
            row.name: row.strict for row in connection.exec_driver_sql("PRAGMA table_list") if row.type == "table"
        }
    assert {name for name in strict if strict[name]} == set(metadata.tables)


def test_migrating_a_second_time_changes_nothing(database: Database) -> None:
    with database.unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
        uow.commit()
    database.migrate()
    with database.unit_of_work() as uow:
        assert uow.letters.get(LETTER) == a_letter()


def test_a_database_without_tables_says_how_to_make_them(tmp_path: Path) -> None:
    database = connect("", tmp_path)
    with pytest.raises(Unavailable, match="signing init"):
        database.check()
    database.migrate()
    assert database.check().startswith("SQLite 3")


@only_sqlite
def test_a_migration_that_fails_half_way_leaves_nothing(tmp_path: Path, database_kind: str) -> None:
    database = connect("", tmp_path)
    with sqlite3.connect(tmp_path / "signing.sqlite3") as other:
        other.execute("CREATE TABLE outbox (id TEXT)")
    other.close()
    with pytest.raises(Unavailable):
        database.migrate()
    with database.engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    assert tables == ["outbox"]


@only_sqlite
def test_sqlite_syncs_every_commit_and_checks_foreign_keys(database: Database) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "query_only")
    extra_or_full = {"delete": "3", "wal": "2"}
    mode, synchronous, keys, reading = settings(database, *names)
    assert mode == ("wal" if wal_is_safe(sqlite3.sqlite_version_info) else "delete")
    assert (synchronous, keys, reading) == (extra_or_full[mode], "1", "1")
    assert settings(database, "query_only", write=True) == ["0"]


def test_wal_is_taken_only_where_sqlite_has_the_fix_or_the_operator_says_so(
    sqlite_template: Path, tmp_path: Path
) -> None:
    unfixed = [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 2)]
    fixed = [(3, 44, 6), (3, 50, 7), (3, 51, 3), (3, 53, 4)]
    assert [wal_is_safe(version) for version in unfixed + fixed] == [False] * 5 + [True] * 4
    database = databases.fresh_sqlite(sqlite_template, tmp_path, wal=True)
    assert settings(database, "journal_mode", "synchronous", "wal_autocheckpoint") == ["wal", "2", "0"]
    assert settings(database, "wal_autocheckpoint", write=True) == ["1000"]
    with database.unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
        uow.commit()
    database.dispose()
    back = databases.connect("", tmp_path, wal=False)
    assert settings(back, "journal_mode", "synchronous") == ["delete", "3"]
    with back.unit_of_work() as uow:
        assert uow.letters.get(LETTER) == a_letter()


@only_postgresql
def test_postgresql_limits_every_wait(database: Database) -> None:
    names = ("idle_in_transaction_session_timeout", "statement_timeout", "lock_timeout", "TimeZone")
    assert settings(database, *names) == ["10s", "15s", "2s", "UTC"]


@only_postgresql
@pytest.mark.parametrize("setting", ["synchronous_commit"])
def test_postgresql_that_may_lose_commits_is_refused(database: Database, database_url: str, setting: str) -> None:
    separator = "&" if "?" in database_url else "?"
    careless = connect(f"{database_url}{separator}options=-c%20{setting}%3Doff", Path())
    with pytest.raises(Refusal, match=f"{setting}=on") as refusal:
        careless.check()
    assert refusal.value.code == "database-not-durable"


def test_a_reading_unit_of_work_cannot_write(unit_of_work: OpenUnitOfWork) -> None:
    with pytest.raises(Unavailable), unit_of_work() as uow:
        uow.letters.add(a_letter())
    with unit_of_work() as uow:
        assert uow.letters.all() == []


@only_postgresql
def test_a_reading_unit_of_work_sees_one_moment(database: Database) -> None:
    with database.unit_of_work() as reader:
        assert reader.letters.all() == []
        with database.unit_of_work(write=True) as writer:
            writer.letters.add(a_letter())
            writer.commit()
        assert reader.letters.all() == []
    with database.unit_of_work() as reader:
        assert reader.letters.all() == [a_letter()]


@only_sqlite
def test_a_database_that_somebody_else_holds_is_unavailable_and_then_works_again(
    database: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "home" / "signing.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable), database.unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
    other.close()
    with database.unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
        uow.commit()


@only_sqlite
def test_a_commit_that_a_reader_holds_up_leaves_nothing_and_the_next_one_works(
    database: Database, tmp_path: Path
) -> None:
    def store() -> None:
        with database.unit_of_work(write=True) as uow:
            uow.letters.add(a_letter())
            uow.commit()

    reader = sqlite3.connect(tmp_path / "home" / "signing.sqlite3", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM letter").fetchall()
    with pytest.raises(Unavailable):
        store()
    reader.close()
    store()
    with database.unit_of_work() as uow:
        assert uow.letters.all() == [a_letter()]


@only_sqlite
def test_a_full_disk_is_unavailable_and_leaves_nothing(database: Database) -> None:
    with database.unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
        uow.commit()

    def fill(connection: Connection) -> None:
        # SQLite's own limit answers as a full disk does.
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    with database.engine.connect().execution_options(writing=True) as connection:
        fill(connection)
    with pytest.raises(Unavailable), database.unit_of_work(write=True) as uow:
        uow.letters.add(replace(a_letter("letter-2"), title="a long title " * 10_000))
    with database.unit_of_work() as uow:
        assert uow.letters.all() == [a_letter()]


def test_a_server_that_cannot_be_reached_is_unavailable(tmp_path: Path) -> None:
    database = connect(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}", tmp_path, patience=1)
    with pytest.raises(Unavailable), database.unit_of_work() as uow:
        uow.letters.all()


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "signing.sqlite3").write_bytes(b"Dear Madam, dear Sir, " * 200)
    with pytest.raises(Unavailable, match="cannot be opened"):
        connect("", tmp_path)


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        connect("", tmp_path / "file" / "home")


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite://", "sqlite:///:memory:", "not an address"])
def test_an_address_that_is_not_of_a_database_we_know_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        connect(url, tmp_path)
    assert refusal.value.code == "database-url"


@only_sqlite
def test_files_are_for_their_owner_only(database: Database, tmp_path: Path) -> None:
    with database.unit_of_work(write=True):
        pass
    fresh = connect("", tmp_path / "fresh")
    fresh.migrate()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "fresh").iterdir()}
    assert modes == {"signing.sqlite3": 0o600, "signing.sqlite3.lock": 0o600}
    assert (tmp_path / "fresh").stat().st_mode & 0o777 == 0o700
