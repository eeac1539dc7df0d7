"""The second step of signing in: the codes of an app (RFC 6238), each good once, and recovery codes beside them.

What makes the codes is kept encrypted, under a key that is derived from the service's secret: a copy of the database
alone signs nobody in.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from signing.domain.access import Account
from signing.domain.errors import N_, Faulty
from signing.workflow.activity import Act, record
from signing.workflow.password_check import check_password
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.tokens import SHORT_ALPHABET

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

STEP = 30
DIGITS = 6
# A telephone's clock may be one step off.
STEPS_AROUND = (0, -1, 1)
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
_NONCE = 12


class CodeWrong(Faulty):
    """A code that is not the app's of this minute, or was used before."""

    code = "second-code-wrong"

    def __init__(self) -> None:
        super().__init__(
            N_("That code does not fit. Wait for the next one in your app, and look at your telephone's clock."),
            field="code",
        )


@dataclass(frozen=True, slots=True)
class AppSecret:
    """`key` makes the codes, as base32; `recovery` are digests of the recovery codes that are left."""

    key: str
    recovery: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A new secret before it counts: `held` goes through the page and comes back with the first code."""

    key: str
    address: str
    held: str


def offer(services: Services, account: Account, held: str = "") -> Offer:
    """A secret for the app of this account, another one each time; the same where it comes back as `held`."""
    key = _held(services, account, held) if held else base64.b32encode(services.random(20)).decode()
    if key is None:
        key = base64.b32encode(services.random(20)).decode()
    import pyotp  # it loads what most pages do not need

    address = pyotp.TOTP(key).provisioning_uri(name=account.email, issuer_name=services.installation.host)
    return Offer(key, address, _sealed(services, f"offer/{account.id}", key.encode()).hex())


def enrol(services: Services, account: Account, held: str, code: str, password: str) -> list[str]:
    """Ask for the app's codes from now on, and return the recovery codes, which are shown only now.

    Raises Faulty: CodeWrong, `offer-old` when the secret is none of ours, `password-wrong`; NotAllowed
    `too-many-attempts`.
    """
    key = _held(services, account, held)
    if key is None:
        raise Faulty("This page was too old. Please scan the new picture.", field="code", code="offer-old")
    check_password(services, account, password)
    codes = [_recovery_code(services) for _ in range(RECOVERY_CODES)]
    secret = AppSecret(key, tuple(services.tokens.recovery_digest(account.id, each) for each in codes))
    with services.unit_of_work(write=True) as uow:
        now = uow.accounts.get(account.id)
        step = _step_of(key, code, services.clock())
        if now is None or step is None:
            raise CodeWrong
        if not uow.accounts.replace_totp(account.id, now.totp, _kept(services, account.id, secret)):
            raise CodeWrong
        uow.accounts.use_totp_step(account.id, step)
        record(services, uow, Act.APP_ADDED, None, account.id)
        uow.commit()
    return codes


def end(services: Services, account: Account, password: str) -> None:
    """Ask for the app's codes no more. Raises as `check_password`."""
    check_password(services, account, password)
    with services.unit_of_work(write=True) as uow:
        now = uow.accounts.get(account.id)
        if now is not None and now.totp is not None and uow.accounts.replace_totp(account.id, now.totp, None):
            record(services, uow, Act.APP_REMOVED, None, account.id)
            uow.commit()


def recovery_left(services: Services, account: Account) -> int:
    """How many recovery codes are left."""
    return len(_secret(services, account).recovery) if account.totp else 0


def used(services: Services, uow: UnitOfWork, account: Account, typed: str) -> str | None:
    """How the account proved its second step with this code, used up by that; None when it does not fit.

    Inside the caller's unit of work, whose other writers wait: of two who send one code at once, one comes in.
    """
    if account.totp is None:
        return None
    secret, plain = _secret(services, account), "".join(typed.split()).replace("-", "").upper()
    step = _step_of(secret.key, plain, services.clock())
    if step is not None:
        return "app" if uow.accounts.use_totp_step(account.id, step) else None
    digest = services.tokens.recovery_digest(account.id, plain)
    left = _without(secret.recovery, digest)
    if len(left) == len(secret.recovery):
        return None
    kept = _kept(services, account.id, replace(secret, recovery=left))
    if not uow.accounts.replace_totp(account.id, account.totp, kept):
        return None
    if account.totp_step is not None:
        uow.accounts.use_totp_step(account.id, account.totp_step)
    return "recovery"


def _without(digests: Sequence[str], digest: str) -> tuple[str, ...]:
    return tuple(each for each in digests if not hmac.compare_digest(each, digest))


def _step_of(key: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, about now."""
    import pyotp

    typed, made, step = "".join(code.split()), pyotp.HOTP(key), int(now.timestamp()) // STEP
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdecimal()):
        return None
    fitting = [step + each for each in STEPS_AROUND if hmac.compare_digest(made.at(step + each), typed)]
    return fitting[0] if fitting else None


def _recovery_code(services: Services) -> str:
    return "".join(SHORT_ALPHABET[byte & 31] for byte in services.random(RECOVERY_LENGTH))


def _held(services: Services, account: Account, held: str) -> str | None:
    try:
        key = _opened(services, f"offer/{account.id}", bytes.fromhex(held))
    except ValueError:
        return None
    return key.decode() if key is not None else None


def _secret(services: Services, account: Account) -> AppSecret:
    data = _opened(services, f"app/{account.id}", account.totp or b"")
    if data is None:
        # Encrypted under another secret key: no code can fit, and an operator resets the account.
        return AppSecret(base64.b32encode(services.random(20)).decode())
    kept = json.loads(data)
    return AppSecret(kept["key"], tuple(kept["recovery"]))


def _kept(services: Services, account_id: str, secret: AppSecret) -> bytes:
    data = json.dumps({"key": secret.key, "recovery": list(secret.recovery)}).encode()
    return _sealed(services, f"app/{account_id}", data)


def _sealed(services: Services, about: str, data: bytes) -> bytes:
    nonce = services.random(_NONCE)
    return nonce + _cipher(services).encrypt(nonce, data, about.encode())


def _opened(services: Services, about: str, sealed: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag

    try:
        return _cipher(services).decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
    except (InvalidTag, ValueError):
        return None


def _cipher(services: Services) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(services.tokens.second_step_key())
