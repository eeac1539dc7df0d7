"""A house over either database, with the guard against rolled-back databases in place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from signing.adapters.database import Database
from signing.adapters.high_water import HighWaterFiles
from tests.web.installation import Clock, House, services_over


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(database: Database, clock: Clock, tmp_path: Path) -> House:
    services = replace(services_over(database, clock), high_water=HighWaterFiles(tmp_path / "heads"))
    return House(services, clock, database)
