"""Which certificate an RFC 3161 token says it is signed with (RFC 5035, RFC 2634); may import `errors`, `cryptography`.

The library that judges tokens leaves this attribute alone, and `openssl ts` does not: without it one signature could
be passed off as made under another certificate of the same key. Only DER is read, as in the token itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import new
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding

from .errors import Malformed

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_SEQUENCE, _SET, _OBJECT, _OCTETS, _CONTEXT_0 = 0x30, 0x31, 0x06, 0x04, 0xA0
_SIGNING_CERTIFICATE: Final = bytes.fromhex("2a864886f70d010910020c")
_SIGNING_CERTIFICATE_V2: Final = bytes.fromhex("2a864886f70d010910022f")
_HASHES: Final = {
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}


@dataclass(frozen=True, slots=True)
class NamedCertificate:
    """A certificate called by its digest."""

    algorithm: str
    digest: bytes

    def names(self, certificate: "Certificate") -> bool:
        """Tell whether it is this certificate."""
        der = certificate.public_bytes(Encoding.DER)
        return new(self.algorithm, der, usedforsecurity=False).digest() == self.digest


def named_certificates(token: bytes) -> list[NamedCertificate]:
    """Read the signed attribute signingCertificate (V2) of a token with one signer, its own certificate first.

    Raises:
        Malformed: `TIMESTAMP_BAD` when the bytes are not such a token.
    """
    try:
        return _named(token)
    except (IndexError, ValueError):
        raise Malformed("TIMESTAMP_BAD", "The time stamp cannot be read.") from None


def _named(token: bytes) -> list[NamedCertificate]:
    content_info = _only(_SEQUENCE, list(_elements(token)))
    signed_data = _only(_SEQUENCE, list(_elements(_inside(_CONTEXT_0, content_info, 1))))
    signer_infos = _elements(list(_elements(signed_data))[-1][1])
    signer = _only(_SEQUENCE, list(signer_infos))
    attributes = [value for tag, value in _elements(signer) if tag == _CONTEXT_0]
    found: list[NamedCertificate] = []
    for _, attribute in _elements(attributes[0]):
        kind = _inside(_OBJECT, attribute, 0)
        if kind in (_SIGNING_CERTIFICATE, _SIGNING_CERTIFICATE_V2):
            said = _only(_SEQUENCE, list(_elements(_inside(_SET, attribute, 1))))
            for _, each in _elements(_inside(_SEQUENCE, said, 0)):
                found.append(_certificate(each, "sha1" if kind == _SIGNING_CERTIFICATE else "sha256"))
    return found


def _certificate(named: bytes, usual: str) -> NamedCertificate:
    """ESSCertID: the hash, in the second form after its algorithm unless that is SHA-256."""
    parts = list(_elements(named))
    if parts[0][0] == _SEQUENCE:
        return NamedCertificate(_HASHES.get(_inside(_OBJECT, parts[0][1], 0), usual), _inside(_OCTETS, named, 1))
    return NamedCertificate(usual, _inside(_OCTETS, named, 0))


def _inside(tag: int, parent: bytes, place: int) -> bytes:
    found, value = list(_elements(parent))[place]
    if found != tag:
        raise ValueError
    return value


def _only(tag: int, elements: list[tuple[int, bytes]]) -> bytes:
    [(found, value)] = elements
    if found != tag:
        raise ValueError
    return value


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each element's tag and value; only single-byte tags and definite lengths, all that a token has."""
    place = 0
    while place < len(data):
        tag, length = data[place], data[place + 1]
        place += 2
        if length >= 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4:
                raise ValueError
            length = int.from_bytes(data[place : place + count])
            place += count
        if place + length > len(data):
            raise ValueError
        yield tag, data[place : place + length]
        place += length
