"""Commands about accounts."""

from __future__ import annotations

import sys

import click
from email_validator import EmailNotValidError, validate_email

from signing.bootstrap import services_from_environment
from signing.cli.printing import AS_JSON, print_data
from signing.domain.access import Account, Role
from signing.domain.errors import Faulty
from signing.workflow import signing_in


@click.group()
def user() -> None:
    """Coordinators and auditors of this installation."""


PASSWORD_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of making one."
)


@user.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([each.value for each in Role]))
@PASSWORD_STDIN
@AS_JSON
def add(email: str, role: str, password_stdin: bool, as_json: bool) -> None:
    """Create an account and print its password once."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Faulty(f"{email} is not an address: {error}", field="email") from None
    chosen = _chosen(password_stdin)
    account, plain = signing_in.add_account(services_from_environment(), address, Role(role), chosen)
    _tell(account, None if chosen is not None else plain, as_json)


@user.command()
@click.argument("email")
@PASSWORD_STDIN
@AS_JSON
def password(email: str, password_stdin: bool, as_json: bool) -> None:
    """Give an account a new password, print it once, and sign it out everywhere."""
    chosen = _chosen(password_stdin)
    account, plain = signing_in.reset_password(services_from_environment(), email, chosen)
    _tell(account, None if chosen is not None else plain, as_json)


def _chosen(from_stdin: bool) -> str | None:
    return sys.stdin.readline().rstrip("\n") if from_stdin else None


def _tell(account: Account, made: str | None, as_json: bool) -> None:
    data = {"email": account.email, "role": account.role.value}
    if made is not None:
        data["password"] = made
    print_data(
        data,
        as_json,
        f"{account.role.value} {account.email}",
        *([] if made is None else [f"password: {made}", "It is shown only now."]),
    )
