"""What can be repaired within a paragraph: quotes, apostrophes, words cut at a line's end, spaces before marks.

May import `signing.domain.letter_blocks` and the standard library. Code, addresses and figures are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from signing.domain.letter_blocks import Run

# Opening and closing marks, the outer and the inner; a no-break space where the language has one inside.
_MARKS: Final = {
    "en": ("“", "”", "‘", "’"),
    "fr": ("«\u00a0", "\u00a0»", "“", "”"),
    "de": ("„", "“", "‚", "‘"),
    "es": ("«", "»", "“", "”"),
    "it": ("«", "»", "“", "”"),
    "pt": ("“", "”", "‘", "’"),
    "nl": ("“", "”", "‘", "’"),
    "ru": ("«", "»", "„", "“"),
    "pl": ("„", "”", "«", "»"),
    "ar": ("«", "»", "“", "”"),
    "zh": ("“", "”", "‘", "’"),
}
_QUOTE = re.compile(r'"')
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])|(?<=[^\W\d_]s)'(?=\s|$)")
_HYPHEN = re.compile(r"(?<=[^\W\d_]{2})- (?=[^\W\d_A-Z]{2})")
# "short- and long-term" is no word that was cut.
_AND = re.compile(r"(?:and|or|und|oder|et|ou|y|o|e|en|of|bis|to)\b")
_BEFORE_MARK = re.compile(r"(?<=[^\s.]) +(?=[,;:!?](?:\s|$))|(?<=[^\s.]) +(?=\.(?:\s|$))")
_FRENCH = re.compile(r"(?<=[\w)\]’”»%\x22\x27])( ?)(?=[;:!?](?:\s|$))|(?<=«)( ?)(?=[^\s»])|(?<=[^\s«])( ?)(?=»)")
_DOTS = re.compile(r"(?<!\.)\.\.\.(?!\.)")
_DASH = re.compile(r"(?<=[\w,;)\]”’\x22\x27]) --? (?=\S)")
_OPENS: Final = frozenset("([{«“‘„—–-/\u00a0\u202f")


class Edit(NamedTuple):
    """Characters from `begin` to `end` become `text`."""

    begin: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Kind:
    """All the edits of one kind in one paragraph."""

    code: str
    why: str
    edits: tuple[Edit, ...]


def edits_of(text: str, language: str) -> list[Kind]:
    """What could be repaired in a text; edits of different kinds never touch the same characters."""
    main = language.partition("-")[0]
    found = [
        Kind("hyphen", "A word seems to be cut at the end of a line.", tuple(_hyphens(text))),
        Kind("quotes", "Straight quotation marks; print has curved ones.", tuple(_quotes(text, main))),
        Kind("apostrophe", "A straight apostrophe; print has a curved one.", tuple(_each(_APOSTROPHE, text, "’"))),
        Kind("dots", "Three full stops are one sign in print.", tuple(_each(_DOTS, text, "…"))),
        Kind("dash", "A hyphen between spaces is a dash in print.", tuple(_each(_DASH, text, " – "))),
    ]
    if main == "fr":
        why = "French has a space that does not break before ; : ! ? and inside « »."
        found.append(Kind("french-space", why, tuple(_french(text))))
    else:
        found.append(Kind("space", "A space before a mark.", tuple(_each(_BEFORE_MARK, text, ""))))
    return [kind for kind in found if kind.edits]


def changed(runs: Sequence[Run], edits: Sequence[Edit]) -> list[Run]:
    """The runs with these edits made; what is put in looks like what stood there, or before it."""
    result: list[Run] = []
    waiting = sorted(edits)
    at = 0
    for run in runs:
        text = run.text if run.footnote is None else "\ufffc"
        end = at + len(text)
        new = ""
        while waiting and (waiting[0].begin < end or (waiting[0].begin == waiting[0].end == end)):
            edit = waiting[0]
            new += text[max(0, len(text) - (end - at)) : edit.begin - end + len(text)] + edit.text
            if edit.end > end:  # it goes on in the next run, where it only takes characters away
                waiting[0] = Edit(end, edit.end, "")
                at = end
                break
            at = edit.end
            waiting.pop(0)
        new += text[len(text) - (end - at) :] if at < end else ""
        at = end
        if run.footnote is not None:
            result.append(run)
        elif new:
            result.append(replace(run, text=new))
    return result


def _each(pattern: re.Pattern[str], text: str, instead: str) -> Iterator[Edit]:
    for match in pattern.finditer(text):
        yield Edit(match.start(), match.end(), instead)


def _hyphens(text: str) -> Iterator[Edit]:
    for match in _HYPHEN.finditer(text):
        if not _AND.match(text, match.end()):
            yield Edit(match.start(), match.end(), "")


def _quotes(text: str, language: str) -> Iterator[Edit]:
    marks = [match.start() for match in _QUOTE.finditer(text)]
    # An odd one is an inch, or lacks its partner: a person must look, so none is guessed.
    if len(marks) % 2:
        return
    opening, closing, *_ = _MARKS.get(language, _MARKS["en"])
    edits = []
    opens = True
    for at in marks:
        before = text[at - 1 : at]
        starts = not before or before.isspace() or before in _OPENS or before == "\ufffc"
        if opens and not starts and language != "zh":
            return
        edits.append(Edit(at, at + 1, opening if opens else closing))
        opens = not opens
    yield from edits


def _french(text: str) -> Iterator[Edit]:
    for match in _FRENCH.finditer(text):
        mark = text[match.end() : match.end() + 1]
        # A thin space goes with high marks, a whole one with the colon and the guillemets (Imprimerie nationale).
        yield Edit(match.start(), match.end(), "\u202f" if mark and mark in ";!?" else "\u00a0")
