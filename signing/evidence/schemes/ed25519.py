"""Ed25519 over the PAE (RFC 8032; EVIDENCE 4.4); may import `spki`, `errors`, cryptography's Ed25519 only.

The 44 bytes of SubjectPublicKeyInfo (RFC 8410) are read by hand: one fixed prefix, so there is nothing to
parse, and start-up does not pay for a general key loader.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ..errors import Rejected
from . import spki
from .place import Place

NAME = "ed25519"

SPKI_PREFIX: Final = bytes.fromhex("302a300506032b6570032100")

_PRIME = 2**255 - 19
# y of the points of small order: a signature can be made for them that fits every message (EVIDENCE 3).
_WEAK_Y = frozenset(
    int.from_bytes(bytes.fromhex(hexadecimal), "little")
    for hexadecimal in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
    )
)


@dataclass(frozen=True, slots=True)
class Ed25519Key:
    """An Ed25519 public key that is safe to rely on."""

    name: str
    text: str
    raw: bytes
    _key: Ed25519PublicKey

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Tell whether this key made the signature over the message."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def judge(self, signature: bytes, message: bytes, place: Place) -> str:
        """Judge a signature over the message; an Ed25519 key belongs everywhere."""
        return "" if self.verify(signature, message) else "SIGNATURE_BAD"


def check_raw(raw: bytes) -> None:
    """Refuse a public key of small order or one that is not spelled canonically (EVIDENCE 3).

    Raises:
        Rejected: `KEY_TYPE` when it is not 32 bytes, `KEY_WEAK` when any signature may fit it.
    """
    if len(raw) != 32:
        raise Rejected("KEY_TYPE", "An Ed25519 public key has 32 bytes.")
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _PRIME or y in _WEAK_Y:
        raise Rejected("KEY_WEAK", "This Ed25519 key is of small order: any signature may fit it.")


def open_raw(raw: bytes) -> Ed25519Key:
    """Take a public key of 32 bytes.

    Raises:
        Rejected: `KEY_TYPE` or `KEY_WEAK`.
    """
    check_raw(raw)
    der = SPKI_PREFIX + raw
    return Ed25519Key(spki.name_of(der), spki.to_pem(der), raw, Ed25519PublicKey.from_public_bytes(raw))


def open_spki(der: bytes) -> Ed25519Key:
    """Take a public key in DER.

    Raises:
        Rejected: `KEY_TYPE` when it is of another kind, `KEY_WEAK` when it proves nothing.
    """
    if not der.startswith(SPKI_PREFIX):
        raise Rejected("KEY_TYPE", "This is not an Ed25519 public key in PEM.")
    return open_raw(der[len(SPKI_PREFIX) :])


def open_key(text: str) -> Ed25519Key:
    """Read a public key from PEM; line ends and white space are forgiven, nothing else.

    Raises:
        Rejected: `KEY_TYPE` when this is no Ed25519 public key in PEM, `KEY_WEAK` when it proves nothing.
    """
    return open_spki(spki.from_pem(text))
