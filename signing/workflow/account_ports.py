"""What the workflow needs from machines to know who signs in, and how often somebody has tried."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from signing.domain.access import Account, Role, Session, SignedIn


class Accounts(Protocol):
    def add(self, account: Account) -> None: ...
    def by_email(self, email: str) -> Account | None: ...
    def get(self, account_id: str) -> Account | None: ...
    def all(self) -> list[Account]: ...
    def set_role(self, account_id: str, role: Role) -> None: ...
    def set_password(self, account_id: str, password: str) -> None: ...
    def open_session(self, session: Session) -> None: ...
    def session(self, secret_sha256: bytes, letter_id: str | None = None) -> SignedIn | None:
        """One join: the session, its account, and what that is on the letter; nothing of an account that is shut."""

    def touch_session(self, secret_sha256: bytes, at: datetime) -> None: ...
    def end_session(self, secret_sha256: bytes) -> None: ...
    def end_sessions(self, account_id: str) -> None: ...
    def forget_before(self, at: datetime) -> None:
        """Remove sessions begun before `at`."""


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
