"""Somebody outside who never comes to an end is cut off, wherever in the answer the trickle is."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import pytest

from signing.adapters.outsiders import AnswerTooLong, ask

HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n"


@contextmanager
def trickling(pieces: Iterable[bytes], every: float = 0.02) -> Iterator[str]:
    """An address that answers the first request with these pieces, one after another."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        def answer() -> None:
            peer, _ = server.accept()
            with peer, suppress(OSError):
                asked = b""
                while not asked.endswith(b"?"):
                    asked += peer.recv(65_536)
                for piece in pieces:
                    peer.sendall(piece)
                    if over.wait(every):
                        return

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            over.set()
            thread.join()


TRICKLES: dict[str, Iterable[bytes]] = {
    "status": itertools.repeat(b"1"),
    "headers": itertools.chain([HEAD], itertools.repeat(b"X")),
    "body": itertools.chain([HEAD + b"\r\n"], itertools.repeat(b"x")),
    "body of known length": itertools.chain([HEAD + b"Content-Length: 9999\r\n\r\n"], itertools.repeat(b"x")),
}


@pytest.mark.parametrize("where", TRICKLES)
def test_an_answer_that_trickles_without_end_is_cut_off(where: str) -> None:
    with trickling(TRICKLES[where]) as url, pytest.raises(TimeoutError):
        ask(url, b"?", {}, seconds=0.5, limit=64_000)


def test_a_slow_answer_that_ends_in_time_is_taken_whole() -> None:
    with trickling([HEAD, b"Content-Length: 4\r\n\r\n", b"do", b"ne"]) as url:
        answer = ask(url, b"?", {}, seconds=30, limit=4)
    assert (answer.status, answer.kind, answer.body) == (200, "text/plain", b"done")


def test_more_than_an_answer_can_hold_is_refused() -> None:
    with trickling([HEAD + b"\r\n" + b"x" * 65]) as url, pytest.raises(AnswerTooLong):
        ask(url, b"?", {}, seconds=30, limit=64)


@pytest.mark.parametrize("status", [307, 302, 404])
def test_a_redirect_and_a_refusal_are_answers_and_not_followed(status: int) -> None:
    head = f"HTTP/1.0 {status} No\r\nLocation: http://127.0.0.1:1/\r\nContent-Type: text/plain\r\n\r\nno".encode()
    with trickling([head]) as url:
        answer = ask(url, b"?", {}, seconds=30, limit=64)
    assert (answer.status, answer.body) == (status, b"no")
