"""Bulleted and numbered lists of a Word document (ECMA-376 part 1, 17.9); may import python-docx.

Every list is a numbering of its own, so that the second begins anew; all of one kind share what they look like.
"""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.shared import Length, Twips
from docx.text.paragraph import Paragraph

LEVELS = 9
_STEP = 400  # twentieths of a point by which each level stands further in
_BULLETS, _NUMBERS = 90, 91  # above those of python-docx's template


class Lists:
    """The lists of one document."""

    def __init__(self, document: Document) -> None:
        self._numbering: Any = document.part.numbering_part.element
        first = self._numbering.find(qn("w:num"))
        for name, ordered in ((_BULLETS, False), (_NUMBERS, True)):
            first.addprevious(parse_xml(_look(name, ordered)))

    def begin(self, *, ordered: bool, start: int, depth: int) -> int:
        """The number by which the items of a new list name it; `depth` counts from 0."""
        numbering = self._numbering.add_num(_NUMBERS if ordered else _BULLETS)
        if ordered:
            numbering.add_lvlOverride(ilvl=_level(depth)).add_startOverride(start)
        return int(numbering.numId)

    @staticmethod
    def put(paragraph: Paragraph, numbering: int, depth: int) -> None:
        """Make a paragraph the head of an item."""
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = _level(depth)
        properties.get_or_add_numId().val = numbering


def indent(depth: int) -> Length:
    """How far in the words of an item stand."""
    return Twips(_STEP * (_level(depth) + 1))


def _level(depth: int) -> int:
    return min(depth, LEVELS - 1)


def _look(name: int, ordered: bool) -> str:
    levels = []
    for level in range(LEVELS):
        kind, text = ("decimal", f"%{level + 1}.") if ordered else ("bullet", "•")
        left = _STEP * (level + 1)
        levels.append(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>'
            f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{left}" w:hanging="{_STEP}"/></w:pPr></w:lvl>'
        )
    many = '<w:multiLevelType w:val="multilevel"/>'
    return f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{name}">{many}{"".join(levels)}</w:abstractNum>'
