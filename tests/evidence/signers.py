"""Signers of every scheme for tests: the same seed and the same calls give the same bytes.

Names and key texts are worked out here from the specifications, not by the rooms under test. Each signer gives
`.public`, `.name` and `.sign(pae)`, and so can stand where builders.py asks for a `Key`.
"""

import json
import struct
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256, sha512

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing.evidence.keyring import PublicKey

from .openpgp_signer import OpenPgpSigner, openpgp_key

__all__ = [
    "Authenticator", "OpenPgpSigner", "Signer", "SshSigner", "browser_key", "ed25519_private", "openpgp_key",
    "p256_key", "p256_private", "passkey", "passkey_ed25519", "passkey_rsa", "sign_p256", "spki_key", "ssh_key",
    "ssh_string",
]  # fmt: skip

RP_ID = "assent.example"
ORIGIN = "https://assent.example"
NAMESPACE = "assent@assent.example"
UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class Signer:
    """A key that signs the PAE."""

    public: PublicKey
    sign: Callable[[bytes], bytes]

    @property
    def name(self) -> str:
        return self.public.key

    @property
    def private(self) -> "Signer":
        """What builders.py calls `.sign` on."""
        return self


def ed25519_private(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(seed.encode()).digest())


def p256_private(seed: str) -> ec.EllipticCurvePrivateKey:
    scalar = int.from_bytes(sha512(seed.encode()).digest(), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def sign_p256(private: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    return private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def spki_key(public, scheme: str) -> PublicKey:
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return PublicKey(f"spki:{sha256(der).hexdigest()}", scheme, pem)


def browser_key(seed: str) -> Signer:
    """A browser's Ed25519 key."""
    private = ed25519_private(seed)
    return Signer(spki_key(private.public_key(), "ed25519"), private.sign)


def p256_key(seed: str) -> Signer:
    """A browser's P-256 key, its signatures already in DER."""
    private = p256_private(seed)
    return Signer(spki_key(private.public_key(), "p256"), lambda message: sign_p256(private, message))


def _url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class Authenticator:
    """A software passkey; `dataclasses.replace` makes each defect."""

    public: PublicKey
    sign_raw: Callable[[bytes], bytes]
    rp_id: str = RP_ID
    origin: str = ORIGIN
    flags: int = UP | UV
    count: int = 0
    kind: str = "webauthn.get"
    cross_origin: bool | None = False
    more: dict[str, object] = field(default_factory=dict)
    extensions: bytes = b""
    challenge: bytes | None = None
    client_data: Callable[[bytes], bytes] = lambda data: data

    @property
    def name(self) -> str:
        return self.public.key

    @property
    def private(self) -> "Authenticator":
        return self

    def parts(self, message: bytes) -> dict[str, bytes]:
        """What navigator.credentials.get() answers."""
        data: dict[str, object] = {
            "type": self.kind,
            "challenge": _url(sha256(message).digest() if self.challenge is None else self.challenge),
            "origin": self.origin,
        }
        if self.cross_origin is not None:
            data["crossOrigin"] = self.cross_origin
        client = self.client_data(json.dumps(data | self.more, separators=(",", ":"), ensure_ascii=False).encode())
        authenticator = sha256(self.rp_id.encode()).digest() + struct.pack(">BI", self.flags, self.count)
        authenticator += self.extensions
        signature = self.sign_raw(authenticator + sha256(client).digest())
        return {"authenticatorData": authenticator, "clientDataJSON": client, "signature": signature}

    def sign(self, message: bytes) -> bytes:
        members = {name: _url(data) for name, data in self.parts(message).items()}
        return json.dumps(members, separators=(",", ":"), sort_keys=True).encode()


def passkey(seed: str) -> Authenticator:
    """An ES256 passkey, as phones and most security keys make."""
    private = p256_private(seed)
    return Authenticator(spki_key(private.public_key(), "webauthn"), lambda signed: sign_p256(private, signed))


def passkey_ed25519(seed: str) -> Authenticator:
    private = ed25519_private(seed)
    return Authenticator(spki_key(private.public_key(), "webauthn"), private.sign)


def passkey_rsa(private: rsa.RSAPrivateKey) -> Authenticator:
    """An RS256 passkey, as older Windows Hello makes."""
    return Authenticator(
        spki_key(private.public_key(), "webauthn"),
        lambda signed: private.sign(signed, padding.PKCS1v15(), hashes.SHA256()),
    )


def ssh_string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _mpint(number: int) -> bytes:
    return ssh_string(number.to_bytes(number.bit_length() // 8 + 1, "big"))


@dataclass(frozen=True)
class SshSigner:
    """An SSH key; with `sk-` kinds a software security key. `dataclasses.replace` makes each defect."""

    kind: str
    blob: bytes
    sign_raw: Callable[[bytes], bytes]
    namespace: str = NAMESPACE
    hash_name: str = "sha512"
    flags: int = UP
    counter: int = 7
    application: str = "ssh:"
    reserved: bytes = b""
    version: int = 1

    @property
    def public(self) -> PublicKey:
        name = b64encode(sha256(self.blob).digest()).rstrip(b"=").decode()
        return PublicKey(f"ssh:SHA256:{name}", "sshsig", f"{self.kind} {b64encode(self.blob).decode()}\n")

    @property
    def name(self) -> str:
        return self.public.key

    @property
    def private(self) -> "SshSigner":
        return self

    def raw_signature(self, signed: bytes) -> bytes:
        if self.kind.startswith("sk-"):
            tail = struct.pack(">BI", self.flags, self.counter)
            touched = sha256(self.application.encode()).digest() + tail + sha256(signed).digest()
            return ssh_string(self.kind.encode()) + ssh_string(self.sign_raw(touched)) + tail
        return ssh_string(self.kind.encode()) + ssh_string(self.sign_raw(signed))

    def sign(self, message: bytes) -> bytes:
        hashed = (sha512 if self.hash_name == "sha512" else sha256)(message).digest()
        where = ssh_string(self.namespace.encode()) + ssh_string(self.reserved) + ssh_string(self.hash_name.encode())
        signature = self.raw_signature(b"SSHSIG" + where + ssh_string(hashed))
        blob = b"SSHSIG" + struct.pack(">I", self.version) + ssh_string(self.blob) + where + ssh_string(signature)
        text = b64encode(blob).decode()
        lines = [text[at : at + 70] for at in range(0, len(text), 70)]
        return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""]).encode()


def ssh_key(seed: str, kind: str = "ssh-ed25519") -> SshSigner:
    """A key of one of the four kinds that are admitted."""
    application = ssh_string(b"ssh:") if kind.startswith("sk-") else b""
    if "ed25519" in kind:
        private = ed25519_private(seed)
        raw = private.public_key().public_bytes_raw()
        return SshSigner(kind, ssh_string(kind.encode()) + ssh_string(raw) + application, private.sign)
    curve = p256_private(seed)
    point = curve.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(sign_p256(curve, message))
        return _mpint(r) + _mpint(s)

    blob = ssh_string(kind.encode()) + ssh_string(b"nistp256") + ssh_string(point) + application
    return SshSigner(kind, blob, sign)
