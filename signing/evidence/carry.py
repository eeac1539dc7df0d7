"""Does an approval of one version cover the next? (EVIDENCE 4.3, *Carry*); may import `letter_file`.

Recomputed by everybody from the files alone; nobody's judgement enters.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from .errors import EvidenceError
from .letter_file import LetterFile

_QUOTES_AND_DASHES: Final = str.maketrans(
    {
        **dict.fromkeys(map(chr, (*range(0x201C, 0x2020), 0xAB, 0xBB)), '"'),
        **dict.fromkeys(map(chr, range(0x2018, 0x201C)), "'"),
        **dict.fromkeys(map(chr, (*range(0x2010, 0x2016), 0x2212)), "-"),
    }
)
_WHITE_SPACE = re.compile(r"\s+")


class Change(Enum):
    """What one version changed against the version before it."""

    NOTHING = "nothing"
    TYPOGRAPHY = "typography"
    WORDS = "words"

    def carries(self, accepts_typography: bool) -> bool:
        """Tell whether an approval survives this change."""
        return self is Change.NOTHING or (self is Change.TYPOGRAPHY and accepts_typography)


def change_between(older: Mapping[str, bytes | None], newer: Mapping[str, bytes | None]) -> Change:
    """Compare two versions, each given as its files by language; a file that is not at hand is None.

    Equal digests are for the caller to see: a file not at hand counts as changed.
    """
    if older.keys() != newer.keys() or not older:
        return Change.WORDS
    pairs = [(older[language], newer[language]) for language in older]
    if any(before is None or after is None for before, after in pairs):
        return Change.WORDS
    if all(before == after for before, after in pairs):
        return Change.NOTHING
    same = all(_same_words(before, after) for before, after in pairs if before is not None and after is not None)
    return Change.TYPOGRAPHY if same else Change.WORDS


def _same_words(before: bytes, after: bytes) -> bool:
    try:
        old, new = LetterFile.from_bytes(before), LetterFile.from_bytes(after)
    except EvidenceError:
        return False
    return old.header_line == new.header_line and plain(old.body) == plain(new.body)


def plain(body: str) -> str:
    """Give a body with white space, quotation marks and dashes in one style each: rules (a) to (c)."""
    return _WHITE_SPACE.sub(" ", body).translate(_QUOTES_AND_DASHES)
