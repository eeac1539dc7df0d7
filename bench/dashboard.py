"""What the dashboard of a letter costs as its roster grows: statements and time of the first view, on both databases.

    python bench/dashboard.py [--sizes 10,1000,10000] [--database sqlite|postgresql] [--rounds 20] [--json]

The page is asked for through the real application, signed in, with everything that a long letter has: mails and
reminders of every organisation, answers, remarks, a second version. Its floor, measured by turns in the same run, is a
bare Flask page that reads fifty rows and sets them in a table. What counts is the growth: the dashboard may not cost
more statements for more organisations, and its bar is 8 statements and 100 ms whatever the size.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flask import Flask, render_template_string
from sqlalchemy import insert, select, update

from bench.organisations import organisations
from signing.adapters import roster_order
from signing.adapters.contact_tables import remark
from signing.adapters.coordination_tables import told_approval
from signing.adapters.database import Database, connect
from signing.adapters.tables import invitation, letter, letter_version, organisation, outbox, roster_entry
from signing.domain.access import Role
from signing.domain.discussion import RemarkKind
from signing.domain.invitation import Part
from signing.domain.letter import LetterState
from signing.domain.organisation import Answer
from signing.web.app import create_app
from signing.workflow.mail_ports import NoticeKind, NoticeStatus
from tests.databases import postgresql_server
from tests.said_to_database import said_to
from tests.web.installation import BASE_URL, Clock, House, Mailbox, intake, services_over
from tests.web.visitor import Visitor

SIZES = (10, 1_000, 10_000)
BAR_STATEMENTS, BAR_MS = 8, 100.0
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
COUNTRIES = tuple(
    "AT BE BR CA CH CN DE ES FR GB IN IT JP KE MX NG PL PT SE TR US ZA".split()  # noqa: SIM905
)


@contextmanager
def database_at(kind: str, folder: Path) -> Iterator[Database]:
    """An empty database with today's tables."""
    if kind == "sqlite":
        database = connect("", folder)
        database.migrate()
        yield database
        database.dispose()
        return
    with postgresql_server(folder / "postgresql") as url:
        database = connect(url, folder)
        database.migrate()
        yield database
        database.dispose()


def fill(database: Database, letter_id: str, count: int) -> None:
    """A letter that has been open for eighteen days, with `count` organisations in every state there is."""
    chance = random.Random(count)
    began = NOW - timedelta(days=18)
    names = organisations(count, 7)
    rows: dict[Any, list[dict[str, Any]]] = {
        table: [] for table in (organisation, roster_entry, invitation, outbox, remark, told_approval)
    }
    for number, name in enumerate(names):
        one = _organisation(chance, letter_id, number, name.listed_as, began)
        for table, made in one.items():
            rows[table].extend(made)
    with database.engine.connect() as connection:
        connection.execution_options(writing=True)
        connection.execute(
            update(letter).where(letter.c.id == letter_id).values(state=LetterState.OPEN, version=2, opened_at=began)
        )
        connection.execute(
            update(letter_version).where(letter_version.c.letter_id == letter_id).values(opened_at=began)
        )
        connection.execute(
            insert(letter_version), {"letter_id": letter_id, "number": 2, "opened_at": began + timedelta(days=9),
                                     "change": "typography"}
        )
        for table, made in rows.items():
            if made:
                connection.execute(insert(table), made)
        roster_order.renew(connection, letter_id)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _organisation(
    chance: random.Random, letter_id: str, number: int, name: str, began: datetime
) -> dict[Any, list[dict[str, Any]]]:
    organisation_id, invitation_id = f"{letter_id}-{number:05}", f"i-{letter_id}-{number:05}"
    email = f"contact{number}@example.org"
    answered = chance.random() < 0.45
    declined, old = chance.random() < 0.08, chance.random() < 0.3
    at = began + timedelta(days=18 * chance.random() ** 1.5)
    of = {"letter_id": letter_id, "organisation_id": organisation_id}
    entry = of | {
        "position": number, "organisation": name, "country": chance.choice(COUNTRIES), "group": None,
        "contact": "Kim Example", "email": email, "role": "Director",
        "language": chance.choice(["en", "en", "fr", "es"]), "stage": 1 + number % 3, "former_emails": (),
        "two_persons": False, "accepts": old and chance.random() < 0.5,
        "answer": Answer.INVITED if not answered else Answer.DECLINED if declined else Answer.APPROVED,
        "answer_version": (1 if old else 2) if answered else None, "answer_index": number if answered else None,
        "answered_at": at if answered else None, "confidential": answered and chance.random() < 0.05,
        "level": 1 if answered else None,
    }  # fmt: skip
    bounced, opened = chance.random() < 0.04, chance.random() < 0.5
    mails = [
        {"id": f"{invitation_id}-{kind.value}", "kind": kind, "invitation_id": invitation_id, "subject_id": "1",
         "to": email, "message_id": f"<{invitation_id}-{kind.value}@example.org>", "due": sent, "queued_at": sent,
         "status": NoticeStatus.SENT, "attempts": 1, "sent_at": sent, "urgency": 2,
         "bounced_at": sent if bounced else None, "bounce_reason": "550 no such user" if bounced else None} | of
        for kind, sent in [
            (NoticeKind.INVITATION, began), (NoticeKind.NEW_VERSION, began + timedelta(days=9)),
            *([] if answered else [(NoticeKind.REMINDER, began + timedelta(days=12))]),
            *([(NoticeKind.CODE, at), (NoticeKind.RECEIPT, at)] if answered else []),
        ]
    ]  # fmt: skip
    asks = [
        {"id": f"r-{invitation_id}", "invitation_id": invitation_id, "version": 1, "kind": RemarkKind.QUESTION,
         "words": "May we?", "person": "Kim", "at": at, "idempotency_key": "k", "condition": number % 2 == 0} | of
    ]  # fmt: skip
    told = [
        {"id": f"t-{invitation_id}", "version": 2, "way": "paper", "person": "Kim", "told_on": "2026-03-10", "at": at,
         "account_id": "a"} | of
    ]  # fmt: skip
    return {
        organisation: [{"id": organisation_id, "name_key": name.casefold(), "name": name}],
        roster_entry: [entry],
        invitation: [of | {
            "id": invitation_id, "generation": 1, "token_sha256": invitation_id.encode(), "issued_at": began,
            "expires_at": began + timedelta(days=90), "part": Part.SIGNATORY, "opened_at": at if opened else None,
        }],
        outbox: mails,
        remark: asks if chance.random() < 0.06 else [],
        told_approval: told if chance.random() < 0.01 else [],
    }  # fmt: skip


class Asked:
    """A page that can be asked for again and again, signed in, its statements counted."""

    def __init__(self, name: str, app: Flask, path: str, database: Database) -> None:
        self.name, self.path, self.database = name, path, database
        self.client = app.test_client()
        self.times: list[float] = []
        self.own: list[float] = []
        self.statements = 0

    def ask(self, *, kept: bool = True) -> None:
        began, own = time.perf_counter(), time.process_time()
        answer = self.client.get(self.path, base_url=BASE_URL)
        took, own = time.perf_counter() - began, time.process_time() - own
        if answer.status_code != 200:
            raise SystemExit(f"{self.name}: {answer.status}")
        if kept:
            self.times.append(took * 1000)
            self.own.append(own * 1000)

    def count(self) -> None:
        with said_to(self.database) as said:
            self.ask(kept=False)
        self.statements = len(said)

    def told(self) -> dict[str, Any]:
        return {"statements": self.statements,
                "median_ms": round(statistics.median(self.times), 2),
                "worst_ms": round(max(self.times), 2),
                "processor_ms": round(statistics.median(self.own), 2)}  # fmt: skip


def bare(database: Database, letter_id: str) -> Flask:
    """The floor: fifty rows of one table, in a table."""
    app = Flask("bare")
    query = (
        select(roster_entry.c.organisation, roster_entry.c.contact, roster_entry.c.email, roster_entry.c.answer)
        .where(roster_entry.c.letter_id == letter_id)
        .order_by(roster_entry.c.organisation_id)
        .limit(50)
    )

    @app.get("/")
    def page() -> str:
        with database.engine.connect() as connection:
            rows = connection.execute(query).all()
        return render_template_string(BARE, rows=rows)

    return app


BARE = (
    "<!doctype html><title>Organisations</title><table>{% for row in rows %}<tr>{% for cell in row %}"
    "<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


def measure(database: Database, count: int, rounds: int) -> dict[str, Any]:
    """The first view, the look whether anything has changed, and the floor, by turns."""
    clock = Clock()
    clock.now = NOW
    house = House(services_over(database, clock), clock, database)
    house.account(f"coordinator{count}@example.org", Role.COORDINATOR)
    letter_id = house.letter(deadline=NOW + timedelta(days=12))
    fill(database, letter_id, count)
    app = create_app(house.services, intake=intake(), mailbox=Mailbox())
    path = f"/coordinator/letters/{letter_id}"
    pages = [
        Asked("floor", bare(database, letter_id), "/", database),
        Asked("first view", app, f"{path}/status", database),
        Asked("found by name", app, f"{path}/status?q=rights&sort=-answered", database),
        Asked("one organisation", app, f"{path}/organisations/{letter_id}-00003", database),
    ]
    for page in pages[1:]:
        Visitor(page.client, BASE_URL).signs_in(f"coordinator{count}@example.org")
    for page in pages:
        page.ask(kept=False)
        page.count()
    for _ in range(rounds):
        for page in pages:
            page.ask()
    found = {page.name: page.told() for page in pages}
    floor = found["floor"]["median_ms"]
    for each in found.values():
        each["of_floor"] = round(each["median_ms"] / floor, 1)
    return found


def main() -> None:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    results: dict[str, dict[int, Any]] = {}
    for kind in given.database or ("sqlite", "postgresql"):
        results[kind] = {}
        for count in map(int, given.sizes.split(",")):
            with tempfile.TemporaryDirectory() as folder, database_at(kind, Path(folder)) as database:
                results[kind][count] = measure(database, count, given.rounds)
            if not given.json:
                for name, each in results[kind][count].items():
                    print(f"{kind:10} {count:6}  {name:17} {each['statements']:3} statements  "
                          f"median {each['median_ms']:7.2f} ms  worst {each['worst_ms']:7.2f} ms  "
                          f"own processor {each['processor_ms']:7.2f} ms  "
                          f"{each['of_floor']:5.1f} x floor")  # fmt: skip
    if given.json:
        print(json.dumps(results, indent=1))
    first = [each["first view"] for of_size in results.values() for each in of_size.values()]
    met = all(each["statements"] <= BAR_STATEMENTS and each["median_ms"] <= BAR_MS for each in first)
    if not given.json:
        print(f"bar: {BAR_STATEMENTS} statements, {BAR_MS:.0f} ms: {'met' if met else 'missed'}")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
