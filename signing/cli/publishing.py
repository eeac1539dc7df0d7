"""The command that publishes a letter."""

from __future__ import annotations

import click

from signing import config
from signing.bootstrap import build
from signing.cli.printing import AS_JSON, print_data
from signing.cli.sealing import sealed_now, words_of
from signing.workflow import publishing


@click.command()
@click.argument("letter_id", metavar="LETTER")
@click.option("--end-embargo", is_flag=True, help="Publish now, although an hour was chosen that has not come.")
@AS_JSON
def publish(letter_id: str, end_embargo: bool, as_json: bool) -> None:
    """Let everybody see a closed letter: its sealed PDFs, its evidence, its log. Withdrawals and new editions go on."""
    settings = config.load()
    services = build(settings)
    letter = publishing.publish(services, letter_id, ends_embargo=end_embargo)
    state = sealed_now(settings, services, letter_id)
    languages = sorted({each.language for each in state.documents if each.sealed})
    print_data(
        {
            "letter": letter_id,
            "state": letter.state,
            "published_at": f"{letter.published_at:%Y-%m-%dT%H:%M:%SZ}",
            "sealed": [each.to_json() for each in state.documents],
        },
        as_json,
        f"Letter {letter_id} is published. Its log: {letter.base_url}/l/{letter_id}/log/checkpoint",
        *words_of(state),
        *(f"{letter.base_url}/l/{letter_id}/{language}.pdf" for language in languages),
    )
