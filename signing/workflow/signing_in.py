"""Accounts of coordinators and auditors, and the server-side sessions that end at sign-out."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection

from signing.domain.access import SESSION_IDLE, Account, Role, Session, SignedIn
from signing.domain.errors import Faulty, NotAllowed, NotFound, Refusal, Unavailable
from signing.workflow.identifiers import new_id
from signing.workflow.ports import Services
from signing.workflow.tokens import Tokens

ATTEMPTS_WINDOW = 15 * 60
ATTEMPTS_PER_ADDRESS = 10
PASSWORD_SHORTEST = 12
# No hash begins so.
NO_PASSWORD = "!"


def add_account(
    services: Services, email: str, role: Role, password: str | None = None
) -> tuple[Account, str]:
    """Create an account and return it with its password, made here when none is given.

    Raises Faulty for a short password or an address that already has an account.
    """
    address = email.strip().lower()
    password = _long_enough(password or new_password(services))
    account = Account(new_id(services), address, role, services.passwords.hash(password), services.clock())
    with services.unit_of_work(write=True) as uow:
        if uow.accounts.by_email(address):
            raise Faulty(
                "{address} already has an account.",
                values={"address": address},
                field="email",
                code="account-exists",
            )
        uow.accounts.add(account)
        uow.commit()
    return account, password


def reset_password(services: Services, email: str, password: str | None = None) -> tuple[Account, str]:
    """Give an account another password, made here when none is given, and end all its sessions.

    Raises NotFound for an address without an account, Faulty for a short password.
    """
    password = _long_enough(password or new_password(services))
    hashed = services.passwords.hash(password)
    with services.unit_of_work(write=True) as uow:
        account = uow.accounts.by_email(email.strip().lower())
        if account is None:
            raise NotFound("No account has this address. See `signing user add`.", code="account-unknown")
        uow.accounts.set_password(account.id, hashed)
        uow.accounts.end_sessions(account.id)
        uow.commit()
    return account, password


def _long_enough(password: str) -> str:
    if len(password) < PASSWORD_SHORTEST:
        raise Faulty(
            "Please choose a password of at least {shortest} characters.",
            values={"shortest": PASSWORD_SHORTEST},
            field="password",
        )
    return password


def accounts(services: Services) -> list[Account]:
    """Every account of this installation."""
    with services.unit_of_work() as uow:
        return uow.accounts.all()


def without_password(services: Services) -> str:
    """In place of a password's hash: none fits it, and a link to set one is good for this one alone."""
    return f"{NO_PASSWORD}{services.random(16).hex()}"


def new_password(services: Services) -> str:
    """A password of 120 random bits that can be read out and typed."""
    return "-".join(re.findall("....", base64.b32encode(services.random(15)).decode().lower()))


def sign_in(
    services: Services, email: str, password: str, known: Collection[str] = ()
) -> tuple[str, Account]:
    """Open a session and return its secret; `known` are the accounts that have signed in from this browser before.

    Such a browser has an allowance of its own, so that nobody can lock people out by guessing from elsewhere.
    Raises Refusal `sign-in-failed` (unknown address and wrong password look and cost the same) and
    `too-many-attempts` after ten that failed in a quarter of an hour; Unavailable when too many sign in at once.
    """
    address = email.strip().lower()
    now = services.clock()
    # Keyed: the counters tell whoever reads them later nothing about who tried to sign in.
    purpose, key = "sign-in", services.tokens.address_digest(address)
    with services.unit_of_work(write=True) as uow:
        account = uow.accounts.by_email(address)
        if account is not None and account.id in known:
            purpose = "sign-in-known"
        # Counted before it is judged, so that guesses that come at once are all counted.
        attempts = uow.rates.hit(purpose, key, window=ATTEMPTS_WINDOW, now=now)
        uow.commit()
    if attempts > ATTEMPTS_PER_ADDRESS:
        raise NotAllowed(
            "Too many attempts. Please wait a quarter of an hour and try again.", code="too-many-attempts"
        )
    try:
        # An unknown address costs one hash too, so that time does not tell who has an account.
        good = services.passwords.verify(password, _hash_of(services, account))
    except Unavailable:
        with services.unit_of_work(write=True) as uow:
            uow.rates.take_back(purpose, key, window=ATTEMPTS_WINDOW, now=now)
            uow.commit()
        raise
    if account is None or not good:
        raise Refusal(
            "That address and password do not belong together. Please check both.", code="sign-in-failed"
        )
    secret = base64.urlsafe_b64encode(services.random(32)).rstrip(b"=").decode()
    with services.unit_of_work(write=True) as uow:
        uow.rates.take_back(purpose, key, window=ATTEMPTS_WINDOW, now=now)
        uow.accounts.open_session(Session(Tokens.digest(secret), account.id, now, now, new_id(services)))
        uow.commit()
    return secret, account


def _hash_of(services: Services, account: Account | None) -> str:
    """What a password is compared with: one that costs the same where there is none, or the account is shut."""
    known = account is not None and account.disabled_at is None and not account.password.startswith(NO_PASSWORD)
    return account.password if known and account is not None else services.passwords.decoy


def signed_in(services: Services, secret: str, letter_id: str | None = None) -> SignedIn | None:
    """Whose live session this is, and what that account is on the letter now; None for any other secret."""
    now = services.clock()
    digest = Tokens.digest(secret)
    with services.unit_of_work() as uow:
        found = uow.accounts.session(digest, letter_id)
    if found is None or not found.session.live(now):
        return None
    # Being seen is stored at most a few times an hour: a page view should not cost a durable write.
    if now - found.session.seen_at > SESSION_IDLE / 8:
        with services.unit_of_work(write=True) as uow:
            uow.accounts.touch_session(digest, now)
            uow.commit()
    return found


def sign_out(services: Services, secret: str) -> None:
    """End the session for good: a copied cookie is worth nothing afterwards."""
    with services.unit_of_work(write=True) as uow:
        uow.accounts.end_session(Tokens.digest(secret))
        uow.commit()
