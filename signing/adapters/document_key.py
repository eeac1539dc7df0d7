"""The key that seals PDFs, with its certificate and its root's; may import `key_files`, cryptography.

What keeps a seal from being believed is told here in words, so that `signing doctor` finds it before a reader does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing.adapters import key_files
from signing.adapters.key_files import DOCUMENT, READERS_ASK, ROOT, KeyRefused

RENEW_BEFORE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """The document key (ECDSA P-256), its certificate, and the root's that issued it."""

    private: EllipticCurvePrivateKey
    certificate: x509.Certificate
    root: x509.Certificate

    @property
    def name(self) -> str:
        """What the ordinary tools call its public half (EVIDENCE 4.2)."""
        der = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"spki:{sha256(der).hexdigest()}"

    @property
    def root_pem(self) -> str:
        """The root's certificate as it stands in a trust file."""
        return self.root.public_bytes(Encoding.PEM).decode()

    def der(self) -> tuple[bytes, bytes]:
        """Both certificates as they stand in a seal, the key's own first."""
        return self.certificate.public_bytes(Encoding.DER), self.root.public_bytes(Encoding.DER)


def load_document_key(folder: Path, passphrase: bytes) -> DocumentKey:
    """Open the document key.

    Raises:
        KeyRefused: `key-missing`, `key-permissions`, `key-passphrase`, or `key` when a certificate cannot be read.
    """
    private = key_files.load_key(folder, DOCUMENT, passphrase)
    if not isinstance(private, EllipticCurvePrivateKey):
        raise KeyRefused(f"{folder / DOCUMENT}.pem is not a P-256 key.")
    certificates = []
    for name in (DOCUMENT, ROOT):
        path = folder / f"{name}.certificate.pem"
        try:
            certificates.append(x509.load_pem_x509_certificate(path.read_bytes()))
        except OSError as error:
            raise KeyRefused(
                f"The certificate {path} cannot be read ({error.strerror}). Run: signing keys new", code="key-missing"
            ) from error
        except ValueError:
            raise KeyRefused(f"{path} is not a certificate. Move it away and run: signing keys new") from None
    return DocumentKey(private, *certificates)


def fault_of(key: DocumentKey, folder: Path, now: datetime) -> str:
    """What keeps readers from believing seals of this key, or soon will, with the remedy; "" when all is well."""
    certificate = key.certificate
    again = f"Move {folder / DOCUMENT}.certificate.pem away and run: signing keys new (the key and its root stay)."
    if certificate.public_key() != key.private.public_key():
        return f"The document certificate is of another key. {again}"
    try:
        certificate.verify_directly_issued_by(key.root)
    except (ValueError, TypeError, InvalidSignature):
        return f"The document certificate does not lead to the document root. {again}"
    if now < certificate.not_valid_before_utc or now < key.root.not_valid_before_utc:
        return "The document certificate is not valid yet. Does this machine's clock go wrong?"
    if now >= key.root.not_valid_after_utc:
        return "The document root has expired. Make a new installation's keys, and hand out a new trust file."
    if now + RENEW_BEFORE >= certificate.not_valid_after_utc:
        return f"The document certificate ends on {certificate.not_valid_after_utc:%Y-%m-%d}. {again}"
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return ""
    return "" if READERS_ASK in usages else f"Some readers do not trust the document certificate's usages. {again}"
