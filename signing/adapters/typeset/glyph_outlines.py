"""Pieces of text as outlines for an SVG: each glyph's contours once, under an id, and used wherever it stands.

May import its siblings only. The same pieces give the same words every time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from signing.adapters.typeset.fonts import style_for
from signing.adapters.typeset.lines import Piece
from signing.adapters.typeset.textlayer import Cut, outline, placed_glyphs

UNITS = 20
"""Of the drawing to a point: fine enough for a screen, coarse enough for a slow line."""
_KEPT = 4096

_outline = lru_cache(maxsize=_KEPT)(outline)


@dataclass(slots=True)
class GlyphOutlines:
    """The outlines of one picture; `prefix` begins their ids. `definitions` belong into its `<defs>`."""

    prefix: str
    definitions: list[str] = field(default_factory=list)
    _ids: dict[tuple[Cut, float, int], str] = field(default_factory=dict)

    def used(self, piece: Piece, left: float, baseline: float) -> str:
        """The glyphs of a piece, its left end and its baseline being there, as `<use>`."""
        manner = piece.manner
        used = []
        for cut, glyph, x, y in placed_glyphs(
            style_for(manner), piece.text, rtl=piece.rtl or None, spacing=manner.spacing / manner.size
        ):
            name = self._defined(cut, manner.size, glyph)
            if name:
                at = units(left + x * manner.size), units(baseline - y * manner.size)
                used.append(f'<use href="#{name}" x="{at[0]}" y="{at[1]}"/>')
        return "".join(used)

    def _defined(self, cut: Cut, size: float, glyph: int) -> str:
        """The id of the outline of a glyph, empty where there is nothing to draw."""
        key = (cut, size, glyph)
        if key not in self._ids:
            contours = _outline(cut, glyph, size * UNITS)
            name = f"{self.prefix}{len(self.definitions)}" if contours else ""
            if contours:
                stroke = units(cut.embolden * cut.scale * size)
                heavy = f' stroke="currentColor" stroke-width="{stroke}"' if stroke else ""
                self.definitions.append(f'<path id="{name}" d="{contours}"{heavy}/>')
            self._ids[key] = name
        return self._ids[key]


def units(points: float) -> int:
    """Points in whole units of the drawing."""
    return round(points * UNITS)
