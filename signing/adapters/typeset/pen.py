"""Writes pieces of text on a ReportLab canvas, combining marks over the letters they belong to.

May import its siblings; the canvas is handed in.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from signing.adapters.typeset.fonts import Manner, width
from signing.adapters.typeset.lines import Piece

_ABOVE = 230  # canonical combining classes
_BELOW = 220
_TALL = 0.19  # from the height of "x" to that of "H" or "d", in parts of the size
_STEP = 0.17  # from one mark to the next

_WORDS = re.compile(r"\S+\s*|\s+")


class Pen:
    """Writes pieces into one text object, naming font and colour only where they change."""

    def __init__(self, canvas: Any) -> None:
        self._canvas = canvas
        self._text = canvas.beginText()
        self._manner: Manner | None = None

    def draw(self, piece: Piece, x: float, baseline: float) -> None:
        """Writes one piece with its left end at `x`."""
        before, manner = self._manner, piece.manner
        if before is None or (before.face, before.size) != (manner.face, manner.size):
            self._text.setFont(manner.face, manner.size)
        if before is None or before.colour != manner.colour:
            self._text.setFillColorRGB(*manner.colour)
        if (before.spacing if before else 0.0) != manner.spacing:
            self._text.setCharSpace(manner.spacing)
        self._manner = manner
        if not manner.spacing and not _has_marks(piece.text):
            self._write(x, baseline, piece.text)
            return
        for word in _WORDS.findall(piece.text):
            self._write_named(word, manner, x, baseline)
            x += width(word, manner)

    def _write(self, x: float, baseline: float, text: str) -> None:
        self._text.setTextOrigin(round(x, 3), round(baseline, 3))
        self._text.textOut(text)

    def _write_named(self, word: str, manner: Manner, x: float, baseline: float) -> None:
        """Writes a word that readers would take apart (letterspaced, or with marks moved into place) under its
        /ActualText, so that it is copied as it is spelt."""
        spelt = word.strip().encode("utf-16-be").hex()
        self._text._code.append(f"/Span <</ActualText <feff{spelt}>>> BDC")
        for right, up, text in _with_marks_placed(word.rstrip(), manner):
            self._write(x + right, baseline + up, text)
        self._text._code.append("EMC")
        if word[-1] == " ":
            self._text.textOut(" ")

    def begin(self, tag: str, mark: int) -> None:
        """What is drawn from here to `end` is marked content `mark` of the page, of a `tag` element."""
        self._text._code.append(f"/{tag} <</MCID {mark}>> BDC")

    def begin_artifact(self, properties: str = "") -> None:
        """What is drawn from here to `end` is no part of the text; `properties` are entries as the file has them."""
        self._text._code.append(f"/Artifact <<{properties}>> BDC" if properties else "/Artifact BMC")

    def end(self) -> None:
        """Ends what `begin` or `begin_artifact` began."""
        self._text._code.append("EMC")

    def lift(self) -> None:
        """Ends the text object; letterspacing would outlast it."""
        if self._manner and self._manner.spacing:
            self._text.setCharSpace(0)
        self._canvas.drawText(self._text)


def _has_marks(text: str) -> bool:
    return not text.isascii() and any(map(unicodedata.combining, text))


def _with_marks_placed(word: str, manner: Manner) -> list[tuple[float, float, str]]:
    """A word in parts, each with how far right and up it goes. The font's own anchors are not
    read: a mark is put over the middle of its letter, higher over a tall one, and marks stand on each other."""
    parts: list[tuple[float, float, str]] = []
    size = manner.size
    reach = 0.0
    start = 0
    base = 0.0
    above = below = 0.0
    for position, character in enumerate(word):
        side = unicodedata.combining(character)
        if not side:
            continue
        plain = word[start:position]
        if plain:
            parts.append((reach, 0.0, plain))
            reach += width(plain, manner)
            base = width(plain[-1], manner)
            above = _TALL * size if plain[-1].isupper() or plain[-1] in "bdfhklß" else 0.0
            below = 0.0
        up = above if side == _ABOVE else -below if side == _BELOW else 0.0
        above += _STEP * size if side == _ABOVE else 0.0
        below += _STEP * size if side == _BELOW else 0.0
        parts.append((reach - base / 2, up, character))
        start = position + 1
    if start < len(word):
        parts.append((reach, 0.0, word[start:]))
    return parts
