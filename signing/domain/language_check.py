"""Whether the languages of a letter say the same: lists, headings, links, footnotes, figures, addressees.

May import `letter_text`, `figures` and the standard library. It reads no words: what it finds is a place to look at,
never a refusal. Each language is compared with the first, passage by passage as far as the two have the same shape.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from .figures import Figure, figures
from .letter_text import Block, Heading, ItemList, LetterText, Paragraph, Quotation, Run

__all__ = ["Disagreement", "disagreements"]

MOST: Final = 50  # of one language; more than that are not two languages of one letter
_PARTS: Final = re.compile(r"[^/.?&=_#:-]+")
_KINDS: Final = {
    Paragraph: ("paragraph", "paragraphs"),
    Heading: ("heading", "headings"),
    ItemList: ("list", "lists"),
    Quotation: ("quotation", "quotations"),
}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One place where two languages differ. `languages` are the first one and the other.

    `block` counts the passages of the first language from 0; None is the letter as a whole, or its opening.
    """

    languages: tuple[str, str]
    block: int | None
    code: str
    message: str


def disagreements(texts: Mapping[str, LetterText], *, name: Callable[[str], str] = str) -> list[Disagreement]:
    """Compare every language with the first one of `texts`; `name` says a language for people.

    Raises:
        Faulty: when a body holds what a letter cannot (as `LetterText.blocks` does).
    """
    tags = list(texts)
    found: list[Disagreement] = []
    for tag in tags[1:]:
        found += islice(_Comparing((tags[0], texts[tags[0]]), (tag, texts[tag]), name).all(), MOST)
    return found


class _Comparing:
    """Two languages side by side."""

    def __init__(
        self, first: tuple[str, LetterText], other: tuple[str, LetterText], name: Callable[[str], str]
    ) -> None:
        (self._tag, self._text), (self._other_tag, self._other) = first, other
        self._in = (name(self._tag), name(self._other_tag))

    def all(self) -> Iterator[Disagreement]:
        yield from self._opening()
        ours, theirs = self._text.blocks, self._other.blocks
        yield from self._counts(ours, theirs)
        before, after = _same_shape(ours, theirs)
        for at in range(before):
            yield from self._block(at, ours[at], theirs[at])
        middle = ours[before : len(ours) - after], theirs[before : len(theirs) - after]
        if any(middle):
            yield from self._contents(before if middle[0] else None, *map(_runs_of_all, middle))
        for back in range(after, 0, -1):
            yield from self._block(len(ours) - back, ours[-back], theirs[-back])
        yield from self._footnotes()

    def _say(self, block: int | None, code: str, message: str) -> Disagreement:
        return Disagreement((self._tag, self._other_tag), block, code, message)

    def _opening(self) -> Iterator[Disagreement]:
        ours, theirs = self._text, self._other
        here, there = self._in
        if ours.date != theirs.date:
            yield self._say(None, "date", f"The date is {ours.date} in {here} and {theirs.date} in {there}.")
        counts = len(ours.addressees), len(theirs.addressees)
        if counts[0] != counts[1]:
            yield self._say(None, "addressees", self._numbers(*counts, "addressee", "addressees"))
        for field in ("salutation", "closing", "place", "reference"):
            has = bool(getattr(ours, field)), bool(getattr(theirs, field))
            if has[0] != has[1]:
                yes, no = (here, there) if has[0] else (there, here)
                yield self._say(None, field, f"There is a {field} in {yes} and none in {no}.")
        yield from self._figures(None, ours.title, theirs.title, " of the title")

    def _numbers(self, ours: int, theirs: int, one: str, many: str) -> str:
        here, there = self._in
        return f"{ours} {one if ours == 1 else many} in {here}, {theirs} in {there}."

    def _counts(self, ours: Sequence[Block], theirs: Sequence[Block]) -> Iterator[Disagreement]:
        kinds = Counter(map(type, ours)), Counter(map(type, theirs))
        differ = [kind for kind in _KINDS if kinds[0][kind] != kinds[1][kind]]
        first, _ = _same_shape(ours, theirs)
        at = min(first, len(ours) - 1) if ours else None
        for kind in differ:
            yield self._say(at, "passages", self._numbers(kinds[0][kind], kinds[1][kind], *_KINDS[kind]))
        if not differ and first < len(ours):
            yield self._say(at, "order", "The passages do not follow each other in the same order from here on.")

    def _block(self, at: int, ours: Block, theirs: Block) -> Iterator[Disagreement]:
        here, there = self._in
        if isinstance(ours, Heading) and isinstance(theirs, Heading) and ours.level != theirs.level:
            yield self._say(
                at, "heading", f"The heading is of level {ours.level} in {here} and {theirs.level} in {there}."
            )
        if isinstance(ours, ItemList) and isinstance(theirs, ItemList):
            if len(ours.items) != len(theirs.items):
                message = "A list has " + self._numbers(len(ours.items), len(theirs.items), "item", "items")
                yield self._say(at, "list-items", message)
            elif ours.ordered != theirs.ordered:
                numbered, plain = (here, there) if ours.ordered else (there, here)
                yield self._say(at, "list-kind", f"The list is numbered in {numbered} and not in {plain}.")
            elif _outline(ours) != _outline(theirs):
                yield self._say(at, "list-nesting", f"The lists inside this list are not the same in {there}.")
        elif _outline(ours) != _outline(theirs):
            yield self._say(at, "quotation", f"The quotation is not made of the same passages in {there}.")
        yield from self._contents(at, _runs_of_all([ours]), _runs_of_all([theirs]))

    def _contents(self, at: int | None, ours: Sequence[Run], theirs: Sequence[Run]) -> Iterator[Disagreement]:
        here, there = self._in
        links = _links(ours, self._tag), _links(theirs, self._other_tag)
        for side, other, has, lacks in ((0, 1, here, there), (1, 0, there, here)):
            for target, address in links[side].items():
                if target not in links[other]:
                    yield self._say(at, "link", f"The link to {_short(address)} stands in {has} and not in {lacks}.")
        marks, others = (sum(run.footnote is not None for run in runs) for runs in (ours, theirs))
        if marks != others:
            yield self._say(at, "footnote-marks", self._numbers(marks, others, "footnote mark", "footnote marks"))
        yield from self._figures(at, _words(ours), _words(theirs), "")

    def _figures(self, at: int | None, ours: str, theirs: str, where: str) -> Iterator[Disagreement]:
        missing, extra = _unlike(ours, self._tag, theirs, self._other_tag)
        here, there = self._in
        for written in missing:
            yield self._say(at, "figure", f"The figure {written}{where} stands in {here} and not in {there}.")
        for written in extra:
            yield self._say(at, "figure", f"The figure {written}{where} stands in {there} and not in {here}.")

    def _footnotes(self) -> Iterator[Disagreement]:
        ours, theirs = self._text.footnotes, self._other.footnotes
        if len(ours) != len(theirs):
            yield self._say(None, "footnotes", self._numbers(len(ours), len(theirs), "footnote", "footnotes"))
            return
        for mine, other in zip(ours, theirs, strict=True):
            yield from self._contents(None, mine, other)


def _same_shape(ours: Sequence[Block], theirs: Sequence[Block]) -> tuple[int, int]:
    """How many passages at the beginning, and of the others at the end, are of the same kinds."""
    shorter = min(len(ours), len(theirs))
    before = 0
    while before < shorter and type(ours[before]) is type(theirs[before]):
        before += 1
    if before == len(ours) == len(theirs):
        return before, 0
    if len(ours) == len(theirs):
        after = 0
        while after < shorter - before and type(ours[-1 - after]) is type(theirs[-1 - after]):
            after += 1
        return before, after
    # One passage more or less: where it stands cannot be seen among passages of one kind, so they are one stretch.
    while before and isinstance(ours[before - 1], Paragraph):
        before -= 1
    after = 0
    while after < shorter - before and type(ours[-1 - after]) is type(theirs[-1 - after]):
        after += 1
    while after and isinstance(ours[-after], Paragraph):
        after -= 1
    return before, after


def _outline(block: Block) -> object:
    """The shape of what stands inside a passage."""
    if isinstance(block, ItemList):
        return ("list", block.ordered, tuple(tuple(_outline(inner) for inner in item) for item in block.items))
    if isinstance(block, Quotation):
        return ("quotation", tuple(_outline(inner) for inner in block.blocks))
    return type(block).__name__


def _runs_of_all(blocks: Sequence[Block]) -> list[Run]:
    """Every run of these passages, parted by line feeds where a passage ends."""
    runs: list[Run] = []
    for block in blocks:
        if isinstance(block, ItemList):
            for item in block.items:
                runs += _runs_of_all(item)
        elif isinstance(block, Quotation):
            runs += _runs_of_all(block.blocks)
        else:
            runs += [*block.runs, Run("\n")]
    return runs


def _words(runs: Sequence[Run]) -> str:
    # An address shown as the words of a link holds figures that are no figures of the letter.
    return "".join(" " if run.footnote is not None or run.text == run.href else run.text for run in runs)


def _links(runs: Sequence[Run], tag: str) -> dict[str, str]:
    """The addresses by what they lead to; the page of a site in another language counts as the same."""
    own = {tag.casefold(), tag.partition("-")[0].casefold()}
    found: dict[str, str] = {}
    for run in runs:
        if run.href is not None:
            address = run.href.rstrip("/")
            parts = _PARTS.sub(lambda match: "" if match[0].casefold() in own else match[0], address)
            found.setdefault(re.sub(r"([/.?&=_#:-])\1+", r"\1", parts.replace("://.", "://")).casefold(), run.href)
    return found


def _short(address: str) -> str:
    return address if len(address) <= 80 else address[:79] + "…"


def _unlike(ours: str, our_tag: str, theirs: str, their_tag: str) -> tuple[list[str], list[str]]:
    """Figures that only one of two texts has, as they are written there."""
    left, right = figures(ours, our_tag), figures(theirs, their_tag)
    # First what is written alike (a version 2.0 is no decimal), then what is worth the same.
    left, right = _without_shared(left, right, lambda figure: figure.written)
    left, right = _without_shared(left, right, lambda figure: figure.value)
    sure = [[figure for figure in side if not figure.spoken] for side in (left, right)]
    if left and right and not any(sure):
        # A small number may be a word in the other language; two different ones are worth a look.
        sure = [left[:1], right[:1]]
    return [figure.written for figure in sure[0]], [figure.written for figure in sure[1]]


def _without_shared(
    left: list[Figure], right: list[Figure], key: Callable[[Figure], object]
) -> tuple[list[Figure], list[Figure]]:
    shared = Counter(map(key, left)) & Counter(map(key, right))
    return _without(left, shared.copy(), key), _without(right, shared, key)


def _without(side: list[Figure], shared: Counter[object], key: Callable[[Figure], object]) -> list[Figure]:
    kept: list[Figure] = []
    for figure in side:
        if shared[key(figure)] > 0:
            shared[key(figure)] -= 1
        else:
            kept.append(figure)
    return kept
