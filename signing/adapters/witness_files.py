"""What a witness remembers, one file for each log; may import fcntl. Fulfils `witnessing.WitnessMemory`.

A file is replaced whole: written beside, synced, renamed, the folder synced, before anybody is told.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class WitnessFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other request, of other processes too, from judging and remembering at the same time."""
        file = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)

    def read(self, digest: str) -> bytes | None:
        """The cosigned note remembered for the origin with this digest."""
        try:
            return (self._folder / digest).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, digest: str, note: bytes) -> None:
        """Remember, durably, in place of what was there; only under the lock."""
        partial = self._folder / f".{digest}.new"
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._folder / digest)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
