"""When something was said: the signer's claim, and the bounds that time stamps give it (EVIDENCE 4.5).

May import `errors` and `statement_parts`. Without stamps there is only the claim: it proves that the signer said
so, never when. With stamps a statement cannot have been signed before the state of the log it names was stamped,
nor after the first stamp on a state that holds it.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from .errors import Rejected
from .statement_parts import Common

LEEWAY: Final = timedelta(seconds=300)


class Bounds(Protocol):
    """What sound time stamps on checkpoints say of the log's states."""

    def not_before(self, head_size: int) -> datetime | None:
        """The time of the largest stamped checkpoint that a head of this size is beyond, None without one."""

    def not_after(self, index: int) -> datetime | None:
        """The time of the smallest stamped checkpoint that holds this entry, None without one."""


def moment_of(text: str) -> datetime:
    """Read a time as statements spell it; it was judged when the statement was read."""
    return datetime.fromisoformat(text)


def text_of(moment: datetime | None) -> str | None:
    """Spell a time as statements do."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def check_time(statement: Common, index: int, bounds: Bounds | None) -> None:
    """Check that the claimed time fits the bounds within 300 seconds.

    Raises:
        Rejected: `TIME_OUT_OF_BOUNDS`.
    """
    if bounds is None:
        return
    claimed = moment_of(statement.time)
    before, after = bounds.not_before(statement.head.size), bounds.not_after(index)
    if (before is not None and claimed < before - LEEWAY) or (after is not None and claimed > after + LEEWAY):
        raise Rejected(
            "TIME_OUT_OF_BOUNDS",
            f"The claimed time {statement.time} is not between the time stamps "
            f"{text_of(before) or '(none)'} and {text_of(after) or '(none)'}.",
        )


def earliest(time: str, head_size: int, bounds: Bounds | None) -> str:
    """Give the earliest time something can have been signed: by the stamps, without them by its own claim."""
    before = bounds.not_before(head_size) if bounds is not None else None
    return text_of(before) or time
