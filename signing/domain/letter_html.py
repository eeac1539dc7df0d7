"""The words of a letter as HTML: every character escaped, only the manners and links that the blocks have.

May import `letter_blocks`, `letter_text` and the standard library. What it gives is markup already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from .letter_blocks import Block, Heading, ItemList, Paragraph, Quotation, Run
from .letter_text import LetterText

SCHEMES = ("https://", "http://", "mailto:")
NEW_TAB = ' target="_blank" rel="noopener noreferrer"'
DEEPEST = 6


def body(text: LetterText, *, below: int = 2, link_attributes: str = "") -> str:
    """The letter's blocks, one on a line; its highest heading stands one level below `below`, the page's own."""
    return "\n".join(blocks(text, below=below, link_attributes=link_attributes))


def blocks(text: LetterText, *, below: int = 2, link_attributes: str = "") -> list[str]:
    """The letter's top-level blocks, each by itself, as `body` has them."""
    written = _written(text, below, link_attributes)
    return [written.block(block) for block in text.blocks]


def footnotes(text: LetterText, *, link_attributes: str = "") -> list[str]:
    """The footnotes' words, in order. The mark of footnote n is `mark-<language>-<n>` and leads to
    `note-<language>-<n>`."""
    written = _written(text, 0, link_attributes)
    return [written.runs(runs) for runs in text.footnotes]


def words(run: Run, *, link_attributes: str = "") -> str:
    """The words of one run by themselves; a footnote's mark is its number, and leads nowhere."""
    if run.footnote is not None:
        return f'<sup class="mark">{run.footnote}</sup>'
    html = "<br>".join(escape(line) for line in run.text.split("\n"))
    if run.italic:
        html = f"<em>{html}</em>"
    if run.bold:
        html = f"<strong>{html}</strong>"
    if run.href and run.href.lower().startswith(SCHEMES):
        html = f'<a href="{escape(run.href)}"{link_attributes}>{html}</a>'
    return html


def _written(text: LetterText, below: int, link_attributes: str) -> _Written:
    levels = [block.level for block in text.blocks if isinstance(block, Heading)]
    return _Written(text.language, below + 1 - min(levels, default=1), link_attributes)


@dataclass(frozen=True, slots=True)
class _Written:
    """How blocks are written: `language` parts the marks of several letters on a page."""

    language: str
    deeper: int
    link_attributes: str

    def blocks(self, blocks: Sequence[Block]) -> str:
        return "\n".join(map(self.block, blocks))

    def runs(self, runs: Sequence[Run]) -> str:
        return "".join(map(self._run, runs))

    def block(self, block: Block) -> str:
        match block:
            case Paragraph(runs):
                return f"<p>{self.runs(runs)}</p>"
            case Heading(level, runs):
                level = min(level + self.deeper, DEEPEST)
                return f"<h{level}>{self.runs(runs)}</h{level}>"
            case Quotation(inner):
                return f"<blockquote>{self.blocks(inner)}</blockquote>"
            case ItemList(ordered, start, items):
                lines = "\n".join(f"<li>{self._item(item)}</li>" for item in items)
                return f'<ol start="{start}">{lines}</ol>' if ordered else f"<ul>{lines}</ul>"
        raise AssertionError(block)

    def _item(self, blocks: Sequence[Block]) -> str:
        if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
            return self.runs(blocks[0].runs)
        return self.blocks(blocks)

    def _run(self, run: Run) -> str:
        if run.footnote is not None:
            place = f"{escape(self.language)}-{run.footnote}"
            return f'<sup class="mark"><a href="#note-{place}" id="mark-{place}">{run.footnote}</a></sup>'
        return words(run, link_attributes=self.link_attributes)
