"""How a sealed PDF is laid out in bytes: the unsealed PDF, one increment, nothing else (ISO 32000-1, 7.5.6 and 7.5.8).

May import `evidence.errors`. Told from the bytes alone, before any parser of PDFs sees a file that comes from a
stranger: there are then two sections of cross-references to be read, and both are streams, whose size is bounded.
"""

from __future__ import annotations

import re
from typing import Final

from signing.evidence.errors import Rejected

MAX_BYTES: Final = 256 * 1024 * 1024

_END = re.compile(rb"\nstartxref\n(\d{1,10})\n%%EOF\n\Z")
_TABLE = re.compile(rb"\d{1,10} 0 obj\s*<<((?:[^>]|>(?!>\s*stream))*)>>\s*stream", re.DOTALL)
_BEFORE = re.compile(rb"/Prev (\d{1,10})\b")
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
    before = _earlier_section(data, len(data))
    if before is None or second + length > len(data):
        raise Rejected("SEAL_BROKEN", "The file is cut, damaged, or written anew by another program.")
    end = data.find(b"%%EOF\n", before) + len(b"%%EOF\n")
    document = data[:end]
    if not document.endswith(b"\nstartxref\n%d\n%%%%EOF\n" % before) or not data.startswith(b"%PDF-"):
        raise Rejected("SEAL_BROKEN", "The file is cut or damaged: the unsealed PDF in it cannot be found.")
    if _earlier_section(document, end) is not None:
        raise Rejected("SEAL_EXTENDED", "This PDF has more than one addition: it was changed before it was sealed.")
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


def _earlier_section(data: bytes, end: int) -> int | None:
    """Where the cross-references before the last ones begin; None where the last are the first, or no stream."""
    match = _END.search(data[max(0, end - _END_BYTES) : end])
    if match is None:
        return None
    start = int(match[1])
    table = _TABLE.match(data[start : start + _TABLE_BYTES])
    before = _BEFORE.search(table[1]) if table else None
    return int(before[1]) if before else None
