"""Tokens by which programs act for a coordinator: made by that coordinator, shown once, good for what they say."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from signing.domain.access import Account, MemberRole, Permission, may, may_on_letter
from signing.domain.api import OF_OWNER, TOKEN_LONGEST, TOKENS_MOST, ApiToken, Scope
from signing.domain.errors import Faulty, NotAllowed, NotFound, Refusal
from signing.workflow.activity import Act, record
from signing.workflow.identifiers import new_id
from signing.workflow.password_check import check_password
from signing.workflow.ports import Services
from signing.workflow.tokens import Tokens

# So that who finds one in a file or a log knows what it is, and scanners of repositories do.
PREFIX = "sgn_"
LONGEST_LABEL = 80
USED_EVERY = timedelta(minutes=10)


class TokenRefused(Refusal):
    """No token, or none that is good: which of these it was is told to nobody."""

    code = "token-refused"

    def __init__(self) -> None:
        super().__init__("Send a token that is still good, as `Authorization: Bearer sgn_…`.")


class ScopeMissing(NotAllowed):
    """The token is good, and not for this."""

    code = "scope-missing"


@dataclass(frozen=True, slots=True)
class Caller:
    """A program at the door: its token, whose it is, and what that person is on the letter asked for."""

    token: ApiToken
    account: Account
    member: MemberRole | None


def make(
    services: Services, account_id: str, label: str, scopes: Collection[str], days: int, letter_id: str | None = None
) -> tuple[str, ApiToken]:
    """Make a token and give it: it is shown this once, and only its digest is kept.

    Raises Faulty with `field` (`label`, `scopes`, `days`, `letter`), NotFound for a letter that is not theirs.
    """
    now = services.clock()
    name = label.strip()
    if not name or len(name) > LONGEST_LABEL or not name.isprintable():
        raise Faulty("Give the token a name of up to 80 characters, such as the program's.", field="label")
    wanted = [scope.value for scope in Scope if scope.value in scopes]
    if not wanted or len(wanted) != len(set(scopes)):
        raise Faulty("Choose what the token may do.", field="scopes", code="scope-unknown")
    if not 1 <= days <= TOKEN_LONGEST.days:
        raise Faulty("A token is good for 1 to 366 days.", field="days")
    secret = PREFIX + base64.urlsafe_b64encode(services.random(32)).rstrip(b"=").decode()
    token = ApiToken(
        id=new_id(services),
        account_id=account_id,
        letter_id=letter_id or None,
        label=name,
        scopes=tuple(wanted),
        digest=Tokens.digest(secret),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    with services.unit_of_work(write=True) as uow:
        if letter_id and uow.members.get(letter_id, account_id) is None:
            raise NotFound("There is no such letter of yours.", code="letter-unknown")
        if sum(each.live(now) for each in uow.api_tokens.of_account(account_id)) >= TOKENS_MOST:
            raise Faulty("You have very many tokens. Revoke one that is not needed any more.", code="too-many-tokens")
        uow.api_tokens.add(token)
        record(services, uow, Act.TOKEN_MADE, letter_id or None, token.id, label=name, scopes=", ".join(wanted))
        uow.commit()
    return secret, token


def make_with_password(
    services: Services, account: Account, password: str, label: str, scopes: Collection[str], days: int,
    letter_id: str | None = None,
) -> tuple[str, ApiToken]:  # fmt: skip
    """The same for whoever is signed in and still knows the password: a token outlasts the session by far.

    Raises as `make` and `check_password` do.
    """
    check_password(services, account, password)
    return make(services, account.id, label, scopes, days, letter_id)


def revoke(services: Services, account_id: str, token_id: str) -> None:
    """End a token of one's own; one that is not there, or another's, is left alone."""
    with services.unit_of_work(write=True) as uow:
        if any(each.id == token_id and each.revoked_at is None for each in uow.api_tokens.of_account(account_id)):
            uow.api_tokens.revoke(token_id, account_id, services.clock())
            record(services, uow, Act.TOKEN_REVOKED, None, token_id)
            uow.commit()


def tokens_of(services: Services, account_id: str) -> list[ApiToken]:
    """The tokens of an account, newest first."""
    with services.unit_of_work() as uow:
        return uow.api_tokens.of_account(account_id)


def caller(services: Services, secret: str, letter_id: str | None) -> Caller:
    """Who calls with this token. Raises TokenRefused."""
    now = services.clock()
    with services.unit_of_work() as uow:
        found = uow.api_tokens.by_digest(Tokens.digest(secret), letter_id)
    if found is None:
        raise TokenRefused
    token, account, member = found
    if not token.live(now) or account.disabled_at is not None or not may(account.role, Permission.LETTERS_COORDINATE):
        raise TokenRefused
    if token.used_at is None or now - token.used_at >= USED_EVERY:
        with services.unit_of_work(write=True) as uow:
            uow.api_tokens.used(token.id, now)
            uow.commit()
    return Caller(token, account, member)


def check(known: Caller, scope: Scope, letter_id: str | None) -> None:
    """Whether this caller may do this (with the letter).

    Raises NotFound for a letter that is not the caller's, ScopeMissing for what the token or its owner may not.
    """
    if letter_id is not None and (
        known.member is None
        or known.token.letter_id not in (None, letter_id)
        or not may_on_letter(known.member, Permission.LETTER_READ)
    ):
        raise NotFound("There is nothing at this address.")
    if scope.value not in known.token.scopes:
        raise ScopeMissing(f"This token is not good for this: it lacks the scope {scope.value}.")
    if letter_id is not None and not may_on_letter(known.member, OF_OWNER[scope]):
        raise ScopeMissing("Whoever made this token may not do this with the letter.")
    if letter_id is None and known.token.letter_id is not None and scope is not Scope.READ:
        raise ScopeMissing("This token is for one letter alone.")
