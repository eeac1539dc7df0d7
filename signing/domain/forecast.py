"""Will the letter be signed by its deadline? A plain guess from the pace of the last days, which says so when it knows
too little; may import nothing of ours.

It knows nothing of stages that are still to be opened, of holidays, or of how people hurry before a deadline: whoever
reads it is told the pace, and can think.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# The pace is that of the last week; before two days have passed, or three organisations approved, there is none.
WINDOW = timedelta(days=7)
LEAST_TIME = timedelta(days=2)
LEAST_APPROVALS = 3


class Outlook(StrEnum):
    """What can be said of a letter's chances."""

    NOT_OPEN = "not-open"
    OVER = "over"
    COMPLETE = "complete"
    TOO_EARLY = "too-early"
    STALLED = "stalled"
    PACE = "pace"


@dataclass(frozen=True, slots=True)
class Curve:
    """Approvals counted by equal spans of time: `counts` by the number of the span, end to end from `start`."""

    start: datetime
    length: timedelta
    counts: Mapping[int, int]

    def since(self, moment: datetime) -> tuple[int, datetime]:
        """How many approvals came in the whole spans after `moment`, and when the first of these began."""
        first = max(-((self.start - moment) // self.length), 0)
        return sum(count for number, count in self.counts.items() if number >= first), self.start + first * self.length

    def points(self) -> list[tuple[datetime, int]]:
        """How many had approved at the end of each span in which somebody did, added up."""
        total, points = 0, []
        for number in sorted(self.counts):
            total += self.counts[number]
            points.append((self.start + (number + 1) * self.length, total))
        return points


@dataclass(frozen=True, slots=True)
class Forecast:
    """`pace` is approvals a day; `expected` how many will have approved at the deadline if it stays so (None: there is
    no deadline, or no pace)."""

    outlook: Outlook
    approved: int
    organisations: int
    pace: float = 0.0
    deadline: datetime | None = None
    expected: int | None = None


def forecast(
    curve: Curve,
    *,
    organisations: int,
    approved: int,
    gone: int,
    opened_at: datetime | None,
    deadline: datetime | None,
    shut: bool,
    now: datetime,
) -> Forecast:
    """Look ahead in a straight line. `gone` have said no, or withdrawn; `shut`: nobody can approve any more."""

    def said(outlook: Outlook, pace: float = 0.0, expected: int | None = None) -> Forecast:
        return Forecast(outlook, approved, organisations, pace, deadline, expected)

    if opened_at is None:
        return said(Outlook.NOT_OPEN)
    if organisations and approved == organisations:
        return said(Outlook.COMPLETE)
    if shut or (deadline is not None and now >= deadline):
        return said(Outlook.OVER)
    if now - opened_at < LEAST_TIME or approved < LEAST_APPROVALS:
        return said(Outlook.TOO_EARLY)
    came, since = curve.since(max(now - WINDOW, opened_at))
    pace = came / max((now - max(since, opened_at)) / timedelta(days=1), 1.0)
    if pace == 0:
        return said(Outlook.STALLED)
    if deadline is None:
        return said(Outlook.PACE, pace)
    ahead = pace * ((deadline - now) / timedelta(days=1))
    return said(Outlook.PACE, pace, min(organisations - gone, approved + int(ahead)))
