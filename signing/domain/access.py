"""Who may do what: personas, permissions and the table between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SESSION_LASTS = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)


class Role(StrEnum):
    """The two kinds of account; a contact has an invitation instead of an account."""

    COORDINATOR = "coordinator"
    AUDITOR = "auditor"


class MemberRole(StrEnum):
    """What an account is on one letter: leads do everything, editors all but people, closing, publishing and
    abandoning, viewers and auditors read; auditors the evidence alone."""

    LEAD = "lead"
    EDITOR = "editor"
    VIEWER = "viewer"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """`noun:verb`, sorted: what a door asks of whoever passes it."""

    LETTERS_COORDINATE = "letters:coordinate"
    LOG_READ = "log:read"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: frozenset(Permission),
    Role.AUDITOR: frozenset({Permission.LOG_READ}),
}


def may(role: Role, permission: Permission) -> bool:
    return permission in PERMISSIONS[role]


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    email: str
    role: Role
    password: str
    created_at: datetime
    name: str = ""
    totp: bytes | None = None
    totp_step: int | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something with a letter: an account, or none where it is the command line or the clock."""

    name: str
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A server-side session; the browser holds the secret, we hold its SHA-256. `id` is what the list of sessions
    calls it, `factor` how its person signed in."""

    secret_sha256: bytes
    account_id: str
    created_at: datetime
    seen_at: datetime
    id: str
    factor: str = "password"

    def live(self, now: datetime) -> bool:
        return now - self.created_at < SESSION_LASTS and now - self.seen_at < SESSION_IDLE
