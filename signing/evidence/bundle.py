"""A bundle: everything an auditor needs, as a folder or a zip (EVIDENCE 4.7, 4.9 step 1).

May import the standard library's file and zip modules and the rooms here; the only room that touches files.
A bundle comes from a stranger: nothing of it is read before names, kinds and sizes are known to be sound.
"""

import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .edition import PDF_FOLDER, edition_folder
from .errors import EvidenceError, Malformed
from .merkle import leaf_hash
from .readme import BUNDLE_README
from .statement import LIST_FILE
from .tiles import tiles
from .verify import is_bundle_name

MAX_FILES: Final = 500_000
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 512 * 1024 * 1024
MAX_NAME: Final = 200
MAX_DEPTH: Final = 8

_FIXED_DATE: Final = (1980, 1, 1, 0, 0, 0)
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")


@dataclass(frozen=True, slots=True)
class Edition:
    """What a closing signed: the list and one PDF for each language."""

    number: int
    signatories: bytes
    pdfs: Mapping[str, bytes] = field(default_factory=dict)


class Bundle(dict[str, bytes]):
    """The files of a bundle by name."""

    @classmethod
    def read(cls, path: Path) -> "Bundle":
        """Read a folder or a zip.

        Raises:
            Malformed: `BUNDLE_UNREADABLE` when there is neither, `BUNDLE_MALFORMED` when it holds links, odd names,
                compressed files, or too much.
        """
        try:
            if path.is_dir():
                if not any(path.iterdir()):
                    raise Malformed("BUNDLE_UNREADABLE", "The folder is empty: it is no bundle.")
                return cls(_read_folder(path))
            if path.is_file() and zipfile.is_zipfile(path):
                return cls(_read_zip(path))
        except EvidenceError:
            raise
        except OSError as error:
            raise Malformed("BUNDLE_UNREADABLE", f"It cannot be read: {error.strerror}.") from None
        raise Malformed("BUNDLE_UNREADABLE", "There is no folder and no zip of this name.")


def build(
    *,
    entries: Sequence[bytes],
    checkpoint: bytes,
    policy: str,
    letter_files: Mapping[str, bytes],
    editions: Sequence[Edition] = (),
    checkpoints: Mapping[int, bytes] | None = None,
    receipts: Mapping[str, bytes] | None = None,
) -> Bundle:
    """Lay the files of a letter out under the names of EVIDENCE 4.7; the last edition is the current one.

    Raises:
        Malformed: `BUNDLE_MALFORMED` when a name given may not stand in a bundle.
    """
    files = Bundle({"README.txt": BUNDLE_README.encode(), "policy": policy.encode(), "log/checkpoint": checkpoint})
    files.update({f"letter/{name}": data for name, data in letter_files.items()})
    files.update({f"entries/{index:06d}.dsse.json": entry for index, entry in enumerate(entries)})
    files.update({f"log/{path}": data for path, data in tiles([leaf_hash(entry) for entry in entries]).items()})
    files.update({f"checkpoints/{size}": note for size, note in (checkpoints or {}).items()})
    files.update({f"receipts/{name}": receipt for name, receipt in (receipts or {}).items()})
    for edition in editions:
        folder = edition_folder(edition.number, editions[-1].number)
        files[f"{folder}{LIST_FILE}"] = edition.signatories
        files.update({f"{folder}{PDF_FOLDER}{language}.pdf": pdf for language, pdf in edition.pdfs.items()})
    for name in files:
        if not is_bundle_name(name):
            raise Malformed("BUNDLE_MALFORMED", f"A bundle has no file {name!a}.")
    return files


def write(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a bundle as a zip if the name ends in `.zip`, else as a folder; the same files give the same bytes.

    It is made beside its place and moved there whole, so an export that was cut short can be run again.

    Raises:
        Malformed: `BUNDLE_EXISTS` when something that is no bundle is in the way, `BUNDLE_UNREADABLE` when the
            place cannot be written.
    """
    path = path.absolute()
    part = path.with_name(f".{path.name}.part")
    try:
        if part.is_dir():
            shutil.rmtree(part)
        if path.suffix == ".zip":
            _write_zip(part, files)
            os.replace(part, path)
        else:
            _write_folder(part, files)
            _put_in_place(part, path)
    except OSError as error:
        raise Malformed("BUNDLE_UNREADABLE", f"It cannot be written: {error.strerror}.") from None


def _put_in_place(part: Path, path: Path) -> None:
    if path.is_symlink() or (path.exists() and not _is_bundle_folder(path)):
        shutil.rmtree(part)
        raise Malformed("BUNDLE_EXISTS", f"{path.name} exists and is no bundle; choose another name.")
    if path.exists():
        old = path.with_name(f".{path.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        os.replace(path, old)
        os.replace(part, path)
        shutil.rmtree(old)
    else:
        os.replace(part, path)


def _is_bundle_folder(path: Path) -> bool:
    try:
        return path.is_dir() and all(is_bundle_name(name) for name, _ in _walk(path, path))
    except EvidenceError:
        return False


def _write_folder(part: Path, files: Mapping[str, bytes]) -> None:
    for name in sorted(files):
        target = part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(files[name])
    part.mkdir(exist_ok=True)


def _write_zip(part: Path, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _FIXED_DATE)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, files[name])


def _walk(folder: Path, top: Path, depth: int = 0) -> Iterator[tuple[str, os.DirEntry[str]]]:
    if depth > MAX_DEPTH:
        raise Malformed("BUNDLE_MALFORMED", "The bundle's folders nest too deep.")
    with os.scandir(folder) as items:
        for item in items:
            if item.is_dir(follow_symlinks=False):
                yield from _walk(Path(item.path), top, depth + 1)
            else:
                yield Path(item.path).relative_to(top).as_posix(), item


def _read_folder(path: Path) -> Iterator[tuple[str, bytes]]:
    budget = _Budget()
    for name, item in _walk(path, path):
        if not item.is_file(follow_symlinks=False):
            raise Malformed("BUNDLE_MALFORMED", f"{name!a} is not a regular file.")
        budget.take(name, item.stat(follow_symlinks=False).st_size)
        with open(item.path, "rb") as file:
            yield name, file.read(MAX_FILE_BYTES + 1)


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
        if len(name) > MAX_NAME or not name.isascii() or not name.isprintable():
            raise Malformed("BUNDLE_MALFORMED", f"A bundle has no file {name[:MAX_NAME]!a}.")


def _read_zip(path: Path) -> dict[str, bytes]:
    if path.stat().st_size > MAX_TOTAL_BYTES or _promised_members(path) > MAX_FILES:
        raise Malformed("BUNDLE_MALFORMED", "The bundle is too large.")
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, OverflowError):
        raise Malformed("BUNDLE_MALFORMED", "The zip is damaged.") from None
    budget = _Budget()
    for info in infos:
        budget.take(info.filename, info.file_size)
        _check_member(info)
    data = path.read_bytes()
    if budget.bytes > len(data):
        raise Malformed("BUNDLE_MALFORMED", "The zip promises more than it holds.")
    files = {info.filename: _stored(data, info) for info in infos if not info.is_dir()}
    if len(files) != sum(not info.is_dir() for info in infos):
        raise Malformed("BUNDLE_MALFORMED", "The zip holds a name twice.")
    return files


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


def _stored(data: bytes, info: zipfile.ZipInfo) -> bytes:
    # Stored bytes are cut out directly: no decompressor ever runs, and ten thousand entries cost no seeks.
    start = info.header_offset
    try:
        header = _LOCAL_HEADER.unpack_from(data, start)
    except struct.error:
        header = (b"",) + (0,) * 10
    signature, method, name_length, extra_length = header[0], header[3], header[9], header[10]
    body = start + _LOCAL_HEADER.size + name_length
    name = data[start + _LOCAL_HEADER.size : body]
    content = data[body + extra_length : body + extra_length + info.file_size]
    if (
        signature != b"PK\x03\x04"
        or method != zipfile.ZIP_STORED
        or name != info.filename.encode("ascii")
        or len(content) != info.file_size
        or zlib.crc32(content) != info.CRC
    ):
        raise Malformed("BUNDLE_MALFORMED", f"{info.filename!a} is damaged in the zip.")
    return content
