"""What a witness answers to each thing a log may submit (C2SP tlog-witness, EVIDENCE 2.10)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence import EvidenceError, Malformed, merkle
from signing.evidence.checkpoint import Checkpoint
from signing.evidence.note import ALG_ED25519, NoteKey
from signing.evidence.policy import Policy
from signing.evidence.tiles import Tile, tile_path, tiles
from signing.evidence.witness import Held, Submission, Verdict, add_checkpoint_body, consider

from .builders import LOG, ORIGIN, STRANGER, WITNESS_KEY, Key, refusal

KEYS = (NoteKey(ORIGIN, ALG_ED25519, LOG.raw),)
LEAVES = [merkle.leaf_hash(b"entry %d" % number) for number in range(40)]
OTHERS = [merkle.leaf_hash(b"another %d" % number) for number in range(40)]


def held(size: int) -> Held:
    return Held(size, merkle.root(LEAVES[:size]))


def note(leaves: list[bytes], key: Key = LOG) -> bytes:
    return Checkpoint(ORIGIN, len(leaves), merkle.root(leaves)).sign(key.raw, key.private.sign)


def submission(old: int, leaves: list[bytes], key: Key = LOG) -> Submission:
    proof = merkle.consistency_path(leaves, old) if 0 < old < len(leaves) else ()
    return Submission.from_bytes(add_checkpoint_body(old, proof, note(leaves, key)))


@pytest.mark.parametrize("old", [0, 1, 2, 7, 16, 39, 40])
@pytest.mark.parametrize("size", [1, 2, 8, 31, 40])
def test_a_checkpoint_that_continues_what_is_held_is_cosigned(old: int, size: int) -> None:
    if old > size:
        return
    verdict = consider(submission(old, LEAVES[:size]), held(old), KEYS)
    assert (verdict.status, verdict.note and verdict.note.to_bytes()) == (200, note(LEAVES[:size]))


@pytest.mark.parametrize(
    ("asked", "holding", "keys", "status"),
    [
        (submission(0, LEAVES[:5]), held(0), (), 404),
        (submission(0, LEAVES[:5], STRANGER), held(0), KEYS, 403),
        (submission(6, LEAVES[:5]), held(5), KEYS, 400),
        (submission(4, LEAVES[:6]), held(5), KEYS, 409),
        (submission(0, LEAVES[:6]), held(5), KEYS, 409),
        # A roll-back: the log shows less than it did, whether it says so or not.
        (submission(3, LEAVES[:4]), held(5), KEYS, 409),
        # A fork, with a proof of its own history or of ours, and one at the size that is held.
        (submission(5, OTHERS[:6]), held(5), KEYS, 422),
        (replace(submission(5, OTHERS[:6]), proof=merkle.consistency_path(LEAVES[:6], 5)), held(5), KEYS, 422),
        (submission(5, OTHERS[:5]), held(5), KEYS, 422),
        (replace(submission(5, LEAVES[:6]), proof=()), held(5), KEYS, 422),
        (replace(submission(5, LEAVES[:5]), proof=(LEAVES[0],)), held(5), KEYS, 422),
        (replace(submission(0, LEAVES[:5]), proof=(LEAVES[0],)), held(0), KEYS, 422),
    ],
)
def test_everything_else_is_refused_as_the_specification_says(
    asked: Submission, holding: Held, keys: tuple[NoteKey, ...], status: int
) -> None:
    verdict = consider(asked, holding, keys)
    assert (verdict.status, verdict.note) == (status, None)
    if status == 409:
        assert verdict.words == str(holding.size)


def test_an_empty_log_has_the_root_of_an_empty_tree_or_is_refused() -> None:
    assert consider(submission(0, []), held(0), KEYS).status == 200
    wrong = Checkpoint(ORIGIN, 0, b"x" * 32).sign(LOG.raw, LOG.private.sign)
    assert consider(Submission.from_bytes(add_checkpoint_body(0, (), wrong)), held(0), KEYS).status == 422


def test_a_known_keys_line_that_does_not_fit_is_refused_though_another_fits() -> None:
    good, bad = note(LEAVES[:5]), note(LEAVES[:4])
    both = add_checkpoint_body(0, (), good + bad.rpartition(b"\n\n")[2])
    assert consider(Submission.from_bytes(both), held(0), KEYS).status == 403


def test_lines_of_keys_nobody_knows_are_neither_minded_nor_stored() -> None:
    stranger = note(LEAVES[:5], STRANGER).rpartition(b"\n\n")[2].replace(ORIGIN.encode(), b"a.stranger")
    verdict = consider(
        Submission.from_bytes(add_checkpoint_body(0, (), note(LEAVES[:5]) + stranger)), held(0), KEYS
    )
    assert verdict == Verdict(200, "", Submission.from_bytes(add_checkpoint_body(0, (), note(LEAVES[:5]))).note)


def test_a_witness_that_follows_a_log_never_signs_two_histories() -> None:
    """The equivocating log of EVIDENCE 4.10: one tree for one half of the world, another for the other."""
    holding, signed = Held(), []
    for size in range(1, 20):
        for leaves in (LEAVES[:size], OTHERS[:size]):
            for old in {holding.size, 0, size}:
                verdict = consider(submission(min(old, size), leaves), holding, KEYS)
                if verdict.note is not None:
                    seen = Checkpoint.from_text(verdict.note.text)
                    holding = Held(seen.size, seen.root)
                    signed.append(seen)
    assert {seen.root for seen in signed} == {merkle.root(LEAVES[:size]) for size in range(1, 20)}


GOOD = add_checkpoint_body(5, merkle.consistency_path(LEAVES[:9], 5), note(LEAVES[:9]))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"old 5", GOOD[:-1], b"\n" + GOOD, GOOD.replace(b"old 5", b"old 05"), GOOD.replace(b"old 5", b"old -5"),
        GOOD.replace(b"old ", b"OLD "), GOOD.replace(b"old 5", b"5"), GOOD.replace(b"old 5\n", b"old 5\r\n"),
        GOOD.replace(b"old 5\n", b"old 5\nAAAA\n"), GOOD.replace(b"\n\n", b"\n\n\n", 1),
        GOOD.replace(b"old 5\n", b"old 5\n" + 64 * b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"),
        GOOD + b" " * 256_000, GOOD.replace(ORIGIN.encode(), b""), GOOD.replace(b"\n9\n", b"\n9\nextension\n"),
    ],
)  # fmt: skip
def test_what_is_no_submission_cannot_be_read(body: bytes) -> None:
    with pytest.raises(Malformed):
        Submission.from_bytes(body)


@given(st.binary(max_size=300) | st.integers(0, len(GOOD)).map(lambda at: GOOD[:at] + b"x" + GOOD[at + 1 :]))
def test_whatever_is_read_was_written_so_and_nothing_but_malformed_escapes(body: bytes) -> None:
    if refusal(lambda: Submission.from_bytes(body)) == "":
        assert Submission.from_bytes(body).to_bytes() == body


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 40])
def test_any_subtree_a_proof_needs_comes_out_of_its_last_leafs_path(size: int) -> None:
    for first in range(1, size + 1):
        roots = []
        for low, high in merkle.consistency_ranges(first, size):
            path = merkle.inclusion_path(LEAVES[:high], high - 1)
            roots.append(merkle.root_ending(LEAVES[high - 1], path, high - 1, low))
        assert tuple(roots) == merkle.consistency_path(LEAVES[:size], first)


def test_a_range_that_is_no_subtree_has_no_root() -> None:
    path = merkle.inclusion_path(LEAVES[:8], 7)
    assert refusal(lambda: merkle.root_ending(LEAVES[7], path, 7, 1)) == "INDEX"
    assert refusal(lambda: merkle.root_ending(LEAVES[7], path[:1], 7, 0)) == "INDEX"
    assert refusal(lambda: merkle.consistency_ranges(0, 5)) == refusal(lambda: merkle.consistency_ranges(6, 5))


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_a_tile_knows_its_name_its_ranges_and_whether_a_log_has_it(size: int) -> None:
    leaves = [merkle.leaf_hash(b"%d" % number) for number in range(size)]
    for path, data in tiles(leaves).items():
        tile = Tile.from_path(path)
        assert tile.path == path
        assert b"".join(merkle.root(leaves[low:high]) for low, high in tile.ranges()) == data
        assert tile.is_in(size)
        assert not tile.is_in(tile.ranges()[-1][1] - 1)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0", "tile/0/0000", "tile/00/000", "tile/0/x000/000", "tile/7/000", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/01", "tile/entries/000", "tile/0/-01", "tile/0/٠٠٠", "tile/0/000/", "tile/0/x001/x234/67",
        "tile/0/000.p/", "tile//000", "tile/0/000\n",
    ],
)  # fmt: skip
def test_a_tile_has_one_name_and_entries_are_none(path: str) -> None:
    with pytest.raises(EvidenceError):
        Tile.from_path(path)


def test_the_specifications_example_of_a_name_is_read_back() -> None:
    assert Tile.from_path("tile/3/x001/x234/067") == Tile(3, 1234067)
    assert tile_path(3, 1234067) == "tile/3/x001/x234/067"


def test_a_policy_keeps_where_a_witness_is_reached() -> None:
    line = f"witness w1 {WITNESS_KEY.vkey}"
    assert Policy.from_text(f"{line} https://witness.example/\nquorum w1\n").urls == {"w1": "https://witness.example/"}
    assert Policy.from_text(f"{line}\nquorum w1\n").urls == {}
