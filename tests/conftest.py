"""What every test may ask for: `database` and `unit_of_work`, once over SQLite and once over PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from signing.adapters.database import Database, connect
from signing.workflow.ports import OpenUnitOfWork
from tests import databases


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The address of a migrated PostgreSQL database of this test process's own."""
    # Not under pytest's folder: its owner's rights are put back whenever another pytest starts, and a server that
    # runs as another user would not come up.
    with (
        tempfile.TemporaryDirectory(prefix="postgresql-") as folder,
        databases.postgresql_server(Path(folder) / "data") as url,
    ):
        database = connect(url, Path())
        database.migrate()
        database.dispose()
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    return databases.migrated_file(tmp_path_factory.mktemp("sqlite") / "template")


@pytest.fixture(params=databases.KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite` and `postgresql`; override with `parametrize(..., indirect=True)` where one is enough."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of the test's empty database, for other processes."""
    if database_kind == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'home' / 'signing.sqlite3'}"


@pytest.fixture
def database(
    database_kind: str, database_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Database]:
    """An empty, migrated database."""
    home = tmp_path / "home"
    if database_kind == "postgresql":
        fresh = databases.fresh_postgresql(database_url, home)
    else:
        fresh = databases.fresh_sqlite(request.getfixturevalue("sqlite_template"), home)
    yield fresh
    fresh.dispose()


@pytest.fixture
def unit_of_work(database: Database) -> OpenUnitOfWork:
    """Opens transactions on an empty database."""
    return database.unit_of_work
