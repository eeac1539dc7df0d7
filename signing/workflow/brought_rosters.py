"""A sheet on its way into a roster: read, kept while its coordinator looks at what it would do, imported or forgotten.

It is stored and not sent to and fro with the page: five thousand rows are a megabyte. What is kept is what was read,
and of an Excel file with several sheets the file too, so that another can be read instead.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from signing.domain.address_book import OrganisationKind, Scope
from signing.domain.errors import Faulty, NotFound
from signing.domain.letter import LetterAction
from signing.domain.roster import RosterRow, RosterWarning, RowFault, check_rows
from signing.workflow.activity import Act, record
from signing.workflow.address_book_ports import BROUGHT_LASTS, BroughtRoster
from signing.workflow.identifiers import new_id
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.roster_plan import Fate, RosterPlan
from signing.workflow.rostering import dry_run, take, unprintable


class Reading(Protocol):
    """A sheet as an importer has read it."""

    @property
    def rows(self) -> Sequence[RosterRow]: ...
    @property
    def faults(self) -> Sequence[RowFault]: ...
    @property
    def warnings(self) -> Sequence[RosterWarning]: ...
    @property
    def sheet(self) -> str | None: ...
    @property
    def sheets(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class HeldReading:
    """A reading as it is kept; fulfils `Reading`. `file` is there where another sheet of it can be read."""

    rows: tuple[RosterRow, ...]
    faults: tuple[RowFault, ...]
    warnings: tuple[RosterWarning, ...]
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    file: bytes | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A sheet that was brought and what importing it would do; `plan` is None where no row of it can be taken."""

    brought: BroughtRoster
    reading: HeldReading
    plan: RosterPlan | None
    faults: tuple[RowFault, ...]
    warnings: tuple[RosterWarning, ...]


def bring(services: Services, letter_id: str, filename: str, reading: Reading, file: bytes) -> str:
    """Keep a sheet that was read; returns its id. Raises NotFound, NotAllowed."""
    now = services.clock()
    kept = HeldReading(
        tuple(reading.rows), tuple(reading.faults), tuple(reading.warnings), reading.sheet, tuple(reading.sheets),
        file if len(reading.sheets) > 1 else None,
    )  # fmt: skip
    with services.unit_of_work(write=True) as uow:
        letter_of(uow, letter_id).after(LetterAction.EDIT_ROSTER, now)
        brought = BroughtRoster(
            id=new_id(services),
            letter_id=letter_id,
            account_id=services.actor().account_id or "",
            filename=filename[:200],
            content=_content(kept),
            at=now,
            total=len(kept.rows),
        )
        uow.brought_rosters.forget_before(now - BROUGHT_LASTS)
        uow.brought_rosters.add(brought)
        uow.commit()
    return brought.id


def look(services: Services, letter_id: str, brought_id: str) -> Look | None:
    """What importing a sheet would do, None where it was imported; stores nothing. Raises NotFound, NotAllowed."""
    with services.unit_of_work() as uow:
        brought = _brought(services, uow, letter_id, brought_id)
    if brought.finished_at is not None:
        return None
    reading = _reading(brought.content)
    planned = dry_run(services, letter_id, reading.rows) if reading.rows else None
    faults = (*reading.faults, *(planned.faults if planned else ()))
    warnings = (*reading.warnings, *unprintable(services, reading.rows), *(planned.warnings if planned else ()))
    return Look(brought, reading, planned, _by_line(faults), _by_line(warnings))


def import_brought(
    services: Services,
    letter_id: str,
    brought_id: str,
    *,
    skip_faulty: bool = False,
    same: Mapping[int, str] | None = None,
) -> int:
    """Import a sheet that was looked at, all or nothing; how many organisations were added or changed.

    `same` says of rows, by line, which known organisation they are. Twice is once. Raises NotFound, NotAllowed, Faulty.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        locked_letter(uow, letter_id)
        brought = _brought(services, uow, letter_id, brought_id)
        if brought.finished_at is not None:
            return brought.done
        reading = _reading(brought.content)
        rows = [replace(row, id=(same or {}).get(row.line) or row.id) for row in reading.rows]
        good, faults, _warnings = check_rows(rows)
        if (faults or reading.faults) and not skip_faulty:
            raise Faulty("Some rows cannot be taken. Mend the sheet, or import it without them.", code="faulty-rows")
        planned = take(services, uow, letter_id, good, skip_faulty=skip_faulty)
        added, changed = len(planned.of(Fate.ADDED)), len(planned.of(Fate.CHANGED))
        record(services, uow, Act.ROSTER_IMPORTED, letter_id, added=added, changed=changed, file=brought.filename)
        uow.brought_rosters.replace(replace(brought, content=b"", done=added + changed, finished_at=now))
        uow.commit()
    return added + changed


def held_file(services: Services, letter_id: str, brought_id: str) -> tuple[bytes, str]:
    """The file of a sheet that was brought, to read another sheet of it, and its name. Raises NotFound."""
    with services.unit_of_work() as uow:
        brought = _brought(services, uow, letter_id, brought_id)
    file = _reading(brought.content).file if brought.content else None
    if file is None:
        raise _gone()
    return file, brought.filename


def _brought(services: Services, uow: UnitOfWork, letter_id: str, brought_id: str) -> BroughtRoster:
    letter_of(uow, letter_id)
    brought = uow.brought_rosters.get(brought_id)
    if brought is None or brought.letter_id != letter_id or brought.at < services.clock() - BROUGHT_LASTS:
        raise _gone()
    return brought


def _gone() -> NotFound:
    return NotFound(
        "This sheet is not kept any more: a day is how long one waits. Nothing was imported from it. Bring it again.",
        code="brought-gone",
    )


def _by_line(remarks: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(sorted(remarks, key=lambda each: each.line))


def _content(reading: HeldReading) -> bytes:
    values = {name: [asdict(each) for each in getattr(reading, name)] for name in ("rows", "faults", "warnings")}
    file = b64encode(reading.file).decode() if reading.file is not None else None
    kept = values | {"sheet": reading.sheet, "sheets": reading.sheets, "file": file}
    return json.dumps(kept, ensure_ascii=False).encode()


def _reading(content: bytes) -> HeldReading:
    values = json.loads(content)
    return HeldReading(
        tuple(_row(row) for row in values["rows"]),
        tuple(RowFault(**each) for each in values["faults"]),
        tuple(RosterWarning(**each) for each in values["warnings"]),
        values["sheet"],
        tuple(values["sheets"]),
        b64decode(values["file"]) if values["file"] is not None else None,
    )


def _row(values: dict[str, Any]) -> RosterRow:
    kind, scope = values["kind"], values["scope"]
    return RosterRow(**values | {"kind": kind and OrganisationKind(kind), "scope": scope and Scope(scope)})
