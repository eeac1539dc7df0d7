"""Asks a time-stamping authority over HTTP (RFC 3161, section 3.4) and judges its answer before anybody keeps it.

May import urllib, rfc3161_client and `evidence`. Plain http is as good as https here: a request holds a digest and
a number, and the answer is signed. What an authority says, and its address, stay out of the words of a failure:
some addresses hold the customer's key.
"""

from __future__ import annotations

import time
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException, HTTPResponse
from typing import Any, Final
from urllib.error import HTTPError

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from signing.evidence.errors import EvidenceError
from signing.evidence.stamp import MAX_TOKEN_BYTES, stamp_time

TIMEOUT_SECONDS: Final = 20.0
PIECE_BYTES: Final = 8192
QUERY: Final = "application/timestamp-query"
REPLIES: Final = ("application/timestamp-reply", "application/timestamp-response")


class NoStamp(Exception):
    """There is no stamp this time; `reason` says why, in words for the operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    # Whoever answers from elsewhere is not the authority that was chosen.
    def redirect_request(self, *arguments: Any, **named: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class TimeAuthority:
    """Where stamps are asked for; `name` is what files and reports call it, `root` the PEM it must lead to."""

    name: str
    url: str
    root: str
    timeout: float = TIMEOUT_SECONDS

    def stamp(self, data: bytes) -> tuple[bytes, datetime]:
        """Have these bytes stamped and give the DER TimeStampResp, judged to be sound, and its time.

        Raises:
            NoStamp: nobody answered in time, or the answer is no sound stamp over these bytes.
        """
        question = (
            TimestampRequestBuilder()
            .data(data)
            .hash_algorithm(HashAlgorithm.SHA256)
            .nonce(nonce=True)
            .cert_request(cert_request=True)
            .build()
        )
        token = self._ask(question.as_bytes())
        try:
            return token, stamp_time(token, data, [self.root], nonce=question.nonce)
        except EvidenceError as error:
            raise NoStamp(error.message) from None

    def _ask(self, question: bytes) -> bytes:
        deadline = time.monotonic() + self.timeout
        try:
            request = urllib.request.Request(  # noqa: S310 - config lets only http and https through
                self.url, data=question, headers={"Content-Type": QUERY, "Accept": REPLIES[0]}
            )
            with urllib.request.build_opener(_NoRedirects).open(request, timeout=self.timeout) as answer:
                if answer.headers.get_content_type() not in REPLIES:
                    raise NoStamp("It answers with something else than a time stamp.")
                return _read(answer, deadline)
        except HTTPError as error:
            with error:
                raise NoStamp(f"It answers with HTTP status {error.code}.") from None
        except TimeoutError:
            raise NoStamp(f"It does not answer within {self.timeout:.0f} seconds.") from None
        except (OSError, HTTPException, ValueError) as error:
            raise NoStamp(_words(error, self.timeout)) from None


def _read(answer: HTTPResponse, deadline: float) -> bytes:
    """The body, in pieces: one that never ends, or trickles in, is cut off."""
    body = b""
    while piece := answer.read1(PIECE_BYTES):
        body += piece
        if len(body) > MAX_TOKEN_BYTES:
            raise NoStamp("Its answer is too large.")
        if time.monotonic() > deadline:
            raise TimeoutError
    return body


def _words(error: Exception, timeout: float) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"It does not answer within {timeout:.0f} seconds."
    told = getattr(reason, "strerror", None)
    return f"It cannot be reached ({told or type(reason).__name__})."
