"""Sheets for spreadsheet programs, safe against formulas (FAULTS S10); may import csv and xlsxwriter.

A cell that a program could take for a formula, in ASCII or in full width, is kept as words: in CSV behind an
apostrophe, in XLSX by its type, which is text for every cell. Rows are written as they come.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator

import xlsxwriter  # type: ignore[import-untyped]

from signing.workflow.overview_ports import SheetMaker

# What a spreadsheet may take for the beginning of a formula, once it has made the usual widths of it.
_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_767
_AT_ONCE = 64 * 1024


def csv_file(rows: Iterator[tuple[str, ...]]) -> Iterator[bytes]:
    """A CSV file in UTF-8 that Excel knows for one (RFC 4180, with a byte order mark)."""
    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\r\n")
    page.write("\ufeff")
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        if page.tell() > _AT_ONCE:
            yield _taken(page)
    yield _taken(page)


def xlsx_file(rows: Iterator[tuple[str, ...]]) -> Iterator[bytes]:
    """An XLSX file; each cell is text, whatever it looks like. It is made on disk: a zip names its parts at its end."""
    handle, name = tempfile.mkstemp(suffix=".xlsx")
    os.close(handle)
    try:
        book = xlsxwriter.Workbook(name, {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False,
            "strings_to_urls": False,
        })  # fmt: skip
        sheet = book.add_worksheet("organisations")
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, _plain(cell)[:_LONGEST], head if at == 0 else text)
        book.close()
        with open(name, "rb") as file:
            while part := file.read(_AT_ONCE):
                yield part
    finally:
        os.unlink(name)


def harmless(cell: str) -> str:
    """The cell, behind an apostrophe where a spreadsheet could run it."""
    shown = unicodedata.normalize("NFKC", _plain(cell)).lstrip(" \u200b\u2060\ufeff\u00ad")
    return f"'{_plain(cell)}" if shown.startswith(_BEGINS) or _plain(cell).startswith(_BEGINS) else _plain(cell)


def _plain(cell: str) -> str:
    return _CONTROLS.sub("", cell)


def _taken(page: io.StringIO) -> bytes:
    said = page.getvalue().encode()
    page.seek(0)
    page.truncate()
    return said


SHEETS: dict[str, SheetMaker] = {"csv": csv_file, "xlsx": xlsx_file}
