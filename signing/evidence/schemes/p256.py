"""ECDSA on P-256 with SHA-256 over the PAE (FIPS 186-5; EVIDENCE 4.4); may import `spki`, `errors`, cryptography.

Only the named curve and the uncompressed point are admitted, so a key has one spelling and its DER one fixed
beginning. The curve is loaded when the first such key comes: most letters have none.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature

from ..errors import Rejected
from . import spki
from .place import Place

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

NAME = "p256"
POINT_BYTES: Final = 65
SPKI_PREFIX: Final = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


@dataclass(frozen=True, slots=True)
class P256Key:
    """A P-256 public key whose point is on the curve."""

    name: str
    text: str
    _point: "EllipticCurvePublicKey"

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Tell whether this key made the signature (DER) over the message."""
        return verify(self._point, signature, message)

    def judge(self, signature: bytes, message: bytes, place: Place) -> str:
        """Judge a signature over the message; such a key belongs everywhere."""
        return "" if self.verify(signature, message) else "SIGNATURE_BAD"


def open_point(point: bytes) -> "EllipticCurvePublicKey":
    """Read an uncompressed point (SEC 1).

    Raises:
        Rejected: `KEY_TYPE` when it is not on the curve.
    """
    from cryptography.hazmat.primitives.asymmetric import ec

    if len(point) != POINT_BYTES or point[0] != 4:
        raise Rejected("KEY_TYPE", "This is not an uncompressed point of P-256.")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise Rejected("KEY_TYPE", "This point is not on the curve P-256.") from None


def verify(key: "EllipticCurvePublicKey", signature: bytes, message: bytes) -> bool:
    """Tell whether a key made the signature, which must be in its only DER spelling, over the message."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    try:
        if utils.encode_dss_signature(*utils.decode_dss_signature(signature)) != signature:
            return False
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def numbers_to_der(r: int, s: int) -> bytes:
    """Format a signature's two numbers as DER."""
    from cryptography.hazmat.primitives.asymmetric import utils

    return utils.encode_dss_signature(r, s)


def raw_to_der(signature: bytes) -> bytes:
    """Format WebCrypto's 64 bytes r||s as DER, which is what is stored and what openssl reads (EVIDENCE 2.15).

    Raises:
        Rejected: `SIGNATURE_BAD` when it is not 64 bytes.
    """
    if len(signature) != 64:
        raise Rejected("SIGNATURE_BAD", "A raw P-256 signature has 64 bytes.")
    return numbers_to_der(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def open_spki(der: bytes) -> P256Key:
    """Take a public key in DER.

    Raises:
        Rejected: `KEY_TYPE` when it is of another kind or curve, or spelled in another way.
    """
    if not der.startswith(SPKI_PREFIX):
        raise Rejected("KEY_TYPE", "This is not a P-256 public key with an uncompressed point.")
    return P256Key(spki.name_of(der), spki.to_pem(der), open_point(der[len(SPKI_PREFIX) :]))


def open_key(text: str) -> P256Key:
    """Read a public key from PEM.

    Raises:
        Rejected: `KEY_TYPE`.
    """
    return open_spki(spki.from_pem(text))
