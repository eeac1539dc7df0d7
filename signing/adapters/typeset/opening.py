"""Everything above the first paragraph: whom the letter is for, place and date, reference, salutation, title.

May import its siblings and `signing.domain.letter_text`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from signing.adapters.typeset.blocks import Frame, fixed, plain, tied_together
from signing.adapters.typeset.pages import Pages, Row
from signing.adapters.typeset.setting import BLOCK_GAP, BODY, LABEL, PARAGRAPH_GAP, STRONG, TITLE, Setting
from signing.adapters.typeset.structure import Element
from signing.domain.letter_text import LetterText

_TWO_COLUMNS_FROM = 4
_LABEL_GAP = 9.0


def place_opening(pages: Pages, text: LetterText, frame: Frame) -> None:
    """Places what stands above the first paragraph; the title stays with what follows it."""
    words = frame.layout.words
    to: list[Sequence[str]] = []
    copies: list[Sequence[str]] = []
    for block in text.addressees:
        rest = words.of_a_copy(block[0])
        if rest is None:
            to.append(block)
        else:
            copies.append([rest, *block[1:]] if rest else block[1:])
    _place_addressees(pages, words.to, to, frame, STRONG)
    _place_addressees(pages, words.copy_to, copies, frame, BODY)
    rows: list[Row] = []
    date = words.place_and_date(text.place, text.date_line) if text.place else text.date_line
    if date:
        rows += plain(date, "the date line", frame, BLOCK_GAP)
    if text.reference:
        rows += plain(text.reference, "the reference", frame, 0.0 if date else BLOCK_GAP)
    if text.salutation:
        rows += plain(text.salutation, "the salutation", frame, BLOCK_GAP)
    title = frame.set_in(TITLE)
    rows += tied_together(plain(text.title, "the title", title, 8.0, element=frame.parent.child("H1"), even=True))
    pages.flow(rows)


def _place_addressees(
    pages: Pages, label: str, addressees: Sequence[Sequence[str]], frame: Frame, first_line: Setting
) -> None:
    """Places address blocks under one label, one below the other or, when there are many, in two columns."""
    if not any(addressees):
        return
    layout = frame.layout
    heading = fixed(label, frame.set_in(LABEL), _LABEL_GAP)
    count = 2 if len(addressees) >= _TWO_COLUMNS_FROM else 1
    narrow = replace(frame, right=layout.paper.measure - layout.paper.column(count))
    cells = []
    for block in addressees:
        element = Element("P")
        rows: list[Row] = []
        for number, line in enumerate(block):
            inner = narrow.set_in(BODY if number else first_line)
            rows += plain(line, "an addressee", inner, 0.0 if number else PARAGRAPH_GAP, element=element)
        if rows:
            frame.parent.kids.append(element)
            cells.append(tied_together(rows))
    pages.columns(heading, cells, count)
