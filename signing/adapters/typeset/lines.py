"""Words and lines: text in several manners becomes lines of a measure, ragged right and never hyphenated.

May import its siblings `fonts`, `structure` and `textlayer`, and icu. A line is broken at spaces alone, so that copied
text keeps "EU-China" whole; only scripts that write no spaces are broken where UAX 14 allows it. A word wider than the
measure (an address) is cut at its joints, or where it must be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import icu  # type: ignore[import-untyped]

from signing.adapters.typeset.fonts import Manner, width
from signing.adapters.typeset.structure import Element
from signing.adapters.typeset.textlayer import RIGHT_TO_LEFT, clusters_of, levels, runs_to_the_left, visual_order

Stretch = tuple[Manner, str]
"""Some text in one manner, already `fonts.printable`."""

# Readers take a hyphen at the end of a line for a divided word and drop it: never where it can be helped.
_HYPHENS = ("-", "\u2010", "\u2011")
# A line should not begin with the dash that belongs to the line above: as bad as a line half empty.
_DASHES = ("–", "—")
_DASH_LEADS = 0.25
_HYPHEN_DROPPED = 100
_NEVER = 1 << 40

_SPACES = str.maketrans("\t\n", "  ")
_KEPT_WORDS = 60_000
# Scripts whose words have no spaces between them: Thai, Lao, Tibetan, Myanmar, Khmer, Tai, Han with its companions.
_UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u2e80-\u31ff\u3400-\u9fff\uaa60-\uaadf\uf900-\ufaff"
    "\uff00-\uff9f\U00020000-\U0003ffff"
)
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_KANA = re.compile("[\u3041-\u309f\u30a1-\u30fa\u30fd-\u30ff\u31f0-\u31ff\uff66-\uff9f]")  # not the dot and the bar
_HAN = re.compile("[\u4e00-\u9fff]")
_OF_HAN = frozenset(("zh", "ja", "ko"))
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
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
    rtl: bool = False
    """Whether its letters run to the left; never true of text that runs both ways."""
    place: int = 0
    """Where it is read in a line that runs both ways."""


class _Known(dict[str, Word]):
    """Words of one manner, each made once: names are made of few words."""

    def __init__(self, manner: Manner, spaced: bool) -> None:
        self._manner = manner
        self._space = manner if spaced else None
        self._space_width = width(" ", manner) if spaced else 0.0

    def __missing__(self, text: str) -> Word:
        if len(self) > _KEPT_WORDS:
            self.clear()
        reach = width(text, self._manner)
        word = self[text] = Word(((self._manner, text),), reach, self._space, self._space_width)
        return word


@lru_cache(maxsize=64)
def _known(manner: Manner, spaced: bool) -> _Known:
    return _Known(manner, spaced)


def words_of(stretches: Iterable[Stretch]) -> list[Word]:
    """The words of a paragraph; a word may change its manner in the middle ("**bold**,")."""
    words: list[Word] = []
    parts: list[Stretch] = []

    def close(space: Manner | None) -> None:
        if len(parts) == 1 and (space is None or space == parts[0][0]):
            words.append(_known(parts[0][0], space is not None)[parts[0][1]])
            parts.clear()
        elif parts:
            reach = sum(width(text, manner) for manner, text in parts)
            words.append(Word(tuple(parts), reach, space, width(" ", space) if space else 0.0))
            parts.clear()
        elif words and space and words[-1].space is None:
            words[-1] = replace(words[-1], space=space, space_width=width(" ", space))

    given = list(stretches)
    whole = "".join([text for _, text in given])
    if not whole.isascii() and _IS_UNSPACED.search(whole):
        given = _parted(_in_language(given, whole), whole)
    for manner, text in given:
        if not text:
            close(None)
            continue
        first, *others = text.translate(_SPACES).split(" ")
        if first:
            parts.append((manner, first))
        if others:
            close(manner)
            known = _known(manner, True)
            words += [known[other] for other in others[:-1] if other]
            if others[-1]:
                parts.append((manner, others[-1]))
    close(None)
    return words


def _in_language(stretches: Sequence[Stretch], whole: str) -> list[Stretch]:
    """Han characters have other forms in Japan, Korea and Taiwan: the letters beside them tell, more surely than the
    letter's language does; characters of traditional writing alone tell where that is of another script."""
    told = "ja" if _KANA.search(whole) else "ko" if _HANGUL.search(whole) else None
    guess = told or ("zh-Hant" if _is_traditional(whole) else None)
    if guess is None:
        return list(stretches)
    return [
        (manner if not told and manner.language[:2] in _OF_HAN else replace(manner, language=guess), text)
        for manner, text in stretches
    ]


def _is_traditional(text: str) -> bool:
    """Whether all its Han characters are in use in Taiwan, and not all in China."""
    return _are_all_in("big5", text) and not _are_all_in("gb2312", text)


def _are_all_in(character_set: str, text: str) -> bool:
    try:
        "".join(_HAN.findall(text)).encode(character_set)
    except UnicodeEncodeError:
        return False
    return True


def _parted(stretches: Sequence[Stretch], whole: str) -> list[Stretch]:
    """The same stretches, with an empty one wherever a line may end between two characters of a script that writes
    no spaces."""
    breaks = _opportunities(whole, stretches[0][0].language)
    parted: list[Stretch] = []
    start = 0
    for manner, text in stretches:
        position = 0
        for offset in sorted(offset for offset in breaks if start <= offset < start + len(text)):
            parted += [(manner, text[position : offset - start])] if offset - start > position else []
            parted.append((manner, ""))
            position = offset - start
        if position < len(text):
            parted.append((manner, text[position:]))
        start += len(text)
    return parted


def _opportunities(text: str, language: str) -> set[int]:
    found = icu.BreakIterator.createLineInstance(icu.Locale(language or "und"))
    found.setText(text)
    units = [0]  # UTF-16 units before each character, which is what the iterator counts in
    for character in text:
        units.append(units[-1] + (2 if character > "\uffff" else 1))
    places = {unit: place for place, unit in enumerate(units)}
    breaks = {places[unit] for unit in found}
    return {place for place in breaks if 0 < place < len(text) and _IS_UNSPACED.search(text[place - 1 : place + 1])}


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
    for cluster in clusters_of(text):
        if slices[-1] and width(slices[-1] + cluster, manner) > measure:
            slices.append("")
        slices[-1] += cluster
    return slices


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
    if words and ends[-1] - words[-1].space_width <= measure:
        return [list(words)]
    split = _split_in_two(words, ends, measure, hang, even)
    if split:
        return [list(words[:split]), list(words[split:])]
    fewest, smoothest = [0], [0.0]  # lines up to word i, and how bad they look
    start_of = [0] * (count + 1)
    for end, word in enumerate(words, start=1):
        last = end == count
        reach = ends[end] - word.space_width
        more = 1 if last or not word.stretches[-1][1].endswith(_HYPHENS) else 1 + _HYPHEN_DROPPED
        filled = last and not even
        least, best = _NEVER, 0.0
        for start in range(end - 1, -1, -1):
            room = measure - hang if start else measure
            slack = room - (reach - ends[start])
            if slack < -0.001 and start < end - 1:
                break
            lines = fewest[start] + more
            if lines > least:
                continue
            looks = smoothest[start] + _raggedness(words, start, slack, room, filled)
            if lines < least or looks < best:
                least, best, start_of[end] = lines, looks, start
        fewest.append(least)
        smoothest.append(best)
    found: list[list[Word]] = []
    end = count
    while end:
        found.append(list(words[start_of[end] : end]))
        end = start_of[end]
    found.reverse()
    return found


def _raggedness(words: Sequence[Word], start: int, slack: float, room: float, filled: bool) -> float:
    """How bad the line that begins with word `start` looks. A line that nothing has to fill is bad only where it is
    almost empty."""
    raggedness = 0.0 if filled and slack < 0.85 * room else (slack / room) ** 2
    if start and words[start].stretches[0][1] in _DASHES:
        raggedness += _DASH_LEADS
    return raggedness


def _split_in_two(words: Sequence[Word], ends: Sequence[float], measure: float, hang: float, even: bool) -> int:
    """The word that begins the second of two lines, as `break_lines` would choose it; 0 where two will not do."""
    found, best = 0, float("inf")
    full = ends[-1] - words[-1].space_width if words else 0.0
    for start in range(len(words) - 1, 0, -1):
        second = measure - hang - (full - ends[start])
        if second < -0.001:
            break
        first = measure - (ends[start] - words[start - 1].space_width)
        if first < -0.001 or words[start - 1].stretches[-1][1].endswith(_HYPHENS):
            continue
        raggedness = _raggedness(words, 0, first, measure, False)
        raggedness += _raggedness(words, start, second, measure - hang, not even)
        if raggedness < best:
            found, best = start, raggedness
    return found


def set_line(words: Sequence[Word], x: float, *, rtl: bool = False, own: bool = False) -> list[Piece]:
    """The pieces of one line, from left to right; `x`, from the edge where lines begin, is where the first word
    begins. `rtl` is the direction of the letter; text of its `own` (a name in its script) runs as its first letter does
    (UAX 9, P2 and P3), though it stands at the edge where lines of the letter begin.

    Each line ends with the space that was written there, so that a reader which joins lines does not run two words
    together.
    """
    merged = list(_merged(words))
    if rtl or any(not text.isascii() and RIGHT_TO_LEFT.search(text) for _, text, _ in merged):
        return _set_both_ways([(manner, text) for manner, text, _ in merged], x, rtl, own)
    pieces = []
    for manner, text, reach in merged:
        pieces.append(Piece(x, manner, text, reach))
        x += reach
    return pieces


def _merged(words: Sequence[Word]) -> Iterator[tuple[Manner, str, float]]:
    """The stretches of a line, as few as its manners allow, with how far each reaches."""
    manner: Manner | None = None
    texts: list[str] = []
    reach = 0.0
    for word in words:
        simple = len(word.stretches) == 1
        for given, text in word.stretches:
            if given is not manner and given != manner:
                if manner is not None:
                    yield manner, "".join(texts), reach
                manner, texts, reach = given, [], 0.0
            texts.append(text)
            reach += word.width if simple else width(text, given)
        if word.space is not None:
            if word.space is not manner and word.space != manner and manner is not None:
                yield manner, "".join(texts), reach
                manner, texts, reach = word.space, [], 0.0
            texts.append(" ")
            reach += word.space_width
    if manner is not None:
        yield manner, "".join(texts), reach


def _set_both_ways(stretches: Sequence[Stretch], x: float, rtl: bool, own: bool) -> list[Piece]:
    runs: list[tuple[Manner, str, int]] = []
    whole = "".join(text for _, text in stretches)
    level_of = iter(levels(whole, rtl=runs_to_the_left(whole, otherwise=rtl) if own else rtl))
    for manner, text in stretches:
        start = len(runs)
        for character in text:
            level = next(level_of)
            if len(runs) > start and runs[-1][2] == level:
                runs[-1] = (manner, runs[-1][1] + character, level)
            else:
                runs.append((manner, character, level))
    ordered = visual_order([level for _, _, level in runs])
    pieces = []
    for place in reversed(ordered) if rtl else ordered:
        manner, text, level = runs[place]
        reach = width(text, manner, rtl=bool(level % 2))
        pieces.append(Piece(x, manner, text, reach, rtl=bool(level % 2), place=place))
        x += reach
    return pieces[::-1] if rtl else pieces
