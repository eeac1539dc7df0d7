"""A PDF file from its objects: streams on their own, everything else packed into object streams.

May import the standard library only. Cross-references are a stream too (ISO 32000-1, 7.5.7, 7.5.8), so that a tree of
many thousand small objects costs little time and few bytes. Equal objects give equal bytes.
"""

from __future__ import annotations

import hashlib
import struct
import zlib

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_TOGETHER = 200  # objects in one object stream
# zlib's own choice, 6, takes half as long again to save a fiftieth of the file; and its whole window, 15, takes longer
# to set up than most of our streams to pack.
_LEVEL, _WINDOW = 5, 14
_PLAIN = str.maketrans({"\\": "\\\\", "(": "\\(", ")": "\\)"})


def text_string(text: str) -> bytes:
    """A text string object (7.9.2.2): plain where it is printable ASCII, else UTF-16."""
    if text.isascii() and text.isprintable():
        return b"(%b)" % text.translate(_PLAIN).encode("ascii")
    return b"<feff%b>" % text.encode("utf-16-be").hex().encode("ascii")


def stream(content: bytes, entries: bytes = b"", *, compress: bool = True) -> bytes:
    """A stream object with these entries in its dictionary."""
    if compress:
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW)
        content = packer.compress(content) + packer.flush()
        entries += b"/Filter/FlateDecode"
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(content), content)


class PdfFile:
    """Takes objects, numbered from 1 as they come, and gives the file."""

    def __init__(self) -> None:
        self._parts = [_HEADER]
        self._length = len(_HEADER)
        self._places = [0]
        """For each number the offset of its object, or where it is packed: -1 - pack * _TOGETHER - index."""
        self._pack: list[bytes] = []
        self._pack_numbers: list[int] = []
        self._packs: list[bytes] = []

    @property
    def next_number(self) -> int:
        """The number that the next object gets."""
        return len(self._places)

    def add(self, body: bytes) -> int:
        """Takes an object, and gives its number."""
        number = len(self._places)
        if body.endswith(b"endstream"):
            self._places.append(self._length)
            self._write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
            return number
        self._places.append(-1 - len(self._packs) * _TOGETHER - len(self._pack))
        self._pack.append(body)
        self._pack_numbers.append(number)
        if len(self._pack) == _TOGETHER:
            self._close_pack()
        return number

    def to_bytes(self, *, root: int, info: int) -> bytes:
        """The whole file; `root` and `info` are the numbers of the catalog and of the information dictionary."""
        if self._pack:
            self._close_pack()
        first = self.next_number
        offsets = []
        for number, pack in enumerate(self._packs, start=first):
            offsets.append(self._length)
            self._write(b"%d 0 obj\n%b\nendobj\n" % (number, pack))
        number = first + len(offsets)
        start = self._length
        rows = self._rows(first, [*offsets, start])
        identity = hashlib.sha256()
        for part in self._parts:
            identity.update(part)
        name = identity.hexdigest()[:32].encode("ascii")
        entries = b"/Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]" % (
            number + 1,
            root,
            info,
            name,
            name,
        )
        self._write(b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, stream(rows, entries), start))
        return b"".join(self._parts)

    def _write(self, part: bytes) -> None:
        self._parts.append(part)
        self._length += len(part)

    def _close_pack(self) -> None:
        offsets = []
        offset = 0
        for number, body in zip(self._pack_numbers, self._pack, strict=True):
            offsets.append(b"%d %d" % (number, offset))
            offset += len(body) + 1
        index = b" ".join(offsets) + b"\n"
        entries = b"/Type/ObjStm/N %d/First %d" % (len(offsets), len(index))
        self._packs.append(stream(index + b"\n".join(self._pack), entries))
        self._pack.clear()
        self._pack_numbers.clear()

    def _rows(self, first_pack: int, last_offsets: list[int]) -> bytes:
        """The table of cross-references. No row is written as its difference from the row above: readers in Python,
        the one that seals among them, take longer to undo that than to read the rest."""
        row = struct.Struct(">BIH").pack
        rows = [row(0, 0, 65535)]
        for place in [*self._places[1:], *last_offsets]:
            if place >= 0:
                rows.append(row(1, place, 0))
            else:
                pack, index = divmod(~place, _TOGETHER)
                rows.append(row(2, first_pack + pack, index))
        return b"".join(rows)
