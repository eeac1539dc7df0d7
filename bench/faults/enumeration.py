"""Whether time tells a stranger what the page does not: links, short codes, addresses (FAULTS S5, S6).

    python bench/faults/enumeration.py [--samples 20000] [--json]

Each case is asked for by turns with the case it is compared with, in one process, without a network that would hide
anything, over SQLite in memory (`/dev/shm`, where there is one). Welch's t of the two times must stay below 4.5;
the slowest hundredth of each, which is the machine's, is left out of both. The clock of the service goes on by a
minute with each request, so that no allowance is used up. Signing in hashes a password each time, so a hundredth of
the samples must do there. Bars: equal status, equal length, |t| < 4.5.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from signing.adapters.passwords import Argon2Passwords
from signing.domain.access import Role
from signing.web.app import create_app
from signing.workflow import inviting
from tests import databases
from tests.web.installation import BASE_URL, Clock, House, intake, services_over

BAR, TRIMMED = 4.5, 0.01
NEVER, NOBODY = "x" * 43, "nobody@nowhere.example"
ORGANISATIONS = ("Rivers China", "Valley Watch", "Front Defenders")
Ask = Callable[[], TestResponse]


class Stranger:
    """Asks as a program does: one session, one form's token for all."""

    def __init__(self, client: FlaskClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        page = client.get("/enter", base_url=BASE_URL).get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        self._token = found[1]

    def gets(self, path: str) -> Ask:
        return lambda: self._client.get(path, base_url=BASE_URL)

    def posts(self, path: str, **fields: str) -> Ask:
        data = fields | {"csrf_token": self._token}
        return lambda: self._client.post(path, data=data, base_url=BASE_URL)

    def times(self, ask: Ask) -> tuple[float, int, int]:
        """Seconds, status, length of one answer."""
        self._clock.pass_(minutes=61)
        began = time.perf_counter()
        answer = ask()
        return time.perf_counter() - began, answer.status_code, len(answer.data)


def cases(house: House, stranger: Stranger) -> dict[str, tuple[Ask, Ask]]:
    """Pairs that nobody may tell apart."""
    letter_id = house.opened(*ORGANISATIONS)
    held = {name: house.invitation(letter_id, name) for name in ORGANISATIONS}
    tokens = {name: house.token(letter_id, name) for name in ORGANISATIONS}
    codes = {name: house.services.tokens.short_code(each.id, each.generation) for name, each in held.items()}
    replaced, revoked, expired = ORGANISATIONS
    inviting.reissue(house.services, letter_id, "org-china")
    inviting.revoke(house.services, letter_id, "org-watch")
    house.clock.pass_(days=91)
    wrong = "0" * 12
    known = house.token(letter_id, replaced)
    return {
        "link: another that never was": (stranger.gets(f"/i/{NEVER}"), stranger.gets(f"/i/{'y' * 43}")),
        "link: one character of a live one": (stranger.gets(f"/i/{NEVER}"), stranger.gets(f"/i/{known[:-1]}x")),
        "link: replaced": (stranger.gets(f"/i/{NEVER}"), stranger.gets(f"/i/{tokens[replaced]}")),
        "link: revoked": (stranger.gets(f"/i/{NEVER}"), stranger.gets(f"/i/{tokens[revoked]}")),
        "link: too old": (stranger.gets(f"/i/{NEVER}"), stranger.gets(f"/i/{tokens[expired]}")),
        "code: replaced": (stranger.posts("/enter", code=wrong), stranger.posts("/enter", code=codes[replaced])),
        "code: revoked": (stranger.posts("/enter", code=wrong), stranger.posts("/enter", code=codes[revoked])),
        "code: too old": (stranger.posts("/enter", code=wrong), stranger.posts("/enter", code=codes[expired])),
        "fresh link: known address": (
            stranger.posts("/fresh-link", email=NOBODY), stranger.posts("/fresh-link", email="contact@china.example")),
        "sign in: known address": (
            stranger.posts("/sign-in", email="coordinatos@example.org", password="wrong"),
            stranger.posts("/sign-in", email="coordinator@example.org", password="wrong")),
    }  # fmt: skip


def compared(stranger: Stranger, one: Ask, other: Ask, samples: int) -> dict[str, Any]:
    """Times of both by turns; who begins changes, so that neither always follows the other."""
    times: tuple[list[float], list[float]] = ([], [])
    seen: tuple[set[tuple[int, int]], set[tuple[int, int]]] = (set(), set())
    for turn in range(samples):
        for which in ((0, 1) if turn % 2 else (1, 0)):
            seconds, *answer = stranger.times((one, other)[which])
            times[which].append(seconds)
            seen[which].add((answer[0], answer[1]))
    kept = [sorted(each)[: len(each) - int(len(each) * TRIMMED)] for each in times]
    means = [statistics.fmean(each) for each in kept]
    errors = [statistics.variance(each) / len(each) for each in kept]
    return {
        "microseconds": [round(statistics.median(each) * 1e6, 1) for each in kept],
        "t": round((means[0] - means[1]) / (errors[0] + errors[1]) ** 0.5, 2),
        "same": seen[0] == seen[1] and len({status for status, _length in seen[0]}) == 1,
    }


def measure(samples: int, folder: Path) -> dict[str, dict[str, Any]]:
    database = databases.fresh_sqlite(databases.migrated_file(folder / "template"), folder / "home")
    clock = Clock()
    house = House(replace(services_over(database, clock), passwords=Argon2Passwords()), clock, database)
    house.account("coordinator@example.org", Role.COORDINATOR)
    stranger = Stranger(create_app(house.services, intake=intake()).test_client(), clock)
    pairs = cases(house, stranger)
    gc.disable()
    results = {}
    for name, (one, other) in pairs.items():
        gc.collect()
        count = max(samples // 100, 20) if name.startswith("sign in") else samples
        compared(stranger, one, other, max(count // 20, 5))
        results[name] = {"samples": count} | compared(stranger, one, other, count)
    database.dispose()
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--samples", type=int, default=20_000, help="of each of the two")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        results = measure(wanted.samples, Path(folder))
    if wanted.json:
        print(json.dumps(results))
    else:
        for name, each in results.items():
            one, other = each["microseconds"]
            alike = "" if each["same"] else "  NOT ALIKE"
            print(f"{name:36} {each['samples']:6} x {one:9.1f} us {other:9.1f} us   t {each['t']:+6.2f}{alike}")
    return 0 if all(each["same"] and abs(each["t"]) < BAR for each in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
