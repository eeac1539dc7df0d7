"""A bundle's entries and their tree (EVIDENCE 4.9, step 3); may import the rooms here.

Entries are read when they are asked for and not kept: a log of a hundred thousand never stands in memory whole.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, overload

from . import tiles
from .checkpoint import Checkpoint
from .errors import EvidenceError, Malformed
from .hashes import Hashes
from .merkle import leaf_hash
from .report import Report

MAX_ENTRIES: Final = 10_000_000

_ENTRY = re.compile(r"entries/([0-9]{6}|[1-9][0-9]{6,7})\.dsse\.json", re.ASCII)


def entry_name(index: int) -> str:
    """Name an entry's file in a bundle."""
    return f"entries/{index:06d}.dsse.json"


def entry_index(name: str) -> int | None:
    """Give an entry's place by the name of its file, None for other files."""
    found = _ENTRY.fullmatch(name)
    return int(found[1]) if found else None


class LoggedEntries(Sequence[bytes | None]):
    """The entries of a bundle in the order of the log, None where one is withheld."""

    def __init__(self, files: Mapping[str, bytes], size: int) -> None:
        self._files = files
        self._size = size

    def __len__(self) -> int:
        """Give the number of entries, the withheld too."""
        return self._size

    @overload
    def __getitem__(self, place: int) -> bytes | None: ...

    @overload
    def __getitem__(self, place: slice) -> "list[bytes | None]": ...

    def __getitem__(self, place: int | slice) -> "bytes | list[bytes | None] | None":
        """Read one entry, or a range of them."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(self._size))]
        return self._files.get(entry_name(range(self._size)[place]))

    def __iter__(self) -> Iterator[bytes | None]:
        """Read them in order."""
        return (self._files.get(entry_name(index)) for index in range(self._size))


def read_tree(report: Report, files: Mapping[str, bytes], newest: Checkpoint) -> tuple[LoggedEntries, Hashes]:
    """Give the log's entries and leaf hashes, and compare the tiles with them.

    Raises:
        Malformed: `ROOT_MISMATCH` when entries are missing and no tile stands for them, or there are too many.
    """
    indexes = [index for name in files if (index := entry_index(name)) is not None]
    count = max(indexes, default=-1) + 1
    logged = [name for name in files if name.startswith("log/tile/")]
    if len(indexes) == newest.size == count:
        entries = LoggedEntries(files, count)
        leaves = Hashes(leaf_hash(entry) for entry in entries if entry is not None)
        report.entries = count
    else:
        entries, leaves = _withheld(report, files, newest, count, len(indexes))
    expected = tiles.tiles(leaves)
    for name in sorted({*logged, *(f"log/{path}" for path in expected if path.startswith("tile/0/"))}):
        if files.get(name) != expected.get(name.removeprefix("log/")):
            report.fail("TILE_MISMATCH", f"The tile {name} does not fit the entries.")
    return entries, leaves


def _withheld(
    report: Report, files: Mapping[str, bytes], newest: Checkpoint, count: int, found: int
) -> tuple[LoggedEntries, Hashes]:
    if count > newest.size or newest.size > MAX_ENTRIES:
        raise Malformed("ROOT_MISMATCH", f"The checkpoint covers {newest.size} entries, not {count}.")
    tile_files = {name[len("log/") :]: files[name] for name in files if name.startswith("log/tile/0/")}
    try:
        promised = tiles.leaves_from_tiles(tile_files, newest.size)
    except EvidenceError as error:
        message = f"The checkpoint covers {newest.size} entries, {found} are here. {error.message}"
        raise Malformed("ROOT_MISMATCH", message) from None
    entries = LoggedEntries(files, newest.size)
    for index, entry in enumerate(entries):
        if entry is not None and leaf_hash(entry) != promised[index]:
            report.fail("TILE_MISMATCH", "The entry is not the one of the log's tile.", index)
            promised[index] = leaf_hash(entry)
    report.entries = found
    report.leave_open(
        "REDACTED",
        f"{newest.size - found} entries are withheld. A withheld entry cannot add a name; it can hide a withdrawal, "
        "or that a key was revoked before it signed.",
    )
    return entries, Hashes(promised)
