"""A sheet as rows of cells, whatever file it came from. May import the standard library only."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class BadCell(NamedTuple):
    """A cell that holds no text; `message` follows the name of the column."""

    message: str


class Oddity(NamedTuple):
    """Something about a row that a person should know; it keeps nothing out."""

    line: int
    code: str
    message: str


Cell: TypeAlias = str | BadCell


class TableRow(NamedTuple):
    """One row; `line` is its place in the file or its number in the sheet."""

    line: int
    cells: tuple[Cell, ...]

    @property
    def filled(self) -> bool:
        """Whether any cell holds something."""
        return any(isinstance(cell, BadCell) or cell.strip() for cell in self.cells)
