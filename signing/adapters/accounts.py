"""Accounts and server-side sessions; may import sqlalchemy and `tables`. Fulfils `ports.Accounts`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from signing.adapters.account_tables import account, login
from signing.domain.access import Account, Session

_ACCOUNT = [account.c[name] for name in Account.__dataclass_fields__]
_SESSION = select(login, *_ACCOUNT).join_from(login, account).where(login.c.secret_sha256 == bindparam("the_secret"))


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

    def all(self) -> list[Account]:
        rows = self._connection.execute(select(*_ACCOUNT).order_by(account.c.email_key))
        return [Account(*row) for row in rows]

    def set_password(self, account_id: str, password: str) -> None:
        self._connection.execute(update(account).where(account.c.id == account_id).values(password=password))

    def open_session(self, session: Session) -> None:
        self._connection.execute(insert(login), {column.name: getattr(session, column.name) for column in login.c})

    def session(self, secret_sha256: bytes) -> tuple[Session, Account] | None:
        row = self._connection.execute(_SESSION, {"the_secret": secret_sha256}).first()
        if row is None:
            return None
        return Session(*row[: len(login.c)]), Account(*row[len(login.c) :])

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
