"""Runs in their settled form: the one division of a line into runs that CommonMark can spell.

May import `letter_blocks`, the standard library and markdown-it's character classes.
CommonMark cannot make every stretch bold (a space at its edge, or a quotation mark between a letter and the
stars, closes the door), and it can say one thing in many ways. Settling moves such edge characters out of the
stretch, so that what is written reads back as the same runs. No character is ever lost or changed by it
except that white space is folded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar

from .letter_blocks import Run

_SPACES = re.compile(r"[ \t]+")


class _Manner(NamedTuple):
    bold: bool = False
    italic: bool = False
    href: str | None = None
    footnote: int | None = None

    @property
    def stars(self) -> int:
        """How many stars CommonMark writes around this manner."""
        return 2 * self.bold + self.italic

    def without_stars(self) -> _Manner:
        return self._replace(bold=False, italic=False)


_PLAIN = _Manner()
_Cell = tuple[str, _Manner]


def settle(runs: Iterable[Run], *, one_line: bool = False) -> tuple[Run, ...]:
    """Bring runs into the form that reads back as written; `one_line` turns hard breaks into spaces."""
    cells: list[_Cell] = []
    for run in runs:
        if run.footnote is not None:
            cells.append(("", _Manner(footnote=run.footnote)))
            continue
        text = unicodedata.normalize("NFC", run.text)
        manner = _Manner(run.bold, run.italic, run.href)
        cells.extend((char, manner) for char in (text.replace("\n", " ") if one_line else text))
    changed = True
    while changed:
        cells = _fold_spaces(cells)
        changed = _free_edges(cells) or _part_triples(cells)
    return tuple(_join(cells))


def _join(cells: list[_Cell]) -> Iterable[Run]:
    for manner, group in groupby(cells, key=lambda cell: cell[1]):
        text = "".join(char for char, _ in group)
        if manner.footnote is None:
            # Marks that met only now may compose.
            yield Run(unicodedata.normalize("NFC", text), manner.bold, manner.italic, manner.href)
        else:
            yield Run("", footnote=manner.footnote)


def is_space(char: str) -> bool:
    """Whether CommonMark counts this character as white space."""
    return char != "" and char.isspace()


def is_mark(char: str) -> bool:
    """Whether CommonMark counts this as punctuation; a footnote mark ("" here) is written in brackets."""
    return char == "" or isMdAsciiPunct(ord(char)) or isPunctChar(char)


def _fold_spaces(cells: list[_Cell]) -> list[_Cell]:
    """Fold white space, drop it at both ends, and give it the manner its two neighbours share."""
    folded: list[_Cell] = []
    position = 0
    while position < len(cells):
        if not is_space(cells[position][0]):
            folded.append(cells[position])
            position += 1
            continue
        end = position
        while end < len(cells) and is_space(cells[end][0]):
            end += 1
        if folded and end < len(cells):
            before, after = folded[-1][1], cells[end][1]
            manner = before if before == after and before.footnote is None else _PLAIN
            gap = "".join(char for char, _ in cells[position:end])
            folded.extend((char, manner) for char in ("\n" if "\n" in gap else _SPACES.sub(" ", gap)))
        position = end
    return folded


def _free_edges(cells: list[_Cell]) -> bool:
    """Take the stars from a mark at a stretch's edge that touches a letter outside (CommonMark 6.2)."""
    changed = False
    for at, (char, manner) in enumerate(cells):
        if not manner.stars or not is_mark(char):
            continue
        for beside in (at - 1, at + 1):
            if not 0 <= beside < len(cells):
                continue
            neighbour, other = cells[beside]
            # At the edge of a link stands a bracket, which is a mark itself.
            if other.href != manner.href or other.stars == manner.stars:
                continue
            if not is_space(neighbour) and not is_mark(neighbour):
                cells[at] = (char, manner.without_stars())
                changed = True
                break
    return changed


def _part_triples(cells: list[_Cell]) -> bool:
    """Simplify italic, both, bold in one word (or the reverse): 4 and 5 stars do not pair (rule 9)."""
    stretches: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(cells) + 1):
        if end == len(cells) or cells[end][1] != cells[start][1]:
            stretches.append((start, end))
            start = end
    for left, middle, right in zip(stretches, stretches[1:], stretches[2:], strict=False):
        manners = [cells[begin][1] for begin, _ in (left, middle, right)]
        one_link = manners[0].href == manners[1].href == manners[2].href
        if one_link and [manner.stars for manner in manners] in ([1, 3, 2], [2, 3, 1]):
            for at in range(*middle):
                cells[at] = (cells[at][0], manners[0])
            return True
    return False
