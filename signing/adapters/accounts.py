"""Accounts and server-side sessions; may import sqlalchemy and `tables`. Fulfils `ports.Accounts`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from signing.adapters.account_tables import account, letter_member, login
from signing.domain.access import Account, Role, Session, SignedIn

_ACCOUNT = [account.c[name] for name in Account.__dataclass_fields__]
_SESSION = (
    select(login, letter_member.c.role, *_ACCOUNT)
    .join_from(login, account)
    .outerjoin(
        letter_member,
        (letter_member.c.account_id == login.c.account_id) & (letter_member.c.letter_id == bindparam("the_letter")),
    )
    .where(login.c.secret_sha256 == bindparam("the_secret"), account.c.disabled_at.is_(None))
)


class AccountStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Account) -> None:
        self._connection.execute(
            insert(account),
            {name: getattr(new, name) for name in Account.__dataclass_fields__} | {"email_key": _key(new.email)},
        )

    def by_email(self, email: str) -> Account | None:
        """The account with this address, however its letters are capitalised."""
        row = self._connection.execute(select(*_ACCOUNT).where(account.c.email_key == _key(email))).first()
        return Account(*row) if row else None

    def get(self, account_id: str) -> Account | None:
        row = self._connection.execute(select(*_ACCOUNT).where(account.c.id == account_id)).first()
        return Account(*row) if row else None

    def all(self) -> list[Account]:
        rows = self._connection.execute(select(*_ACCOUNT).order_by(account.c.email_key))
        return [Account(*row) for row in rows]

    def set_role(self, account_id: str, role: Role) -> None:
        self._connection.execute(update(account).where(account.c.id == account_id).values(role=role))

    def set_password(self, account_id: str, password: str) -> None:
        self._connection.execute(update(account).where(account.c.id == account_id).values(password=password))

    def open_session(self, session: Session) -> None:
        self._connection.execute(insert(login), {column.name: getattr(session, column.name) for column in login.c})

    def session(self, secret_sha256: bytes, letter_id: str | None = None) -> SignedIn | None:
        """One join: the session, its account, and what that is on the letter; nothing of an account that is shut."""
        row = self._connection.execute(_SESSION, {"the_secret": secret_sha256, "the_letter": letter_id}).first()
        if row is None:
            return None
        own = len(login.c)
        return SignedIn(Session(*row[:own]), Account(*row[own + 1 :]), row[own])

    def touch_session(self, secret_sha256: bytes, at: datetime) -> None:
        self._connection.execute(update(login).where(login.c.secret_sha256 == secret_sha256).values(seen_at=at))

    def end_session(self, secret_sha256: bytes) -> None:
        self._connection.execute(delete(login).where(login.c.secret_sha256 == secret_sha256))

    def end_sessions(self, account_id: str) -> None:
        """End every session of an account."""
        self._connection.execute(delete(login).where(login.c.account_id == account_id))

    def forget_before(self, at: datetime) -> None:
        """Remove sessions begun before `at`."""
        self._connection.execute(delete(login).where(login.c.created_at < at))


def _key(email: str) -> str:
    return email.strip().casefold()
