"""Other words for one block of a letter, put where the old ones stood: what did not change keeps its manner and links.

May import `letter_blocks`, `letter_runs`, `letter_text`, `redline_pieces`, `errors` and the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .errors import Faulty
from .letter_blocks import Block, Heading, ItemList, Paragraph, Quotation, Run
from .letter_runs import settle
from .letter_text import LetterText, blocks_to_markdown
from .redline_pieces import Status, compare_runs

_NOTE = re.compile(r"\[(\d{1,4})\]")
_PARTED = re.compile(r"\n[ \t]*\n\s*")
_MARKED = re.compile(r"(?:•|\d{1,9}\.)[ \t]+(.*)", re.DOTALL)


def reword(text: LetterText, block: int, wording: str) -> LetterText:
    """The letter with `wording`, spelled as `plain_block` spells it, as its block number `block`.

    Raises:
        Faulty: `by-hand` where the block is of a kind that plain words cannot stand for, or the words leave out or
            invent a footnote; and as `LetterText` does for words that no letter can hold.
    """
    blocks = list(text.blocks)
    blocks[block : block + 1] = _reworded(blocks[block], wording.strip())
    reworded = replace(text, body=blocks_to_markdown(blocks, text.footnotes))
    # Read again, so that what nobody could open is refused here.
    return LetterText.from_bytes(reworded.to_bytes())


def _reworded(block: Block, wording: str) -> list[Block]:
    if isinstance(block, Paragraph | Heading):
        first, *rest = _PARTED.split(wording)
        if rest and isinstance(block, Heading):
            raise _by_hand()
        _check_notes(block.runs, wording)
        return [replace(block, runs=_runs(block.runs, first)), *(Paragraph(_runs(block.runs, part)) for part in rest)]
    if isinstance(block, Quotation):
        (inner,) = block.blocks if len(block.blocks) == 1 else (None,)
        if not isinstance(inner, Paragraph):
            raise _by_hand()
        lines = "\n".join(line.strip() for line in wording.split("\n"))
        _check_notes(inner.runs, lines)
        parts = (Paragraph(_runs(inner.runs, part)) for part in _PARTED.split(lines))
        return [replace(block, blocks=tuple(parts))]
    return [replace(block, items=tuple(_items(block, wording)))]


def _items(block: ItemList, wording: str) -> Iterator[tuple[Block, ...]]:
    """The items of the wording; each takes the manner of the item that stood in its place."""
    old = []
    for item in block.items:
        if len(item) != 1 or not isinstance(item[0], Paragraph):
            raise _by_hand()
        old.append(item[0].runs)
    new: list[str] = []
    for line in wording.split("\n"):
        marked = _MARKED.fullmatch(line.strip())
        if marked:
            new.append(marked[1])
        elif new and line.strip():
            new[-1] += "\n" + line.strip()
        elif line.strip():
            raise _by_hand()
    _check_notes([run for runs in old for run in runs], wording)
    same_length = len(new) == len(old)
    for at, words in enumerate(new):
        was = old[at] if same_length else next((runs for runs in old if _plain(runs) == words), ())
        yield (Paragraph(_runs(was, words)),)


def _runs(before: Sequence[Run], words: str) -> tuple[Run, ...]:
    """The words as runs: those that stood there before keep their manner."""
    pieces = compare_runs(tuple(before), tuple(_with_notes(before, words))).pieces
    return settle(
        piece.was if piece.was is not None and piece.footnote is None else piece.run
        for piece in pieces
        if piece.status is not Status.REMOVED
    )


def _with_notes(before: Sequence[Run], words: str) -> Iterator[Run]:
    """The words with the marks of footnotes, which plain words spell as [1], as marks again."""
    notes = {run.footnote for run in before if run.footnote is not None}
    start = 0
    for found in _NOTE.finditer(words):
        if int(found[1]) in notes:
            if found.start() > start:
                yield Run(words[start : found.start()])
            yield Run("", footnote=int(found[1]))
            start = found.end()
    if start < len(words):
        yield Run(words[start:])


def _check_notes(before: Sequence[Run], words: str) -> None:
    had = sorted(run.footnote for run in before if run.footnote is not None)
    has = sorted(number for found in _NOTE.finditer(words) if (number := int(found[1])) in set(had))
    if had != has:
        raise Faulty(
            "The proposed words leave out a footnote or repeat it. Please put them into the letter by hand.",
            code="by-hand",
        )


def _plain(runs: Sequence[Run]) -> str:
    return "".join(run.text if run.footnote is None else f"[{run.footnote}]" for run in runs)


def _by_hand() -> Faulty:
    return Faulty(
        "These words stand in a list or quotation that cannot be replaced by itself. Please put them into the letter "
        "by hand.",
        code="by-hand",
    )
