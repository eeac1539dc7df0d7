"""Pairs of letters, each shaped once, from which whole lines are put together.

May import the standard library only. Right for faces whose rules never look at more than two neighbouring glyphs, as
kerning does: what a letter is and how far it reaches then depends on the letter after it alone. A pair that is more
than that (a ligature, a mark, a letter drawn otherwise beside another) is none here, and its word is shaped whole.
Spaces stand by themselves: no letter looks beyond one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

END = " "
"""Stands for what follows the last letter of a text."""
_SPACES = " \u00a0"
_CODE = 4
"""Hexadecimal digits of the code of a glyph."""
_KEPT = 100_000

Pair = tuple[str, str]


class Letter(NamedTuple):
    """A letter before another: its glyph and what it says, how far the next one is from it in units of the face, and
    the move to there behind its code in a hexadecimal TJ string."""

    says: tuple[int, str]
    advance: int
    move: str


class Shaped(Protocol):
    """What the shaping of one or two letters gives (`shaping.Run`)."""

    plain: str | None
    advance: int
    count: int
    says: frozenset[tuple[int, str]]


def in_pairs(text: str) -> Iterator[Pair]:
    """Each letter of the text with the one after it."""
    return zip(text, text[1:] + END, strict=False)


class Pairs(dict[Pair, Letter | None]):
    """Of each letter before another (or before `END`) the letter; None where the two are more than their sum, or not
    both of the characters that go by pairs."""

    def __init__(self, characters: frozenset[str], shape: Callable[[str], Shaped]) -> None:
        self._characters = characters
        self._shape = shape
        self._reach_of = _Reaches(self).__getitem__

    def reach(self, text: str) -> float:
        """How far a text reaches, in units of the face; infinite where it is not all put together from pairs."""
        return sum(map(self._reach_of, zip(text, text[1:] + END, strict=False)))

    def __missing__(self, pair: Pair) -> Letter | None:
        if len(self) >= _KEPT:
            self.clear()
        found = self[pair] = self._found(*pair)
        return found

    def _found(self, letter: str, following: str) -> Letter | None:
        alone = self._alone(letter)
        if alone is None or letter in _SPACES or following in _SPACES:
            return alone and Letter(*alone[1:], "")
        after = self._alone(following)
        if after is None:
            return None
        both = self._shape(letter + following)
        if not both.plain or both.count != 2 or both.says != {alone[1], after[1]}:
            return None
        code = both.plain.removesuffix(after[0])
        if code == both.plain or not code.startswith(alone[0]):
            return None
        return Letter(alone[1], both.advance - after[2], code.removeprefix(alone[0]))

    def _alone(self, letter: str) -> tuple[str, tuple[int, str], int] | None:
        """Its code, what it says, how far it reaches."""
        if letter not in self._characters and letter not in _SPACES:
            return None
        run = self._shape(END if letter in _SPACES else letter)
        if run.plain is None or run.count != 1 or len(run.plain) != _CODE:
            return None
        (says,) = run.says
        return run.plain, says, run.advance


class _Reaches(dict[Pair, float]):
    """How far each pair's letter reaches: what is asked for most, by itself."""

    def __init__(self, pairs: Pairs) -> None:
        self._pairs = pairs

    def __missing__(self, pair: Pair) -> float:
        if len(self) >= _KEPT:
            self.clear()
        letter = self._pairs[pair]
        found = self[pair] = math.inf if letter is None else letter.advance
        return found
