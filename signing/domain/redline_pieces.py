"""One line against another, word by word; may import `letter_blocks`, `redline_matching`, `redline_words`, stdlib."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from .letter_blocks import Run
from .redline_matching import between, common, from_the_start, without_islands
from .redline_words import SENTENCE_ENDS, Words, words_of


class Status(StrEnum):
    """What became of a part or a piece. Only pieces are `restyled`: the same words in another manner or with
    another link. A `changed` part without a changed piece stands in another setting (`RedlinePart.was`)."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    RESTYLED = "restyled"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one status (`same`, `added`, `removed` or `restyled`) and one manner.

    The manner is that of the text after, of removed pieces that of the text before; `was` is the same words before,
    where their manner was another. A footnote's mark has its number in `footnote` and no text; one that only has a
    new number because of notes added or removed before it is `same`, with the old number in `was`.
    """

    text: str
    status: Status
    bold: bool = False
    italic: bool = False
    href: str | None = None
    footnote: int | None = None
    was: Run | None = None

    @property
    def run(self) -> Run:
        """Its words as a run."""
        return Run(self.text, self.bold, self.italic, self.href, self.footnote)

    @property
    def noticeable(self) -> bool:
        """Whether another manner of it is worth words: of a comma it is not, of a link always."""
        return any(map(str.isalnum, self.text)) or (self.was is not None and self.was.href != self.href)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The pieces of a line, and how many words were added and removed, typography aside."""

    pieces: tuple[Piece, ...]
    words_added: int = 0
    words_removed: int = 0


def compare_runs(before: Sequence[Run], after: Sequence[Run], notes: Mapping[int, int] | None = None) -> Comparison:
    """Compare two stretches, such as a paragraph and what somebody wrote instead of it.

    `notes` leads from the numbers of footnotes after to those before, for notes that are the same note.
    """
    notes = notes or {}
    old = words_of(before, [str(run.footnote) for run in before if run.footnote is not None])
    new = words_of(after, [str(notes.get(n, f"+{n}")) for run in after if (n := run.footnote) is not None])
    old_keys, new_keys = ([word.key for word in side.words] for side in (old, new))
    pairs = from_the_start(common(old_keys, new_keys), old_keys, new_keys, SENTENCE_ENDS)
    shown = without_islands(pairs, *([max(1, len(word.text)) for word in side.words] for side in (old, new)))
    removed = sum(word.counts for word in old.words) - sum(old.words[i].counts for i, _ in pairs)
    added = sum(word.counts for word in new.words) - sum(new.words[j].counts for _, j in pairs)
    return Comparison(tuple(_joined(_written(old, new, shown))), added, removed)


def whole(runs: Sequence[Run], status: Status) -> tuple[Piece, ...]:
    """A stretch of one status."""
    return tuple(_joined(_piece(run, status) for run in runs))


def _piece(run: Run, status: Status, was: Run | None = None) -> Piece:
    return Piece(run.text, status, run.bold, run.italic, run.href, run.footnote, was)


def _written(old: Words, new: Words, pairs: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """Everything of both sides, in order."""
    for i1, i2, j1, j2 in between(pairs, len(old.words), len(new.words)):
        yield from _changed(_groups(old, i1, i2), _groups(new, j1, j2))
        if i2 < len(old.words):
            yield from _matched(old.words[i2].runs, new.words[j2].runs)


def _groups(side: Words, start: int, end: int) -> list[Sequence[Run]]:
    """The words of a span with the white space before each of them and after the last."""
    words = side.words[start:end]
    closing = side.words[end].gap if end < len(side.words) else side.end
    return [*(group for word in words for group in (word.gap, word.runs)), closing]


def _changed(removed: list[Sequence[Run]], added: list[Sequence[Run]]) -> Iterator[Piece]:
    """A change: what is removed before what is added; white space that both have at the ends is neither."""
    closing, opening = [], []
    if _text(removed[-1]) == _text(added[-1]):
        closing = [removed.pop(), added.pop()]
    if removed and added and _text(removed[0]) == _text(added[0]):
        opening = [removed.pop(0), added.pop(0)]
    if opening:
        yield from _matched(*opening)
    for groups, status in ((removed, Status.REMOVED), (added, Status.ADDED)):
        for group in groups:
            yield from (_piece(run, status) for run in group)
    if closing:
        yield from _matched(*closing)


def _matched(before: Sequence[Run], after: Sequence[Run]) -> Iterator[Piece]:
    """A word that was found again, perhaps in other quotation marks or in another manner."""
    if before == after:
        yield from (_piece(run, Status.SAME) for run in after)
    elif _text(before) != _text(after):
        yield from (_piece(run, Status.REMOVED) for run in before)
        yield from (_piece(run, Status.ADDED) for run in after)
    elif before and before[0].footnote is not None:
        yield _piece(after[0], Status.SAME, before[0])
    else:
        for was, run in _in_step(before, after):
            same = was == run
            yield _piece(run, Status.SAME if same else Status.RESTYLED, None if same else was)


def _in_step(before: Sequence[Run], after: Sequence[Run]) -> Iterator[tuple[Run, Run]]:
    """The same text in the runs of both sides, cut wherever one of them begins."""
    left, right = list(before), list(after)
    while left and right:
        was, run = left.pop(0), right.pop(0)
        length = min(len(was.text), len(run.text))
        yield replace(was, text=was.text[:length]), replace(run, text=run.text[:length])
        if len(was.text) > length:
            left.insert(0, replace(was, text=was.text[length:]))
        if len(run.text) > length:
            right.insert(0, replace(run, text=run.text[length:]))


def _text(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one status and manner as one piece."""
    gathered: list[Piece] = []

    def whole_piece() -> Piece:
        text = "".join(piece.text for piece in gathered)
        was = gathered[0].was
        return replace(gathered[0], text=text, was=was and replace(was, text=text))

    for piece in pieces:
        if gathered and (piece.footnote is not None or _manner(piece) != _manner(gathered[0])):
            yield whole_piece()
            gathered.clear()
        gathered.append(piece)
    if gathered:
        yield whole_piece()


def _manner(piece: Piece) -> tuple[object, ...]:
    was = piece.was and (piece.was.bold, piece.was.italic, piece.was.href)
    return piece.status, piece.bold, piece.italic, piece.href, piece.footnote, was
