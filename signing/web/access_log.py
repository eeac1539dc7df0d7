"""The web server's logs without secrets and without people: no link token, no query, no address, no browser string."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from signing.web.fault_trace import without_values

# The token of a link, what stops reminders or sets a password, and whatever somebody put behind the address of short
# codes.
TOKEN = re.compile(r"(/(?:i|reminders|password)/|/enter[/?])[^\s?#\"']+")
QUERY = re.compile(r"\?\S*")
# How gunicorn names the sender of a request it could not read.
PEER = re.compile(r"\bip=\S+?(?=:?(\s|$))")


def masked(text: str) -> str:
    """`text` with what is secret in the address of every mailed link, and the address of every sender, struck out."""
    return PEER.sub("ip=…", TOKEN.sub(r"\1…", text))


class MaskTokens(logging.Filter):
    """Strikes tokens out of whatever a handler is about to write (werkzeug's request lines among it)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the finished message; always lets the record pass."""
        record.msg, record.args = masked(record.getMessage()), None
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            record.exc_info, record.exc_text = None, without_values(error)
        return True


class AccessLog(Logger):  # type: ignore[misc]
    """The `logger_class` for gunicorn: masks what it writes about requests it served, or could not read."""

    def setup(self, cfg: Any) -> None:
        """Put the mask on every handler gunicorn has made."""
        super().setup(cfg)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            if not any(isinstance(each, MaskTokens) for each in handler.filters):
                handler.addFilter(MaskTokens())

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        """What a log line may be made of."""
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        kept = {name: masked(value) if isinstance(value, str) else value for name, value in atoms.items()}
        # Keep little: neither the reader's address, nor the browser's name, nor any header.
        kept = {name: value for name, value in kept.items() if not name.startswith("{")}
        line = QUERY.sub("", str(kept.get("r", "-")))
        return kept | {"h": "-", "a": "-", "f": "-", "u": "-", "q": "", "r": line}
