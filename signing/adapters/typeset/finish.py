"""The drawn pages as a finished file: fonts, links, structure, bookmarks, metadata, the empty field for the seal.

May import its siblings and ReportLab. Everything written here follows from the arguments; nothing asks the clock.
Built to the rules of PDF/A-3 (ISO 19005-3) and PDF/UA-1 (ISO 14289-1); docs/document.md says what that is checked with.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from reportlab import rl_config  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfdoc import PDFArrayCompact, PDFName, PDFObject, PDFPage, PDFStream  # type: ignore[import-untyped]

from signing.adapters.typeset import srgb
from signing.adapters.typeset.bookmarks import Bookmark, write_bookmarks
from signing.adapters.typeset.drawing import Drawn, Link
from signing.adapters.typeset.metadata import information, xmp_packet
from signing.adapters.typeset.pdf_file import PdfFile, stream, text_string
from signing.adapters.typeset.structure import Element
from signing.adapters.typeset.tree import write_tree

rl_config.useA85 = 0  # a quarter of the bytes for nothing

SEAL_FIELD = "Seal"
"""The name of the empty signature field that the seal goes into."""

_PRINTED = 4  # annotation flags (12.5.3)
_LOCKED = 128


class _Raw(PDFObject):  # type: ignore[misc]
    """An object whose bytes we write ourselves, numbered among ReportLab's."""

    __RefOnly__ = 1

    def __init__(self) -> None:
        self.body = b""

    def format(self, document: Any) -> bytes:
        """The bytes, as ReportLab asks for them."""
        return self.body


def finished(
    drawn: Drawn,
    *,
    title: str,
    language: str,
    document_date: datetime.date,
    rtl: bool = False,
    seal: str | None = None,
) -> bytes:
    """The file, byte for byte the same for the same input; a drawing can be finished once.

    With `seal` its last page has an empty, invisible signature field `SEAL_FIELD`, which `seal` describes to those
    who cannot see.
    """
    document = drawn.document
    for font in document.delayedFonts:
        font.addObjects(document)
    pages = [document.Reference(page) for page in document.Pages.pages]
    numbers = [_number(document, page) for page in pages]
    annotations, field = _annotate(drawn, numbers, seal)
    file = PdfFile()
    _add_objects(document, file)
    parts = [b"/Pages %b/Lang%b" % (document.Reference(document.Pages).format(document), text_string(language))]
    if drawn.root:
        tree = write_tree(drawn.root, first=file.next_number, pages=numbers, marks=drawn.marks, annotations=annotations)
        parts.append(b"/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R" % file.next_number)
        for body in tree:
            file.add(body)
    bookmarks = _bookmarks(drawn, numbers)
    if bookmarks:
        parts.append(b"/Outlines %d 0 R" % file.next_number)
        for body in write_bookmarks(bookmarks, first=file.next_number):
            file.add(body)
    if field:
        parts.append(b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>" % field)
    packet = xmp_packet(title=title, language=language, document_date=document_date, tagged=bool(drawn.root))
    # Not compressed, so that a tool that knows nothing of PDF can find it (6.6.2.1 of PDF/A asks for no filter).
    parts.append(b"/Metadata %d 0 R" % file.add(stream(packet, b"/Type/Metadata/Subtype/XML", compress=False)))
    parts.append(b"/OutputIntents[%b]" % _output_intent(file))
    direction = b"/Direction/R2L" if rtl else b""
    parts.append(b"/ViewerPreferences<</DisplayDocTitle true%b>>" % direction)
    root = file.add(b"<</Type/Catalog%b>>" % b"".join(parts))
    info = file.add(information(title=title, document_date=document_date))
    return file.to_bytes(root=root, info=info)


def _number(document: Any, reference: Any) -> int:
    number: int = document.idToObjectNumberAndVersion[reference.name][0]
    return number


def _annotate(drawn: Drawn, pages: Sequence[int], seal: str | None) -> tuple[list[tuple[Element, int, int]], int]:
    """Gives the pages their annotations and their keys in the parent tree.

    Returns the annotations that have an element, as (element, page, object number), and the number of the field.
    """
    document = drawn.document
    on_page: dict[int, list[Any]] = {}
    owned: list[tuple[Element, int, int]] = []

    def place(page: int, body: bytes, element: Element | None) -> int:
        raw = _Raw()
        reference = document.Reference(raw)
        number = _number(document, reference)
        key = b""
        if element is not None:
            key = b"/StructParent %d" % (len(pages) + len(owned))
            owned.append((element, page, number))
        raw.body = b"<</Type/Annot%b%b/P %d 0 R>>" % (body, key, pages[page])
        on_page.setdefault(page, []).append(reference)
        return number

    for link in drawn.links:
        place(link.page, _link(link), link.element if drawn.root else None)
    field = 0
    if seal is not None:
        body = b"/Subtype/Widget/FT/Sig/T%b/TU%b/F %d/Rect[0 0 0 0]" % (
            text_string(SEAL_FIELD),
            text_string(seal),
            _PRINTED | _LOCKED,
        )
        field = place(len(pages) - 1, body, drawn.root.child("Form") if drawn.root else None)
    for index, page in enumerate(document.Pages.pages):
        page.Trans = None  # ReportLab's is empty
        page.Annots = PDFArrayCompact(on_page[index]) if index in on_page else None
        if drawn.root:
            page.__NoDefault__ = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents = index
            page.Tabs = PDFName("S")  # the order of the structure (14289-1, 7.18.3)
    return owned, field


def _link(link: Link) -> bytes:
    said = link.element.alt if link.element is not None and link.element.alt else link.href
    return b"/Subtype/Link/Rect[%b]/Border[0 0 0]/F %d/Contents%b/A<</S/URI/URI%b>>" % (
        b" ".join(b"%.2f" % edge for edge in link.rectangle),
        _PRINTED,
        text_string(said),
        text_string(link.href),
    )


def _add_objects(document: Any, file: PdfFile) -> None:
    """Takes over ReportLab's objects; formatting one may register more."""
    while file.next_number in document.numberToId:
        thing = document.idToObject[document.numberToId[file.next_number]]
        if isinstance(thing, PDFStream):  # a page's; ReportLab leaves out the end of line that PDF/A asks for
            file.add(stream(thing.content.encode("ascii")))
        else:
            file.add(thing.format(document).rstrip(b"\n"))


def _bookmarks(drawn: Drawn, pages: Sequence[int]) -> list[Bookmark]:
    return [
        Bookmark(
            heading.element.level,
            "".join(heading.words).strip(),
            pages[heading.page],
            heading.top,
        )
        for heading in drawn.headings
    ]


def _output_intent(file: PdfFile) -> bytes:
    profile = file.add(stream(srgb.profile(), b"/N 3"))
    name = text_string(srgb.NAME)
    return b"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier%b/Info%b/DestOutputProfile %d 0 R>>" % (
        name,
        name,
        profile,
    )
