"""The pages of a draft as pictures, for a screen that shows no PDF: SVG files of the glyphs' outlines, each at the
place the PDF gives it.

May import its siblings and `signing.domain.letter_text`. A picture holds no script, no style and nothing that can be
followed; it is the same for the same words every time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from signing.adapters.typeset.drawing import left_of
from signing.adapters.typeset.glyph_outlines import GlyphOutlines, units
from signing.adapters.typeset.letter import Leaves, laid_out, undisturbed
from signing.adapters.typeset.pages import BASELINE, Placed
from signing.domain.letter_text import LetterText


@undisturbed()
def page_pictures(
    text: LetterText, *, version: int, text_sha256: str, draft_for: str, paper: str = "a4"
) -> tuple[str, ...]:
    """Each page of the PDF that `letter_pdf` makes of a draft, as an SVG file.

    Raises:
        Refusal: `no-glyph`, as `letter_pdf` does.
    """
    leaves = laid_out(
        text, listing=None, version=version, text_sha256=text_sha256, phrase="", check_url=None, draft_for=draft_for,
        paper=paper,
    )  # fmt: skip
    return tuple(_picture(leaves, number) for number in range(1, len(leaves.pages) + 1))


def _picture(leaves: Leaves, number: int) -> str:
    sheet = leaves.layout.paper
    outlines = GlyphOutlines("g")
    rows = [*(leaves.head if number == 1 else ()), *leaves.pages[number - 1], *leaves.foot(number)]
    drawn = [_drawn(leaves, placed, outlines) for placed in rows]
    width, height = units(sheet.width), units(sheet.height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{round(sheet.width)}" height="{round(sheet.height)}" '
        f'viewBox="0 0 {width} {height}"><rect width="{width}" height="{height}" fill="#fff"/>'
        f"<defs>{''.join(outlines.definitions)}</defs>{''.join(drawn)}</svg>"
    )


def _drawn(leaves: Leaves, placed: Placed, outlines: GlyphOutlines) -> str:
    sheet, rtl = leaves.layout.paper, leaves.layout.rtl
    row = placed.row
    parts: list[str] = []
    if row.shape:
        lines = _Lines(sheet.height)
        row.shape.draw(lines, left_of(sheet, rtl, placed.x, row.shape.width), sheet.height - placed.top)
        parts += lines.drawn
    baseline = placed.top + BASELINE * row.height
    for colour, pieces in groupby(row.pieces, key=lambda piece: piece.manner.colour):
        uses = "".join(
            outlines.used(piece, left_of(sheet, rtl, placed.x + piece.x, piece.width), baseline) for piece in pieces
        )
        if uses:
            hexed = _hex(colour)
            parts.append(f'<g fill="{hexed}" color="{hexed}">{uses}</g>')
    return "".join(parts)


class _Lines:
    """Stands for ReportLab's canvas before the shapes of a draft, which are rules: it has no verification block."""

    def __init__(self, height: float) -> None:
        self.drawn: list[str] = []
        self._height = height
        self._colour = "#000"
        self._width = 1.0

    def setStrokeColorRGB(self, *colour: float) -> None:
        self._colour = _hex(colour)

    def setLineWidth(self, width: float) -> None:
        self._width = width

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        ends = zip(("x1", "y1", "x2", "y2"), (x1, self._height - y1, x2, self._height - y2), strict=True)
        at = " ".join(f'{name}="{units(value)}"' for name, value in ends)
        self.drawn.append(f'<line {at} stroke="{self._colour}" stroke-width="{units(self._width)}"/>')


def _hex(colour: Sequence[float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)
