"""C2SP tlog-tiles: the log's hashes in files of up to 256 (EVIDENCE 2.8); may import `merkle`, `errors`.

Paths are relative to the log, `tile/<level>/<index>`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .errors import Malformed
from .merkle import HASH_BYTES, root

WIDTH: Final = 256
MAX_LEVEL: Final = 6

_PATH = re.compile(r"tile/([0-9])/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([0-9]{1,3}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tile:
    """Which hashes a tile holds; a width below 256 makes it a partial one."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Name the tile's file."""
        return tile_path(self.level, self.index, self.width)

    @classmethod
    def from_path(cls, path: str) -> "Tile":
        """Read the name of a tile; entries are no tile of hashes.

        Raises:
            Malformed: `TILE_PATH` when it is none, or not in its only spelling.
        """
        found = _PATH.fullmatch(path)
        if found is None:
            raise Malformed("TILE_PATH", "This names no tile of a log.")
        level, name, width = found.groups()
        tile = cls(int(level), int(re.sub("[x/]", "", name)), int(width or WIDTH))
        if tile.path != path or tile.level > MAX_LEVEL or not 0 < tile.width <= WIDTH:
            raise Malformed("TILE_PATH", "This names no tile of a log.")
        return tile

    def is_in(self, size: int) -> bool:
        """Tell whether a log of this size has all the hashes of the tile."""
        span: int = WIDTH**self.level
        return self.index * WIDTH + self.width <= size // span

    def ranges(self) -> list[tuple[int, int]]:
        """Name the range of leaves under each hash of the tile."""
        span, first = WIDTH**self.level, self.index * WIDTH
        return [(place * span, (place + 1) * span) for place in range(first, first + self.width)]


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Name a tile; a width below 256 names a partial one."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{name}" + (f".p/{width}" if width < WIDTH else "")


def tiles(leaves: Sequence[bytes]) -> dict[str, bytes]:
    """Give all tiles of the tree over these leaf hashes, as few as a log of this size serves."""
    files: dict[str, bytes] = {}
    level, hashes = 0, list(leaves)
    while hashes:
        above: list[bytes] = []
        for start in range(0, len(hashes), WIDTH):
            row = hashes[start : start + WIDTH]
            files[tile_path(level, start // WIDTH, len(row))] = b"".join(row)
            if len(row) == WIDTH:
                above.append(root(row))
        level, hashes = level + 1, above
    return files


def leaves_from_tiles(files: Mapping[str, bytes], size: int) -> list[bytes]:
    """Read the leaf hashes of a log of this size out of its level-0 tiles.

    Raises:
        Malformed: `TILE_MISMATCH` when a tile is missing or has another number of hashes.
    """
    leaves: list[bytes] = []
    for start in range(0, size, WIDTH):
        width = min(WIDTH, size - start)
        path = tile_path(0, start // WIDTH, width)
        data = files.get(path, b"")
        if len(data) != width * HASH_BYTES:
            raise Malformed("TILE_MISMATCH", f"The tile {path} is missing or has the wrong length.")
        leaves.extend(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))
    return leaves
