"""Deadlines as people type them, by the clock of a zone: gaps, hours that come twice, and what may still change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from signing.domain.deadline import (
    check_not_shortened,
    check_order,
    known_zone,
    moment_typed,
    shown,
    zones,
)
from signing.domain.errors import Faulty

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_a_time_is_read_by_the_clock_of_the_zone() -> None:
    typed = moment_typed("2026-03-20T18:00", "Africa/Nairobi", "hard_deadline")
    assert typed is not None
    assert typed.at == datetime(2026, 3, 20, 15, 0, tzinfo=UTC)
    assert not typed.twice
    assert shown(typed.at, "Africa/Nairobi") == "2026-03-20T18:00"
    assert moment_typed("  ", BERLIN, "hard_deadline") is None


@pytest.mark.parametrize(
    ("typed", "zone", "following"),
    [
        ("2026-03-29T02:30", BERLIN, "03:00"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "02:30"),
        ("2026-09-06T00:30", "America/Santiago", "01:00"),
    ],
)
def test_an_hour_that_the_clocks_skip_is_refused_with_the_next_that_there_is(
    typed: str, zone: str, following: str
) -> None:
    with pytest.raises(Faulty) as refusal:
        moment_typed(typed, zone, "hard_deadline")
    assert (refusal.value.code, refusal.value.field) == ("time-skipped", "hard_deadline")
    assert refusal.value.message.endswith(f"The next time that there is: {following}.")


def test_an_hour_that_comes_twice_means_the_second_time_and_says_so() -> None:
    typed = moment_typed("2026-10-25T02:30", BERLIN, "hard_deadline")
    assert typed is not None
    assert typed.at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert typed.twice
    # The first of both, as it was stored, stays when the form that showed it comes back untouched.
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = moment_typed(shown(first, BERLIN), BERLIN, "hard_deadline", first)
    assert again is not None
    assert again.at == first


@pytest.mark.parametrize("typed", ["soon", "2026-02-30T18:00", "0001-01-01T00:00", "9999-12-31T23:59", "2026-03-20"])
def test_what_is_no_time_is_refused_in_words(typed: str) -> None:
    with pytest.raises(Faulty) as refusal:
        moment_typed(typed, "Asia/Tokyo" if typed.startswith("0") else "America/Lima", "soft_deadline")
    assert refusal.value.code == "time-unread"


def test_zones_are_chosen_from_those_there_are() -> None:
    assert zones()[0] == "UTC"
    assert {"Africa/Nairobi", "America/Argentina/Buenos_Aires", "Asia/Kolkata", BERLIN} <= set(zones())
    assert not [name for name in zones() if name.startswith(("Etc/", "posix", "US/"))]
    assert known_zone(BERLIN) == BERLIN
    for unknown in ("Europe/Atlantis", "../etc/passwd", "", "CET"):
        with pytest.raises(Faulty):
            known_zone(unknown)


def test_what_is_asked_for_comes_before_the_end() -> None:
    check_order(NOW, NOW + timedelta(days=1))
    check_order(NOW, None)
    with pytest.raises(Faulty) as refusal:
        check_order(NOW, NOW)
    assert refusal.value.code == "deadline-order"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (9, 8, "deadline-shortened"), (9, None, "deadline-removed"), (None, 2, "deadline-sudden"),
        (9, 10, None), (9, 9, None), (None, 4, None), (-1, 3, None),
    ],
)  # fmt: skip
def test_whoever_was_asked_loses_no_time(old: int | None, new: int | None, code: str | None) -> None:
    before, after = (None if days is None else NOW + timedelta(days=days) for days in (old, new))
    if code is None:
        check_not_shortened(before, after, NOW, "hard_deadline")
        return
    with pytest.raises(Faulty) as refusal:
        check_not_shortened(before, after, NOW, "hard_deadline")
    assert refusal.value.code == code
