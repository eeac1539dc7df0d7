"""The block that lets a reader check a printed copy: QR code, address, digest and fingerprint phrase.

May import its siblings, ReportLab's canvas (handed in) and segno. Only what the file can keep is promised.
"""

from __future__ import annotations

import re
from typing import Any

import segno

from signing.adapters.typeset import fonts
from signing.adapters.typeset.blocks import SMALL, Frame, Setting, paragraph, plain
from signing.adapters.typeset.fonts import ACCENT, INK, printable
from signing.adapters.typeset.lines import Stretch
from signing.adapters.typeset.pages import LEFT, MEASURE, Row, height_of

QR_SIDE = 60.0
ASIDE = 77.0
_BLOCK_HEADING = Setting((fonts.CAPTION_SEMIBOLD,) * 4, 7.4, 10.8, ACCENT)


def verification_rows(*, text_sha256: str, phrase: str, check_url: str | None, has_list: bool) -> list[Row]:
    """The rows of the block, all kept together, below a hairline.

    Raises:
        Refusal: `no-glyph`, when the check address cannot be printed.
    """
    left = ASIDE if check_url else 0.0
    rows = plain("VERIFY THIS LETTER", "the verification block", Frame(_BLOCK_HEADING, left=left), 0.0)
    small = Frame(SMALL, left=left)
    if has_list:
        promise = "The approval of each organisation is recorded in the evidence bundle of this letter."
        rows += plain(promise, "the verification block", small, 0.0)
    if check_url:
        address = printable(check_url, "the check address")
        lead: Stretch = (SMALL.manner(), "Check this copy at ")
        rows += paragraph([lead, (SMALL.manner(href=check_url), address)], small, 0.0)
    groups = " ".join(text_sha256[at : at + 8] for at in range(0, len(text_sha256), 8))
    rows += plain(f"SHA-256 of the text:\n{groups}", "the digest", small, 0.0)
    words = phrase.split()
    fours = " · ".join(" ".join(words[at : at + 4]) for at in range(0, len(words), 4))
    rows += plain(f"Its fingerprint in words, over all languages:\n{fours}", "the fingerprint phrase", small, 0.0)
    rule = Row((), 8.0, 20.0, shape=_hairline)
    if check_url:
        rows[0].shape = _qr(check_url)
        missing = QR_SIDE + 4.0 - height_of(rows)
        if missing > 0:
            rows.append(Row((), missing))
    rows = [rule, *rows]
    for row in rows[1:]:
        row.tied = True
    return rows


def _hairline(canvas: Any, left: float, top: float) -> None:
    draw_rule(canvas, top)


def draw_rule(canvas: Any, height: float) -> None:
    """One hairline in the accent colour across the measure."""
    canvas.setStrokeColorRGB(*ACCENT)
    canvas.setLineWidth(0.7)
    canvas.line(LEFT, height, LEFT + MEASURE, height)


def _qr(check_url: str) -> Any:
    matrix = [bytes(row) for row in segno.make_qr(check_url, error="m").matrix]
    module = QR_SIDE / len(matrix)

    def draw(canvas: Any, left: float, top: float) -> None:
        path = canvas.beginPath()
        for line, row in enumerate(matrix):
            bottom = top - (line + 1) * module
            for dark in re.finditer(rb"\x01+", row):
                path.rect(left + dark.start() * module, bottom, len(dark[0]) * module, module)
        canvas.setFillColorRGB(*INK)
        canvas.drawPath(path, stroke=0, fill=1)

    return draw
