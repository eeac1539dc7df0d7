"""The paragraphs of a Word document put together as blocks: lists within lists, quotations, headings.

May import `signing.domain` and the standard library. Word knows no lists, only paragraphs that carry the number of a
list and a level; what belongs together is told by these and by how far in a paragraph stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from signing.domain.letter_blocks import Block, Heading, ItemList, Paragraph, Quotation, Run
from signing.domain.letter_runs import settle

_NEAR: Final = 40  # twentieths of a point that do not count as standing further in
_LAST_NUMBER: Final = 999_999_999


@dataclass(frozen=True, slots=True)
class Item:
    """That a paragraph begins an item: the number of its list, its level, and how that level looks."""

    numbering: str
    level: int
    ordered: bool
    start: int
    indent: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph of the document, counted from 1 among those that hold something."""

    number: int
    runs: tuple[Run, ...]
    heading: int | None = None
    title: bool = False
    quotation: bool = False
    item: Item | None = None
    indent: int = 0
    centred: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def bold(self) -> bool:
        """Whether every word is bold."""
        return any(run.text.strip() for run in self.runs) and all(run.bold for run in self.runs if run.text.strip())


@dataclass(slots=True)
class _List:
    item: Item
    start: int
    items: list[list[_Node]] = field(default_factory=list)


@dataclass(slots=True)
class _Quotation:
    nodes: list[_Node] = field(default_factory=list)


_Node = _List | _Quotation | Passage


def to_blocks(passages: Sequence[Passage]) -> tuple[tuple[Block, ...], tuple[int, ...]]:
    """The blocks, and for each that holds words (in their order) the number of the paragraph it was."""
    putting = _Putting()
    for passage in passages:
        putting.add(passage)
    places: list[int] = []
    return _blocks(putting.nodes, places), tuple(places)


class _Putting:
    """Puts one passage after the other where it belongs."""

    def __init__(self) -> None:
        self.nodes: list[_Node] = []
        self._quotation: _Quotation | None = None
        self._open: list[_List] = []
        self._counts: dict[tuple[str, int], int] = {}

    def add(self, passage: Passage) -> None:
        if passage.item is not None:
            if passage.quotation != (self._quotation is not None):
                self._open.clear()
            self._add_item(passage, passage.item)
        elif self._open and passage.heading is None and passage.indent >= self._open[0].item.indent - _NEAR > 0:
            self._add_within(passage)
        else:
            self._open.clear()
            self._container(passage.quotation).append(passage)

    def _container(self, quotation: bool) -> list[_Node]:
        if not quotation:
            self._quotation = None
            return self.nodes
        if self._quotation is None:
            self._quotation = _Quotation()
            self.nodes.append(self._quotation)
        return self._quotation.nodes

    def _add_item(self, passage: Passage, item: Item) -> None:
        lists = self._open
        while lists and (
            lists[-1].item.level > item.level
            or (lists[-1].item.level == item.level and lists[-1].item.numbering != item.numbering)
        ):
            lists.pop()
        if not lists or lists[-1].item.level != item.level:
            self._begin(passage, item)
        for key in [key for key in self._counts if key[0] == item.numbering and key[1] > item.level]:
            del self._counts[key]
        key = (item.numbering, item.level)
        self._counts[key] = self._counts.get(key, item.start - 1) + 1
        lists[-1].items.append([passage])

    def _begin(self, passage: Passage, item: Item) -> None:
        # A list that was interrupted by a paragraph counts on.
        start = self._counts.get((item.numbering, item.level), item.start - 1) + 1
        begun = _List(item, max(0, min(start, _LAST_NUMBER)))
        (self._open[-1].items[-1] if self._open else self._container(passage.quotation)).append(begun)
        self._open.append(begun)

    def _add_within(self, passage: Passage) -> None:
        """Add a paragraph that follows in the item of the list it stands as far in as."""
        while len(self._open) > 1 and self._open[-1].item.indent - _NEAR > passage.indent:
            self._open.pop()
        item = self._open[-1].items[-1]
        if not passage.quotation or self._quotation is not None:
            item.append(passage)
            return
        last = item[-1]
        if not isinstance(last, _Quotation):
            last = _Quotation()
            item.append(last)
        last.nodes.append(passage)


def _blocks(nodes: Sequence[_Node], places: list[int]) -> tuple[Block, ...]:
    found: list[Block] = []
    for node in nodes:
        if isinstance(node, _List):
            items = tuple(item for item in (_blocks(inner, places) for inner in node.items) if item)
            if items:
                found.append(ItemList(node.item.ordered, node.start if node.item.ordered else 1, items))
        elif isinstance(node, _Quotation):
            inner = _blocks(node.nodes, places)
            if inner:
                found.append(Quotation(inner))
        else:
            runs = settle(node.runs, one_line=node.heading is not None)
            if runs:
                found.append(Heading(node.heading, runs) if node.heading else Paragraph(runs))
                places.append(node.number)
    return tuple(found)
