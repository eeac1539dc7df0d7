"""The editor's form: what was typed, how it reads, and what to say beside which field and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import request

from signing.domain.errors import Faulty
from signing.domain.letter_text import LetterText
from signing.domain.letter_words import FIELDS, LetterWords, Place
from signing.web.intake import Intake, LetterFile
from signing.web.page import _, said

_NAME = "letter.md"
_LINE = re.compile(r"Line \d+: ")
_BLOCKS = 200
_QUOTED = 32
_OPENING = re.compile(r"\s*---\n.*?\n---[ \t]*\n", re.DOTALL)
# A letter in which nothing is wrong, so that one field at a time can be tried.
_SOUND = LetterWords(title="x", date="2000-01-01", language="en", body="x")


@dataclass(frozen=True, slots=True)
class Found:
    """Something to say of a field, or of a line of the body that begins like `quote`; `missing`: not typed yet."""

    field: str
    line: int | None
    message: str
    quote: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is None so long as there are `faults`; `remarks` are things to look at."""

    text: LetterText | None
    faults: tuple[Found, ...]
    remarks: tuple[Found, ...]

    def of_field(self, name: str) -> str:
        """What is wrong with a field, in words."""
        return " ".join(found.message for found in self.faults if found.field == name)

    @property
    def wrong(self) -> list[Found]:
        """The faults of what was typed."""
        return [found for found in self.faults if not found.missing]

    @property
    def missing(self) -> list[Found]:
        """What was not typed yet."""
        return [found for found in self.faults if found.missing]

    @property
    def by_field(self) -> dict[str, str]:
        """The faults for the summary of a form."""
        fields: dict[str, str] = {}
        for found in self.faults:
            line = _("Line %(line)s: ", line=found.line) if found.line else ""
            fields.setdefault(found.field, line + found.message)
        return fields


def typed(language: str) -> LetterWords:
    """What stands in the fields of this request."""
    plain = {name: request.form.get(name, "") for name in FIELDS if name != "language"}
    return LetterWords(
        **plain, language=language, addressees=_blocks("to"), copies=_blocks("cc"), body=request.form.get("body", "")
    ).cleaned()


def read(intake: Intake, words: LetterWords) -> Reading:
    """How the words read, as a file of them would be read at import; where they cannot be, each field by itself, so
    that all that is wrong is said at once."""
    if _OPENING.match(words.body):
        return _read_with_opening(intake, words)
    faults = _missing(words)
    if not faults:
        file, wrong = _tried(intake, words)
        if file is not None:
            return Reading(file.text, (), tuple(_remarks(words, file)))
        faults = wrong
    apart = list(_apart(words))
    wrong = [found for name, alone in apart for found in _tried(intake, alone, name)[1]]
    body = next((alone for name, alone in apart if name == "body"), None)
    remarks = _remarks(body, _tried(intake, body)[0]) if body else []
    # What fits only by itself is wrong as a whole.
    return Reading(None, tuple(wrong + [found for found in faults if found.missing or not wrong]), tuple(remarks))


def _apart(words: LetterWords) -> Iterator[tuple[str, LetterWords]]:
    """Each field that was filled in, in a letter that is sound otherwise."""
    sound = replace(_SOUND, language=words.language)
    for name in (*FIELDS, "body"):
        if getattr(words, name).strip():
            yield name, replace(sound, **{name: getattr(words, name)})
    for at, block in enumerate(words.addressees):
        yield f"to-{at}", replace(sound, addressees=(block,))
    for at, block in enumerate(words.copies):
        yield f"cc-{at}", replace(sound, copies=(block,))


def with_opening(intake: Intake, words: LetterWords) -> LetterWords:
    """The words with front matter at the top of the body, if it can be read, in the fields where it belongs."""
    if not _OPENING.match(words.body):
        return words
    try:
        file = intake.letter(words.body.encode(), _NAME, language=words.language, mend=False)
    except Faulty:
        return words
    body = _OPENING.sub("", words.body, count=1).strip("\n")
    return replace(LetterWords.of(file.text), language=words.language, body=body)


def taken_apart(intake: Intake, words: LetterWords) -> tuple[LetterWords, tuple[Found, ...]]:
    """The words of a whole letter that was put into the body: its opening in the fields, the rest as a `.txt` file is
    read at import, and what is to be said of that. Raises Faulty."""
    opened = with_opening(intake, words)
    if opened is not words:
        return opened, ()
    try:
        file = intake.letter(words.body.encode(), "letter.txt", language=words.language, mend=True)
    except Faulty as fault:
        place = Place("body", fault.line)
        raise Faulty(_found(words, place, fault).message, field="body", line=fault.line, code=fault.code) from None
    remarks = tuple(Found("body", None, remark.message) for remark in file.warnings)
    return replace(LetterWords.of(file.text), language=words.language), remarks


def _blocks(name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(block.splitlines()) for at in range(_BLOCKS) if (block := request.form.get(f"{name}-{at}", "")).strip()
    )


def _missing(words: LetterWords) -> list[Found]:
    say = {
        "title": _("The letter has no title yet."),
        "date": _("The letter has no date yet. Choose the day it will bear."),
        "body": _("The letter has no words yet. Begin to write."),
    }
    empty = [name for name in say if not getattr(words, name).strip()]
    return [Found(name, None, say[name], missing=True) for name in empty]


def _read_with_opening(intake: Intake, words: LetterWords) -> Reading:
    try:
        intake.letter(words.body.encode(), _NAME, language=words.language, mend=False)
    except Faulty as fault:
        return Reading(None, (_found(words, Place("body", fault.line), fault),), ())
    said_of_it = _("This text begins with an opening of its own. Press “Save and preview”: title, date and addressees "
                   "go to their fields.")
    return Reading(None, (Found("body", 1, said_of_it),), ())


def _tried(intake: Intake, words: LetterWords, field: str = "body") -> tuple[LetterFile | None, list[Found]]:
    """The words as they are read, or what is wrong with them: of `field`, where that says no line."""
    try:
        return intake.letter(words.to_file().encode(), _NAME, mend=False), []
    except Faulty as fault:
        place = words.place_of(fault.line) if fault.line else Place(field)
        if field != "body":
            place = Place(field)
        return None, [_found(words, place, fault)]


def _remarks(words: LetterWords, file: LetterFile | None) -> list[Found]:
    found = []
    for remark in file.warnings if file else ():
        place = words.place_of(remark.line) if remark.line else Place("body")
        found.append(Found(place.field, place.line, remark.message, _quote(words, place)))
    return found


def _found(words: LetterWords, place: Place, fault: Faulty) -> Found:
    message = _LINE.sub("", said(fault), count=1)
    return Found(place.field, place.line, message[:1].upper() + message[1:], _quote(words, place))


def _quote(words: LetterWords, place: Place) -> str:
    """How the line begins: nobody counts the lines of a large field."""
    lines = words.body.split("\n")
    line = lines[place.line - 1].strip() if place.line and place.line <= len(lines) else ""
    return line if len(line) <= _QUOTED else line[:_QUOTED].rstrip() + " …"
