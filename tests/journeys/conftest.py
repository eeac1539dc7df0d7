"""The evidence story, told once for all tests that look at what is left of it; and a letter for those who attack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from signing.adapters.database import Database
from tests.journeys.forger import Coalition, Liar
from tests.journeys.story import Story, told
from tests.web.installation import Clock, House, services_over


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """On SQLite; what another database would do otherwise, the workflow's tests find."""
    with told(tmp_path_factory.mktemp("story") / "told") as story:
        yield story


@pytest.fixture
def coalition(database: Database) -> Coalition:
    clock = Clock()
    return Coalition.of(House(services_over(database, clock), clock, database))


@pytest.fixture
def letter_id(coalition: Coalition) -> str:
    """A letter with a browser key, an attested answer and a passkey; not closed yet."""
    return coalition.three_answer()


@pytest.fixture
def closed(coalition: Coalition, letter_id: str) -> str:
    """The same, closed and stamped."""
    coalition.closes(letter_id)
    return letter_id


@pytest.fixture
def liar(coalition: Coalition, closed: str) -> Liar:
    """Whoever holds the service, after the closing."""
    return Liar.over(coalition, closed)
