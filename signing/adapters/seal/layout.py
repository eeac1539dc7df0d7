"""How a sealed PDF is laid out in bytes: the unsealed PDF, one increment, nothing else (ISO 32000-1, 7.5.6 and 7.5.8).

May import `evidence.errors`. Told from the bytes alone, before any parser of PDFs sees a file that comes from a
stranger: there are then two sections of cross-references to be read, and both are streams, bounded in size and number.
"""

from __future__ import annotations

import re
from typing import Final

from signing.evidence.errors import Rejected

MAX_BYTES: Final = 256 * 1024 * 1024
# A letter of a hundred thousand names has a quarter of a million. Each costs its reader 300 bytes and 10 microseconds,
# also where it takes no byte of the file.
MAX_OBJECTS: Final = 500_000

PREV: Final = b"/Prev"
_END = re.compile(rb"\nstartxref\n(\d{1,10})\n%%EOF\n\Z")
# Without comments, strings and escapes in it, what looks like an entry is one.
_TABLE = re.compile(rb"\d{1,10} 0 obj\s*<<((?:[^>%(#]|>(?!>\s*stream))*)>>\s*stream")
_BEFORE = re.compile(rb"/Prev (\d{1,10})\b")
_ROOT_OR_INFO = re.compile(rb"/(?:Root|Info) \d{1,10} 0 R\b")
_REFERENCE = re.compile(rb"\d\s+R\b")
_SIZE = re.compile(rb"/Size\s+(\d+)")
_ROWS = re.compile(rb"/Index\s*\[([\d\s]*)\]")
_COVERED = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_END_BYTES: Final = 64
_TABLE_BYTES: Final = 4096


def document_of(data: bytes) -> bytes:
    """The unsealed PDF that a sealed one begins with.

    Raises:
        Rejected: `SEAL_MISSING` when there is no seal, `SEAL_EXTENDED` when something was added beside or after it,
            `SEAL_BROKEN` when the file is cut or mended.
    """
    _, _, second, length = covered_range(data)
    if second + length < len(data):
        raise Rejected("SEAL_EXTENDED", "Something was added to this PDF after it was sealed.")
    earlier = _BEFORE.findall(_last_table(data, len(data)))
    if len(earlier) != 1 or second + length > len(data):
        raise Rejected("SEAL_BROKEN", "The file is cut, damaged, or written anew by another program.")
    before = int(earlier[0])
    end = data.find(b"%%EOF\n", before) + len(b"%%EOF\n")
    document = data[:end]
    if not document.endswith(b"\nstartxref\n%d\n%%%%EOF\n" % before) or not data.startswith(b"%PDF-"):
        raise Rejected("SEAL_BROKEN", "The file is cut or damaged: the unsealed PDF in it cannot be found.")
    table = _last_table(document, end)
    if PREV in table:
        raise Rejected("SEAL_EXTENDED", "This PDF has more than one addition: it was changed before it was sealed.")
    if not table:
        raise Rejected("SEAL_BROKEN", "The unsealed PDF in this file is none of ours.")
    return document


def covered_range(data: bytes) -> tuple[int, int, int, int]:
    """The four numbers of the only /ByteRange (12.8.1). Raises Rejected `SEAL_MISSING`, or `SEAL_EXTENDED` for two."""
    found = {tuple(int(number) for number in match.groups()) for match in _COVERED.finditer(data)}
    if len(found) > 1:
        raise Rejected("SEAL_EXTENDED", "There is more than one signature in this PDF.")
    if not found and b"%%EOF" not in data[-_END_BYTES:]:
        raise Rejected("SEAL_BROKEN", "The file is cut or damaged: it does not end as a PDF does.")
    if not found:
        raise Rejected(
            "SEAL_MISSING",
            "This PDF has no seal, so it proves nothing by itself. Take the sealed one from the letter's public page, "
            "or ask for the letter's bundle (evidence.zip) and check that.",
        )
    first, second, third, fourth = found.pop()
    return first, second, third, fourth


def _last_table(data: bytes, end: int) -> bytes:
    """The entries of the last cross-reference stream, b"" where there is none; Rejected for one that is a bomb."""
    match = _END.search(data[max(0, end - _END_BYTES) : end])
    start = int(match[1]) if match else end
    table = _TABLE.match(data[start : start + _TABLE_BYTES])
    if table is None:
        return b""
    entries = table[1]
    sizes, rows, before = _SIZE.findall(entries), _ROWS.findall(entries), _BEFORE.findall(entries)
    numbers = ((b"/Size", sizes), (b"/Index", rows), (PREV, before))
    counts = [*map(int, sizes), *(sum(map(int, each.split()[1::2])) for each in rows)]
    if (
        max(counts, default=MAX_OBJECTS + 1) > MAX_OBJECTS
        # A number written in another way, or that stands elsewhere, would be seen only when it is too late.
        or any(entries.count(key) != len(found) for key, found in numbers)
        or _REFERENCE.search(_ROOT_OR_INFO.sub(b"", entries))
    ):
        raise Rejected("SEAL_BROKEN", "This PDF promises more objects than a letter has, or in a way that none does.")
    return entries
