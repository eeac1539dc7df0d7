"""The letter as one PDF: rows are placed on pages, the pages drawn, and the file finished.

May import its siblings, ReportLab, `signing.domain.letter_text` and `signing.evidence.signatory_list`.
"""

from __future__ import annotations

import datetime
import io
import threading
from collections.abc import Sequence
from typing import Any

from reportlab import rl_config  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from signing.adapters.typeset import fonts
from signing.adapters.typeset.blocks import SMALL, Setting, body, opening
from signing.adapters.typeset.finish import Link, finished
from signing.adapters.typeset.fonts import ACCENT, Manner, printable, width
from signing.adapters.typeset.lines import Piece, break_lines, set_line, words_of
from signing.adapters.typeset.pages import BASELINE, LEFT, MEASURE, SHEET, Pages, Placed, height_of
from signing.adapters.typeset.pen import Pen
from signing.adapters.typeset.signatories import place_signatories
from signing.adapters.typeset.verification import draw_rule, verification_rows
from signing.domain.letter_text import LetterText
from signing.evidence.signatory_list import SignatoryList

rl_config.useA85 = 0  # a quarter of the bytes for nothing

HEAD_BASELINE = 51.0
HEAD_RULE = 62.0
FOOT_BASELINE = 794.0
_LETTERHEAD = Manner(fonts.CAPTION_SEMIBOLD, 7.8, ACCENT, spacing=1.3)
_FOOT = Setting((fonts.CAPTION,) * 4, 7.6, 9.6, fonts.GREY)

# The cuts are shared by all letters of the process and read by seeking while they are subset.
_drawing = threading.Lock()


def letter_pdf(
    text: LetterText,
    *,
    listing: SignatoryList | None,
    version: int,
    text_sha256: str,
    phrase: str,
    document_date: datetime.date,
    check_url: str | None,
    draft_for: str | None = None,
    paper: str = "a4",
) -> bytes:
    """One language of a version as a PDF, byte-identical whenever it is made again from the same input.

    The names stand in the order of `listing`, under a heading where their group changes; with None the letter has
    no list. `paper` is `a4` or `letter` (US Letter). `draft_for` makes the copy of one organisation: every page
    says so, and it has neither list nor verification block, whatever else is given. `phrase` is the twelve
    words of the version over all its languages.

    Raises:
        Refusal: `no-glyph`, when a character of the words or of a name has no glyph in the embedded fonts; it
            names the place or the organisation, and the character.
    """
    is_draft = draft_for is not None
    foot = f"Version {version} · sha256 {text_sha256[:12]}"
    note = ""
    if draft_for is not None:
        note = printable(f"draft for {draft_for}, version {version}", f"the name of “{draft_for}”")
        foot = f"{note} · sha256 {text_sha256[:12]}"
    elif listing is not None:
        note = _count(len(listing.listed) + listing.confidential)
    pages = Pages()
    pages.flow(opening(text) + body(text))
    if not is_draft:
        has_list = listing is not None and bool(listing.listed or listing.confidential)
        block = verification_rows(text_sha256=text_sha256, phrase=phrase, check_url=check_url, has_list=has_list)
        if listing is not None:
            place_signatories(pages, listing, tail=height_of(block))
        pages.flow(block)
    with _drawing:
        drawn, links = _drawn(pages.pages, title=text.title, language=text.language, note=note, foot=foot)
    return finished(drawn, title=text.title, language=text.language, document_date=document_date, links=links)


def _count(organisations: int) -> str:
    if not organisations:
        return "no organisations"
    return "1 organisation" if organisations == 1 else f"{organisations:,} organisations"


def _drawn(
    pages: Sequence[Sequence[Placed]], *, title: str, language: str, note: str, foot: str
) -> tuple[bytes, list[Link]]:
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
