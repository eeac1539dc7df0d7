"""What the workflow needs to remember of a letter's stages, and to count in them; `adapters/` fulfils this port."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signing.domain.organisation import Answer
from signing.domain.stage import Stage


@dataclass(frozen=True, slots=True)
class Alike:
    """So many organisations of a stage that stand alike. `live`: they have a link that opens."""

    stage: int
    answer: Answer
    answer_version: int | None
    accepts: bool
    invited: bool
    live: bool
    count: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An organisation without an answer, or whose approval is of earlier words. `mail_failed`: its newest invitation
    did not arrive."""

    organisation_id: str
    organisation: str
    answer: Answer
    answer_version: int | None
    accepts: bool
    invited: bool
    live: bool
    mail_failed: bool


class Stages(Protocol):
    def of_letter(self, letter_id: str) -> list[Stage]:
        """Those of which something is kept, by number; the roster may have others."""

    def save(self, stage: Stage) -> None:
        """Store name and way of opening; `opened_at` is left alone."""

    def opened(self, letter_id: str, numbers: Collection[int], at: datetime) -> set[int]:
        """Note that organisations of these stages are invited; the first time stays. Gives those that were not yet."""

    def waiting(self, now: datetime) -> list[str]:
        """The open letters with a stage that may be due: its time has come, or in the stage before nobody is silent."""

    def tally(self, letter_id: str, now: datetime) -> list[Alike]:
        """The organisations of all stages, counted."""

    def unanswered(self, letter_id: str, number: int, version: int, now: datetime) -> Sequence[Unanswered]:
        """Who in a stage has given no answer to these words, in the roster's order."""
