"""The command that seals a letter's documents, and what `publish` says of them."""

from __future__ import annotations

import sys

import click

from signing import config
from signing.bootstrap import build, outside_keepers
from signing.cli.printing import AS_JSON, print_data
from signing.config import Settings
from signing.workflow import sealing
from signing.workflow.ports import Services
from signing.workflow.sealing import SealState


@click.command()
@click.argument("letter_id", metavar="LETTER")
@AS_JSON
def seal(letter_id: str, as_json: bool) -> None:
    """Seal a closed letter's PDFs with their evidence, and once more those that have no time stamp yet.

    Exit code 1 when something is left unsealed or without a time stamp.
    """
    settings = config.load()
    services = build(settings)
    state = sealed_now(settings, services, letter_id)
    print_data([each.to_json() for each in state.documents], as_json, *words_of(state))
    if not state.done:
        sys.exit(1)


def sealed_now(settings: Settings, services: Services, letter_id: str) -> SealState:
    """Ask outsiders for what the evidence waits for, then seal. Raises as `sealing.seal` does."""
    if sealing.seal_state(services, letter_id).waits_for:
        outside_keepers(settings, services).run_once()
    return sealing.seal(services, letter_id)


def words_of(state: SealState) -> list[str]:
    """A line for each document, and what is amiss."""
    lines = [
        f"{each.language}.pdf of edition {each.edition} is sealed, with a time stamp by {each.sealed.authority} of "
        f"{each.sealed.stamped_at:%Y-%m-%d %H:%M} UTC."
        for each in state.documents
        if each.sealed is not None and each.sealed.stamped_at is not None
    ]
    lines += [f"WARNING: {warning}." for warning in state.warnings]
    if state.waits_for:
        lines.append(
            f"The evidence waits for {', '.join(state.waits_for)}. When that has come, `signing serve` or "
            "`signing worker` seals by itself."
        )
    return lines
