"""The words of the letter as rows: head, addressees, title, paragraphs, lists, quotations, notes.

May import its siblings and `signing.domain.letter_text`. White space and sizes are decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from signing.adapters.typeset import fonts
from signing.adapters.typeset.fonts import ACCENT, GREY, INK, LINK, Colour, Manner, printable
from signing.adapters.typeset.lines import Piece, Stretch, break_lines, set_line, words_of
from signing.adapters.typeset.pages import MEASURE, Row
from signing.domain.letter_text import Block, Heading, ItemList, LetterText, Paragraph, Quotation, Run

PARAGRAPH_GAP = 6.8
ITEM_GAP = 4.4
BLOCK_GAP = 11.0
ITEM_INDENT = 14.6
BULLETS = ("•", "–", "·")
SUPERIOR = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to set a paragraph: its four faces, size, line height and colour."""

    faces: tuple[str, str, str, str]  # regular, italic, bold, bold italic
    size: float
    leading: float
    colour: Colour = INK

    def manner(self, *, bold: bool = False, italic: bool = False, href: str | None = None) -> Manner:
        """The manner of a run in this setting."""
        face = self.faces[2 * bold + italic]
        return Manner(face, self.size, LINK if href else self.colour, href)


_TEXT_FACES = (fonts.REGULAR, fonts.ITALIC, fonts.SEMIBOLD, fonts.SEMIBOLD_ITALIC)
_STRONG_FACES = (fonts.SEMIBOLD, fonts.SEMIBOLD_ITALIC, fonts.SEMIBOLD, fonts.SEMIBOLD_ITALIC)
_CAPTION_FACES = (fonts.CAPTION, fonts.CAPTION_ITALIC, fonts.CAPTION_SEMIBOLD, fonts.SEMIBOLD_ITALIC)

BODY = Setting(_TEXT_FACES, 10.6, 14.9)
STRONG = Setting(_STRONG_FACES, 10.6, 14.9)
TITLE = Setting(_STRONG_FACES, 12.0, 17.2, ACCENT)
NOTE = Setting(_CAPTION_FACES, 8.4, 11.6)
SMALL = Setting(_CAPTION_FACES, 8.0, 10.8, GREY)
_HEADINGS = (Setting(_STRONG_FACES, 11.6, 15.6), STRONG, Setting((fonts.SEMIBOLD_ITALIC,) * 4, 10.6, 14.9))


@dataclass(frozen=True, slots=True)
class Frame:
    """Where rows stand: the measure left by the indents, the setting, and how deep in lists we are."""

    setting: Setting = BODY
    left: float = 0.0
    right: float = 0.0
    depth: int = 0

    @property
    def measure(self) -> float:
        """The length of a line."""
        return MEASURE - self.left - self.right


def paragraph(
    stretches: Sequence[Stretch], frame: Frame, gap: float, *, even: bool = False, hang: float = 0.0
) -> list[Row]:
    """The rows of one paragraph; its first two lines stay together, and its last two. A line feed in the text
    ends a line."""
    lines = [
        line for part in _parted(stretches) for line in break_lines(words_of(part), frame.measure, even=even, hang=hang)
    ]
    rows = []
    for number, line in enumerate(lines):
        x = frame.left + (hang if number else 0.0)
        tied = number == 1 or 0 < number == len(lines) - 1
        rows.append(Row(set_line(line, x), frame.setting.leading, 0.0 if number else gap, tied))
    return rows


def _parted(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    parts: list[list[Stretch]] = [[]]
    for manner, text in stretches:
        first, *others = text.split("\n")
        parts[-1].append((manner, first))
        parts += [[(manner, line)] for line in others]
    return parts


def plain(text: str, place: str, frame: Frame, gap: float, *, even: bool = False) -> list[Row]:
    """The rows of a text without runs."""
    return paragraph([(frame.setting.manner(), printable(text, place))], frame, gap, even=even)


def opening(text: LetterText) -> list[Row]:
    """Everything above the first paragraph: addressees, date, reference, salutation, title."""
    body, strong = Frame(), Frame(STRONG)
    rows: list[Row] = []
    for number, block in enumerate(text.addressees):
        if not number:
            rows += plain("To the attn. of:", "the head of the letter", body, 0.0)
        for line_number, line in enumerate(block):
            gap = PARAGRAPH_GAP if number and not line_number else 0.0
            rows += plain(line, "an addressee", body if line_number else strong, gap)
    date = f"{text.place}, {text.date_line}" if text.place else text.date_line
    if date:
        rows += plain(date, "the date line", body, BLOCK_GAP)
    if text.reference:
        rows += plain(text.reference, "the reference", body, 0.0 if date else BLOCK_GAP)
    if text.salutation:
        rows += plain(text.salutation, "the salutation", body, BLOCK_GAP)
    rows += _tied_together(plain(text.title, "the title", Frame(TITLE), 8.0, even=True))
    return rows


def body(text: LetterText) -> list[Row]:
    """The letter itself, its notes and its closing, in the order of the plain text."""
    rows = _blocks(text.blocks, Frame(), first_gap=10.4) + _notes(text)
    if text.closing:
        rows += plain(text.closing, "the closing", Frame(), BLOCK_GAP)
    return rows


def _blocks(blocks: Sequence[Block], frame: Frame, *, first_gap: float, item: bool = False) -> list[Row]:
    rows: list[Row] = []
    previous: Block | None = None
    for block in blocks:
        gap = (ITEM_GAP if item else PARAGRAPH_GAP) if previous else first_gap
        new = _block(block, frame, gap)
        follows_lead_in = isinstance(block, ItemList) and isinstance(previous, Paragraph)
        if new and (follows_lead_in or isinstance(previous, Heading)):
            new[0].tied = True
        rows += new
        previous = block
    return rows


def _block(block: Block, frame: Frame, gap: float) -> list[Row]:
    if isinstance(block, Paragraph):
        return paragraph(_stretches(block.runs, frame.setting), frame, gap)
    if isinstance(block, Heading):
        heading = replace(frame, setting=_HEADINGS[min(block.level, 3) - 1])
        rows = paragraph(_stretches(block.runs, heading.setting), heading, gap + 5.0, even=True)
        return _tied_together(rows)
    if isinstance(block, Quotation):
        quoted = replace(frame, left=frame.left + 20.0, right=frame.right + 20.0)
        return _blocks(block.blocks, quoted, first_gap=gap)
    return _list(block, frame, gap)


def _list(block: ItemList, frame: Frame, gap: float) -> list[Row]:
    manner = replace(frame.setting.manner(), colour=INK if block.ordered else ACCENT)
    if block.ordered:
        markers = [f"{block.start + number}." for number in range(len(block.items))]
        indent = max(ITEM_INDENT, fonts.width(markers[-1], manner) + 5.0)
    else:
        markers = [BULLETS[min(frame.depth, len(BULLETS) - 1)]] * len(block.items)
        indent = ITEM_INDENT
    inner = replace(frame, left=frame.left + indent, depth=frame.depth + 1)
    rows: list[Row] = []
    for number, (marker, item) in enumerate(zip(markers, block.items, strict=True)):
        first_gap = ITEM_GAP if number or frame.depth else gap
        new = _blocks(item, inner, first_gap=first_gap, item=True)
        new = new or [Row((), frame.setting.leading, first_gap)]
        reach = fonts.width(marker + " ", manner)
        x = frame.left + (indent - 5.0 - fonts.width(marker, manner) if block.ordered else 1.5)
        new[0].pieces = (Piece(x, manner, marker + " ", reach), *new[0].pieces)
        rows += new
    return rows


def _notes(text: LetterText) -> list[Row]:
    rows: list[Row] = []
    for number, runs in enumerate(text.footnotes, start=1):
        mark = str(number).translate(SUPERIOR)
        indent = max(9.0, fonts.width(mark, NOTE.manner()) + 2.0)
        gap = 3.0 if number > 1 else BLOCK_GAP + 3.0
        new = paragraph(_stretches(runs, NOTE), Frame(NOTE, left=indent), gap)
        if new:
            piece = Piece(0.0, NOTE.manner(), mark + " ", fonts.width(mark + " ", NOTE.manner()))
            new[0].pieces = (piece, *new[0].pieces)
        rows += new
    if rows:
        rows[0].shape = _note_rule
    return rows


def _note_rule(canvas: Any, left: float, top: float) -> None:
    canvas.setStrokeColorRGB(*GREY)
    canvas.setLineWidth(0.5)
    canvas.line(left, top + 4.0, left + 60.0, top + 4.0)


def _stretches(runs: Sequence[Run], setting: Setting) -> list[Stretch]:
    words = " ".join("".join(run.text for run in runs).split()[:6])
    place = f"the paragraph that begins “{words} …”"
    stretches: list[Stretch] = []
    for run in runs:
        if run.footnote is not None:
            stretches.append((setting.manner(), str(run.footnote).translate(SUPERIOR)))
        else:
            manner = setting.manner(bold=run.bold, italic=run.italic, href=run.href)
            stretches.append((manner, printable(run.text, place)))
    return stretches


def _tied_together(rows: list[Row]) -> list[Row]:
    for row in rows[1:]:
        row.tied = True
    return rows
