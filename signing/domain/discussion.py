"""What contacts say about a letter beside their answer: comments, suggestions, questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .letter_blocks import Run
from .redline import Piece, compare_runs


class RemarkKind(StrEnum):
    """A comment, other words asked for, or a question to the coordinator."""

    COMMENT = "comment"
    SUGGESTION = "suggestion"
    QUESTION = "question"


class Settlement(StrEnum):
    """What became of a remark: taken into `settled_version`, or left out of it."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark of an organisation on `version`; the coordinator and that organisation read it, nobody else.

    `block` is the number (from 0) of the top-level block in the text of `language`, and `quote` what stood there; all
    three None for the whole letter. `wording` is what should stand there instead. `condition`: "yes, if": the
    organisation would approve with this change.
    """

    id: str
    letter_id: str
    organisation_id: str
    invitation_id: str
    version: int
    kind: RemarkKind
    words: str
    person: str
    at: datetime
    idempotency_key: str
    language: str | None = None
    block: int | None = None
    quote: str | None = None
    wording: str | None = None
    condition: bool = False
    answer: str | None = None
    answered_at: datetime | None = None
    taken_back_at: datetime | None = None
    settled: Settlement | None = None
    settled_at: datetime | None = None
    settled_version: int | None = None

    @property
    def marked(self) -> tuple[Piece, ...]:
        """What stood there, with the words that should stand there instead marked in it."""
        return compare_runs((Run(self.quote or ""),), (Run(self.wording or ""),)).pieces

    def waits(self, answered_at: datetime | None) -> bool:
        """Whether it is a "yes, if" that its organisation, whose newest answer is of `answered_at`, has not settled."""
        return self.condition and self.taken_back_at is None and (answered_at is None or answered_at < self.at)
