"""The faces of the letter, how wide their characters are, and which characters they lack.

May import ReportLab and `signing.domain.errors`. Faces are static TrueType cuts (fonts/PROVENANCE.md); a
character without a glyph is refused here, because ReportLab would draw a box and say nothing.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]

from signing.domain.errors import Refusal

FOLDER = Path(__file__).parent / "fonts"

REGULAR = "CoalitionSerif-Regular"
ITALIC = "CoalitionSerif-Italic"
SEMIBOLD = "CoalitionSerif-Semibold"
SEMIBOLD_ITALIC = "CoalitionSerif-SemiboldItalic"
CAPTION = "CoalitionSerif-Caption"
CAPTION_ITALIC = "CoalitionSerif-CaptionItalic"
CAPTION_SEMIBOLD = "CoalitionSerif-CaptionSemibold"
FACES = (REGULAR, ITALIC, SEMIBOLD, SEMIBOLD_ITALIC, CAPTION, CAPTION_ITALIC, CAPTION_SEMIBOLD)

Colour = tuple[float, float, float]


def _colour(hex_code: str) -> Colour:
    red, green, blue = bytes.fromhex(hex_code)
    return (round(red / 255, 4), round(green / 255, 4), round(blue / 255, 4))


INK = _colour("1b1b1b")
ACCENT = _colour("17365d")
LINK = _colour("2a5599")
GREY = _colour("5d6470")

NO_BREAK_SPACE = "\u00a0"
# Characters that only say where a word may or may not be divided. Words are never divided here, so they
# have nothing to draw; the soft hyphen's glyph would even show a hyphen that nobody wrote.
_SILENT = {0x00AD: None, 0x200B: None, 0x2060: None}

_WHITE = frozenset(" \t\n" + NO_BREAK_SPACE)


def _load() -> dict[str, TTFont]:
    fonts = {}
    for name in FACES:
        # asciiReadable=0: only the characters that are used are embedded, not the whole of ASCII.
        font = TTFont(name, str(FOLDER / f"{name}.ttf"), asciiReadable=0)
        pdfmetrics.registerFont(font)
        fonts[name] = font
    return fonts


_FONTS = _load()
_KNOWN = _WHITE | frozenset(map(chr, set.intersection(*(set(f.face.charToGlyph) for f in _FONTS.values()))))


@dataclass(frozen=True, slots=True)
class Manner:
    """How a stretch of text looks: face, size in points, colour, address it leads to, letterspacing."""

    face: str
    size: float
    colour: Colour = INK
    href: str | None = None
    spacing: float = 0.0


def width(text: str, manner: Manner) -> float:
    """How far `text` reaches, in points."""
    advance = cast(float, _FONTS[manner.face].stringWidth(text, manner.size))
    return advance + manner.spacing * len(text)


def printable(text: str, place: str) -> str:
    """The text as it will be drawn: composed (NFC) where the faces have the composed letter, else letter and
    mark apart, and without characters that draw nothing.

    Raises:
        Refusal: `no-glyph`, when no face has one of the characters; it names `place` and the character.
    """
    drawn = unicodedata.normalize("NFC", text).translate(_SILENT)
    for character in set(drawn) - _KNOWN:
        parts = unicodedata.normalize("NFD", character)
        if _KNOWN.issuperset(parts):
            drawn = drawn.replace(character, parts)
    missing = set(drawn) - _KNOWN
    if missing:
        character = next(c for c in drawn if c in missing)
        message = (
            f"The PDF cannot be made: {place} holds the character {_named(character)}, which its fonts "
            "do not have. Write it with Latin, Greek or Cyrillic letters."
        )
        raise Refusal(message, code="no-glyph")
    return drawn


def _named(character: str) -> str:
    number = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    shown = f"“{character}” " if character.isprintable() else ""
    return f"{shown}({number} {name})" if name else f"{shown}({number})"
