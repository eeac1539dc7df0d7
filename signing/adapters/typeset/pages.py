"""Rows of the letter and the pages they fall on: A4, a column of 150 mm, kept together what belongs so.

May import its siblings `lines` and `structure` only. Lengths are points; `top` counts down from the upper edge of the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from signing.adapters.typeset.lines import Piece
from signing.adapters.typeset.structure import Element

SHEET = (595.2756, 841.8898)
MEASURE = 425.2
LEFT = 85.04
FIRST_TOP = 80.0
TOP = 72.0
BOTTOM = 753.0
BASELINE = 0.75
"""Where the baseline of a row lies, as a part of its height."""

GUTTER = 24.0
COMPANY = 6
"""How many names go to the next page with what follows a long list."""

Shape = Callable[[Any, float, float], None]
"""Draws on a ReportLab canvas, given the left edge of the text and the row's upper edge from below."""


@dataclass(slots=True)
class Row:
    """One line. `gap` is white above it, none at the head of a page; `tied`: stays with the row before. `element` is
    what its words belong to; without one they are an artifact."""

    pieces: Sequence[Piece]
    height: float
    gap: float = 0.0
    tied: bool = False
    shape: Shape | None = None
    element: Element | None = None


@dataclass(slots=True)
class Placed:
    """A row at its place on a page."""

    row: Row
    x: float
    top: float


@dataclass(slots=True)
class Pages:
    """Takes rows in reading order and puts them on as many pages as they need."""

    pages: list[list[Placed]] = field(default_factory=lambda: [[]])
    top: float = FIRST_TOP

    @property
    def room(self) -> float:
        """Height that is left on this page."""
        return BOTTOM - self.top

    def turn(self) -> None:
        """Goes on with a fresh page."""
        self.pages.append([])
        self.top = TOP

    def flow(self, rows: Iterable[Row]) -> None:
        """Places rows one below the other; rows tied together go to the next page together."""
        group: list[Row] = []
        for row in rows:
            if group and not row.tied:
                self._place(group)
                group = []
            group.append(row)
        if group:
            self._place(group)

    def _place(self, group: Sequence[Row]) -> None:
        if self.pages[-1] and height_of(group) > self.room:
            self.turn()
        for row in group:
            if row.height > self.room:  # a group taller than a page
                self.turn()
            gap = row.gap if self.pages[-1] else 0.0
            self.pages[-1].append(Placed(row, LEFT, self.top + gap))
            self.top += gap + row.height

    def columns(self, heading: Sequence[Row], cells: Sequence[Sequence[Row]], count: int, tail: float = 0.0) -> None:
        """Places cells in `count` columns, drawn column by column (so that every reader gives them in order),
        balanced on the page where they end; the heading never stands alone.

        A short list is not parted: it moves to the next page when it does not fit on this one. What follows
        the list and needs the height `tail` does not stand on a page without names.
        """
        heights = [height_of(cell) for cell in cells]
        longest = sum(heights) / count + max(heights, default=0.0)
        need = height_of(heading) + (longest if longest < (BOTTOM - TOP) / 2 else sum(heights[:4]))
        if self.pages[-1] and need > self.room:
            self.turn()
        self.flow(heading)
        start = 0
        while start < len(cells):
            room = self.room + cells[start][0].gap  # the gap over the first name of a column is not drawn
            ends = _fill(heights, start, count, room)
            if ends[0] == start and self.pages[-1]:
                self.turn()
                continue
            if ends[0] == start:  # a name taller than a page
                ends = [start + 1] * count
            if ends[-1] == len(cells):
                ends = _balance(heights, start, count, room)
                lowest = max(sum(heights[a:b]) for a, b in pairwise([start, *ends]))
                if lowest + tail > room and len(cells) - start > 3 * COMPANY:
                    ends = _balance(heights[: len(cells) - COMPANY], start, count, room)
            self._draw_columns(cells, start, ends, count)
            start = ends[-1]
            if start < len(cells):
                self.turn()

    def _draw_columns(self, cells: Sequence[Sequence[Row]], start: int, ends: Sequence[int], count: int) -> None:
        lowest = self.top
        for column, end in enumerate(ends):
            top = self.top
            x = LEFT + column * (column_width(count) + GUTTER)
            for position in range(start, end):
                for row in cells[position]:
                    top += row.gap if position > start or row is not cells[position][0] else 0.0
                    self.pages[-1].append(Placed(row, x, top))
                    top += row.height
            lowest = max(lowest, top)
            start = end
        self.top = lowest


def height_of(rows: Iterable[Row]) -> float:
    """What the rows take, their gaps included."""
    return sum(row.gap + row.height for row in rows)


def column_width(count: int) -> float:
    """The measure of one of `count` columns."""
    return (MEASURE - (count - 1) * GUTTER) / count


def _fill(heights: Sequence[float], start: int, count: int, room: float) -> list[int]:
    """Where each column ends when every column is filled to `room`."""
    ends = []
    position = start
    for _ in range(count):
        used = 0.0
        while position < len(heights) and used + heights[position] <= room + 0.001:
            used += heights[position]
            position += 1
        ends.append(position)
    return ends


def _balance(heights: Sequence[float], start: int, count: int, room: float) -> list[int]:
    """Where each column ends when all that is left is spread as evenly as the order allows."""
    low, high = 0.0, room
    for _ in range(24):
        middle = (low + high) / 2
        if _fill(heights, start, count, middle)[-1] == len(heights):
            high = middle
        else:
            low = middle
    return _fill(heights, start, count, max(high, heights[start]))
