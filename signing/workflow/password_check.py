"""Whether a password is an account's: counted before it is judged, at one cost for everybody."""

from __future__ import annotations

from signing.domain.access import Account
from signing.domain.errors import Faulty, NotAllowed, Unavailable
from signing.workflow.ports import Services

ATTEMPTS_WINDOW = 15 * 60
ATTEMPTS_PER_ADDRESS = 10
PASSWORD_SHORTEST = 12
# No hash begins so.
NO_PASSWORD = "!"  # noqa: S105


def hash_of(services: Services, account: Account | None) -> str:
    """What a password is compared with: one that costs the same where there is none, or the account is shut."""
    if account is None or account.disabled_at is not None or account.password.startswith(NO_PASSWORD):
        return services.passwords.decoy
    return account.password


def without_password(services: Services) -> str:
    """In place of a password's hash: none fits it, and a link to set one is good for this one alone."""
    return f"{NO_PASSWORD}{services.random(16).hex()}"


def long_enough(password: str) -> str:
    """The password, if it may be one. Raises Faulty."""
    if len(password) < PASSWORD_SHORTEST:
        raise Faulty(
            "Please choose a password of at least {shortest} characters.",
            values={"shortest": PASSWORD_SHORTEST},
            field="password",
        )
    return password


def too_many_attempts() -> NotAllowed:
    """What to say to whoever has tried too often."""
    return NotAllowed(
        "Too many attempts. Please wait a quarter of an hour and try again.", code="too-many-attempts"
    )


def check_password(services: Services, account: Account, typed: str) -> None:
    """Make sure that whoever is signed in still knows the password, before what outlasts the session is changed.

    Raises Faulty `password-wrong`, NotAllowed `too-many-attempts`, Unavailable.
    """
    now, purpose, key = services.clock(), "password-again", services.tokens.address_digest(account.id)
    with services.unit_of_work(write=True) as uow:
        attempts = uow.rates.hit(purpose, key, window=ATTEMPTS_WINDOW, now=now)
        uow.commit()
    if attempts > ATTEMPTS_PER_ADDRESS:
        raise too_many_attempts()
    try:
        good = services.passwords.verify(typed, hash_of(services, account))
    except Unavailable:
        good = None
    if good is not False:
        with services.unit_of_work(write=True) as uow:
            uow.rates.take_back(purpose, key, window=ATTEMPTS_WINDOW, now=now)
            uow.commit()
    if good is None:
        raise Unavailable("Many people are signing in at this moment. Please try again in a minute.")
    if not good:
        raise Faulty("This is not your present password.", field="present", code="password-wrong")
