"""Where an error came from, without what it says: messages of foreign errors may hold what a person typed."""

from __future__ import annotations

import traceback

MOST_CAUSES = 5


def without_values(error: BaseException) -> str:
    """Type and frames of an error and of what led to it, the newest first; no message, no value."""
    told: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(told) < MOST_CAUSES:
        told.append(f"{type(cause).__qualname__}\n{''.join(traceback.format_tb(cause.__traceback__))}")
        cause = cause.__cause__ or cause.__context__
    return "led to by ".join(told).rstrip()
