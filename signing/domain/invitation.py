"""An invitation (the emailed link) and the one-time code that turns a reader into somebody who may answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

INVITATION_LASTS = timedelta(days=90)
CODE_LASTS = timedelta(minutes=10)
CODE_TRIES = 5
CODES_AN_HOUR = 3


class InvitationStanding(StrEnum):
    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Invitation:
    """`generation` counts the links issued under this invitation; only the newest one opens it."""

    id: str
    letter_id: str
    organisation_id: str
    generation: int
    token_sha256: bytes
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

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
