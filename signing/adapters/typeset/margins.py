"""Head and foot of the pages as rows: letterhead and note above the first page, version and page number below each.

May import its siblings. They belong to no element: readers that speak a letter pass over them.
"""

from __future__ import annotations

from typing import Any

from signing.adapters.typeset import fonts
from signing.adapters.typeset.fonts import ACCENT, Manner, printable
from signing.adapters.typeset.layout import Layout
from signing.adapters.typeset.lines import Piece, Word, break_lines, words_of
from signing.adapters.typeset.pages import BASELINE, Placed, Row, Shape
from signing.adapters.typeset.setting import FOOT, SMALL

_LETTERHEAD = Manner(fonts.CAPTION_SEMIBOLD, 7.8, ACCENT, spacing=1.3)
# Scripts without capitals are not letterspaced: it would tear joined letters apart.
_WITHOUT_CAPITALS = Manner(fonts.SEMIBOLD, 9.6, ACCENT)
_APART = 24.0


def head(layout: Layout, note: str) -> list[Placed]:
    """Letterhead and hairline; a long note grows upwards in lines that end at the far edge."""
    paper = layout.paper
    words = printable(layout.words.letterhead.upper(), "the letterhead")
    manner = _LETTERHEAD if words.isupper() else _WITHOUT_CAPITALS
    (line,) = break_lines(words_of([(manner, words + " ")]), paper.measure)
    rows = [_row(_pieces(layout, line, words), SMALL.leading, paper.head)]
    reach = sum(word.width + word.space_width for word in line)
    lines = break_lines(words_of([(SMALL.manner(), note)]), paper.measure - reach - _APART, even=True)
    for number, line in enumerate(lines):
        pieces = _pieces(layout, line, note)
        x = paper.measure - sum(piece.width for piece in pieces) + line[-1].space_width
        baseline = paper.head - (len(lines) - 1 - number) * SMALL.leading
        rows.append(_row(pieces, SMALL.leading, baseline, x))
    rows.append(Placed(Row((), 0.0, shape=hairline(paper.measure)), 0.0, paper.rule))
    return rows


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


def _row(pieces: list[Piece], leading: float, baseline: float, x: float = 0.0) -> Placed:
    return Placed(Row(pieces, leading), x, baseline - BASELINE * leading)
