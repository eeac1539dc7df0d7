"""The tree is the one of RFC 6962, by its own recursive definition; proofs prove what is there and nothing else."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence import Malformed, merkle
from signing.evidence.merkle import Frontier

from .builders import refusal


def leaves_of(size: int) -> list[bytes]:
    return [merkle.leaf_hash(b"%d" % index) for index in range(size)]


def tree_hash(leaves: list[bytes]) -> bytes:
    """MTH, word for word from RFC 6962 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


SIZES = [*range(1, 41), 255, 256, 257]


@pytest.mark.parametrize("size", [0, *SIZES])
def test_the_root_is_that_of_the_definition(size):
    assert merkle.root(leaves_of(size)) == tree_hash(leaves_of(size))


def test_roots_are_those_of_every_size_in_turn():
    assert list(merkle.roots(leaves_of(40))) == [tree_hash(leaves_of(size)) for size in range(41)]


@pytest.mark.parametrize("size", SIZES)
def test_the_frontier_knows_root_and_newest_path_and_survives_storage(size):
    frontier = Frontier.empty()
    for leaf in leaves_of(size):
        frontier = Frontier.from_bytes(frontier.to_bytes()).append(leaf)
    assert frontier.size == size
    assert frontier.root() == tree_hash(leaves_of(size))
    assert frontier.last_path() == merkle.inclusion_path(leaves_of(size), size - 1)


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_has_a_path_that_proves_it_and_no_other(size):
    leaves = leaves_of(size)
    root = tree_hash(leaves)
    for index in range(size) if size <= 40 else (0, 1, 127, 128, size - 1):
        path = merkle.inclusion_path(leaves, index)
        assert merkle.verify_inclusion(leaves[index], index, size, path, root)
        assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, path, root)
        assert not merkle.verify_inclusion(leaves[index], index, size, (*path, root), root)
        assert not merkle.verify_inclusion(leaves[index], size, size, path, root)
        if size > 1:
            assert not merkle.verify_inclusion(leaves[index], index, size, path[:-1], root)
            assert not merkle.verify_inclusion(leaves[index], (index + 1) % size, size, path, root)


@pytest.mark.parametrize("size", [*range(1, 26), 257])
def test_every_older_size_has_a_proof_and_a_forked_one_has_none(size):
    leaves = leaves_of(size)
    root = tree_hash(leaves)
    for first in range(1, size + 1) if size <= 40 else (1, 64, 255, 256, 257):
        path = merkle.consistency_path(leaves, first)
        older = tree_hash(leaves[:first])
        assert merkle.verify_consistency(first, size, path, older, root)
        assert not merkle.verify_consistency(first, size, path, merkle.leaf_hash(b"fork"), root)
        assert not merkle.verify_consistency(first, size, path, older, merkle.leaf_hash(b"fork"))
        assert not merkle.verify_consistency(first, size, (*path, root), older, root)


@given(st.integers(-2, 40), st.integers(-2, 40), st.lists(st.binary(min_size=32, max_size=32), max_size=9))
def test_made_up_proofs_prove_nothing_and_raise_nothing(first, second, path):
    assert not merkle.verify_inclusion(merkle.leaf_hash(b""), first, second, path, b"\x07" * 32)
    if first != second:
        assert not merkle.verify_consistency(first, second, path, b"\x07" * 32, b"\x08" * 32)


def test_an_empty_older_tree_proves_no_consistency():
    assert not merkle.verify_consistency(0, 3, (), merkle.EMPTY_ROOT, tree_hash(leaves_of(3)))


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_a_leaf_that_is_not_there_has_no_path(index):
    with pytest.raises(Malformed, match="INDEX"):
        merkle.inclusion_path(leaves_of(5), index)
    with pytest.raises(Malformed, match="INDEX"):
        merkle.consistency_path(leaves_of(5), index if index != 5 else 0)


@given(st.binary(max_size=120))
def test_a_stored_frontier_is_read_strictly(data):
    refused = refusal(lambda: Frontier.from_bytes(data))
    assert refused in {"", "FRONTIER"}
    assert refused or Frontier.from_bytes(data).to_bytes() == data
