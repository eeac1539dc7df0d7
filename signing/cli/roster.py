"""Commands about a letter's roster."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from signing.adapters.roster_sheets import read_roster
from signing.bootstrap import services_from_environment
from signing.cli.printing import AS_JSON, print_data
from signing.domain.roster import RosterRow, RosterWarning, RowFault, check_rows
from signing.workflow import rostering
from signing.workflow.ports import Services
from signing.workflow.roster_plan import Fate


@click.group()
def roster() -> None:
    """Import the organisations and their contacts."""


@roster.command("import")
@click.argument("letter_id", metavar="LETTER")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--skip-faulty", is_flag=True, help="Import the good rows and leave the faulty ones out.")
@click.option("--dry-run", is_flag=True, help="Tell what would be added, changed and left alone; import nothing.")
@click.option("--sheet", metavar="NAME", help="Which sheet of an Excel file; else the first that is a roster.")
@AS_JSON
def import_(
    letter_id: str, file: Path, skip_faulty: bool, dry_run: bool, sheet: str | None, as_json: bool
) -> None:
    """Read FILE (.csv or .xlsx). Nothing is imported until every row is good, unless you say --skip-faulty."""
    # Only at a terminal: elsewhere a bar would be noise between the lines.
    with click.progressbar(length=4, label=file.name, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        reading = read_roster(file.read_bytes(), file.name, sheet=sheet)
        bar.update(1)
        good, faults, warnings = check_rows(reading.rows)
        faults = (*reading.faults, *faults)
        # `check_rows` has warned of the same rows when they were read; only the file knows of its sheets.
        told = {(each.line, each.code) for each in warnings}
        warnings = (*warnings, *(each for each in reading.warnings if (each.line, each.code) not in told))
        bar.update(1)
        services = services_from_environment() if dry_run or skip_faulty or not faults else None
        if dry_run and services is not None:
            _tell_plan(services, letter_id, good, faults, warnings, as_json)
            return
        if services is None:
            _tell_faults(faults)
            click.echo(f"Nothing was imported: mend {len(faults)} faults, or use --skip-faulty.", err=True)
            sys.exit(2)
        warnings = (*warnings, *rostering.unprintable(services, good))
        bar.update(1)
        result = rostering.import_roster(services, letter_id, good, skip_faulty=skip_faulty)
        bar.update(1)
    _tell_faults(faults)
    organisations = "organisation" if result.organisations == 1 else "organisations"
    print_data(
        {"organisations": result.organisations, "warnings": _as_data(warnings)},
        as_json,
        f"The roster holds {result.organisations} {organisations} ({result.added} added, {result.changed} changed).",
        *_as_lines(warnings),
    )


def _tell_plan(
    services: Services,
    letter_id: str,
    good: Sequence[RosterRow],
    faults: Sequence[RowFault],
    warnings: Sequence[RosterWarning],
    as_json: bool,
) -> None:
    planned = rostering.dry_run(services, letter_id, good)
    faults = (*faults, *planned.faults)
    warnings = (*warnings, *planned.warnings, *rostering.unprintable(services, good))
    counts = {fate.value: len(planned.of(fate)) for fate in Fate}
    if not as_json:
        _tell_faults(faults)
    print_data(
        {
            "organisations": planned.there + counts["added"],
            "warnings": _as_data(warnings),
            "dry_run": True,
            **counts,
            "new_links": len(planned.relinked),
            "faults": [{"line": each.line, "field": each.field, "message": each.message} for each in faults],
        },
        as_json,
        f"Nothing was imported. It would add {counts['added']}, change {counts['changed']} and leave "
        f"{counts['left']} alone; {len(faults)} faults; {len(planned.relinked)} new links.",
        *(
            f"  line {each.row.line}: {each.entry.organisation}: "
            + ", ".join(f"{change.field} {change.before!r} → {change.after!r}" for change in each.changes)
            for each in planned.of(Fate.CHANGED)
        ),
        *_as_lines(warnings),
    )
    if faults:
        sys.exit(2)


def _tell_faults(faults: Iterable[RowFault]) -> None:
    for fault in sorted(faults, key=lambda each: each.line):
        click.echo(f"line {fault.line}: {fault.message}", err=True)


def _as_data(warnings: Iterable[RosterWarning]) -> list[dict[str, Any]]:
    return [{"line": each.line, "code": each.code, "message": each.message} for each in warnings]


def _as_lines(warnings: Iterable[RosterWarning]) -> list[str]:
    return [f"  line {each.line}: {each.message}" if each.line else f"  {each.message}" for each in warnings]
