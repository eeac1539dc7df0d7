"""Head and foot of the pages as rows: letterhead and note above the first page, version and page number below each.

May import its siblings. The foot belongs to no element: readers that speak a letter pass over it. The head stands once
and is part of the letter.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from signing.adapters.typeset.blocks import Frame, fixed_element
from signing.adapters.typeset.fonts import ACCENT, printable, width
from signing.adapters.typeset.layout import Layout
from signing.adapters.typeset.lines import Piece, Word, break_lines, words_of
from signing.adapters.typeset.pages import BASELINE, Placed, Row, Shape
from signing.adapters.typeset.setting import FOOT, LETTERHEAD, SMALL
from signing.adapters.typeset.structure import Element
from signing.adapters.typeset.textlayer import clusters_of

_APART = 24.0
_LINES = 4  # beside the letterhead; the foot is wider
_LONGEST = 500  # characters; not even so many of the narrowest fit


def head(frame: Frame, note: str) -> list[Placed]:
    """Letterhead, note and hairline, the first words of the structure; a long note grows upwards in lines that end at
    the far edge."""
    layout = frame.layout
    paper = layout.paper
    words = printable(layout.words.letterhead, "the letterhead")
    (line,) = break_lines(words_of([(LETTERHEAD.suiting(words).manner(), words + " ")]), paper.measure)
    rows = [_row(_pieces(layout, line, words), LETTERHEAD.leading, paper.head, element=fixed_element(frame, "P"))]
    lines = break_lines(words_of([(SMALL.manner(), note)]), _beside_letterhead(layout), even=True)
    element = fixed_element(frame, "P") if lines else None
    for number, line in enumerate(lines):
        pieces = _pieces(layout, line, note)
        x = paper.measure - sum(piece.width for piece in pieces) + line[-1].space_width
        baseline = paper.head - (len(lines) - 1 - number) * SMALL.leading
        rows.append(_row(pieces, SMALL.leading, baseline, x, element))
    rows.append(Placed(Row((), 0.0, shape=hairline(paper.measure)), 0.0, paper.rule))
    return rows


def fitting(said: Callable[[str], str], name: str, layout: Layout) -> str:
    """What `said` makes of a name, in as many lines as head and foot have room for: a longer name loses its end."""
    measure = _beside_letterhead(layout)

    def fits(name: str) -> bool:
        return len(break_lines(words_of([(SMALL.manner(), said(name))]), measure)) <= _LINES

    if len(name) <= _LONGEST and fits(name):
        return said(name)
    clusters = clusters_of(name[:_LONGEST])
    ends = range(1, len(clusters) + 1)
    short = [f"{''.join(clusters[:end]).rstrip()}…" for end in ends]
    return said(short[max(bisect_left(short, True, key=lambda name: not fits(name)) - 1, 0)])


def _beside_letterhead(layout: Layout) -> float:
    words = printable(layout.words.letterhead, "the letterhead")
    return layout.paper.measure - width(words + " ", LETTERHEAD.suiting(words).manner()) - _APART


def foot(layout: Layout, near: str, far: str) -> list[Placed]:
    """`near` at the edge where lines begin (in more lines where a name is long), `far` at the other one."""
    paper, manner = layout.paper, FOOT.manner()
    (last,) = break_lines(words_of([(manner, printable(far, "the foot"))]), paper.measure)
    reach = sum(word.width + word.space_width for word in last)
    lines = break_lines(words_of([(manner, printable(near, "the foot"))]), paper.measure - reach - _APART)
    rows = [
        _row(_pieces(layout, line, near), FOOT.leading, paper.foot + number * FOOT.leading)
        for number, line in enumerate(lines)
    ]
    rows.append(_row(_pieces(layout, last, far), FOOT.leading, paper.foot, paper.measure - reach))
    return rows


def hairline(measure: float) -> Shape:
    """One hairline in the accent colour across the measure."""

    def rule(canvas: Any, left: float, top: float) -> None:
        canvas.setStrokeColorRGB(*ACCENT)
        canvas.setLineWidth(0.7)
        canvas.line(left, top, left + measure, top)

    return Shape(rule, measure, 0.0)


def _pieces(layout: Layout, line: list[Word], text: str) -> list[Piece]:
    return layout.line(line, 0.0, rtl=layout.runs_right_to_left([text]))


def _row(
    pieces: list[Piece], leading: float, baseline: float, x: float = 0.0, element: Element | None = None
) -> Placed:
    return Placed(Row(pieces, leading, element=element), x, baseline - BASELINE * leading)
