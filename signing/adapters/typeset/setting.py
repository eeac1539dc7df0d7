"""The ways text is set: faces, sizes, line heights and the white between blocks.

May import its sibling `fonts` only. Lengths are points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from signing.adapters.typeset import fonts
from signing.adapters.typeset.fonts import ACCENT, GREY, INK, LINK, Colour, Manner

PARAGRAPH_GAP = 6.8
ITEM_GAP = 4.4
BLOCK_GAP = 11.0
HEADING_GAP = 5.0
"""More than stands over a paragraph."""

_WITHOUT_CAPITALS = 0.92


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to set a paragraph: its four faces, size, line height and colour; letterspacing and real small capitals
    for a few words of ours; the language of the words."""

    faces: tuple[str, str, str, str]  # regular, italic, bold, bold italic
    size: float
    leading: float
    colour: Colour = INK
    spacing: float = 0.0
    small_caps: bool = False
    language: str = ""

    def manner(self, *, bold: bool = False, italic: bool = False, href: str | None = None) -> Manner:
        """The manner of a run in this setting."""
        face = self.faces[2 * bold + italic]
        colour = LINK if href else self.colour
        return Manner(face, self.size, colour, href, self.spacing, self.small_caps, self.language)

    @property
    def mark(self) -> Manner:
        """The manner of a mark that points to a footnote."""
        return Manner(self.faces[0], self.size, ACCENT, language=self.language)

    def suiting(self, words: str) -> Setting:
        """This setting for words that may have no capitals: joined letters would be torn apart by letterspacing, and
        large ones look like those of small capitals at less than their size."""
        if not self.small_caps or words.upper() != words.lower():
            return self
        return replace(self, size=round(self.size * _WITHOUT_CAPITALS, 2), spacing=0.0, small_caps=False)


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
LETTERHEAD = Setting((fonts.SEMIBOLD,) * 4, 10.8, 14.0, ACCENT, spacing=1.35, small_caps=True)
LABEL = Setting((fonts.SEMIBOLD,) * 4, 9.8, 12.4, ACCENT, spacing=0.7, small_caps=True)
LIST_HEADING = Setting((fonts.SEMIBOLD,) * 4, 12.8, 16.4, ACCENT, spacing=0.7, small_caps=True)
