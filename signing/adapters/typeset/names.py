"""A name of the signatory list as rows: its acronym tied to it, an affiliation, its name in its own script below.

May import its siblings and `signing.evidence.signatory`. A list may hold a hundred thousand
names: what fits on one line takes the short way, and only what needs more is made into words and lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from signing.adapters.typeset import scripts
from signing.adapters.typeset.blocks import Frame, paragraph, tied_together
from signing.adapters.typeset.fonts import GREY, NO_BREAK_SPACE, printable
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
_WHITE = str.maketrans("\t\n", "  ")  # a name is one line, whoever wrote the evidence


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
            name = _printed(name, f"the name of “{name}”")
        if name[-1:] == ")":
            name = _OWN_ACRONYM.sub(f"{NO_BREAK_SPACE}\\1", name)
        if signatory.acronym:
            acronym = _printed(signatory.acronym, f"the acronym of “{signatory.listed_as}”")
            after = f"{NO_BREAK_SPACE}({acronym})"
        elif signatory.role and signs_alone(signatory):
            after = before_role + _printed(signatory.role, f"the role of “{signatory.listed_as}”")
        native = signatory.native_name
        if native:
            native = _printed(native, f"the name of “{signatory.listed_as}” in its own script")
        found.append(Shown(name, after, native))
    return found


def _printed(text: str, place: str) -> str:
    text = printable(text, place)
    return text.translate(_WHITE) if "\t" in text or "\n" in text else text


def signs_alone(signatory: Signatory) -> bool:
    """Whether a person signs for themselves: the name on the list is the person's own."""
    name, person = signatory.listed_as, signatory.person
    if name.isascii() and person.isascii():
        return len(name) == len(person) and name.lower() == person.lower()
    return unicodedata.normalize("NFC", name).casefold() == unicodedata.normalize("NFC", person).casefold()


def _is_near(text: str) -> bool:
    return text.isascii() or not _FAR.search(text)


class NameRows:
    """Sets names in one setting and measure, both of `frame`; `gap` stands above each. `reach` tells how far text
    reaches in that setting."""

    def __init__(self, frame: Frame, gap: float, reach: Callable[[str], float]) -> None:
        setting = frame.setting
        self._frame = frame
        self._measure = frame.measure
        self._rtl = frame.layout.rtl
        self._gap = gap
        self._leading = setting.leading
        self._manner = setting.manner()
        self._grey = replace(self._manner, colour=GREY)
        self._hang = round(setting.size * 0.95, 1)
        self._reach = reach  # grey words are as wide
        self._reach_of_word = cache(reach)
        self._space = reach(" ")

    def rows(self, one: Shown, item: Element) -> list[Row]:
        """The rows of one name, all tied together; `item` is its `LI`."""
        name, after, native = one
        element = Element("LBody")
        item.kids.append(element)
        if _is_near(name) and _is_near(after):
            reach = self._reach(name)
            more = self._reach(after) if after else 0.0
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
        lines: list[tuple[int, int, float]] = []  # from, to, how far it reaches
        start, used, room, place = 0, 0.0, self._measure, 0
        for word in (name + after).split(" "):
            reach = self._reach_of_word(word)
            if reach > self._measure - self._hang:
                return self._in_words(name, after, element)
            if used + reach > room:
                lines.append((start, place, used))
                start, used, room = place, 0.0, self._measure - self._hang
            used += reach + self._space
            place += len(word) + 1
        lines.append((start, place, used - self._space))
        grey_from = len(name)
        rows = []
        for start, end, reach in lines:
            words, grey = name[start:end], after[max(start - grey_from, 0) : max(end - grey_from, 0)]
            more = self._reach(grey) if grey else 0.0
            x, space = (self._hang if start else 0.0), (self._space if end < place else 0.0)
            rows.append(Row(self._pieces(words, reach - more, grey, more, x, space), self._leading, element=element))
        rows[0].gap = self._gap
        return tied_together(rows)

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
