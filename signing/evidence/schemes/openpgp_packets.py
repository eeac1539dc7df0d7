"""OpenPGP's armour and packet headers, read strictly and bounded (RFC 9580, 4.2 and 6).

May import the standard library, `base64_text` and `errors`. Just enough to name a certificate and to see what a
signature is.
"""

from functools import cache
from typing import Final

from ..base64_text import from_base64, to_base64
from ..errors import Malformed

SIGNATURE: Final = 2
PUBLIC_KEY: Final = 6
USER_ID: Final = 13
PUBLIC_SUBKEY: Final = 14
USER_ATTRIBUTE: Final = 17

_COLUMNS = 64
_BLANKS = " \t\r\n"
_CRC_START, _CRC_POLYNOMIAL = 0xB704CE, 0x1864CFB


def malformed(message: str) -> Malformed:
    """Give the error of every function here; who calls says whether key or signature is at fault."""
    return Malformed("OPENPGP_MALFORMED", message)


def to_armour(kind: str, data: bytes) -> str:
    """Format bytes as gpg prints them: no headers, lines of 64, a checksum."""
    body = to_base64(data)
    lines = [body[start : start + _COLUMNS] for start in range(0, len(body), _COLUMNS)]
    checksum = "=" + to_base64(_crc24(data).to_bytes(3, "big"))
    return "\n".join((f"-----BEGIN PGP {kind}-----", "", *lines, checksum, f"-----END PGP {kind}-----", ""))


def from_armour(kind: str, text: str) -> bytes:
    """Read the bytes of one armoured block; headers, line lengths and a missing checksum are forgiven.

    Raises:
        Malformed: when it is not exactly one block of this kind.
    """
    lines = [line.strip(_BLANKS) for line in text.strip(_BLANKS).split("\n")]
    if len(lines) < 3 or lines[0] != f"-----BEGIN PGP {kind}-----" or lines[-1] != f"-----END PGP {kind}-----":
        raise malformed(f"This is not one armoured PGP {kind}.")
    body = lines[1:-1]
    start = body.index("") + 1 if "" in body else 0
    if not all(": " in header or header.endswith(":") for header in body[: max(start - 1, 0)]):
        raise malformed("The headers of the armour cannot be read.")
    body = body[start:]
    checksum = body.pop() if body and len(body[-1]) == 5 and body[-1].startswith("=") else ""
    data = from_base64("".join(body))
    if checksum and checksum != "=" + to_base64(_crc24(data).to_bytes(3, "big")):
        raise malformed("The checksum of the armour is not that of its contents.")
    return data


def packets(data: bytes) -> list[tuple[int, bytes]]:
    """Split bytes into packets, each its tag and body; partial and indeterminate lengths are refused.

    Raises:
        Malformed: when a packet is cut off or its header is none.
    """
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data):
        tag, start, length = _header(data, at)
        at = start + length
        if at > len(data):
            raise malformed("A packet ends too early.")
        found.append((tag, data[start:at]))
    return found


def _header(data: bytes, at: int) -> tuple[int, int, int]:
    first = data[at]
    if not first & 0x80:
        raise malformed("This is not a packet.")
    if first & 0x40:
        tag, octet = first & 0x3F, int.from_bytes(_cut(data, at + 1, 1), "big")
        if octet < 192:
            return tag, at + 2, octet
        if octet < 224:
            return tag, at + 3, (octet - 192 << 8) + _cut(data, at + 2, 1)[0] + 192
        if octet == 255:
            return tag, at + 6, int.from_bytes(_cut(data, at + 2, 4), "big")
    elif first & 0x03 != 3:
        width = 1 << (first & 0x03)
        return first >> 2 & 0x0F, at + 1 + width, int.from_bytes(_cut(data, at + 1, width), "big")
    raise malformed("A packet does not say its length.")


def _cut(data: bytes, at: int, count: int) -> bytes:
    if at + count > len(data):
        raise malformed("A packet ends too early.")
    return data[at : at + count]


def _crc24(data: bytes) -> int:
    table, crc = _crc24_table(), _CRC_START
    for byte in data:
        crc = (crc << 8 & 0xFFFFFF) ^ table[crc >> 16 ^ byte]
    return crc


@cache
def _crc24_table() -> tuple[int, ...]:
    table: list[int] = []
    for byte in range(256):
        crc = byte << 16
        for _ in range(8):
            crc = crc << 1 ^ (_CRC_POLYNOMIAL if crc & 0x800000 else 0)
        table.append(crc)
    return tuple(table)
