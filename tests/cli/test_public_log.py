"""A whole installation with two witnesses, on both databases: what its operators configure, what it publishes, and what
the documented commands make of that."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from signing import config
from signing.adapters.database import connect
from signing.bootstrap import build
from signing.evidence.checkpoint import Checkpoint
from signing.evidence.trust import Trust
from signing.evidence.witness import origin_digest
from signing.workflow import closing
from signing.workflow.ports import Services
from signing.workflow.witness_state import witness_state
from tests.durability.place import wait_until
from tests.installation import ROOT, Desk, Installation
from tests.web.installation import Clock, House
from tests.witness_servers import RunningWitness, running

ORGANISATIONS = ("Friends of the River", "Association of the Valley")
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@dataclass
class Coalition:
    """An installation whose letter is closed, its services in this process too, and its witnesses."""

    place: Installation
    services: Services
    house: House
    letter_id: str
    witnesses: list[RunningWitness]

    @property
    def log(self) -> str:
        return f"{self.place.base_url}/l/{self.letter_id}/log"

    @property
    def origin(self) -> str:
        return f"localhost/l/{self.letter_id}"

    def covered(self) -> bool:
        state = witness_state(self.services, self.letter_id)
        return state is not None and state.covered == state.size and not state.missing


@pytest.fixture
def coalition(
    database_url: str, database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Coalition]:
    if database_kind == "postgresql":
        request.getfixturevalue("database")
    place = Desk(tmp_path / "place", database_url=database_url if database_kind == "postgresql" else "")
    place.run("init")
    place.run("keys", "export-trust", "--out", "first.json")
    names = ("river", "valley")
    witnesses = [
        RunningWitness(tmp_path / name, f"{name}.example/w", "--log", place.folder / "first.json") for name in names
    ]
    group = f"group both all {' '.join(each.name for each in witnesses)}\nquorum both\n"
    (place.folder / "witnesses.policy").write_text("".join(each.line for each in witnesses) + group)
    place.environment["SIGNING_WITNESSES"] = "witnesses.policy"
    settings = config.load(place.environment, place.folder)
    database = connect(settings.database_url, settings.home)
    services = build(settings, database)
    clock = Clock()
    clock.now = datetime.now(UTC)
    house = House(services, clock, database)
    letter_id = house.opened(*ORGANISATIONS)
    for organisation in ORGANISATIONS:
        house.approve(letter_id, organisation)
    closing.close(services, letter_id)
    with running(*witnesses):
        yield Coalition(place, services, house, letter_id, witnesses)
    database.dispose()


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "docs" / page).read_text(), re.DOTALL | re.MULTILINE)


@needs_curl
def test_a_published_log_is_cosigned_and_checked_with_the_documented_commands(
    coalition: Coalition, tmp_path: Path
) -> None:
    place = coalition.place
    with place.serving():
        wait_until(coalition.covered, "both witnesses have cosigned")
        assert status(f"{coalition.log}/checkpoint") == 404
        told = place.json("publish", coalition.letter_id)
        assert (told["letter"], told["state"]) == (coalition.letter_id, "published")
        folder = tmp_path / "auditor"
        folder.mkdir()
        place.run("keys", "export-trust", "--out", str(folder / "trust.json"))
        for each in coalition.witnesses:
            settings = os.environ | {"LOG": coalition.log, "WITNESS": each.key.vkey}
            for block in blocks("log.md", "sh")[:2]:
                done = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c", block], cwd=folder, env=settings, capture_output=True, text=True
                )
                assert done.returncode == 0, done.stderr
                assert "Signature Verified Successfully" in done.stdout
        (monitor,) = blocks("log.md", "python")
        assert watch(monitor, folder, coalition.log) == "4 entries, and what was there is still there\n"
        change(coalition, datetime.now(UTC))
        wait_until(coalition.covered, "the change is cosigned too")
        assert watch(monitor, folder, coalition.log) == "5 entries, and what was there is still there\n"
        (folder / "kept").write_bytes((folder / "kept").read_bytes().replace(b"\n5\n", b"\n4\n"))
        assert "rewritten" in watch(monitor, folder, coalition.log, code=1)
        (latest,) = [block for block in blocks("witness.md", "sh") if "$ORIGIN" in block]
        kept = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", latest], capture_output=True, check=True,
            env=os.environ | {"URL": coalition.witnesses[0].url, "ORIGIN": coalition.origin},
        )
        assert kept.stdout == coalition.witnesses[0].latest(origin_digest(coalition.origin))


def watch(monitor: str, folder: Path, log: str, code: int = 0) -> str:
    done = subprocess.run(["python3", "-c", monitor, log], cwd=folder, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def change(coalition: Coalition, at: datetime) -> None:
    """One more entry, as a withdrawal after publication makes it."""
    with coalition.services.unit_of_work(write=True) as uow:
        uow.log.append(uow.log.lock(coalition.letter_id), "assent", b"a later entry", at)
        uow.commit()


def test_bundle_and_trust_file_meet_the_quorum_and_the_doctor_names_a_letter_that_waits_for_it(
    coalition: Coalition,
) -> None:
    place = coalition.place
    place.run("worker", "--once")
    assert coalition.covered()
    trust = Trust.from_bytes(place.run("keys", "export-trust").encode())
    policy = trust.witness_policy()
    assert policy is not None
    assert {key.vkey for key in policy.witnesses.values()} == {each.key.vkey for each in coalition.witnesses}
    (place.folder / "trust.json").write_bytes(trust.to_bytes())
    place.run("export", coalition.letter_id, "--out", "bundle")
    _, note = Checkpoint.from_note((place.folder / "bundle" / "log" / "checkpoint").read_bytes())
    policy.verify(note)
    assert "WITNESS_QUORUM" not in place.run("verify", "bundle", "--trust", "trust.json")
    assert doctor(place) == ("ok", "")
    coalition.witnesses[0].kill()
    change(coalition, datetime.now(UTC) - timedelta(minutes=16))
    place.run("worker", "--once")
    state, words = doctor(place)
    assert state == "note"
    assert coalition.letter_id in words
    assert coalition.witnesses[0].name in words
    assert coalition.witnesses[1].name not in words
    assert "4 of 5 entries" in words


def doctor(place: Installation) -> tuple[str, str]:
    (finding,) = [each for each in place.json("doctor") if each["what"].startswith("witnesses")]
    return finding["state"], finding["remedy"]
