"""Deadlines: from a date and hour as people type them, by the clock of a zone, to one moment; and their order.

An hour that the clocks skip is refused with the next that there is; one that they show twice means the second time,
so that nobody is shut out early, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from signing.domain.errors import Faulty

_AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# Whoever is asked already has so long, at the least, once a letter without a deadline gets its first one.
FIRST_NOTICE = timedelta(days=3)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Typed:
    """A moment that was typed by the clock of a zone; `twice`: that clock shows it twice, and `at` is the second."""

    at: datetime
    twice: bool = False


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The IANA zones that a letter may keep, UTC first, then by area and place."""
    named = sorted(name for name in available_timezones() if name.partition("/")[0] in _AREAS and "/" in name)
    return ("UTC", *named)


def known_zone(name: str) -> str:
    """The zone, if it is one to choose from. Raises Faulty `zone-unknown`."""
    if name not in zones():
        raise Faulty(
            "There is no time zone of this name. Choose one from the list, such as Africa/Nairobi.",
            field="zone", code="zone-unknown",
        )  # fmt: skip
    return name


def moment_typed(typed: str, zone: str, field: str, kept: datetime | None = None) -> Typed | None:
    """What `2026-03-29T18:00` means by the clock of `zone`; None where nothing was typed.

    `kept` is the moment that the form showed: typed again as it stood, it stays as it is. Raises Faulty with `field`:
    `time-unread`, `time-skipped`.
    """
    text = typed.strip()
    if not text:
        return None
    if kept is not None and text == shown(kept, zone):
        return Typed(kept)
    try:
        clock = datetime.strptime(text, "%Y-%m-%dT%H:%M")
        first, second = (clock.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1))
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        raise Faulty(
            "Write day and hour as 2026-03-31T18:00.", field=field, code="time-unread"
        ) from None
    if first > second:
        following = _after_the_gap(second, first, zone)
        raise Faulty(
            "There is no {typed} on {day} in {zone}: that night the clocks go forward. The next time that there is: "
            "{following}.",
            values={
                "typed": f"{clock:%H:%M}", "day": f"{clock:%d %B %Y}", "zone": zone,
                "following": f"{following:%H:%M}",
            },
            field=field, code="time-skipped",
        )  # fmt: skip
    return Typed(second, twice=first < second)


def shown(at: datetime, zone: str) -> str:
    """A moment as a form has it, by the clock of `zone`."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def _after_the_gap(before: datetime, after: datetime, zone: str) -> datetime:
    """The first minute by the clock of `zone` after the gap that lies between these two moments."""
    place = ZoneInfo(zone)
    late = after.astimezone(place).utcoffset()
    while after - before > _MINUTE:
        middle = before + (after - before) / 2
        if middle.astimezone(place).utcoffset() == late:
            after = middle
        else:
            before = middle
    return (after - timedelta(seconds=after.second, microseconds=after.microsecond)).astimezone(place)


def check_order(soft: datetime | None, hard: datetime | None) -> None:
    """Refuse a soft deadline that is not before the hard one. Raises Faulty `deadline-order`."""
    if soft is not None and hard is not None and soft >= hard:
        raise Faulty(
            "The day you ask for must be before the last one, or leave it empty.",
            field="soft_deadline", code="deadline-order",
        )  # fmt: skip


def check_ahead(old: datetime | None, new: datetime | None, now: datetime, field: str) -> None:
    """Refuse a new deadline that has passed already. Raises Faulty `deadline-past`."""
    if new is not None and new != old and new <= now:
        raise Faulty("This deadline has passed already. Choose a later one.", field=field, code="deadline-past")


def check_not_shortened(old: datetime | None, new: datetime | None, now: datetime, field: str) -> None:
    """Refuse to take time from those who are asked already. Raises Faulty `deadline-shortened`, `deadline-removed`,
    `deadline-sudden`."""
    if new == old:
        return
    if new is None:
        raise Faulty(
            "Organisations were told until when they can answer. Choose a later time rather than none.",
            field=field, code="deadline-removed",
        )  # fmt: skip
    if old is not None and new < old:
        raise Faulty(
            "Organisations were told a later time and may rely on it. Once they are invited, a deadline can only be "
            "made later.",
            field=field, code="deadline-shortened",
        )  # fmt: skip
    if old is None and new < now + FIRST_NOTICE:
        raise Faulty(
            "Organisations are invited already and know of no deadline. Give them three days at the least.",
            field=field, code="deadline-sudden",
        )  # fmt: skip
