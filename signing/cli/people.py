"""Commands about accounts."""

from __future__ import annotations

import sys

import click
from email_validator import EmailNotValidError, validate_email

from signing.bootstrap import services_from_environment
from signing.cli.letter import AS_JSON
from signing.cli.printing import print_data
from signing.domain.access import Role
from signing.domain.errors import Faulty
from signing.workflow import signing_in


@click.group()
def user() -> None:
    """Coordinators and auditors of this installation."""


@user.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([each.value for each in Role]))
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of making one."
)
@AS_JSON
def add(email: str, role: str, password_stdin: bool, as_json: bool) -> None:
    """Create an account and print its password once."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Faulty(f"{email} is not an address: {error}", field="email") from None
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    account, plain = signing_in.add_account(services_from_environment(), address, Role(role), password)
    data = {"email": account.email, "role": account.role.value}
    if password is None:
        data["password"] = plain
    print_data(
        data,
        as_json,
        f"{account.role.value} {account.email}",
        *([] if password is not None else [f"password: {plain}", "It is shown only now."]),
    )
