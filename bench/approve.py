"""Approvals a second through gunicorn, on both databases, against the bare floor of FLOORS 1, in one run.

    python bench/approve.py [--n 400] [--rounds 5] [--database sqlite|postgresql] [--json]

Floor and product take turns under the same load: wrk, 16 connections, gunicorn gthread 2 x 4; so does the floor with
a gapless number added, for comparison only. Each request of the product is another organisation's approval, whole:
cookie, form, code, statement, signature, log, receipt mail queued, durable commit, answer 303. No mail worker runs
beside any of them. The run is worth nothing, and says so, unless every answer was 303, the log holds exactly what
was acknowledged, and the closed letter's bundle is proved at the end.
Bars (FLOORS): at least 0.5 of the floor; p99 at most 2 x the floor's.
"""

import argparse
import json
import os
import secrets
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import bare, serving
from bench.serving import Round, Server
from tests.databases import postgresql_server
from tests.durability.coalition import Coalition, assembled
from tests.installation import Installation

BAR_RATE, BAR_P99 = 0.5, 2.0
WARM_UP = 48
DATABASES = ("sqlite", "postgresql")


@contextmanager
def database_at(kind: str, folder: Path) -> Iterator[tuple[str, int | None]]:
    """The address of a fresh database (empty for SQLite in the installation) and its server's process."""
    if kind == "sqlite":
        yield "", None
        return
    with postgresql_server(folder / "postgresql") as url:
        yield url, int((folder / "postgresql" / "postmaster.pid").read_text().split()[0])


def bare_requests(count: int) -> tuple[list[str], list[bytes]]:
    tokens = [secrets.token_urlsafe(32) for _ in range(count)]
    headers = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
    return tokens, [serving.post(f"/sign/{token}", "localhost", "person=Kim+Example", headers) for token in tokens]


def product_requests(letter: Coalition) -> list[bytes]:
    base_url = letter.services.installation.base_url
    host = base_url.removeprefix("http://")
    return [serving.post(each.path, host, each.body(), each.headers(base_url)) for each in letter.approvals()]


def measure(kind: str, count: int, rounds: int, folder: Path) -> dict[str, list[Round]]:
    """Rounds of floor and product by turns, and the proof that what was counted happened."""
    with database_at(kind, folder) as (url, database):
        total = WARM_UP + count * rounds
        installation = Installation(folder / "place", database_url=url)
        installation.run("init")
        letter = assembled(installation, total)
        bare_url = url or f"sqlite:///{folder / 'bare.sqlite3'}"
        engine = bare.open_engine(bare_url)
        tokens, bare_posts = bare_requests(2 * total)
        bare.create_tables(engine, tokens)
        approvals = product_requests(letter)
        product_environment = {
            name: value for name, value in installation.environment.items() if name.startswith("SIGNING_")
        }
        results: dict[str, list[Round]] = {"floor": [], "gapless": [], "product": []}
        floor_environment = {"BARE_DATABASE_URL": bare_url}
        with (
            serving.serving("bench.bare:application", floor_environment, folder) as floor,
            serving.serving("bench.bare:application", floor_environment | {"BARE_GAPLESS": "1"}, folder) as gapless,
            serving.serving("wsgi:application", product_environment, installation.folder) as product,
        ):
            def turn(server: Server, requests: list[bytes], status: int, start: int, size: int) -> Round:
                part = requests[start : start + size]
                return serving.run(server, part, folder, status=status, database=database)

            turn(floor, bare_posts[:total], 200, 0, WARM_UP)
            turn(gapless, bare_posts[total:], 200, 0, WARM_UP)
            turn(product, approvals, 303, 0, WARM_UP)
            for start in range(WARM_UP, total, count):
                results["floor"].append(turn(floor, bare_posts[:total], 200, start, count))
                results["gapless"].append(turn(gapless, bare_posts[total:], 200, start, count))
                results["product"].append(turn(product, approvals, 303, start, count))
        assert bare.count_signed(engine) == 2 * total, "the floor lost answers"
        assert letter.answers() == total, f"{letter.answers()} answers in the log, {total} acknowledged"
        assert letter.proved() == total
        engine.dispose()
    return results


def compare(rounds: dict[str, list[Round]]) -> dict[str, Any]:
    """Medians of each side, and of the ratios of rounds that stood beside each other."""
    pairs = list(zip(rounds["floor"], rounds["product"], strict=True))
    middle: dict[str, Any] = {
        side: {
            name: statistics.median(getattr(each, name) for each in rounds[side])
            for name in ("rate", "p50", "p99", "web_cpu", "database_cpu")
        }
        for side in rounds
    }
    ratio = statistics.median(product.rate / floor.rate for floor, product in pairs)
    slower = statistics.median(product.p99 / floor.p99 for floor, product in pairs)
    numbered = zip(rounds["gapless"], rounds["floor"], strict=True)
    lock = statistics.median(gapless.rate / floor.rate for gapless, floor in numbered)
    return middle | {"gapless_over_floor": lock, "rate_over_floor": ratio, "p99_over_floor": slower}


def told(kind: str, figures: dict[str, Any]) -> str:
    lines = [f"{kind}: answers/s   p50 ms   p99 ms   CPU ms a request (web, database)"]
    for side in ("floor", "gapless", "product"):
        each = figures[side]
        lines.append(
            f"  {side:8} {each['rate']:9.0f} {each['p50']:8.1f} {each['p99']:8.1f}"
            f"   {each['web_cpu']:.2f}, {each['database_cpu']:.2f}"
        )
    rate, slower = figures["rate_over_floor"], figures["p99_over_floor"]
    lines.append(f"  {rate:.2f} of the floor (bar {BAR_RATE}: {'met' if rate >= BAR_RATE else 'MISSED'});"
                 f" p99 {slower:.2f} x the floor's (bar {BAR_P99}: {'met' if slower <= BAR_P99 else 'MISSED'})")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--n", type=int, default=400, help="approvals a round")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each side; medians count")
    parser.add_argument("--database", choices=DATABASES, action="append", help="one only (both)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    everything = {}
    for kind in options.database or DATABASES:
        with tempfile.TemporaryDirectory(prefix="approve-") as folder:
            rounds = measure(kind, options.n, options.rounds, Path(folder))
        figures = compare(rounds)
        everything[kind] = figures | {"rounds": {side: [asdict(each) for each in rounds[side]] for side in rounds}}
        if not options.json:
            print(told(kind, figures), flush=True)
    if options.json:
        bars = {"rate_over_floor": BAR_RATE, "p99_over_floor": BAR_P99}
        print(json.dumps({"cores": os.cpu_count(), "bars": bars, "databases": everything}, indent=1))
    else:
        print(f"Every answer was 303, is in the log once, and is proved by the bundle. Cores: {os.cpu_count()}.")


if __name__ == "__main__":
    main()
