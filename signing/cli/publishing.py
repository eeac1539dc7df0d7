"""The command that publishes a letter."""

from __future__ import annotations

import click

from signing.bootstrap import services_from_environment
from signing.cli.printing import print_data
from signing.workflow import publishing


@click.command()
@click.argument("letter_id", metavar="LETTER")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def publish(letter_id: str, as_json: bool) -> None:
    """Let everybody see a closed letter's log; withdrawals and new editions go on."""
    letter = publishing.publish(services_from_environment(), letter_id)
    print_data(
        {"letter": letter_id, "state": letter.state, "published_at": f"{letter.published_at:%Y-%m-%dT%H:%M:%SZ}"},
        as_json,
        f"Letter {letter_id} is published. Its log: {letter.base_url}/l/{letter_id}/log/checkpoint",
    )
