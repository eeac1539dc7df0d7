"""Files that only their owner can read, written whole or not at all and never over another; standard library only."""

from __future__ import annotations

import os
from pathlib import Path


def write_new(path: Path, data: bytes) -> bool:
    """Write a file, durably, for its owner only; False when there is one already, which is left alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    try:
        # link, unlike rename, fails when somebody else was quicker: a key or secret is never replaced.
        os.link(partial, path)
    except FileExistsError:
        return False
    finally:
        partial.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True
