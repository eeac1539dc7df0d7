"""Font files, and the cuts of them that text is set in.

May import uharfbuzz and the standard library only. Any sfnt that HarfBuzz reads will do: TrueType or CFF outlines,
single files or collections, static or variable.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import uharfbuzz as hb  # type: ignore[import-untyped]


class Face:
    """One face of one file, read when it is first needed; a variable font is held at one place of its axes.

    Two objects made from the same file are two faces: keep each for the life of the process. `pairwise` are
    characters among which no rule of the font looks at more than two neighbouring glyphs: words of them are found
    several times as fast.
    """

    def __init__(
        self,
        path: Path,
        *,
        index: int = 0,
        variations: Mapping[str, float] | None = None,
        pairwise: frozenset[str] = frozenset(),
    ) -> None:
        self.path = path
        self.pairwise = pairwise
        self.index = index
        self.variations = dict(variations or {})
        self.drawn = _Drawn(self)
        """Of each glyph its own code in hexadecimal, and how far it reaches in units of the design."""

    def __repr__(self) -> str:
        return f"Face({self.path.name!r}, index={self.index}, variations={self.variations})"

    @cached_property
    def source(self) -> hb.Face:
        """The whole file, as HarfBuzz holds it (mapped, not copied)."""
        return hb.Face(hb.Blob.from_file_path(str(self.path)), self.index)

    @cached_property
    def font(self) -> hb.Font:
        """The face at its place of the axes, in its own units."""
        font = hb.Font(self.source)
        if self.variations:
            font.set_variations(self.variations)
        return font

    @cached_property
    def upem(self) -> int:
        """Units of the design to one em."""
        return int(self.source.upem)

    @cached_property
    def moves(self) -> Mapping[int, str]:
        """Moves to the left by units of the design, as they stand within a hexadecimal string of a TJ array."""
        return _Moves(self)

    @cached_property
    def is_cff(self) -> bool:
        """Whether the outlines are PostScript ones."""
        return bool({"CFF ", "CFF2"} & set(self.source.table_tags))

    @cached_property
    def characters(self) -> frozenset[str]:
        """The characters that have a glyph, with those that HarfBuzz draws by the glyph of another."""
        known = set(map(chr, self.source.unicodes))
        if "\u2010" in known:
            known.add("\u2011")
        if " " in known:
            known.update("\u00a0\u202f\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f")
        return frozenset(known)

    @cached_property
    def is_wide(self) -> bool:
        """Whether this is a face for Han, whose punctuation fills a square."""
        return "一" in self.characters

    @cached_property
    def name(self) -> str:
        """The PostScript name, with the place on the axes where there are any."""
        named = self.source.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME) or self.path.stem
        plain = "".join(c for c in named if c.isascii() and (c.isalnum() or c == "-"))
        return "-".join([plain, *(f"{tag}{value:g}".replace(".", "_") for tag, value in self.variations.items())])

    @cached_property
    def box(self) -> str:
        """The box round all glyphs, in thousandths of an em, as in a font descriptor (so are the next four)."""
        edges = struct.unpack_from(">4h", self.source.reference_table("head").data, 36)
        return " ".join(map(self._thousandths, edges))

    @cached_property
    def slant(self) -> str:
        """The angle of an italic, in degrees from upright; `0` for upright faces."""
        return number(struct.unpack_from(">i", self.source.reference_table("post").data, 4)[0] / 65536)

    @cached_property
    def ascent(self) -> str:
        """How far letters reach above the baseline."""
        return self._thousandths(self.font.get_font_extents("ltr").ascender)

    @cached_property
    def descent(self) -> str:
        """How far they reach below it (negative)."""
        return self._thousandths(self.font.get_font_extents("ltr").descender)

    @cached_property
    def capitals(self) -> str:
        """The height of capitals."""
        return self._thousandths(self.font.get_metric_position_with_fallback(hb.OTMetricsTag.CAP_HEIGHT))

    def _thousandths(self, units: float) -> str:
        return number(units * 1000 / self.upem)

    @cached_property
    def spare_code(self) -> int:
        """The first code that is no glyph's number. It stands for glyph 0x20 of a TrueType face: readers apply word
        spacing to that code."""
        return max(int(self.source.glyph_count), 0x21)

    def own_code(self, glyph: int) -> int:
        """The code that draws a glyph without any table."""
        return self.spare_code if glyph == 0x20 and not self.is_cff else glyph


class _Drawn(dict[int, tuple[str, int]]):
    """Of each glyph its own code in hexadecimal, and how far it reaches in units of the design."""

    def __init__(self, face: Face) -> None:
        self._face = face

    def __missing__(self, glyph: int) -> tuple[str, int]:
        face = self._face
        found = self[glyph] = (f"{face.own_code(glyph):04x}", face.font.get_glyph_h_advance(glyph))
        return found


class _Moves(dict[int, str]):
    """Moves to the left by units of the design, as they stand within a hexadecimal string of a TJ array."""

    def __init__(self, face: Face) -> None:
        self._unit = 1000 / face.upem

    def __missing__(self, back: int) -> str:
        found = self[back] = f">{number(back * self._unit)}<"
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A face as one place in a chain of fallbacks uses it: how large beside the first of the chain, and how much
    heavier than it is drawn (the width of a stroke round its outlines, in ems), where it has no bold of its own."""

    face: Face
    scale: float = 1.0
    embolden: float = 0.0


def number(value: float) -> str:
    """A number as content streams have it: three places, none of them idle."""
    written = f"{value:.3f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
    return "0" if written == "-0" else written
