"""Rows of the letter and the pages they fall on, kept together what belongs so.

May import its siblings `lines`, `paper` and `structure` only. Lengths are points; `top` counts down from the upper
edge of the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from signing.adapters.typeset.lines import Piece
from signing.adapters.typeset.paper import Paper
from signing.adapters.typeset.structure import Element

BASELINE = 0.75
"""Where the baseline of a row lies, as a part of its height."""

COMPANY = 6
"""How many names go to the next page with what follows a long list."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawing at the upper edge of a row. `draw` is given a ReportLab canvas and where its own left and upper edges
    are, from the lower left corner of the sheet. Without an element it is decoration."""

    draw: Callable[[Any, float, float], None]
    width: float
    height: float
    element: Element | None = None


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
    """A row at its place on a page: `x` from the edge of the column of text where lines begin, `top` from above."""

    row: Row
    x: float
    top: float


@dataclass(slots=True)
class Pages:
    """Takes rows in reading order and puts them on as many pages as they need."""

    paper: Paper
    pages: list[list[Placed]] = field(default_factory=lambda: [[]])
    top: float = 0.0

    def __post_init__(self) -> None:
        self.top = self.paper.first_top

    @property
    def room(self) -> float:
        """Height that is left on this page."""
        return self.paper.bottom - self.top

    def turn(self) -> None:
        """Goes on with a fresh page."""
        self.pages.append([])
        self.top = self.paper.top

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
            if self.pages[-1] and row.gap + row.height > self.room:  # a group taller than a page
                self.turn()
            gap = row.gap if self.pages[-1] else 0.0
            self.pages[-1].append(Placed(row, 0.0, self.top + gap))
            self.top += gap + row.height

    def columns(self, heading: Sequence[Row], cells: Sequence[Sequence[Row]], count: int, tail: float = 0.0) -> None:
        """Places cells in `count` columns, drawn column by column (so that every reader gives them in order),
        balanced on the page where they end; the heading never stands alone.

        A short list is not parted, and not from what follows it and needs the height `tail`: they move to the next
        page together when they do not fit on this one, unless that leaves nearly half of it empty and the list can give
        each page some names. What follows a list does not stand on a page without names. A cell higher than half a
        page is parted between its rows.
        """
        page = self.paper.bottom - self.paper.top
        stack = _Stack.of(cells)
        if max(stack.heights, default=0.0) > page / 2:
            parts = zip(cells, stack.heights, strict=True)
            cells = [part for cell, high in parts for part in ([[row] for row in cell] if high > page / 2 else [cell])]
            stack = _Stack.of(cells)
        longest = sum(stack.heights) / count + (max(stack.heights, default=0.0) if count > 1 else 0.0)
        if longest < page / 2:
            need = height_of(heading) + longest
            need += tail if need + tail <= page else 0.0
        else:
            need = height_of(heading) + sum(stack.heights[:4])
        parted = self.room > 0.45 * page and len(cells) > 2 * COMPANY
        if self.pages[-1] and need > self.room and not parted:
            self.turn()
        self.flow(heading)
        start = 0
        while start < len(cells):
            room = self.room
            ends = stack.fill(start, count, room)
            if ends[0] == start and self.pages[-1]:
                self.turn()
                continue
            if ends[-1] == len(cells):
                ends, lowest = stack.balance(start, len(cells), count, room)
                if lowest + tail > room and len(cells) - start > 2 * COMPANY:
                    ends, _ = stack.balance(start, len(cells) - COMPANY, count, room)
            self._draw_columns(cells, start, ends, count)
            start = ends[-1]
            if start < len(cells):
                self.turn()

    def _draw_columns(self, cells: Sequence[Sequence[Row]], start: int, ends: Sequence[int], count: int) -> None:
        page = self.pages[-1]
        lowest = self.top
        for column, end in enumerate(ends):
            top = self.top
            x = self.paper.column_start(column, count)
            if start < end:
                top -= cells[start][0].gap
            for cell in cells[start:end]:
                for row in cell:
                    top += row.gap
                    page.append(Placed(row, x, top))
                    top += row.height
            lowest = max(lowest, top)
            start = end
        self.top = lowest


@dataclass(frozen=True, slots=True)
class _Stack:
    """How high the cells of a list are, the gap above each included; the first of a column stands without it."""

    heights: list[float]
    gaps: list[float]

    @classmethod
    def of(cls, cells: Sequence[Sequence[Row]]) -> _Stack:
        heights = [cell[0].gap + cell[0].height if len(cell) == 1 else height_of(cell) for cell in cells]
        return cls(heights, [cell[0].gap for cell in cells])

    def fill(self, start: int, count: int, room: float, until: int | None = None) -> list[int]:
        """Where each column ends when every column is filled to `room`."""
        until = len(self.heights) if until is None else until
        heights, position, ends = self.heights, start, []
        for _ in range(count):
            left = room + 0.001 + (self.gaps[position] if position < until else 0.0)
            while position < until and heights[position] <= left:
                left -= heights[position]
                position += 1
            ends.append(position)
        return ends

    def balance(self, start: int, until: int, count: int, room: float) -> tuple[list[int], float]:
        """Where each column ends when all up to `until` is spread as evenly as the order allows, and how high the
        highest is."""
        low, high = 0.0, room
        for _ in range(24):
            middle = (low + high) / 2
            if self.fill(start, count, middle, until)[-1] == until:
                high = middle
            else:
                low = middle
        ends = self.fill(start, count, max(high, self.heights[start]), until)
        highest = max(sum(self.heights[a:b]) - (self.gaps[a] if a < b else 0.0) for a, b in pairwise([start, *ends]))
        return ends, highest


def height_of(rows: Iterable[Row]) -> float:
    """What the rows take, their gaps included."""
    return sum(row.gap + row.height for row in rows)
