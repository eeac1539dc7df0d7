"""Access logs without secrets and without people: no link token, no query, no address, no browser string."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

TOKEN = re.compile(r"(/i/)[^\s/?#\"']+")


def masked(text: str) -> str:
    """`text` with the token of every mailed link struck out."""
    return TOKEN.sub(r"\1…", text)


class MaskTokens(logging.Filter):
    """Strikes tokens out of whatever a handler is about to write (werkzeug's request lines among it)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the finished message; always lets the record pass."""
        record.msg, record.args = masked(record.getMessage()), None
        return True


class AccessLog(Logger):  # type: ignore[misc]
    """The `logger_class` for gunicorn."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        """What a log line may be made of."""
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        kept = {name: masked(value) if isinstance(value, str) else value for name, value in atoms.items()}
        # Keep little: neither the reader's address, nor the browser's name, nor any header.
        kept = {name: value for name, value in kept.items() if not name.startswith("{")}
        return kept | {"h": "-", "a": "-", "f": "-", "u": "-", "q": ""}
