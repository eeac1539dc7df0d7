"""An installation, its web application, and visitors to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from signing.domain.access import Role
from signing.web.app import create_app
from tests import databases
from tests.web.installation import BASE_URL, Clock, House, Mailbox, intake, services_over
from tests.web.recorded import watch
from tests.web.visitor import Visitor


@pytest.fixture
def house(sqlite_template: Path, tmp_path: Path) -> Iterator[House]:
    """An empty installation with a coordinator and an auditor."""
    database = databases.fresh_sqlite(sqlite_template, tmp_path / "home")
    clock = Clock()
    made = House(services_over(database, clock), clock, database)
    made.account("coordinator@example.org", Role.COORDINATOR)
    made.account("auditor@example.org", Role.AUDITOR)
    yield made
    database.dispose()


@pytest.fixture
def app(house: House) -> Iterator[Flask]:
    """The application; whatever anybody with an account changes in it while the test runs must be on record."""
    made = create_app(house.services, intake=intake(), mailbox=Mailbox())
    silent = watch(made, house.database.engine)
    yield made
    assert silent == set(), "these changed something and left no line in the record of activity"


@pytest.fixture
def visit(app: Flask) -> Callable[[], Visitor]:
    """Makes a visitor with a browser of their own."""
    return lambda: Visitor(app.test_client(), BASE_URL)


@pytest.fixture
def visitor(visit: Callable[[], Visitor]) -> Visitor:
    return visit()


@pytest.fixture
def coordinator(visit: Callable[[], Visitor]) -> Visitor:
    return visit().signs_in("coordinator@example.org")


@pytest.fixture
def auditor(visit: Callable[[], Visitor]) -> Visitor:
    return visit().signs_in("auditor@example.org")
