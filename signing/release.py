"""Which release of this program runs; imports nothing of ours, so that every floor may ask."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HOUSE = Path(__file__).parent
_SETTING = (
    "adapters/typeset/**/*.py",
    "adapters/typeset/fonts/manifest.json",  # holds the digest of every face
    "domain/letter_*.py",
    "locale/*.py",
    "locale/*/LC_MESSAGES/document.po",
)
"""What decides the bytes of a letter's PDF, and the libraries that do so too."""
_LIBRARIES = ("babel", "markdown-it-py", "mdit-py-plugins", "pyicu-wheels", "reportlab", "segno", "uharfbuzz")


@cache
def release() -> str:
    """The software's name and version as a `close` statement records it, and in it a digest of all that sets type: two
    programs of one release make the same PDF of the same letter."""
    try:
        number, libraries = version("coalition-signing"), [f"{name} {version(name)}" for name in _LIBRARIES]
    except PackageNotFoundError:
        return "coalition-signing (not installed)"
    return f"coalition-signing {number}+{typesetting(HOUSE, libraries)[:12]}"


def typesetting(house: Path, libraries: Sequence[str]) -> str:
    """The SHA-256 (hex) over the files of the house that set type, by name, and the versions of these libraries."""
    digest = sha256("\n".join(libraries).encode())
    for file in sorted({file for pattern in _SETTING for file in house.glob(pattern)}):
        digest.update(f"\n{file.relative_to(house).as_posix()} {sha256(file.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()
