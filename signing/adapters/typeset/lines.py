"""Words and lines: text in several manners becomes lines of a measure, ragged right and never hyphenated.

May import its siblings `fonts` and `structure` only. A line is broken at spaces alone, so that copied text keeps "EU-China"
whole; a word wider than the measure (an address) is cut at its joints, or where it must be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from signing.adapters.typeset.fonts import Manner, width
from signing.adapters.typeset.structure import Element

Stretch = tuple[Manner, str]
"""Some text in one manner, already `fonts.printable`."""

# Readers take a hyphen at the end of a line for a divided word and drop it: never where it can be helped.
_HYPHENS = ("-", "\u2010", "\u2011")
# A line should not begin with the dash that belongs to the line above: as bad as a line half empty.
_DASHES = ("–", "—")
_DASH_LEADS = 0.25
_HYPHEN_DROPPED = 100
_NEVER = 1 << 40

_SPACES = re.compile(r"[ \t\n]+")
_JOINTS = re.compile(r"[^/?&=#._]*[/?&=#._]+|[^/?&=#._]+")


@dataclass(frozen=True, slots=True)
class Word:
    """What is never parted, and the space that follows it (None where the text goes on without one)."""

    stretches: tuple[Stretch, ...]
    width: float
    space: Manner | None
    space_width: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch at its place: `x` from the edge of the text where lines begin (in a right-to-left letter the right
    one) to the nearer end of the piece. `element` is what it belongs to where that is not its row's."""

    x: float
    manner: Manner
    text: str
    width: float
    element: Element | None = None


def words_of(stretches: Iterable[Stretch]) -> list[Word]:
    """The words of a paragraph; a word may change its manner in the middle ("**bold**,")."""
    words: list[Word] = []
    parts: list[Stretch] = []

    def close(space: Manner | None) -> None:
        if parts:
            reach = sum(width(text, manner) for manner, text in parts)
            words.append(Word(tuple(parts), reach, space, width(" ", space) if space else 0.0))
            parts.clear()
        elif words and space and words[-1].space is None:
            words[-1] = replace(words[-1], space=space, space_width=width(" ", space))

    for manner, text in stretches:
        position = 0
        for gap in _SPACES.finditer(text):
            if gap.start() > position:
                parts.append((manner, text[position : gap.start()]))
            close(manner)
            position = gap.end()
        if position < len(text):
            parts.append((manner, text[position:]))
    close(None)
    return words


def _cut_to(words: Sequence[Word], measure: float) -> list[Word]:
    """The same words, those wider than the measure cut into fragments that fit."""
    fitting: list[Word] = []
    for word in words:
        if word.width <= measure:
            fitting.append(word)
            continue
        fragments = [
            Word(((manner, part),), width(part, manner), None, 0.0)
            for manner, text in word.stretches
            for joint in _JOINTS.findall(text)
            for part in _slices(joint, manner, measure)
        ]
        fragments[-1] = replace(fragments[-1], space=word.space, space_width=word.space_width)
        fitting += fragments
    return fitting


def _slices(text: str, manner: Manner, measure: float) -> list[str]:
    slices = [""]
    for character in text:
        if slices[-1] and width(slices[-1] + character, manner) > measure:
            slices.append("")
        slices[-1] += character
    return slices


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for manner, text in stretches:
        if merged and merged[-1][0] == manner:
            merged[-1] = (manner, merged[-1][1] + text)
        else:
            merged.append((manner, text))
    return merged


def break_lines(words: Sequence[Word], measure: float, *, hang: float = 0.0, even: bool = False) -> list[list[Word]]:
    """Lines of at most `measure` points (every line but the first shorter by `hang`).

    As few as can be, and among those the smoothest right edge; no line ends in a hyphen where it can be helped.
    `even` counts the last line too, so that no single word hangs.
    """
    words = _cut_to(words, measure - hang)
    count = len(words)
    ends = [0.0]  # where word i would end, were all words on one line
    for word in words:
        ends.append(ends[-1] + word.width + word.space_width)
    best: list[tuple[int, float]] = [(0, 0.0)] + [(_NEVER, 0.0)] * count
    start_of = [0] * (count + 1)
    for end in range(1, count + 1):
        for start in range(end - 1, -1, -1):
            room = measure - (hang if start else 0.0)
            slack = room - (ends[end] - ends[start] - words[end - 1].space_width)
            if slack < -0.001 and start < end - 1:
                break
            last = end == count
            raggedness = 0.0 if last and not even and slack < 0.85 * room else (slack / room) ** 2
            if start and words[start].stretches[0][1] in _DASHES:
                raggedness += _DASH_LEADS
            lines = best[start][0] + 1
            if not last and words[end - 1].stretches[-1][1].endswith(_HYPHENS):
                lines += _HYPHEN_DROPPED
            candidate = (lines, best[start][1] + raggedness)
            if candidate < best[end]:
                best[end] = candidate
                start_of[end] = start
    found: list[list[Word]] = []
    end = count
    while end:
        found.append(list(words[start_of[end] : end]))
        end = start_of[end]
    found.reverse()
    return found


def set_line(words: Sequence[Word], x: float) -> list[Piece]:
    """The pieces of one line from `x` on. Each line ends with the space that was written there, so that a
    reader which joins lines does not run two words together."""
    stretches: list[Stretch] = []
    for word in words:
        stretches.extend(word.stretches)
        if word.space:
            stretches.append((word.space, " "))
    pieces = []
    for manner, text in _merged(stretches):
        reach = width(text, manner)
        pieces.append(Piece(x, manner, text, reach))
        x += reach
    return pieces
