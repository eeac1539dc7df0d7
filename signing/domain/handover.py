"""Who may speak for an organisation in a letter, and how that passes from one person to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo


class ChangeKind(StrEnum):
    """What happened to a contact."""

    HANDED_OVER = "handed-over"
    NOT_THE_PERSON = "not-the-person"
    NEVER_AGAIN = "never-again"
    REVIEWER_NAMED = "reviewer-named"
    REVIEWER_STEPPED_ASIDE = "reviewer-stepped-aside"


# After these the link they were made by opens nothing any more.
ENDINGS = frozenset(ChangeKind) - {ChangeKind.REVIEWER_NAMED}


@dataclass(frozen=True, slots=True)
class ContactChange:
    """One change of who speaks; `person` and `email` are of whoever made it, by a link of `generation`.

    `until` ends the authority of a colleague; None: for good. `words` are a note for the coordinator.
    """

    id: str
    letter_id: str
    organisation_id: str
    invitation_id: str
    generation: int
    kind: ChangeKind
    at: datetime
    person: str
    email: str
    to_contact: str | None = None
    to_email: str | None = None
    to_role: str | None = None
    until: datetime | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer said of a version: whether the organisation's signatory may approve it."""

    id: str
    letter_id: str
    organisation_id: str
    invitation_id: str
    version: int
    agrees: bool
    person: str
    role: str
    at: datetime
    idempotency_key: str
    words: str | None = None


def end_of(day: date, zone: str) -> datetime:
    """The last second of `day` in the letter's zone, in UTC."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def masked(address: str) -> str:
    """Enough of an address to know one's own, too little to learn another's."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}\u2060…\u2060{name[-1:] if len(name) > 1 else ''}@{host}"
