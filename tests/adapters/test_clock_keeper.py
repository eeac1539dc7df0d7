"""The clock's work on letters: each duty has its turn and fails alone, and a stage opens soon after the last answer."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from signing.adapters.clock_keeper import PUT_OFF, ClockKeeper, Duty
from signing.adapters.database import Database
from signing.domain.errors import Unavailable
from signing.workflow import rhythms, staging
from signing.workflow.ports import Services
from signing.workflow.staging import StageForm
from tests.web.installation import Clock, House, services_over

only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def house(database: Database) -> House:
    clock = Clock()
    return House(services_over(database, clock), clock, database)


class Work:
    """A duty that notes what it did; on `broken` letters it fails."""

    def __init__(self, *due: str, broken: tuple[str, ...] = (), error: Exception | None = None) -> None:
        self.letters, self.broken, self.error, self.done = due, broken, error, list[str]()

    def due(self, _: Services) -> tuple[str, ...]:
        if self.error is not None:
            raise self.error
        return self.letters

    def do(self, _: Services, letter_id: str) -> None:
        if letter_id in self.broken:
            raise ZeroDivisionError("a secret")
        self.done.append(letter_id)


@only_sqlite
def test_each_duty_fails_alone_and_on_each_letter_alone(house: House, caplog: pytest.LogCaptureFixture) -> None:
    faulty, confused, sound = Work("a", "b", broken=("a",)), Work(error=KeyError("x")), Work("c")
    duties = [Duty("faulty", faulty.due, faulty.do), Duty("confused", confused.due, confused.do),
              Duty("sound", sound.due, sound.do)]  # fmt: skip
    keeper = ClockKeeper(house.services, duties)
    with caplog.at_level(logging.WARNING):
        keeper.run_once()
        keeper.run_once()
    assert (faulty.done, sound.done) == (["b", "b"], ["c", "c"])
    told = [each.message for each in caplog.records]
    assert sum("faulty of letter a" in each for each in told) == 1
    assert not any("secret" in each for each in told)
    faulty.broken = ()
    house.clock.pass_(seconds=PUT_OFF.total_seconds())
    keeper.run_once()
    assert faulty.done[-2:] == ["a", "b"]


@only_sqlite
def test_a_database_that_cannot_be_used_is_waited_for(house: House, caplog: pytest.LogCaptureFixture) -> None:
    broken, later = Work(error=Unavailable("no disk")), Work("c")
    keeper = ClockKeeper(house.services, [Duty("broken", broken.due, broken.do), Duty("later", later.due, later.do)])
    keeper.run_once()
    assert later.done == []
    broken.error = None
    keeper.run_once()
    assert later.done == ["c"]
    assert "the clock's work is done later" in caplog.text


@only_sqlite
def test_a_duty_of_the_hour_is_asked_once_an_hour_also_when_the_clock_is_set_back(house: House) -> None:
    work = Work("a")
    keeper = ClockKeeper(house.services, [Duty("hourly", work.due, work.do, every=timedelta(hours=1))])
    for hours in (0, 0.5, 0.5, -3, 0.2):
        house.clock.pass_(hours=hours)
        keeper.run_once()
    assert work.done == ["a"] * 3


def test_the_clock_opens_the_next_stage_after_the_last_answer(house: House) -> None:
    letter_id = house.letter(deadline=house.clock.now + timedelta(days=20))
    house.roster(letter_id, "Rivers China")
    house.roster(letter_id, "Valley Watch", stage=2)
    house.open(letter_id)
    staging.arrange(house.services, letter_id, 2, StageForm("", "answered", ""))
    staging.open_stage(house.services, letter_id, 1)
    keepers = [ClockKeeper(house.services, [Duty("stages", staging.due, staging.open_due),
                                            Duty("rhythm", rhythms.due, rhythms.remind_due)]) for _ in range(2)]
    for keeper in keepers:
        keeper.run_once()
    assert staging.routing(house.services, letter_id).invited == 1
    house.approve(letter_id, "Rivers China")
    for keeper in keepers:
        keeper.run_once()
    assert staging.routing(house.services, letter_id).invited == 2
    with house.services.unit_of_work() as uow:
        assert len([each for each in uow.outbox.of_letter(letter_id) if each.kind == "invitation"]) == 2
