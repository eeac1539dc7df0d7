"""What is said about a Word document: changes, comments, and all that a letter cannot show.

May import `signing.domain` and the standard library. What happens in many places is told once, with how often;
what somebody wrote or struck out is told each time, up to a bound.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from signing.domain.letter_text_reader import Remark

MOST_OF_A_KIND: Final = 60
_QUOTED: Final = 160

_EACH: Final = {
    "tracked-insertion": "Inserted words, not yet accepted, were taken: {words}.",
    "tracked-deletion": "Words marked as deleted were left out: {words}.",
    "comment": "A comment says: {words} It is not part of the letter.",
    "hidden-text": "Hidden words were left out: {words}.",
    "link-nowhere": "The link {words} is kept as plain words. A link of a letter begins with https:// or mailto:.",
    "text-box": "A box of text is kept as a paragraph here: {words}.",
    "table": "A letter has no tables; the cells of this one are kept as paragraphs.",
    "picture": "A picture or drawing was left out{words}.",
    "margin": "What stands at the head or foot of the pages was left out: {words}.",
    "other-document": "Another document that is embedded here was left out.",
    "footnote-lost": "A footnote of the opening has no place in a letter and was left out: {words}.",
    "footnote-empty": "A footnote without words was left out.",
    "language-guessed": "The language is taken from the document: {words}. If that is wrong, say it beside the file.",
    "hidden-character": "Characters that nobody can see were taken out: {words}.",
}
_ONCE: Final = {
    "format-change": ("Tracked changes of formatting were ignored", "format"),
    "struck-through": ("Words that are struck through are kept as words", "strike"),
    "underline": ("Underlined words are kept without their line", "underline"),
    "highlight": ("Words marked with a colour are kept without it", "highlight"),
    "field": ("Fields that the word processor fills in are kept as their present words", "field"),
    "formula": ("Formulas are kept as plain characters", "formula"),
    "raised": ("Raised or lowered characters stand on the line now", "raised"),
    "letters": ("Items counted in letters or Roman figures are counted in figures", "letters"),
    "symbol": ("Characters of a symbol font were left out", "symbol"),
}


@dataclass(slots=True)
class Notices:
    """Collects what is said, by the paragraph it is about."""

    remarks: list[Remark] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _first: dict[str, tuple[int, str]] = field(default_factory=dict)

    def say(self, number: int, code: str, words: str = "") -> None:
        count = self._counts[code] = self._counts.get(code, 0) + 1
        if code in _ONCE:
            self._first.setdefault(code, (number, words))
        elif count <= MOST_OF_A_KIND:
            self.remarks.append(Remark(number, code, _EACH[code].format(words=words)))
        elif count == MOST_OF_A_KIND + 1:
            message = f"There are more than {MOST_OF_A_KIND} of this kind; the others are not shown."
            self.remarks.append(Remark(number, code, message))

    def all(self) -> list[Remark]:
        """Every remark, and one that sums up the tracked changes."""
        changes = [each.line for each in self.remarks if each.code.startswith("tracked-")]
        count = sum(self._counts.get(code, 0) for code in ("tracked-insertion", "tracked-deletion"))
        summed = []
        if count:
            many = "a tracked change" if count == 1 else f"{count} tracked changes"
            message = (
                f"The document has {many} that nobody has accepted. Inserted words were taken, deleted words left out, "
                "as if all were accepted. Look at each."
            )
            summed.append(Remark(min(changes), "tracked-changes", message))
        for code, (number, words) in self._first.items():
            times = self._counts[code]
            where = "" if times == 1 else f", {times} times in all"
            message = f"{_ONCE[code][0]}{where}{f': {words}' if words else ''}."
            summed.append(Remark(number, code, message))
        return sorted([*summed, *self.remarks], key=lambda remark: remark.line)


def quoted(words: str) -> str:
    """Words in quotation marks, cut where they are long."""
    words = " ".join(words.split())
    return f"“{words if len(words) <= _QUOTED else words[: _QUOTED - 1] + '…'}”"
