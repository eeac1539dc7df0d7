"""An invitation (the emailed link) and the one-time code that turns a reader into somebody who may answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from signing.domain.organisation import RosterEntry

INVITATION_LASTS = timedelta(days=90)
CODE_LASTS = timedelta(minutes=10)
CODE_TRIES = 5
CODES_AN_HOUR = 3
# How long a typed code vouches for its browser, for all but an answer to the letter.
CONFIRMED_LASTS = timedelta(hours=12)


class Part(StrEnum):
    """What the holder of an invitation does: answers for the organisation, or agrees first where two persons must."""

    SIGNATORY = "signatory"
    REVIEWER = "reviewer"


class InvitationStanding(StrEnum):
    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Invitation:
    """`generation` counts the links issued under this invitation; only the newest one opens it.

    `contact`, `email` and `role` are those of the person who holds it, where that is not the roster's contact: a
    colleague with authority until `expires_at`, or a reviewer. `language` is what that person chose to read.
    `short_sha256` is the keyed digest of the short code that opens it without a link. `opened_at` is when its holder
    first showed to be a person: a mailed code was typed.
    """

    id: str
    letter_id: str
    organisation_id: str
    generation: int
    token_sha256: bytes
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    part: Part = Part.SIGNATORY
    contact: str | None = None
    email: str | None = None
    role: str | None = None
    language: str | None = None
    short_sha256: bytes | None = None
    reminders_stopped_at: datetime | None = None
    opened_at: datetime | None = None

    def spoken_for(self, entry: RosterEntry) -> RosterEntry:
        """The entry with the person who holds this invitation as its contact; the roster's own still gets receipts."""
        if self.language is not None:
            entry = replace(entry, language=self.language)
        if self.email is None or self.contact is None:
            return entry
        others = tuple(each for each in dict.fromkeys((*entry.former_emails, entry.email)) if each != self.email)
        return replace(entry, contact=self.contact, email=self.email, role=self.role, former_emails=others)

    @property
    def lent(self) -> bool:
        """Whether a colleague holds it in place of the roster's contact, until it expires."""
        return self.part is Part.SIGNATORY and self.email is not None

    def given_back(self) -> Invitation:
        """The invitation as the roster's contact holds it."""
        return replace(self, contact=None, email=None, role=None)

    def standing(self, generation: int, now: datetime) -> InvitationStanding:
        """Whether a link of this `generation` opens the invitation now."""
        if self.revoked_at is not None or generation != self.generation:
            return InvitationStanding.REVOKED
        return InvitationStanding.EXPIRED if now >= self.expires_at else InvitationStanding.LIVE


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code, kept as a keyed digest that binds it to invitation, browser and version.

    Each browser has codes and tries of its own: whoever else holds the link can use up nothing but theirs.
    """

    id: str
    invitation_id: str
    digest: bytes
    issued_at: datetime
    expires_at: datetime
    tries: int = 0
    used_at: datetime | None = None
    browser_sha256: bytes = b""

    def usable(self, now: datetime) -> bool:
        return self.used_at is None and self.tries < CODE_TRIES and now < self.expires_at
