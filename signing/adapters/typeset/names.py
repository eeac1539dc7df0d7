"""A name of the signatory list as rows: its acronym tied to it, an affiliation, its name in its own script below.

May import its siblings and `signing.evidence.signatory`. A list may hold a hundred thousand
names: what fits on one line takes the short way, and only what needs more is made into words and lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from signing.adapters.typeset import scripts
from signing.adapters.typeset.blocks import Frame, paragraph, tied_together
from signing.adapters.typeset.fonts import GREY, NO_BREAK_SPACE, printable, width
from signing.adapters.typeset.lines import Piece
from signing.adapters.typeset.pages import Row
from signing.adapters.typeset.structure import Element
from signing.evidence.signatory import Signatory

_OWN_ACRONYM = re.compile(r" (\(\S+\))$")  # "Pacific Network on Globalisation (PANG)"
# Readers drop a hyphen at the end of a line, and a dash at its beginning is ugly: each is tied where it does no harm.
_HYPHEN_APART = re.compile(r" ([-\u2010]) ")
_DASH_APART = re.compile(r" ([–—]) ")
# Letters that may run from right to left or be divided between lines without a space, and what is not seen.
_FAR = re.compile("[\u0590-\u1dff\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2e80-\U0010ffff]")


class Shown(NamedTuple):
    """What is printed of a signatory: its name, what follows it in grey, its name in its own script."""

    name: str
    after: str
    native: str | None


def shown(signatories: Sequence[Signatory], before_role: str) -> list[Shown]:
    """What is printed of each. An organisation's acronym follows its name, the role of a person who signs for
    themselves theirs; `before_role` stands between.

    Raises:
        Refusal: `no-glyph`, naming the organisation and the character.
    """
    found = []
    for signatory in signatories:
        name, after = signatory.listed_as, ""
        if not (name.isascii() and name.isprintable()):  # which every face has
            name = printable(name, f"the name of “{name}”")
        if name[-1:] == ")":
            name = _OWN_ACRONYM.sub(f"{NO_BREAK_SPACE}\\1", name)
        if signatory.acronym:
            acronym = printable(signatory.acronym, f"the acronym of “{signatory.listed_as}”")
            after = f"{NO_BREAK_SPACE}({acronym})"
        elif signatory.role and signs_alone(signatory):
            after = before_role + printable(signatory.role, f"the role of “{signatory.listed_as}”")
        native = signatory.native_name
        if native:
            native = printable(native, f"the name of “{signatory.listed_as}” in its own script")
        found.append(Shown(name, after, native))
    return found


def signs_alone(signatory: Signatory) -> bool:
    """Whether a person signs for themselves: the name on the list is the person's own."""
    name, person = signatory.listed_as, signatory.person
    if name.isascii() and person.isascii():
        return len(name) == len(person) and name.lower() == person.lower()
    return unicodedata.normalize("NFC", name).casefold() == unicodedata.normalize("NFC", person).casefold()


def _is_near(text: str) -> bool:
    return text.isascii() or not _FAR.search(text)


class NameRows:
    """Sets names in one setting and measure, both of `frame`; `gap` stands above each."""

    def __init__(self, frame: Frame, gap: float) -> None:
        setting = frame.setting
        self._frame = frame
        self._measure = frame.measure
        self._rtl = frame.layout.rtl
        self._gap = gap
        self._leading = setting.leading
        self._manner = setting.manner()
        self._grey = replace(self._manner, colour=GREY)
        self._hang = round(setting.size * 0.95, 1)
        self._space = width(" ", self._manner)
        self._widths: dict[str, float] = {"": 0.0}

    def rows(self, one: Shown, item: Element) -> list[Row]:
        """The rows of one name, all tied together; `item` is its `LI`."""
        name, after, native = one
        element = Element("LBody")
        item.kids.append(element)
        if _is_near(name) and _is_near(after):
            reach = width(name, self._manner, rtl=False)
            more = width(after, self._grey, rtl=False) if after else 0.0
            if reach + more <= self._measure:
                pieces = self._pieces(name, reach, after, more, 0.0, 0.0)
                rows = [Row(pieces, self._leading, self._gap, False, None, element)]
            else:
                rows = self._filled(name, after, element)
        else:
            rows = self._in_words(name, after, element)
        if native:
            rows += self._native(native, element)
        return rows

    def _pieces(self, name: str, reach: float, after: str, more: float, x: float, space: float) -> list[Piece]:
        """A line of Latin: `name`, then `after` in grey; `space` is the width of the space it ends with. In a
        right-to-left letter it still runs to the right, before the edge."""
        pieces = []
        if name:
            start = x + more - space if self._rtl else x
            pieces.append(Piece(start, self._manner, name, reach))
        if after:
            start = x - space if self._rtl else x + reach
            pieces.append(Piece(start, self._grey, after, more))
        return pieces

    def _filled(self, name: str, after: str, element: Element) -> list[Row]:
        """A name of several lines, each as full as can be."""
        if "-" in name or "\u2010" in name:
            name = _HYPHEN_APART.sub(f" \\1{NO_BREAK_SPACE}", name)
        if "–" in name or "—" in name:
            name = _DASH_APART.sub(f"{NO_BREAK_SPACE}\\1 ", name)
        words = [(word, "") for word in name.split(" ")]
        if after:
            tied, *others = after.split(" ")
            words[-1] = (words[-1][0], tied)
            words += [("", word) for word in others]
        room = self._measure
        reaches = [self._width(word) + self._width(grey) for word, grey in words]
        if max(reaches) > room - self._hang:
            return self._in_words(name, after, element)
        rows: list[Row] = []
        start, used = 0, reaches[0]
        for end in range(1, len(words) + 1):
            if end < len(words) and used + self._space + reaches[end] <= room:
                used += self._space + reaches[end]
                continue
            rows.append(self._line(words[start:end], end == len(words), 0.0 if not rows else self._hang, element))
            if end < len(words):
                start, used, room = end, reaches[end], self._measure - self._hang
        rows[0].gap = self._gap
        return tied_together(rows)

    def _line(self, words: Sequence[tuple[str, str]], last: bool, x: float, element: Element) -> Row:
        names = [word for word, _ in words if word]
        greys = [grey for _, grey in words if grey]
        reach, more = self._reach(names), self._reach(greys)
        name, after = " ".join(names), " ".join(greys)
        if last:
            return Row(self._pieces(name, reach, after, more, x, 0.0), self._leading, element=element)
        if greys:
            after, more = after + " ", more + self._space
        else:
            name, reach = name + " ", reach + self._space
        return Row(self._pieces(name, reach, after, more, x, self._space), self._leading, element=element)

    def _reach(self, words: Sequence[str]) -> float:
        return sum(map(self._width, words)) + self._space * (len(words) - 1) if words else 0.0

    def _width(self, word: str) -> float:
        reach = self._widths.get(word)
        if reach is None:
            reach = self._widths[word] = width(word, self._manner, rtl=False)  # grey words are as wide
        return reach

    def _in_words(self, name: str, after: str, element: Element) -> list[Row]:
        """The long way, for what a line is not simply filled with: other scripts, a word wider than the column."""
        stretches = [(self._manner, name), (self._grey, after)] if after else [(self._manner, name)]
        rows = paragraph(stretches, self._frame, self._gap, element=element, hang=self._hang)
        return tied_together(rows)

    def _native(self, native: str, element: Element) -> list[Row]:
        setting = self._frame.setting
        language = scripts.likely_language(native)
        setting = replace(
            setting,
            size=round(setting.size * 0.94, 2),
            leading=setting.leading / self._frame.layout.looseness * scripts.looseness(native),
            colour=GREY,
            language=language or setting.language,
        )
        frame = replace(self._frame, setting=setting, left=self._frame.left + self._hang)
        span = element.child("Span", language=language, actual_text=native)
        rows = paragraph([(setting.manner(), native)], frame, 0.0, element=span)
        for row in rows:
            row.tied = True
        return rows
