"""Headings as bookmarks (ISO 32000-1, 12.3.3), nested by their levels.

May import its sibling `pdf_file`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from signing.adapters.typeset.pdf_file import text_string


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place to go to: `level` from 1, the object number of its page, and how high it stands, in points from below."""

    level: int
    title: str
    page: int
    top: float


@dataclass(slots=True)
class _Entry:
    bookmark: Bookmark | None
    number: int
    parent: int = 0
    kids: list[_Entry] = field(default_factory=list)


def write_bookmarks(bookmarks: Sequence[Bookmark], *, first: int) -> list[bytes]:
    """The outline and its items, to be numbered from `first` up; all are open."""
    root = _Entry(None, first)
    entries = [root]
    path = [(0, root)]
    for bookmark in bookmarks:
        while path[-1][0] >= bookmark.level:
            path.pop()
        parent = path[-1][1]
        entry = _Entry(bookmark, first + len(entries), parent.number)
        parent.kids.append(entry)
        entries.append(entry)
        path.append((bookmark.level, entry))
    beside: dict[int, bytes] = {}
    for entry in entries:
        for earlier, later in zip(entry.kids, entry.kids[1:], strict=False):
            beside[earlier.number] = beside.get(earlier.number, b"") + b"/Next %d 0 R" % later.number
            beside[later.number] = beside.get(later.number, b"") + b"/Prev %d 0 R" % earlier.number
    return [b"<<%b%b%b>>" % (_own(entry), beside.get(entry.number, b""), _kids(entry)) for entry in entries]


def _own(entry: _Entry) -> bytes:
    mark = entry.bookmark
    if mark is None:
        return b"/Type/Outlines"
    place = b"[%d 0 R/XYZ null %.2f null]" % (mark.page, mark.top)
    return b"/Title%b/Parent %d 0 R/Dest%b" % (text_string(mark.title), entry.parent, place)


def _kids(entry: _Entry) -> bytes:
    if not entry.kids:
        return b""
    return b"/First %d 0 R/Last %d 0 R/Count %d" % (entry.kids[0].number, entry.kids[-1].number, _count(entry))


def _count(entry: _Entry) -> int:
    return sum(1 + _count(kid) for kid in entry.kids)
