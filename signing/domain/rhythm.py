"""The rhythm of reminders: so many days before the deadline, or every so many days; at a decent hour by the letter's
clock.

A letter keeps it as words (`Letter.rhythm`): numbers of days before, or `every N`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from signing.domain.errors import Faulty
from signing.domain.letter import Letter

HOUR = 9
# After this hour nobody is reminded any more that day.
EVENING = 19
MOST = 10
LONGEST = 90
_EVERY = re.compile(r"every\s+(\d{1,2})(\s+days?)?", re.IGNORECASE)


def read(typed: str) -> tuple[str, ...]:
    """The words of a rhythm: of `7, 3, 1`, of `every 3 days`, none of nothing. Raises Faulty `rhythm-unread`."""
    text = typed.strip()
    if not text:
        return ()
    if every := _EVERY.fullmatch(text):
        days = int(every[1])
        if 1 <= days <= LONGEST:
            return (f"every {days}",)
    pieces = [each for each in re.split(r"[\s,;]+", text) if each]
    if all(each.isascii() and each.isdigit() and len(each) < 3 for each in pieces):
        days_before = sorted({int(each) for each in pieces}, reverse=True)
        if days_before[-1] >= 1 and days_before[0] <= LONGEST and len(days_before) <= MOST:
            return tuple(str(each) for each in days_before)
    raise Faulty(
        "Write the days before the deadline, such as 7, 3, 1; or every 3 days; or leave it empty. From 1 to 90 days, "
        "ten reminders at most.",
        field="rhythm", code="rhythm-unread",
    )  # fmt: skip


def spelled(rhythm: tuple[str, ...]) -> str:
    """A rhythm as it may be typed again."""
    return f"{rhythm[0]} days" if every(rhythm) else ", ".join(rhythm)


def every(rhythm: tuple[str, ...]) -> int | None:
    """After how many days each next reminder comes, where the rhythm is of that kind."""
    return int(rhythm[0].removeprefix("every ")) if rhythm and rhythm[0].startswith("every ") else None


def until(letter: Letter) -> datetime | None:
    """Until when the rhythm reminds: days are counted to the soft deadline where there is one, else to the hard one;
    what comes every so many days goes on to the hard one."""
    if every(letter.rhythm) is not None:
        return letter.hard_deadline
    return letter.soft_deadline or letter.hard_deadline


def turn(letter: Letter, now: datetime) -> datetime | None:
    """When the newest reminder that is due by now was to go out; None where there is none, or all had their turn.

    One that was missed (nobody was awake) is made up for, at a decent hour; of several that were missed only the last.
    """
    end = until(letter)
    if letter.past_deadline(now) or (end is not None and now >= end) or not decent(now, letter.zone):
        return None
    newest = max((each for each in _turns(letter, now) if each <= now), default=None)
    done = letter.reminded_up_to
    return newest if newest is not None and (done is None or newest > done) else None


def following(letter: Letter, now: datetime) -> datetime | None:
    """When the next reminder goes out that is still to come."""
    return min((each for each in _turns(letter, now) if each > now), default=None)


def decent(at: datetime, zone: str) -> bool:
    """Whether people may be reminded at this moment."""
    return HOUR <= at.astimezone(ZoneInfo(zone)).hour < EVENING


def next_decent(at: datetime, zone: str) -> datetime:
    """This moment, or the next one at which people may be reminded."""
    clock = at.astimezone(ZoneInfo(zone))
    if HOUR <= clock.hour < EVENING:
        return at
    return _morning(clock.date() + timedelta(days=clock.hour >= EVENING), zone)


def _turns(letter: Letter, now: datetime) -> list[datetime]:
    """The moments of the rhythm after the opening and before its end; of endless ones those around now."""
    if letter.opened_at is None or not letter.rhythm:
        return []
    begun, end, place = letter.opened_at, until(letter), ZoneInfo(letter.zone)
    if step := every(letter.rhythm):
        first = begun.astimezone(place).date()
        past = (now.astimezone(place).date() - first).days // step
        days = [first + timedelta(days=step * number) for number in range(max(1, past - 1), max(1, past) + 2)]
    elif end is not None:
        last = end.astimezone(place).date()
        days = [last - timedelta(days=int(each)) for each in letter.rhythm]
    else:
        days = []
    moments = (_morning(day, letter.zone) for day in days)
    return [each for each in moments if each > begun and (end is None or each < end)]


def _morning(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(HOUR), ZoneInfo(zone)).astimezone(UTC)
