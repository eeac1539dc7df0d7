"""Rows out of an .xlsx file, its zip looked through before any parser sees it.

May import openpyxl, `signing.domain.errors` and the standard library. Refused beforehand: zips that unpack to much,
parts written in an encoding that could hide a declaration, and any document type or entity.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

from signing.domain.errors import Faulty

from .roster_sheets_table import BadCell, Cell, TableRow

MAX_PARTS: Final = 1_000
MAX_UNPACKED: Final = 20_000_000
MAX_RATIO: Final = 200
_SMALL: Final = 100_000  # below this a high ratio is only a short, even text
MAX_SHEET_ROWS: Final = 25_000
MAX_COLUMNS: Final = 64

_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
_ENCODINGS = frozenset({b"utf-8", b"us-ascii", b"ascii", b"utf-16"})
_SPOILED = "cannot be read as an Excel sheet. Open it in the program that made it and save it again as .xlsx or .csv."


def read_xlsx(data: bytes) -> Iterator[TableRow]:
    """Give the rows of the first sheet with their numbers; formulas are not computed but named.

    Raises:
        Faulty: when the file is no sheet, or not a safe one.
    """
    _look_through(data)
    # Here and not above: the web server and every command that reads a sheet of commas start without it.
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
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
        raise _fault("xlsx", f"The file {_SPOILED}") from error


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


def _look_through(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_sizes(parts)
            for part in parts:
                _check_part(archive.read(part))
    except Faulty:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
        raise _fault("xlsx", f"The file {_SPOILED}") from error


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS or len({part.filename for part in parts}) != len(parts):
        raise _fault("xlsx", f"The file {_SPOILED}")
    if any(part.flag_bits & 1 for part in parts):
        raise _fault("xlsx-locked", "The file is locked with a password. Save it without one.")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise _fault("xlsx", f"The file {_SPOILED}")
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _fault("too-large", "The file unpacks to more than 20 MB. Take pictures and other sheets out of it.")
    for part in parts:
        if part.file_size > _SMALL and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise _fault("too-large", "The file unpacks to far more than it is. Save the rows alone as .csv.")


def _check_part(content: bytes) -> None:
    # Zero bytes go, so that UTF-16 hides nothing from the search.
    bare = content.replace(b"\0", b"")
    opening = bare.partition(b"?>")[0] if b"<?xml" in bare[:8] else b""
    encoding = _ENCODING.search(opening)
    if encoding is not None and encoding[1].lower() not in _ENCODINGS:
        raise _fault("xlsx-unsafe", "A part of the file is in an unusual encoding. Save the rows as .csv instead.")
    if _DECLARATION.search(bare):
        raise _fault("xlsx-unsafe", "The file holds declarations that no sheet needs. Save the rows as .csv instead.")


def _fault(code: str, message: str) -> Faulty:
    return Faulty(message, code=code, field="file")
