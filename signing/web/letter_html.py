"""The words of a letter as HTML: every character escaped, only the manners and links that the blocks have."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from signing.domain.letter_text import Block, Heading, ItemList, LetterText, Paragraph, Quotation, Run

SCHEMES = ("https://", "http://", "mailto:")
BREAK = Markup("<br>")


def body(text: LetterText) -> Markup:
    """The letter's blocks; headings begin at level 3, below the page's and the letter's own."""
    return _blocks(text.blocks, text.language)


def footnotes(text: LetterText) -> list[Markup]:
    """The footnotes' words, in order."""
    return [_runs(runs, text.language) for runs in text.footnotes]


def _blocks(blocks: Sequence[Block], prefix: str) -> Markup:
    return Markup("\n").join(_block(block, prefix) for block in blocks)


def _block(block: Block, prefix: str) -> Markup:
    match block:
        case Paragraph(runs):
            return Markup("<p>{}</p>").format(_runs(runs, prefix))
        case Heading(level, runs):
            return Markup("<h{0}>{1}</h{0}>").format(min(level + 2, 6), _runs(runs, prefix))
        case Quotation(inner):
            return Markup("<blockquote>{}</blockquote>").format(_blocks(inner, prefix))
        case ItemList(ordered, start, items):
            lines = Markup("\n").join(Markup("<li>{}</li>").format(_item(item, prefix)) for item in items)
            if ordered:
                return Markup('<ol start="{}">{}</ol>').format(start, lines)
            return Markup("<ul>{}</ul>").format(lines)
    raise AssertionError(block)


def _item(blocks: Sequence[Block], prefix: str) -> Markup:
    if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
        return _runs(blocks[0].runs, prefix)
    return _blocks(blocks, prefix)


def _runs(runs: Sequence[Run], prefix: str) -> Markup:
    return Markup("").join(_run(run, prefix) for run in runs)


def _run(run: Run, prefix: str) -> Markup:
    if run.footnote is not None:
        return Markup('<sup class="mark"><a href="#note-{0}-{1}" id="mark-{0}-{1}">{1}</a></sup>').format(
            prefix, run.footnote
        )
    words = BREAK.join(escape(line) for line in run.text.split("\n"))
    if run.italic:
        words = Markup("<em>{}</em>").format(words)
    if run.bold:
        words = Markup("<strong>{}</strong>").format(words)
    if run.href and run.href.lower().startswith(SCHEMES):
        # A new tab, so that following a source never costs what was typed into the form below.
        words = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(run.href, words)
    return words
