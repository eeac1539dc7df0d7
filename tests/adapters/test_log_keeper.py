"""The clock work on logs: when stamps are asked for, what is kept, and how loud it is when one is missing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from signing.adapters.database import Database
from signing.adapters.high_water import HighWaterFiles
from signing.adapters.log_keeper import LogKeeper
from signing.adapters.stamp_keeper import WAITS, StampKeeper
from signing.domain.errors import Unavailable
from signing.evidence.stamp import stamp_time
from signing.workflow import closing
from signing.workflow.appending import checkpoint_note
from signing.workflow.evidence_ports import TimeStamp
from signing.workflow.publishing import publish
from signing.workflow.stamps import StampState, stamp_state
from tests.adapters.time_authority_server import Answer, Server, listening
from tests.evidence.time_authority import TimeAuthority
from tests.said_to_database import said_to
from tests.web.installation import Clock, House, services_over

only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
FIRST, SECOND = "first-example", "second-example"


@dataclass
class Place:
    """A house with two authorities that stamp with the house's own clock, and its keeper."""

    house: House
    servers: dict[str, Server]

    def __post_init__(self) -> None:
        self.keeper = self.another_keeper()

    def another_keeper(self) -> StampKeeper:
        authorities = [server.authority(name) for name, server in self.servers.items()]
        return StampKeeper(self.house.services, authorities)

    def run(self) -> None:
        self.keeper.run(self.house.clock())

    def stamps(self, letter_id: str) -> list[TimeStamp]:
        with self.house.services.unit_of_work() as uow:
            return uow.time_stamps.of_letter(letter_id)

    def sizes(self, letter_id: str, name: str = FIRST) -> list[int]:
        return [stamp.size for stamp in self.stamps(letter_id) if stamp.authority == name]

    def state(self, letter_id: str) -> StampState:
        return stamp_state(self.house.services, letter_id)

    def breaks(self, name: str) -> None:
        self.servers[name].answer = lambda question: Answer(b"out of order", 503)

    def mends(self, name: str) -> None:
        self.servers[name].answer = sound(name, self.house.clock).answer


def sound(name: str, clock: Clock) -> Server:
    authority = TimeAuthority(name)
    return Server(lambda question: Answer(authority.answer(question, clock())), authority.root_pem)


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Iterator[Place]:
    clock = Clock()
    services = services_over(database, clock)
    installation = replace(services.installation, time_authorities=(FIRST, SECOND))
    services = replace(services, high_water=HighWaterFiles(tmp_path / "heads"), installation=installation)
    with listening(sound(FIRST, clock)) as first, listening(sound(SECOND, clock)) as second:
        yield Place(House(services, clock, database), {FIRST: first, SECOND: second})


def test_a_log_is_stamped_at_opening_hourly_on_change_and_at_closing(place: Place) -> None:
    house = place.house
    house.letter()
    place.run()
    assert place.servers[FIRST].questions == [], "a draft has no log"

    letter_id = house.opened("Org One", "Org Two", "Org Three")
    place.run()
    assert [(each.size, each.authority) for each in place.stamps(letter_id)] == [(1, FIRST), (1, SECOND)]

    house.clock.pass_(hours=3)
    place.run()
    assert place.sizes(letter_id) == [1], "nothing changed"

    house.approve(letter_id, "Org One")
    place.run()
    assert place.sizes(letter_id) == [1, 2], "the last stamp is older than an hour"

    house.clock.pass_(minutes=10)
    house.approve(letter_id, "Org Two")
    place.run()
    house.clock.pass_(minutes=49)
    place.run()
    assert place.sizes(letter_id) == [1, 2]
    house.clock.pass_(minutes=1)
    place.run()
    assert place.sizes(letter_id) == [1, 2, 3]

    closing.close(house.services, letter_id)
    place.run()
    assert place.sizes(letter_id) == place.sizes(letter_id, SECOND) == [1, 2, 3, 4], "a closing does not wait"
    house.clock.pass_(days=1)
    place.run()
    assert place.sizes(letter_id) == [1, 2, 3, 4]


def test_a_closing_that_is_published_at_once_does_not_wait_either(place: Place) -> None:
    letter_id = place.house.opened("Org One")
    place.run()
    place.house.approve(letter_id, "Org One")
    closing.close(place.house.services, letter_id)
    publish(place.house.services, letter_id)
    place.run()
    assert place.sizes(letter_id) == place.sizes(letter_id, SECOND) == [1, 3]


def test_what_is_due_of_a_closed_letter_is_known_without_reading_the_log(place: Place) -> None:
    def asked(*organisations: str) -> int:
        letter_id = place.house.opened(*organisations)
        place.run()
        for each in organisations:
            place.house.approve(letter_id, each)
        closing.close(place.house.services, letter_id)
        with said_to(place.house.database) as said:
            assert stamp_state(place.house.services, letter_id).authorities[SECOND].due_since is not None
        return len(said)

    assert asked("Org One") == asked("Org Two", "Org Three", "Org Four")


def test_what_is_kept_is_a_stamp_over_the_checkpoint_as_it_is_given_to_everybody(place: Place) -> None:
    letter_id = place.house.opened("Org One")
    place.run()
    services = place.house.services
    with services.unit_of_work() as uow:
        letter, root = uow.letters.get(letter_id), uow.log.root_at(letter_id, 1)
    assert letter is not None
    assert root is not None
    note = checkpoint_note(services, letter.origin, 1, root)
    for stamp in place.stamps(letter_id):
        assert stamp_time(stamp.token, note, [place.servers[stamp.authority].root]) == stamp.at == place.house.clock()


def test_an_authority_that_is_down_does_not_keep_the_other_from_stamping(place: Place) -> None:
    place.breaks(FIRST)
    letter_id = place.house.opened("Org One")
    other = place.house.opened("Org Two")
    place.run()
    assert (place.sizes(letter_id), place.sizes(letter_id, SECOND), place.sizes(other, SECOND)) == ([], [1], [1])
    assert len(place.servers[FIRST].questions) == 1, "who is down is not asked for the next letter at once"


def test_an_authority_that_is_down_is_asked_again_after_growing_pauses(place: Place) -> None:
    place.breaks(FIRST)
    letter_id = place.house.opened("Org One")
    asked: list[int] = []
    for minute in range(30):
        place.run()
        if len(place.servers[FIRST].questions) > len(asked):
            asked.append(minute)
        place.house.clock.pass_(minutes=1)
    assert [later - sooner for sooner, later in pairwise(asked)] == [*WAITS, WAITS[-1]]
    place.mends(FIRST)
    place.house.clock.pass_(minutes=10)
    place.run()
    assert place.sizes(letter_id) == [1]


def test_what_was_missed_is_stamped_as_it_is_now(place: Place) -> None:
    """An old size would be stamped late for nothing: the newest one covers it."""
    place.breaks(FIRST)
    letter_id = place.house.opened("Org One")
    place.run()
    place.house.approve(letter_id, "Org One")
    place.mends(FIRST)
    place.house.clock.pass_(minutes=2)
    place.run()
    assert place.sizes(letter_id) == [2]


@only_sqlite
def test_the_third_failure_in_a_row_is_loud(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.breaks(FIRST)
    place.house.opened("Org One")
    levels = []
    for _ in range(3):
        caplog.clear()
        place.run()
        levels += [(record.levelno, record.getMessage()) for record in caplog.records]
        place.house.clock.pass_(minutes=1)
    assert [level for level, _ in levels] == [logging.WARNING, logging.WARNING, logging.CRITICAL]
    assert f"no time stamp by {FIRST}" in levels[-1][1]
    assert "503" in levels[-1][1]
    assert "127.0.0.1" not in levels[-1][1], "an address may hold the customer's key"


@only_sqlite
def test_a_missed_stamp_is_told_on_the_letters_state_until_it_is_there(place: Place) -> None:
    place.breaks(FIRST)
    letter_id = place.house.opened("Org One")
    place.run()
    opened = place.house.clock()
    assert not place.state(letter_id).late
    place.house.clock.pass_(minutes=15)
    state = place.state(letter_id)
    assert state.late
    assert state.warning == f"no time stamp by {FIRST}, due since {opened:%Y-%m-%d %H:%M} UTC"
    told = state.to_json()
    assert (told["wanted"], told["newest_size"], told["newest_at"], told["late"]) == (
        True, 1, opened.strftime("%Y-%m-%dT%H:%M:%SZ"), True,
    )  # fmt: skip
    assert {name: each["late"] for name, each in told["authorities"].items()} == {FIRST: True, SECOND: False}
    place.mends(FIRST)
    place.run()
    assert not place.state(letter_id).late
    assert place.state(letter_id).warning == ""


@only_sqlite
def test_a_letter_without_a_log_or_without_authorities_wants_no_stamps(place: Place) -> None:
    assert not place.state(place.house.letter()).wanted
    letter_id = place.house.opened("Org One")
    assert place.state(letter_id).wanted
    services = place.house.services
    without = replace(services, installation=replace(services.installation, time_authorities=()))
    place.house.clock.pass_(days=1)
    assert not stamp_state(without, letter_id).wanted
    assert not stamp_state(without, letter_id).late


def test_two_workers_ask_once_and_a_stamp_that_came_twice_is_kept_once(place: Place) -> None:
    letter_id = place.house.opened("Org One")
    other = place.another_keeper()
    answer = place.servers[FIRST].answer

    def while_the_other_looks(question: bytes) -> Answer:
        other.run(place.house.clock())
        return answer(question)

    place.servers[FIRST].answer = while_the_other_looks
    place.run()
    assert {name: len(server.questions) for name, server in place.servers.items()} == {FIRST: 1, SECOND: 1}
    assert [each.authority for each in place.stamps(letter_id)] == [FIRST, SECOND]
    with place.house.services.unit_of_work(write=True) as uow:
        uow.time_stamps.add(replace(place.stamps(letter_id)[0], token=b"another"))
        uow.commit()
    assert b"another" not in [each.token for each in place.stamps(letter_id)]


def test_an_authority_whose_clock_is_not_ours_is_not_believed(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """Its stamp would call everybody a liar who signs at the right time."""
    letter_id = place.house.opened("Org One")
    authority = TimeAuthority(FIRST)
    for minutes in (-10, 10):
        wrong = place.house.clock() + timedelta(minutes=minutes)
        place.servers[FIRST].answer = lambda question, at=wrong: Answer(authority.answer(question, at))
        place.run()
        place.house.clock.pass_(minutes=2)
    assert place.sizes(letter_id) == []
    assert "clock differs" in caplog.text


def test_a_log_that_was_rolled_back_is_not_stamped(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    letter_id = place.house.opened("Org One")
    other = place.house.opened("Org Two")
    with place.house.services.unit_of_work() as uow:
        letter = uow.letters.get(letter_id)
    assert letter is not None
    place.house.services.high_water.advance(letter.origin, 7, b"r" * 32)
    for _ in range(3):
        place.run()
    assert (place.sizes(letter_id), place.sizes(other)) == ([], [1])
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL], "told once, not at every look"


class Failing:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def run(self, now: datetime) -> None:
        raise self.error


class Counting:
    """Stops the keeper after its third turn."""

    def __init__(self) -> None:
        self.turns = 0

    def run(self, now: datetime) -> None:
        self.turns += 1


def test_a_keeper_that_fails_does_not_keep_the_next_from_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    counting = Counting()
    LogKeeper(Clock(), [Failing(Unavailable("no disk")), Failing(ZeroDivisionError("secret")), counting]).run_once()
    assert counting.turns == 1
    assert "ZeroDivisionError" in caplog.text
    assert "secret" not in caplog.text


def test_the_keeper_runs_beside_the_mails_until_it_is_told_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signing.adapters.log_keeper.LOOK_SECONDS", 0.001)
    counting, enough = Counting(), threading.Event()

    def stop() -> bool:
        if counting.turns >= 3:
            enough.set()
        return enough.is_set()

    thread = LogKeeper(Clock(), [counting]).start_beside(stop)
    assert enough.wait(60)
    thread.join(60)
    assert not thread.is_alive()
    assert counting.turns == 3
