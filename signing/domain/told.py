"""An approval that somebody told the coordinator on paper, by telephone or by e-mail: written down, and no assent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Way(StrEnum):
    """How it was told."""

    PAPER = "paper"
    TELEPHONE = "telephone"
    MAIL = "e-mail"
    IN_PERSON = "in-person"


@dataclass(frozen=True, slots=True)
class ToldApproval:
    """`told_on` is the day, as the coordinator says; `version` the words that were open when it was written down;
    `account_id` whoever wrote it down. It never brings a name onto the list: only an assent does."""

    id: str
    letter_id: str
    organisation_id: str
    version: int
    way: Way
    person: str
    role: str | None
    words: str | None
    told_on: date
    at: datetime
    account_id: str
    taken_back_at: datetime | None = None
