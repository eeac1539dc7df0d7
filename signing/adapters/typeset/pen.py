"""Writes pieces of text on a ReportLab canvas.

May import its siblings; the canvas is handed in.
"""

from __future__ import annotations

from typing import Any

from signing.adapters.typeset.fonts import Manner, style_for
from signing.adapters.typeset.lines import Piece
from signing.adapters.typeset.textlayer import TextObject


class Pen:
    """Writes pieces into one text object, and says which of them belong to which element. What `begin` or
    `begin_artifact` began is not nested, and ends with `end`."""

    def __init__(self, canvas: Any) -> None:
        self._canvas = canvas
        self._text = TextObject(canvas)
        self._manner: Manner | None = None
        self.begin = self._text.begin
        self.begin_artifact = self._text.begin_artifact
        self.end = self._text.end

    def draw(self, piece: Piece, left: float, baseline: float) -> None:
        """Writes one piece with its left end at `left`, whatever its direction."""
        manner = piece.manner
        if manner is not self._manner:
            self._manner, self._style = manner, style_for(manner)
        self._text.show(
            self._style,
            manner.size,
            piece.text,
            (left, baseline),
            rtl=piece.rtl or None,
            spacing=manner.spacing / manner.size,
            colour=manner.colour,
        )

    def lift(self) -> None:
        """Puts what was written on the page."""
        self._canvas.drawText(self._text)
