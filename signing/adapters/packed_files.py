"""The zip that a Word document or an Excel sheet is, looked through before any parser sees it (FAULTS S12).

May import `signing.domain.errors` and the standard library. The directory of the zip is read here, not by a library:
what it declares is refused when it is too much, and what a part really unpacks to is counted while it unpacks. Only
the XML parts are handed on; nothing is ever written to a disk, fetched or run.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Final, NamedTuple
from xml.parsers import expat

from signing.domain.errors import Faulty

__all__ = ["EXCEL", "WORD", "Kind", "packed_again", "unpack"]

MAX_FILE_BYTES: Final = 5_000_000
MAX_PARTS: Final = 1_000
MAX_UNPACKED: Final = 20_000_000
MAX_XML_PART: Final = 12_000_000
MAX_DEPTH: Final = 200  # of elements in elements: trees far deeper bring down the parsers that are written in C
MAX_RATIO: Final = 200
MAX_NAME: Final = 200
_SMALL: Final = 100_000  # below this a high ratio is only a short, even text
_CHUNK: Final = 65_536

_MAIN: Final = "application/vnd.openxmlformats-officedocument."
_END: Final = struct.Struct("<4s4H2LH")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")

_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
_ENCODINGS = frozenset({b"utf-8", b"us-ascii", b"ascii", b"utf-16"})
_XML = (".xml", ".rels")
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ")
_ARCHIVE_NAMES = re.compile(r"\.(?:zip|jar|7z|rar|gz|tgz|bz2|xz|docx?|docm|dotm|xlsx?|xlsm|xlsb|pptx?|odt|ods)\Z", re.I)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS = re.compile(r"vbaproject|vbadata|/activex/|macrosheets/|dialogsheets/", re.IGNORECASE)
_EMBEDDED = re.compile(r"/embeddings/|oleobject", re.IGNORECASE)
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([A-Za-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_LOCAL_FILE = re.compile(r"file:(?:///)?(?![/\\])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of packed file: its ending, what people call it, and what its main part is called."""

    ending: str
    name: str
    main: str
    advice: str
    tags: int  # of all parts together: each costs a parser hundreds of bytes

    def spoiled(self) -> Faulty:
        """The refusal of a file that is broken, or no file of this kind."""
        message = (
            f"The file cannot be read as {self.name}. Open it in the program that made it and save it again as "
            f".{self.ending}{self.advice}."
        )
        return Faulty(message, code=self.ending, field="file")

    def unsafe(self, what: str, remedy: str) -> Faulty:
        return Faulty(f"{what} {remedy}", code=f"{self.ending}-unsafe", field="file")

    def too_large(self, what: str) -> Faulty:
        message = f"{what} Take pictures and other needless parts out of it, or bring the words alone{self.advice}."
        return Faulty(message, code="too-large", field="file")


WORD: Final = Kind("docx", "a Word document", _MAIN + "wordprocessingml.document.main+xml", " or as .txt", 300_000)
EXCEL: Final = Kind("xlsx", "an Excel sheet", _MAIN + "spreadsheetml.sheet.main+xml", " or .csv", 2_500_000)


class _Part(NamedTuple):
    """An entry of the directory."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    directory: bool


def unpack(data: bytes, kind: Kind) -> dict[str, bytes]:
    """Look through the file and give its XML parts by name.

    Raises:
        Faulty: with what to do, when it is no such file, is locked, holds more or other than a document should,
            or could make a parser fetch, run or unpack something.
    """
    if len(data) > MAX_FILE_BYTES:
        raise kind.too_large(f"The file is larger than {MAX_FILE_BYTES // 1_000_000} MB.")
    if data.startswith(_OLD_OFFICE):
        message = (
            f"The file is locked with a password, or of an old kind. Open it in the program that made it and save it "
            f"without a password as .{kind.ending}."
        )
        raise Faulty(message, code=f"{kind.ending}-locked", field="file")
    try:
        parts = list(_directory(data, kind))
        _check_directory(parts, kind)
        kept = _contents(data, parts, kind)
    except (struct.error, zlib.error, IndexError, UnicodeDecodeError) as error:
        raise kind.spoiled() from error
    _check_kind(kept, kind)
    return kept


def packed_again(parts: Mapping[str, bytes]) -> io.BytesIO:
    """A new zip of these parts, for parsers that want one: what they read is what was looked through."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


def _directory(data: bytes, kind: Kind) -> Iterator[_Part]:
    """The entries as the directory at the end names them."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - 0xFFFF))
    if at < 0 or len(data) < at + _END.size:
        raise kind.spoiled()
    _, disk, first_disk, here, count, size, offset, comment = _END.unpack_from(data, at)
    if count > MAX_PARTS:
        raise kind.spoiled()
    # One disk, nothing before or behind, no sizes beyond four gigabytes: so writes every office program.
    if disk or first_disk or here != count or offset + size != at or at + _END.size + comment != len(data):
        raise kind.spoiled()
    position = offset
    for _ in range(count):
        fields = _ENTRY.unpack_from(data, position)
        (mark, maker, _, flags, method, _, _, crc, packed, unpacked, *lengths, _, _, outside, begins) = fields
        name_length, extra, remark = lengths
        if mark != b"PK\x01\x02" or 0xFFFFFFFF in (packed, unpacked, begins):
            raise kind.spoiled()
        position += _ENTRY.size
        raw = data[position : position + name_length]
        position += name_length + extra + remark
        name = raw.decode("utf-8" if flags & 0x800 or raw.isascii() else "cp437")
        mode = stat.S_IFMT(outside >> 16) if maker >> 8 == 3 else 0
        if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise kind.unsafe(f'The file holds "{_short(name)}", which points elsewhere.', _SAVE_AGAIN)
        yield _Part(name, flags, method, crc, packed, unpacked, begins, name.endswith("/"))
    if position != offset + size:
        raise kind.spoiled()


_SAVE_AGAIN: Final = "A document has no such part. Open it in the program that made it and save it again."


def _check_directory(parts: list[_Part], kind: Kind) -> None:
    names = {part.name.casefold() for part in parts}
    if not parts or len(names) != len(parts) or "[content_types].xml" not in names:
        raise kind.spoiled()
    for part in parts:
        if part.flags & 0x2041:  # encrypted, strongly encrypted, or with its directory masked
            message = "The file is locked with a password. Save it without one."
            raise Faulty(message, code=f"{kind.ending}-locked", field="file")
        if part.method not in (0, 8):
            raise kind.spoiled()
        _check_name(part.name, kind)
        if part.size > _SMALL and part.size > MAX_RATIO * max(part.packed, 1):
            raise kind.too_large("The file unpacks to far more than it is.")
    if sum(part.size for part in parts) > MAX_UNPACKED:
        raise kind.too_large(f"The file unpacks to more than {MAX_UNPACKED // 1_000_000} MB.")


def _check_name(name: str, kind: Kind) -> None:
    pieces = name.removesuffix("/").split("/")
    if (
        not name.isprintable() or len(name) > MAX_NAME or "\\" in name or ":" in name
        or any(piece in ("", ".", "..") for piece in pieces)
    ):  # fmt: skip
        raise kind.unsafe(f'The file holds a part called "{_short(name)}".', _SAVE_AGAIN)
    if _MACROS.search(name):
        raise kind.unsafe("The file holds macros.", f"Save it without them, as .{kind.ending}.")
    if _EMBEDDED.search(name) or _ARCHIVE_NAMES.search(name):
        raise kind.unsafe(f'The file holds another file, "{_short(name)}".', "Delete it there and save again.")


def _contents(data: bytes, parts: list[_Part], kind: Kind) -> dict[str, bytes]:
    """Unpack every part, one after the other, and keep the XML."""
    kept: dict[str, bytes] = {}
    tags = 0
    end = 0
    for part in sorted(parts, key=lambda part: part.offset):
        begins = _begin(data, part, kind)
        if part.offset < end:
            # Parts that share bytes are how a small file becomes a huge one.
            raise kind.spoiled()
        end = begins + part.packed
        keep = part.name.lower().endswith(_XML) and not part.directory
        if keep and part.size > MAX_XML_PART:
            raise kind.too_large(f'The part "{_short(part.name)}" is very long.')
        content = _inflate(data, begins, part, kind, keep=keep)
        if not keep:
            continue
        tags += content.count(b"<")
        if tags > kind.tags:
            raise kind.too_large("The file holds very many small pieces.")
        _check_xml(content, kind)
        if part.name.lower().endswith(".rels"):
            _check_relationships(content, kind)
        kept[part.name] = content
    return kept


def _begin(data: bytes, part: _Part, kind: Kind) -> int:
    """Where the bytes of a part begin; its own head must name the part as the directory does."""
    mark, _, flags, method, _, _, _, packed, _, name_length, extra = _LOCAL.unpack_from(data, part.offset)
    begins = int(part.offset + _LOCAL.size + name_length + extra)
    raw = data[part.offset + _LOCAL.size : part.offset + _LOCAL.size + name_length]
    name = raw.decode("utf-8" if flags & 0x800 or raw.isascii() else "cp437")
    later = flags & 8  # its sizes follow the bytes, so the head has none
    if mark != b"PK\x03\x04" or method != part.method or name != part.name or begins + part.packed > len(data):
        raise kind.spoiled()
    if not later and packed != part.packed:
        raise kind.spoiled()
    return begins


def _inflate(data: bytes, begins: int, part: _Part, kind: Kind, *, keep: bool) -> bytes:
    """Unpack one part and count what comes; only what is kept stays in memory."""
    packed = memoryview(data)[begins : begins + part.packed]
    stream = zlib.decompressobj(-15) if part.method else None
    pieces: list[bytes] = []
    crc = total = at = 0
    waiting: bytes | memoryview = b""
    while True:
        if not waiting:
            waiting = packed[at : at + _CHUNK]
            at += len(waiting)
        ends = not len(waiting) and at >= len(packed)
        piece = stream.decompress(waiting, _CHUNK) if stream else bytes(waiting)
        waiting = stream.unconsumed_tail if stream else b""
        if not total and piece.startswith(_ARCHIVES):
            raise kind.unsafe(f'The file holds another file, "{_short(part.name)}".', "Delete it there and save again.")
        total += len(piece)
        if total > part.size:
            raise kind.spoiled()
        crc = zlib.crc32(piece, crc)
        if keep:
            pieces.append(piece)
        if (stream is not None and stream.eof) or (ends and not piece):
            break
    if total != part.size or crc != part.crc or (stream is not None and (not stream.eof or stream.unused_data)):
        raise kind.spoiled()
    return b"".join(pieces)


def _check_xml(content: bytes, kind: Kind) -> None:
    # Zero bytes go, so that UTF-16 hides nothing from the search.
    bare = content.replace(b"\0", b"") if b"\0" in content else content
    opening = bare[:2_000].partition(b"?>")[0] if b"<?xml" in bare[:8] else b""
    encoding = _ENCODING.search(opening)
    if encoding is not None and encoding[1].lower() not in _ENCODINGS:
        raise kind.unsafe("A part of the file is in an unusual encoding.", _SAVE_AGAIN)
    if _DECLARATION.search(bare):
        raise kind.unsafe("The file holds declarations of its own kinds of content.", _SAVE_AGAIN)
    _check_depth(content, kind)


def _check_depth(content: bytes, kind: Kind) -> None:
    """Read the XML once without building anything of it: it must be well formed and not nest too deep."""
    depth = 0

    def begin(name: str, attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise kind.unsafe("The file nests its contents too deep.", "Copy its words into a new one.")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise kind.spoiled() from error


def _check_relationships(content: bytes, kind: Kind) -> None:
    """Refuse what a program would fetch by itself; links that a reader follows are words."""
    for found in _RELATIONSHIP.findall(content.replace(b"\0", b"")):
        values = {name.lower(): one or other for name, one, other in _ATTRIBUTE.findall(found)}
        kind_of, target = values.get(b"type", b""), values.get(b"target", b"")
        if kind_of.endswith(b"/hyperlink") or values.get(b"targetmode", b"").lower() != b"external":
            continue
        if _is_remote(address := unescape(target.decode("utf-8", "replace")).strip()):
            what = kind_of.rpartition(b"/")[2].decode("ascii", "replace")
            what = {"attachedTemplate": "a template", "image": "a picture"}.get(what, "something")
            raise kind.unsafe(
                f"The file takes {what} from elsewhere ({_short(address)}).",
                "Break that link, or copy the words into a new document.",
            )


def _is_remote(address: str) -> bool:
    """Whether it leads off the machine of whoever opens it; the template on a person's own disk is everywhere."""
    if address.startswith(("\\\\", "//")):
        return True
    return _SCHEME.match(address) is not None and not _LOCAL_FILE.match(address)


def _check_kind(parts: Mapping[str, bytes], kind: Kind) -> None:
    name = next((name for name in parts if name.casefold() == "[content_types].xml"), None)
    if name is None:
        raise kind.spoiled()
    types = parts[name].replace(b"\0", b"").decode("utf-8", "replace")
    if "macroenabled" in types.casefold() or "vbaproject" in types.casefold():
        raise kind.unsafe("The file is made for macros.", f"Save it without them, as .{kind.ending}.")
    if kind.main not in types:
        raise kind.spoiled()


def _short(name: str) -> str:
    shown = "".join(char if char.isprintable() else "�" for char in name)
    return shown if len(shown) <= 60 else shown[:59] + "…"
