"""What bringing a roster costs as it grows: reading the sheet, the dry run, the import, and the same sheet again.

    python bench/roster_import.py [--sizes 10,1000,5000] [--database sqlite|postgresql] [--json]

The floor, in the same run, is one bare executemany of the same rows into the same table. Seconds are of the processor:
neighbours do not count. The bar: of 5,000 rows each of the two steps of the page, reading with the dry run and
importing, takes less than 2 seconds, so it is done while the page waits and needs no work behind it. Statements may
grow by one for each 900 names that are looked up.
"""

import argparse
import csv
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from openpyxl import Workbook
from sqlalchemy import insert

from bench.organisations import organisations
from signing.adapters.database import connect
from signing.adapters.roster_sheets import read_roster
from signing.adapters.tables import metadata
from signing.workflow import rostering
from tests.databases import postgresql_server
from tests.said_to_database import said_to
from tests.web.installation import Clock, House, services_over

SIZES = (10, 1_000, 5_000)
BAR_SECONDS = 2.0
COLUMNS = ("organisation", "acronym", "country", "contact", "email", "role", "language", "stage")


def sheet(size: int) -> list[list[str]]:
    """So many organisations with invented names, a contact each."""
    names = [each.listed_as for each in organisations(size, seed=size)]
    return [
        [name, f"A{at}", "Kenya", f"Person {at}", f"person{at}@body{at}.example", "Director", "en", "1"]
        for at, name in enumerate(names)
    ]


def as_csv(rows: list[list[str]]) -> bytes:
    writer = csv.writer(out := io.StringIO())
    writer.writerows([COLUMNS, *rows])
    return out.getvalue().encode()


def as_xlsx(rows: list[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    made = book.create_sheet("Roster")
    for row in (COLUMNS, *rows):
        made.append(row)
    book.save(out := io.BytesIO())
    return out.getvalue()


def seconds(do: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    began = time.process_time()
    done = do(*arguments)
    return time.process_time() - began, done


def measure(house: House, size: int, rounds: int) -> dict[str, Any]:
    rows = sheet(size)
    files = {"csv": as_csv(rows), "xlsx": as_xlsx(rows)}
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        for kind, data in files.items():
            spent, reading = seconds(read_roster, data, f"roster.{kind}")
            found.setdefault(f"read {kind}", []).append(spent)
        letter_id = house.letter()
        these = (house.services, letter_id, reading.rows)
        found.setdefault("dry run", []).append(seconds(rostering.dry_run, *these)[0])
        with said_to(house.database) as said:
            spent, _done = seconds(rostering.import_roster, *these)
        found.setdefault("import", []).append(spent)
        found.setdefault("again", []).append(seconds(rostering.import_roster, *these)[0])
        found.setdefault("floor", []).append(floor(house, letter_id))
    figures = {name: round(statistics.median(values), 3) for name, values in found.items()}
    return {"rows": len(reading.rows), "warnings": len(reading.warnings), "statements": len(said), **figures}


def floor(house: House, letter_id: str) -> float:
    """The entries as they were stored, taken out and put back bare."""
    table = metadata.tables["roster_entry"]
    with house.database.engine.connect() as connection:
        connection.execution_options(writing=True)
        rows = [dict(row._mapping) for row in connection.execute(table.select().where(table.c.letter_id == letter_id))]
        connection.execute(table.delete().where(table.c.letter_id == letter_id))
        spent, _done = seconds(connection.execute, insert(table), rows)
        connection.rollback()
    return spent


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sizes", default=",".join(map(str, SIZES)))
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        server = postgresql_server(home / "postgresql") if chosen.database == "postgresql" else nullcontext("")
        with server as url:
            database = connect(url, home)
            database.migrate()
            clock = Clock()
            house = House(services_over(database, clock), clock, database)
            found = [measure(house, int(size), chosen.rounds) for size in chosen.sizes.split(",")]
            database.dispose()
    judged = [each for each in found if each["rows"] <= max(SIZES)]
    worst = max(max(each["read xlsx"] + each["dry run"], each["import"]) for each in judged)
    good = worst <= BAR_SECONDS
    if chosen.json:
        print(json.dumps({"database": chosen.database, "rows": found, "worst": worst, "good": good}, indent=1))
    else:
        names = list(found[0])
        print(f"{chosen.database}: seconds of the processor, medians of {chosen.rounds}")
        print("  ".join(f"{name:>10}" for name in names))
        for each in found:
            print("  ".join(f"{each[name]:>10}" for name in names))
        said = "good" if good else "TOO SLOW"
        print(f"the longer of the two steps, from Excel: {worst:.2f} s (bar {BAR_SECONDS} s): {said}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
