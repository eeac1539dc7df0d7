"""The words of the letter as rows: paragraphs, headings, lists, quotations, notes, each with its structure.

May import its siblings and `signing.domain.letter_text`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from signing.adapters.typeset import fonts
from signing.adapters.typeset.fonts import ACCENT, GREY, INK, printable
from signing.adapters.typeset.layout import Layout
from signing.adapters.typeset.lines import Piece, Stretch, break_lines, words_of
from signing.adapters.typeset.pages import Row, Shape
from signing.adapters.typeset.setting import (
    BLOCK_GAP,
    HEADING_GAP,
    HEADINGS,
    ITEM_GAP,
    NOTE,
    PARAGRAPH_GAP,
    Setting,
)
from signing.adapters.typeset.structure import Element
from signing.domain.letter_text import Block, Heading, ItemList, LetterText, Paragraph, Quotation, Run

ITEM_INDENT = 14.6
QUOTATION_INDENT = 20.0
BULLETS = ("•", "–", "·")
_NUMBERING = ("Disc", "None", "Circle")
_MARKS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
SUPERIOR = str.maketrans("0123456789", _MARKS)
_NOTE_RULE = 60.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Where rows stand: the layout, the element that holds them, the setting, the indents, and how deep in lists."""

    layout: Layout
    parent: Element
    setting: Setting
    left: float = 0.0
    right: float = 0.0
    depth: int = 0

    @property
    def measure(self) -> float:
        """The length of a line."""
        return self.layout.paper.measure - self.left - self.right

    def set_in(self, setting: Setting) -> Frame:
        """The same place with another setting, in the letter's language and with its distance of lines."""
        leading = setting.leading * self.layout.looseness
        return replace(self, setting=replace(setting, language=self.layout.language, leading=leading))


def paragraph(
    stretches: Sequence[Stretch],
    frame: Frame,
    gap: float,
    *,
    element: Element | None = None,
    even: bool = False,
    hang: float = 0.0,
) -> list[Row]:
    """The rows of one paragraph, a `P` unless an element is given; its first two lines stay together, and its last
    two. A line feed in the text ends a line. `left` of the frame is the edge where lines begin."""
    element = element or frame.parent.child("P")
    rtl = frame.layout.runs_right_to_left([text for _, text in stretches])
    lines = [
        line for part in _parted(stretches) for line in break_lines(words_of(part), frame.measure, even=even, hang=hang)
    ]
    inside = _Inside(element, frame.setting)
    rows = []
    for number, line in enumerate(lines):
        pieces = inside.told(frame.layout.line(line, frame.left + (hang if number else 0.0), rtl=rtl))
        tied = number == 1 or 0 < number == len(lines) - 1
        rows.append(Row(pieces, frame.setting.leading, 0.0 if number else gap, tied, element=element))
    return rows


@dataclass(slots=True)
class _Inside:
    """What stands inside a paragraph: links, each one element over all its lines, and marks of notes."""

    element: Element
    setting: Setting
    href: str | None = None
    link: Element | None = field(default=None)

    def told(self, pieces: list[Piece]) -> list[Piece]:
        """The same pieces, each with the element it belongs to."""
        told = []
        for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
            href = piece.manner.href
            inside = following is not None and following.manner.href == self.href
            if href is None and self.href and inside and not piece.text.strip():
                piece = replace(piece, manner=replace(piece.manner, href=self.href))  # a space within a link
            told.append(self._told(piece))
        return told

    def _told(self, piece: Piece) -> Piece:
        href = piece.manner.href
        if href != self.href:
            self.href, self.link = href, self.element.child("Link") if href else None
        if self.link:
            return replace(piece, element=self.link)
        if piece.manner == self.setting.mark and not piece.text.strip(_MARKS):
            return replace(piece, element=self.element.child("Reference"))
        return piece


def _parted(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    parts: list[list[Stretch]] = [[]]
    for manner, text in stretches:
        first, *others = text.split("\n")
        parts[-1].append((manner, first))
        parts += [[(manner, line)] for line in others]
    return parts


def plain(
    text: str, place: str, frame: Frame, gap: float, *, element: Element | None = None, even: bool = False
) -> list[Row]:
    """The rows of a text without runs; `place` says in a refusal where it stands."""
    return paragraph([(frame.setting.manner(), printable(text, place))], frame, gap, element=element, even=even)


def fixed(text: str, frame: Frame, gap: float, *, tag: str = "P") -> list[Row]:
    """The rows of fixed words, with their language where it is not the letter's."""
    frame = replace(frame, setting=frame.setting.suiting(text))
    return plain(text, "a line around the letter", frame, gap, element=fixed_element(frame, tag))


def fixed_element(frame: Frame, tag: str) -> Element:
    """An element for fixed words, which are English in a letter of a language we have no words of."""
    return frame.parent.child(tag, language=frame.layout.foreign_words)


def body(text: LetterText, frame: Frame) -> list[Row]:
    """The letter itself, its notes and its closing, in the order of the plain text."""
    rows = _Body().blocks(text.blocks, frame, first_gap=10.4) + _notes(text, frame)
    if text.closing:
        rows += plain(text.closing, "the closing", frame, BLOCK_GAP)
    return rows


class _Body:
    """Sets blocks one after the other; the levels of headings are those of the structure, none left out."""

    def __init__(self) -> None:
        self._levels: list[int] = []

    def blocks(self, blocks: Sequence[Block], frame: Frame, *, first_gap: float, item: bool = False) -> list[Row]:
        rows: list[Row] = []
        previous: Block | None = None
        for block in blocks:
            gap = (ITEM_GAP if item else PARAGRAPH_GAP) if previous else first_gap
            new = self._block(block, frame, gap)
            follows_lead_in = isinstance(block, ItemList) and isinstance(previous, Paragraph)
            if new and (follows_lead_in or isinstance(previous, Heading)):
                new[0].tied = True
            rows += new
            previous = block
        return rows

    def _block(self, block: Block, frame: Frame, gap: float) -> list[Row]:
        if isinstance(block, Paragraph):
            return paragraph(_stretches(block.runs, frame.setting), frame, gap)
        if isinstance(block, Heading):
            return self._heading(block, frame, gap)
        if isinstance(block, Quotation):
            indent = QUOTATION_INDENT
            quoted = replace(
                frame, parent=frame.parent.child("BlockQuote"), left=frame.left + indent, right=frame.right + indent
            )
            return self.blocks(block.blocks, quoted, first_gap=gap)
        return self._list(block, frame, gap)

    def _heading(self, block: Heading, frame: Frame, gap: float) -> list[Row]:
        while self._levels and self._levels[-1] >= block.level:
            self._levels.pop()
        self._levels.append(block.level)
        element = frame.parent.child(f"H{min(len(self._levels) + 1, 6)}")  # the title is H1
        frame = frame.set_in(HEADINGS[min(block.level, 3) - 1])
        stretches = _stretches(block.runs, frame.setting)
        return tied_together(paragraph(stretches, frame, gap + HEADING_GAP, element=element, even=True))

    def _list(self, block: ItemList, frame: Frame, gap: float) -> list[Row]:
        manner = replace(frame.setting.manner(), colour=INK if block.ordered else ACCENT)
        if block.ordered:
            markers = [f"{block.start + number}." for number in range(len(block.items))]
            indent = max(ITEM_INDENT, fonts.width(markers[-1], manner) + 5.0)
        else:
            markers = [BULLETS[min(frame.depth, len(BULLETS) - 1)]] * len(block.items)
            indent = ITEM_INDENT
        numbering = "Decimal" if block.ordered else _NUMBERING[min(frame.depth, len(BULLETS) - 1)]
        whole = frame.parent.child("L", numbering=numbering)
        rows: list[Row] = []
        for number, (marker, item) in enumerate(zip(markers, block.items, strict=True)):
            first_gap = ITEM_GAP if number or frame.depth else gap
            element = whole.child("LI")
            label, content = element.child("Lbl"), element.child("LBody")
            inner = replace(frame, parent=content, left=frame.left + indent, depth=frame.depth + 1)
            new = self.blocks(item, inner, first_gap=first_gap, item=True)
            new = new or [Row((), frame.setting.leading, first_gap)]
            x = frame.left + (indent - 5.0 - fonts.width(marker, manner) if block.ordered else 1.5)
            new[0].pieces = [*_label(marker, manner, x, frame.layout, label), *new[0].pieces]
            rows += new
        return rows


def _label(text: str, manner: fonts.Manner, x: float, layout: Layout, element: Element) -> list[Piece]:
    """A bullet, number or mark before what it belongs to, with a space so that readers do not join the two."""
    pieces = layout.line(words_of([(manner, text + " ")]), x, rtl=layout.rtl)
    return [replace(piece, element=element) for piece in pieces]


def _notes(text: LetterText, frame: Frame) -> list[Row]:
    rows: list[Row] = []
    frame = frame.set_in(NOTE)
    for number, runs in enumerate(text.footnotes, start=1):
        mark = str(number).translate(SUPERIOR)
        indent = max(9.0, fonts.width(mark, frame.setting.mark) + 2.0)
        gap = 3.0 if number > 1 else BLOCK_GAP + 3.0
        note = frame.parent.child("Note")
        label = note.child("Lbl")
        new = paragraph(_stretches(runs, frame.setting), replace(frame, parent=note, left=indent), gap)
        if new:
            new[0].pieces = [*_label(mark, frame.setting.mark, 0.0, frame.layout, label), *new[0].pieces]
        rows += new
    if rows:
        rows[0].shape = Shape(_note_rule, _NOTE_RULE, 0.0)
    return rows


def _note_rule(canvas: Any, left: float, top: float) -> None:
    canvas.setStrokeColorRGB(*GREY)
    canvas.setLineWidth(0.5)
    canvas.line(left, top + 4.0, left + _NOTE_RULE, top + 4.0)


def _stretches(runs: Sequence[Run], setting: Setting) -> list[Stretch]:
    words = " ".join("".join(run.text for run in runs).split()[:6])
    place = f"the paragraph that begins “{words} …”"
    stretches: list[Stretch] = []
    for run in runs:
        if run.footnote is not None:
            stretches.append((setting.mark, str(run.footnote).translate(SUPERIOR)))
        else:
            manner = setting.manner(bold=run.bold, italic=run.italic, href=run.href)
            stretches.append((manner, printable(run.text, place)))
    return stretches


def tied_together(rows: list[Row]) -> list[Row]:
    """The same rows, none of which leaves the first."""
    for row in rows[1:]:
        row.tied = True
    return rows
