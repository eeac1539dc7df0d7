"""Passkeys: a WebAuthn assertion as a signature over the PAE (EVIDENCE 2.13; WebAuthn Level 3, 5.8.1.2 and 7.2).

May import `ed25519`, `p256`, `spki`, `canonical`, `base64_text`, `errors`, cryptography. The challenge is the
SHA-256 of the PAE, so the assertion is over these words and no others. The device shows none of them: this proves
a person's gesture on our origin.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature

from .. import canonical
from ..base64_text import from_base64url, to_base64url
from ..errors import EvidenceError, Malformed, Rejected
from . import ed25519, p256, spki
from .place import Place

NAME = "webauthn"
MAX_SIGNATURE_BYTES: Final = 16_384

_MEMBERS = {"authenticatorData", "clientDataJSON", "signature"}
_USER_PRESENT, _USER_VERIFIED, _BACKUP_ELIGIBLE, _BACKED_UP, _ATTESTED, _EXTENSIONS = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
_HASH_BYTES, _BARE_BYTES = 32, 37
_RSA_BITS = range(2048, 8192 + 1)
_RSA_EXPONENT = 65537


@dataclass(frozen=True, slots=True)
class Assertion:
    """What an authenticator gave, its parts not judged yet."""

    authenticator_data: bytes
    client_data: bytes
    signature: bytes

    @property
    def flags(self) -> int:
        """The authenticator's flags."""
        return self.authenticator_data[_HASH_BYTES]

    def to_bytes(self) -> bytes:
        """Format as the `sig` bytes of an envelope."""
        return canonical.to_bytes(
            {
                "authenticatorData": to_base64url(self.authenticator_data),
                "clientDataJSON": to_base64url(self.client_data),
                "signature": to_base64url(self.signature),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Assertion":
        """Read the `sig` bytes of an envelope.

        Raises:
            Malformed: `SIGNATURE_BAD` when they are not an assertion in its only spelling.
        """
        try:
            value = canonical.from_bytes(data) if len(data) <= MAX_SIGNATURE_BYTES else None
            if type(value) is dict and value.keys() == _MEMBERS and all(type(part) is str for part in value.values()):
                parts = {name: from_base64url(part) for name, part in value.items()}
                if len(parts["authenticatorData"]) >= _BARE_BYTES:
                    return cls(parts["authenticatorData"], parts["clientDataJSON"], parts["signature"])
        except Malformed:
            pass
        raise Malformed("SIGNATURE_BAD", "This is not a passkey's assertion.")


@dataclass(frozen=True, slots=True)
class PasskeyKey:
    """A passkey's public key."""

    name: str
    text: str
    _verify: Callable[[bytes, bytes], bool]

    def judge(self, signature: bytes, message: bytes, place: Place) -> str:
        """Judge an assertion whose challenge is the message's SHA-256, made for this place."""
        try:
            assertion = Assertion.from_bytes(signature)
            fault = _fault_of_client_data(assertion.client_data, message, place)
        except EvidenceError:
            return "SIGNATURE_BAD"
        fault = fault or _fault_of_authenticator_data(assertion, place)
        signed = assertion.authenticator_data + sha256(assertion.client_data).digest()
        return fault or ("" if self._verify(assertion.signature, signed) else "SIGNATURE_BAD")


def _fault_of_client_data(spelled: bytes, message: bytes, place: Place) -> str:
    client = canonical.from_people(spelled)
    if type(client) is not dict or client.get("type") != "webauthn.get":
        return "SIGNATURE_BAD"
    challenge = to_base64url(sha256(message).digest())
    if client.get("challenge") != challenge:
        return "WEBAUTHN_CHALLENGE"
    origin = client.get("origin")
    if type(origin) is not str or origin not in place.origins:
        return "WEBAUTHN_ORIGIN"
    # A page that frames ours could have chosen what the person saw.
    if client.get("crossOrigin", False) is not False or "topOrigin" in client:
        return "WEBAUTHN_ORIGIN"
    # Browsers write these members first and in this spelling, so that one need not trust a JSON parser.
    start = b'{"type":"webauthn.get","challenge":"%b","origin":%b' % (challenge.encode(), canonical.to_bytes(origin))
    if "crossOrigin" in client:
        start += b',"crossOrigin":false'
    return "" if spelled.startswith((start + b",", start + b"}")) else "SIGNATURE_BAD"


def _fault_of_authenticator_data(assertion: Assertion, place: Place) -> str:
    data, flags = assertion.authenticator_data, assertion.flags
    if not place.rp_id or data[:_HASH_BYTES] != sha256(place.rp_id.encode("utf-8", "replace")).digest():
        return "WEBAUTHN_RPID"
    if not flags & _USER_PRESENT or not flags & _USER_VERIFIED:
        return "WEBAUTHN_FLAGS"
    if flags & _BACKED_UP and not flags & _BACKUP_ELIGIBLE:
        return "WEBAUTHN_FLAGS"
    # Only a registration carries attested data; extensions are one CBOR map, there if and only if the flag says so.
    extensions = data[_BARE_BYTES:]
    if flags & _ATTESTED or bool(flags & _EXTENSIONS) != bool(extensions):
        return "WEBAUTHN_FLAGS"
    return "WEBAUTHN_FLAGS" if extensions and extensions[0] >> 5 != 5 else ""


def backed_up(signature: bytes) -> bool | None:
    """Tell whether the passkey was synced to other devices when it signed; None when it does not say."""
    try:
        return bool(Assertion.from_bytes(signature).flags & _BACKED_UP)
    except Malformed:
        return None


def open_spki(der: bytes) -> PasskeyKey:
    """Take a public key in DER: P-256 (ES256), Ed25519 (EdDSA) or RSA (RS256).

    Raises:
        Rejected: `KEY_TYPE` or `KEY_WEAK`.
    """
    if der.startswith(ed25519.SPKI_PREFIX):
        edwards = ed25519.open_spki(der)
        return PasskeyKey(edwards.name, edwards.text, edwards.verify)
    if der.startswith(p256.SPKI_PREFIX):
        curve = p256.open_spki(der)
        return PasskeyKey(curve.name, curve.text, curve.verify)
    return PasskeyKey(spki.name_of(der), spki.to_pem(der), _open_rsa(der))


def open_key(text: str) -> PasskeyKey:
    """Read a public key from PEM.

    Raises:
        Rejected: `KEY_TYPE` or `KEY_WEAK`.
    """
    return open_spki(spki.from_pem(text))


def _open_rsa(der: bytes) -> Callable[[bytes, bytes], bool]:
    # Older Windows machines alone make such passkeys, and the general key loader is slow to import.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

    try:
        key = load_der_public_key(der)
        spelled = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        raise Rejected("KEY_TYPE", "This is not a public key a passkey can have.") from None
    if not isinstance(key, rsa.RSAPublicKey) or spelled != der or key.key_size > _RSA_BITS[-1]:
        raise Rejected("KEY_TYPE", "A passkey's key is P-256, Ed25519 or RSA of at most 8192 bits.")
    if key.key_size < _RSA_BITS[0] or key.public_numbers().e != _RSA_EXPONENT:
        raise Rejected("KEY_WEAK", "An RSA key has at least 2048 bits and the exponent 65537.")

    def verify(signature: bytes, message: bytes) -> bool:
        try:
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    return verify
