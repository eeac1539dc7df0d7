"""Public keys as SubjectPublicKeyInfo (RFC 5280) in PEM, in the spelling `openssl pkey -pubin` prints.

May import the standard library, `base64_text` and `errors`. The DER inside is for each scheme to judge.
"""

from hashlib import sha256
from typing import Final

from ..base64_text import from_base64, to_base64
from ..errors import EvidenceError, Rejected

MAX_CHARACTERS: Final = 4096  # RSA with 8192 bits takes 1,500

_HEADER, _FOOTER = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
_COLUMNS = 64


def name_of(der: bytes) -> str:
    """Name a key: the SHA-256 of its DER (EVIDENCE 4.2)."""
    return "spki:" + sha256(der).hexdigest()


def to_pem(der: bytes) -> str:
    """Format the DER of a key as PEM."""
    body = to_base64(der)
    lines = [body[start : start + _COLUMNS] for start in range(0, len(body), _COLUMNS)]
    return "\n".join((_HEADER, *lines, _FOOTER, ""))


def from_pem(text: str) -> bytes:
    """Read the DER of one public key; line ends and white space are forgiven, nothing else.

    Raises:
        Rejected: `KEY_TYPE` when this is no public key in PEM.
    """
    words = text.split() if len(text) <= MAX_CHARACTERS else []
    body = "".join(words[3:-3])
    try:
        der = from_base64(body) if [*words[:3], *words[-3:]] == f"{_HEADER} {_FOOTER}".split() else b""
    except EvidenceError:
        der = b""
    if not der:
        raise Rejected("KEY_TYPE", "This is not a public key in PEM.")
    return der
