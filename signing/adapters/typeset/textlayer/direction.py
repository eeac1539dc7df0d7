"""Which way the letters of a line run: the bidirectional algorithm, as ICU has it.

May import icu and the standard library. Source: Unicode Standard Annex 9. Explicit embeddings, overrides and isolates
are obeyed: a caller who means to set text from strangers does well to refuse them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import icu  # type: ignore[import-untyped]

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""Finds a character that can make a line run anything but left to right."""


def runs_to_the_left(text: str, *, otherwise: bool = False) -> bool:
    """Whether a paragraph of this text runs from right to left: as its first letter of a direction does (P2, P3), or as
    told where it has none."""
    direction = icu.Bidi.getBaseDirection(text)
    return otherwise if direction == icu.UBiDiDirection.NEUTRAL else bool(direction == icu.UBiDiDirection.RTL)


def levels(text: str, *, rtl: bool) -> list[int]:
    """The embedding level of every character of one line in a paragraph of the given direction; odd levels run from
    right to left. Spaces at the end of the line have the level of the paragraph."""
    line = icu.Bidi()
    line.setPara(icu.UnicodeString(text), int(rtl))
    units = iter(line.getLevels())
    found = []
    for character in text:
        found.append(next(units))
        if character > "\uffff":
            next(units)  # the second half of a surrogate pair
    return found


def visual_order(runs: Sequence[int]) -> list[int]:
    """L2: given the level of each run in the order of reading, the places of the runs from left to right."""
    # PyICU's own reorderVisual gives every line back as it was.
    order = list(range(len(runs)))
    for level in range(max(runs, default=0), 0, -1):
        start = None
        for place in range(len(order) + 1):
            inside = place < len(order) and runs[order[place]] >= level
            if inside and start is None:
                start = place
            elif not inside and start is not None:
                order[start:place] = order[start:place][::-1]
                start = None
    return order
