"""Where the objects of the sealing increment stand: one behind the other, as its cross-references say, nothing between.

May import pikepdf. A reader that finds cross-references it does not like looks for objects by itself, and takes the
last of each number; so there must be nothing not to like, and nothing else to find.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, Final

import pikepdf

_FREE: Final = 0
_IN_USE: Final = 1
_OBJECT = re.compile(rb"\d\s*obj\b|endobj")


def is_tiled(sealed: bytes, start: int, after: pikepdf.Pdf, count: int) -> bool:
    """Whether the bytes from `start` on are `count` objects and the end of the file, every one in the cross-references.

    `after` is the sealed file. False too for cross-references that name anything else.
    """
    end = sealed.rindex(b"\nstartxref\n")
    last = int(sealed[end:].split()[1])
    table = after.get_object(int(sealed[last : last + 11].split()[0]), 0)
    rows = _rows(table)
    if rows.pop(0, (_FREE, 0))[0] != _FREE or any(kind != _IN_USE for kind, _ in rows.values()):
        return False
    places = sorted((place, number) for number, (_, place) in rows.items())
    if len(places) != count or places[0][0] != start or places[-1][0] != last:
        return False
    return all(
        _is_one_object(sealed[begin:until], number, after.get_object(number, 0))
        for (begin, number), (until, _) in pairwise([*places, (end, 0)])
    )


def _rows(table: Any) -> dict[int, tuple[int, int]]:
    """Kind and place by number, of a cross-reference stream (ISO 32000-1, 7.5.8). Raises ValueError for an odd one."""
    kind, place, generation = (int(width) for width in table.W)
    width, data = kind + place + generation, table.read_bytes()
    index = [int(each) for each in table.Index]
    numbers = [first + more for first, many in zip(index[::2], index[1::2], strict=True) for more in range(many)]
    if kind != 1 or len(set(numbers)) != len(numbers) or len(data) != width * len(numbers):
        raise ValueError("cross-references of another form")
    starts = range(0, len(data), width)
    return {
        number: (data[at], int.from_bytes(data[at + 1 : at + 1 + place], "big"))
        for number, at in zip(numbers, starts, strict=True)
    }


def _is_one_object(written: bytes, number: int, read: Any) -> bool:
    """Whether these bytes are that object, and no comment, string or stream begins another in them."""
    tail = b"endobj\n"
    if isinstance(read, pikepdf.Stream):
        tail = b"stream\n" + read.read_raw_bytes() + b"\nendstream\nendobj\n"
    head = written.removesuffix(tail)
    return (
        written.endswith(tail)
        and head.startswith(b"%d 0 obj\n" % number)
        and len(_OBJECT.findall(head)) == 1
        and b"%" not in head
    )
