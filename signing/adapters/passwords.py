"""Passwords as Argon2id hashes in PHC strings; may import cryptography. Fulfils `ports.Passwords`.

19 MiB, two passes, one lane: the OWASP Password Storage Cheat Sheet's first choice for Argon2id.
"""

from __future__ import annotations

import os
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from signing.domain.errors import Faulty, Unavailable

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
LONGEST = 1024
# A web process has four threads: a flood of sign-ins must leave one to everybody else.
AT_ONCE = 2
WAITING = 1


class Turns:
    """So many hashes at once and so many waiting; those too many are refused, not queued."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._turns = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + waiting)

    @contextmanager
    def take(self) -> Iterator[None]:
        """Wait for a turn. Raises Unavailable when too many wait already."""
        if not self._places.acquire(blocking=False):
            raise Unavailable("Many people are signing in at this moment. Please try again in a minute.")
        try:
            with self._turns:
                yield
        finally:
            self._places.release()


class Argon2Passwords:
    def __init__(self, turns: Turns | None = None) -> None:
        self._turns = turns or Turns()

    @cached_property
    def decoy(self) -> str:
        """The hash of a password nobody has, to spend the same time on an unknown address."""
        return self.hash(os.urandom(32).hex())

    def hash(self, password: str) -> str:
        """A salted hash that says how it was made.

        Raises:
            Faulty: for a password longer than anybody types.
            Unavailable: when too many are being hashed already.
        """
        if len(password) > LONGEST:
            raise Faulty(f"Please choose a password of at most {LONGEST} characters.", field="password")
        with self._turns.take():
            return Argon2id(
                salt=os.urandom(16), length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB
            ).derive_phc_encoded(_bytes(password))

    def verify(self, password: str, hashed: str) -> bool:
        """Whether `hashed` is of this password; a text that is no hash is of none.

        Raises:
            Unavailable: when too many are being hashed already.
        """
        # Normalising takes time that grows with the square of the length: too long is wrong, at the same cost.
        too_long = len(password) > LONGEST
        try:
            with self._turns.take():
                Argon2id.verify_phc_encoded(b"" if too_long else _bytes(password), hashed)
        except InvalidKey:
            return False
        return not too_long


def _bytes(password: str) -> bytes:
    # Keyboards differ in how they compose an accented letter; it is the same password.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
