"""The opening of a `.md` letter: YAML front matter with the fields of DESIGN 8, read as plain text by line.

May import PyYAML, `signing.domain` and the parts of the letter intake. Only the tree of the YAML is used, never
its typed values: `language: no` is Norwegian, not false. Anchors, aliases and repeated names are refused, so
nothing in it can grow or hide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import yaml

from signing.domain.errors import Faulty
from signing.domain.letter_text_reader import Remark, fault_at, find_unsafe, hidden_character

from .letter_intake_dates import date_line_for, locale_of
from .letter_intake_lines import Line, Opening, first_words

_REQUIRED: Final = ("title", "date", "language", "addressees")
_WORDS: Final = ("title", "place", "salutation", "closing", "reference")
_FIELDS: Final = (*_REQUIRED, "place", "salutation", "closing", "reference", "deadline")
_MOST: Final = 30_000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?\s?(Z|[+-]\d{2}:?\d{2})", re.ASCII)
_BREAK = re.compile("[\n\u2028\u2029\x85]")
_EXAMPLE = "Begin it so:\n---\ntitle: …\ndate: 2023-02-15\nlanguage: en\naddressees:\n  - - Ms Name\n    - Office\n---"


def read_front_matter(lines: Sequence[Line], language: str | None) -> tuple[Opening, list[Line], list[Remark]]:
    """Part a `.md` letter into its opening and its body.

    Raises:
        Faulty: by line, when a field is missing, unknown, written twice or of the wrong shape.
    """
    start = next(at for at, line in enumerate(lines) if line.text.strip())
    if lines[start].text != "---":
        raise fault_at(lines[start].number, "no-front-matter", f"the letter has no front matter. {_EXAMPLE}")
    end = next((at for at in range(start + 1, len(lines)) if lines[at].text == "---"), None)
    if end is None:
        message = "the front matter has no end. Close it with a line of three dashes, ---."
        raise fault_at(lines[start].number, "front-matter-open", message)
    nodes = _Reading(lines[start].number).fields("\n".join(line.text for line in lines[start + 1 : end]))
    missing = [name for name in _REQUIRED if name not in nodes and not (name == "language" and language)]
    if missing:
        message = f"the front matter lacks {', '.join(missing)}. Add a line for each."
        raise fault_at(lines[end].number, "missing-field", message)
    return _opening(nodes, language, lines[end].number), list(lines[end + 1 :]), []


# The tags that PyYAML gives by itself; any other was written there on purpose.
_PLAIN_TAGS: Final = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "timestamp", "value", "merge")
)


class _Value:
    """One value of the front matter with its place in the file."""

    def __init__(self, name: str, node: yaml.Node, first_line: int) -> None:
        self.name = name
        self._node = node
        self._first_line = first_line

    @property
    def line(self) -> int:
        return int(self._node.start_mark.line) + 1 + self._first_line

    @property
    def empty(self) -> bool:
        node = self._node
        return isinstance(node, yaml.ScalarNode) and (node.tag.endswith(":null") or not str(node.value).strip())

    def text(self) -> str:
        """The value as one line of text."""
        if not isinstance(self._node, yaml.ScalarNode) or self._node.tag not in _PLAIN_TAGS:
            raise fault_at(self.line, "field-shape", f"{self.name} must be one line of text.")
        text = unicodedata.normalize("NFC", str(self._node.value)).strip()
        if not text:
            raise fault_at(self.line, "missing-field", f"{self.name} is empty. Write it, or delete the line.")
        if _BREAK.search(text):
            raise fault_at(self.line, "line-break", f"{self.name} must stay on one line.")
        unsafe = find_unsafe(text)
        if unsafe is not None:
            raise hidden_character(self.line, unsafe[1])
        return text

    def items(self, what: str) -> list[_Value]:
        """The values of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            raise fault_at(self.line, "field-shape", what)
        return [_Value(self.name, node, self._first_line) for node in self._node.value]


class _PlainLoader(yaml.SafeLoader):
    """Composes a tree without anchors and aliases, the two things that let a small file grow huge."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise yaml.MarkedYAMLError(problem="anchor", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


class _Reading:
    """One reading of one front matter whose opening dashes stand in `first_line` of the file."""

    def __init__(self, first_line: int) -> None:
        self._first_line = first_line

    def fields(self, text: str) -> dict[str, _Value]:
        if len(text) > _MOST:
            message = "the front matter is too long. It holds the addressees and a few short fields only."
            raise fault_at(self._first_line, "front-matter-long", message)
        root = self._compose(text)
        if root is None:
            return {}
        if not isinstance(root, yaml.MappingNode):
            message = "the front matter must be lines of the form name: value."
            raise fault_at(self._first_line + 1, "front-matter", message)
        found: dict[str, _Value] = {}
        for key, node in root.value:
            line = int(key.start_mark.line) + 1 + self._first_line
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "a list or mapping"
            if name not in _FIELDS:
                message = f'"{first_words(name)}" is not a field of a letter. The fields are {", ".join(_FIELDS)}.'
                raise fault_at(line, "unknown-field", message)
            if name in found:
                raise fault_at(line, "field-twice", f"{name} is written twice. Keep one.")
            value = _Value(name, node, self._first_line)
            if not value.empty:
                found[name] = value
        return found

    def _compose(self, text: str) -> yaml.Node | None:
        try:
            return yaml.compose(text, Loader=_PlainLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = (int(mark.line) if mark else 0) + 1 + self._first_line
            if error.problem == "anchor":
                message = "a value that begins with & or * must stand in quotes."
                raise fault_at(line, "front-matter", message) from None
            raise self._unreadable(line) from None
        except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
            # Escapes of characters that do not exist, and brackets without end, leave PyYAML as these.
            raise self._unreadable(self._first_line + 1) from None

    def _unreadable(self, line: int) -> Faulty:
        message = 'the front matter cannot be read here. Put a value that holds a colon or begins with a sign in "…".'
        return fault_at(line, "front-matter", message)


def _opening(values: dict[str, _Value], language: str | None, end: int) -> Opening:
    fields: dict[str, Any] = {name: values[name].text() for name in _WORDS if name in values}
    fields["language"] = _language(values["language"]) if "language" in values else language
    day = _day(values["date"])
    fields["date"] = day.isoformat()
    fields["date_line"] = date_line_for(day, fields["language"])
    fields["addressees"] = _addressees(values["addressees"])
    deadline = _moment(values["deadline"]) if "deadline" in values else None
    return Opening(fields, end, deadline)


def _addressees(value: _Value) -> tuple[tuple[str, ...], ...]:
    what = "addressees must be a list of address blocks, each a list of lines:\n  - - Ms Name\n    - Office"
    return tuple(tuple(line.text() for line in block.items(what)) for block in value.items(what))


def _language(value: _Value) -> str:
    tag = value.text()
    if locale_of(tag) is None:
        message = f'"{first_words(tag)}" is not a language tag. Write one like en, fr, zh-Hant or pt-BR.'
        raise fault_at(value.line, "bad-language", message)
    return tag


def _day(value: _Value) -> date:
    text = value.text()
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    message = f'"{first_words(text)}" is not a date. Write year, month and day as 2023-02-15.'
    raise fault_at(value.line, "bad-date", message)


def _moment(value: _Value) -> datetime:
    text = value.text()
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text.replace(" Z", "Z").replace(" +", "+")).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    message = f'"{first_words(text)}" is not a deadline. Write day, hour and zone as 2023-02-20T18:00+01:00.'
    raise fault_at(value.line, "bad-deadline", message)
