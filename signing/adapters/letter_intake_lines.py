"""The bytes of a letter's file as numbered lines of clean text.

May import `signing.domain` and the standard library. White space is evened out (line ends, tabs, form feeds) and
letters are composed (NFC); hidden characters are refused by line.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from signing.domain.errors import Faulty
from signing.domain.letter_text_reader import fault_at, find_unsafe, hidden_character

_OTHER_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Line(NamedTuple):
    """One line; `number` is its place in the file that was brought."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands before the body: the fields of a `LetterText` but the body, its last line, the deadline."""

    fields: dict[str, Any]
    end: int
    deadline: datetime | None = None


def decode(data: bytes) -> str:
    """Decode a text file.

    Raises:
        Faulty: when it is not UTF-8, with the line where it stops being so.
    """
    if data.startswith(_OTHER_MARKS) or (data[:4].count(0) >= 2):
        raise _not_utf8(1, "is saved as UTF-16 or UTF-32")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _not_utf8(line, f"holds the byte {data[error.start]:02X}, which is not UTF-8") from None


def to_lines(text: str) -> list[Line]:
    """Cut text into numbered lines, composed and free of hidden characters.

    Raises:
        Faulty: by line, for a control character, a direction override, or a character of no width.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    unsafe = find_unsafe(text.replace("\t", " "))
    if unsafe is not None:
        raise hidden_character(*unsafe)
    lines = unicodedata.normalize("NFC", text).split("\n")
    return [Line(number, line.expandtabs(4).rstrip()) for number, line in enumerate(lines, start=1)]


def first_words(text: str, most: int = 40) -> str:
    """Quote the beginning of a line in a message."""
    return text if len(text) <= most else text[:most].rpartition(" ")[0] + " …"


def last_words(text: str, most: int = 40) -> str:
    """Quote the end of a line in a message."""
    return text if len(text) <= most else "… " + text[-most:].partition(" ")[2]


def skip_blank(lines: Sequence[Line]) -> list[Line]:
    """Drop the empty lines at both ends."""
    filled = [at for at, line in enumerate(lines) if line.text.strip()]
    return list(lines[filled[0] : filled[-1] + 1]) if filled else []


def _not_utf8(line: int, what: str) -> Faulty:
    return fault_at(line, "not-utf-8", f"the file {what}. Save it again with the encoding UTF-8.")
