"""The installation's private keys in files: made once, encrypted, for their owner only; may import cryptography.

`load_signer` fulfils `ports.Signer`. The document key is certified by a root of our own that auditors get with
the trust file; the root's key signs certificates only.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_p256
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from signing.adapters.private_files import write_new
from signing.domain.errors import Refusal
from signing.evidence.keyring import PublicKey, public_key_from_pem

COORDINATOR = "coordinator"
SIGNING_KEYS = ("log", "attestor", COORDINATOR)
RELEASED = f"{COORDINATOR}.released.pem"
ROOT = "document-root"
DOCUMENT = "document"
KEYS = (*SIGNING_KEYS, ROOT, DOCUMENT)
ROOT_LASTS = timedelta(days=365 * 20 + 5)
DOCUMENT_LASTS = timedelta(days=365 * 5 + 1)
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
# Readers built on NSS (Poppler's pdfsig, Okular, Evince) know no other usage for documents than that for mails.
READERS_ASK = ExtendedKeyUsageOID.EMAIL_PROTECTION

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey


class KeyRefused(Refusal):
    """A key file is missing, readable by others, or does not open."""

    code = "key"


@dataclass(frozen=True, slots=True)
class FileSigner:
    """An Ed25519 key that was opened; fulfils `ports.Signer`."""

    public: PublicKey
    _key: Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)


def make_missing(folder: Path, passphrase: bytes, host: str, now: datetime | None = None) -> list[str]:
    """Make the keys and certificates that are not there yet and name them; what is there is never replaced.

    A certificate is named when it was made for a key that was there.

    Raises:
        KeyRefused: when the passphrase is empty, or does not open a key that is there.
    """
    if not passphrase:
        raise KeyRefused("The keys need a passphrase. Set SIGNING_KEY_PASSPHRASE_FILE.", code="key-passphrase")
    now = now or datetime.now(UTC)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    gone = {COORDINATOR} if released(folder) else set()
    made = [name for name in KEYS if name not in gone and _make_key(folder, name, passphrase)]
    for name in SIGNING_KEYS:
        if name in gone:
            continue
        public = folder / f"{name}.public.pem"
        if not public.exists():
            write_new(public, load_signer(folder, name, passphrase).public.public_key.encode())
    certified = _certify(folder, passphrase, host, now)
    return made + [f"{name}.certificate" for name in certified if name not in made]


def make_signer(folder: Path, name: str, passphrase: bytes) -> bool:
    """Make one Ed25519 key of its own, encrypted; False when there is one, which is left alone."""
    return _write_key(folder / f"{name}.pem", Ed25519PrivateKey.generate(), passphrase)


def load_signer(folder: Path, name: str, passphrase: bytes) -> FileSigner:
    """Open one Ed25519 key.

    Raises:
        KeyRefused: `key-missing`, `key-permissions` or `key-passphrase`, with the remedy.
    """
    key = load_key(folder, name, passphrase)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(f"{folder / name}.pem is not an Ed25519 key.")
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return FileSigner(public_key_from_pem(pem), key)


def load_key(folder: Path, name: str, passphrase: bytes) -> PrivateKey:
    """Open a private key file that only its owner can read.

    Raises:
        KeyRefused: `key-missing`, `key-permissions` or `key-passphrase`, with the remedy.
    """
    path = folder / f"{name}.pem"
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            pem = file.read()
    except OSError as error:
        raise KeyRefused(
            f"The key file {path} cannot be read ({error.strerror}). Run: signing keys new", code="key-missing"
        ) from error
    if mode & 0o077:
        raise KeyRefused(f"Others can read {path}. Run: chmod 600 {path}", code="key-permissions")
    try:
        return cast(PrivateKey, load_pem_private_key(pem, passphrase))
    except (ValueError, TypeError):
        raise KeyRefused(
            f"The passphrase does not open {path}. Check SIGNING_KEY_PASSPHRASE or its file.", code="key-passphrase"
        ) from None


def released(folder: Path) -> PublicKey | None:
    """The coordinator's key that was handed over and is not held here any more, None while one is held or missing.

    Its public half, marked as released, stays: nothing then makes a new key in its place.
    """
    marker = folder / RELEASED
    if not marker.exists() or (folder / f"{COORDINATOR}.pem").exists():
        return None
    return public_key_from_pem(marker.read_text("ascii"))


def release_coordinator(folder: Path, passphrase: bytes, to: Path, new_passphrase: bytes | None = None) -> PublicKey:
    """Move the coordinator's private key to the folder `to`, under another passphrase if one is given.

    Interrupted anywhere, it can be run again: the key leaves this folder only once it was read back from the other.

    Raises:
        KeyRefused: `key-missing` when none is held, `key-there` when another key is in the way, and those of
            `load_key`.
    """
    key = load_key(folder, COORDINATOR, passphrase)
    public = load_signer(folder, COORDINATOR, passphrase).public
    target = to / f"{COORDINATOR}.pem"
    if to.resolve() == folder.resolve():
        raise KeyRefused(f"{to} is where the key lies already. Choose another folder.", code="key-there")
    if not _write_key(target, key, new_passphrase or passphrase):
        there = load_signer(to, COORDINATOR, new_passphrase or passphrase).public
        if there != public:
            raise KeyRefused(f"There is another key in {target}. Choose another folder.", code="key-there")
    if load_signer(to, COORDINATOR, new_passphrase or passphrase).public != public:
        raise KeyRefused(f"The key could not be read back from {target}. It stays where it is.", code="key-there")
    write_new(to / f"{COORDINATOR}.public.pem", public.public_key.encode())
    write_new(folder / RELEASED, public.public_key.encode())
    for name in (f"{COORDINATOR}.public.pem", f"{COORDINATOR}.pem"):
        (folder / name).unlink(missing_ok=True)
    return public


def root_certificate(folder: Path) -> str:
    """The PEM certificate that documents of this installation lead to.

    Raises:
        KeyRefused: `key-missing`.
    """
    path = folder / f"{ROOT}.certificate.pem"
    try:
        return path.read_text("ascii")
    except OSError as error:
        raise KeyRefused(
            f"The certificate {path} cannot be read ({error.strerror}). Run: signing keys new", code="key-missing"
        ) from error


def _make_key(folder: Path, name: str, passphrase: bytes) -> bool:
    path = folder / f"{name}.pem"
    if path.exists():
        return False
    key: PrivateKey = Ed25519PrivateKey.generate() if name in SIGNING_KEYS else generate_p256(SECP256R1())
    return _write_key(path, key, passphrase)


def _write_key(path: Path, key: PrivateKey, passphrase: bytes) -> bool:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
    return write_new(path, pem)


def _certify(folder: Path, passphrase: bytes, host: str, now: datetime) -> list[str]:
    root_path, leaf_path = paths = [folder / f"{name}.certificate.pem" for name in (ROOT, DOCUMENT)]
    missing = [name for name, path in zip((ROOT, DOCUMENT), paths, strict=True) if not path.exists()]
    if not missing:
        return []
    root_key = cast(EllipticCurvePrivateKey, load_key(folder, ROOT, passphrase))
    if not root_path.exists():
        write_new(root_path, _root(root_key, host, now).public_bytes(Encoding.PEM))
    root = x509.load_pem_x509_certificate(root_path.read_bytes())
    leaf_key = cast(EllipticCurvePrivateKey, load_key(folder, DOCUMENT, passphrase))
    write_new(leaf_path, _leaf(leaf_key, root, root_key, host, now).public_bytes(Encoding.PEM))
    return missing


def _certificate(
    key: EllipticCurvePrivateKey, subject: x509.Name, issuer: x509.Name, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    # Clocks differ: a document signed this minute must not look older than its certificate.
    begins = now.replace(microsecond=0) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _root(key: EllipticCurvePrivateKey, host: str, now: datetime) -> x509.Certificate:
    name = _name(host, "document root")
    return (
        _certificate(key, name, name, now, ROOT_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .sign(key, SHA256())
    )


def _leaf(
    key: EllipticCurvePrivateKey, root: x509.Certificate, root_key: EllipticCurvePrivateKey, host: str, now: datetime
) -> x509.Certificate:
    issuer_key = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _certificate(key, _name(host, "documents"), root.subject, now, DOCUMENT_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING, READERS_ASK]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key), critical=False)
        .sign(root_key, SHA256())
    )


def _name(host: str, purpose: str) -> x509.Name:
    # X.520 allows 64 characters in a common name.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{host[: 64 - len(purpose) - 1]} {purpose}")])


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
