"""The command that closes a letter."""

from __future__ import annotations

import sys

import click

from signing.bootstrap import services_from_environment
from signing.cli.coordinator_signature import Way, obtain, signed_by_coordinator
from signing.cli.printing import AS_JSON, print_data
from signing.workflow import closing, coordinator_signing, tracking
from signing.workflow.closing import EditionCurrent
from signing.workflow.ports import Edition, Services


@click.command()
@click.argument("letter_id", metavar="LETTER")
@click.option("--yes", is_flag=True, help="Do not ask, even at a terminal.")
@click.option("--cancel", is_flag=True, help="Open the doors again that a closing not signed yet has shut.")
@signed_by_coordinator
@AS_JSON
def close(letter_id: str, yes: bool, cancel: bool, way: Way, as_json: bool) -> None:
    """Shut the doors, compile the signatory list, set the PDF and have a coordinator's key sign both."""
    services = services_from_environment()
    if cancel:
        closing.cancel_closing(services, letter_id)
        print_data({"letter": letter_id, "cancelled": True}, as_json, f"Nothing is being closed of {letter_id} now.")
        return
    if not yes and way.signature is None and sys.stdin.isatty():
        _confirm(services, letter_id)
    try:
        edition = obtain(
            services,
            letter_id,
            way,
            "close",
            prepare=lambda key: coordinator_signing.prepare_closing(services, letter_id, key),
            at_once=lambda: closing.close(services, letter_id),
            again=f"close {letter_id}",
            result=Edition,
        )
    except EditionCurrent as current:
        edition = current.edition
    if edition is None:
        return
    signatories = "signatory" if edition.listed == 1 else "signatories"
    print_data(
        {
            "letter": letter_id,
            "edition": edition.number,
            "version": edition.version,
            "listed": edition.listed,
            "confidential": edition.confidential,
        },
        as_json,
        f"Letter {letter_id} is closed with {edition.listed} {signatories} (edition {edition.number}).",
        f"Next: signing publish {letter_id}",
    )


def _confirm(services: Services, letter_id: str) -> None:
    counts = tracking.status(services, letter_id).counts
    approved = counts.pop("approved")
    others = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nobody else"
    click.confirm(f"{approved} approved, {others}. Close for good?", abort=True, err=True)
