"""The words of a letter as blocks: paragraphs, headings, lists, quotations, made of runs. Imports nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one manner; `footnote` is set on the mark that points to footnote n (text is "").

    A line feed inside `text` is a hard line break.
    """

    text: str
    bold: bool = False
    italic: bool = False
    href: str | None = None
    footnote: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ItemList:
    """A bullet list (`ordered` false) or a numbered one that begins at `start`."""

    ordered: bool
    start: int
    items: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    blocks: tuple[Block, ...]


Block: TypeAlias = Paragraph | Heading | ItemList | Quotation
Footnotes: TypeAlias = tuple[tuple[Run, ...], ...]
