"""The log's Merkle tree, RFC 6962 2.1 = RFC 9162 2.1 (EVIDENCE 2.4); may import `errors`.

`leaves` are always leaf hashes, never entries. Proof steps follow the numbered algorithms of RFC 9162.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from .errors import Malformed

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash one log entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbouring subtrees as their parent."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Give the root over these leaf hashes."""
    frontier = Frontier.empty()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier.root()


def roots(leaves: Iterable[bytes]) -> Iterator[bytes]:
    """Give the root of every size in turn, from the empty tree on."""
    frontier = Frontier.empty()
    yield frontier.root()
    for leaf in leaves:
        frontier = frontier.append(leaf)
        yield frontier.root()


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def inclusion_ranges(index: int, size: int) -> tuple[tuple[int, int], ...]:
    """Name the subtrees, as ranges of leaves, whose roots are the path of one leaf, leaf side first.

    RFC 9162 2.1.3.1. As with `consistency_ranges`, each root can be had from its last leaf's path alone.

    Raises:
        Malformed: `INDEX` when there is no such leaf.
    """
    if not 0 <= index < size:
        raise Malformed("INDEX", f"There is no leaf {index} in a tree of {size}.")
    ranges: list[tuple[int, int]] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    return tuple(reversed(ranges))


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Give the path of one leaf up to the root, leaf side first (RFC 9162 2.1.3.1).

    Raises:
        Malformed: `INDEX` when there is no such leaf.
    """
    return tuple(root(leaves[low:high]) for low, high in inclusion_ranges(index, len(leaves)))


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes) -> bool:
    """Tell whether the path leads from the leaf to the root (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, second, result = index, size - 1, leaf
    for step in path:
        if second == 0:
            return False
        if first & 1 or first == second:
            result = node_hash(step, result)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            result = node_hash(result, step)
        first, second = first >> 1, second >> 1
    return second == 0 and result == expected_root


def consistency_ranges(first: int, size: int) -> tuple[tuple[int, int], ...]:
    """Name the subtrees, as ranges of leaves, whose roots prove that `size` leaves continue the first `first`.

    RFC 9162 2.1.4.1. All of them end at a full subtree's edge or at the tree's, so each root can be had from the
    path of its last leaf alone (`root_ending`).

    Raises:
        Malformed: `INDEX` when the older size is not within 1 … the newer one.
    """
    if not 0 < first <= size:
        raise Malformed("INDEX", f"No consistency proof leads from {first} to {size} entries.")
    ranges: list[tuple[int, int]] = []
    low, high, complete = 0, size, True
    while first - low != high - low:
        middle = low + _split(high - low)
        if first <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low, complete = middle, False
    if not complete:
        ranges.append((low, high))
    return tuple(reversed(ranges))


def consistency_path(leaves: Sequence[bytes], first: int) -> tuple[bytes, ...]:
    """Give the proof that the tree over `leaves` continues its first `first` leaves (RFC 9162 2.1.4.1).

    Raises:
        Malformed: `INDEX` when the older size is not within 1 … the newer one.
    """
    return tuple(root(leaves[low:high]) for low, high in consistency_ranges(first, len(leaves)))


def root_ending(leaf: bytes, path: Sequence[bytes], index: int, start: int) -> bytes:
    """Give the root over the leaves from `start` to `index`, out of the last leaf's path in the tree it ends.

    Raises:
        Malformed: `INDEX` when no subtree of that tree begins there, or the path is too short.
    """
    result, first, rest = leaf, index, index
    for step in path:
        if first <= start:
            break
        # The path's steps are the full subtrees to the left, the smallest first: the set bits of the index.
        result, first, rest = node_hash(step, result), first - (rest & -rest), rest & (rest - 1)
    if first != start:
        raise Malformed("INDEX", f"No subtree of the log leads from entry {start} to entry {index}.")
    return result


def verify_consistency(first: int, second: int, path: Sequence[bytes], first_root: bytes, second_root: bytes) -> bool:
    """Tell whether the newer tree continues the older one (RFC 9162 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    steps = list(path)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    if not steps:
        return False
    older, newer = first - 1, second - 1
    while older & 1:
        older, newer = older >> 1, newer >> 1
    older_root = newer_root = steps[0]
    for step in steps[1:]:
        if newer == 0:
            return False
        if older & 1 or older == newer:
            older_root, newer_root = node_hash(step, older_root), node_hash(step, newer_root)
            while not older & 1 and older:
                older, newer = older >> 1, newer >> 1
        else:
            newer_root = node_hash(newer_root, step)
        older, newer = older >> 1, newer >> 1
    return newer == 0 and older_root == first_root and newer_root == second_root


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: enough to append, to give the root, and to prove the newest leaf.

    `subtrees` are the roots of the full subtrees that cover all leaves but the newest, left to right. Read
    backwards they are the newest leaf's inclusion path, so the edge is kept in this form and not closed.
    """

    size: int
    subtrees: tuple[bytes, ...]
    newest: bytes

    @classmethod
    def empty(cls) -> "Frontier":
        """Give the edge of the tree without leaves."""
        return cls(0, (), b"")

    def append(self, leaf: bytes) -> "Frontier":
        """Give the edge after one more leaf hash."""
        if self.size == 0:
            return Frontier(1, (), leaf)
        covered, node, count = len(self.subtrees), self.newest, self.size
        while not count & 1:
            covered, count = covered - 1, count >> 1
            node = node_hash(self.subtrees[covered], node)
        return Frontier(self.size + 1, (*self.subtrees[:covered], node), leaf)

    def root(self) -> bytes:
        """Give the root of the tree of this size."""
        if self.size == 0:
            return EMPTY_ROOT
        result = self.newest
        for subtree in reversed(self.subtrees):
            result = node_hash(subtree, result)
        return result

    def last_path(self) -> tuple[bytes, ...]:
        """Give the inclusion path of the newest leaf in the tree of this size."""
        return self.subtrees[::-1]

    def to_bytes(self) -> bytes:
        """Format as the size in eight bytes, the subtrees, and the newest leaf."""
        return self.size.to_bytes(8, "big") + b"".join(self.subtrees) + self.newest

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frontier":
        """Read what `to_bytes` wrote.

        Raises:
            Malformed: `FRONTIER` when the number of hashes does not fit the size.
        """
        size = int.from_bytes(data[:8], "big")
        hashes = [data[at : at + HASH_BYTES] for at in range(8, len(data), HASH_BYTES)]
        expected = (size - 1).bit_count() + 1 if size else 0
        if len(data) != 8 + HASH_BYTES * expected:
            raise Malformed("FRONTIER", "The edge of the tree does not fit its size.")
        return cls(size, tuple(hashes[:-1]), hashes[-1]) if size else cls.empty()
