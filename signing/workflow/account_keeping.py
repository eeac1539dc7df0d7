"""What somebody who is signed in does with their own account: password, passkeys, sessions, and what they did."""

from __future__ import annotations

from dataclasses import dataclass

from signing.domain.access import Account, Session, SignInPasskey
from signing.domain.activity import Activity
from signing.domain.errors import Conflict, NotFound
from signing.workflow.accounts import agreed
from signing.workflow.activity import Act, record
from signing.workflow.identifiers import new_id
from signing.workflow.password_check import check_password
from signing.workflow.ports import Services
from signing.workflow.signing_in import new_secret
from signing.workflow.tokens import Tokens

LABEL_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Keeping:
    """One's own account: `here` is the name of the session that asks."""

    sessions: list[Session]
    here: str
    passkeys: list[SignInPasskey]


def keeping(services: Services, account: Account, secret: str) -> Keeping:
    """Sessions that are still good, the newest first, and passkeys."""
    now = services.clock()
    with services.unit_of_work() as uow:
        sessions = [each for each in uow.accounts.sessions(account.id) if each.live(now)]
        passkeys = uow.sign_in_passkeys.of_account(account.id)
    digest = Tokens.digest(secret)
    here = next((each.id for each in sessions if each.secret_sha256 == digest), "")
    return Keeping(sessions, here, passkeys)


def change_password(
    services: Services, account: Account, secret: str, present: str, password: str, again: str
) -> str:
    """Set a new password; every session ends, and the secret of the one that follows this one comes back.

    Raises Faulty, NotAllowed `too-many-attempts`, Conflict when it was changed elsewhere at this moment.
    """
    agreed(password, again)
    check_password(services, account, present)
    hashed, now, fresh = services.passwords.hash(password), services.clock(), new_secret(services)
    with services.unit_of_work(write=True) as uow:
        found = uow.accounts.session(Tokens.digest(secret))
        if found is None or not uow.accounts.replace_password(account.id, account.password, hashed):
            raise Conflict("The password was changed elsewhere at this moment. Please sign in again.")
        uow.accounts.end_sessions(account.id)
        uow.accounts.open_session(
            Session(Tokens.digest(fresh), account.id, now, now, new_id(services), found.session.factor)
        )
        record(services, uow, Act.PASSWORD_CHANGED, None, account.id)
        uow.commit()
    return fresh


def add_passkey(
    services: Services, account: Account, credential_id: bytes, public_key: bytes, sign_count: int, label: str,
    password: str,
) -> None:  # fmt: skip
    """Let a passkey sign the account in, and be asked for after the password. Raises as `check_password`, Conflict."""
    check_password(services, account, password)
    told = " ".join(label.split())[:LABEL_LONGEST] or "Passkey"
    with services.unit_of_work(write=True) as uow:
        if uow.sign_in_passkeys.get(credential_id) is not None:
            raise Conflict("This passkey is registered already.", code="key-known")
        uow.sign_in_passkeys.add(
            SignInPasskey(credential_id, account.id, public_key, sign_count, told, services.clock())
        )
        record(services, uow, Act.PASSKEY_ADDED, None, account.id, label=told)
        uow.commit()


def remove_passkey(services: Services, account: Account, credential_id: bytes, password: str) -> None:
    """Let a passkey sign nobody in any more. Raises as `check_password`, NotFound."""
    check_password(services, account, password)
    with services.unit_of_work(write=True) as uow:
        if not uow.sign_in_passkeys.remove(account.id, credential_id):
            raise NotFound("No passkey of yours has this name.", code="key-unknown")
        record(services, uow, Act.PASSKEY_REMOVED, None, account.id)
        uow.commit()


def end_session(services: Services, account: Account, name: str) -> None:
    """End one session of the account; one that is over already is well."""
    with services.unit_of_work(write=True) as uow:
        if uow.accounts.end_session_named(account.id, name):
            record(services, uow, Act.SESSION_ENDED, None, account.id)
            uow.commit()


def end_other_sessions(services: Services, account: Account, secret: str) -> None:
    """End every session of the account but the one that asks."""
    with services.unit_of_work(write=True) as uow:
        count = uow.accounts.end_other_sessions(account.id, Tokens.digest(secret))
        if count:
            record(services, uow, Act.OTHER_SESSIONS_ENDED, None, account.id, count=count)
            uow.commit()


def acts_of(services: Services, account: Account, *, limit: int, before: str | None = None) -> list[Activity]:
    """What this account did, the newest first."""
    with services.unit_of_work() as uow:
        return uow.activity.of_account(account.id, limit=limit, before=before)
