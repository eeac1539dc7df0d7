"""Signing in, in one step or two, and the server-side sessions that end at sign-out."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from signing.domain.access import SESSION_IDLE, Account, Actor, Session, SignedIn, SignInPasskey
from signing.domain.errors import N_, Refusal, Unavailable
from signing.workflow.accounts import accounts, add_account, new_password, reset_password
from signing.workflow.activity import Act, record_by
from signing.workflow.allowances import Allowance, check, hit
from signing.workflow.identifiers import new_id
from signing.workflow.password_check import ATTEMPTS_PER_ADDRESS, ATTEMPTS_WINDOW, hash_of, too_many_attempts
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.second_factor import CodeWrong, used
from signing.workflow.tokens import Tokens

__all__ = ["Entry", "accounts", "add_account", "new_password", "reset_password", "sign_in", "sign_out", "signed_in"]

SECOND_STEP_LASTS = timedelta(minutes=5)
CHALLENGE_LASTS = timedelta(minutes=5)
PASSKEYS_WRONG = Allowance("passkeys-wrong", 60, 15 * 60)


class PasskeyUnknown(Refusal):
    """A passkey that signs nobody in: unknown, of an account that is shut, or not used as it was asked for."""

    code = "sign-in-failed"

    def __init__(self) -> None:
        super().__init__(N_("This passkey does not sign you in here. Please use another, or your password."))


class SecondStepOver(Refusal):
    """The first step was too long ago, or what it proved has changed."""

    code = "second-step-over"

    def __init__(self) -> None:
        super().__init__(N_("This took too long. Please sign in once more."))


@dataclass(frozen=True, slots=True)
class Entry:
    """Who came in: with the `secret` of a session, or with the `ticket` for a second step that is still to be done."""

    account: Account
    secret: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a passkey is asked to sign, and when it was asked."""

    value: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class SecondStep:
    """How somebody who has typed the password may go on."""

    account: Account
    app: bool
    passkeys: tuple[SignInPasskey, ...]


def sign_in(services: Services, email: str, password: str, known: Collection[str] = ()) -> Entry:
    """Open a session, or ask for the second step where the account has one; `known` are the accounts that have signed
    in from this browser before.

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
        raise too_many_attempts()
    try:
        # An unknown address costs one hash too, so that time does not tell who has an account.
        good = services.passwords.verify(password, hash_of(services, account))
    except Unavailable:
        with services.unit_of_work(write=True) as uow:
            uow.rates.take_back(purpose, key, window=ATTEMPTS_WINDOW, now=now)
            uow.commit()
        raise
    if account is None or not good:
        raise Refusal(
            "That address and password do not belong together. Please check both.", code="sign-in-failed"
        )
    with services.unit_of_work(write=True) as uow:
        uow.rates.take_back(purpose, key, window=ATTEMPTS_WINDOW, now=now)
        if account.totp is not None or uow.sign_in_passkeys.of_account(account.id):
            expires = int((now + SECOND_STEP_LASTS).timestamp())
            entry = Entry(account, ticket=services.tokens.second_step_ticket(account.id, expires, account.password))
        else:
            entry = _open_session(services, uow, account, "password")
        uow.commit()
    return entry


def second_step(services: Services, ticket: str) -> SecondStep:
    """What a ticket waits for. Raises SecondStepOver."""
    with services.unit_of_work() as uow:
        account = _holder(services, uow, ticket)
        passkeys = tuple(uow.sign_in_passkeys.of_account(account.id))
    return SecondStep(account, account.totp is not None, passkeys)


def finish_with_code(services: Services, ticket: str, code: str, known: Collection[str] = ()) -> Entry:
    """Open the session of whoever typed the password and now the code of their app, or a recovery code.

    Raises SecondStepOver, CodeWrong, NotAllowed `too-many-attempts`.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        account = _holder(services, uow, ticket)
        purpose, key = "second-step", services.tokens.address_digest(account.id)
        if account.id in known:
            purpose = "second-step-known"
        attempts = uow.rates.hit(purpose, key, window=ATTEMPTS_WINDOW, now=now)
        way = used(services, uow, account, code) if attempts <= ATTEMPTS_PER_ADDRESS else None
        if way is None:
            uow.commit()
            raise too_many_attempts() if attempts > ATTEMPTS_PER_ADDRESS else CodeWrong()
        uow.rates.take_back(purpose, key, window=ATTEMPTS_WINDOW, now=now)
        if way == "recovery":
            record_by(services, uow, Actor(account.email, account.id), Act.RECOVERY_CODE_USED, None, account.id)
        entry = _open_session(services, uow, account, f"password+{way}")
        uow.commit()
    return entry


def sign_in_with_passkey(
    services: Services,
    credential_id: bytes,
    challenge: Challenge | None,
    counted: Callable[[SignInPasskey], int | None],
    *,
    ticket: str = "",
    source: bytes = b"",
) -> Entry:
    """Open the session of a passkey's account; with a ticket, of that account alone.

    `counted` gives the passkey's counter if it signed the challenge, its owner verified, else None. A challenge is
    good once. Raises PasskeyUnknown (also for an account that is shut), SecondStepOver, TooManyAttempts.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        check(uow, PASSKEYS_WRONG, source, now)
        holder = _holder(services, uow, ticket) if ticket else None
        passkey = uow.sign_in_passkeys.get(credential_id)
        fresh = challenge is not None and _is_fresh(uow, challenge, now)
        count = counted(passkey) if passkey is not None and fresh else None
        account = uow.accounts.get(passkey.account_id) if passkey is not None else None
        right = passkey is not None and account is not None and account.disabled_at is None and count is not None
        right = right and (holder is None or (account is not None and holder.id == account.id))
        if not (right and count is not None and uow.sign_in_passkeys.used(credential_id, count, now)):
            hit(uow, PASSKEYS_WRONG, source, now)
            uow.commit()
            raise PasskeyUnknown
        assert account is not None
        entry = _open_session(services, uow, account, "password+passkey" if ticket else "passkey")
        uow.commit()
    return entry


def _is_fresh(uow: UnitOfWork, challenge: Challenge, now: datetime) -> bool:
    """Whether a challenge was asked just now and never answered. It is counted in the window in which it was asked."""
    if not timedelta(0) <= now - challenge.at <= CHALLENGE_LASTS:
        return False
    digest = Tokens.digest(challenge.value.hex())
    return uow.rates.hit("passkey-challenge", digest, window=60 * 60, now=challenge.at) == 1


def _holder(services: Services, uow: UnitOfWork, ticket: str) -> Account:
    account_id, _, rest = ticket.partition(".")
    expires, now = rest.partition(".")[0], services.clock()
    account = uow.accounts.get(account_id)
    if account is None or account.disabled_at is not None or not (expires.isascii() and expires.isdecimal()):
        raise SecondStepOver
    right = services.tokens.second_step_ticket(account.id, int(expires[:12]), account.password)
    if not hmac.compare_digest(right, ticket) or int(expires) <= now.timestamp():
        raise SecondStepOver
    return account


def _open_session(services: Services, uow: UnitOfWork, account: Account, factor: str) -> Entry:
    secret = new_secret(services)
    now = services.clock()
    uow.accounts.open_session(Session(Tokens.digest(secret), account.id, now, now, new_id(services), factor))
    record_by(services, uow, Actor(account.email, account.id), Act.SIGNED_IN, None, account.id, way=factor)
    return Entry(account, secret)


def new_secret(services: Services) -> str:
    """What the browser of a session holds."""
    return base64.urlsafe_b64encode(services.random(32)).rstrip(b"=").decode()


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
