"""What a document embeds: one Type0 font with Identity-H for each face, cut by HarfBuzz to the glyphs drawn.

May import its siblings, ReportLab's `pdfbase`, uharfbuzz and the standard library. Source: ISO 32000-1, 9.7 and 9.10.

A code stands for one glyph *saying* one text, so that ToUnicode is never ambiguous. The first text a glyph says in a
document takes the glyph's own code, its number; others take codes above all glyphs, led back by CIDToGIDMap. A CFF
face has no such map: there the second text needs /ActualText.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

import uharfbuzz as hb  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfdoc  # type: ignore[import-untyped]

from .faces import Face, number

_LAST_CODE = 0xFFFF
_DROPPED: tuple[str, ...] = (
    "GSUB",
    "GPOS",
    "GDEF",
    "BASE",
    "JSTF",
    "MATH",
    "STAT",
    "meta",
    "name",
    "cmap",
    "post",
    "OS/2",
    "DSIG",
    "gasp",
)
_CFF_NEEDS_NO_MORE = ("hmtx", "hhea", "vhea", "vmtx", "VORG")


class EmbeddedFont:
    """One face in one document: which codes are used and what they say."""

    def __init__(self, face: Face, name: str) -> None:
        self.face = face
        self.name = name
        """The name of the font in the resources of the pages, without the slash."""
        self.known: set[tuple[int, str]] = set()
        """The glyphs whose own code is taken, with what it says."""
        self._said: dict[int, str] = {}
        self._more: dict[tuple[int, str], int] = {}
        self._next = face.spare_code + 1

    def code(self, glyph: int, text: str) -> int | None:
        """The code that draws `glyph` and says `text`; None where there is none, because the face is a CFF one and
        the glyph says something else already (its own code still draws it)."""
        own = self._said.setdefault(glyph, text)
        if own == text:
            self.known.add((glyph, text))
            return self.face.own_code(glyph)
        more = self._more.get((glyph, text))
        if more is None and not self.face.is_cff and self._next <= _LAST_CODE:
            more = self._more[glyph, text] = self._next
            self._next += 1
        return more

    def drawing_code(self, glyph: int, text: str) -> int:
        """The code that draws `glyph` and, if one can, says `text`."""
        code = self.code(glyph, text)
        return self.face.own_code(glyph) if code is None else code

    def add_objects(self, doc: Any) -> Any:
        """Writes the font into the document and returns a reference to it."""
        face = self.face
        glyphs = sorted(self._said.keys() | {glyph for glyph, _ in self._more})
        name = f"{_tag(face, glyphs)}+{face.name}"
        codes = {face.own_code(glyph): (glyph, text) for glyph, text in self._said.items()}
        codes.update({code: pair for pair, code in self._more.items()})
        descendant = (
            f"<</Type/Font/Subtype/{'CIDFontType0' if face.is_cff else 'CIDFontType2'}/BaseFont/{name}"
            "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            f"/FontDescriptor {_descriptor(doc, face, name, _subset(face, tuple(glyphs)))}"
            f"/DW 1000/W{_widths(face, codes)}{'' if face.is_cff else self._map(doc, codes)}>>"
        )
        says = _to_unicode({code: text for code, (_, text) in codes.items()})
        font = (
            f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H"
            f"/DescendantFonts[{_added(doc, descendant.encode('ascii'))}]"
            f"/ToUnicode {_added(doc, _stream(_packed(says)))}>>"
        )
        return doc.Reference(_Raw(font.encode("ascii")))

    def _map(self, doc: Any, codes: dict[int, tuple[int, str]]) -> str:
        if all(code == glyph for code, (glyph, _) in codes.items()):
            return "/CIDToGIDMap/Identity"
        table = bytearray(2 * self._next)
        for code, (glyph, _) in codes.items():
            struct.pack_into(">H", table, 2 * code, glyph)
        return f"/CIDToGIDMap {_added(doc, _stream(_packed(bytes(table))))}"


def _descriptor(doc: Any, face: Face, name: str, program: tuple[bytes, int]) -> str:
    packed, length = program
    if face.is_cff:
        file = f"/FontFile3 {_added(doc, _stream(packed, '/Subtype/CIDFontType0C'))}"
    else:
        file = f"/FontFile2 {_added(doc, _stream(packed, f'/Length1 {length}'))}"
    flags = 4 | (64 if face.slant != "0" else 0)  # symbolic: the codes are glyphs
    descriptor = (
        f"<</Type/FontDescriptor/FontName/{name}/Flags {flags}/FontBBox[{face.box}]/ItalicAngle {face.slant}"
        f"/Ascent {face.ascent}/Descent {face.descent}/CapHeight {face.capitals}/StemV 80{file}>>"
    )
    return _added(doc, descriptor.encode("ascii"))


class _Raw(pdfdoc.PDFObject):  # type: ignore[misc]
    """An object written as it is: ReportLab's own dictionaries take longer to write than the fonts to cut."""

    __RefOnly__ = 1

    def __init__(self, written: bytes) -> None:
        self._written = written

    def format(self, document: Any) -> bytes:
        return self._written


def _added(doc: Any, written: bytes) -> str:
    """Adds an object to the document, and gives the reference to it."""
    reference: bytes = doc.Reference(_Raw(written)).format(doc)
    return reference.decode("ascii")


def _packed(content: bytes) -> bytes:
    # The whole window of `zlib.compress` takes longer to set up than a map of codes to pack.
    packer = zlib.compressobj(5, zlib.DEFLATED, 13, 7)
    return packer.compress(content) + packer.flush()


def _stream(packed: bytes, entries: str = "") -> bytes:
    entries = f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>\nstream\n"
    return entries.encode("ascii") + packed + b"\nendstream"


def _tag(face: Face, glyphs: Iterable[int]) -> str:
    """Six letters that follow from the glyphs (ISO 32000-1, 9.6.4)."""
    digest = hashlib.sha256(f"{face.name} {' '.join(map(str, glyphs))}".encode()).digest()
    return "".join(chr(65 + byte % 26) for byte in digest[:6])


@lru_cache(maxsize=128)
def _subset(face: Face, glyphs: tuple[int, ...]) -> tuple[bytes, int]:
    """The font program with these glyphs at their own numbers, compressed, and how long it is when it is not."""
    wanted = _needs(face)
    wanted.glyph_set.update(glyphs)
    made = hb.subset(_at_rest(face), wanted)
    program = made.reference_table("CFF ") if face.is_cff else made.blob
    return _packed(program.data), len(program.data)


@cache
def _at_rest(face: Face) -> hb.Face:
    """The face with its axes pinned to their place: a variable font takes five times as long to cut."""
    axes = face.source.axis_infos
    if not axes:
        return face.source
    wanted = _needs(face)
    wanted.glyph_set.invert()
    for axis in axes:
        place = face.variations.get(axis.tag)
        if place is None:
            wanted.pin_axis_to_default(face.source, axis.tag)
        else:
            wanted.pin_axis_location(face.source, axis.tag, place)
    return hb.subset(face.source, wanted)


def _needs(face: Face) -> hb.SubsetInput:
    """What a PDF needs of a font, without any glyph yet."""
    wanted = hb.SubsetInput()
    flags = hb.SubsetFlags
    wanted.flags = flags.RETAIN_GIDS | flags.NOTDEF_OUTLINE | flags.NO_LAYOUT_CLOSURE | flags.NO_HINTING
    if face.is_cff:
        # Without an identity charset the numbers of a CID-keyed CFF stay those of the whole font, and readers
        # that look glyphs up by code draw nothing, while the text still copies right.
        wanted.flags |= flags.CFF_IDENTITY_CHARSET | flags.DOWNGRADE_CFF2
    dropped = _DROPPED + _CFF_NEEDS_NO_MORE if face.is_cff else _DROPPED
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in dropped)
    return wanted


def _widths(face: Face, codes: dict[int, tuple[int, str]]) -> str:
    parts: list[str] = []
    previous = -2
    for code in sorted(codes):
        reach = number(face.drawn[codes[code][0]][1] * 1000 / face.upem)
        parts.append(f" {reach}" if code == previous + 1 else f"{']' if parts else ''}{code}[{reach}")
        previous = code
    return "[" + "".join(parts) + "]]"


_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{ranges}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def _to_unicode(says: dict[int, str]) -> bytes:
    lines = [f"<{code:04X}> <{says[code].encode('utf-16-be').hex().upper()}>\n" for code in sorted(says)]
    parts = []
    for start in range(0, len(lines), 100):
        part = lines[start : start + 100]
        parts.append(f"{len(part)} beginbfchar\n{''.join(part)}endbfchar\n")
    return _CMAP.format(ranges="".join(parts)).encode("ascii")


class Embedding:
    """The fonts of one document, written when the canvas is saved."""

    def __init__(self) -> None:
        self._fonts: dict[Face, EmbeddedFont] = {}
        self.kept: dict[Any, Any] = {}
        """What else is to be kept as long as the document."""

    @classmethod
    def of(cls, canvas: Any) -> Embedding:
        """The fonts of the canvas's document; the first call makes them a part of it."""
        doc = canvas._doc
        known: Embedding | None = getattr(doc, "_textlayer", None)
        if known is None:
            known = doc._textlayer = cls()
            doc.delayedFonts.append(known)
        return known

    def font(self, face: Face) -> EmbeddedFont:
        """The font of a face, new at its first use."""
        known = self._fonts.get(face)
        if known is None:
            known = self._fonts[face] = EmbeddedFont(face, f"T{len(self._fonts) + 1}")
        return known

    def addObjects(self, doc: Any) -> None:
        """Writes every font that was used; ReportLab calls this while it saves."""
        resources = doc.idToObject[pdfdoc.BasicFonts].dict
        for font in self._fonts.values():
            resources[font.name] = font.add_objects(doc)
