"""Organisations taken into a roster that are known already: from the address book, or from an earlier letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from signing.domain.address_book import BookContact, BookOrganisation
from signing.domain.errors import Faulty
from signing.domain.letter import Letter
from signing.domain.roster import MAX_STAGE, RosterRow, check_rows
from signing.workflow.activity import Act, record
from signing.workflow.address_book import readable
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.roster_editing import row_of
from signing.workflow.roster_plan import Fate
from signing.workflow.rostering import take


def add_from_book(services: Services, letter_id: str, chosen: Mapping[str, str], *, stage: int = 1) -> int:
    """Ask organisations of the address book, each through the contact of this id, by organisation id; those on the
    roster already stay as they are. How many were added. Raises NotFound, NotAllowed, Faulty."""
    with services.unit_of_work(write=True) as uow:
        locked_letter(uow, letter_id)
        known = uow.address_book.of(chosen)
        contacts = {each.id: each for each in uow.address_book.contacts(chosen)}
        rows = []
        for line, (organisation_id, contact_id) in enumerate(chosen.items(), start=1):
            organisation, contact = known.get(organisation_id), contacts.get(contact_id)
            if organisation is None or contact is None or contact.organisation_id != organisation_id:
                raise Faulty("Choose a contact for each organisation that you tick.", field="organisation")
            rows.append(_row(line, organisation, contact, stage))
        added = _add(services, uow, letter_id, rows)
        uow.commit()
    return added


def add_from_letter(services: Services, letter_id: str, earlier_id: str) -> int:
    """Ask everybody whom an earlier letter asked, through the contact it has now, in the same groups and stages.

    Raises NotFound (also for a letter that whoever acts has no part in), NotAllowed, Faulty.
    """
    with services.unit_of_work(write=True) as uow:
        locked_letter(uow, letter_id)
        if earlier_id not in {each.id for each in readable(services, uow)}:
            letter_of(uow, "")
        rows = [
            replace(row_of(entry), line=line)
            for line, entry in enumerate(uow.roster.entries(earlier_id), start=1)
        ]
        added = _add(services, uow, letter_id, rows)
        uow.commit()
    return added


def there(services: Services, letter_id: str, organisation_ids: list[str]) -> set[str]:
    """Which of them are on the roster already."""
    with services.unit_of_work() as uow:
        return {entry.organisation_id for entry in uow.roster_desk.entries(letter_id, organisation_ids)}


def earlier_letters(services: Services, letter_id: str) -> list[Letter]:
    """The other letters whose roster whoever acts may read, newest first."""
    with services.unit_of_work() as uow:
        found = [each for each in readable(services, uow) if each.id != letter_id]
    return sorted(found, key=lambda letter: letter.created_at, reverse=True)


def _add(services: Services, uow: UnitOfWork, letter_id: str, rows: list[RosterRow]) -> int:
    there = {entry.organisation_id for entry in uow.roster.entries(letter_id)}
    new = [row for row in rows if row.id not in there]
    good, faults, _warnings = check_rows(new)
    if faults:
        names = {row.line: row.organisation for row in new}
        told = "\n".join(f"{names[each.line]}: {each.message}" for each in faults)
        raise Faulty("{faults}", values={"faults": told}, code="faulty-rows")
    if not good:
        raise Faulty("All of them are on the roster already.", field="organisation", code="all-there")
    added = len(take(services, uow, letter_id, good).of(Fate.ADDED))
    record(services, uow, Act.ROSTER_IMPORTED, letter_id, added=added, changed=0)
    return added


def _row(line: int, organisation: BookOrganisation, contact: BookContact, stage: int) -> RosterRow:
    if not 1 <= stage <= MAX_STAGE:
        raise Faulty(f"A stage is a whole number from 1 to {MAX_STAGE}.", field="stage")
    return RosterRow(
        line=line,
        id=organisation.id,
        organisation=organisation.name,
        acronym=organisation.acronym,
        listed_as=organisation.listed_as,
        native_name=organisation.native_name,
        sort_name=organisation.sort_name,
        country=organisation.country,
        group=None,
        contact=contact.name,
        email=contact.email,
        role=contact.role,
        language=contact.language,
        stage=stage,
    )
