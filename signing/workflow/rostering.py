"""The roster of a letter: organisations and their contacts, added or put right, never merged by guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from signing.domain.errors import Faulty
from signing.domain.letter import LetterAction
from signing.domain.organisation import RosterEntry
from signing.domain.roster import RosterRow, RosterWarning, check_rows, name_key
from signing.workflow.drafting import letter_of, locked_letter
from signing.workflow.identifiers import new_id
from signing.workflow.ports import Services, UnitOfWork


@dataclass(frozen=True, slots=True)
class RosterResult:
    """`organisations` is how many the roster holds now."""

    organisations: int
    added: int
    changed: int
    warnings: tuple[RosterWarning, ...]


def import_roster(services: Services, letter_id: str, rows: Sequence[RosterRow]) -> RosterResult:
    """Add the organisations of `rows`, and put name and contact right of those already there.

    All or nothing: a faulty row raises Faulty and nothing is stored. An organisation without an id gets the
    id it had in an earlier letter, found by its exact name, or a new one. Answers are never touched.
    Raises NotFound, NotAllowed, Faulty.
    """
    now = services.clock()
    good, faults, warnings = check_rows(rows)
    if faults:
        raise Faulty(
            "\n".join(f"Line {fault.line}: {fault.message}" for fault in faults),
            line=faults[0].line,
            code="faulty-rows",
        )
    if not good:
        raise Faulty(
            "The roster has no organisation. Add at least one row below the header.", code="roster-empty"
        )
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.EDIT_ROSTER, now)
        there = {entry.organisation_id: entry for entry in uow.roster.entries(letter_id)}
        added = changed = 0
        for row in good:
            organisation_id = _organisation_id(services, uow, row)
            known = there.get(organisation_id)
            entry = _entry(letter_id, organisation_id, known.position if known else len(there) + 1, row)
            if known is None:
                added += 1
            elif not _same(known, entry):
                changed += 1
            there[organisation_id] = entry
            uow.roster.save(entry)
        uow.commit()
    return RosterResult(len(there), added, changed, tuple(warnings))


def entries(services: Services, letter_id: str) -> list[RosterEntry]:
    """The roster in its order. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        return uow.roster.entries(letter_id)


def _organisation_id(services: Services, uow: UnitOfWork, row: RosterRow) -> str:
    key = name_key(row.organisation)
    organisation_id = row.id or uow.roster.organisation_named(key) or f"org-{new_id(services)}"
    uow.roster.remember_organisation(organisation_id, key, row.organisation)
    return organisation_id


def _entry(letter_id: str, organisation_id: str, position: int, row: RosterRow) -> RosterEntry:
    return RosterEntry(
        letter_id=letter_id,
        organisation_id=organisation_id,
        position=position,
        organisation=row.organisation,
        acronym=row.acronym,
        listed_as=row.listed_as,
        native_name=row.native_name,
        sort_name=row.sort_name,
        country=row.country,
        group=row.group,
        contact=row.contact,
        email=row.email,
        role=row.role,
        language=row.language,
        stage=row.stage,
    )


def _same(known: RosterEntry, entry: RosterEntry) -> bool:
    return (
        replace(
            known,
            answer=entry.answer,
            answer_version=None,
            answer_index=None,
            answered_at=None,
            last_assent=None,
            last_decline=None,
            opening=None,
            reason=None,
        )
        == entry
    )
