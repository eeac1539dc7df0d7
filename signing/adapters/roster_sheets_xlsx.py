"""Rows out of an .xlsx file, its zip looked through before any parser sees it (`packed_files`).

May import openpyxl, `packed_files`, `signing.domain.errors` and the standard library.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from signing.domain.errors import Faulty

from .packed_files import EXCEL, packed_again, unpack
from .roster_sheets_table import BadCell, Cell, TableRow

MAX_SHEET_ROWS: Final = 25_000
MAX_COLUMNS: Final = 64


def read_xlsx(data: bytes) -> Iterator[TableRow]:
    """Give the rows of the first sheet with their numbers; formulas are not computed but named.

    Raises:
        Faulty: when the file is no sheet, or not a safe one.
    """
    parts = unpack(data, EXCEL)
    # Here and not above: the web server and every command that reads a sheet of commas start without it.
    from openpyxl import load_workbook

    try:
        book = load_workbook(packed_again(parts), read_only=True, data_only=False, keep_links=False)
        sheets = book.worksheets
        if not sheets:
            raise _fault("xlsx", "The file has no sheet.")
        sheet = sheets[0]
        # The size a file claims for itself is not to be trusted.
        sheet.reset_dimensions()
        for line, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
            if line > MAX_SHEET_ROWS:
                raise _fault("too-many-rows", f"The sheet goes on beyond row {MAX_SHEET_ROWS:,}. Delete empty rows.")
            row = tuple(_cell(cell) for cell in cells)
            if len(row) > MAX_COLUMNS and row[MAX_COLUMNS]:
                raise _fault("too-many-columns", f"Row {line} has more than {MAX_COLUMNS} columns.")
            yield TableRow(line, row)
    except Faulty:
        raise
    except Exception as error:
        # openpyxl answers a spoiled file with whatever its insides raise: KeyError, ValueError, ParseError …
        raise EXCEL.spoiled() from error


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
    return BadCell("is a date or a fraction. Write it as text.")


def _fault(code: str, message: str) -> Faulty:
    return Faulty(message, code=code, field="file")
