"""Words of people in a mail, made harmless (FAULTS S9), and plain text in lines; may import the standard library.

A name is a line of its own width and nothing else: it can neither end a line, nor turn one round, nor become a link.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LINE = 76
QUOTED = "> "
# Joiners that scripts need to be written right; everything else that is not seen has no place in a mail.
_KEPT = {"\u200c", "\u200d"}
# Unseen, and no part of any address: mail programs make no link of what it stands in, and browsers leave it out.
UNLINKED = "\u2060"
_LINKING = re.compile("(?<=\\w)([.@\u3002\uff0e\uff61])(?=\\w\\w)|(:)(?=//)")
_ISOLATE, _END = "\u2068", "\u2069"

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
_OPENING = "“‘（《〈「『【"
_CLOSING = "”’）》〉」』】。，、；：！？…％"
# Chinese and Japanese lines may end after any character, but none begins with a comma.
_PIECE = re.compile(rf"[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}]+)[{_CLOSING}]*|\s+")


def plain_line(text: str) -> str:
    """`text` on one line, without controls and direction marks."""
    seen = "".join(
        " " if character.isspace() else character
        for character in text
        if character in _KEPT or character.isspace() or not unicodedata.category(character).startswith("C")
    )
    return " ".join(seen.split())


def shortened(line: str, longest: int) -> str:
    """`line`, cut where it is longer than `longest` characters, and that shown."""
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def without_links(line: str) -> str:
    """`line`, looking the same, of which no mail program makes a link."""
    return _LINKING.sub(lambda found: (found[1] or found[2]) + UNLINKED, line)


def isolated(line: str, direction: str) -> str:
    """`line`, kept from turning the words around it when it is written the other way than they are (`ltr`, `rtl`)."""
    others = ("R", "AL") if direction == "ltr" else ("L",)
    turned = any(unicodedata.bidirectional(character) in others for character in line)
    return f"{_ISOLATE}{line}{_END}" if turned else line


def lines_of(text: str) -> list[str]:
    """The lines of a longer text of somebody's, each made plain; blank ones single and none at either end."""
    lines: list[str] = []
    for line in map(plain_line, text.splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return lines[:-1] if lines and not lines[-1] else lines


def folded(text: str) -> str:
    """`text` in lines of a mail's width; a line without blanks (a link) stays whole, blank lines are single.

    Indented lines and quoted ones are continued as they begin.
    """
    lines: list[str] = []
    for line in text.strip("\n").splitlines():
        if line.strip() or (lines and lines[-1]):
            start = QUOTED if line.startswith(QUOTED) else line[: len(line) - len(line.lstrip())]
            lines.extend(_filled(line[len(start) :].rstrip(), start))
    return "\n".join(lines).strip("\n") + "\n"


def _filled(words: str, start: str) -> Iterator[str]:
    line, room = "", LINE - len(start)
    for piece in _PIECE.findall(words):
        if line.strip() and not piece.isspace() and _width(line) + _width(piece) > room:
            yield (start + line).rstrip()
            line = ""
        if line or not piece.isspace():
            line += piece
    yield (start + line).rstrip()


def _width(text: str) -> int:
    """In columns of a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
