"""The letter as a Word document: real headings, lists, links and footnotes, to be copied from and worked on.

May import python-docx, its siblings, `signing.domain`, `signing.evidence.signatory_list` and `signing.locale`.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any

from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run as WordRun

from signing.adapters.renderings.around import Around, Check, Name, around
from signing.adapters.renderings.word_file import (
    DEEPEST,
    GREY,
    HYPERLINK,
    SIGNATORY,
    in_xml,
    new_document,
    say_language,
    to_bytes,
)
from signing.adapters.renderings.word_footnotes import Footnotes
from signing.adapters.renderings.word_lists import Lists, indent
from signing.domain.letter_html import SCHEMES
from signing.domain.letter_text import Block, Heading, ItemList, LetterText, Quotation, Run
from signing.domain.letter_text import Paragraph as Words
from signing.evidence.signatory_list import SignatoryList
from signing.locale import text_direction


def letter_docx(
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
    """The letter as .docx; the arguments are those of `typeset.letter_pdf`."""
    parts = around(
        text, listing=listing, version=version, text_sha256=text_sha256, phrase=phrase, check_url=check_url,
        draft_for=draft_for, document_date=document_date,
    )  # fmt: skip
    rtl = text_direction(text.language) == "rtl"
    document = new_document(title=text.title, language=text.language, rtl=rtl, date=document_date, paper=paper)
    writer = _Writer(document, rtl)
    writer.write_margins(parts)
    writer.write_letter(text, parts)
    writer.write_list(parts)
    if parts.check:
        writer.write_check(parts.check)
    return to_bytes(document)


class _Writer:
    """Writes into one document, from the top to the end."""

    def __init__(self, document: Document, rtl: bool) -> None:
        self._document = document
        self._rtl = rtl
        self._lists = Lists(document)
        self._footnotes: Footnotes | None = None
        self._end: Any = document.element.body.sectPr
        self._styles: dict[str, str] = {}
        self._deeper = 0

    def write_margins(self, parts: Around) -> None:
        """The mark of a draft in the head of every page; version, short digest and page number in the foot."""
        section: Any = self._document.sections[0]
        if parts.draft:
            self._add_text(section.header.paragraphs[0], parts.draft)
        foot = section.footer.paragraphs[0]
        stops = foot.paragraph_format.tab_stops
        stops.add_tab_stop(section.page_width - section.left_margin - section.right_margin, WD_TAB_ALIGNMENT.RIGHT)
        foot.add_run(f"{parts.version}\t").font.size = Pt(8.5)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        foot._p.append(field)

    def write_letter(self, text: LetterText, parts: Around) -> None:
        """The letter from the addressees to the closing, with its footnotes."""
        if text.footnotes:
            self._footnotes = Footnotes(self._document)
            for number, runs in enumerate(text.footnotes, start=1):
                self._add_runs(self._footnotes.add(number), runs)
        for block in text.addressees:
            paragraph = self._paragraph()
            for number, line in enumerate(block):
                self._add_text(paragraph, f"\n{line}" if number else line, bold=not number)
        for head in (parts.date_line, text.reference, text.salutation):
            if head:
                self._add_text(self._paragraph(), head)
        self._add_text(self._paragraph("Title"), text.title)
        self._deeper = 1 - min((block.level for block in text.blocks if isinstance(block, Heading)), default=1)
        self._write_blocks(text.blocks)
        if text.closing:
            self._add_text(self._paragraph(), text.closing)

    def write_list(self, parts: Around) -> None:
        """The signatories under their groups, and how many names are withheld."""
        if parts.groups or parts.withheld:
            self._add_text(self._paragraph("Heading 1"), parts.heading)
        for group in parts.groups:
            if group.heading:
                self._add_text(self._paragraph("Heading 2"), group.heading)
            for name in group.names:
                self._write_name(name)
        if parts.withheld:
            self._add_text(self._paragraph(), parts.withheld)

    def write_check(self, check: Check) -> None:
        """How to check this copy."""
        self._add_text(self._paragraph("Heading 1"), check.heading)
        self._add_text(self._paragraph(), f"{check.version}\n{check.date}")
        if check.address:
            paragraph = self._paragraph()
            self._add_text(paragraph, f"{check.before_address} ")
            self._add_runs(paragraph, [Run(check.address, href=check.address)])
        self._add_text(self._paragraph(), f"{check.before_sha256} {check.sha256}")
        self._add_text(self._paragraph(), f"{check.before_phrase} {check.phrase}")

    def _paragraph(self, style: str | None = None) -> Paragraph:
        """A new paragraph at the end; python-docx would look through all those before it, and all styles each time."""
        paragraph = Paragraph(OxmlElement("w:p"), self._document._body)
        self._end.addprevious(paragraph._p)
        if style:
            if style not in self._styles:
                self._styles[style] = self._document.styles[style].style_id
            paragraph._p.style = self._styles[style]
        return paragraph

    def _write_name(self, name: Name) -> None:
        paragraph = self._paragraph(SIGNATORY)
        self._add_text(paragraph, name.listed_as)
        if name.after:
            self._add_text(paragraph, name.after).font.color.rgb = GREY
        if name.native:
            run = self._add_text(paragraph, f"\n{name.native}")
            run.font.color.rgb = GREY
            if name.native_language:
                say_language(run._r.get_or_add_rPr(), name.native_language)

    def _write_blocks(self, blocks: Sequence[Block], *, style: str | None = None, within: Length | None = None,
                      depth: int = 0) -> None:
        """`within` is how far in paragraphs stand that follow the first of a list item."""
        for block in blocks:
            match block:
                case Words(runs):
                    paragraph = self._paragraph(style)
                    if within is not None:
                        paragraph.paragraph_format.left_indent = within
                    self._add_runs(paragraph, runs)
                case Heading(level, runs):
                    level = max(1, min(level + self._deeper, DEEPEST))
                    self._add_runs(self._paragraph(f"Heading {level}"), runs)
                case Quotation(inner):
                    self._write_blocks(inner, style="Quote", within=within, depth=depth)
                case ItemList():
                    self._write_items(block, style, depth)

    def _write_items(self, items: ItemList, style: str | None, depth: int) -> None:
        numbering = self._lists.begin(ordered=items.ordered, start=items.start, depth=depth)
        for item in items.items:
            first, *others = item
            paragraph = self._paragraph(style or "List Paragraph")
            self._lists.put(paragraph, numbering, depth)
            if isinstance(first, Words | Heading):
                self._add_runs(paragraph, first.runs)
            else:
                others = list(item)
            self._write_blocks(others, style=style, within=indent(depth), depth=depth + 1)

    def _add_runs(self, paragraph: Paragraph, runs: Sequence[Run]) -> None:
        for address, stretch in groupby(runs, key=lambda run: run.href):
            added = [run for run in map(partial(self._add_run, paragraph), stretch) if run is not None]
            if address and address.lower().startswith(SCHEMES):
                self._make_link(paragraph, added, address)

    def _add_run(self, paragraph: Paragraph, run: Run) -> WordRun | None:
        """Write a run; the mark of a footnote is none of its own."""
        if run.footnote is None:
            return self._add_text(paragraph, run.text, bold=run.bold, italic=run.italic)
        assert self._footnotes is not None, "a mark without a note"
        self._footnotes.mark(paragraph, run.footnote)
        return None

    def _make_link(self, paragraph: Paragraph, runs: Sequence[WordRun], address: str) -> None:
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        runs[0]._r.addprevious(link)
        for run in runs:
            run.style = HYPERLINK
            link.append(run._r)

    def _add_text(self, paragraph: Paragraph, text: str, *, bold: bool = False, italic: bool = False) -> WordRun:
        run = paragraph.add_run(in_xml(text))
        font = run.font
        if bold:
            font.bold = font.cs_bold = True
        if italic:
            font.italic = font.cs_italic = True
        if any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
            font.rtl = True
        return run
