"""The roots of time-stamping authorities in files, one `<name>.pem` each; may import `evidence.stamp`.

The operator puts them there by hand: a root that came with the answer would prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from signing.domain.errors import Refusal
from signing.evidence.errors import EvidenceError
from signing.evidence.stamp import open_roots

FOLDER = "tsa"
MAX_BYTES = 65_536

# Names stand in the file names of a bundle.
_FILE = re.compile(r"([A-Za-z0-9-]+)\.pem", re.ASCII)


class RootRefused(Refusal):
    """An authority is asked for stamps, but nobody said which root its stamps must lead to."""

    code = "time-authority"


def read_roots(keys: Path, asked: Sequence[str]) -> dict[str, str]:
    """The PEM of every authority in `keys`/tsa by name: of those that are asked, and of those that once were.

    Raises RootRefused when one that is asked is missing, or any cannot be used.
    """
    folder = keys / FOLDER
    names = {match[1] for path in _files(folder) if (match := _FILE.fullmatch(path.name))}
    for name in asked:
        if name not in names:
            raise RootRefused(
                f"The root certificate of the time-stamping authority {name} is missing. Get it from the authority's "
                f"own site, compare its fingerprint, and put it as PEM in {folder / name}.pem."
            )
    return {name: _read(folder / f"{name}.pem") for name in sorted(names)}


def _files(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _read(path: Path) -> str:
    try:
        if path.stat().st_size <= MAX_BYTES:
            pem = path.read_text("ascii")
            open_roots([pem])
            return pem
    except (OSError, UnicodeDecodeError, EvidenceError):
        pass
    raise RootRefused(f"{path} is not a root certificate in PEM form. Get it again from the authority's own site.")
