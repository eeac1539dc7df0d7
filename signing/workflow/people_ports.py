"""What the workflow needs to remember of people with accounts: their letters, what they did; `adapters/` fulfils it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from signing.domain.activity import Activity


class ActivityRecord(Protocol):
    def add(self, activity: Activity) -> None: ...
    def of_letter(self, letter_id: str, *, limit: int, before: datetime | None = None) -> list[Activity]:
        """The newest acts on the letter, newest first, those before `before` where it is given."""

    def of_subject(self, letter_id: str, subject: str) -> list[Activity]:
        """What was done to one organisation of the letter, oldest first."""

    def of_account(self, account_id: str, *, limit: int, before: datetime | None = None) -> list[Activity]: ...
