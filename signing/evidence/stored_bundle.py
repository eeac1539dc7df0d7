"""A bundle read from a folder or a zip that comes from a stranger (EVIDENCE 4.7, 4.9 step 1).

May import the standard library's file and zip modules and the rooms here. Nothing is read before names, kinds and
sizes are known to be sound; then a zip is read through once, so that damage shows at once, and from there on each
file only when it is asked for: a log of a hundred thousand entries never stands in memory whole.
"""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, NoReturn

from .errors import EvidenceError, Malformed

MAX_FILES: Final = 500_000
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 512 * 1024 * 1024
MAX_NAME: Final = 200
MAX_DEPTH: Final = 8
SIZE_BITS: Final = MAX_FILE_BYTES.bit_length()

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")


class Bundle(Mapping[str, bytes]):
    """The files of a bundle by name, each read when it is asked for."""

    def __init__(self, names: Collection[str], content: Callable[[str], bytes]) -> None:
        self._names = names
        self._content = content

    def __getitem__(self, name: str) -> bytes:
        """Read one file.

        Raises:
            KeyError: when the bundle has no such file.
            Malformed: `BUNDLE_MALFORMED` when it has changed since the bundle was opened.
        """
        if name not in self._names:
            raise KeyError(name)
        return self._content(name)

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return iter(self._names)

    def __len__(self) -> int:
        """Give the number of files."""
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such a file, without reading it."""
        return name in self._names

    @classmethod
    def read(cls, path: Path) -> "Bundle":
        """Open a folder or a zip.

        Raises:
            Malformed: `BUNDLE_UNREADABLE` when there is neither, `BUNDLE_MALFORMED` when it holds links, odd names,
                compressed files, or too much.
        """
        try:
            if path.is_dir():
                if not any(path.iterdir()):
                    raise Malformed("BUNDLE_UNREADABLE", "The folder is empty: it is no bundle.")
                sizes = dict(_folder_sizes(path))
                return cls(sizes.keys(), lambda name: _file_content(path / name, name, sizes[name]))
            if path.is_file() and zipfile.is_zipfile(path):
                archive = _Zip(path)
                return cls(archive.names(), archive.content)
        except EvidenceError:
            raise
        except OSError as error:
            raise Malformed("BUNDLE_UNREADABLE", f"It cannot be read: {error.strerror}.") from None
        raise Malformed("BUNDLE_UNREADABLE", "It is no folder, zip, sealed PDF or receipt.")


def walk(folder: Path, top: Path, depth: int = 0) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    """Give every file of a folder by its name in the bundle; links are not followed.

    Raises:
        Malformed: `BUNDLE_MALFORMED` when the folders nest too deep.
    """
    if depth > MAX_DEPTH:
        raise Malformed("BUNDLE_MALFORMED", "The bundle's folders nest too deep.")
    with os.scandir(folder) as items:
        for item in items:
            if item.is_dir(follow_symlinks=False):
                yield from walk(Path(item.path), top, depth + 1)
            else:
                yield Path(item.path).relative_to(top).as_posix(), item


def _folder_sizes(path: Path) -> Iterator[tuple[str, int]]:
    budget = _Budget()
    for name, item in walk(path, path):
        if not item.is_file(follow_symlinks=False):
            raise Malformed("BUNDLE_MALFORMED", f"{name!a} is not a regular file.")
        size = item.stat(follow_symlinks=False).st_size
        budget.take(name, size)
        yield name, size


def _file_content(path: Path, name: str, size: int) -> bytes:
    try:
        # A link that was put in the file's place meanwhile is not followed.
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(file, "rb") as opened:
            data = opened.read(size + 1)
    except OSError as error:
        raise Malformed("BUNDLE_UNREADABLE", f"{name!a} cannot be read: {error.strerror}.") from None
    return data if len(data) == size else _changed(name)


def _changed(name: str) -> NoReturn:
    raise Malformed("BUNDLE_MALFORMED", f"{name!a} has changed while it was read.")


class _Budget:
    """Counts files and bytes before they are read."""

    def __init__(self) -> None:
        self.files = 0
        self.bytes = 0

    def take(self, name: str, size: int) -> None:
        self.files += 1
        self.bytes += size
        if self.files > MAX_FILES or size > MAX_FILE_BYTES or self.bytes > MAX_TOTAL_BYTES:
            raise Malformed("BUNDLE_MALFORMED", "The bundle holds too many or too large files.")
        if not 0 < len(name) <= MAX_NAME or not name.isascii() or not name.isprintable():
            raise Malformed("BUNDLE_MALFORMED", f"A bundle has no file {name[:MAX_NAME]!a}.")


class _Zip:
    """Where each file of a zip lies; only stored files, so no decompressor ever runs."""

    def __init__(self, path: Path) -> None:
        if path.stat().st_size > MAX_TOTAL_BYTES or _promised_members(path) > MAX_FILES:
            raise Malformed("BUNDLE_MALFORMED", "The bundle is too large.")
        self._file = path.open("rb")
        try:
            with zipfile.ZipFile(self._file) as archive:
                infos = archive.infolist()
        except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, OverflowError):
            raise Malformed("BUNDLE_MALFORMED", "The zip is damaged.") from None
        budget = _Budget()
        for info in infos:
            budget.take(info.filename, info.file_size)
            _check_member(info)
        if budget.bytes > path.stat().st_size:
            raise Malformed("BUNDLE_MALFORMED", "The zip promises more than it holds.")
        stored = [info for info in infos if not info.is_dir()]
        # Start and size in one number: of a long log there is one of these for every entry.
        self._places = {info.filename: self._checked_start(info) << SIZE_BITS | info.file_size for info in stored}
        if len(self._places) != len(stored):
            raise Malformed("BUNDLE_MALFORMED", "The zip holds a name twice.")

    def names(self) -> Collection[str]:
        return self._places.keys()

    def content(self, name: str) -> bytes:
        place = self._places[name]
        size = place & (1 << SIZE_BITS) - 1
        data = os.pread(self._file.fileno(), size, place >> SIZE_BITS)
        return data if len(data) == size else _changed(name)

    def _checked_start(self, info: zipfile.ZipInfo) -> int:
        """Where the file's bytes begin, once its own header and its sum agree with the directory."""
        file, start = self._file.fileno(), info.header_offset
        name = info.filename.encode("ascii")
        head = os.pread(file, _LOCAL_HEADER.size + len(name), start)
        try:
            header = _LOCAL_HEADER.unpack_from(head)
        except struct.error:
            header = (b"",) + (0,) * 10
        body: int = start + _LOCAL_HEADER.size + header[9] + header[10]
        content = os.pread(file, info.file_size, body)
        if (
            header[0] != b"PK\x03\x04"
            or header[3] != zipfile.ZIP_STORED
            or header[9] != len(name)
            or head[_LOCAL_HEADER.size :] != name
            or len(content) != info.file_size
            or zlib.crc32(content) != info.CRC
        ):
            raise Malformed("BUNDLE_MALFORMED", f"{info.filename!a} is damaged in the zip.")
        return body


def _promised_members(path: Path) -> int:
    """Count directory records before zipfile makes an object of each."""
    count, tail = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            count += (tail + chunk).count(b"PK\x01\x02")
            tail = chunk[-3:]
    return count


def _check_member(info: zipfile.ZipInfo) -> None:
    name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
    if info.is_dir() and info.file_size == 0:
        return
    if kind not in (0, stat.S_IFREG) or info.flag_bits & 0x1:
        raise Malformed("BUNDLE_MALFORMED", f"{name!a} is a link, encrypted, or no regular file.")
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
        raise Malformed("BUNDLE_MALFORMED", f"{name!a} is compressed; a bundle's zip only stores.")
    if name.startswith("/") or "\\" in name or {"", ".", ".."} & set(name.split("/")):
        raise Malformed("BUNDLE_MALFORMED", f"A bundle has no file {name!a}.")
