"""Footnotes of a Word document (ECMA-376 part 1, 17.11), which python-docx has no hand for; may import it, and its
siblings.

The two notes before the first are the lines Word draws between text and notes.
"""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.parts.story import StoryPart
from docx.text.paragraph import Paragraph

from signing.adapters.renderings.word_file import NOTE, NOTE_MARK

_SEPARATORS = {-1: "separator", 0: "continuationSeparator"}


class Footnotes:
    """The notes of one document, numbered from 1 as the letter numbers them."""

    def __init__(self, document: Document) -> None:
        self._element: Any = parse_xml(f"<w:footnotes {nsdecls('w', 'r')}/>")
        self._part: Any = StoryPart(
            PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, self._element, document.part.package
        )
        document.part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)
        self._mark_style = document.styles[NOTE_MARK].style_id
        kinds = OxmlElement("w:footnotePr")
        for number, kind in _SEPARATORS.items():
            note = self._add(number)
            note.set(qn("w:type"), kind)
            note.append(_run_with(OxmlElement(f"w:{kind}"), paragraph=True))
            known = OxmlElement("w:footnote")
            known.set(qn("w:id"), str(number))
            kinds.append(known)
        document.settings.element.find(qn("w:compat")).addprevious(kinds)
        self._marked: set[int] = set()

    def add(self, number: int) -> Paragraph:
        """The paragraph of a new note, its number written already."""
        element: Any = OxmlElement("w:p")
        self._add(number).append(element)
        paragraph = Paragraph(element, self._part)
        paragraph.style = NOTE
        element.append(self._marked_run(OxmlElement("w:footnoteRef")))
        paragraph.add_run(" ")
        return paragraph

    def mark(self, paragraph: Paragraph, number: int) -> None:
        """Mark the place of note `number`; Word has a note in one place, so that a second mark is a raised number."""
        if number in self._marked:
            paragraph.add_run(str(number), style=NOTE_MARK)
            return
        self._marked.add(number)
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(number))
        paragraph._p.append(self._marked_run(reference))

    def _add(self, number: int) -> Any:
        note = OxmlElement("w:footnote")
        note.set(qn("w:id"), str(number))
        self._element.append(note)
        return note

    def _marked_run(self, content: Any) -> Any:
        run = _run_with(content)
        properties, style = OxmlElement("w:rPr"), OxmlElement("w:rStyle")
        style.set(qn("w:val"), self._mark_style)
        properties.append(style)
        run.insert(0, properties)
        return run


def _run_with(content: Any, *, paragraph: bool = False) -> Any:
    run = OxmlElement("w:r")
    run.append(content)
    if not paragraph:
        return run
    element = OxmlElement("w:p")
    element.append(run)
    return element
