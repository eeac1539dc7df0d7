"""Everything that whoever holds a browser's cookies can get by following links, and what is folded up in it."""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import subprocess
import zipfile
from collections import deque
from urllib.parse import urljoin

from playwright.sync_api import BrowserContext

MOST = 120
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")


def crawled(context: BrowserContext, *starts: str, within: str) -> dict[str, bytes]:
    """The body of every page and file within reach of GET, by its address; it begins with `within`."""
    found: dict[str, bytes] = {}
    waiting = deque(starts)
    while waiting:
        address = waiting.popleft().split("#")[0]
        if address in found or "/static/" in address or not address.startswith(within):
            continue
        answer = context.request.get(address)
        found[address] = answer.body()
        assert len(found) < MOST, "more pages than a journey has: does a link lead round in circles?"
        if "text/html" in answer.headers.get("content-type", ""):
            links = re.findall(r'href="([^"]+)"', answer.text())
            waiting.extend(urljoin(answer.url, html.unescape(link)) for link in links)
    return found


def unfolded(data: bytes, depth: int = 4) -> bytes:
    """`data` and all that is folded up in it: zip, PDF, and base64 within base64."""
    parts = [data]
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts += [unfolded(archive.read(name), depth) for name in archive.namelist()]
    elif data.startswith(b"%PDF-"):
        text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True)
        parts.append(text.stdout)
    elif depth:
        for run in _BASE64.findall(data):
            plain = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
            try:
                parts.append(unfolded(base64.b64decode(plain + b"=" * (-len(plain) % 4)), depth - 1))
            except binascii.Error:
                continue
    return b"\n".join(parts)
