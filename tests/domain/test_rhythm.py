"""When reminders come by themselves: by the letter's own clock, at a decent hour, each turn once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from signing.domain import rhythm
from signing.domain.errors import Faulty
from signing.domain.letter import Letter, LetterState

OPENED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
END = datetime(2026, 3, 20, 17, 0, tzinfo=UTC)


def a_letter(*days: str, **fields: object) -> Letter:
    made = Letter(
        id="l", title="t", language="en", state=LetterState.OPEN, version=1, origin="h/l/l", base_url="http://h",
        zone="Europe/Berlin", hard_deadline=END, ignore_article=False, created_at=OPENED, opened_at=OPENED,
        rhythm=days,
    )  # fmt: skip
    return replace(made, **fields)  # type: ignore[arg-type]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of March 2026 in UTC; Berlin is an hour ahead until the 29th."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("7, 3,1", ("7", "3", "1")), ("1 3;7 3", ("7", "3", "1")), ("", ()), (" every  3 days ", ("every 3",)),
        ("Every 1", ("every 1",)), ("90", ("90",)),
    ],
)  # fmt: skip
def test_a_rhythm_is_read_as_people_type_it(typed: str, words: tuple[str, ...]) -> None:
    assert rhythm.read(typed) == words
    assert rhythm.read(rhythm.spelled(words)) == words


@pytest.mark.parametrize("typed", ["daily", "0", "91", "-1", "1,2,3,4,5,6,7,8,9,10,11", "every 0 days", "٣", "7.5"])
def test_what_is_no_rhythm_is_refused(typed: str) -> None:
    with pytest.raises(Faulty) as refusal:
        rhythm.read(typed)
    assert (refusal.value.code, refusal.value.field) == ("rhythm-unread", "rhythm")


def test_days_are_counted_back_from_what_is_asked_for_at_nine_by_the_letters_clock() -> None:
    letter = a_letter("7", "3", "1")
    assert rhythm.following(letter, OPENED) == at(13, 8)
    assert rhythm.turn(letter, at(13, 7, 59)) is None
    assert rhythm.turn(letter, at(13, 8)) == at(13, 8)
    soft = replace(letter, soft_deadline=END - timedelta(days=4))
    assert rhythm.following(soft, OPENED) == at(9, 8)
    assert rhythm.turn(soft, at(17, 8)) is None


def test_a_turn_comes_once_wherever_the_clock_jumps() -> None:
    letter = a_letter("7", "3", "1", reminded_up_to=at(13, 8))
    for now in (at(13, 9), at(12, 9), at(14, 9), at(16, 12)):
        assert rhythm.turn(letter, now) is None
    assert rhythm.turn(letter, at(17, 8)) == at(17, 8)


def test_a_missed_turn_is_made_up_for_by_day_and_only_the_last_of_several() -> None:
    letter = a_letter("7", "3", "1")
    assert rhythm.turn(letter, at(13, 18)) is None
    assert rhythm.turn(letter, at(14, 3)) is None
    assert rhythm.turn(letter, at(14, 8)) == at(13, 8)
    assert rhythm.turn(letter, at(18, 8)) == at(17, 8)
    assert rhythm.turn(letter, at(20, 17)) is None


def test_every_so_many_days_goes_on_to_the_end() -> None:
    letter = a_letter("every 3")
    assert rhythm.turn(letter, at(2, 15)) is None
    assert rhythm.following(letter, at(2, 15)) == at(5, 8)
    assert rhythm.turn(letter, at(5, 8)) == at(5, 8)
    assert rhythm.turn(letter, at(7, 8)) == at(5, 8)
    assert rhythm.following(replace(letter, reminded_up_to=at(5, 8)), at(5, 9)) == at(8, 8)
    assert rhythm.following(letter, at(20, 9)) is None
    endless = replace(letter, hard_deadline=None)
    assert rhythm.following(endless, at(30, 12)) == datetime(2026, 4, 1, 7, 0, tzinfo=UTC)


def test_without_a_deadline_nothing_is_counted_back() -> None:
    assert rhythm.following(a_letter("7", hard_deadline=None), OPENED) is None
    assert rhythm.turn(a_letter("7", opened_at=None), at(13, 8)) is None


def test_nobody_is_reminded_at_night() -> None:
    for hour, expected in ((3, at(14, 8)), (12, at(14, 12)), (20, at(15, 8))):
        assert rhythm.next_decent(at(14, hour), "Europe/Berlin") == expected
