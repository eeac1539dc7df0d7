"""OpenPGP certificates and detached signatures over the PAE (EVIDENCE 2.14; RFC 9580).

May import `openpgp_packets`, `ed25519`, `errors`; pysequoia, an optional extra, only to judge a signature.
Naming a certificate and seeing that it is weak needs no OpenPGP library, so every machine admits the same keys; one
without pysequoia says of a signature that it was not checked, and `gpgv` can be asked instead.
Only version 4 keys: what gpg of today makes, and what every `gpgv` reads.
"""

from dataclasses import dataclass
from hashlib import sha1
from typing import TYPE_CHECKING, Final

from ..errors import EvidenceError, Malformed, Rejected
from . import ed25519, openpgp_packets
from .openpgp_packets import PUBLIC_KEY, PUBLIC_SUBKEY, SIGNATURE, USER_ATTRIBUTE, USER_ID
from .place import Place

if TYPE_CHECKING:
    from pysequoia import Cert

NAME = "openpgp"
MAX_CHARACTERS: Final = 16_384  # of a certificate
MAX_SIGNATURE_BYTES: Final = 8192

_CERTIFICATE, _DETACHED = "PUBLIC KEY BLOCK", "SIGNATURE"
_ALLOWED = {PUBLIC_KEY, SIGNATURE, USER_ID, PUBLIC_SUBKEY, USER_ATTRIBUTE}
_VERSION = 4
_BINARY = 0x00
_RSA, _ECDSA, _EDDSA, _ED25519 = {1, 2, 3}, 19, 22, 27
_SIGNING = _RSA | {_ECDSA, _EDDSA, _ED25519}
_ENCRYPTING = {16, 18, 25, 26}
_ED25519_OID = bytes.fromhex("2b06010401da470f01")
_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class OpenPgpKey:
    """An OpenPGP certificate."""

    name: str
    text: str

    def judge(self, signature: bytes, message: bytes, place: Place) -> str:
        """Judge an armoured detached signature over the message; an OpenPGP key belongs everywhere."""
        try:
            packet = _signature_packet(signature)
        except Malformed:
            return "SIGNATURE_BAD"
        if not can_judge():
            return "SCHEME_NOT_CHECKED"
        return "" if self._fits(packet, message) else "SIGNATURE_BAD"

    def _fits(self, packet: bytes, message: bytes) -> bool:
        from pysequoia import Cert, Sig, verify

        def certificates(_: list[str]) -> "list[Cert]":
            return [Cert.from_bytes(self.text.encode("ascii"))]

        try:
            signature = Sig.from_bytes(packet)
            # One that ends would fit today and not tomorrow, and an assent is for good.
            if signature.expiration is not None:
                return False
            found = verify(bytes=message, store=certificates, signature=signature)
        # It says of every fault, its own and the signature's, with a bare Exception.
        except Exception:
            return False
        fingerprint = self.name.removeprefix("pgp:").lower()
        return [each.certificate for each in found.valid_sigs] == [fingerprint]


def can_judge() -> bool:
    """Tell whether this machine has the library that judges OpenPGP signatures."""
    try:
        import pysequoia  # noqa: F401
    except ImportError:
        return False
    return True


def open_key(text: str) -> OpenPgpKey:
    """Read one armoured certificate.

    Raises:
        Rejected: `KEY_TYPE` when it is no certificate, holds secret keys, is too large or of an unknown kind;
            `KEY_WEAK` when it proves nothing.
    """
    if len(text) > MAX_CHARACTERS:
        raise Rejected("KEY_TYPE", "This certificate is too large: please export a minimal one.")
    try:
        data = openpgp_packets.from_armour(_CERTIFICATE, text)
        found = openpgp_packets.packets(data)
    except Malformed:
        raise Rejected("KEY_TYPE", "This is not an armoured OpenPGP public key.") from None
    if not found or found[0][0] != PUBLIC_KEY or sum(tag == PUBLIC_KEY for tag, _ in found) != 1:
        raise Rejected("KEY_TYPE", "This is not exactly one OpenPGP public key.")
    if not {tag for tag, _ in found} <= _ALLOWED:
        raise Rejected("KEY_TYPE", "This OpenPGP file holds more than a public key.")
    for tag, body in found:
        if tag in (PUBLIC_KEY, PUBLIC_SUBKEY):
            _check_key(body, _SIGNING if tag == PUBLIC_KEY else _SIGNING | _ENCRYPTING)
    primary = found[0][1]
    print_of = sha1(b"\x99" + len(primary).to_bytes(2, "big") + primary, usedforsecurity=False)
    return OpenPgpKey("pgp:" + print_of.hexdigest().upper(), openpgp_packets.to_armour(_CERTIFICATE, data))


def armour_again(signature: bytes) -> bytes:
    """Spell a detached signature, binary or armoured, as `gpg --armor --detach-sign` prints it.

    Raises:
        Rejected: `SIGNATURE_BAD` when it is not one detached binary signature.
    """
    try:
        packet = _binary_signature(signature) if signature[:1] >= b"\x80" else _signature_packet(signature)
    except Malformed:
        raise Rejected("SIGNATURE_BAD", "This is not a detached OpenPGP signature.") from None
    return openpgp_packets.to_armour(_DETACHED, packet).encode("ascii")


def _signature_packet(signature: bytes) -> bytes:
    if len(signature) > MAX_SIGNATURE_BYTES or not signature.isascii():
        raise openpgp_packets.malformed("This is not an armoured OpenPGP signature.")
    return _binary_signature(openpgp_packets.from_armour(_DETACHED, signature.decode("ascii")))


def _binary_signature(data: bytes) -> bytes:
    """Refuse anything but one binary signature: text mode rewrites line ends, so it signs other bytes."""
    found = openpgp_packets.packets(data) if len(data) <= MAX_SIGNATURE_BYTES else []
    if len(found) != 1 or found[0][0] != SIGNATURE or found[0][1][:2] != bytes((_VERSION, _BINARY)):
        raise openpgp_packets.malformed("This is not one detached, binary signature.")
    return data


def _check_key(body: bytes, admitted: set[int]) -> None:
    if len(body) < 8 or body[0] != _VERSION or len(body) > 0xFFFF or body[5] not in admitted:
        raise Rejected("KEY_TYPE", "An OpenPGP key is of version 4 and RSA, ECDSA or EdDSA.")
    algorithm, numbers = body[5], body[6:]
    if algorithm in _RSA and int.from_bytes(numbers[:2], "big") < _RSA_BITS:
        raise Rejected("KEY_WEAK", "An RSA key has at least 2048 bits.")
    try:
        if algorithm == _ED25519:
            ed25519.check_raw(numbers)
        elif algorithm == _EDDSA:
            ed25519.check_raw(_legacy_point(numbers))
    except EvidenceError as error:
        raise Rejected(error.code, error.message) from None


def _legacy_point(numbers: bytes) -> bytes:
    """Give the 32 bytes of an Ed25519 key that is spelled the older way: curve, then 0x40 and the point."""
    prefix = bytes([len(_ED25519_OID)]) + _ED25519_OID + b"\x01\x07\x40"
    if not numbers.startswith(prefix):
        raise Rejected("KEY_TYPE", "An EdDSA key is on the curve Ed25519.")
    return numbers[len(prefix) :]
