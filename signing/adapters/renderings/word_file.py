"""An empty Word document in a letter's language and on its paper, and its bytes, which are the same every time.

May import python-docx and `signing.locale`. WordprocessingML is ECMA-376 part 1; lengths are points where nothing else
is said.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

ACCENT = RGBColor(0x17, 0x36, 0x5D)
LINK = RGBColor(0x2A, 0x55, 0x99)
GREY = RGBColor(0x5D, 0x64, 0x70)
HYPERLINK, NOTE, NOTE_MARK, SIGNATORY = "Hyperlink", "footnote text", "footnote reference", "Signatory"
DEEPEST = 6

_FACE, _COMPLEX_FACE = "Georgia", "Times New Roman"
_SIZES = (14.0, 12.5, 11.5, 11.0, 11.0, 11.0)  # of headings, from the highest
_PAPERS = {"a4": (Mm(210), Mm(297)), "letter": (Pt(612), Pt(792))}
# What python-docx's template brings that no letter has: a picture of itself, its maker, styles for older programs.
_NEEDLESS = ("/thumbnail", "/extended-properties", "/customXml", "/stylesWithEffects")
# What XML 1.0 (2.2) cannot hold; letters and names may, until they are printed.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_PROPERTY = 255  # python-docx refuses more
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)


def new_document(*, title: str, language: str, rtl: bool, date: datetime.date, paper: str) -> Document:
    """A document without a paragraph; its styles are the letter's, its dates `date` and nobody's name in it."""
    document = docx.Document()
    for rels in (document.part.package.rels, document.part.rels):
        for name in [name for name, rel in rels.items() if rel.reltype.endswith(_NEEDLESS)]:
            del rels[name]
    section = document.sections[0]
    section.page_width, section.page_height = _PAPERS[paper]
    section.left_margin = section.right_margin = Mm(30)
    section.top_margin = section.bottom_margin = Mm(25)
    properties = document.core_properties
    properties.title, properties.language = in_xml(title)[:_LONGEST_PROPERTY], language
    properties.author = properties.comments = properties.last_modified_by = properties.keywords = ""
    properties.created = properties.modified = datetime.datetime(date.year, date.month, date.day)
    properties.revision = 1
    _set_styles(document, language, rtl)
    return document


def in_xml(text: str) -> str:
    """The text with U+FFFD for every character that no XML can hold."""
    return _NO_XML.sub("\ufffd", text)


def to_bytes(document: Document) -> bytes:
    """The file, its parts dated as a zip's first day: the same document gives the same bytes."""
    saved, fixed = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as out:
        for name in parts.namelist():
            out.writestr(zipfile.ZipInfo(name, _FIXED_DATE), parts.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def say_language(properties: Any, language: str) -> None:
    """Write a language tag into run properties (`w:rPr`), whichever of the three kinds of script it is in."""
    element = properties.find(qn("w:lang"))
    if element is None:
        element = OxmlElement("w:lang")
        properties.append(element)
    for name in ("w:val", "w:eastAsia", "w:bidi"):
        element.set(qn(name), language)


def _set_styles(document: Document, language: str, rtl: bool) -> None:
    styles = document.styles
    defaults = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    say_language(defaults, language)
    normal = styles["Normal"]
    _set_face(normal, 11.0)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(8), 1.2
    if rtl:
        normal.element.get_or_add_pPr().insert(0, OxmlElement("w:bidi"))
    title = styles["Title"]
    _set_face(title, 15.0, bold=True)
    for border in title.element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(10), Pt(10)
    for level, size in enumerate(_SIZES, start=1):
        _set_face(styles[f"Heading {level}"], size, bold=True)
    styles["Quote"].font.italic = False
    styles["Quote"].paragraph_format.left_indent = styles["Quote"].paragraph_format.right_indent = Pt(24)
    name = styles.add_style(SIGNATORY, WD_STYLE_TYPE.PARAGRAPH)
    name.base_style = normal
    name.paragraph_format.left_indent, name.paragraph_format.first_line_indent = Pt(11), -Pt(11)
    name.paragraph_format.space_after = Pt(3)
    link = styles.add_style(HYPERLINK, WD_STYLE_TYPE.CHARACTER, builtin=True)
    link.font.color.rgb, link.font.underline = LINK, True
    mark = styles.add_style(NOTE_MARK, WD_STYLE_TYPE.CHARACTER, builtin=True)
    mark.font.superscript = True
    note = styles.add_style(NOTE, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    note.base_style = normal
    _set_face(note, 9.0)
    note.paragraph_format.space_after = Pt(2)


def _set_face(style: Any, size: float, *, bold: bool = False) -> None:
    font = style.font
    font.name, font.size = _FACE, Pt(size)
    properties = style.element.get_or_add_rPr()
    faces = properties.rFonts
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        faces.attrib.pop(qn(theme), None)
    faces.set(qn("w:cs"), _COMPLEX_FACE)
    complex_size = properties.find(qn("w:szCs"))
    if complex_size is None:
        complex_size = OxmlElement("w:szCs")
        properties.find(qn("w:sz")).addnext(complex_size)
    complex_size.set(qn("w:val"), str(round(size * 2)))
    if bold:
        font.bold, font.cs_bold, font.color.rgb = True, True, ACCENT
