"""The faces of the letter, how wide text is in them, and which characters they lack.

May import its siblings, ReportLab and `signing.domain.errors`. A role is a Latin cut with a chain of script faces
behind it (fonts/manifest.json lists the files in that order); a character none of them has is refused here.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]

from signing.adapters.typeset.textlayer import Cut, Face, Style, Unshapeable, advance
from signing.domain.errors import Refusal

FOLDER = Path(__file__).parent / "fonts"

REGULAR = "regular"
ITALIC = "italic"
SEMIBOLD = "semibold"
SEMIBOLD_ITALIC = "semibold-italic"
CAPTION = "caption"
CAPTION_ITALIC = "caption-italic"
CAPTION_SEMIBOLD = "caption-semibold"


@dataclass(frozen=True, slots=True)
class _Role:
    weight: float
    italic: bool
    optical_size: float


_ROLES = {
    REGULAR: _Role(400, False, 11),
    ITALIC: _Role(400, True, 11),
    SEMIBOLD: _Role(600, False, 11),
    SEMIBOLD_ITALIC: _Role(600, True, 11),
    CAPTION: _Role(400, False, 8),
    CAPTION_ITALIC: _Role(400, True, 8),
    CAPTION_SEMIBOLD: _Role(600, False, 8),
}
# How large a family is set beside the Latin, so that the two look of one size.
_SCALES = {
    "Scheherazade New": 1.22,
    "Noto Serif Hebrew": 1.08,
    "Noto Serif Tibetan": 1.06,
    "Noto Serif Devanagari": 1.06,
    "Coalition Serif CJK": 0.96,
}
# Characters among which Source Serif's rules look at two glyphs at most: Latin and what stands beside it, without the
# raised dot of Catalan. A test compares words of them with HarfBuzz.
_PAIRWISE = frozenset(
    chr(code)
    for first, last in ((0x21, 0x7E), (0xA1, 0xB6), (0xB8, 0x24F), (0x1E00, 0x1EFF), (0x2010, 0x2026))
    for code in range(first, last + 1)
)
_opening = threading.Lock()
_STROKE = 0.022  # round the outlines of a face that has no bold, in ems

Colour = tuple[float, float, float]


def _colour(hex_code: str) -> Colour:
    red, green, blue = bytes.fromhex(hex_code)
    return (round(red / 255, 4), round(green / 255, 4), round(blue / 255, 4))


INK = _colour("1b1b1b")
ACCENT = _colour("17365d")
LINK = _colour("2a5599")
GREY = _colour("5d6470")

NO_BREAK_SPACE = "\u00a0"
# Characters that only say where a word may or may not be divided, or whether a sign is to be a picture. They have
# nothing to draw; the soft hyphen's glyph would even show a hyphen that nobody wrote.
_SILENT = dict.fromkeys(
    map(ord, "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u200b\u2060\u2061\u2062\u2063\u2064\u3164\ufe0e\ufe0f\ufeff\uffa0")
)
_BLANK = re.compile("[\\s\u180b-\u180f\u200c-\u200f\u061c\ufe00-\ufe0f\ufffc\U000e0100-\U000e01ef]*")
# These can show a name in another order than it is written, or hide in one that has no use for them.
_UNSEEN = re.compile(
    "[\u202a-\u202e\u2066-\u2069]|(?:^|[^\u0590-\u1cff\ua800-\uabff\U00010a00-\U00011fff])([\u200c\u200d])"
)
_WHITE = str.maketrans("\t\n", "  ")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a stretch of text looks: role of its faces, size in points, colour, address it leads to, letterspacing in
    points, real small capitals; and its language (BCP 47), by which some letters change their form."""

    face: str
    size: float
    colour: Colour = INK
    href: str | None = None
    spacing: float = 0.0
    small_caps: bool = False
    language: str = ""


class _Unprinted:
    """Stands for a role where ReportLab wants to know a font for its own drawing; being "dynamic", it leaves nothing
    in the file until it is used, and it is not."""

    _dynamicFont = 1
    _multiByte = 0

    def __init__(self, name: str) -> None:
        self.fontName = self.name = name
        self.face = self


@cache
def _manifest() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads((FOLDER / "manifest.json").read_text()))


@cache
def _face(file: str, index: int, axes: tuple[tuple[str, float], ...]) -> Face:
    return Face(
        FOLDER / file, index=index, variations=dict(axes), pairwise=_PAIRWISE if "SourceSerif4" in file else frozenset()
    )


def _cuts(role: _Role) -> Iterator[Cut]:
    """One cut of each family, in the order of the manifest: the nearest in slope and weight that there is."""
    families: dict[str, list[dict[str, Any]]] = {}
    for entry in _manifest():
        families.setdefault(entry["family"], []).append(entry)
    for family, entries in families.items():
        wanted = "Italic" if role.italic else "Bold" if role.weight > 500 else "Regular"
        upright = "Bold" if role.weight > 500 else "Regular"
        by_style = {entry["style"]: entry for entry in reversed(entries)}
        entry = by_style.get(wanted) or by_style.get(upright) or entries[0]
        wishes = {"wght": role.weight, "opsz": role.optical_size}
        axes = tuple((tag, wishes.get(tag, default)) for tag, (_, default, _) in entry["axes"].items())
        heavy = "wght" in entry["axes"] or entry["style"] == "Bold" or role.weight <= 500
        face = _face(entry["file"], entry["index"], axes)
        yield Cut(face, _SCALES.get(family, 1.0), 0.0 if heavy else _STROKE)


@lru_cache(maxsize=256)
def style_of(face: str, *, small_caps: bool = False, spaced: bool = False, language: str = "") -> Style:
    """The style of a role, kept with the words that were shaped in it."""
    features: dict[str, bool] = {}
    if small_caps:
        features |= {"smcp": True, "c2sc": True}
    if spaced:
        features |= {"liga": False, "clig": False}
    return Style(_chain(face), features=features, language=language)


def _chain(face: str) -> tuple[Cut, ...]:
    # Two threads that ask first at one moment must get the same faces: a letter would embed each of them.
    with _opening:
        return _opened(face)


@cache
def _opened(face: str) -> tuple[Cut, ...]:
    return tuple(_cuts(_ROLES[face]))


@cache
def _plain() -> frozenset[str]:
    """The characters that every Latin cut has, and white space."""
    return frozenset.intersection(*(_chain(role)[0].face.characters for role in (REGULAR, ITALIC))) | {"\t", "\n"}


@cache
def _settled() -> frozenset[str]:
    """Those of them that are drawn as they are, whatever stands beside them."""
    return frozenset(
        character
        for character in _plain()
        if unicodedata.is_normalized("NFC", character)
        and not unicodedata.combining(character)
        and ord(character) not in _SILENT
        and not _UNSEEN.search(character)
    )


for _name in _ROLES:
    pdfmetrics.registerFont(_Unprinted(_name))


@lru_cache(maxsize=256)
def style_for(manner: Manner) -> Style:
    """The style of a manner."""
    return style_of(manner.face, small_caps=manner.small_caps, spaced=bool(manner.spacing), language=manner.language)


def width(text: str, manner: Manner, *, rtl: bool | None = None) -> float:
    """How far `text` reaches, in points; `rtl` where it is known to run in one direction only."""
    return manner.size * advance(style_for(manner), text, manner.spacing / manner.size, rtl=rtl)


def ruler(manner: Manner) -> Callable[[str], float]:
    """What `width` is for many texts of one manner, none of which runs to the left."""
    style, size, spacing = style_for(manner), manner.size, manner.spacing / manner.size
    return lambda text: size * advance(style, text, spacing, rtl=False)


def printable(text: str, place: str) -> str:
    """The text as it will be drawn: composed (NFC), and without characters that draw nothing.

    Raises:
        Refusal: `no-glyph`, when no face has one of the characters, or no one face a letter with all its marks; it
            names `place` and the character; or when all of them together draw nothing.
    """
    if _settled().issuperset(text):
        return text
    drawn = unicodedata.normalize("NFC", text).translate(_SILENT)
    if text.strip() and _BLANK.fullmatch(drawn):
        raise _refusal(text.strip()[0], place)
    if _plain().issuperset(drawn):
        return drawn
    unseen = _UNSEEN.search(drawn)
    if unseen:
        raise _refusal(unseen[1] or unseen[0], place)
    try:
        advance(style_of(REGULAR), drawn.translate(_WHITE))
    except Unshapeable as error:
        raise _refusal(_missing(error.cluster), place) from None
    return drawn


def _missing(cluster: str) -> str:
    """The character of a cluster that no face has, or the last of a cluster that no one face has whole."""
    lacked = (c for c in cluster if not any(c in cut.face.characters for cut in _chain(REGULAR)))
    return next(lacked, cluster[-1])


def _refusal(character: str, place: str) -> Refusal:
    return Refusal(
        "The PDF cannot be made: {place} holds the character {character}, which its fonts do not have. Write it "
        "without that character.",
        values={"place": place, "character": _named(character)},
        code="no-glyph",
    )


def _named(character: str) -> str:
    number = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    shown = f"“{character}” " if character.isprintable() else ""
    return f"{shown}({number} {name})" if name else f"{shown}({number})"
