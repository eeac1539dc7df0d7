"""A stage: the organisations of a letter that are asked together, and when their turn comes (DESIGN 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StageOpening(StrEnum):
    """How a stage comes to be opened, as the coordinator chose."""

    BY_HAND = "by-hand"
    ANSWERED = "answered"
    AT_TIME = "at-time"


@dataclass(frozen=True, slots=True)
class Stage:
    """`opens_at` is set where `opens` is AT_TIME; `opened_at` is when its organisations were first invited."""

    letter_id: str
    number: int
    name: str | None = None
    opens: StageOpening = StageOpening.BY_HAND
    opens_at: datetime | None = None
    opened_at: datetime | None = None
