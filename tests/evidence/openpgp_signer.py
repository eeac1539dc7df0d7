"""A small OpenPGP signer for tests (RFC 4880, RFC 9580): a certificate and signatures that never change.

Real gpg and pysequoia put the present time or a salt into what they make; vectors need the same bytes each time.
Whether these are good certificates and signatures is for gpgv to say.
"""

import struct
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha1, sha256, sha512

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signing.evidence.keyring import PublicKey

MADE = 1_704_067_200  # 2024-01-01
SIGNED = 1_735_689_600  # 2025-01-01
SIGNATURE, SECRET_KEY, PUBLIC_KEY, USER_ID, SUBKEY = 2, 5, 6, 13, 14
BINARY, TEXT, POSITIVE, BINDING = 0x00, 0x01, 0x13, 0x18
EDDSA = 22

_ED25519_OID = bytes.fromhex("2b06010401da470f01")
_HASHES = {2: sha1, 8: sha256, 10: sha512}


def packet(tag: int, body: bytes) -> bytes:
    """A packet with an old-style header, as gpg writes them."""
    if len(body) < 256:
        return bytes([0x80 | tag << 2, len(body)]) + body
    return bytes([0x80 | tag << 2 | 1]) + struct.pack(">H", len(body)) + body


def armour(kind: str, data: bytes) -> str:
    text = b64encode(data).decode()
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc = crc << 1 ^ (0x1864CFB if crc & 0x800000 else 0)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    check = "=" + b64encode(crc.to_bytes(3, "big")).decode()
    return "\n".join([f"-----BEGIN PGP {kind}-----", "", *lines, check, f"-----END PGP {kind}-----", ""])


def _subpacket(kind: int, data: bytes) -> bytes:
    return bytes([len(data) + 1, kind]) + data


def _mpi(data: bytes) -> bytes:
    stripped = data.lstrip(b"\0")
    bits = len(stripped) * 8 - (8 - stripped[0].bit_length()) if stripped else 0
    return struct.pack(">H", bits) + stripped


def public_body(raw: bytes, made: int = MADE) -> bytes:
    """The body of a version 4 EdDSA key packet."""
    head = struct.pack(">BIBB", 4, made, EDDSA, len(_ED25519_OID))
    return head + _ED25519_OID + _mpi(b"\x40" + raw)


def fingerprint(body: bytes) -> bytes:
    return sha1(b"\x99" + struct.pack(">H", len(body)) + body).digest()


@dataclass(frozen=True)
class OpenPgpSigner:
    """A version 4 Ed25519 key with one user ID; `dataclasses.replace` makes each defect."""

    key: Ed25519PrivateKey
    user_id: str = "Person <person@example.org>"
    signed_at: int = SIGNED
    kind: int = BINARY
    hash_number: int = 10
    expires_after: int | None = None

    @property
    def body(self) -> bytes:
        return public_body(self.key.public_key().public_bytes_raw())

    @property
    def certificate(self) -> bytes:
        key, user = self.body, self.user_id.encode()
        covered = b"\x99" + struct.pack(">H", len(key)) + key + b"\xb4" + struct.pack(">I", len(user)) + user
        more = _subpacket(27, b"\x03") + _subpacket(21, b"\x0a\x08")
        if self.expires_after is not None:
            more += _subpacket(9, struct.pack(">I", self.expires_after))
        certification = self.signature(covered, POSITIVE, MADE, more)
        return packet(PUBLIC_KEY, key) + packet(USER_ID, user) + certification

    @property
    def public(self) -> PublicKey:
        text = armour("PUBLIC KEY BLOCK", self.certificate)
        return PublicKey("pgp:" + fingerprint(self.body).hex().upper(), "openpgp", text)

    @property
    def name(self) -> str:
        return self.public.key

    @property
    def private(self) -> "OpenPgpSigner":
        return self

    def signature(self, covered: bytes, kind: int, at: int, more: bytes = b"") -> bytes:
        """The packet of a version 4 signature."""
        issuer = fingerprint(self.body)
        inside = _subpacket(33, b"\x04" + issuer) + _subpacket(2, struct.pack(">I", at)) + more
        hashed = bytes([4, kind, EDDSA, self.hash_number]) + struct.pack(">H", len(inside)) + inside
        trailer = hashed + b"\x04\xff" + struct.pack(">I", len(hashed))
        digest = _HASHES[self.hash_number](covered + trailer).digest()
        raw = self.key.sign(digest)
        unhashed = _subpacket(16, issuer[-8:])
        end = struct.pack(">H", len(unhashed)) + unhashed + digest[:2] + _mpi(raw[:32]) + _mpi(raw[32:])
        return packet(SIGNATURE, hashed + end)

    def sign(self, message: bytes) -> bytes:
        covered = message.replace(b"\n", b"\r\n") if self.kind == TEXT else message
        return armour("SIGNATURE", self.signature(covered, self.kind, self.signed_at)).encode()


def openpgp_key(seed: str) -> OpenPgpSigner:
    return OpenPgpSigner(Ed25519PrivateKey.from_private_bytes(sha256(seed.encode()).digest()))
