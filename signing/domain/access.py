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

    ACCOUNT_KEEP = "account:keep"
    EVIDENCE_READ = "evidence:read"
    LETTER_EDIT = "letter:edit"
    LETTER_LEAD = "letter:lead"
    LETTER_READ = "letter:read"
    LETTERS_COORDINATE = "letters:coordinate"
    LOG_READ = "log:read"


# What an account may do at all, and what a member may do with one letter. Whoever is in neither table may nothing.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: frozenset({Permission.ACCOUNT_KEEP, Permission.LETTERS_COORDINATE, Permission.LOG_READ}),
    Role.AUDITOR: frozenset({Permission.ACCOUNT_KEEP, Permission.LOG_READ}),
}
OF_MEMBERS: dict[MemberRole, frozenset[Permission]] = {
    MemberRole.LEAD: frozenset(
        {Permission.EVIDENCE_READ, Permission.LETTER_EDIT, Permission.LETTER_LEAD, Permission.LETTER_READ}
    ),
    MemberRole.EDITOR: frozenset({Permission.EVIDENCE_READ, Permission.LETTER_EDIT, Permission.LETTER_READ}),
    MemberRole.VIEWER: frozenset({Permission.EVIDENCE_READ, Permission.LETTER_READ}),
    MemberRole.AUDITOR: frozenset({Permission.EVIDENCE_READ}),
}
# What an account becomes on a letter that is made without one: with all the others, as before there were members.
AT_FIRST: dict[Role, MemberRole] = {Role.COORDINATOR: MemberRole.LEAD, Role.AUDITOR: MemberRole.AUDITOR}


def account_role(member: MemberRole) -> Role:
    """What kind of account a part in a letter needs."""
    return Role.AUDITOR if member is MemberRole.AUDITOR else Role.COORDINATOR


def may(role: Role, permission: Permission) -> bool:
    return permission in PERMISSIONS[role]


def may_on_letter(member: MemberRole | None, permission: Permission) -> bool:
    """Whether somebody with this role on a letter may do this with it; None is nobody of the letter's."""
    return member is not None and permission in OF_MEMBERS[member]


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
class SignInPasskey:
    """A passkey that signs its account in, and signs nothing else; `public_key` as COSE."""

    credential_id: bytes
    account_id: str
    public_key: bytes
    sign_count: int
    label: str
    created_at: datetime
    used_at: datetime | None = None


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


@dataclass(frozen=True, slots=True)
class Member:
    """One account on one letter; `digest`: whether the daily mail goes to it."""

    letter_id: str
    account_id: str
    role: MemberRole
    added_at: datetime
    added_by: str | None = None
    digest: bool = False
    digested_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session it is, and what its account is on the letter that was asked about, if on it at all."""

    session: Session
    account: Account
    member: MemberRole | None = None
