"""The `.md` file a signature covers (EVIDENCE 4.3), read strictly; may import the rooms below it here.

Only what can be judged from the bytes: header line and character rules; the Markdown is for others.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from . import canonical, shape
from .errors import EvidenceError, Malformed

MAX_LETTER_BYTES: Final = 4 * 1024 * 1024

# Characters that change what a reader sees without being seen: direction overrides and isolates, zero width.
UNSAFE_CHARACTERS: Final = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x2060, 0xFEFF)))
REQUIRED_FIELDS: Final = frozenset({"addressees", "date", "date_line", "language", "title"})
OPTIONAL_FIELDS: Final = frozenset({"closing", "place", "reference", "salutation"})

_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f" + "".join(sorted(UNSAFE_CHARACTERS)) + "]")
_OPEN, _CLOSE = "---\n", "\n---\n\n"


def is_unsafe_character(character: str) -> bool:
    """Tell whether a character may not stand in a letter."""
    return _UNSAFE.match(character) is not None


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A letter's text in one language: the header line as written, what it says, and the body."""

    header_line: str
    header: dict[str, Any]
    body: str

    @classmethod
    def from_bytes(cls, data: bytes) -> "LetterFile":
        """Read a letter file.

        Raises:
            Malformed: `TEXT_UNSAFE`.
        """
        text = _decode(data)
        header_line, gap, body = text.removeprefix(_OPEN).partition(_CLOSE)
        if not text.startswith(_OPEN) or not gap or "\n" in header_line:
            raise Malformed(
                "TEXT_UNSAFE",
                "The letter's text does not begin with one header line between lines of three hyphens.",
            )
        if not body.strip() or not body.endswith("\n") or body.endswith("\n\n"):
            raise Malformed("TEXT_UNSAFE", "The letter's text does not end in exactly one line end, or has no words.")
        return cls(header_line, _header(header_line), body)

    def to_bytes(self) -> bytes:
        """Format as the file that is signed."""
        return f"{_OPEN}{self.header_line}{_CLOSE}{self.body}".encode()

    @classmethod
    def of(cls, header: dict[str, Any], body: str) -> "LetterFile":
        """Put a header and a body together.

        Raises:
            Malformed: `TEXT_UNSAFE` when they may not stand in a letter.
        """
        line = canonical.to_bytes(header).decode("utf-8")
        return cls.from_bytes(cls(line, header, body).to_bytes())


def check_text(data: bytes) -> dict[str, Any]:
    """Check a letter file and give what its header says.

    Raises:
        Malformed: `TEXT_UNSAFE`.
    """
    return LetterFile.from_bytes(data).header


def _decode(data: bytes) -> str:
    if len(data) > MAX_LETTER_BYTES:
        raise Malformed("TEXT_UNSAFE", f"The letter's text is larger than {MAX_LETTER_BYTES} bytes.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("TEXT_UNSAFE", "The letter's text is not UTF-8.") from None
    found = _UNSAFE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise Malformed(
            "TEXT_UNSAFE",
            f"The letter's text holds the hidden character U+{ord(found.group()):04X} in line {line}.",
        )
    if not unicodedata.is_normalized("NFC", text):
        raise Malformed("TEXT_UNSAFE", "The letter's text is not in Unicode's composed form (NFC).")
    return text


def _header(line: str) -> dict[str, Any]:
    try:
        header = canonical.from_bytes(line.encode("utf-8"))
        _check_fields(header)
    except EvidenceError as error:
        raise Malformed("TEXT_UNSAFE", f"The letter's header cannot be read. {error.message}") from None
    return header  # type: ignore[no-any-return]


def _check_fields(header: Any) -> None:
    present = OPTIONAL_FIELDS & header.keys() if type(header) is dict else frozenset()
    fields = shape.members(header, REQUIRED_FIELDS | present, "header")
    shape.day(fields["date"], "date")
    for block in shape.array(fields["addressees"], "addressees"):
        for address_line in shape.array(block, "address"):
            _check_line(address_line, "address line")
    for name in sorted((REQUIRED_FIELDS | present) - {"addressees", "date"}):
        _check_line(fields[name], name)
    if not shape.is_language(fields["language"]) or not fields["title"]:
        raise Malformed("TYPE_UNKNOWN", "The header lacks a language or a title.")


def _check_line(value: Any, what: str) -> None:
    # JSON may spell a control character as an escape, where the rule over the file's own characters is blind.
    line = shape.text(value, what)
    if "\n" in line or _UNSAFE.search(line):
        raise Malformed("TYPE_UNKNOWN", f"The {what} holds a hidden character.")
