"""The rows of a roster as brought, and what is wrong or doubtful about them (DESIGN 8).

May import `address_book`, `letter_text`, `letter_text_reader`, `roster_likeness` and the standard library. A fault
keeps a row out; a warning is for a person to look at: names that look alike are never merged, because two chapters of
one body are two signatories.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .address_book import OrganisationKind, Scope
from .letter_text import is_language_tag
from .letter_text_reader import find_unsafe
from .roster_likeness import Kind, Likeness, Lookalikes, likeness

REQUIRED: Final = ("organisation", "contact", "email")
TEXT_FIELDS: Final = (
    *("id", "organisation", "acronym", "listed_as", "native_name", "sort_name", "country", "group"),
    *("contact", "email", "role", "language"),
)
MAX_LENGTH: Final = 300
MAX_ADDRESS: Final = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
MAX_STAGE: Final = 99

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)
_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+")
_BREAK = re.compile("[\n\r\v\f\x85\u2028\u2029]")
# A spreadsheet that opens an export runs a cell that begins so. No name begins with one of them, so a leading
# minus is refused too, whatever follows.
_FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One organisation with its contact; `line` is its place in the file. An empty cell is None, or "" where the
    field is required: such a row is faulty."""

    line: int
    id: str | None
    organisation: str
    acronym: str | None
    listed_as: str | None
    native_name: str | None
    sort_name: str | None
    country: str | None
    group: str | None
    contact: str
    email: str
    role: str | None
    language: str | None
    stage: int
    kind: OrganisationKind | None = None
    scope: Scope | None = None

    @property
    def likeness(self) -> Likeness:
        """What it may be taken for."""
        return likeness((self.organisation, self.listed_as, self.acronym), self.native_name)

    @property
    def listed_name(self) -> str:
        """The name that will be printed: as the row asks, or the organisation's."""
        return self.listed_as or self.organisation


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row cannot be taken; `field` is the column, empty when the whole row is meant."""

    line: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class RosterWarning:
    """`proposes` is the id of an organisation that this row may be."""

    line: int
    code: str
    message: str
    proposes: str | None = None


@dataclass(frozen=True, slots=True)
class KnownOrganisation:
    """An organisation of the address book, or, where `here`, of the letter's own roster."""

    id: str
    name: str
    listed_as: str | None = None
    acronym: str | None = None
    native_name: str | None = None
    here: bool = False


_ALIKE = {
    Kind.DOUBLE: "{row.organisation} looks like {other.organisation} (line {other.line}). They are kept as two; if "
    "they are one organisation, delete a row.",
    Kind.CHAPTER: "{row.organisation} and {other.organisation} (line {other.line}) look like chapters of one body. "
    "Each is asked for itself.",
}
_KNOWN = {
    Kind.DOUBLE: "{row.organisation} looks like {name}, which is {where}. They are kept as two unless you say that "
    "they are one.",
    Kind.CHAPTER: "{row.organisation} and {name}, which is {where}, look like chapters of one body. Each is asked for "
    "itself.",
}


def name_key(name: str) -> str:
    """The form in which two spellings of one name are equal: case, width and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def check_rows(
    rows: Sequence[RosterRow],
) -> tuple[tuple[RosterRow, ...], tuple[RowFault, ...], tuple[RosterWarning, ...]]:
    """Part rows into those that can be taken and the faults of the others, with warnings about the good ones."""
    good: list[RosterRow] = []
    faults: list[RowFault] = []
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        # A row that is out for its own fault does not bar a good one of the same name.
        found = list(_faults(row)) or list(_repeated(row, seen))
        faults += found
        if not found:
            good.append(row)
    return tuple(good), tuple(faults), tuple(_warnings(good))


def cell_fault(text: str, name: str) -> str | None:
    """Say what is wrong with the text of one cell, or None. `name` is the column."""
    if text.startswith(_FORMULA_STARTS):
        return f"{name} begins with {_spoken(text[0])} and looks like a formula. Write the plain words."
    if _BREAK.search(text):
        return f"{name} holds a line break. Write it on one line."
    unsafe = find_unsafe(text)
    if unsafe is not None:
        return f"{name} holds the hidden character {unsafe[1]}. Delete that character."
    if len(text) > MAX_LENGTH:
        return f"{name} is longer than {MAX_LENGTH} characters. Shorten it."
    return None


def _spoken(char: str) -> str:
    return {"\t": "a tab", "\r": "a line break"}.get(char, f'"{char}"')


def _faults(row: RosterRow) -> Iterator[RowFault]:
    for name in TEXT_FIELDS:
        value: str | None = getattr(row, name)
        if not value or not value.strip():
            if name in REQUIRED:
                yield RowFault(row.line, name, f"{name} is empty. Fill it in.")
            continue
        message = cell_fault(value, name) or _shape_fault(value, name)
        if message is not None:
            yield RowFault(row.line, name, message)
    if not 1 <= row.stage <= MAX_STAGE:
        yield RowFault(row.line, "stage", f"stage must be a whole number from 1 to {MAX_STAGE}.")


def _shape_fault(value: str, name: str) -> str | None:
    if name == "id" and _ID.fullmatch(value) is None:
        return "id may hold letters A to Z, figures and . _ : - only, at most 64. Leave it empty to get one."
    if name == "email" and (len(value) > MAX_ADDRESS or _ADDRESS.fullmatch(value) is None):
        return "email is not an address. Write one address, such as name@organisation.org."
    if name == "language" and not is_language_tag(value):
        return "language must be a tag like en, fr, zh-Hant or pt-BR."
    return None


def _repeated(row: RosterRow, seen: dict[tuple[str, str], int]) -> Iterator[RowFault]:
    """Find a name or an id that a row before has."""
    for name, value in (("organisation", name_key(row.organisation)), ("id", row.id or "")):
        if not value:
            continue
        first = seen.setdefault((name, value), row.line)
        if first != row.line:
            shown = (row.organisation if name == "organisation" else row.id) or ""
            message = f'the {name} "{shown[:80]}" is already in line {first}. Keep one of the two rows.'
            yield RowFault(row.line, name, message)


def _warnings(rows: Iterable[RosterRow]) -> Iterator[RosterWarning]:
    addresses: dict[str, RosterRow] = {}
    met: Lookalikes[RosterRow] = Lookalikes()
    for row in rows:
        first = addresses.setdefault((row.email or "").casefold(), row)
        if first is not row:
            message = f"{row.email} is also the contact of {first.organisation} (line {first.line}). Is that right?"
            yield RosterWarning(row.line, "same-email", message)
        ours = row.likeness
        found = met.find(ours)
        met.add(row, ours)
        if found is not None:
            other, kind = found
            yield RosterWarning(row.line, kind.value, _ALIKE[kind].format(row=row, other=other))


def warn_of_known(rows: Sequence[RosterRow], known: Iterable[KnownOrganisation]) -> Iterator[RosterWarning]:
    """Say which rows look like an organisation that is known already under another name, at most once for each row.

    The same name is the same organisation, and so is the same id: these are no matter of likeness.
    """
    met: Lookalikes[RosterRow] = Lookalikes()
    for row in rows:
        met.add(row, row.likeness)
    names = {name_key(row.organisation) for row in rows}
    ids = {row.id for row in rows}
    told: set[int] = set()
    for each in known:
        if each.id in ids or name_key(each.name) in names:
            continue
        found = met.find(likeness((each.name, each.listed_as, each.acronym), each.native_name))
        if found is None or found[0].line in told:
            continue
        row, kind = found
        told.add(row.line)
        where = "on this roster already" if each.here else "in the address book"
        message = _KNOWN[kind].format(row=row, name=each.name, where=where)
        yield RosterWarning(row.line, f"known-{kind.value}", message, each.id if kind is Kind.DOUBLE else None)
