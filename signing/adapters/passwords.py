"""Passwords as Argon2id hashes in PHC strings; may import cryptography. Fulfils `ports.Passwords`.

19 MiB, two passes, one lane: the OWASP Password Storage Cheat Sheet's first choice for Argon2id.
"""

from __future__ import annotations

import os
import unicodedata
from functools import cached_property

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1


class Argon2Passwords:
    @cached_property
    def decoy(self) -> str:
        """The hash of a password nobody has, to spend the same time on an unknown address."""
        return self.hash(os.urandom(32).hex())

    def hash(self, password: str) -> str:
        """A salted hash that says how it was made."""
        return Argon2id(
            salt=os.urandom(16), length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB
        ).derive_phc_encoded(_bytes(password))

    def verify(self, password: str, hashed: str) -> bool:
        """Whether `hashed` is of this password; a text that is no hash is of none."""
        try:
            Argon2id.verify_phc_encoded(_bytes(password), hashed)
        except InvalidKey:
            return False
        return True


def _bytes(password: str) -> bytes:
    # Keyboards differ in how they compose an accented letter; it is the same password.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
