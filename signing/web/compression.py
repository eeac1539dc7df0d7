"""Pages by gzip: a letter on a bad line comes in a third of its bytes.

What a page keeps secret cannot be guessed from its length: cookies are `SameSite=Lax` and posts from elsewhere are
refused, so nobody else can have a page of this browser's made with words of their choosing beside it.
"""

from __future__ import annotations

import gzip

from flask import Response, request

# Below this the headers weigh more than what is won.
SHORTEST = 1_000
LEVEL = 6


def gzipped(response: Response) -> Response:
    """The same page by gzip, where the browser takes it and nobody has done so before."""
    response.headers.add("Vary", "Accept-Encoding")
    if (
        response.mimetype != "text/html"
        or response.is_streamed
        or "Content-Encoding" in response.headers
        or request.accept_encodings["gzip"] <= 0
        or len(page := response.get_data()) < SHORTEST
    ):
        return response
    response.set_data(gzip.compress(page, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response
