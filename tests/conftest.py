"""What every test may ask for: `database` and `unit_of_work`, once over SQLite and once over PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from signing.adapters.database import Database, connect
from signing.workflow.ports import OpenUnitOfWork
from tests import applications, databases

# What takes longest begins first, so that nobody waits for it at the end; in the order of measured times.
LONGEST = (
    "tests/journeys/", "tests/web/test_life_of_a_contact", "tests/web/test_scanner_robot", "tests/durability/",
    "tests/web/test_decision_page_in_chromium",
    "tests/web/test_device_decisions", "tests/web/test_coordinator_in_chromium", "tests/web/test_device_keys",
    "tests/cli/", "tests/web/test_contact_keys", "tests/web/test_pages_in_chromium", "tests/locale/",
    "tests/adapters/test_log_store", "tests/adapters/test_worker", "tests/adapters/test_witnesses",
    "tests/evidence/test_byte_flips", "tests/house/test_wheel", "tests/adapters/typeset/", "tests/web/",
)  # fmt: skip
# Long tests that share nothing but a browser: each may run where there is time for it.
APART = (
    "tests/durability/", "tests/web/test_life_of_a_contact", "tests/web/test_scanner_robot",
    "tests/web/test_pages_in_chromium",
)  # fmt: skip
# Told once for both of them.
STORY = ("tests/journeys/test_evidence_story", "tests/journeys/test_judges")

applications.share()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((at for at, name in enumerate(LONGEST) if item.nodeid.startswith(name)), 99))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist loadscope` hands out whole files, so that what is dear in one is made once."""
    if config.getoption("dist") != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Files(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(APART):
                return nodeid
            return "story" if nodeid.startswith(STORY) else nodeid.partition("::")[0]

    return Files(config, log)


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
