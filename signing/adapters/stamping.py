"""Asks a time-stamping authority over HTTP (RFC 3161, section 3.4) and judges its answer before anybody keeps it.

May import `outsiders`, rfc3161_client and `evidence`. Plain http is as good as https here: a request holds a digest and
a number, and the answer is signed. What an authority says, and its address, stay out of the words of a failure:
some addresses hold the customer's key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Final

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from signing.adapters.outsiders import AnswerTooLong, ask
from signing.evidence.errors import EvidenceError
from signing.evidence.stamp import MAX_TOKEN_BYTES, stamp_time

TIMEOUT_SECONDS: Final = 20.0
QUERY: Final = "application/timestamp-query"
REPLIES: Final = ("application/timestamp-reply", "application/timestamp-response")


class NoStamp(Exception):
    """There is no stamp this time; `reason` says why, in words for the operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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
        try:
            answer = ask(
                self.url, question, {"Content-Type": QUERY, "Accept": REPLIES[0]}, seconds=self.timeout,
                limit=MAX_TOKEN_BYTES,
            )
        except AnswerTooLong:
            raise NoStamp("Its answer is too large.") from None
        except (OSError, HTTPException, ValueError) as error:
            raise NoStamp(_words(error, self.timeout)) from None
        if answer.status != 200:
            raise NoStamp(f"It answers with HTTP status {answer.status}.")
        if answer.kind not in REPLIES:
            raise NoStamp("It answers with something else than a time stamp.")
        return answer.body


def _words(error: Exception, timeout: float) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"It does not answer within {timeout:.0f} seconds."
    told = getattr(reason, "strerror", None)
    return f"It cannot be reached ({told or type(reason).__name__})."
