"""Asks somebody outside over HTTP: one POST, to one address, for so many bytes, and so long altogether.

May import urllib. A redirect is not followed: whoever answers from elsewhere is not the one that was chosen. One that
trickles, header by header or byte by byte, is cut off, so that the others have their turn.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, Request, build_opener


class AnswerTooLong(OSError):
    """More came than any answer of this kind can hold."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: HTTP status, media type, body."""

    status: int
    kind: str
    body: bytes


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *ignored: Any) -> None:
        return None


class _Watched:
    """Shuts a connection when the time is up, whatever it waits for."""

    def __init__(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._timers: list[threading.Timer] = []

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._deadline

    def watch(self, connected: socket.socket) -> None:
        def cut() -> None:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(max(0.0, self._deadline - time.monotonic()), cut)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def end(self) -> None:
        for timer in self._timers:
            timer.cancel()

    def handlers(self) -> list[HTTPHandler]:
        watch = self.watch

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                watch(self.sock)

        class Secret(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                watch(self.sock)

        class PlainHandler(HTTPHandler):
            def http_open(self, req: Request) -> Any:
                return self.do_open(Plain, req)

        class SecretHandler(HTTPSHandler):
            def https_open(self, req: Request) -> Any:
                return self.do_open(Secret, req)

        return [PlainHandler(), SecretHandler()]  # type: ignore[list-item]


def ask(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, limit: int) -> Answer:
    """Post a body and give the answer, whatever its status.

    Raises TimeoutError when it is not there whole within `seconds`, AnswerTooLong, and what urllib raises: OSError,
    HTTPException, ValueError.
    """
    watched = _Watched(seconds)
    request = Request(url, body, dict(headers), method="POST")  # noqa: S310 - config lets only http and https through
    try:
        try:
            answer = build_opener(_NoRedirects, *watched.handlers()).open(request, timeout=seconds)
        except HTTPError as refused:
            answer = refused
        with answer:
            data = answer.read(limit + 1)
            if watched.is_over:
                raise TimeoutError
            if len(data) > limit:
                raise AnswerTooLong("its answer is too long")
            return Answer(answer.status, answer.headers.get_content_type(), data)
    except (OSError, HTTPException, ValueError):
        # What a connection that was cut says differs; that it was cut is what matters.
        if watched.is_over:
            raise TimeoutError from None
        raise
    finally:
        watched.end()
