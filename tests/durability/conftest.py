"""The server that a test of faults may stop without warning."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.place import PostgresqlServer


@pytest.fixture
def server(database_kind: str) -> Iterator[PostgresqlServer | None]:
    if database_kind == "sqlite":
        yield None
        return
    # Not under pytest's folder: its owner's rights are put back whenever another pytest starts, and a server that
    # runs as another user could not start again.
    with tempfile.TemporaryDirectory(prefix="durability-") as folder:
        server = PostgresqlServer(Path(folder) / "data")
        yield server
        server.stop()
