"""What changed between two texts, word by word, in the reading order of the newer one.

May import `letter_text`, the other redline rooms, `signing.evidence` and the standard library.
Lines (paragraphs, items …) are paired by likeness first, then words within a pair. Nothing is lost: what is not
added is the text before, what is not removed the text after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from signing.evidence.carry import plain

from .letter_text import LetterText
from .redline_lines import FOOTNOTE, HEADER_FIELDS, Line, Setting, lines_of
from .redline_matching import Span, alike, between, common, equal_ends
from .redline_pieces import Comparison, Piece, Status, compare_runs, whole

__all__ = [
    "Comparison",
    "Piece",
    "Redline",
    "RedlinePart",
    "RedlineSummary",
    "Setting",
    "Status",
    "compare",
    "compare_runs",
]


@dataclass(frozen=True, slots=True)
class RedlinePart:
    """One line of a letter: a header field, an addressee (lines parted by line feeds), a paragraph, heading, item …

    `block` is the index in `LetterText.blocks` of the text after, None for header fields and footnotes; a removed
    line has that of the block it would stand in or before (the last one at the end), None when there is none. `was`
    is the setting before, where it was another. What `moved` stands twice, once removed and once added, word for
    word the same.
    """

    status: Status
    setting: Setting
    pieces: tuple[Piece, ...]
    block: int | None = None
    was: Setting | None = None
    moved: bool = False

    @property
    def kind(self) -> str:
        """The name of a header field of `LetterText`, or paragraph, heading, item, quotation, footnote."""
        return self.setting.kind


@dataclass(frozen=True, slots=True)
class RedlineSummary:
    """Counts of what changed. Paragraphs are all lines of the body; those that moved are counted nowhere else.
    Words are those of body and footnotes; of a script without spaces, characters.

    `fields` are the names of the header fields that changed, in reading order. `typography_only` is what lets an
    approval carry (EVIDENCE 4.3): only white space, quotation marks and dashes; such words are not counted.
    `unseen` says that the texts differ, but in nothing that a reader sees: in Markdown spelled otherwise.
    """

    paragraphs_changed: int = 0
    paragraphs_added: int = 0
    paragraphs_removed: int = 0
    paragraphs_moved: int = 0
    footnotes_changed: int = 0
    footnotes_added: int = 0
    footnotes_removed: int = 0
    words_added: int = 0
    words_removed: int = 0
    fields: tuple[str, ...] = ()
    typography_only: bool = False
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Redline:
    """`changed` is false only for texts that are equal, letter by letter."""

    changed: bool
    summary: RedlineSummary
    parts: tuple[RedlinePart, ...]

    @property
    def stretches(self) -> list[tuple[bool, list[RedlinePart]]]:
        """The parts in stretches of those that are the same (true) and those that are not."""
        return [(same, list(parts)) for same, parts in groupby(self.parts, lambda part: part.status is Status.SAME)]


def compare(before: LetterText | None, after: LetterText) -> Redline:
    """Compare two texts of a letter; without one `before`, everything is added.

    Raises:
        Faulty: when a body holds what a letter cannot.
    """
    new = lines_of(after)
    old = lines_of(before) if before else {place: [] for place in new}
    pairs = {place: _paired(old[place], new[place]) for place in new}
    notes = {j + 1: i + 1 for i, j in pairs["footnotes"]}
    tally: Counter[str] = Counter()
    parts: list[RedlinePart] = []
    for place in new:
        parts += _parts(old[place], new[place], pairs[place], notes, tally)
    parts = [part for part in parts if part.kind not in ("date", "language") or part.status is not Status.SAME]
    changed = before != after
    typography = changed and before is not None and _typography_only(before, after)
    unseen = changed and all(part.status is Status.SAME for part in parts)
    fields = {part.kind for part in parts if part.status is not Status.SAME}
    summary = RedlineSummary(
        **tally,
        fields=tuple(name for name in HEADER_FIELDS if name in fields),
        typography_only=typography,
        unseen=unseen,
    )
    return Redline(changed, summary, tuple(parts))


def _typography_only(before: LetterText, after: LetterText) -> bool:
    """Whether two different texts are equal but for what an approval can carry over (EVIDENCE 4.3, *Carry*)."""
    # The line feed that ends the file is white space too.
    bodies = {plain(text.body + "\n") for text in (before, after)}
    return replace(before, body="") == replace(after, body="") and len(bodies) == 1


def _paired(old: Sequence[Line], new: Sequence[Line]) -> list[tuple[int, int]]:
    """Which lines are the same line, changed or not."""
    if len(old) == len(new) == 1 and old[0].setting.kind in HEADER_FIELDS:
        return [(0, 0)]
    start, end = equal_ends(*([(line.setting, line.text) for line in side] for side in (old, new)))
    pairs = [(at, at) for at in range(start)]
    pairs += _alike(old, new, (start, len(old) - end, start, len(new) - end))
    pairs += [(len(old) - end + at, len(new) - end + at) for at in range(end)]
    pairs = common([line.text for line in old], [line.text for line in new], pairs)
    # What is too common to find a line by in the whole letter may do among the few lines that are left here.
    for span in between(tuple(pairs), len(old), len(new)):
        pairs += _alike(old, new, span)
    return sorted(pairs)


def _alike(old: Sequence[Line], new: Sequence[Line], span: Span) -> Iterator[tuple[int, int]]:
    i1, i2, j1, j2 = span
    found = alike([line.weights for line in old[i1:i2]], [line.weights for line in new[j1:j2]])
    return ((i1 + i, j1 + j) for i, j in found)


def _parts(
    old: Sequence[Line],
    new: Sequence[Line],
    pairs: Sequence[tuple[int, int]],
    notes: Mapping[int, int],
    tally: Counter[str],
) -> Iterator[RedlinePart]:
    """The parts of one place in the letter; `tally` counts them under the names of the summary."""
    left, right = _moved(old, new, pairs)
    ends = (len(old), len(new))
    for i1, i2, j1, j2 in between(pairs, *ends):
        for i in range(i1, i2):
            beside = j1 - 1 if i1 and old[i1 - 1].block == old[i].block else min(j1, len(new) - 1)
            yield _alone(old[i], Status.REMOVED, new[beside].block if new else None, i in left, tally)
        for j in range(j1, j2):
            yield _alone(new[j], Status.ADDED, new[j].block, j in right, tally)
        if (i2, j2) != ends:
            yield _changed(old[i2], new[j2], notes, tally)


def _moved(
    old: Sequence[Line], new: Sequence[Line], pairs: Sequence[tuple[int, int]]
) -> tuple[frozenset[int], frozenset[int]]:
    """Which unpaired lines stand on the other side too, at another place."""
    left = {old[i].words: i for i in sorted(set(range(len(old))) - {i for i, _ in pairs})}
    right = {new[j].words: j for j in sorted(set(range(len(new))) - {j for _, j in pairs})}
    both = [words for words in left.keys() & right.keys() if words is not None]
    return frozenset(left[words] for words in both), frozenset(right[words] for words in both)


def _alone(line: Line, status: Status, block: int | None, moved: bool, tally: Counter[str]) -> RedlinePart:
    counted = _counted_as(line)
    if moved:
        tally["paragraphs_moved"] += status is Status.ADDED
    elif counted:
        tally[f"words_{status}"] += line.counted
        tally[f"{counted}_{status}"] += 1
    return RedlinePart(status, line.setting, whole(line.runs, status), block, moved=moved)


def _changed(before: Line, after: Line, notes: Mapping[int, int], tally: Counter[str]) -> RedlinePart:
    found = compare_runs(before.runs, after.runs, notes)
    was = None if before.stands_as(after) else before.setting
    same = was is None and all(piece.status is Status.SAME for piece in found.pieces)
    counted = _counted_as(after)
    if counted and not same:
        tally[f"{counted}_changed"] += 1
        tally["words_added"] += found.words_added
        tally["words_removed"] += found.words_removed
    return RedlinePart(Status.SAME if same else Status.CHANGED, after.setting, found.pieces, after.block, was)


def _counted_as(line: Line) -> str | None:
    if line.setting.kind in HEADER_FIELDS:
        return None
    return "footnotes" if line.setting.kind == FOOTNOTE else "paragraphs"
