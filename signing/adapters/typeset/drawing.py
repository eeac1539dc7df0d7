"""Drawing: rows at their places on pages become a file, with head and foot on them.

May import its siblings and ReportLab.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab import rl_config  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from signing.adapters.typeset import fonts
from signing.adapters.typeset.blocks import SMALL, Setting
from signing.adapters.typeset.finish import Link
from signing.adapters.typeset.fonts import ACCENT, Manner, width
from signing.adapters.typeset.lines import Piece, break_lines, set_line, words_of
from signing.adapters.typeset.pages import BASELINE, LEFT, MEASURE, SHEET, Placed
from signing.adapters.typeset.pen import Pen
from signing.adapters.typeset.verification import draw_rule

rl_config.useA85 = 0  # a quarter of the bytes for nothing

HEAD_BASELINE = 51.0
HEAD_RULE = 62.0
FOOT_BASELINE = 794.0
_LETTERHEAD = Manner(fonts.CAPTION_SEMIBOLD, 7.8, ACCENT, spacing=1.3)
_FOOT = Setting((fonts.CAPTION,) * 4, 7.6, 9.6, fonts.GREY)


def draw(
    pages: Sequence[Sequence[Placed]], *, title: str, language: str, note: str, foot: str
) -> tuple[bytes, list[Link]]:
    """The pages as a file that still has to be finished, and the links on them."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=SHEET, invariant=1, pageCompression=1, initialFontName=fonts.REGULAR, lang=language)
    canvas.setTitle(title)
    links: list[Link] = []
    for number, page in enumerate(pages):
        if not number:
            _draw_head(canvas, note)
        for placed in page:
            if placed.row.shape:
                placed.row.shape(canvas, placed.x, SHEET[1] - placed.top)
        _draw_rows(canvas, page)
        for placed in page:
            links += _links_of(placed, number)
        _draw_foot(canvas, foot, f"Page {number + 1:,} of {len(pages):,}")
        canvas.showPage()
    canvas.save()
    return out.getvalue(), links


def _draw_rows(canvas: Any, page: Sequence[Placed]) -> None:
    pen = Pen(canvas)
    for placed in page:
        baseline = SHEET[1] - placed.top - BASELINE * placed.row.height
        for piece in placed.row.pieces:
            pen.draw(piece, placed.x + piece.x, baseline)
    pen.lift()


def _links_of(placed: Placed, page: int) -> list[Link]:
    links = []
    for piece in placed.row.pieces:
        if piece.manner.href:
            left, size = placed.x + piece.x, piece.manner.size
            baseline = SHEET[1] - placed.top - BASELINE * placed.row.height
            edges = (left, baseline - 0.26 * size, left + piece.width, baseline + 0.8 * size)
            links.append(Link(page, edges, piece.manner.href))
    return links


def _draw_head(canvas: Any, note: str) -> None:
    """Letterhead and hairline; a long note grows upwards in lines that end at the right edge."""
    pen = Pen(canvas)
    letterhead = "JOINT PUBLIC LETTER"
    reach = width(letterhead, _LETTERHEAD)
    pen.draw(Piece(0.0, _LETTERHEAD, letterhead + " ", reach), LEFT, SHEET[1] - HEAD_BASELINE)
    lines = break_lines(words_of([(SMALL.manner(), note)]), MEASURE - reach - 24.0, even=True)
    for number, line in enumerate(lines):
        pieces = set_line(line, 0.0)
        right = line[-1].space_width
        x = LEFT + MEASURE - sum(piece.width for piece in pieces) + right
        height = SHEET[1] - HEAD_BASELINE + (len(lines) - 1 - number) * SMALL.leading
        for piece in pieces:
            pen.draw(piece, x + piece.x, height)
    pen.lift()
    draw_rule(canvas, SHEET[1] - HEAD_RULE)


def _draw_foot(canvas: Any, left: str, right: str) -> None:
    """Version and short digest on the left (in more lines where a name is long), the page on the right."""
    pen = Pen(canvas)
    manner = _FOOT.manner()
    reach = width(right, manner)
    lines = break_lines(words_of([(manner, left)]), MEASURE - reach - 24.0)
    for number, line in enumerate(lines):
        for piece in set_line(line, 0.0):
            pen.draw(piece, LEFT + piece.x, SHEET[1] - FOOT_BASELINE - number * _FOOT.leading)
    pen.draw(Piece(0.0, manner, right, reach), LEFT + MEASURE - reach, SHEET[1] - FOOT_BASELINE)
    pen.lift()
