"""Pairs of letters, each shaped once, from which words are put together.

May import the standard library only. Right for faces whose rules never look at more than two neighbouring glyphs, as
kerning does: what a letter is and how far it reaches then depends on the letter after it alone. A pair that is more
than that (a ligature, a mark, a letter drawn otherwise beside another) is none here, and its word is shaped whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

END = " "
"""Stands for what follows the last letter of a word."""


class Letter(NamedTuple):
    """A letter before another: the inside of a hexadecimal TJ string that draws it, how far the next one is from it
    in units of the face, and its glyph with what it says."""

    code: str
    advance: int
    says: tuple[int, str]


class Shaped(Protocol):
    """What the shaping of one or two letters gives (`shaping.Run`)."""

    plain: str | None
    advance: int
    count: int
    says: frozenset[tuple[int, str]]


class Pairs(dict[tuple[str, str], Letter | None]):
    """Of each letter before another (or before `END`) the letter; None where the two are more than their sum, or not
    both of the characters that go by pairs."""

    def __init__(self, characters: frozenset[str], shape: Callable[[str], Shaped]) -> None:
        self._characters = characters
        self._shape = shape

    def __missing__(self, pair: tuple[str, str]) -> Letter | None:
        first = self._alone(pair[0])
        found = first
        if pair[1] != END:
            second, both = self._alone(pair[1]), self._shape(pair[0] + pair[1])
            found = None
            if first and second and both.plain and both.count == 2 and both.says == {first.says, second.says}:
                code = both.plain.removesuffix(second.code)
                if code.startswith(first.code) and code != both.plain:
                    found = Letter(code, both.advance - second.advance, first.says)
        self[pair] = found
        return found

    def _alone(self, letter: str) -> Letter | None:
        if letter not in self._characters:
            return None
        run = self._shape(letter)
        if run.plain is None or run.count != 1:
            return None
        (says,) = run.says
        return Letter(run.plain, run.advance, says)
