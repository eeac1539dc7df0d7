"""Text of every script on a ReportLab canvas: shaped by HarfBuzz, exact when copied, the same bytes every time.

May import ReportLab, uharfbuzz, PyICU and the standard library; nothing of the program it lives in, so that it can be
lifted out as it is (docs/textlayer.md tells how it is used).
"""

from .direction import RIGHT_TO_LEFT, levels, runs_to_the_left, visual_order
from .faces import Cut, Face
from .outlines import PlacedGlyph, outline, placed_glyphs
from .shaping import Style, Unshapeable, clusters_of
from .writing import TextObject, advance, parted

__all__ = [
    "RIGHT_TO_LEFT",
    "Cut",
    "Face",
    "PlacedGlyph",
    "Style",
    "TextObject",
    "Unshapeable",
    "advance",
    "clusters_of",
    "levels",
    "outline",
    "parted",
    "placed_glyphs",
    "runs_to_the_left",
    "visual_order",
]
