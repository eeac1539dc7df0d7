"""How often somebody may try before they have to wait, counted by where they come from (FAULTS S13).

A source is a keyed digest that is good for one day (`Tokens.source_digest`): nobody's address is kept. The counters
are in the database, so that all processes share them. No source (`b""`, whoever is not at a web page) is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from signing.domain.errors import N_, Refusal
from signing.workflow.account_ports import RateKey, rate_key
from signing.workflow.ports import UnitOfWork


class TooManyAttempts(Refusal):
    """So many came from one place that the next one has to wait; nothing was looked at or recorded."""

    code = "too-many-attempts"

    def __init__(self) -> None:
        super().__init__(
            N_("Too many attempts came from your network. Please wait a quarter of an hour and send this once more: "
               "nothing of it was looked at.")
        )


@dataclass(frozen=True, slots=True)
class Allowance:
    """`most` events within `window` seconds, of one source."""

    purpose: str
    most: int
    window: int

    def counter(self, source: bytes, now: datetime) -> RateKey:
        """The counter of a source in the present window."""
        return rate_key(self.purpose, source, self.window, now)


# A room full of contacts shares one address, and each of them may mistype: these stop programs, not people. What
# keeps guesses from being right are the tries of each code (`CODE_TRIES`) and the length of short ones.
WRONG_CODES = Allowance("codes-wrong", 100, 15 * 60)
CODE_REQUESTS = Allowance("code-requests", 300, 60 * 60)
SHORT_CODES = Allowance("short-codes-wrong", 60, 15 * 60)
LINK_REQUESTS = Allowance("link-requests", 60, 60 * 60)
# Of all sources together. The first is over within a minute, so that whoever has a thousand addresses to guess from
# shuts this one door for as long as they go on, and the links in the mails stay open; even at this rate the 60 bits of
# a short code hold for longer than any letter.
ANYWHERE = b"anywhere"
ALL_SHORT_CODES = Allowance("all-short-codes-wrong", 600, 60)
ALL_LINK_REQUESTS = Allowance("all-link-requests", 3000, 60 * 60)


def check(uow: UnitOfWork, allowance: Allowance, source: bytes, now: datetime) -> None:
    """Refuse a source that has used its allowance up; writes nothing. Raises TooManyAttempts."""
    if source and uow.rates.count(allowance.purpose, source, window=allowance.window, now=now) >= allowance.most:
        raise TooManyAttempts


def hit(uow: UnitOfWork, allowance: Allowance, source: bytes, now: datetime) -> bool:
    """Count one event; whether that is still within the allowance."""
    return not source or uow.rates.hit(allowance.purpose, source, window=allowance.window, now=now) <= allowance.most


def take_back(uow: UnitOfWork, allowance: Allowance, source: bytes, now: datetime) -> None:
    """Count one event less: it was none of those that are to be slowed down."""
    if source:
        uow.rates.take_back(allowance.purpose, source, window=allowance.window, now=now)
