"""`signing witness`, really running: what it answers on the wire, and that killing it never brings it back."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from signing.evidence.checkpoint import Checkpoint
from signing.evidence.merkle import consistency_path, leaf_hash, root
from signing.evidence.policy import Policy
from signing.evidence.trust import Trust, TrustedLog
from signing.evidence.witness import add_checkpoint_body, origin_digest
from tests.evidence.builders import HOST, LOG, ORIGIN, STRANGER, Key
from tests.witness_servers import RunningWitness, command, running

NAME = "witness.example/w1"
LEAVES = [leaf_hash(b"entry %d" % number) for number in range(60)]
OTHERS = [leaf_hash(b"another %d" % number) for number in range(60)]


def note(leaves: list[bytes], key: Key = LOG, origin: str = ORIGIN) -> bytes:
    return Checkpoint(origin, len(leaves), root(leaves)).sign(key.raw, key.private.sign)


def body(old: int, leaves: list[bytes], key: Key = LOG, origin: str = ORIGIN) -> bytes:
    proof = consistency_path(leaves, old) if 0 < old < len(leaves) else ()
    return add_checkpoint_body(old, proof, note(leaves, key, origin))


@pytest.fixture(scope="module")
def trust_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("coordinator") / "trust.json"
    path.write_bytes(Trust(logs=(TrustedLog(f"{HOST}/l/", LOG.public.public_key),)).to_bytes())
    return path


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory, trust_file: Path) -> Iterator[RunningWitness]:
    """One witness for all tests; each has a log of its own."""
    made = RunningWitness(tmp_path_factory.mktemp("witness"), NAME, "--log", trust_file)
    with running(made):
        yield made


def cosigned_by(witness: RunningWitness, answer: bytes, leaves: list[bytes], origin: str = ORIGIN) -> bool:
    _, whole = Checkpoint.from_note(note(leaves, origin=origin) + answer)
    return witness.key in whole.verify([witness.key])


def test_a_checkpoint_is_cosigned_kept_and_served(witness: RunningWitness) -> None:
    origin = f"{HOST}/l/kept"
    assert witness.latest(origin_digest(origin)) is None
    for old, size in ((0, 3), (3, 3), (3, 10)):
        status, answer, kind = witness.add_checkpoint(body(old, LEAVES[:size], origin=origin))
        assert (status, kind) == (200, "text/plain; charset=utf-8")
        assert cosigned_by(witness, answer, LEAVES[:size], origin)
        assert witness.latest(origin_digest(origin)) == note(LEAVES[:size], origin=origin) + answer


def test_each_refusal_has_its_status_and_the_size_that_is_held(witness: RunningWitness) -> None:
    origin = f"{HOST}/l/refusals"
    assert witness.add_checkpoint(body(0, LEAVES[:5], origin=origin))[0] == 200
    for submitted, status in (
        (body(0, LEAVES[:5], origin="elsewhere.example/l/x"), 404),
        (body(5, LEAVES[:6], STRANGER, origin), 403),
        (body(6, LEAVES[:5], origin=origin), 400),
        (b"old 5\n\nwhat is this\n", 400),
        # The equivocating log: the same size with other entries, a larger one that does not continue.
        (body(5, OTHERS[:5], origin=origin), 422),
        (body(5, OTHERS[:6], origin=origin), 422),
        (b"x" * 300_000, 413),
    ):
        assert witness.add_checkpoint(submitted)[0] == status
    # A roll-back: an older log, whatever it says the witness holds.
    for submitted in (body(0, LEAVES[:4], origin=origin), body(4, LEAVES[:4], origin=origin)):
        assert witness.add_checkpoint(submitted) == (409, b"5\n", "text/x.tlog.size")
    kept = witness.latest(origin_digest(origin))
    assert kept is not None
    assert Checkpoint.from_note(kept)[0] == Checkpoint(origin, 5, root(LEAVES[:5]))


def test_a_witness_killed_again_and_again_never_goes_back(tmp_path: Path, trust_file: Path) -> None:
    killed = RunningWitness(tmp_path, NAME, "--log", trust_file)
    with running(killed):
        for size in (4, 9, 20):
            held = killed.latest(origin_digest(ORIGIN))
            old = Checkpoint.from_note(held)[0].size if held else 0
            assert killed.add_checkpoint(body(old, LEAVES[:size]))[0] == 200
            killed.kill()
            killed.start()
            assert killed.add_checkpoint(body(size, OTHERS[: size + 1]))[0] == 422
            assert killed.add_checkpoint(body(0, OTHERS[: size + 1])) == (409, b"%d\n" % size, "text/x.tlog.size")
            latest = killed.latest(origin_digest(ORIGIN))
            assert latest is not None
            assert Checkpoint.from_note(latest)[0] == Checkpoint(ORIGIN, size, root(LEAVES[:size]))


def test_a_log_can_be_named_by_key_and_prefix_instead(tmp_path: Path) -> None:
    (tmp_path / "log.pem").write_text(STRANGER.public.public_key)
    made = RunningWitness(tmp_path / "w", NAME, "--log-key", tmp_path / "log.pem", "--prefix", "other.example/l/")
    with running(made):
        assert made.add_checkpoint(body(0, LEAVES[:2], STRANGER, "other.example/l/a"))[0] == 200
        assert made.add_checkpoint(body(0, LEAVES[:2], STRANGER, ORIGIN))[0] == 404


def test_the_line_that_init_prints_stands_in_a_policy_and_a_second_init_keeps_the_key(tmp_path: Path) -> None:
    first = command("init", "--name", NAME, "--folder", tmp_path)
    second = command("init", "--name", NAME, "--folder", tmp_path)
    lines = [line.strip() for line in second.splitlines() if line.startswith("  witness ")]
    assert lines == [line.strip() for line in first.splitlines() if line.startswith("  witness ")]
    policy = Policy.from_text(f"{lines[0]}\nquorum {NAME}\n")
    assert policy.urls == {NAME: f"https://{NAME}"}
    assert policy.witnesses[NAME].vkey == (tmp_path / "witness.vkey").read_text().strip()


def test_key_and_passphrase_are_for_their_owner_only_and_the_key_is_encrypted(tmp_path: Path) -> None:
    command("init", "--name", NAME, "--folder", tmp_path)
    for name in ("witness.pem", "passphrase"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert re.match(r"-----BEGIN ENCRYPTED PRIVATE KEY-----", (tmp_path / "witness.pem").read_text())


def test_what_cannot_work_is_refused_in_words(tmp_path: Path, trust_file: Path) -> None:
    assert "signing witness init" in command("serve", "--folder", tmp_path / "none", "--log", trust_file, code=2)
    assert "without spaces" in command("init", "--name", "two words", "--folder", tmp_path / "n", code=2)
    command("init", "--name", NAME, "--folder", tmp_path / "w")
    assert "has to know a log" in command("serve", "--folder", tmp_path / "w", code=2)
    assert "--log-key and --prefix" in command("serve", "--folder", tmp_path / "w", "--prefix", "x/l/", code=2)
    assert "folder of its own" in command("init", "--name", "witness.example/w2", "--folder", tmp_path / "w", code=2)
    (tmp_path / "log.pem").write_text(LOG.public.public_key)
    wrong = ("--log-key", tmp_path / "log.pem", "--prefix", "https://letters.example")
    assert "origin_prefix" in command("serve", "--folder", tmp_path / "w", *wrong, code=2)
    (tmp_path / "w" / "passphrase").unlink()
    assert "passphrase" in command("serve", "--folder", tmp_path / "w", "--log", trust_file, code=2)
