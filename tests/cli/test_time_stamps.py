"""Time stamps as the operator meets them: refused without a root, asked for by the worker, told when missed."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.adapters.time_authority_server import Answer, Server, listening
from tests.cli.test_commands import LETTER, written
from tests.evidence.time_authority import TimeAuthority
from tests.installation import Desk, Installation

AUTHORITY = TimeAuthority()
NAME = "127-0-0-1"


@pytest.fixture
def server() -> Iterator[Server]:
    with listening(
        Server(lambda question: Answer(AUTHORITY.answer(question, datetime.now(UTC))), AUTHORITY.root_pem)
    ) as listener:
        yield listener


@pytest.fixture
def place(tmp_path: Path, server: Server) -> Installation:
    installation = Desk(tmp_path)
    installation.environment["SIGNING_TSA_URLS"] = f"http://127.0.0.1:{server.port}/tsr"
    installation.run("init")
    return installation


def with_root(place: Installation) -> None:
    folder = place.folder / "keys" / "tsa"
    folder.mkdir()
    (folder / f"{NAME}.pem").write_text(AUTHORITY.root_pem)


def opened(place: Installation) -> str:
    letter: str = place.json("letter", "import", written(place, "letter.md", LETTER))["letter"]
    place.run("letter", "open", letter)
    return letter


def findings(place: Installation, code: int = 0) -> dict[str, tuple[str, str]]:
    return {each["what"]: (each["state"], each["remedy"]) for each in place.json("doctor", code=code)}


def test_without_the_authoritys_root_nothing_starts_and_doctor_says_where_to_put_it(place: Installation) -> None:
    state, remedy = findings(place, code=1)["time stamps"]
    assert state == "mend"
    assert f"tsa/{NAME}.pem" in remedy
    for command in (("serve",), ("worker", "--once")):
        assert f"tsa/{NAME}.pem" in place.run(*command, code=2)


def test_the_worker_has_an_opened_letter_stamped_and_the_bundle_holds_stamp_and_root(
    place: Installation, server: Server
) -> None:
    with_root(place)
    letter = opened(place)
    before = place.json("status", letter)["stamps"]
    assert (before["wanted"], before["newest_size"], before["late"]) == (True, 0, False)
    place.run("worker", "--once")
    after = place.json("status", letter)["stamps"]
    assert (after["newest_size"], after["late"], list(after["authorities"])) == (1, False, [NAME])

    place.run("export", letter, "--out", "bundle")
    stamped = datetime.strptime(after["newest_at"], "%Y-%m-%dT%H:%M:%S%z")
    done = subprocess.run(
        ["openssl", "ts", "-verify", "-data", "checkpoints/1", "-in", f"checkpoints/1.{NAME}.tsr",
         "-CAfile", f"tsa/{NAME}.pem", "-attime", str(int(stamped.timestamp()))],
        cwd=place.folder / "bundle", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_doctor_asks_the_authority_and_tells_of_a_missed_stamp(place: Installation, server: Server) -> None:
    with_root(place)
    letter = opened(place)
    told = findings(place)
    assert told[f"time-stamping authority {NAME}"][0] == "ok"
    assert "second authority" in told[f"time stamps by {NAME}"][1]

    server.answer = lambda question: Answer(b"", 503)
    # As if the letter had been opened 16 minutes ago.
    with contextlib.closing(sqlite3.connect(place.folder / "instance" / "signing.sqlite3")) as database, database:
        database.execute("UPDATE log_entry SET at = at - ?", (16 * 60 * 1_000_000,))
    told = findings(place, code=1)
    reason = "It does not stamp now: It answers with HTTP status 503."
    assert told[f"time-stamping authority {NAME}"] == ("note", reason)
    state, remedy = told[f"time stamps of letter {letter}"]
    assert state == "mend"
    assert f"no time stamp by {NAME}, due since" in remedy
    assert place.json("status", letter)["stamps"]["late"] is True
    assert f"Warning: no time stamp by {NAME}" in place.run("status", letter)
