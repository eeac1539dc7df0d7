"""Rows out of an .xlsx file, its zip looked through before any parser sees it (`packed_files`).

May import openpyxl, `packed_files`, `signing.domain.errors` and the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any, Final

from signing.domain.errors import Faulty

from .packed_files import EXCEL, packed_again, unpack
from .roster_sheets_table import BadCell, Cell, Oddity, TableRow

MAX_SHEET_ROWS: Final = 25_000
MAX_COLUMNS: Final = 64

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb"""\br\s*=\s*["'](\d{1,7})["']""")
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\b[^>]*\bref\s*=\s*["']([A-Z]{1,3}(\d{1,7}):[A-Z]{1,3}\d{1,7})["']""")


class ExcelBook:
    """The sheets of one file. `sheets` are those a person sees there, `hidden` the others.

    Raises Faulty when the file is no sheet, or not a safe one.
    """

    def __init__(self, data: bytes) -> None:
        self._parts = unpack(data, EXCEL)
        # Here and not above: the web server and every command that reads a sheet of commas start without it.
        from openpyxl import load_workbook

        try:
            book = load_workbook(packed_again(self._parts), read_only=True, data_only=False, keep_links=False)
            found = {str(sheet.title): sheet for sheet in book.worksheets}
            self.sheets = tuple(name for name, sheet in found.items() if sheet.sheet_state == "visible")
            self.hidden = tuple(name for name in found if name not in self.sheets)
        except Exception as error:
            raise EXCEL.spoiled() from error
        self._found: dict[str, Any] = found
        if not found:
            raise _fault("xlsx", "The file has no sheet.")

    def rows(self, name: str) -> Iterator[TableRow]:
        """Give the rows of one sheet with their numbers; formulas are not computed but named. Raises Faulty."""
        try:
            sheet = self._found[name]
            # The size a file claims for itself is not to be trusted.
            sheet.reset_dimensions()
            for line, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
                if line > MAX_SHEET_ROWS:
                    message = f"The sheet goes on beyond row {MAX_SHEET_ROWS:,}. Delete empty rows."
                    raise _fault("too-many-rows", message)
                row = tuple(_cell(cell) for cell in cells)
                if len(row) > MAX_COLUMNS and row[MAX_COLUMNS]:
                    raise _fault("too-many-columns", f"Row {line} has more than {MAX_COLUMNS} columns.")
                yield TableRow(line, row)
        except Faulty:
            raise
        except Exception as error:
            # openpyxl answers a spoiled file with whatever its insides raise: KeyError, ValueError, ParseError …
            raise EXCEL.spoiled() from error

    def oddities(self, name: str) -> Iterator[Oddity]:
        """What a person sees otherwise than we read it: hidden rows, merged cells."""
        content = self._parts.get(str(self._found[name]._worksheet_path).lstrip("/"), b"")
        hidden = [
            int(number[1])
            for found in _ROW.finditer(content)
            if _HIDDEN.search(found[1]) and (number := _NUMBER.search(found[1]))
        ]
        for line in hidden:
            yield Oddity(line, "hidden-row", "The sheet hides this row. It is read all the same.")
        for found in _MERGED.finditer(content):
            message = f"The cells {found[1].decode()} are one in the sheet. Their words count for the first row alone."
            yield Oddity(int(found[2]), "merged-cells", message)


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return BadCell("is a formula. Replace it by its value (copy, then paste values only).")
    if cell.data_type == "e":
        return BadCell(f"holds the error {str(value)[:20]}. Write the words.")
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return BadCell("is true or false. Write it as text.")
    if isinstance(value, int):
        return str(value) if abs(value) < 10**15 else BadCell("is a huge number. Write it as text.")
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, date | time | timedelta):
        return BadCell("is a date or a time. Write it as text.")
    return BadCell("is a fraction. Write it as text.")


def _fault(code: str, message: str) -> Faulty:
    return Faulty(message, code=code, field="file")
