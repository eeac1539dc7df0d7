"""What two sequences have in common, in nearly linear time whatever they hold; may import the standard library.

difflib gives good pieces, but a few thousand words that repeat keep it busy for minutes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

Pair = tuple[int, int]
Span = tuple[int, int, int, int]

# How much is compared at once (the square of about 8,000 words): 8 MB of memory, some tens of milliseconds.
_MOST_BITS: Final = 1 << 26
# Words that stand in more lines than this tell nothing about which two lines belong together.
_MOST_PLACES: Final = 32
_MOST_CANDIDATES: Final = 4
# A stretch longer than this is worth showing as unchanged, however much has changed around it.
_LONGEST_ISLAND: Final = 5


def common(before: Sequence[Hashable], after: Sequence[Hashable], known: Sequence[Pair] | None = None) -> list[Pair]:
    """Find a long row of equal members: their indices in both, rising in both.

    Pairs that are `known` are kept. Without any, members that occur once on both sides are matched first, as a
    reader would; the rest between them.
    """
    pairs: list[Pair] = []
    for span in between(_rare(before, after) if known is None else known, len(before), len(after)):
        pairs.extend(_trimmed(before, after, span))
    return pairs


def equal_ends(before: Sequence[Hashable], after: Sequence[Hashable]) -> tuple[int, int]:
    """How many members both begin with, and how many of the others both end with."""
    shorter = min(len(before), len(after))
    start = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    rest = shorter - start
    return start, next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)


def alike(before: Sequence[Mapping[str, int]], after: Sequence[Mapping[str, int]]) -> list[Pair]:
    """Pair lines that are like each other, in rising order, so that as much as possible is paired.

    A line is given as its words and how much each of them weighs in it.
    """
    return _heaviest_chain(_candidates(before, after))


def between(pairs: Sequence[Pair], before: int, after: int) -> Iterator[Span]:
    """The spans that begin behind one pair and end before the next, of sequences so long."""
    for (i1, j1), (i2, j2) in pairwise(((-1, -1), *pairs, (before, after))):
        yield i1 + 1, i2, j1 + 1, j2


def from_the_start(
    pairs: Sequence[Pair], before: Sequence[Hashable], after: Sequence[Hashable], ends: Collection[Hashable]
) -> list[Pair]:
    """Let what was only added, or only removed, begin behind a member of `ends` where it can.

    "We {know. We }say" and "{We know. }We say" are the same change; people write the second.
    """
    moved = list(pairs)
    for at, (i1, i2, j1, j2) in enumerate(between(pairs, len(before), len(after))):
        if (i1 < i2) == (j1 < j2):
            continue
        members, start, end = (after, j1, j2) if j1 < j2 else (before, i1, i2)
        # Members before the change that are the same as those at its end can change places with them.
        steps = 0
        while steps < at and _touch(moved, at - steps) and members[start - 1 - steps] == members[end - 1 - steps]:
            if start - 1 - steps == 0 or members[start - 2 - steps] in ends:
                for step in range(steps + 1):
                    i, j = moved[at - 1 - step]
                    moved[at - 1 - step] = (i, end - 1 - step) if members is after else (end - 1 - step, j)
                break
            steps += 1
    return moved


def _touch(pairs: Sequence[Pair], at: int) -> bool:
    """Whether the pair before `at` stands right behind the one before it, on both sides."""
    if at < 2:
        return pairs[0] == (0, 0)
    (i1, j1), (i2, j2) = pairs[at - 2], pairs[at - 1]
    return (i2 - i1, j2 - j1) == (1, 1)


def without_islands(pairs: Sequence[Pair], before: Sequence[int], after: Sequence[int]) -> list[Pair]:
    """Leave out short common stretches between larger changes; the two lists weigh the members of both sides."""
    ends = [_sums(before), _sums(after)]
    kept: list[list[Pair]] = []
    for stretch in (*_stretches(pairs), [(len(before), len(after))]):
        kept.append(stretch)
        while len(kept) > 1 and _is_island(kept, ends):
            del kept[-2]
    return [pair for stretch in kept[:-1] for pair in stretch]


def _is_island(kept: Sequence[Sequence[Pair]], ends: Sequence[Sequence[int]]) -> bool:
    """Whether the stretch before the last is smaller than the change before it and the change after it."""
    island = kept[-2]
    came_from = kept[-3][-1] if len(kept) > 2 else (-1, -1)
    sizes = [
        (sums[island[0][side]] - sums[came_from[side] + 1], sums[kept[-1][0][side]] - sums[island[-1][side] + 1])
        for side, sums in enumerate(ends)
    ]
    size = ends[1][island[-1][1] + 1] - ends[1][island[0][1]]
    return len(island) <= _LONGEST_ISLAND and all(size <= max(each) for each in zip(*sizes, strict=True))


def _sums(weights: Iterable[int]) -> list[int]:
    sums = [0]
    for weight in weights:
        sums.append(sums[-1] + weight)
    return sums


def _stretches(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    stretch: list[Pair] = []
    for i, j in pairs:
        if stretch and (i - 1, j - 1) != stretch[-1]:
            yield stretch
            stretch = []
        stretch.append((i, j))
    if stretch:
        yield stretch


def _rare(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Pair]:
    """The longest rising row of members that occur once on both sides."""
    once = [{member for member, count in Counter(side).items() if count == 1} for side in (before, after)]
    both = once[0] & once[1]
    places = {member: j for j, member in enumerate(after) if member in both}
    pairs = [(i, places[member]) for i, member in enumerate(before) if member in both]
    tails: list[int] = []
    rows: list[tuple[Pair, int]] = []
    previous: list[int] = []
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        tails[length : length + 1] = [j]
        rows[length : length + 1] = [(pairs[index], index)]
        previous.append(rows[length - 1][1] if length else -1)
    chain: list[Pair] = []
    index = rows[-1][1] if rows else -1
    while index >= 0:
        chain.append(pairs[index])
        index = previous[index]
    return chain[::-1]


def _trimmed(before: Sequence[Hashable], after: Sequence[Hashable], span: Span) -> Iterator[Pair]:
    """The pairs of a span: its equal ends, what is common between them, and the pair that closes it."""
    i1, i2, j1, j2 = span
    closing = [(i2, j2)] if i2 < len(before) else []
    start, end = equal_ends(before[i1:i2], after[j1:j2])
    yield from zip(range(i1, i1 + start), range(j1, j1 + start), strict=True)
    tail = zip(range(i2 - end, i2), range(j2 - end, j2), strict=True)
    i1, i2, j1, j2 = i1 + start, i2 - end, j1 + start, j2 - end
    shared = set(before[i1:i2]) & set(after[j1:j2])
    left = [i for i in range(i1, i2) if before[i] in shared]
    right = [j for j in range(j1, j2) if after[j] in shared]
    for i, j in _longest([before[i] for i in left], [after[j] for j in right]):
        yield left[i], right[j]
    yield from tail
    yield from closing


def _longest(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Pair]:
    """A longest common subsequence, by bit vectors (Hyyrö 2004); what is too large is halved first."""
    rows, columns = len(before), len(after)
    if not rows or not columns:
        return []
    if rows * columns > _MOST_BITS:
        i, j = rows // 2, columns // 2
        rest = _longest(before[i:], after[j:])
        return _longest(before[:i], after[:j]) + [(i + row, j + column) for row, column in rest]
    places: dict[Hashable, int] = defaultdict(int)
    for j, member in enumerate(after):
        places[member] |= 1 << j
    full = (1 << columns) - 1
    vector, vectors = full, []
    for member in before:
        matches = vector & places[member]
        vector = ((vector + matches) | (vector - matches)) & full
        vectors.append(vector)
    pairs: list[Pair] = []
    i, j = rows, columns
    # A bit that is zero says that the row of common members grows at this column.
    while i and j:
        if vectors[i - 1] >> (j - 1) & 1:
            j -= 1
            continue
        i -= 1
        if i == 0 or vectors[i - 1] >> (j - 1) & 1:
            j -= 1
            pairs.append((i, j))
    return pairs[::-1]


def _candidates(
    before: Sequence[Mapping[str, int]], after: Sequence[Mapping[str, int]]
) -> Iterator[tuple[int, int, int]]:
    """Lines that are alike, and what pairing them is worth: by line of `before`, then backwards by line of `after`."""
    places: dict[str, list[int]] = defaultdict(list)
    for j, words in enumerate(after):
        for word in words:
            places[word].append(j)
    sizes = [sum(words.values()) for words in after]
    for i, words in enumerate(before):
        shared: Counter[int] = Counter()
        for word, weight in words.items():
            where = places.get(word, ())
            if len(where) <= _MOST_PLACES:
                for j in where:
                    shared[j] += min(weight, after[j][word])
        size = sum(words.values())
        # Of several that are alike to the same degree, the nearest.
        best = sorted(shared, key=lambda j: (sizes[j] - 2 * shared[j], abs(i - j), j))[:_MOST_CANDIDATES]
        for j in sorted(best, reverse=True):
            kept = sum(min(weight, after[j].get(word, 0)) for word, weight in words.items())
            # Two of five: a line that kept less is another line.
            if (gain := 5 * kept - size - sizes[j]) > 0:
                yield i, j, gain


def _heaviest_chain(candidates: Iterable[tuple[int, int, int]]) -> list[Pair]:
    """The rising chain of pairs that weighs most."""
    # Heads of chains with rising column and rising weight: the heaviest before a column is found by bisection.
    columns: list[int] = []
    heads: list[tuple[int, int]] = []
    links: list[tuple[Pair, int]] = []
    for i, j, weight in candidates:
        at = bisect_left(columns, j)
        total, previous = heads[at - 1] if at else (0, -1)
        total += weight
        end = at
        while end < len(columns) and heads[end][0] <= total:
            end += 1
        if at < len(columns) and columns[at] == j and heads[at][0] > total:
            continue
        links.append(((i, j), previous))
        columns[at:end] = [j]
        heads[at:end] = [(total, len(links) - 1)]
    chain: list[Pair] = []
    index = heads[-1][1] if heads else -1
    while index >= 0:
        pair, index = links[index]
        chain.append(pair)
    return chain[::-1]
