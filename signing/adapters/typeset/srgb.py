"""The sRGB colour space as an ICC profile, built from its published numbers: the output intent of the file.

May import the standard library only. ICC.1:2004-10 (profile version 4.2, which PDF 1.7 and PDF/A-3 take); primaries and
white are those of IEC 61966-2-1, adapted to D50. No clock, no host: the same bytes everywhere.
"""

from __future__ import annotations

import struct
from functools import cache

NAME = "sRGB IEC61966-2.1"

_D50 = (0.9642, 1.0, 0.8249)
_RED = (0.43607, 0.22249, 0.01392)
_GREEN = (0.38515, 0.71687, 0.09708)
_BLUE = (0.14307, 0.06061, 0.71410)
_ADAPTATION = (1.04791, 0.02293, -0.0502, 0.0296, 0.99046, -0.01707, -0.00925, 0.01506, 0.75179)
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_CREATED = (2000, 1, 1, 0, 0, 0)


@cache
def profile() -> bytes:
    """The profile, 600 bytes."""
    tags = [
        (b"desc", _text(NAME)),
        (b"cprt", _text("No copyright, use freely")),
        (b"wtpt", _numbers(b"XYZ ", _D50)),
        (b"chad", _numbers(b"sf32", _ADAPTATION)),
        (b"rXYZ", _numbers(b"XYZ ", _RED)),
        (b"gXYZ", _numbers(b"XYZ ", _GREEN)),
        (b"bXYZ", _numbers(b"XYZ ", _BLUE)),
    ]
    curve = b"para\0\0\0\0\0\x03\0\0" + b"".join(map(_fixed, _CURVE))
    shared = [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]  # one curve for all three
    table = struct.pack(">I", len(tags) + len(shared))
    start = offset = 128 + 4 + 12 * (len(tags) + len(shared))
    data = b""
    for name, content in [*tags, shared[0]]:
        table += struct.pack(">4sII", name, offset, len(content))
        data += content + bytes(-len(content) % 4)
        offset = start + len(data)
    for name, content in shared[1:]:
        table += struct.pack(">4sII", name, start + len(data) - len(content), len(content))
    header = struct.pack(">I4xI4s4s4s6H4s", offset, 0x04200000, b"mntr", b"RGB ", b"XYZ ", *_CREATED, b"acsp")
    return header.ljust(68, b"\0") + b"".join(map(_fixed, _D50)) + bytes(48) + table + data


def _fixed(number: float) -> bytes:
    return struct.pack(">i", round(number * 65536))


def _numbers(kind: bytes, numbers: tuple[float, ...]) -> bytes:
    return kind + bytes(4) + b"".join(map(_fixed, numbers))


def _text(text: str) -> bytes:
    written = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", len(written), 28) + written
