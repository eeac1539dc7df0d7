"""Base64 with exactly one spelling for each byte string; may import the standard library and `errors`.

RFC 4648 decoders are lenient by default: they skip foreign characters and ignore loose final bits.
Every decoder here encodes again and compares, so that a signed text cannot be respelled unseen.
"""

import binascii
from base64 import urlsafe_b64encode

from .errors import Malformed


def to_base64(data: bytes) -> str:
    """Format bytes in the standard alphabet with padding."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def from_base64(text: str) -> bytes:
    """Read standard, padded base64 in its only spelling.

    Raises:
        Malformed: `BASE64` for any other spelling.
    """
    try:
        data = binascii.a2b_base64(text)
    except ValueError:
        raise Malformed("BASE64", "This is not base64.") from None
    if binascii.b2a_base64(data, newline=False) != text.encode("utf-8", "replace"):
        raise Malformed("BASE64", "This base64 is not in its standard, padded spelling.")
    return data


def to_base64url(data: bytes) -> str:
    """Format bytes in the URL alphabet without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Read unpadded base64url in its only spelling.

    Raises:
        Malformed: `BASE64` for any other spelling.
    """
    data = None
    try:
        standard = text.encode("ascii").translate(bytes.maketrans(b"-_", b"+/"))
        data = binascii.a2b_base64(standard + b"=" * (-len(standard) % 4))
    except ValueError:
        pass
    if data is None or to_base64url(data) != text:
        raise Malformed("BASE64", "This is not base64url without padding.")
    return data
