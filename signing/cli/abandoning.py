"""The command that gives a letter up."""

from __future__ import annotations

import sys

import click

from signing.bootstrap import services_from_environment
from signing.cli.printing import AS_JSON, print_data
from signing.workflow import abandoning, tracking


@click.command()
@click.argument("letter_id", metavar="LETTER")
@click.option("--yes", is_flag=True, help="Do not ask, even at a terminal.")
@AS_JSON
def abandon(letter_id: str, yes: bool, as_json: bool) -> None:
    """Give a draft or open letter up for good; everybody who was asked is told once."""
    services = services_from_environment()
    if not yes and sys.stdin.isatty():
        title = tracking.summary(services, letter_id).letter.title
        click.confirm(f"Give up “{title}” for good, and tell everybody who was asked?", abort=True, err=True)
    letter = abandoning.abandon(services, letter_id)
    print_data(
        {"letter": letter_id, "state": letter.state, "abandoned_at": f"{letter.abandoned_at:%Y-%m-%dT%H:%M:%SZ}"},
        as_json,
        f"Letter {letter_id} is given up.",
    )
