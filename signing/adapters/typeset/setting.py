"""The ways text is set: faces, sizes, line heights and the white between blocks.

May import its sibling `fonts` only. Lengths are points.
"""

from __future__ import annotations

from dataclasses import dataclass

from signing.adapters.typeset import fonts
from signing.adapters.typeset.fonts import ACCENT, GREY, INK, LINK, Colour, Manner

PARAGRAPH_GAP = 6.8
ITEM_GAP = 4.4
BLOCK_GAP = 11.0
HEADING_GAP = 5.0
"""More than stands over a paragraph."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to set a paragraph: its four faces, size, line height and colour."""

    faces: tuple[str, str, str, str]  # regular, italic, bold, bold italic
    size: float
    leading: float
    colour: Colour = INK

    def manner(self, *, bold: bool = False, italic: bool = False, href: str | None = None) -> Manner:
        """The manner of a run in this setting."""
        face = self.faces[2 * bold + italic]
        return Manner(face, self.size, LINK if href else self.colour, href)

    @property
    def mark(self) -> Manner:
        """The manner of a mark that points to a footnote."""
        return Manner(self.faces[0], self.size, ACCENT)


TEXT_FACES = (fonts.REGULAR, fonts.ITALIC, fonts.SEMIBOLD, fonts.SEMIBOLD_ITALIC)
STRONG_FACES = (fonts.SEMIBOLD, fonts.SEMIBOLD_ITALIC, fonts.SEMIBOLD, fonts.SEMIBOLD_ITALIC)
CAPTION_FACES = (fonts.CAPTION, fonts.CAPTION_ITALIC, fonts.CAPTION_SEMIBOLD, fonts.SEMIBOLD_ITALIC)

BODY = Setting(TEXT_FACES, 10.6, 14.9)
STRONG = Setting(STRONG_FACES, 10.6, 14.9)
TITLE = Setting(STRONG_FACES, 12.0, 17.2, ACCENT)
NOTE = Setting(CAPTION_FACES, 8.4, 11.6)
SMALL = Setting(CAPTION_FACES, 8.0, 10.8, GREY)
FOOT = Setting(CAPTION_FACES, 7.6, 9.6, GREY)
HEADINGS = (Setting(STRONG_FACES, 11.6, 15.6), STRONG, Setting((fonts.SEMIBOLD_ITALIC,) * 4, 10.6, 14.9))
LIST_HEADING = Setting((fonts.SEMIBOLD,) * 4, 10.0, 14.9, ACCENT)
LABEL = Setting((fonts.CAPTION_SEMIBOLD,) * 4, 7.6, 11.2, ACCENT)
