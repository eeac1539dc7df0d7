"""Commands for whoever hands evidence on: the bundle."""

from __future__ import annotations

from pathlib import Path

import click

from signing.bootstrap import services_from_environment
from signing.evidence import bundle
from signing.workflow import bundling
from signing.workflow.bundling import BundleEdition


@click.command()
@click.argument("letter_id", metavar="LETTER")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="BUNDLE.zip, or a folder.")
@click.option(
    "--edition",
    type=click.Choice([each.value for each in BundleEdition]),
    default=BundleEdition.FULL.value,
    show_default=True,
    help="public leaves out the declines; whoever checks it is told that entries are withheld.",
)
@click.option(
    "--with-openings", is_flag=True, help="Add the names of confidential signatories, for an auditor you trust."
)
def export(letter_id: str, out: Path, edition: str, with_openings: bool) -> None:
    """Write the evidence bundle: letter, log, checkpoints, stamps, list, PDF. Run again, it is written anew."""
    if with_openings and edition == BundleEdition.PUBLIC:
        raise click.UsageError("A public bundle holds no openings. Leave out --with-openings, or take --edition full.")
    services = services_from_environment()
    files = bundling.bundle_files(services, letter_id, BundleEdition(edition), with_openings=with_openings)
    bundle.write(out, files)
    click.echo(f"Wrote {out}. Check it with: signing verify {out} --trust trust.json")
