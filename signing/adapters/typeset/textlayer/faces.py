"""Font files, and the cuts of them that text is set in.

May import uharfbuzz and the standard library only. Any sfnt that HarfBuzz reads will do: TrueType or CFF outlines,
single files or collections, static or variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import uharfbuzz as hb  # type: ignore[import-untyped]


class Face:
    """One face of one file, read when it is first needed; a variable font is held at one place of its axes.

    Two objects made from the same file are two faces: keep each for the life of the process.
    """

    def __init__(self, path: Path, *, index: int = 0, variations: Mapping[str, float] | None = None) -> None:
        self.path = path
        self.index = index
        self.variations = dict(variations or {})
        self._advances: dict[int, int] = {}

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

    def advance(self, glyph: int) -> int:
        """How far a glyph reaches by itself, in units of the design."""
        known = self._advances.get(glyph)
        if known is None:
            known = self._advances[glyph] = self.font.get_glyph_h_advance(glyph)
        return known


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A face as one place in a chain of fallbacks uses it: how large beside the first of the chain, and how much
    heavier than it is drawn (the width of a stroke round its outlines, in ems), where it has no bold of its own."""

    face: Face
    scale: float = 1.0
    embolden: float = 0.0
