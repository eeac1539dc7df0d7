"""Files to take away, always as attachments and never sniffed."""

from __future__ import annotations

import re

from flask import Response

# What a browser may put on a disk under any system; the rest becomes a hyphen (ASVS 5.4.2).
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def attachment(data: bytes, name: str, kind: str) -> Response:
    """`data` as a file to be saved as `name`."""
    response = Response(data, content_type=kind)
    safe = UNSAFE.sub("-", name).strip(".-") or "file"
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response
