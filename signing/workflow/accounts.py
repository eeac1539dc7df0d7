"""Accounts of coordinators and auditors: made, shut and reset by whoever has a shell on the server; their passwords."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import replace
from datetime import timedelta

from signing.domain.access import Account, Actor, Role
from signing.domain.errors import N_, Faulty, NotFound
from signing.workflow.activity import Act, record, record_by
from signing.workflow.identifiers import new_id
from signing.workflow.password_check import long_enough, without_password
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.webhooks import stop_those_of

LINK_LASTS = timedelta(hours=72)


class PasswordLinkClosed(NotFound):
    """A link to set a password that opens nothing: never sent, cut short, too old or used. Which, nobody is told."""

    code = "password-link-closed"

    def __init__(self) -> None:
        super().__init__(N_("It works once, and for three days."))


def add_account(
    services: Services, email: str, role: Role, password: str | None = None
) -> tuple[Account, str]:
    """Create an account and return it with its password, made here when none is given.

    Raises Faulty for a short password or an address that already has an account.
    """
    address = email.strip().lower()
    password = long_enough(password or new_password(services))
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
        record(services, uow, Act.ACCOUNT_ADDED, None, account.id, person=address, role=role.value)
        uow.commit()
    return account, password


def reset_password(services: Services, email: str, password: str | None = None) -> tuple[Account, str]:
    """Give an account another password, made here when none is given, and end all its sessions and tokens.

    Raises NotFound for an address without an account, Faulty for a short password.
    """
    password = long_enough(password or new_password(services))
    hashed = services.passwords.hash(password)
    with services.unit_of_work(write=True) as uow:
        account = _known(uow, email)
        uow.accounts.set_password(account.id, hashed)
        _sign_out(services, uow, account)
        record(services, uow, Act.PASSWORD_SET, None, account.id, person=account.email)
        uow.commit()
    return account, password


def reset(services: Services, email: str) -> tuple[Account, str]:
    """Take password, app, passkeys and tokens from an account, end its sessions, and return the address of a page on
    which its owner sets a new password, once, within three days. Raises NotFound."""
    with services.unit_of_work(write=True) as uow:
        account = replace(_known(uow, email), password=without_password(services))
        uow.accounts.set_password(account.id, account.password)
        uow.accounts.replace_totp(account.id, account.totp, None)
        uow.sign_in_passkeys.remove_all(account.id)
        _sign_out(services, uow, account)
        record(services, uow, Act.ACCOUNT_RESET, None, account.id, person=account.email)
        uow.commit()
    return account, password_page(services, account)


def disable(services: Services, email: str, *, disabled: bool = True) -> tuple[Account, list[str]]:
    """Shut an account, or open it again: its sessions end at once, nothing signs it in, and the webhooks that it set up
    are told nothing more. Returns it, and the letters that nobody else leads. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        account = _known(uow, email)
        if disabled is (account.disabled_at is None):
            uow.accounts.disable(account.id, now if disabled else None)
            uow.accounts.end_sessions(account.id)
            act = Act.ACCOUNT_DISABLED if disabled else Act.ACCOUNT_ENABLED
            record(services, uow, act, None, account.id, person=account.email)
        own = uow.members.of_account(account.id)
        for letter_id in own if disabled else ():
            stop_those_of(services, uow, letter_id, account.id)
        left_alone = sorted(set(own) - uow.members.led()) if disabled else []
        uow.commit()
    return replace(account, disabled_at=now if disabled else None), left_alone


def accounts(services: Services) -> list[Account]:
    """Every account of this installation."""
    with services.unit_of_work() as uow:
        return uow.accounts.all()


def new_password(services: Services) -> str:
    """A password of 120 random bits that can be read out and typed."""
    return "-".join(re.findall("....", base64.b32encode(services.random(15)).decode().lower()))


def password_page(services: Services, account: Account) -> str:
    """The address of the page on which the owner of an account sets a password; with a secret in it."""
    expires = int((services.clock() + LINK_LASTS).timestamp())
    token = services.tokens.password_link(account.id, expires, account.password)
    return f"{services.installation.base_url}/password/{token}"


def check_password_link(services: Services, token: str) -> Account:
    """The account whose password this link sets. Raises PasswordLinkClosed."""
    with services.unit_of_work() as uow:
        return _of_link(services, uow, token)


def set_password(services: Services, token: str, password: str, again: str) -> Account:
    """Set the password of the account of this link, which works no more after it; its sessions end.

    Raises PasswordLinkClosed, Faulty for a short password or two that differ.
    """
    check_password_link(services, token)
    hashed = services.passwords.hash(agreed(password, again))
    with services.unit_of_work(write=True) as uow:
        account = _of_link(services, uow, token)
        if not uow.accounts.replace_password(account.id, account.password, hashed):
            raise PasswordLinkClosed
        uow.accounts.end_sessions(account.id)
        record_by(services, uow, Actor(account.email, account.id), Act.PASSWORD_SET, None, account.id)
        uow.commit()
    return account


def agreed(password: str, again: str) -> str:
    """A new password that was typed twice alike. Raises Faulty."""
    if long_enough(password) != again:
        raise Faulty("The two are not the same. Please type the new password once more.", field="again")
    return password


def _sign_out(services: Services, uow: UnitOfWork, account: Account) -> None:
    """End the sessions of an account, and the tokens that somebody may have made in one of them."""
    uow.accounts.end_sessions(account.id)
    uow.api_tokens.revoke_all(account.id, services.clock())


def _of_link(services: Services, uow: UnitOfWork, token: str) -> Account:
    account_id, _, rest = token.partition(".")
    expires = rest.partition(".")[0]
    account = uow.accounts.get(account_id)
    if account is None or account.disabled_at is not None or not (expires.isascii() and expires.isdecimal()):
        raise PasswordLinkClosed
    right = services.tokens.password_link(account.id, int(expires[:12]), account.password)
    if not hmac.compare_digest(right.encode(), token.encode("utf-8", "replace")):
        raise PasswordLinkClosed
    if int(expires) <= services.clock().timestamp():
        raise PasswordLinkClosed
    return account


def _known(uow: UnitOfWork, email: str) -> Account:
    account = uow.accounts.by_email(email.strip().lower())
    if account is None:
        raise NotFound("No account has this address. See `signing user add`.", code="account-unknown")
    return account
