"""A roster's sheet, .csv or .xlsx, made into rows (DESIGN 8).

May import email-validator, `signing.domain` and its own parts `roster_sheets_*`. Every faulty row is named with its
line; a sheet that is no roster at all is refused as a whole.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from email_validator import EmailNotValidError, validate_email

from signing.domain.address_book import OrganisationKind, Scope
from signing.domain.errors import Faulty
from signing.domain.roster import REQUIRED, RosterRow, RosterWarning, RowFault, cell_fault, check_rows
from signing.workflow.exporting import WHAT_BECAME

from .roster_sheets_csv import read_csv
from .roster_sheets_table import BadCell, Cell, TableRow
from .roster_sheets_xlsx import ExcelBook

__all__ = ["RosterReading", "read_roster"]

MAX_FILE_BYTES: Final = 5_000_000
MAX_ROWS: Final = 20_000
COLUMNS: Final = (
    *("id", "organisation", "acronym", "listed_as", "native_name", "sort_name", "country", "group"),
    *("contact", "email", "role", "language", "stage", "kind", "scope"),
)
_ALSO = {"organization": "organisation", "e_mail": "email"}
_WORDS = {"organization": "organisation", "person": "individual", "global": "international"}
_KINDS = {each.value: each for each in OrganisationKind}
_SCOPES = {each.value: each for each in Scope}
# A sheet that is none of these is passed over for the next one of the file.
_NO_ROSTER = frozenset({"roster-header", "empty-file", "no-rows"})


@dataclass(frozen=True, slots=True)
class RosterReading:
    """`rows` can be taken; `faults` name the rows that cannot, `warnings` what a person should look at.

    `sheet` is what was read of the `sheets` of an Excel file.
    """

    rows: tuple[RosterRow, ...]
    faults: tuple[RowFault, ...]
    warnings: tuple[RosterWarning, ...] = ()
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


def read_roster(data: bytes, filename: str, *, sheet: str | None = None) -> RosterReading:
    """Read and check a roster; of an Excel file `sheet`, or else the first that has a roster's header.

    Raises:
        Faulty: when the file is not a sheet, or its header is not that of a roster.
    """
    if len(data) > MAX_FILE_BYTES:
        raise _fault("too-large", "The file is larger than 5 MB. Is this the right file?")
    ending = filename.lower().rpartition(".")[2]
    if ending not in ("csv", "xlsx"):
        raise _fault("file-kind", "Bring the roster as a .csv or .xlsx file.")
    if not data:
        raise _fault("empty-file", "The file is empty. Is this the right file?")
    return _read_table(read_csv(data)) if ending == "csv" else _read_book(ExcelBook(data), sheet)


def _read_book(book: ExcelBook, wanted: str | None) -> RosterReading:
    if wanted is not None and wanted not in book.sheets + book.hidden:
        raise _fault("no-such-sheet", f'The file has no sheet "{wanted[:60]}".')
    first: Faulty | None = None
    for name in (wanted,) if wanted is not None else book.sheets or book.hidden:
        try:
            return _read_sheet(book, name)
        except Faulty as fault:
            if fault.code not in _NO_ROSTER:
                raise
            first = first or fault
    raise first or _fault("empty-file", "The file has no sheet. Is this the right file?")


def _read_sheet(book: ExcelBook, name: str) -> RosterReading:
    reading = _read_table(book.rows(name))
    lines = {row.line for row in reading.rows} | {fault.line for fault in reading.faults}
    odd = [RosterWarning(*each) for each in book.oddities(name) if each.line in lines]
    others = [each for each in book.sheets if each != name]
    if others:
        listed = ", ".join(f'"{each}"' for each in others[:5])
        odd.insert(0, RosterWarning(0, "other-sheets", f'The sheet "{name}" was read. The file also has {listed}.'))
    if book.hidden and name not in book.hidden:
        listed = ", ".join(f'"{each}"' for each in book.hidden[:5])
        odd.insert(0, RosterWarning(0, "hidden-sheet", f"Sheets that are hidden were not read: {listed}."))
    warnings = tuple(sorted((*odd, *reading.warnings), key=lambda each: each.line))
    return replace(reading, warnings=warnings, sheet=name, sheets=book.sheets)


def _read_table(table: Iterator[TableRow]) -> RosterReading:
    header = next((row for row in table if row.filled), None)
    if header is None:
        raise _fault("empty-file", "The sheet is empty. Is this the right file?")
    columns = _columns(header)
    rows: list[RosterRow] = []
    faults: list[RowFault] = []
    for row in table:
        if not row.filled:
            continue
        if len(rows) >= MAX_ROWS:
            raise _fault("too-many-rows", f"The sheet has more than {MAX_ROWS:,} rows.", row.line)
        read, found = _row(row, columns)
        rows.append(read)
        faults += found
    if not rows:
        raise _fault("no-rows", "There is no organisation below the header. Add a row for each.", header.line)
    good, others, warnings = check_rows(rows)
    # A cell that is a fault already is not told a second time, as empty.
    told = {(fault.line, fault.field) for fault in faults}
    bad = {fault.line for fault in faults}
    faults += [fault for fault in others if (fault.line, fault.field) not in told]
    return RosterReading(
        tuple(row for row in good if row.line not in bad),
        tuple(sorted(faults, key=lambda fault: fault.line)),
        tuple(warning for warning in warnings if warning.line not in bad),
    )


def _columns(header: TableRow) -> list[str | None]:
    """The field of each column; None for a column without a name."""
    columns: list[str | None] = []
    for cell in header.cells:
        name = "_".join(_clean(cell).casefold().replace("-", " ").replace("_", " ").split())
        columns.append(_ALSO.get(name, name) or None)
    named = [name for name in columns if name is not None]
    # A sheet that we exported tells what became of each organisation too: that is ours to know, not the sheet's.
    unknown = [name for name in named if name not in COLUMNS and name not in WHAT_BECAME]
    missing = [name for name in REQUIRED if name not in named]
    twice = sorted({name for name in named if named.count(name) > 1})
    message = ""
    if unknown:
        listed = ", ".join(f'"{name[:40]}"' for name in unknown[:10])
        message += f"These columns are not known: {listed}. "
        if "name" in unknown and "organisation" in missing:
            message += 'A column of names is called "organisation". '
    if twice:
        message += f"These columns stand there twice: {', '.join(twice)}. "
    if missing:
        message += f"These columns are missing: {', '.join(missing)}. "
    if message:
        message += f"A roster has the columns {', '.join(COLUMNS)}; needed are {', '.join(REQUIRED)}."
        raise _fault("roster-header", message, header.line)
    return columns


def _row(row: TableRow, columns: Sequence[str | None]) -> tuple[RosterRow, list[RowFault]]:
    values: dict[str, str] = {}
    faults: list[RowFault] = []
    for at, cell in enumerate(row.cells):
        name = columns[at] if at < len(columns) else None
        if isinstance(cell, BadCell):
            faults.append(RowFault(row.line, name or "", f"{name or 'a cell without a column'} {cell.message}"))
        elif text := _clean(cell):
            if name is None:
                message = f'"{text[:40]}" stands in a column without a name. Is there a separator too many?'
                faults.append(RowFault(row.line, "", message))
            else:
                values[name] = text
    stage = _stage(values.pop("stage", "1"))
    if stage is None:
        stage = 1
        faults.append(RowFault(row.line, "stage", "stage must be a whole number from 1 to 99."))
    kind, scope = values.pop("kind", ""), values.pop("scope", "")
    for name, value, allowed in (("kind", kind, _KINDS), ("scope", scope, _SCOPES)):
        if value and _word(value) not in allowed:
            faults.append(RowFault(row.line, name, f"{name} must be one of: {', '.join(allowed)}."))
    if "email" in values and cell_fault(values["email"], "email") is None:
        try:
            # Sent through mail servers that may know ASCII only: a domain is kept in its ASCII form.
            checked = validate_email(values["email"], check_deliverability=False, allow_smtputf8=False)
            values["email"] = checked.ascii_email or checked.normalized
        except EmailNotValidError as error:
            message = f'email "{values["email"][:80]}" is not an address. {error}'
            faults.append(RowFault(row.line, "email", message))
    read = RosterRow(
        line=row.line,
        id=values.get("id"),
        organisation=values.get("organisation", ""),
        acronym=values.get("acronym"),
        listed_as=values.get("listed_as"),
        native_name=values.get("native_name"),
        sort_name=values.get("sort_name"),
        country=values.get("country"),
        group=values.get("group"),
        contact=values.get("contact", ""),
        email=values.get("email", ""),
        role=values.get("role"),
        language=values.get("language"),
        stage=stage,
        kind=_KINDS.get(_word(kind)),
        scope=_SCOPES.get(_word(scope)),
    )
    return read, faults


def _word(text: str) -> str:
    return _WORDS.get(text.casefold(), text.casefold())


def _stage(text: str) -> int | None:
    return int(text) if len(text) <= 2 and text.isascii() and text.isdecimal() and int(text) >= 1 else None


def _clean(cell: Cell) -> str:
    # Tabs and line breaks are left for the check of the rows to name.
    return "" if isinstance(cell, BadCell) else unicodedata.normalize("NFC", cell).strip(" \u00a0")


def _fault(code: str, message: str, line: int | None = None) -> Faulty:
    return Faulty(message if line is None else f"Line {line}: {message}", code=code, field="file", line=line)
