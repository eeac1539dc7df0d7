"""Blocks written as CommonMark, in one canonical spelling.

May import `letter_blocks` and the standard library.
Expects settled runs (`letter_runs`). Reading what is written gives the same blocks: the law of the tests.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .letter_blocks import Block, Footnotes, Heading, ItemList, Paragraph, Quotation, Run

_ALWAYS = re.compile(r"[\\`*_\[\]<]")
_ENTITY = re.compile(r"&(?=#|[A-Za-z])")
_LINE_START = re.compile(r">|=|~|#{1,6}(?=\s|$)|[-+](?=\s|-|$)")
_NUMBER_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_LAST_NUMBER = 999_999_999  # CommonMark 5.2: at most nine digits


def blocks_to_markdown(blocks: Sequence[Block], footnotes: Footnotes = ()) -> str:
    """Write blocks and footnotes as canonical CommonMark, without a line feed at the end."""
    parts = [_write_blocks(blocks)] if blocks else []
    for number, runs in enumerate(footnotes, start=1):
        parts.append(f"[^{number}]: " + _write_runs(runs).replace("\n", "\n    "))
    return "\n\n".join(parts)


def _write_blocks(blocks: Sequence[Block]) -> str:
    parts: list[str] = []
    before: Block | None = None
    other_mark = False
    for block in blocks:
        # Two lists in a row would become one: the second takes the other mark.
        if isinstance(block, ItemList) and isinstance(before, ItemList) and before.ordered == block.ordered:
            other_mark = not other_mark
        else:
            other_mark = False
        parts.append(_write_block(block, other_mark))
        before = block
    return "\n\n".join(parts)


def _write_block(block: Block, other_mark: bool) -> str:
    if isinstance(block, Paragraph):
        return _write_runs(block.runs)
    if isinstance(block, Heading):
        words = _write_runs(block.runs)
        # A last # would be read as the closing of the heading (CommonMark 4.2).
        if words.endswith("#") and not words.endswith("\\#"):
            words = words[:-1] + "\\#"
        return "#" * block.level + " " + words
    if isinstance(block, Quotation):
        return "\n".join(f"> {line}".rstrip() for line in _write_blocks(block.blocks).split("\n"))
    return _write_list(block, other_mark)


def _write_list(block: ItemList, other_mark: bool) -> str:
    written: list[str] = []
    for index, item in enumerate(block.items):
        if block.ordered:
            mark = f"{min(block.start + index, _LAST_NUMBER)}{')' if other_mark else '.'}"
        else:
            mark = "*" if other_mark else "-"
        first, *rest = _write_blocks(item).split("\n")
        indent = " " * (len(mark) + 1)
        written.append("\n".join([f"{mark} {first}", *(f"{indent}{line}" if line else "" for line in rest)]))
    tight = all(len(item) == 1 and isinstance(item[0], Paragraph) for item in block.items)
    return ("\n" if tight else "\n\n").join(written)


def _write_runs(runs: Sequence[Run]) -> str:
    out: list[str] = []
    for index, run in enumerate(runs):
        if run.footnote is not None:
            out.append(f"[^{run.footnote}]")
            continue
        before = runs[index - 1] if index else None
        after = runs[index + 1] if index + 1 < len(runs) else None
        opens = run.href is not None and (before is None or before.href != run.href)
        closes = run.href is not None and (after is None or after.href != run.href)
        stars = "*" * (2 * run.bold + run.italic)
        starts_line = not out or (before is not None and before.text.endswith("\n"))
        text = _escape(run.text, starts_line and not stars and not opens)
        if text.startswith(":") and before is not None and before.footnote is not None:
            text = "\\" + text  # at the start of a line it would define the footnote
        if text.endswith("!") and after is not None and not stars and (after.href or after.footnote):
            text = text[:-1] + "\\!"  # else the link would become a picture
        text = text.replace("\n", "\\\n")
        out.append(("[" if opens else "") + stars + text + stars)
        if closes:
            out.append(f"]({_destination(run.href or '')})")
    return "".join(out)


def _destination(href: str) -> str:
    href = _ENTITY.sub("&amp;", href)
    return f"<{href}>" if "(" in href or ")" in href else href


def _escape(text: str, starts_line: bool) -> str:
    lines = _ENTITY.sub(r"\\&", _ALWAYS.sub(r"\\\g<0>", text)).split("\n")
    for index, line in enumerate(lines):
        if index or starts_line:
            line = _NUMBER_START.sub(r"\1\\\2", line, count=1) if _NUMBER_START.match(line) else line
            lines[index] = "\\" + line if _LINE_START.match(line) else line
    return "\n".join(lines)
