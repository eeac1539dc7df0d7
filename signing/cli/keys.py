"""Commands about the installation's keys."""

from __future__ import annotations

from pathlib import Path

import click

from signing import config
from signing.adapters import key_files
from signing.bootstrap import load_keys, services_from_environment
from signing.cli.printing import print_data
from signing.workflow import auditing


@click.group()
def keys() -> None:
    """The keys of log, attestor, coordinator and documents."""


@keys.command()
def new() -> None:
    """Make the keys that are missing, encrypted, for their owner's eyes only. No key is ever overwritten."""
    settings = config.load()
    made = key_files.make_missing(settings.keys, settings.key_passphrase(), settings.host)
    for name in made:
        click.echo(f"made {name}")
    if not made:
        click.echo(f"All keys are there, in {settings.keys}. Nothing was changed.")


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(as_json: bool) -> None:
    """Name the keys of this installation."""
    loaded = load_keys(config.load())
    rows = [
        {"purpose": purpose, "key": signer.public.key, "held": "by the service"}
        for purpose, signer in loaded.items()
    ]
    print_data(rows, as_json, *(f"{row['purpose']:12} {row['key']}" for row in rows))


@keys.command("export-trust")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write (standard output)."
)
def export_trust(out: Path | None) -> None:
    """Write the trust file that an auditor needs. Hand it on by another way than the bundle."""
    data = auditing.trust_bytes(services_from_environment())
    if out is None:
        click.echo(data.decode())
    else:
        out.write_bytes(data)
        click.echo(f"Wrote {out}")
