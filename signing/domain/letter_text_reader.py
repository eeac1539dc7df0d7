"""CommonMark read into blocks: what a letter may hold, and what is said about the rest.

Imports `letter_blocks`, `letter_runs`, `errors`, `signing.evidence`, markdown-it, its footnotes. No files, no clock.
Words are never dropped in silence: what a letter cannot show becomes plain words with a remark, and where
words would be lost the text is refused by its line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from signing.evidence.letter_file import UNSAFE_CHARACTERS

from .errors import Faulty
from .letter_blocks import Block, Footnotes, Heading, ItemList, Paragraph, Quotation, Run
from .letter_runs import settle

# Far beyond any letter; they keep the worst text anybody can write for the parser within a few seconds.
MAX_BODY: Final = 100_000  # characters; about thirty-five pages
MAX_PARAGRAPH: Final = 10_000
MAX_BRACKETS: Final = 4_000
_MAX_DEPTH: Final = 16
_PARSER_DEPTH: Final = 40  # beyond it markdown-it drops words; ours refuses long before

# The characters evidence refuses (EVIDENCE 4.3; the joiners U+200C and U+200D are letters of several scripts and
# stay), and two more: the line separators, which some readers break at and some do not, and half surrogates.
_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff" + "".join(sorted(UNSAFE_CHARACTERS)) + "]"
)
_HREF = re.compile(r"(?:https?://[!-~]+|mailto:[!-~]+@[!-~]+)\Z", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WHITE = re.compile(r"[\t\n\r]+")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a reader of the text should know: `line` counts from 1, `code` is stable for programs."""

    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Body:
    """`places` are the lines where the passages begin that hold words: paragraphs and headings, inside lists too."""

    blocks: tuple[Block, ...]
    footnotes: Footnotes
    remarks: tuple[Remark, ...]
    places: tuple[int, ...] = ()


def find_unsafe(text: str) -> tuple[int, str] | None:
    """Find the first character that may not stand in a letter: its line and its name in words, or None."""
    hit = _UNSAFE.search(text)
    if hit is None:
        return None
    return text.count("\n", 0, hit.start()) + 1, name_character(hit.group())


def name_character(char: str) -> str:
    """Name a character for people, as `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    return f"U+{ord(char):04X} {unicodedata.name(char, 'control character')}"


def read_body(markdown: str) -> Body:
    """Read CommonMark into blocks, footnotes (numbered in the order of their first mark) and remarks.

    Raises:
        Faulty: by line, when words would be lost or hidden, or a link is not http, https or mailto.
    """
    if len(markdown) > MAX_BODY:
        raise _fault("too-long", f"The text is longer than {MAX_BODY:,} characters. Make it shorter.")
    if markdown.count("[") > MAX_BRACKETS:
        raise _fault("too-long", f"The text has more than {MAX_BRACKETS:,} square brackets. Use fewer links.")
    _check_paragraphs(markdown)
    environment: dict[str, Any] = {}
    try:
        tokens = _PARSER.parse(markdown, environment)
        return _Walk(tokens, environment).body()
    except RecursionError:
        raise _fault("too-deep", "The text nests too deep. Use fewer levels.") from None


def _check_paragraphs(markdown: str) -> None:
    line = 1
    for paragraph in re.split(r"(\n[ \t]*\n)", markdown):
        if len(paragraph) > MAX_PARAGRAPH:
            message = f"a paragraph is longer than {MAX_PARAGRAPH:,} characters. Part it with an empty line."
            raise fault_at(line, "too-long", message)
        line += paragraph.count("\n")


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _PARSER_DEPTH, "store_labels": True})
    # HTML is recognised only to be reported; its block form would keep Markdown inside it from being read.
    parser.disable("html_block")
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    # We judge links ourselves, by line; markdown-it would leave a refused one as text.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


_PARSER: Final = _parser()


class _Walk:
    """One pass over the tokens of one text."""

    def __init__(self, tokens: Sequence[Token], environment: dict[str, Any]) -> None:
        self._tokens = tokens
        self._environment = environment
        self._at = 0
        self._remarks: list[Remark] = []
        self._numbers: dict[str, int] = {}
        self._notes: dict[str, tuple[int, tuple[Run, ...]]] = {}
        self._labels: set[str] = set()
        self._inside_note = False
        self._places: list[int] = []

    def body(self) -> Body:
        blocks = self._blocks(until=None)
        footnotes = tuple(self._notes[label][1] for label in self._numbers)
        for label, (line, _) in self._notes.items():
            if label not in self._numbers:
                message = f'the footnote "{label}" has no mark in the text; put [^{label}] there.'
                raise fault_at(line, "footnote-unused", message)
        self._report_unused_references()
        remarks = tuple(sorted(self._remarks, key=lambda remark: remark.line))
        return Body(blocks, footnotes, remarks, tuple(self._places))

    def _report_unused_references(self) -> None:
        references = self._environment.get("references", {})
        unused = [(label, found) for label, found in references.items() if label not in self._labels]
        unused += [(found["label"], found) for found in self._environment.get("duplicate_refs", [])]
        for label, found in unused:
            line = found["map"][0] + 1
            message = f'The link address "{label}" is not used in the text and was left out.'
            self._remark(line, "link-unused", message)

    def _remark(self, line: int, code: str, message: str) -> None:
        self._remarks.append(Remark(line, code, message))

    # Blocks

    def _blocks(self, until: str | None) -> tuple[Block, ...]:
        blocks: list[Block] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type == until:
                break
            if token.level > _MAX_DEPTH:
                line = _line(token)
                raise fault_at(line, "too-deep", "the text nests too deep here. Use fewer levels.")
            block = self._block(token)
            if block is not None:
                blocks.append(block)
        return tuple(blocks)

    def _block(self, token: Token) -> Block | None:
        """Read the block that this token opens; None when it holds no words."""
        kind = token.type
        if kind in ("paragraph_open", "heading_open"):
            return self._words(token)
        if kind == "blockquote_open":
            inside = self._blocks(until="blockquote_close")
            return Quotation(inside) if inside else None
        if kind in ("bullet_list_open", "ordered_list_open"):
            return self._list(token)
        if kind == "footnote_reference_open":
            self._note(token)
            return None
        if kind in ("fence", "code_block"):
            return self._code(token)
        if kind == "hr":
            self._remark(_line(token), "line-across", "A line across the page was left out.")
            return None
        raise fault_at(_line(token), "unsupported", "this cannot stand in a letter.")

    def _words(self, token: Token) -> Block | None:
        heading = token.type == "heading_open"
        runs = settle(self._runs(self._tokens[self._at]), one_line=heading)
        self._at += 2
        if not runs:
            return None
        self._place(token)
        return Heading(int(token.tag[1:]), runs) if heading else Paragraph(runs)

    def _list(self, token: Token) -> Block | None:
        ordered = token.type == "ordered_list_open"
        items: list[tuple[Block, ...]] = []
        while self._tokens[self._at].type == "list_item_open":
            self._at += 1
            item = self._blocks(until="list_item_close")
            if item:
                items.append(item)
        self._at += 1
        start = int(token.attrs.get("start", 1)) if ordered else 1
        return ItemList(ordered, start, tuple(items)) if items else None

    def _code(self, token: Token) -> Block | None:
        line = _line(token)
        self._remark(line, "code-block", "A block of code (or an indented text) is kept as plain words.")
        text = f"{token.info.strip()}\n{token.content}" if token.info.strip() else token.content
        self._check_safe(text, line)
        runs = settle([Run(text.rstrip("\n"))])
        if not runs:
            return None
        self._place(token)
        return Paragraph(runs)

    def _place(self, token: Token) -> None:
        if not self._inside_note:
            self._places.append(_line(token))

    def _note(self, token: Token) -> None:
        label, line = str(token.meta["label"]), _line(token)
        outer, self._inside_note = self._inside_note, True
        blocks = self._blocks(until="footnote_reference_close")
        self._inside_note = outer
        runs: list[Run] = []
        for block in blocks:
            if not isinstance(block, Paragraph):
                raise fault_at(line, "footnote-shape", "a footnote may hold paragraphs only.")
            runs += [Run("\n"), *block.runs] if runs else block.runs
        if not runs:
            raise fault_at(line, "footnote-empty", "this footnote is empty.")
        if label in self._notes:
            raise fault_at(line, "footnote-twice", f'the footnote "{label}" is written twice.')
        self._notes[label] = (line, settle(runs))

    # Inside a line

    def _runs(self, inline: Token) -> list[Run]:
        line = _line(inline)
        runs: list[Run] = []
        bold = italic = 0
        link: _Link | None = None
        for token in inline.children or ():
            kind = token.type
            if kind in ("strong_open", "strong_close"):
                bold += token.nesting
            elif kind in ("em_open", "em_close"):
                italic += token.nesting
            elif kind == "link_open":
                link = self._open_link(token, line, len(runs))
            elif kind == "link_close" and link is not None:
                self._close_link(link, runs)
                link = None
            elif kind == "footnote_ref":
                runs.append(self._mark(token, line))
            else:
                line += kind in ("softbreak", "hardbreak")
                runs.append(Run(self._plain(token, line), bold > 0, italic > 0, link.href if link else None))
        return runs

    def _text(self, content: str, line: int) -> str:
        text = _WHITE.sub(" ", content)
        self._check_safe(text, line)
        return text

    def _check_safe(self, text: str, line: int) -> None:
        # An entity such as &#x202E; spells a character that the file itself does not hold.
        unsafe = find_unsafe(text)
        if unsafe is not None:
            raise hidden_character(line, unsafe[1])

    def _mark(self, token: Token, line: int) -> Run:
        if self._inside_note:
            raise fault_at(line, "footnote-shape", "a footnote may not have a footnote of its own.")
        label = str(token.meta["label"])
        return Run("", footnote=self._numbers.setdefault(label, len(self._numbers) + 1))

    def _plain(self, token: Token, line: int) -> str:
        """Take the words of one token; where a letter does not show what it is, say so."""
        if token.type == "hardbreak":
            return "\n"
        if token.type == "softbreak":
            return " "
        text = self._text(token.content, line)
        if token.type == "image":
            self._labels.add(str(token.meta.get("label", "")))
            self._remark(line, "picture", "A picture was left out; its description is kept as plain words.")
        elif token.type == "code_inline":
            self._remark(line, "code", f'"{text}" was marked as code and is kept as plain words.')
        elif token.type == "html_inline":
            self._remark(line, "html", f"HTML has no effect in a letter: {text} is kept as plain words.")
        elif token.type != "text":
            raise fault_at(line, "unsupported", "this cannot stand in a letter.")
        return text

    def _open_link(self, token: Token, line: int, begins: int) -> _Link:
        self._labels.add(str(token.meta.get("label", "")))
        target = str(token.attrs.get("href", ""))
        title = token.attrs.get("title")
        if title:
            self._remark(line, "link-title", f'A letter does not show the title "{title}" of a link.')
        if _HREF.match(target):
            if _PARSER.normalizeLink(target) != target:
                raise _bad_link(line, target)
            return _Link(target, target, line, begins)
        if _SCHEME.match(target):
            raise _bad_link(line, target)
        return _Link(None, target, line, begins)

    def _close_link(self, link: _Link, runs: list[Run]) -> None:
        words = "".join(run.text for run in runs[link.begins :]).strip()
        if link.href is None:
            self._remark(
                link.line,
                "link-nowhere",
                f'The link "{words}" leads nowhere ({link.target or "empty"}); it is kept as plain words.'
                " To make it a link, give it an address that begins with https://.",
            )
        elif not words:
            runs.append(Run(link.href, href=link.href))
            self._remark(link.line, "link-empty", f"A link had no words; its address {link.href} is shown.")


@dataclass(frozen=True, slots=True)
class _Link:
    href: str | None
    target: str
    line: int
    begins: int


def fault_at(line: int, code: str, message: str) -> Faulty:
    """Build the refusal of one line of a file."""
    return Faulty(f"Line {line}: {message}", code=code, line=line)


def hidden_character(line: int, name: str) -> Faulty:
    """Build the refusal of an unsafe character, named as `name_character` does."""
    return fault_at(line, "unsafe-character", f"the hidden character {name} may not stand here. Delete it.")


def _fault(code: str, message: str) -> Faulty:
    return Faulty(message, code=code)


def _bad_link(line: int, target: str) -> Faulty:
    shown = target if len(target) <= 60 else target[:59] + "…"
    message = f"a link to {shown} is not allowed. A link begins with https://, http:// or mailto:."
    return fault_at(line, "link-refused", message)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1
