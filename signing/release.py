"""Which release of this program runs; imports nothing of ours, so that every floor may ask."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def release() -> str:
    """The software's name and version as a `close` statement records it."""
    try:
        return f"coalition-signing {version('coalition-signing')}"
    except PackageNotFoundError:
        return "coalition-signing (not installed)"
