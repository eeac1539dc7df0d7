"""Our logs before real witnesses, each a process of its own, on both databases: a quorum follows every change, and
whatever a witness answers that is not what it should be is neither stored nor kept quiet."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from signing.adapters.key_files import FileSigner
from signing.adapters.witnesses import WitnessKeeper, cosignature_in, post
from signing.domain.letter import LetterState
from signing.evidence.checkpoint import Checkpoint
from signing.evidence.keyring import raw_from_pem
from signing.evidence.note import ALG_ED25519, NoteKey, cosignature_line
from signing.evidence.policy import Policy
from signing.evidence.trust import Trust, TrustedLog
from signing.evidence.witness import origin_digest
from signing.workflow.appending import checkpoint_note
from signing.workflow.evidence_ports import Cosignature
from signing.workflow.log_serving import cosigned_checkpoint
from signing.workflow.ports import Services
from signing.workflow.witness_state import witness_policy, witness_state
from tests.adapters.builders import LETTER, NOW, a_letter, a_version, lay_out
from tests.adapters.conftest import Clock
from tests.evidence.builders import WITNESS, WITNESS_KEY
from tests.witness_servers import RunningWitness, running

ORIGIN = a_letter().origin


@pytest.fixture(scope="module")
def witnesses(
    tmp_path_factory: pytest.TempPathFactory, signers: dict[str, FileSigner]
) -> Iterator[list[RunningWitness]]:
    """Three witnesses of the installation's logs. What they remember is emptied for each test."""
    folder = tmp_path_factory.mktemp("witnesses")
    trust = Trust(logs=(TrustedLog("letters.example.org/l/", signers["log"].public.public_key),))
    (folder / "trust.json").write_bytes(trust.to_bytes())
    made = [RunningWitness(folder / name, f"{name}.example", "--log", folder / "trust.json") for name in "abc"]
    with running(*made):
        yield made


@pytest.fixture
def fresh(witnesses: list[RunningWitness]) -> list[RunningWitness]:
    for each in witnesses:
        for file in (each.folder / "checkpoints").glob("*"):
            file.unlink()
        if each.process is None:
            each.start()
    return witnesses


def policy_of(witnesses: list[RunningWitness], threshold: int = 2) -> str:
    names = " ".join(each.name for each in witnesses)
    return f"{''.join(each.line for each in witnesses)}group all-of-us {threshold} {names}\nquorum all-of-us\n"


def asking(services: Services, policy: str) -> tuple[Services, WitnessKeeper]:
    services = replace(services, installation=replace(services.installation, witness_policy=policy))
    return services, WitnessKeeper(services, Policy.from_text(policy))


def grow(services: Services, *entries: bytes) -> None:
    with services.unit_of_work(write=True) as uow:
        for entry in entries:
            uow.log.append(uow.log.lock(LETTER), "assent", entry, services.clock())
        uow.commit()


@pytest.fixture
def opened(services: Services) -> Services:
    """An open letter with two entries in its log."""
    lay_out(services.unit_of_work)
    with services.unit_of_work(write=True) as uow:
        uow.letters.set_state(LETTER, LetterState.OPEN, version=1, opened_at=NOW)
        uow.letters.freeze(LETTER, a_version().number, NOW)
        uow.commit()
    grow(services, b"letter", b"assent")
    return services


def stored(services: Services) -> list[tuple[int, str]]:
    with services.unit_of_work() as uow:
        return [(each.size, each.witness) for each in uow.cosignatures.of_letter(LETTER)]


def newest_note(services: Services) -> bytes:
    with services.unit_of_work() as uow:
        letter = uow.letters.get(LETTER)
    assert letter is not None
    return cosigned_checkpoint(services, letter)


def test_every_change_is_cosigned_by_all_and_the_note_meets_the_quorum(
    opened: Services, fresh: list[RunningWitness], clock: Clock
) -> None:
    services, keeper = asking(opened, policy_of(fresh))
    for entries in ((), (b"3",), (b"4", b"5", b"6", b"7"), (b"8",)):
        grow(services, *entries)
        keeper.run(clock.now)
        state = witness_state(services, LETTER)
        assert state is not None
        assert (state.size - state.covered, state.waiting_since, state.late, state.missing) == (0, None, False, ())
        checkpoint, note = Checkpoint.from_note(newest_note(services))
        raw = raw_from_pem(services.log_key.public.public_key)
        checkpoint.verify(note, [NoteKey(ORIGIN, ALG_ED25519, raw)])
        policy = witness_policy(services)
        assert policy is not None
        policy.verify(note)
        assert set(note.verify(policy.witnesses.values())) == {each.key for each in fresh}
    assert sorted({size for size, _ in stored(services)}) == [2, 3, 7, 8]


def test_a_keeper_that_starts_anew_learns_what_a_witness_holds_and_asks_nobody_twice(
    opened: Services, fresh: list[RunningWitness], clock: Clock
) -> None:
    services, keeper = asking(opened, policy_of(fresh))
    keeper.run(clock.now)
    grow(services, b"3", b"4", b"5")
    _, another = asking(opened, policy_of(fresh))
    another.run(clock.now)
    before = stored(services)
    assert len(before) == 6
    for each in fresh:
        each.kill()
    another.run(clock.now)
    keeper.run(clock.now)
    assert stored(services) == before


def test_a_witness_that_was_down_catches_up_and_the_others_are_enough_meanwhile(
    opened: Services, fresh: list[RunningWitness], clock: Clock
) -> None:
    services, keeper = asking(opened, policy_of(fresh))
    fresh[0].kill()
    keeper.run(clock.now)
    state = witness_state(services, LETTER)
    assert state is not None
    assert (state.covered, state.missing) == (2, (fresh[0].name,))
    grow(services, b"3")
    fresh[0].start()
    # It is not asked at once again: a witness that is down is left alone for a while.
    keeper.run(clock.now)
    assert (3, fresh[0].key.vkey) not in stored(services)
    clock.advance(seconds=11)
    keeper.run(clock.now)
    assert (3, fresh[0].key.vkey) in stored(services)


def test_too_few_witnesses_for_a_quarter_of_an_hour_are_told_loudly_once_an_hour(
    opened: Services, fresh: list[RunningWitness], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    services, keeper = asking(opened, policy_of(fresh))
    keeper.run(clock.now)
    for each in fresh[:2]:
        each.kill()
    clock.advance(days=1)
    changed = clock.now
    grow(services, b"3")
    keeper.run(clock.now)
    clock.advance(minutes=15)
    keeper.run(clock.now)
    assert "CRITICAL" not in caplog.text
    clock.advance(seconds=1)
    for _ in range(3):
        keeper.run(clock.now)
    loud = [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]
    assert len(loud) == 1
    assert "2 of 3 entries" in loud[0]
    assert all(each.name in loud[0] for each in fresh[:2])
    state = witness_state(services, LETTER)
    assert state is not None
    assert (state.late, state.waiting_since, state.covered) == (True, changed, 2)
    clock.advance(hours=1)
    keeper.run(clock.now)
    assert sum(record.levelname == "CRITICAL" for record in caplog.records) == 2


def test_a_log_that_was_rolled_back_and_goes_on_otherwise_is_refused_by_its_witnesses_and_told_loudly(
    opened: Services, fresh: list[RunningWitness], clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The equivocating log of EVIDENCE 4.10, ours: another history, signed with the real key."""
    services, keeper = asking(opened, policy_of(fresh))
    keeper.run(clock.now)
    held = [each.latest(origin_digest(ORIGIN)) for each in fresh]
    forked = replace(a_letter("letter-2"), origin=ORIGIN, state=LetterState.OPEN, version=1)
    with services.unit_of_work(write=True) as uow:
        uow.letters.add(forked)
        uow.log.create("letter-2")
        for entry in (b"letter", b"another assent", b"third"):
            uow.log.append(uow.log.lock("letter-2"), "assent", entry, NOW)
        uow.commit()
    blind = replace(services, high_water=Blind())
    WitnessKeeper(blind, Policy.from_text(policy_of(fresh))).run(clock.now)
    assert "does not continue" in caplog.text
    with services.unit_of_work() as uow:
        assert uow.cosignatures.of_letter("letter-2") == []
    assert [each.latest(origin_digest(ORIGIN)) for each in fresh] == held


def test_a_database_that_was_rolled_back_is_told_by_the_witnesses_even_without_our_own_guard(
    opened: Services, fresh: list[RunningWitness], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    services, keeper = asking(opened, policy_of(fresh))
    keeper.run(clock.now)
    with services.unit_of_work(write=True) as uow:
        uow.letters.add(replace(a_letter("letter-2"), origin=ORIGIN, state=LetterState.OPEN, version=1))
        uow.log.create("letter-2")
        uow.log.append(uow.log.lock("letter-2"), "letter", b"letter", NOW)
        uow.commit()
    WitnessKeeper(replace(services, high_water=Blind()), Policy.from_text(policy_of(fresh))).run(clock.now)
    assert "restored from a backup" in caplog.text
    with services.unit_of_work() as uow:
        assert uow.cosignatures.of_letter("letter-2") == []


def test_a_log_our_own_guard_finds_rolled_back_goes_to_nobody_and_is_told_once_an_hour(
    opened: Services, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    opened.high_water.advance(ORIGIN, 9, b"r" * 32)
    with liar(lambda: (200, b"", {})) as (url, sent):
        _, keeper = asking(opened, f"witness w1 {WITNESS_KEY.vkey} {url}\nquorum w1\n")
        for _ in range(3):
            keeper.run(clock.now)
        clock.advance(hours=1)
        keeper.run(clock.now)
    assert sent == []
    assert ["goes to no witness" in record.getMessage() for record in caplog.records] == [True, True]


class Blind:
    """The guard outside the database, lost."""

    def check(self, origin: str, size: int, root: bytes) -> None: ...
    def mark(self, origin: str) -> None: ...
    def advance(self, origin: str, size: int, root: bytes) -> None: ...


@contextmanager
def liar(answer: Callable[[], tuple[int, bytes, dict[str, str]]]) -> Iterator[tuple[str, list[bytes]]]:
    """A witness that answers what it is told to; its address, and what it was sent."""
    sent: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["Content-Length"])))
            status, body, headers = answer()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *ignored: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", sent
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def lies(note: bytes) -> dict[str, tuple[int, bytes, dict[str, str]]]:
    text = note.partition(b"\n\n")[0] + b"\n"
    other = text.replace(b"\n2\n", b"\n3\n")
    sign = WITNESS.private.sign
    return {
        "nothing": (200, b"", {}),
        "no line": (200, b"<html>", {}),
        "over another checkpoint": (200, cosignature_line(other, WITNESS_KEY.name, WITNESS.raw, 1, sign), {}),
        "of an unknown key": (200, cosignature_line(text, "x.example", WITNESS.raw, 1, sign), {}),
        "too long": (200, b"x" * 70_000, {}),
        "elsewhere": (302, b"", {"Location": "http://127.0.0.1:1/add-checkpoint"}),
        "an error": (500, b"sorry", {}),
        "no size": (409, b"many\n", {}),
        "a size that never ends": (409, b"9" * 60_000, {}),
        "the size it was sent": (409, b"0\n", {}),
        "unknown": (404, b"", {}),
    }


@pytest.mark.parametrize("lie", list(lies(b"a\n2\nb\n\n")))
def test_what_does_not_verify_is_not_stored_whatever_a_witness_says(
    opened: Services, clock: Clock, caplog: pytest.LogCaptureFixture, lie: str
) -> None:
    with opened.unit_of_work() as uow:
        head = uow.log.head(LETTER)
    note = checkpoint_note(opened, ORIGIN, head.size, head.frontier.root())
    with liar(lambda: lies(note)[lie]) as (url, sent):
        services, keeper = asking(opened, f"witness w1 {WITNESS_KEY.vkey} {url}\nquorum w1\n")
        keeper.run(clock.now)
        keeper.run(clock.now)
        # Nobody is asked again at once, and nobody follows it elsewhere.
        assert len(sent) == 1
    assert stored(services) == []
    assert [record.levelname for record in caplog.records]


def test_the_line_of_the_known_key_is_found_among_others(opened: Services) -> None:
    with opened.unit_of_work() as uow:
        head = uow.log.head(LETTER)
    note = checkpoint_note(opened, ORIGIN, head.size, head.frontier.root())
    text = note.partition(b"\n\n")[0] + b"\n"
    own = cosignature_line(text, WITNESS_KEY.name, WITNESS.raw, 1, WITNESS.private.sign)
    other = cosignature_line(text, "x.example", WITNESS.raw, 1, WITNESS.private.sign)
    assert cosignature_in(note, other + own + other, WITNESS_KEY) == own


def test_a_witness_that_grows_while_it_is_asked_is_asked_three_times_and_then_left_alone(
    opened: Services, clock: Clock
) -> None:
    sizes = iter(range(1, 100))
    with liar(lambda: (409, b"%d\n" % (next(sizes) % 3), {})) as (url, sent):
        _, keeper = asking(opened, f"witness w1 {WITNESS_KEY.vkey} {url}\nquorum w1\n")
        keeper.run(clock.now)
    assert len(sent) == 3


def test_a_slash_at_the_end_of_an_address_makes_no_other_address() -> None:
    with liar(lambda: (200, b"fine", {})) as (url, sent):
        assert post(f"{url}/", b"body") == (200, b"fine")
    assert sent == [b"body"]


def test_the_state_finds_the_newest_quorum_however_far_back(opened: Services, clock: Clock) -> None:
    policy = f"witness w1 {WITNESS_KEY.vkey} http://localhost:1\nquorum w1\n"
    services, _ = asking(opened, policy)
    grow(services, *(b"%d" % number for number in range(3, 301)))
    with services.unit_of_work(write=True) as uow:
        for size in range(1, 301):
            for name in ("x", "y"):
                uow.cosignatures.add(Cosignature(LETTER, size, name, b"", NOW))
        uow.cosignatures.add(Cosignature(LETTER, 7, WITNESS_KEY.vkey, b"", NOW))
        uow.commit()
    clock.advance(minutes=16)
    state = witness_state(services, LETTER)
    assert state is not None
    assert (state.size, state.covered, state.waiting_since, state.late) == (300, 7, NOW, True)
    assert witness_state(opened, LETTER) is None
