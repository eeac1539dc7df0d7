"""Drawing: rows at their places on pages become page contents, every word marked with what it belongs to.

May import its siblings and ReportLab. Layout counts from the edge where lines begin; here that becomes the left edge,
and right-to-left letters are mirrored. ISO 32000-1, 14.6 (marked content) and 14.8.2.2 (artifacts).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from signing.adapters.typeset import fonts
from signing.adapters.typeset.lines import Piece
from signing.adapters.typeset.pages import BASELINE, Placed, Row
from signing.adapters.typeset.paper import Paper
from signing.adapters.typeset.pen import Pen
from signing.adapters.typeset.structure import Element

_LONG = 8_000
"""Characters after which words in order go on in another element: PDF/A allows strings of 32,767 bytes."""
_LAYOUT = "/Type/Layout"
_HEAD = "/Type/Pagination/Subtype/Header/Attached[/Top]"
_FOOT = "/Type/Pagination/Subtype/Footer/Attached[/Bottom]"


@dataclass(slots=True)
class Link:
    """A rectangle of a page (left, bottom, right, top in points from the lower left) that leads to an address."""

    page: int
    rectangle: tuple[float, float, float, float]
    href: str
    element: Element | None


@dataclass(slots=True)
class Heading:
    """A heading that became a place to go to: its words, and its upper edge in points from below."""

    element: Element
    page: int
    top: float
    words: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Drawn:
    """Drawn pages, not a file yet. `root` is the whole structure, or None where nothing was marked."""

    document: Any
    """ReportLab's, with every page."""
    root: Element | None
    marks: list[int] = field(default_factory=list)
    """How many marked contents each page has."""
    links: list[Link] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)


def draw(
    pages: Sequence[Sequence[Placed]],
    *,
    paper: Paper,
    root: Element,
    rtl: bool = False,
    head: Sequence[Placed] = (),
    foot: Callable[[int], Sequence[Placed]] | None = None,
    tagged: bool = True,
) -> Drawn:
    """The pages as page contents, with `head` above the first and `foot(number)` below each (counted from 1).

    Elements under `root` are told which marked content belongs to them; with
    `tagged` false nothing is marked, and the file will have no structure.
    """
    canvas = Canvas(
        "", pagesize=(paper.width, paper.height), invariant=1, pageCompression=1, initialFontName=fonts.REGULAR
    )
    drawn = Drawn(canvas._doc, root if tagged else None)
    for number, page in enumerate(pages):
        pencil = _Page(canvas, drawn, paper, rtl, number)
        if not number:
            pencil.draw(head, _HEAD)
        pencil.draw(page)
        if foot:
            pencil.draw(foot(number + 1), _FOOT)
        canvas.showPage()
    return drawn


def left_of(paper: Paper, rtl: bool, x: float, width: float) -> float:
    """The left end of what stands `x` from the edge where lines begin, and is so wide, from the left of the sheet."""
    x += paper.margin
    return paper.width - x - width if rtl else x


class _Page:
    """One page while it is drawn."""

    def __init__(self, canvas: Any, drawn: Drawn, paper: Paper, rtl: bool, number: int) -> None:
        self._canvas = canvas
        self._drawn = drawn
        self._paper = paper
        self._height = paper.height
        self._rtl = rtl
        self._number = number
        self._tagged = drawn.root is not None
        self._stretch: tuple[Element, Element] | None = None
        """The element last read, and the one in it that says its words in order."""
        drawn.marks.append(0)

    def draw(self, rows: Sequence[Placed], artifact: str = "") -> None:
        """Draws rows, shapes first; what belongs to no element is an artifact with these properties."""
        for placed in rows:
            if placed.row.shape:
                self._shape(placed, artifact or _LAYOUT)
        pen = Pen(self._canvas)
        before: Element | None = None
        begun = False
        for placed in rows:
            row = placed.row
            baseline = self._height - placed.top - BASELINE * row.height
            if row.element is not None and row.element.level:
                self._heading(row, placed.top)
            read = self._read(row)
            for piece, element in read:
                if self._tagged and not (begun and element is before):
                    if begun:
                        pen.end()
                    if element is None:
                        pen.begin_artifact(artifact)
                    else:
                        pen.begin(element.tag, self._mark(element))
                    begun = True
                    before = element
                left = self._left(placed.x + piece.x, piece.width)
                pen.draw(piece, left, baseline)
                if piece.manner.href:
                    self._link(piece, left, baseline, piece.element or row.element, last=piece is read[-1][0])
        if begun:
            pen.end()
        pen.lift()

    def _read(self, row: Row) -> list[tuple[Piece, Element | None]]:
        """The pieces of a row as they are read, each with what it belongs to.

        Letters that run to the left are drawn from the left: read as drawn, they would be spoken backwards. An element
        of their own says them in order, in a right-to-left letter with all words beside them.
        """
        for piece in row.pieces:
            if piece.rtl:
                break
        else:
            self._stretch = None
            return [(piece, piece.element or row.element) for piece in row.pieces]
        read: list[tuple[Piece, Element | None]] = []
        for piece in sorted(row.pieces, key=lambda piece: piece.place):
            owner = piece.element or row.element
            if owner is None or owner.actual_text is not None or not (piece.rtl or self._rtl):
                self._stretch = None
                read.append((piece, owner))
                continue
            if (
                self._stretch is None
                or self._stretch[0] is not owner
                or len(self._stretch[1].actual_text or "") > _LONG
            ):
                self._stretch = (owner, owner.child("Span", actual_text=""))
                owner.reordered = True
            span = self._stretch[1]
            span.actual_text = f"{span.actual_text}{piece.text}"
            read.append((piece, span))
        return read

    def _left(self, x: float, width: float) -> float:
        """The left end of what stands `x` from the edge where lines begin."""
        return left_of(self._paper, self._rtl, x, width)

    def _heading(self, row: Row, top: float) -> None:
        headings = self._drawn.headings
        if row.element is not None and not (headings and headings[-1].element is row.element):
            headings.append(Heading(row.element, self._number, self._height - top))
        headings[-1].words += [piece.text for piece in sorted(row.pieces, key=lambda piece: piece.place)]

    def _mark(self, element: Element) -> int:
        if element.actual_text is not None:
            # MuPDF puts the words of an element in place of each of its marked contents, nested words and all; where
            # the contents lie one element deeper, it reads them itself.
            if not element.kids:
                element.child("Span")
            element = next(kid for kid in element.kids if isinstance(kid, Element))
        marks = self._drawn.marks
        mark = marks[self._number]
        marks[self._number] = mark + 1
        element.kids.append((self._number, mark))
        return mark

    def _shape(self, placed: Placed, artifact: str) -> None:
        shape = placed.row.shape
        assert shape is not None
        left = self._left(placed.x, shape.width)
        top = self._height - placed.top
        code = self._canvas._code
        if self._tagged:
            if shape.element is None:
                code.append(f"/Artifact <<{artifact}>> BDC")
            else:
                code.append(f"/{shape.element.tag} <</MCID {self._mark(shape.element)}>> BDC")
                shape.element.box = (left, top - shape.height, left + shape.width, top)
        shape.draw(self._canvas, left, top)
        if self._tagged:
            code.append("EMC")

    def _link(self, piece: Piece, left: float, baseline: float, element: Element | None, *, last: bool) -> None:
        """Notes where a link stands; its pieces in one line are one rectangle, without the space at the end of it."""
        href, size, reach = piece.manner.href or "", piece.manner.size, piece.width
        if last:
            words = piece.text.rstrip(" ")
            if not words:
                return
            blank = fonts.width(piece.text[len(words) :], piece.manner)
            left, reach = left + blank * piece.rtl, reach - blank
        box = (left, baseline - 0.26 * size, left + reach, baseline + 0.8 * size)
        before = self._drawn.links[-1] if self._drawn.links else None
        if before and (before.page, before.href, before.element) == (self._number, href, element):
            near, bottom, far, top = before.rectangle
            if abs(bottom - box[1]) < 2.0 and min(abs(near - box[2]), abs(far - box[0])) < 1.0:
                before.rectangle = (min(near, box[0]), min(bottom, box[1]), max(far, box[2]), max(top, box[3]))
                return
        self._drawn.links.append(Link(self._number, box, href, element))
