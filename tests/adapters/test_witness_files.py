"""What a witness remembers is on the disk before it answers, whoever dies, and nothing else is ever believed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signing.adapters.witness_files import WitnessFiles
from signing.evidence.checkpoint import Checkpoint
from signing.evidence.merkle import consistency_path, leaf_hash, root
from signing.evidence.note import Note
from signing.evidence.trust import TrustedLog
from signing.evidence.witness import add_checkpoint_body, origin_digest
from signing.workflow.witnessing import MemoryUnreadable, Witness
from tests.evidence.builders import HOST, LOG, ORIGIN, WITNESS, Key

LEAVES = [leaf_hash(b"entry %d" % number) for number in range(30)]
OTHERS = [leaf_hash(b"another %d" % number) for number in range(30)]


class Signer:
    """A key of the tests' builders as the workflow wants it."""

    def __init__(self, key: Key) -> None:
        self.public = key.public
        self._key = key

    def sign(self, data: bytes) -> bytes:
        return self._key.private.sign(data)


def witness(folder: Path, clock: Callable[[], datetime] = lambda: datetime(2026, 11, 24, tzinfo=UTC)) -> Witness:
    logs = [TrustedLog(f"{HOST}/l/", LOG.public.public_key)]
    return Witness("witness.example/w1", Signer(WITNESS), logs, WitnessFiles(folder), clock)


def body(old: int, leaves: list[bytes]) -> bytes:
    note = Checkpoint(ORIGIN, len(leaves), root(leaves)).sign(LOG.raw, LOG.private.sign)
    return add_checkpoint_body(old, consistency_path(leaves, old) if 0 < old < len(leaves) else (), note)


def size_held(folder: Path) -> int:
    note = witness(folder).latest(origin_digest(ORIGIN))
    return Checkpoint.from_note(note)[0].size if note else 0


def test_the_latest_checkpoint_is_kept_with_both_signatures_and_survives_a_new_process(tmp_path: Path) -> None:
    answer = witness(tmp_path).add_checkpoint(body(0, LEAVES[:3]))
    assert answer.status == 200
    kept = witness(tmp_path).latest(origin_digest(ORIGIN))
    assert kept is not None
    assert kept.endswith(answer.body)
    checkpoint, note = Checkpoint.from_note(kept)
    assert (checkpoint.size, checkpoint.root) == (3, root(LEAVES[:3]))
    assert note.verify([witness(tmp_path).key]) == (witness(tmp_path).key,)
    assert witness(tmp_path).add_checkpoint(body(0, LEAVES[:4])).body == b"3\n"


def test_what_is_refused_leaves_no_trace(tmp_path: Path) -> None:
    witness(tmp_path).add_checkpoint(body(0, LEAVES[:5]))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for refused in (body(5, OTHERS[:6]), body(5, OTHERS[:5]), body(3, LEAVES[:4]), body(6, LEAVES[:5]), b"old"):
        assert witness(tmp_path).add_checkpoint(refused).status != 200
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_of_submissions_that_come_at_once_none_brings_the_witness_back(tmp_path: Path) -> None:
    answered: list[tuple[int, int]] = []

    def submit(size: int) -> None:
        for old in range(size):
            answer = witness(tmp_path).add_checkpoint(body(old, LEAVES[:size]))
            answered.append((size, answer.status))

    threads = [threading.Thread(target=submit, args=(size,)) for size in range(1, 16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    signed = [size for size, status in answered if status == 200]
    assert {status for _, status in answered} <= {200, 409}
    assert signed
    assert size_held(tmp_path) == max(signed)


class PowerCut(Exception):
    """The machine stops here."""


@pytest.mark.parametrize("moment", ["open", "fsync", "replace"])
def test_a_witness_that_stops_while_it_writes_has_the_old_or_the_new_and_answered_nothing_it_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    witness(tmp_path).add_checkpoint(body(0, LEAVES[:3]))
    running = witness(tmp_path)

    def stop(*ignored: object, **ignored_too: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        if moment == "replace":
            patched.setattr(Path, "replace", stop)
        else:
            patched.setattr(os, "fsync" if moment == "fsync" else "fdopen", stop)
        with pytest.raises(PowerCut):
            running.add_checkpoint(body(3, LEAVES[:4]))
    assert size_held(tmp_path) == 3
    assert witness(tmp_path).add_checkpoint(body(3, LEAVES[:4])).status == 200


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: b"",
        lambda kept: kept[:-1],
        lambda kept: Note.from_bytes(kept).text + b"\n" + Note.from_bytes(kept).signatures[0].to_line(),
        lambda kept: kept.replace(b"\n3\n", b"\n2\n"),
        lambda kept: kept.replace(ORIGIN.encode(), b"assent.example/l/other"),
    ],
    ids=["empty", "cut short", "not cosigned", "another size", "another origin"],
)
def test_a_memory_that_was_tampered_with_is_not_believed_and_not_overwritten(
    tmp_path: Path, spoil: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    witness(tmp_path).add_checkpoint(body(0, LEAVES[:3]))
    file = tmp_path / origin_digest(ORIGIN)
    spoilt = spoil(file.read_bytes())
    file.write_bytes(spoilt)
    for old in (0, 2, 3):
        with pytest.raises(MemoryUnreadable):
            witness(tmp_path).add_checkpoint(body(old, LEAVES[:4]))
    assert file.read_bytes() == spoilt
    assert "CRITICAL" in caplog.text


def test_only_digests_are_looked_up(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "secret").write_text("x")
    assert witness(tmp_path / "checkpoints").latest("../secret") is None
    assert witness(tmp_path / "checkpoints").latest("lock") is None
