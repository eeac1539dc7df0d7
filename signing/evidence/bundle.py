"""A bundle laid out and written: everything an auditor needs, as a folder or a zip (EVIDENCE 4.7).

May import the standard library's file and zip modules and the rooms here. The same files give the same bytes.
"""

import io
import os
import shutil
import stat
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .edition import PDF_FOLDER, edition_folder
from .errors import EvidenceError, Malformed
from .merkle import leaf_hash
from .readme import BUNDLE_README
from .statement import LIST_FILE
from .stored_bundle import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES, Bundle, walk
from .tiles import tiles
from .verify import is_bundle_name

__all__ = [
    "MAX_FILES", "MAX_FILE_BYTES", "MAX_TOTAL_BYTES", "Bundle", "Edition", "Outsiders", "build", "write", "zipped",
]  # fmt: skip

_FIXED_DATE: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Edition:
    """What a closing signed: the list and one PDF for each language."""

    number: int
    signatories: bytes
    pdfs: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outsiders:
    """What others than the service have signed about the log: by size, and by size and authority.

    `cosignatures` are signature lines to be appended to the checkpoint's note, `stamps` RFC 3161 answers over the
    note as first emitted, `roots` the authorities' root certificates (PEM), for comparison only.
    """

    cosignatures: Mapping[int, bytes] = field(default_factory=dict)
    stamps: Mapping[tuple[int, str], bytes] = field(default_factory=dict)
    roots: Mapping[str, str] = field(default_factory=dict)


def build(
    *,
    entries: Sequence[bytes],
    checkpoint: bytes,
    policy: str,
    letter_files: Mapping[str, bytes],
    editions: Sequence[Edition] = (),
    checkpoints: Mapping[int, bytes] | None = None,
    receipts: Mapping[str, bytes] | None = None,
    history: Mapping[str, bytes] | None = None,
    openings: Mapping[str, bytes] | None = None,
    outsiders: Outsiders | None = None,
    withheld: Collection[int] = (),
) -> dict[str, bytes]:
    """Lay the files of a letter out under the names of EVIDENCE 4.7; the last edition is the current one.

    Entries that are `withheld` (public edition) leave only their hash in the tiles.

    Raises:
        Malformed: `BUNDLE_MALFORMED` when a name given may not stand in a bundle.
    """
    files = {"README.txt": BUNDLE_README.encode(), "policy": policy.encode(), "log/checkpoint": checkpoint}
    files.update({f"letter/{name}": data for name, data in letter_files.items()})
    files.update(
        {f"entries/{index:06d}.dsse.json": entry for index, entry in enumerate(entries) if index not in withheld}
    )
    files.update({f"log/{path}": data for path, data in tiles([leaf_hash(entry) for entry in entries]).items()})
    files.update({f"checkpoints/{size}": note for size, note in (checkpoints or {}).items()})
    for folder, group in (("receipts", receipts), ("history", history), ("openings", openings)):
        files.update({f"{folder}/{name}": data for name, data in (group or {}).items()})
    outsiders = outsiders or Outsiders()
    files.update({f"checkpoints/{size}.cosigs": lines for size, lines in outsiders.cosignatures.items()})
    files.update({f"checkpoints/{size}.{name}.tsr": token for (size, name), token in outsiders.stamps.items()})
    files.update({f"tsa/{name}.pem": pem.encode() for name, pem in outsiders.roots.items()})
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
        return path.is_dir() and all(is_bundle_name(name) for name, _ in walk(path, path))
    except EvidenceError:
        return False


def _write_folder(part: Path, files: Mapping[str, bytes]) -> None:
    for name in sorted(files):
        target = part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(files[name])
    part.mkdir(exist_ok=True)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Give a bundle as the bytes of its zip, the same that `write` writes."""
    out = io.BytesIO()
    _write_zip(out, files)
    return out.getvalue()


def _write_zip(part: Path | io.BytesIO, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _FIXED_DATE)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, files[name])
