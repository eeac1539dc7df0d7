"""Text as outlines: where each glyph of it stands, and its contours as the path of an SVG.

May import its siblings, uharfbuzz and the standard library only. The glyphs and their places are those that
`writing.TextObject` draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .faces import Cut
from .shaping import Style
from .writing import parted, words_of_text

_Point = tuple[int, int]


class PlacedGlyph(NamedTuple):
    """A glyph of a cut, and where it stands from the left end of its text: to the right and up, in ems of the size."""

    cut: Cut
    number: int
    x: float
    y: float


def placed_glyphs(
    style: Style, text: str, *, rtl: bool | None = None, spacing: float = 0.0
) -> Iterator[PlacedGlyph]:
    """The glyphs of a text from left to right; `rtl` where it is known to run in one direction only. `spacing` is added
    after every letter and space, in ems.

    Raises:
        Unshapeable: no cut of the style can draw a cluster of it.
    """
    x = 0.0
    for part, to_left in parted(text) if rtl is None else [(text, rtl)]:
        words = words_of_text(part)
        for place, word in enumerate(reversed(words) if to_left else words):
            if place:
                x += style.space + spacing
            for run in style.word(word, rtl=to_left).runs if word else ():
                unit = run.cut.scale / run.cut.face.upem
                letters = 0
                for count, cluster in enumerate(style.clusters(run)):
                    for glyph in cluster.glyphs:
                        yield PlacedGlyph(
                            run.cut, glyph.number, x + count * spacing + glyph.x * unit, glyph.y * unit
                        )
                    letters = count + 1
                x += run.advance * unit + letters * spacing


def outline(cut: Cut, glyph: int, size: float) -> str:
    """The contours of a glyph as the `d` of an SVG path, its y growing downwards from the baseline; empty for a blank.

    `size` is how many units of the drawing an em of the text is; coordinates are whole units.
    """
    pen = _Pen(size * cut.scale / cut.face.upem)
    cut.face.font.draw_glyph_with_pen(glyph, pen)
    return "".join(pen.written)


class _Pen:
    """Takes contours in units of a face and writes them as short as SVG allows: in steps from point to point, without
    the control points that mirror the one before, as those of TrueType's implied points all do."""

    def __init__(self, unit: float) -> None:
        self.written: list[str] = []
        self._unit = unit
        self._command = ""
        self._at: _Point = (0, 0)
        self._start: _Point = (0, 0)
        self._mirrored: _Point = (0, 0)
        """Where the next control point is when it need not be written."""

    def _rounded(self, point: tuple[float, float]) -> _Point:
        return round(point[0] * self._unit), round(-point[1] * self._unit)

    def _write(self, command: str, *numbers: int) -> None:
        text = "".join(f"{value}" if value < 0 else f" {value}" for value in numbers)
        if command == self._command:
            self.written.append(text)
        else:
            self.written.append(command + text.lstrip(" "))
        self._command = command

    def _step(self, command: str, *points: _Point) -> None:
        x, y = self._at
        self._write(command, *(value for point in points for value in (point[0] - x, point[1] - y)))
        self._at = points[-1]

    def moveTo(self, point: tuple[float, float]) -> None:
        to = self._rounded(point)
        self._command = ""  # a second pair of numbers would be a line
        self._step("m", to)
        self._start = self._mirrored = to

    def lineTo(self, point: tuple[float, float]) -> None:
        to = self._rounded(point)
        if to[1] == self._at[1]:
            if to[0] != self._at[0]:
                self._write("h", to[0] - self._at[0])
        elif to[0] == self._at[0]:
            self._write("v", to[1] - self._at[1])
        else:
            self._step("l", to)
        self._at = self._mirrored = to

    def qCurveTo(self, control: tuple[float, float], point: tuple[float, float]) -> None:
        by, to = self._rounded(control), self._rounded(point)
        if self._command in ("q", "t") and _near(by, self._mirrored):
            by = self._mirrored
            self._step("t", to)
        else:
            self._step("q", by, to)
        self._mirrored = (2 * to[0] - by[0], 2 * to[1] - by[1])

    def curveTo(
        self, first: tuple[float, float], second: tuple[float, float], point: tuple[float, float]
    ) -> None:
        by, then, to = self._rounded(first), self._rounded(second), self._rounded(point)
        if self._command in ("c", "s") and _near(by, self._mirrored):
            self._step("s", then, to)
        else:
            self._step("c", by, then, to)
        self._mirrored = (2 * to[0] - then[0], 2 * to[1] - then[1])

    def closePath(self) -> None:
        self._write("z")
        self._at = self._start

    def endPath(self) -> None:
        """Nothing: the outlines of glyphs are closed."""


def _near(one: _Point, other: _Point) -> bool:
    return abs(one[0] - other[0]) <= 1 and abs(one[1] - other[1]) <= 1
