"""What somebody did with a letter, as the record of activity keeps it: for coordinators, beside the log that proves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Activity:
    """`actor` is who did it (an account's address, "command line", "clock"), `act` a short word of
    `workflow/activity.Act`, `subject` the id of what it was done to, `detail` what a person needs to know of it: short
    words and numbers by name. It holds no link, no code and no address of a contact."""

    id: str
    letter_id: str | None
    account_id: str | None
    actor: str
    act: str
    subject: str | None
    detail: dict[str, str]
    at: datetime
