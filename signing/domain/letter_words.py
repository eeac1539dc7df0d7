"""The words of a letter while they are written: one field after the other, whether they make a letter yet or not.

May import `letter_text`, its parts and the standard library. Stored as the `.md` file that the importer reads (DESIGN
8), written so that each field has its line and whatever was typed comes back as it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from .letter_blocks import Paragraph, Run
from .letter_text import LetterText, blocks_to_markdown
from .letter_text_reader import find_unsafe

FIELDS: Final = ("title", "date", "language", "place", "reference", "salutation", "closing")
_REQUIRED: Final = ("title", "date", "language")
# How the first line of an address block begins that is for a copy; the typesetter sets those under their own heading.
COPY: Final = "Cc: "
_FENCE: Final = "---"
_FIELD = re.compile(r'([a-z]+): (".*")')
_BLOCK: Final = "  - "
# What no database keeps and no letter may hold; all else is kept until somebody mends it.
_UNKEPT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line of the file stands in the editor: the name of a field, and the line in the body where it is that."""

    field: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LetterWords:
    """What stands in the fields. `addressees` are To, `copies` Cc, without that word; `body` is Markdown."""

    title: str = ""
    date: str = ""
    language: str = ""
    place: str = ""
    reference: str = ""
    salutation: str = ""
    closing: str = ""
    addressees: tuple[tuple[str, ...], ...] = ()
    copies: tuple[tuple[str, ...], ...] = ()
    body: str = ""

    @classmethod
    def of(cls, text: LetterText) -> LetterWords:
        """The words of a text; copies are the last address blocks, so far as they are written as ours are."""
        blocks = list(text.addressees)
        copies: list[tuple[str, ...]] = []
        while blocks and blocks[-1][0].startswith(COPY):
            first, *rest = blocks.pop()
            copies.insert(0, (first.removeprefix(COPY), *rest))
        plain = {name: getattr(text, name) or "" for name in FIELDS}
        return cls(**plain, addressees=tuple(blocks), copies=tuple(copies), body=text.body)

    @classmethod
    def from_file(cls, file: str) -> LetterWords:
        """Read what `to_file` wrote; a file that something else wrote is all body."""
        head, fence, body = file.partition(f"\n{_FENCE}\n\n")
        found: dict[str, str] = {}
        blocks: list[tuple[str, ...]] = []
        try:
            for line in head.removeprefix(f"{_FENCE}\n").split("\n"):
                if line.startswith(_BLOCK):
                    blocks.append(tuple(json.loads(line.removeprefix(_BLOCK))))
                elif matched := _FIELD.fullmatch(line):
                    found[matched[1]] = json.loads(matched[2])
                elif not line.startswith("addressees:"):
                    return cls(body=file)
        except ValueError:
            return cls(body=file)
        if not fence or not found.keys() <= set(FIELDS):
            return cls(body=file)
        to = tuple(block for block in blocks if not _is_copy(block))
        copies = tuple((block[0].removeprefix(COPY), *block[1:]) for block in blocks if _is_copy(block))
        return cls(**found, addressees=to, copies=copies, body=body.removesuffix("\n"))

    def to_file(self) -> str:
        """The `.md` file of these words: front matter with a field on each line, then the body as it was typed."""
        lines = [_FENCE, *(line for _, line in self._head()), _FENCE, "", self.body]
        return "\n".join(lines) + "\n"

    def place_of(self, line: int) -> Place:
        """Where a line of `to_file` stands in the editor; lines count from 1."""
        head = self._head()
        if line - 2 < len(head):
            return Place(head[max(line - 2, 0)][0])
        # Nothing is said of the end of the opening that is not about the words after it.
        return Place("body", max(line - len(head) - 3, 1))

    def cleaned(self) -> LetterWords:
        """The same words with one kind of line end, and without what cannot be kept."""
        plain = {field.name: _kept(getattr(self, field.name)) for field in fields(self)
                 if isinstance(getattr(self, field.name), str)}
        return replace(
            self, **plain, addressees=_kept_blocks(self.addressees), copies=_kept_blocks(self.copies)
        )

    def as_plain_text(self) -> LetterText:
        """These words as a text that can always be compared with another: where they cannot be read as a letter, each
        line of the body is plain words."""
        blocks = [Paragraph((Run(_safe(line)),)) for part in self.body.split("\n") if (line := part.strip())]
        return LetterText(
            title=_safe(self.title), date=_safe(self.date), date_line=_safe(self.date), language=self.language,
            addressees=tuple(tuple(map(_safe, block)) for block in self._blocks()),
            body=blocks_to_markdown(blocks), salutation=_safe(self.salutation) or None,
            closing=_safe(self.closing) or None, place=_safe(self.place) or None,
            reference=_safe(self.reference) or None,
        )  # fmt: skip

    def _blocks(self) -> list[tuple[str, ...]]:
        return [*self.addressees, *((COPY + block[0], *block[1:]) for block in self.copies)]

    def _head(self) -> list[tuple[str, str]]:
        """The lines of the front matter, each with the field it comes from."""
        head = [(name, f"{name}: {_quoted(value)}") for name in FIELDS
                if (value := getattr(self, name)) or name in _REQUIRED]
        blocks = self._blocks()
        head.append(("to-0", "addressees:" if blocks else "addressees: []"))
        for at, block in enumerate(blocks):
            to = at < len(self.addressees)
            name = f"to-{at}" if to else f"cc-{at - len(self.addressees)}"
            head.append((name, f"{_BLOCK}[{', '.join(map(_quoted, block))}]"))
        return head


def _is_copy(block: Sequence[str]) -> bool:
    return bool(block) and block[0].startswith(COPY)


def _quoted(value: str) -> str:
    # JSON's strings are YAML's, on one line whatever they hold.
    return json.dumps(value, ensure_ascii=False)


def _kept(text: str) -> str:
    return _UNKEPT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _kept_blocks(blocks: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Address blocks without empty lines, and without those that are all empty."""
    cleaned = (tuple(line for each in block if (line := _kept(each).strip())) for block in blocks)
    return tuple(block for block in cleaned if block)


def _safe(text: str) -> str:
    while find_unsafe(text) is not None:
        text = "".join(char for char in text if find_unsafe(char) is None)
    return text
