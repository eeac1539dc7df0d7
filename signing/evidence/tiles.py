"""C2SP tlog-tiles: the log's hashes in files of up to 256 (EVIDENCE 2.8); may import `merkle`, `errors`.

Paths are relative to the log, `tile/<level>/<index>`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from .errors import Malformed
from .merkle import HASH_BYTES, root

WIDTH: Final = 256


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
