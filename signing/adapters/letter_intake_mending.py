"""Paragraphs that a page break cut in two, found and joined.

May import `signing.domain.letter_text_reader` and `letter_intake_lines`. The sign is a paragraph that begins in
lower case after one that does not end a sentence (DESIGN 8: proposed at import, shown, never after opening).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from signing.domain.letter_text_reader import Remark

from .letter_intake_lines import Line, first_words, last_words

_LIST_MARK = re.compile(r"\s*(?:[-+*]|\d{1,9}[.)])\s")
_NO_PROSE = re.compile(r"\s{4}|\s*(?:#|>|\||```|~~~|\[\^|\[[^\]]+\]:)")
_SENTENCE_END = frozenset(".!?:;…。！？：；؟")
_ASIDE = "*_\"'”’»)]› "

LONGEST_GREETING = 60


def mend_cuts(lines: Sequence[Line], *, apply: bool) -> tuple[list[Line], list[Remark]]:
    """Join paragraphs that were cut, or (without `apply`, or where a list makes it doubtful) only propose it."""
    paragraphs = [list(group) for filled, group in groupby(lines, key=lambda line: bool(line.text.strip())) if filled]
    mended: list[list[Line]] = []
    remarks: list[Remark] = []
    for at, paragraph in enumerate(paragraphs):
        before = mended[-1] if mended else None
        if before is None or not _is_cut(before, paragraph):
            mended.append(paragraph)
            continue
        end, begin = before[-1], paragraph[0]
        cut = f'"{last_words(end.text)}" and "{first_words(begin.text.strip())}"'
        # After the last item of a list a line in lower case may as well be the paragraph that follows the list.
        sure = not _LIST_MARK.match(before[0].text) or (
            at + 1 < len(paragraphs) and _LIST_MARK.match(paragraphs[at + 1][0].text) is not None
        )
        if apply and sure:
            # Without the empty line between them they are one paragraph, and each line keeps its number.
            mended[-1] = [*before, *paragraph]
            message = f"{cut} were two paragraphs and are joined. If that is wrong, import the file as it is (--as-is)."
            remarks.append(Remark(begin.number, "joined", message))
        else:
            mended.append(paragraph)
            message = f"{cut} look like one paragraph cut in two. If so, join them in the file."
            remarks.append(Remark(begin.number, "cut-paragraph", message))
    result: list[Line] = []
    for paragraph in mended:
        if result:
            result.append(Line(paragraph[0].number, ""))
        result += paragraph
    return result, remarks


def _is_cut(before: Sequence[Line], after: Sequence[Line]) -> bool:
    begin, end = after[0].text, before[-1].text
    if _NO_PROSE.match(begin) or _NO_PROSE.match(before[0].text) or _LIST_MARK.match(begin):
        return False
    words = begin.lstrip(_ASIDE + "([“‘«")
    stop = end.rstrip(_ASIDE)
    if stop.endswith(",") and len(before) == 1 and len(stop) <= LONGEST_GREETING:
        return False  # "Madame," and what follows in lower case: a greeting, not a cut
    return words[:1].islower() and stop != "" and stop[-1] not in _SENTENCE_END
