"""The words of a letter in one language, as blocks and as the exact `.md` file that is signed (EVIDENCE 4.3).

May import `letter_blocks`, `letter_text_reader`, `letter_text_writer`, `errors`, `signing.evidence` and the
standard library.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date as Date
from functools import cached_property
from typing import Any, Final

from signing.evidence import canonical
from signing.evidence.errors import EvidenceError

from .errors import Faulty
from .letter_blocks import Block, Footnotes, Heading, ItemList, Paragraph, Quotation, Run
from .letter_text_reader import Body, find_unsafe, hidden_character, read_body
from .letter_text_writer import blocks_to_markdown

__all__ = [
    "Block",
    "Footnotes",
    "Heading",
    "ItemList",
    "LetterText",
    "Paragraph",
    "Quotation",
    "Run",
    "blocks_to_markdown",
    "is_language_tag",
    "plain_block",
]

_FILE: Final = re.compile(r"---\n([^\n]*)\n---\n\n(.*)\n", re.DOTALL)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# BCP 47 without extensions: language, script, region, variants.
_LANGUAGE: Final = re.compile(
    r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*", re.ASCII
)
_REQUIRED: Final = ("title", "date", "date_line", "language", "addressees")
_OPTIONAL: Final = ("salutation", "closing", "place", "reference")
_BREAKS: Final = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True)
class LetterText:
    """One language of one version. `date` is ISO (YYYY-MM-DD), `date_line` the words that are printed.

    `body` is CommonMark without line feeds at its two ends; the file adds the one that ends it.
    """

    title: str
    date: str
    date_line: str
    language: str
    addressees: tuple[tuple[str, ...], ...]
    body: str
    salutation: str | None = None
    closing: str | None = None
    place: str | None = None
    reference: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "body", self.body.strip("\n"))

    def to_bytes(self) -> bytes:
        """Format the exact `.md` file (EVIDENCE 4.3).

        Raises:
            Faulty: when a field breaks the rules of that file.
        """
        self._check()
        header: dict[str, Any] = {name: getattr(self, name) for name in _REQUIRED}
        header |= {name: value for name in _OPTIONAL if (value := getattr(self, name)) is not None}
        return b"---\n" + canonical.to_bytes(header) + b"\n---\n\n" + self.body.encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> LetterText:
        """Read the exact `.md` file (EVIDENCE 4.3): parsed, formatted again and compared.

        Raises:
            Faulty: when a byte is not as this program writes it, or a letter cannot show what the body holds.
        """
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise _broken("not-utf-8", "it is not UTF-8") from None
        parts = _FILE.fullmatch(text)
        if parts is None:
            raise _broken("letter-file", "it does not begin with a header line between dashes")
        try:
            header = canonical.from_bytes(parts[1].encode())
        except EvidenceError:
            raise _broken("letter-header", "its header line is not JSON in the canonical form") from None
        letter = cls(**_typed(header), body=parts[2])
        if letter.to_bytes() != data:
            raise _broken("letter-file", "its bytes are not those this program writes for these words")
        remarks = letter._read.remarks
        if remarks:
            raise _broken("letter-body", f"line {remarks[0].line} of the body: {remarks[0].message}")
        return letter

    @property
    def sha256(self) -> str:
        """The digest of the file in hex: what a statement names as its subject."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The body as blocks; raises `Faulty` where the body holds what a letter cannot."""
        return self._read.blocks

    @property
    def footnotes(self) -> Footnotes:
        """The footnotes, the first of them number 1; raises `Faulty` as `blocks` does."""
        return self._read.footnotes

    @cached_property
    def _read(self) -> Body:
        return read_body(self.body)

    def to_plain_text(self) -> str:
        """The words for people (`<version>.<lang>.txt`), from the addressees to the closing."""
        opening = ["\n".join(block) for block in self.addressees]
        opening.append(f"{self.place}, {self.date_line}" if self.place else self.date_line)
        parts = [*opening, self.reference, self.salutation, self.title, *_plain_blocks(self.blocks)]
        parts += [f"[{number}] {_plain_runs(runs)}" for number, runs in enumerate(self.footnotes, start=1)]
        parts.append(self.closing)
        return "\n\n".join(part for part in parts if part) + "\n"

    def _check(self) -> None:
        if not self.body:
            raise _field("body", "empty-body", "The letter has no words yet. Write its body.")
        for name in (*_REQUIRED, *_OPTIONAL):
            value = getattr(self, name)
            if value is None and name in _OPTIONAL:
                continue
            for line in [line for block in value for line in block] if name == "addressees" else [value]:
                _check_header_value(name, line)
        if not all(self.addressees):
            raise _field("addressees", "addressees-shape", "An addressee has no lines.")
        if not _is_date(self.date):
            raise _field("date", "bad-date", f'The date "{self.date}" is not a day. Write it as 2023-02-15.')
        if not is_language_tag(self.language):
            message = f'"{self.language}" is not a language tag. Write one like en, fr, zh-Hant or pt-BR.'
            raise _field("language", "bad-language", message)
        unsafe = find_unsafe(self.body)
        if unsafe is not None:
            raise hidden_character(*unsafe)
        if not unicodedata.is_normalized("NFC", self.body):
            raise _field("body", "not-nfc", "The body is not in Unicode form NFC.")


def is_language_tag(text: str) -> bool:
    """Whether this is a language tag in its canonical spelling (BCP 47): `en`, `zh-Hant`, `pt-BR`."""
    return _LANGUAGE.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    if _DATE.fullmatch(text) is None:
        return False
    try:
        Date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_header_value(name: str, value: str) -> None:
    if not value.strip():
        raise _field(name, "missing-field", f"The {name} is empty.")
    if _BREAKS.search(value):
        raise _field(name, "line-break", f"The {name} must be one line.")
    unsafe = find_unsafe(value)
    if unsafe is not None:
        raise _field(name, "unsafe-character", f"The {name} holds {unsafe[1]}. Delete that character.")
    if not unicodedata.is_normalized("NFC", value):
        raise _field(name, "not-nfc", f"The {name} is not in Unicode form NFC.")


def _broken(code: str, why: str) -> Faulty:
    return Faulty(f"This letter file cannot be used: {why}.", code=code)


def _field(name: str, code: str, message: str) -> Faulty:
    return Faulty(message, code=code, field=name)


def _typed(header: Any) -> dict[str, Any]:
    """The header as arguments of `LetterText`, each of the right shape."""
    allowed = {field.name for field in fields(LetterText)} - {"body"}
    if not isinstance(header, dict) or set(header) - allowed or set(_REQUIRED) - set(header):
        raise _broken("letter-header", "its header does not have the fields of a letter")
    addressees = header["addressees"]
    if not isinstance(addressees, list) or not all(isinstance(block, list) for block in addressees):
        raise _broken("letter-header", "its addressees are not a list of address blocks")
    words = [value for name, value in header.items() if name != "addressees"]
    words += [line for block in addressees for line in block]
    if not all(isinstance(value, str) for value in words):
        raise _broken("letter-header", "a field of its header is not text")
    return {**header, "addressees": tuple(tuple(block) for block in addressees)}


def _plain_runs(runs: Sequence[Run]) -> str:
    return "".join(run.text if run.footnote is None else f"[{run.footnote}]" for run in runs)


def _plain_blocks(blocks: Sequence[Block]) -> list[str]:
    return [plain_block(block) for block in blocks]


def plain_block(block: Block) -> str:
    """One block as `to_plain_text` has it."""
    if isinstance(block, Paragraph | Heading):
        return _plain_runs(block.runs)
    if isinstance(block, Quotation):
        return _indented("\n\n".join(_plain_blocks(block.blocks)), "    ", "    ")
    items: list[str] = []
    for index, item in enumerate(block.items):
        mark = f"{block.start + index}. " if block.ordered else "• "
        items.append(_indented("\n".join(_plain_blocks(item)), mark, " " * len(mark)))
    return "\n".join(items)


def _indented(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    return "\n".join([first + lines[0], *(rest + line if line else "" for line in lines[1:])])
