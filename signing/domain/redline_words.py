"""Lines of a letter cut into words, for every script; may import `letter_blocks`, `signing.evidence` and stdlib.

Words are what stands between spaces and punctuation; where a script writes no spaces they are single characters.
A mark is never cut from what carries it, an emoji never cut in two.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from signing.evidence.carry import plain

from .letter_blocks import Run

_UNSPACED: Final = (  # first code points of blocks written without spaces, and of those that follow them
    *(0x0E00, 0x0F00),  # Thai, Lao
    *(0x1000, 0x10A0),  # Myanmar
    *(0x1780, 0x1800),  # Khmer
    *(0x1950, 0x1AB0),  # Tai Le, New Tai Lue, Khmer symbols, Buginese, Tai Tham
    *(0x1B00, 0x1B80),  # Balinese
    *(0x2E80, 0x3130),  # radicals, Kana, Bopomofo
    *(0x31A0, 0x4DC0),  # more of these, Han A
    *(0x4E00, 0xA4D0),  # Han, Yi
    *(0xA980, 0xAAE0),  # Javanese, Myanmar B, Cham, Myanmar A, Tai Viet
    *(0xF900, 0xFB00),  # Han
    *(0xFF66, 0xFFA0),  # Kana of half width
    *(0x16FE0, 0x18D80),  # Tangut
    *(0x1AFF0, 0x1B170),  # Kana
    *(0x20000, 0x3FFFE),  # Han
)
# Vowels that stand before (Thai, Lao), letters that only ever follow, and what binds the next letter to this one.
_LEADING: Final = frozenset("เแโใไເແໂໃໄ")
_FOLLOWING: Final = frozenset("ะาำๅະາຳ\uff9e\uff9f")
_BINDING: Final = frozenset("\u200d\u1039\u17d2\u1a60")
_IN_WORDS: Final = frozenset("'’ʼ＇·‧׳״")
_IN_NUMBERS: Final = frozenset(",٫٬")

SENTENCE_ENDS: Final = frozenset(".!?;:…。！？；：؟؛۔।॥։።។။")

# Over the kinds of characters that `_kind` gives.
_BOUND: Final = "m*(?:j+m*(?:[^s]m*)?)*"
_SEGMENT: Final = re.compile(
    r"s+(?![mj])"
    r"|[wd][mj]*(?:(?:[af](?=[wd])|(?<=d)n(?=d))?[wd][mj]*)*"
    rf"|v*c{_BOUND}"
    rf"|rr{_BOUND}"
    rf"|.{_BOUND}"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a punctuation mark or the mark of a footnote, with the white space before it.

    `key` is what it is found by: quotation marks and dashes in one style.
    """

    key: str
    text: str
    gap: tuple[Run, ...]
    runs: tuple[Run, ...]

    @property
    def counts(self) -> bool:
        """Whether people would count it as a word."""
        return is_word(self.text)


@dataclass(frozen=True, slots=True)
class Words:
    """A line: its words, and the white space after the last of them."""

    words: tuple[Word, ...]
    end: tuple[Run, ...]


def segments(text: str) -> Iterator[str]:
    """Cut `text` into words, punctuation marks and stretches of white space; together they are `text`."""
    for found in _SEGMENT.finditer(text.translate(_KINDS)):
        yield text[found.start() : found.end()]


def is_word(segment: str) -> bool:
    """Whether a segment is a word, not punctuation, a symbol or white space."""
    return segment[:1].isalnum()


def is_unspaced(segment: str) -> bool:
    """Whether a segment belongs to a script that is written without spaces."""
    return _unspaced(ord(segment[0]))


def key_of(segment: str) -> str:
    """The segment with quotation marks and dashes in one style (EVIDENCE 4.3, *Carry*)."""
    return segment if segment.isascii() else plain(segment)


def words_of(runs: Sequence[Run], note_keys: Sequence[str]) -> Words:
    """The words of a line; `note_keys` names each of its footnote marks, in order."""
    words: list[Word] = []
    gap: tuple[Run, ...] = ()
    keys = iter(note_keys)
    stretch: list[Run] = []
    for run in (*runs, None):
        if run is not None and run.footnote is None:
            stretch.append(run)
            continue
        for piece in _cut(stretch):
            text = "".join(part.text for part in piece)
            if text.isspace():
                gap = piece
            else:
                words.append(Word(key_of(text), text, gap, piece))
                gap = ()
        stretch = []
        if run is not None:
            # No word of a text is longer than one character and begins with this one.
            words.append(Word(f"\0{next(keys)}", "", gap, (run,)))
            gap = ()
    return Words(tuple(words), gap)


def _cut(runs: Sequence[Run]) -> Iterator[tuple[Run, ...]]:
    """The segments of a stretch, each as its runs."""
    starts = [0]
    for run in runs:
        starts.append(starts[-1] + len(run.text))
    at = 0
    for segment in segments("".join(run.text for run in runs)):
        end = at + len(segment)
        index = bisect_right(starts, at) - 1
        if end <= starts[index + 1]:
            yield (_with_text(runs[index], segment),)
        else:
            parts = []
            while index < len(runs) and starts[index] < end:
                run = runs[index]
                text = run.text[max(0, at - starts[index]) : end - starts[index]]
                if text:
                    parts.append(_with_text(run, text))
                index += 1
            yield tuple(parts)
        at = end


def _with_text(run: Run, text: str) -> Run:
    # dataclasses.replace takes five times as long, and this is done for every word.
    return Run(text, run.bold, run.italic, run.href, run.footnote)


class _Kinds(dict[int, str]):
    """The kind of every character met so far, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = kind = _kind(chr(code))
        return kind


_KINDS: Final = _Kinds()


def _kind(char: str) -> str:
    """Space s, joins the next j, mark m, regional r, digit d, vowel before v, character alone c, letter w, other p.

    Some punctuation may stand within words (a, f) or numbers (n).
    """
    category = unicodedata.category(char)
    code = ord(char)
    if char.isspace():
        return "s"
    if char in _BINDING:
        return "j"
    if category[0] == "M" or category == "Cf" or char in _FOLLOWING or 0x1F3FB <= code <= 0x1F3FF:
        return "m"
    if 0x1F1E6 <= code <= 0x1F1FF:
        return "r"
    if category == "Nd":
        return "d"
    if char in _LEADING:
        return "v"
    if char.isalnum():
        return "c" if _unspaced(code) else "w"
    if char in _IN_WORDS:
        return "a"
    if char == ".":
        return "f"
    return "n" if char in _IN_NUMBERS else "p"


def _unspaced(code: int) -> bool:
    return bisect_right(_UNSPACED, code) % 2 == 1
