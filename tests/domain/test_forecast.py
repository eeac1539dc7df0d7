"""Will we make it? Only as much is said as is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from signing.domain.forecast import Curve, Outlook, forecast

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def told(counts, *, opened=10, deadline=5, organisations=70, gone=0, shut=False):
    start = NOW - opened * DAY
    return forecast(
        Curve(start, DAY, counts), organisations=organisations, approved=sum(counts.values()), gone=gone,
        opened_at=start, deadline=None if deadline is None else NOW + deadline * DAY, shut=shut, now=NOW,
    )  # fmt: skip


def test_the_pace_of_the_last_week_goes_on_to_the_deadline():
    # Twenty came at once and count for nothing now; fourteen in the last seven days are two a day.
    ahead = told({0: 20, 3: 4, 6: 4, 9: 6})
    assert (ahead.outlook, ahead.pace, ahead.approved, ahead.expected) == (Outlook.PACE, 2.0, 34, 44)


def test_nobody_is_counted_twice_and_nobody_who_said_no():
    assert told({9: 60}, gone=4).expected == 66
    assert told({9: 60}, deadline=None).expected is None


@pytest.mark.parametrize(
    ("outlook", "given"),
    [
        (Outlook.TOO_EARLY, {"counts": {0: 30}, "opened": 1}),
        (Outlook.TOO_EARLY, {"counts": {5: 2}}),
        (Outlook.STALLED, {"counts": {0: 30}, "opened": 30}),
        (Outlook.COMPLETE, {"counts": {5: 70}}),
        (Outlook.OVER, {"counts": {5: 7}, "deadline": 0}),
        (Outlook.OVER, {"counts": {5: 7}, "shut": True}),
    ],
)
def test_what_cannot_be_known_is_not_said(outlook, given):
    ahead = told(given.pop("counts"), **given)
    assert (ahead.outlook, ahead.expected) == (outlook, None)


def test_a_curve_only_rises_and_ends_with_all():
    assert Curve(NOW, DAY, {3: 2, 0: 1}).points() == [(NOW + DAY, 1), (NOW + 4 * DAY, 3)]
