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


@dataclass(frozen=True, slots=True)
class Session:
    """A server-side session; the browser holds the secret, we hold its SHA-256."""

    secret_sha256: bytes
    account_id: str
    created_at: datetime
    seen_at: datetime

    def live(self, now: datetime) -> bool:
        return now - self.created_at < SESSION_LASTS and now - self.seen_at < SESSION_IDLE
