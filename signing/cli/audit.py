"""Commands for whoever hands evidence on: the bundle."""

from __future__ import annotations

from pathlib import Path

import click

from signing.bootstrap import services_from_environment
from signing.evidence import bundle
from signing.workflow import auditing


@click.command()
@click.argument("letter_id", metavar="LETTER")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="BUNDLE.zip, or a folder.")
def export(letter_id: str, out: Path) -> None:
    """Write the evidence bundle: letter, log, checkpoint, list, PDF. Run again, it is written anew."""
    bundle.write(out, auditing.bundle_files(services_from_environment(), letter_id))
    click.echo(f"Wrote {out}. Check it with: signing verify {out} --trust trust.json")
