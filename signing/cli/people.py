"""Commands about accounts."""

from __future__ import annotations

import sys

import click
from email_validator import EmailNotValidError, validate_email

from signing.bootstrap import services_from_environment
from signing.cli.printing import AS_JSON, print_data
from signing.domain.access import Account, MemberRole, Role
from signing.domain.errors import Faulty
from signing.workflow import accounts, memberships


@click.group()
def user() -> None:
    """Coordinators and auditors of this installation."""


PASSWORD_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of making one."
)


@user.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([each.value for each in Role]))
@click.option("--letter", "letters", multiple=True, metavar="LETTER", help="A letter it has a part in; repeat.")
@PASSWORD_STDIN
@AS_JSON
def add(email: str, role: str, letters: tuple[str, ...], password_stdin: bool, as_json: bool) -> None:
    """Create an account and print its password once.

    It has a part in the letters named, coordinators as their leads, and in those that the command line makes after it.
    A coordinator also leads every letter that nobody leads.
    """
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Faulty(f"{email} is not an address: {error}", field="email") from None
    chosen = _chosen(password_stdin)
    services = services_from_environment()
    account, plain = accounts.add_account(services, address, Role(role), chosen)
    memberships.adopt(services, account.id, letters)
    _tell(account, None if chosen is not None else plain, as_json)


@user.command()
@click.argument("email")
@PASSWORD_STDIN
@AS_JSON
def password(email: str, password_stdin: bool, as_json: bool) -> None:
    """Give an account a new password, print it once, and sign it out everywhere."""
    chosen = _chosen(password_stdin)
    account, plain = accounts.reset_password(services_from_environment(), email, chosen)
    _tell(account, None if chosen is not None else plain, as_json)


@user.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """List every account, and how it signs in."""
    found = memberships.overview(services_from_environment())
    data = [
        {
            "email": each.account.email, "role": each.account.role.value, "letters": len(each.roles),
            "leads": sum(role is MemberRole.LEAD for role in each.roles.values()),
            "app": each.account.totp is not None, "passkeys": each.passkeys,
            "disabled": each.account.disabled_at is not None,
        }
        for each in found
    ]  # fmt: skip
    print_data(
        data,
        as_json,
        *(
            f"{each['role']:12} {each['email']}  leads {each['leads']} of {each['letters']} letters"
            f"{', app' if each['app'] else ''}{', passkey' if each['passkeys'] else ''}"
            f"{'  (disabled)' if each['disabled'] else ''}"
            for each in data
        ),
    )


@user.command()
@click.argument("email")
@AS_JSON
def reset(email: str, as_json: bool) -> None:
    """Take password, app and passkeys from an account, sign it out, and print a link that sets a new password once."""
    account, page = accounts.reset(services_from_environment(), email)
    print_data(
        {"email": account.email, "link": page},
        as_json,
        f"{account.email} is signed out, and has no password, app or passkey any more.",
        f"Hand this on by a safe way; it works once, for three days: {page}",
    )


@user.command()
@click.argument("email")
@AS_JSON
def disable(email: str, as_json: bool) -> None:
    """Shut an account: it is signed out at once, and nothing signs it in. What it did stays on record."""
    account, alone = accounts.disable(services_from_environment(), email)
    print_data(
        {"email": account.email, "disabled": True, "letters_without_lead": alone},
        as_json,
        f"{account.email} is shut.",
        *(f"Nobody else leads letter {each}: signing user join {each} EMAIL --role lead" for each in alone),
    )


@user.command()
@click.argument("email")
@AS_JSON
def enable(email: str, as_json: bool) -> None:
    """Open an account again that was shut."""
    account, _ = accounts.disable(services_from_environment(), email, disabled=False)
    print_data({"email": account.email, "disabled": False}, as_json, f"{account.email} is open again.")


@user.command()
@click.argument("letter_id", metavar="LETTER")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([each.value for each in MemberRole]))
@AS_JSON
def join(letter_id: str, email: str, role: str, as_json: bool) -> None:
    """Let somebody into a letter: it is mailed to them, with a link to set a password if they have no account."""
    member = memberships.add(services_from_environment(), letter_id, email, MemberRole(role))
    print_data(
        {"letter": letter_id, "email": email, "role": member.role.value}, as_json,
        f"{email} is {role} of {letter_id}, and is mailed so.",
        "Whoever has no password yet sets one by the link in that mail.",
    )


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
