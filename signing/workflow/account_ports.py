"""What the workflow needs from machines to know who signs in, and how often somebody has tried."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from signing.domain.access import Account, Role, Session, SignedIn, SignInPasskey


class Accounts(Protocol):
    def add(self, account: Account) -> None: ...
    def by_email(self, email: str) -> Account | None: ...
    def get(self, account_id: str) -> Account | None: ...
    def all(self) -> list[Account]: ...
    def set_role(self, account_id: str, role: Role) -> None: ...
    def set_password(self, account_id: str, password: str) -> None: ...
    def replace_password(self, account_id: str, old: str, new: str) -> bool:
        """Store a password's hash if that of before is still there; whether it was."""

    def replace_totp(self, account_id: str, old: bytes | None, new: bytes | None) -> bool:
        """The same for what makes the codes of an app; the steps used of the former one are forgotten."""

    def use_totp_step(self, account_id: str, step: int) -> bool:
        """Note that the code of this time step was used; whether none of it, or of a later one, had been."""

    def disable(self, account_id: str, at: datetime | None) -> None: ...
    def sessions(self, account_id: str) -> list[Session]:
        """The newest first, those that are over among them."""

    def end_session_named(self, account_id: str, name: str) -> bool: ...
    def end_other_sessions(self, account_id: str, secret_sha256: bytes) -> int: ...
    def open_session(self, session: Session) -> None: ...
    def session(self, secret_sha256: bytes, letter_id: str | None = None) -> SignedIn | None:
        """One join: the session, its account, and what that is on the letter; nothing of an account that is shut."""

    def touch_session(self, secret_sha256: bytes, at: datetime) -> None: ...
    def end_session(self, secret_sha256: bytes) -> None: ...
    def end_sessions(self, account_id: str) -> None: ...
    def forget_before(self, at: datetime) -> None:
        """Remove sessions begun before `at`."""


class SignInPasskeys(Protocol):
    def add(self, passkey: SignInPasskey) -> None: ...
    def get(self, credential_id: bytes) -> SignInPasskey | None: ...
    def of_account(self, account_id: str) -> list[SignInPasskey]: ...
    def used(self, credential_id: bytes, sign_count: int, at: datetime) -> bool:
        """Note that it signed in; whether its counter had not been seen yet (those that do not count say 0)."""

    def remove(self, account_id: str, credential_id: bytes) -> bool: ...
    def remove_all(self, account_id: str) -> None: ...


# A counter: its purpose, the digest that is counted, and the second at which its present window began.
RateKey = tuple[str, bytes, int]
NO_COUNTER: RateKey = ("", b"", 0)


def rate_key(purpose: str, key_sha256: bytes, window: int, now: datetime) -> RateKey:
    """The counter of the present window of `window` seconds."""
    return purpose, key_sha256, int(now.timestamp()) // window * window


class Rates(Protocol):
    def hit(self, purpose: str, key_sha256: bytes, *, window: int, now: datetime) -> int:
        """Count one event in the present window of `window` seconds and return the count, this one included."""

    def count(self, purpose: str, key_sha256: bytes, *, window: int, now: datetime) -> int:
        """How many events the present window has so far."""

    def take_back(self, purpose: str, key_sha256: bytes, *, window: int, now: datetime) -> None:
        """Count one event less in the present window: it was none of those that are to be slowed down."""

    def forget_before(self, at: datetime) -> None:
        """Remove counters whose window was over by `at`."""


class Passwords(Protocol):
    @property
    def decoy(self) -> str:
        """The hash of a password nobody has, to spend the same time on an unknown address."""

    def hash(self, password: str) -> str: ...
    def verify(self, password: str, hashed: str) -> bool: ...
