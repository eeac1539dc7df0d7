"""What all parts of one letter share: its sheet, its direction, its fixed words; and lines set by it.

May import its siblings, `signing.domain.letter_text`, `signing.locale` and the standard library.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from signing.adapters.typeset import scripts
from signing.adapters.typeset.fixed_words import FixedWords
from signing.adapters.typeset.lines import Piece, Word, set_line
from signing.adapters.typeset.paper import PAPERS, Paper
from signing.domain.letter_text import LetterText
from signing.locale import text_direction

_FIRST_RIGHT_TO_LEFT = "\u0590"


@dataclass(frozen=True, slots=True)
class Layout:
    """How one letter is laid out. `rtl`: lines begin at the right, and everything is mirrored."""

    paper: Paper
    language: str
    rtl: bool
    looseness: float
    """How much further apart lines are set than in a Latin letter."""
    words: FixedWords
    foreign_words: str | None
    """The language of the fixed words where it is not the letter's."""

    @classmethod
    def of(cls, text: LetterText, paper: str) -> Layout:
        """The layout of a letter on `a4` or `letter`; ValueError for other paper."""
        if paper not in PAPERS:
            raise ValueError(f"paper must be one of {', '.join(PAPERS)}, not {paper!r}")
        return cls._in(text.language, PAPERS[paper], text.body)

    @classmethod
    def without_text(cls, language: str) -> Layout:
        """The layout of a letter of this language, its lines as far apart as those of the words we have in it."""
        return cls._in(language, PAPERS["a4"], FixedWords(language).signatories)

    @classmethod
    def _in(cls, language: str, paper: Paper, text: str) -> Layout:
        words = FixedWords(language)
        foreign = None if language.split("-")[0] == words.language.split("-")[0] else words.language
        return cls(paper, language, text_direction(language) == "rtl", scripts.looseness(text), words, foreign)

    def line(self, words: Sequence[Word], x: float, *, rtl: bool) -> list[Piece]:
        """The pieces of one line from `x` on. A line that runs against the letter (English in an Arabic one) still
        begins at the letter's edge: its pieces change places within it."""
        pieces = set_line(words, x, rtl=rtl)
        if rtl == self.rtl or not pieces:
            return pieces
        turned = x + x + sum(piece.width for piece in pieces) - words[-1].space_width
        return [replace(piece, x=turned - piece.x - piece.width) for piece in pieces]

    def runs_right_to_left(self, texts: Sequence[str]) -> bool:
        """The direction of a line: the letter's, unless all its letters are of the other."""
        if not self.rtl and all(not text or max(text) < _FIRST_RIGHT_TO_LEFT for text in texts):
            return False
        found = {unicodedata.bidirectional(character) for text in texts for character in text}
        leftwards, rightwards = not found.isdisjoint(("R", "AL")), "L" in found
        return self.rtl if leftwards == rightwards else leftwards
