"""A letter as the lines that a redline compares; may import `letter_blocks`, `letter_text`, `redline_words`, stdlib."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from .letter_blocks import Block, Heading, ItemList, Paragraph, Quotation, Run
from .letter_text import LetterText
from .redline_words import is_unspaced, is_word, key_of, segments

# In reading order; the body stands between the title and the closing.
_ABOVE: Final = ("place", "date_line", "date", "reference", "salutation", "title")
HEADER_FIELDS: Final = ("language", "addressees", *_ABOVE, "closing")
FOOTNOTE: Final = "footnote"
_FEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class Setting:
    """What a line is: `kind` is a header field's name or paragraph, heading, item, quotation, footnote.

    `level` is a heading's (else 0), `depth` how many lists and quotations stand around it, `marker` an item's
    bullet or number with its point, or a footnote's number.
    """

    kind: str
    level: int = 0
    depth: int = 0
    marker: str | None = None


@dataclass(frozen=True)
class Line:
    """One line; `block` is the index of its top-level block, `number` that of an item in its list, from 0."""

    setting: Setting
    runs: tuple[Run, ...]
    block: int | None = None
    number: int = 0

    @cached_property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def words(self) -> tuple[object, ...] | None:
        """All that makes it the same line at another place; None where there is too little to tell by."""
        if self.setting.kind in (*HEADER_FIELDS, FOOTNOTE) or self.counted < _FEWEST:
            return None
        return self.setting.kind, self.setting.level, self.runs

    @cached_property
    def counted(self) -> int:
        """How many words it has, as people count them."""
        return sum(map(is_word, self._segments))

    @cached_property
    def weights(self) -> Counter[str]:
        """Its words, each with the characters it takes up in all; of scripts without spaces, pairs of characters."""
        weights: Counter[str] = Counter()
        last = ""
        for segment in self._segments:
            if not is_word(segment):
                last = ""
                continue
            pair = last + segment if is_unspaced(segment) else segment
            last = segment if is_unspaced(segment) else ""
            weights[key_of(pair)] += len(segment)
        return weights

    @cached_property
    def _segments(self) -> list[str]:
        return list(segments(self.text))

    def stands_as(self, other: Line) -> bool:
        """Whether both are set alike: an item keeps its place when its number only follows from those before it."""
        if self.setting.kind == FOOTNOTE == other.setting.kind:
            return True
        return self._place == other._place

    @property
    def _place(self) -> tuple[object, ...]:
        marker = self.setting.marker
        start = int(marker.rstrip(".")) - self.number if marker and marker[:1].isdecimal() else marker
        return self.setting.kind, self.setting.level, self.setting.depth, start


def lines_of(text: LetterText) -> dict[str, list[Line]]:
    """The lines by where they stand: each header field, `body` and `footnotes`, in reading order.

    Raises:
        Faulty: when the body holds what a letter cannot.
    """
    lines: dict[str, list[Line]] = {"language": _field("language", text.language)}
    lines["addressees"] = [line for block in text.addressees for line in _field("addressees", "\n".join(block))]
    lines |= {name: _field(name, getattr(text, name)) for name in _ABOVE}
    lines["body"] = [line for at, block in enumerate(text.blocks) for line in _of_block(block, at, 0)]
    lines["closing"] = _field("closing", text.closing)
    lines["footnotes"] = [
        Line(Setting(FOOTNOTE, marker=str(number)), runs) for number, runs in enumerate(text.footnotes, start=1)
    ]
    return lines


def _field(name: str, value: str | None) -> list[Line]:
    return [] if value is None else [Line(Setting(name), (Run(value),))]


def _of_block(block: Block, at: int, depth: int, kind: str = "paragraph") -> Iterator[Line]:
    match block:
        case Paragraph(runs):
            yield Line(Setting(kind, depth=depth), runs, at)
        case Heading(level, runs):
            yield Line(Setting("heading", level, depth), runs, at)
        case Quotation(blocks):
            for inner in blocks:
                yield from _of_block(inner, at, depth + 1, "quotation")
        case ItemList():
            for number, item in enumerate(block.items):
                marker = f"{block.start + number}." if block.ordered else "•"
                yield from _of_item(item, Line(Setting("item", 0, depth + 1, marker), (), at, number))


def _of_item(blocks: Sequence[Block], item: Line) -> Iterator[Line]:
    """The lines of an item: its first paragraph bears its marker."""
    first, rest = (blocks[0], blocks[1:]) if blocks else (None, ())
    if isinstance(first, Paragraph):
        yield replace(item, runs=first.runs)
    else:
        yield item
        rest = blocks
    for block in rest:
        yield from _of_block(block, item.block or 0, item.setting.depth)
