"""The sheets a letter may be printed on, and the column of text on them. Imports nothing of ours.

Lengths are points. The column stands in the middle of the sheet, so that it is its own mirror.
"""

from __future__ import annotations

from dataclasses import dataclass

_GUTTERS = (0.0, 24.0, 18.0, 15.0)  # by the number of columns, from one on


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet: its size, the margin beside the column of text, where text begins on the first page and on the others
    and where it ends, counted from the upper edge, and the baselines of head and foot."""

    width: float
    height: float
    margin: float
    first_top: float
    top: float
    bottom: float
    head: float
    rule: float
    foot: float

    @property
    def measure(self) -> float:
        """The length of a full line."""
        return self.width - 2 * self.margin

    def column(self, count: int) -> float:
        """The measure of one of `count` columns, one to four."""
        return (self.measure - (count - 1) * _GUTTERS[count - 1]) / count

    def column_start(self, place: int, count: int) -> float:
        """How far from the edge where lines begin the column at `place` (from 0) of `count` stands."""
        return place * (self.column(count) + _GUTTERS[count - 1])


A4 = Paper(595.2756, 841.8898, 85.04, first_top=80.0, top=72.0, bottom=753.0, head=51.0, rule=62.0, foot=794.0)
# Wider and lower than A4: the same 80 characters to a line, and as much white above and below.
US_LETTER = Paper(612.0, 792.0, 93.0, first_top=78.0, top=68.0, bottom=707.0, head=49.0, rule=60.0, foot=747.0)
PAPERS = {"a4": A4, "letter": US_LETTER}
