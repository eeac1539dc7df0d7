"""Rows out of a .csv file.

May import `signing.domain.letter_text_reader`, `letter_intake_lines` and the standard library.
The separator is seen from the header line alone: comma, semicolon or tab, whichever stands there most.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from signing.domain.letter_text_reader import fault_at

from .letter_intake_lines import decode
from .roster_sheets_table import TableRow

_QUOTED = re.compile(r'"[^"]*"')
_EXCEL_HINT = re.compile(r"sep=([,;\t])\r?\n")


def read_csv(data: bytes) -> Iterator[TableRow]:
    """Give the rows with the line each begins in.

    Raises:
        Faulty: when this is not UTF-8, or a quotation mark is not closed.
    """
    text = decode(data)
    hint = _EXCEL_HINT.match(text)
    skipped = 1 if hint else 0
    if hint:
        text = text[hint.end() :]
    separator = hint[1] if hint else _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"this row cannot be read ({error}). Look for a quotation mark that is not closed."
            raise fault_at(begins + skipped, "csv", message) from None
        yield TableRow(begins + skipped, tuple(cells))
        begins = reader.line_num + 1


def _separator(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip(",;\t ")), "")
    bare = _QUOTED.sub("", header)
    return max(",;\t", key=bare.count)
