"""What programs may do on behalf of a coordinator: tokens with scopes, and webhooks that are told of changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .access import Permission
from .letter import LetterState

TOKEN_LONGEST = timedelta(days=366)
TOKENS_MOST = 20
WEBHOOKS_MOST = 10


class Scope(StrEnum):
    """`noun:verb`, from the least to the most: what a token is good for, whatever its owner may do besides."""

    READ = "letters:read"
    DRAFT = "letters:draft"
    ASK = "letters:ask"
    CLOSE = "letters:close"


# A token never does more than its owner: each scope needs this of the owner on the letter, too.
OF_OWNER: dict[Scope, Permission] = {
    Scope.READ: Permission.LETTER_READ,
    Scope.DRAFT: Permission.LETTER_EDIT,
    Scope.ASK: Permission.LETTER_EDIT,
    Scope.CLOSE: Permission.LETTER_LEAD,
}


@dataclass(frozen=True, slots=True)
class ApiToken:
    """`digest` is the SHA-256 of the token, which is shown once. `letter_id` None: for all letters of its owner."""

    id: str
    account_id: str
    letter_id: str | None
    label: str
    scopes: tuple[str, ...]
    digest: bytes
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


class Event(StrEnum):
    """What a webhook can be told of."""

    LETTER_STATE = "letter.state"
    VERSION_OPENED = "version.opened"
    ORGANISATION_ANSWERED = "organisation.answered"
    EDITION_CLOSED = "edition.closed"


@dataclass(frozen=True, slots=True)
class Webhook:
    """`events` empty: all of them. `told_size` and `told_state` are how much of the letter's log, and which state of
    it, it was told of: what comes next is told from there, by whichever worker looks first."""

    id: str
    letter_id: str
    account_id: str
    url: str
    events: tuple[str, ...]
    created_at: datetime
    stopped_at: datetime | None
    told_size: int
    told_state: LetterState

    def wants(self, event: Event) -> bool:
        return not self.events or event.value in self.events
