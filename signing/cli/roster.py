"""Commands about a letter's roster."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from signing.adapters.roster_sheets import read_roster
from signing.bootstrap import services_from_environment
from signing.cli.printing import AS_JSON, print_data
from signing.domain.roster import check_rows
from signing.workflow import rostering


@click.group()
def roster() -> None:
    """Import the organisations and their contacts."""


@roster.command("import")
@click.argument("letter_id", metavar="LETTER")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--skip-faulty", is_flag=True, help="Import the good rows and leave the faulty ones out.")
@AS_JSON
def import_(letter_id: str, file: Path, skip_faulty: bool, as_json: bool) -> None:
    """Read FILE (.csv or .xlsx). Nothing is imported until every row is good, unless you say --skip-faulty."""
    reading = read_roster(file.read_bytes(), file.name)
    good, faults, warnings = check_rows(reading.rows)
    faults = (*reading.faults, *faults)
    for fault in sorted(faults, key=lambda each: each.line):
        click.echo(f"line {fault.line}: {fault.message}", err=True)
    if faults and not skip_faulty:
        click.echo(f"Nothing was imported: mend {len(faults)} faults, or use --skip-faulty.", err=True)
        sys.exit(2)
    services = services_from_environment()
    warnings = (*warnings, *rostering.unprintable(services, good))
    result = rostering.import_roster(services, letter_id, good)
    organisations = "organisation" if result.organisations == 1 else "organisations"
    print_data(
        {
            "organisations": result.organisations,
            "warnings": [
                {"line": each.line, "code": each.code, "message": each.message} for each in warnings
            ],
        },
        as_json,
        f"The roster holds {result.organisations} {organisations} ({result.added} added, {result.changed} changed).",
        *(f"  line {each.line}: {each.message}" for each in warnings),
    )
