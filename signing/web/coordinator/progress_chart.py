"""The progress of a letter as a picture: where each line, mark and word of the chart goes. Drawn by
`templates/coordinator/chart.html`, once for wide screens and once for narrow ones, so that its words stay legible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from signing.web.page import _, language
from signing.workflow.dashboard import Dashboard

_STEPS = (1, 2, 3, 7, 14, 28, 56, 91, 182, 365)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and what is written there."""

    at: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that happened, or a deadline: where it stands, its kind, what is written beside it and what it says."""

    at: float
    kind: str
    words: str
    said: str
    anchor: str = "middle"
    row: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything in units of the picture. `ahead` is the line to where the pace leads."""

    name: str
    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    line: str
    area: str
    ahead: str
    now: tuple[float, float]
    expected: tuple[float, float] | None
    days: Sequence[Tick]
    numbers: Sequence[Tick]
    quorum: float | None
    deadlines: Sequence[Sign]
    marks: Sequence[Sign]
    now_anchor: str


class _Scale:
    """From moments and numbers to places."""

    def __init__(self, board: Dashboard, width: int, height: int) -> None:
        letter, now = board.letter, board.now
        self.left, self.right, self.top, self.bottom = 38.0, width - 14.0, 46.0, height - 52.0
        self.begin = letter.opened_at or letter.created_at
        ends = [each for each in (letter.hard_deadline, letter.soft_deadline, now) if each is not None]
        self.end = max(*ends, self.begin + timedelta(hours=6))
        if letter.state.closed:
            self.end = max(now if letter.closed_at is None else letter.closed_at, self.begin + timedelta(hours=6))
        self.most = max(board.organisations, 1)

    def x(self, at: datetime) -> float:
        share = (at - self.begin) / (self.end - self.begin)
        return round(self.left + min(max(share, 0.0), 1.0) * (self.right - self.left), 1)

    def y(self, number: float) -> float:
        return round(self.bottom - number / self.most * (self.bottom - self.top), 1)


def chart(board: Dashboard, name: str, width: int, height: int) -> Chart:
    """The picture of a letter that was opened, `width` by `height` units."""
    scale = _Scale(board, width, height)
    until = min(board.now, scale.end)
    points = [(scale.x(min(at, until)), scale.y(number)) for at, number in board.curve.points()]
    here = (scale.x(until), points[-1][1] if points else scale.bottom)
    line = f"M{scale.left} {scale.bottom}" + "".join(f"H{x}V{y}" for x, y in points) + f"H{here[0]}"
    forecast, expected = board.forecast, None
    if forecast.expected is not None and forecast.deadline is not None:
        expected = (scale.x(forecast.deadline), scale.y(forecast.expected))
    return Chart(
        name=name,
        width=width,
        height=height,
        left=scale.left,
        right=scale.right,
        top=scale.top,
        bottom=scale.bottom,
        line=line,
        area=f"{line}V{scale.bottom}Z",
        ahead=f"M{here[0]} {here[1]}L{expected[0]} {expected[1]}" if expected else "",
        now=here,
        expected=expected,
        days=_days(scale, board.letter.zone, width),
        numbers=_numbers(scale),
        quorum=scale.y(board.letter.quorum) if 0 < board.letter.quorum <= board.organisations else None,
        deadlines=_deadlines(scale, board),
        marks=_marks(scale, board),
        now_anchor="end" if here[0] > scale.left + 0.9 * (scale.right - scale.left) else "middle",
    )


def short_day(at: datetime, zone: str) -> str:
    """A day without its year."""
    return str(format_skeleton("MMMd", at.astimezone(ZoneInfo(zone)), locale=language().replace("-", "_")))


def _days(scale: _Scale, zone: str, width: int) -> list[Tick]:
    """As many midnights as have room, at even distances."""
    room = max(width // 105, 2)
    span = (scale.end - scale.begin) / timedelta(days=1)
    step = next((each for each in _STEPS if span / each <= room), _STEPS[-1] * ceil(span / room / _STEPS[-1]))
    day = scale.begin.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    ticks = []
    while day <= scale.end:
        if day >= scale.begin - timedelta(hours=12):
            at = scale.x(day)
            first, last = at < scale.left + 20, at > scale.right - 24
            ticks.append(Tick(at, short_day(day, zone), "start" if first else "end" if last else "middle"))
        day += timedelta(days=step)
    return ticks


def _numbers(scale: _Scale) -> list[Tick]:
    """Nought, all, and round numbers between them that crowd neither."""
    step = next(each for scale_of in range(7) for each in (10**scale_of, 2 * 10**scale_of, 5 * 10**scale_of)
                if scale.most / each <= 4)  # fmt: skip
    rounds = [each for each in range(step, scale.most, step) if scale.most - each > step * 0.45]
    return [Tick(scale.y(each), str(each)) for each in (0, *rounds, scale.most)]


def _deadlines(scale: _Scale, board: Dashboard) -> list[Sign]:
    letter = board.letter
    found: list[Sign] = []
    for kind, at, words in (
        ("soft", letter.soft_deadline, _("asked for by")),
        ("hard", letter.hard_deadline, _("deadline")),
    ):
        if at is None or at > scale.end:
            continue
        x = scale.x(at)
        shown = f"{words} {short_day(at, letter.zone)}"
        anchor = "end" if x > (scale.left + scale.right) / 2 else "start"
        found.append(Sign(x, kind, shown, shown, anchor, row=len(found)))
    return found


def _marks(scale: _Scale, board: Dashboard) -> list[Sign]:
    zone = board.letter.zone
    found: list[Sign] = []
    for mark in board.marks:
        x, when = scale.x(mark.at), short_day(mark.at, zone)
        if mark.what == "version":
            if mark.number > 1:
                said = _("Version %(number)s opened on %(day)s", number=mark.number, day=when)
                found.append(Sign(x, "version", f"{mark.number}", said))
        elif mark.what == "reminded":
            found.append(Sign(x, "reminded", "", _("Reminders on %(day)s", day=when)))
        else:
            found.append(Sign(x, "moved", "", _("Deadline moved on %(day)s", day=when)))
    return found
