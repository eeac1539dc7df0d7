"""Accounts and server-side sessions; may import sqlalchemy and `tables`. Fulfils `ports.Accounts`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from signing.adapters.account_tables import account, account_passkey, letter_member, login
from signing.domain.access import Account, Role, Session, SignedIn, SignInPasskey

_ACCOUNT = [account.c[name] for name in Account.__dataclass_fields__]
_PASSKEY = [account_passkey.c[name] for name in SignInPasskey.__dataclass_fields__]
_OLDEST = (account_passkey.c.created_at, account_passkey.c.credential_id)
_handle = account_passkey.c.credential_id
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

    def replace_password(self, account_id: str, old: str, new: str) -> bool:
        """Store a password's hash if that of before is still there; whether it was."""
        where = (account.c.id == account_id) & (account.c.password == old)
        return self._connection.execute(update(account).where(where).values(password=new)).rowcount == 1

    def replace_totp(self, account_id: str, old: bytes | None, new: bytes | None) -> bool:
        """The same for what makes the codes of an app; the steps used of the former one are forgotten."""
        where = (account.c.id == account_id) & account.c.totp.is_not_distinct_from(old)
        done = self._connection.execute(update(account).where(where).values(totp=new, totp_step=None))
        return done.rowcount == 1

    def use_totp_step(self, account_id: str, step: int) -> bool:
        """Note that the code of this time step was used; whether none of it, or of a later one, had been."""
        where = (account.c.id == account_id) & (account.c.totp_step.is_(None) | (account.c.totp_step < step))
        return self._connection.execute(update(account).where(where).values(totp_step=step)).rowcount == 1

    def disable(self, account_id: str, at: datetime | None) -> None:
        self._connection.execute(update(account).where(account.c.id == account_id).values(disabled_at=at))

    def sessions(self, account_id: str) -> list[Session]:
        """The newest first, those that are over among them."""
        query = select(login).where(login.c.account_id == account_id).order_by(login.c.created_at.desc(), login.c.id)
        return [Session(*row) for row in self._connection.execute(query)]

    def end_session_named(self, account_id: str, name: str) -> bool:
        where = (login.c.account_id == account_id) & (login.c.id == name)
        return self._connection.execute(delete(login).where(where)).rowcount == 1

    def end_other_sessions(self, account_id: str, secret_sha256: bytes) -> int:
        where = (login.c.account_id == account_id) & (login.c.secret_sha256 != secret_sha256)
        return self._connection.execute(delete(login).where(where)).rowcount

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


class SignInPasskeyStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, passkey: SignInPasskey) -> None:
        self._connection.execute(
            insert(account_passkey), {name: getattr(passkey, name) for name in SignInPasskey.__dataclass_fields__}
        )

    def get(self, credential_id: bytes) -> SignInPasskey | None:
        row = self._connection.execute(select(*_PASSKEY).where(_handle == credential_id)).first()
        return SignInPasskey(*row) if row else None

    def of_account(self, account_id: str) -> list[SignInPasskey]:
        query = select(*_PASSKEY).where(account_passkey.c.account_id == account_id).order_by(*_OLDEST)
        return [SignInPasskey(*row) for row in self._connection.execute(query)]

    def used(self, credential_id: bytes, sign_count: int, at: datetime) -> bool:
        """Note that it signed in; whether its counter had not been seen yet (those that do not count say 0)."""
        seen = account_passkey.c.sign_count
        unseen = seen == 0 if sign_count == 0 else seen < sign_count
        done = self._connection.execute(
            update(account_passkey)
            .where(_handle == credential_id, unseen)
            .values(sign_count=sign_count, used_at=at)
        )
        return done.rowcount == 1

    def remove(self, account_id: str, credential_id: bytes) -> bool:
        where = (account_passkey.c.account_id == account_id) & (_handle == credential_id)
        return self._connection.execute(delete(account_passkey).where(where)).rowcount == 1

    def remove_all(self, account_id: str) -> None:
        self._connection.execute(delete(account_passkey).where(account_passkey.c.account_id == account_id))


def _key(email: str) -> str:
    return email.strip().casefold()
