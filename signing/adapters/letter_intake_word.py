"""A `.docx` letter: its opening, its words as blocks, and what is said about changes, comments and all that is lost.

May import the parts of the letter intake and `signing.domain`. The opening and the names at the end are recognised
as in a `.txt` letter (`letter_intake_plain`); the lines of remarks are paragraphs here, counted without empty ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from signing.domain.errors import Faulty
from signing.domain.letter_blocks import Block, Footnotes, Heading, ItemList, Quotation, Run
from signing.domain.letter_runs import settle
from signing.domain.letter_text_reader import MAX_BODY, MAX_PARAGRAPH, Body, Remark, fault_at

from .letter_intake_dates import locale_of
from .letter_intake_lines import Line, Opening
from .letter_intake_plain import OpeningReading, guess_language, is_salutation, part_names
from .letter_intake_word_blocks import Item, Passage, to_blocks
from .letter_intake_word_notices import Notices, quoted
from .letter_intake_word_parts import Element, Link, W, WordParts, attribute, whole, words_in
from .letter_intake_word_runs import RunReader

_HEADING: Final = re.compile(r"heading ([1-9])\Z")
_QUOTATIONS: Final = frozenset(("quote", "intense quote", "quotations", "block text", "block quotation"))
_TITLE_WORDS: Final = 4
_DEEPEST: Final = 40
_MOST_PARAGRAPHS: Final = 5_000
_MOST_EMPTY: Final = 20_000


def read_word_letter(
    unpacked: Mapping[str, bytes], language: str | None, known: Mapping[str, str]
) -> tuple[Opening, Body, list[Remark]]:
    """Part a `.docx` letter into its opening and its words, without the names at the end.

    `known` holds title and date where the coordinator said them. The places and remarks count paragraphs.

    Raises:
        Faulty: when it is no document, or lacks what a letter needs.
    """
    notices = Notices()
    parts = WordParts(unpacked)
    reader = RunReader(parts, notices)
    passages = [passage for passage in _Paragraphs(parts, reader, notices).all() if _holds(passage)]
    if not any(passage.text.strip() for passage in passages):
        raise Faulty("The document has no words. Is this the right file?", code="empty-file", field="file")
    for words in parts.margins:
        notices.say(passages[-1].number, "margin", quoted(words))
    notes = _read_notes(parts, reader, notices)
    opening, rest = _read_opening(passages, _language(passages, language, parts, notices), known)
    body, closing, said = _part_end(rest)
    if closing:
        opening.fields["closing"] = closing
    blocks, places = to_blocks(_without_empty_notes(body, notes, notices))
    if not blocks:
        raise fault_at(opening.end, "empty-body", "the letter has no words after its opening.")
    blocks, footnotes = _numbered(blocks, notes)
    for number, note in _lost(passages, body, notes):
        notices.say(number, "footnote-lost", quoted("".join(run.text for run in note)))
    return opening, Body(blocks, footnotes, (), places), [*notices.all(), *said]


def _holds(passage: Passage) -> bool:
    return bool(passage.text.strip()) or passage.item is not None or any(run.footnote for run in passage.runs)


class _Paragraphs:
    """All paragraphs of the body in their order, those of tables and boxes too."""

    def __init__(self, parts: WordParts, reader: RunReader, notices: Notices) -> None:
        self._parts = parts
        self._reader = reader
        self._notices = notices
        self._number = self._length = self._all = 0
        self._carried: list[Run] = []

    def all(self) -> Iterator[Passage]:
        yield from self._inside(self._parts.body, 0)
        if self._carried:
            yield Passage(self._number + 1, tuple(self._carried))

    def _inside(self, parent: Iterable[Element], depth: int) -> Iterator[Passage]:
        if depth > _DEEPEST:
            raise Faulty("The document nests too deep. Copy its words into a new one.", code="too-deep", field="file")
        for element in parent:
            tag = element.tag
            if tag == W + "p":
                yield from self._paragraph(element, depth)
            elif tag == W + "tbl":
                self._notices.say(self._number + 1, "table")
                yield from self._inside(self._cells(element), depth + 1)
            elif tag in (W + "sdtContent", W + "customXml", W + "ins", W + "moveTo", W + "tc"):
                yield from self._inside(element, depth + 1)
            elif tag == W + "sdt":
                yield from self._inside(element.findall(W + "sdtContent"), depth + 1)
            elif tag == W + "altChunk":
                self._notices.say(self._number + 1, "other-document")

    def _cells(self, table: Element) -> Iterator[Element]:
        # Rows and cells may stand in wrappers, cells may hold tables: those are reached through their cell.
        for element in table:
            if element.tag == W + "tr" and element.find(f"{W}trPr/{W}del") is not None:
                self._notices.say(self._number + 1, "tracked-deletion", quoted(words_in(element)))
            elif element.tag == W + "tc":
                yield element
            elif element.tag in (W + "tr", W + "sdt", W + "sdtContent", W + "customXml", W + "ins"):
                yield from self._cells(element)

    def _paragraph(self, element: Element, depth: int) -> Iterator[Passage]:
        self._all += 1
        if self._all > _MOST_EMPTY:
            raise Faulty("The document is far longer than a letter.", code="too-long", field="file")
        properties = element.find(W + "pPr")
        read = self._reader.read(element, self._number + 1)
        runs = [*self._carried, *read.runs]
        self._carried = []
        mark = properties.find(W + "rPr") if properties is not None else None
        if mark is not None and (mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None):
            # The end of this paragraph is deleted: its words go on in the next one.
            self._carried = runs
        else:
            passage = self._passage(properties, runs)
            if _holds(passage):
                self._number += 1
                self._length += len(passage.text)
                if self._number > _MOST_PARAGRAPHS or self._length > 2 * MAX_BODY:
                    raise Faulty("The document is far longer than a letter.", code="too-long", field="file")
                if len(passage.text) > MAX_PARAGRAPH:
                    message = f"a paragraph is longer than {MAX_PARAGRAPH:,} characters. Part it into several."
                    raise fault_at(self._number, "too-long", message)
                yield passage
        for box in read.boxes:
            self._notices.say(self._number + 1, "text-box", quoted(words_in(box)))
            yield from self._inside(box, depth + 1)

    def _passage(self, properties: Element | None, runs: Sequence[Run]) -> Passage:
        style = attribute(properties.find(W + "pStyle"), "val") if properties is not None else None
        names = [each.name.casefold() for each in self._parts.style_chain(style)]
        level = next((int(found[1]) for name in names if (found := _HEADING.match(name))), None)
        indent = properties.find(W + "ind") if properties is not None else None
        joined = attribute(properties.find(W + "jc"), "val") if properties is not None else None
        return Passage(
            self._number + 1,
            tuple(runs),
            heading=min(level, 6) if level else None,
            title="title" in names[:2],
            quotation=any(name in _QUOTATIONS for name in names),
            item=None if level else self._item(properties, style),
            indent=whole(attribute(indent, "left") or attribute(indent, "start")),
            centred=joined == "center",
        )

    def _item(self, properties: Element | None, style: str | None) -> Item | None:
        said = properties.find(W + "numPr") if properties is not None else None
        of_styles = (each.element.find(f"{W}pPr/{W}numPr") for each in self._parts.style_chain(style))
        named = [said, *of_styles] if said is not None or style else []
        numbering = next((value for each in named if (value := attribute(_child(each, "numId"), "val"))), None)
        if numbering in (None, "0"):
            return None
        level = max(0, min(whole(next((v for e in named if (v := attribute(_child(e, "ilvl"), "val"))), "0")), 8))
        look = self._parts.level(numbering, level)
        if look.letters:
            self._notices.say(self._number + 1, "letters")
        return Item(numbering, level, look.ordered, look.start, look.indent)


def _child(element: Element | None, name: str) -> Element | None:
    return None if element is None else element.find(W + name)


def _read_notes(parts: WordParts, reader: RunReader, notices: Notices) -> list[tuple[Run, ...]]:
    """The words of the notes in the order of `reader.notes`; empty where there are none."""
    found: list[tuple[Run, ...]] = []
    notes = {kind: parts.notes(kind) for kind in ("footnotes", "endnotes")}
    links: dict[str, dict[str, Link]] = {}
    for kind, key in tuple(reader.notes):
        runs: list[Run] = []
        note = notes[kind].get(key)
        for paragraph in note.iter(W + "p") if note is not None else ():
            if kind not in links:
                links[kind] = parts.note_links(kind)
            words = [run for run in reader.read(paragraph, 0, links[kind]).runs if run.footnote is None]
            if "".join(run.text for run in words).strip():
                runs += [Run("\n"), *words] if runs else words
        found.append(settle(runs))
    return found


def _language(passages: Sequence[Passage], said: str | None, parts: WordParts, notices: Notices) -> str:
    if said is not None:
        return said
    lines = [Line(passage.number, line) for passage in passages for line in passage.text.split("\n")]
    try:
        return guess_language(lines)
    except Faulty:
        tag = parts.language or ""
        for guess in (tag, tag.partition("-")[0]):
            if guess in ("zh-Hans", "zh-Hant", "pt-BR") or (guess and "-" not in guess and locale_of(guess)):
                notices.say(1, "language-guessed", guess)
                return guess
        raise


def _read_opening(
    passages: Sequence[Passage], language: str, known: Mapping[str, str]
) -> tuple[Opening, list[Passage]]:
    """What stands before the body, and the paragraphs from there on."""
    reading = OpeningReading(language, known)
    has_title = any(passage.title for passage in passages)
    body = list(passages)
    while body:
        passage = body[0]
        if passage.item is not None or passage.quotation:
            break
        taken = _take(reading, passage, has_title)
        if taken is not None:
            body[0] = replace(passage, runs=_from_line(passage.runs, taken))
            break
        del body[0]
    end = body[0].number if body else passages[-1].number
    return Opening(reading.fields(end), end), body


def _take(reading: OpeningReading, passage: Passage, has_title: bool) -> int | None:
    """Take a paragraph that belongs to the opening; else how many of its lines did, before the body began."""
    words = " ".join(passage.text.split())
    if not words:
        return None
    if passage.title or (passage.heading is not None and not has_title):
        return None if reading.take_title(words) else 0
    if passage.heading is not None:
        return 0
    stands_out = passage.bold and len(words.split()) >= _TITLE_WORDS and not has_title
    if stands_out and (passage.centred or reading.greeted) and not is_salutation(words) and reading.take_title(words):
        return None
    lines = [" ".join(line.split()) for line in passage.text.split("\n") if line.strip()]
    if len(lines) > 1:
        reading.begin_block()
    for at, line in enumerate(lines):
        if not reading.take(line):
            return at
    if len(lines) > 1:
        reading.begin_block()
    return None


def _from_line(runs: Sequence[Run], taken: int) -> tuple[Run, ...]:
    """The runs behind the first so many lines that hold words."""
    if not taken:
        return tuple(runs)
    first = _first_lines(runs, taken)
    kept: list[Run] = []
    for at, run in enumerate(runs):
        done = len(first[at].text) if at < len(first) else 0
        if at >= len(first) or run.text[done:]:
            kept.append(replace(run, text=run.text[done:]))
    return tuple(kept)


def _part_end(passages: Sequence[Passage]) -> tuple[list[Passage], str | None, list[Remark]]:
    """The body without the closing and the names behind it."""
    lines: list[Line] = []
    for passage in passages:
        mark = "# " if passage.heading else "> " if passage.quotation else "- " if passage.item else ""
        lines += [
            Line(passage.number, f"{mark}{' '.join(line.split())}") for line in passage.text.split("\n") if line.strip()
        ]
        lines.append(Line(passage.number, ""))
    rest, closing, said = part_names(lines)
    last = max((line.number for line in rest), default=0)
    kept = [passage for passage in passages if passage.number <= last]
    if kept:
        # A paragraph that holds the last words, a closing and names behind line breaks is cut where they begin.
        own = sum(1 for line in rest if line.number == last and line.text.strip())
        kept[-1] = replace(kept[-1], runs=_first_lines(kept[-1].runs, own))
    return kept, closing, said


def _first_lines(runs: Sequence[Run], count: int) -> tuple[Run, ...]:
    """The runs up to the break behind the `count`-th line that holds words."""
    kept: list[Run] = []
    filled = False
    for run in runs:
        pieces = run.text.split("\n")
        text = ""
        for at, piece in enumerate(pieces):
            if at:
                count -= filled
                filled = False
                if count <= 0:
                    return (*kept, replace(run, text=text))
                text += "\n"
            filled = filled or bool(piece.strip())
            text += piece
        kept.append(replace(run, text=text))
    return tuple(kept)


def _without_empty_notes(body: Sequence[Passage], notes: Sequence[tuple[Run, ...]], notices: Notices) -> list[Passage]:
    found: list[Passage] = []
    for passage in body:
        runs = tuple(run for run in passage.runs if run.footnote is None or notes[run.footnote - 1])
        if len(runs) < len(passage.runs):
            notices.say(passage.number, "footnote-empty")
        found.append(replace(passage, runs=runs))
    return found


def _lost(
    passages: Sequence[Passage], body: Sequence[Passage], notes: Sequence[tuple[Run, ...]]
) -> Iterator[tuple[int, tuple[Run, ...]]]:
    """Notes whose marks stand outside the body only."""
    kept = {run.footnote for passage in body for run in passage.runs}
    for passage in passages:
        for run in passage.runs:
            if run.footnote is not None and run.footnote not in kept and notes[run.footnote - 1]:
                kept.add(run.footnote)
                yield passage.number, notes[run.footnote - 1]


def _numbered(blocks: Sequence[Block], notes: Sequence[tuple[Run, ...]]) -> tuple[tuple[Block, ...], Footnotes]:
    """The footnotes numbered by their first mark in the body."""
    numbers: dict[int, int] = {}

    def runs(old: Sequence[Run]) -> tuple[Run, ...]:
        return tuple(
            run if run.footnote is None else Run("", footnote=numbers.setdefault(run.footnote, len(numbers) + 1))
            for run in old
        )

    def block(old: Block) -> Block:
        if isinstance(old, ItemList):
            return replace(old, items=tuple(tuple(block(inner) for inner in item) for item in old.items))
        if isinstance(old, Quotation):
            return Quotation(tuple(block(inner) for inner in old.blocks))
        return Heading(old.level, runs(old.runs)) if isinstance(old, Heading) else replace(old, runs=runs(old.runs))

    renumbered = tuple(block(each) for each in blocks)
    return renumbered, tuple(notes[key - 1] for key in numbers)
