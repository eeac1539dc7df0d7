"""One entry of a roster put right or taken off, and many moved at once, by its coordinator."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from signing.domain.address_book import BookContact, BookOrganisation, OrganisationKind, Scope
from signing.domain.errors import Faulty, NotAllowed
from signing.domain.letter import Letter, LetterAction
from signing.domain.organisation import RosterEntry
from signing.domain.roster import MAX_STAGE, RosterRow, check_rows, name_key
from signing.workflow.activity import Act, record
from signing.workflow.address_book import checked_address, contact_corrected
from signing.workflow.letters import entry_of, letter_of, locked_letter
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.roster_plan import SAID, RosterPlan
from signing.workflow.rostering import take

# Why an organisation stays on a roster, by what hangs on it (`RosterDesk.tied_by`); the first that is there is told.
STAYS = {
    "answer": "{organisation} has answered this letter. Its answer is in the log: it is evidence, and stays.",
    "key": "A key was bound to {organisation} here. That is in the log: it is evidence, and stays.",
    "told": "An approval of {organisation} was written down here, and the record of it stays.",
    "review": "Somebody at {organisation} has reviewed this letter. What they said stays.",
    "remark": "{organisation} has made remarks on this letter. What it said stays.",
}


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry with what hangs on it: `stays` says why it cannot be taken off, None if it can."""

    letter: Letter
    entry: RosterEntry
    known: BookOrganisation | None
    contacts: list[BookContact]
    invited: bool
    stays: str | None


def view(services: Services, letter_id: str, organisation_id: str) -> EntryView:
    """One entry of the roster. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        entry = entry_of(uow, letter_id, organisation_id)
        tied = uow.roster_desk.tied_by(letter_id, organisation_id)
        invited = any(
            each.organisation_id == organisation_id for each in uow.invitations.of_letter(letter_id)
        )
        return EntryView(
            letter,
            entry,
            uow.address_book.get(organisation_id),
            uow.address_book.contacts([organisation_id]),
            invited,
            _stays(entry, tied),
        )


def row_of(entry: RosterEntry) -> RosterRow:
    """The entry as the row of a sheet that would change nothing."""
    return RosterRow(line=0, id=entry.organisation_id, **{name: getattr(entry, name) for name in SAID})


def edit(services: Services, letter_id: str, row: RosterRow) -> RosterPlan:
    """Put one entry right; another address gets a new link, and the old one dies.

    Raises NotFound, NotAllowed, and Faulty with the field.
    """
    row = replace(row, email=checked_address(row.email))
    _good, faults, _warnings = check_rows([row])
    if faults:
        raise Faulty("{fault}", values={"fault": faults[0].message}, field=faults[0].field, code="faulty-rows")
    with services.unit_of_work(write=True) as uow:
        locked_letter(uow, letter_id)
        known = entry_of(uow, letter_id, row.id or "")
        # Only where it changes: old rosters may hold two of one name.
        if name_key(known.organisation) != name_key(row.organisation):
            _check_name(uow, letter_id, known, row.organisation)
        planned = take(services, uow, letter_id, [row])
        for each in planned.rows:
            contact_corrected(services, uow, known, each.entry)
        fields = ", ".join(change.field for each in planned.rows for change in each.changes)
        if fields:
            record(services, uow, Act.ENTRY_CHANGED, letter_id, row.id, organisation=row.organisation, changed=fields)
        uow.commit()
    return planned


def remove(services: Services, letter_id: str, organisation_id: str) -> RosterEntry:
    """Take an organisation off the roster that has not said anything; its invitation opens nothing from now on, and
    mails that wait are not sent. Raises NotFound, NotAllowed `evidence`."""
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.EDIT_ROSTER, services.clock())
        entry = entry_of(uow, letter_id, organisation_id)
        stays = _stays(entry, uow.roster_desk.tied_by(letter_id, organisation_id))
        if stays is not None:
            raise NotAllowed(
                stays + " To ask it no more, end its link on the status page.", code="evidence"
            )
        uow.roster_desk.remove(letter_id, organisation_id)
        record(services, uow, Act.ENTRY_REMOVED, letter_id, organisation_id, organisation=entry.organisation)
        uow.commit()
    return entry


def move(services: Services, letter_id: str, organisation_ids: Collection[str], stage: int) -> int:
    """Ask these organisations in another stage; how many were moved. Raises NotFound, NotAllowed, Faulty."""
    if not 1 <= stage <= MAX_STAGE:
        raise Faulty(f"A stage is a whole number from 1 to {MAX_STAGE}.", field="stage")
    with services.unit_of_work(write=True) as uow:
        entries = _ticked(services, uow, letter_id, organisation_ids)
        moved = [entry.organisation_id for entry in entries if entry.stage != stage]
        uow.roster_desk.set_stage(letter_id, moved, stage)
        if moved:
            record(services, uow, Act.STAGED, letter_id, stage=stage, organisations=len(moved))
        uow.commit()
    return len(moved)


def describe(
    services: Services,
    letter_id: str,
    organisation_ids: Collection[str],
    *,
    kind: OrganisationKind | None = None,
    scope: Scope | None = None,
) -> int:
    """Note in the address book what these organisations of a roster are. Raises NotFound, NotAllowed, Faulty."""
    with services.unit_of_work(write=True) as uow:
        ids = [entry.organisation_id for entry in _ticked(services, uow, letter_id, organisation_ids)]
        uow.address_book.describe(ids, kind=kind.value if kind else None, scope=scope.value if scope else None)
        record(services, uow, Act.BOOK_CHANGED, letter_id, organisations=len(ids), marked=kind or scope or "")
        uow.commit()
    return len(ids)


def set_group(services: Services, letter_id: str, organisation_ids: Collection[str], group: str | None) -> int:
    """Put these organisations under one heading, or under none. Raises NotFound, NotAllowed, Faulty."""
    with services.unit_of_work(write=True) as uow:
        ids = [entry.organisation_id for entry in _ticked(services, uow, letter_id, organisation_ids)]
        uow.roster_desk.set_groups(letter_id, dict.fromkeys(ids, group))
        record(services, uow, Act.GROUPED, letter_id, organisations=len(ids), group=group or "")
        uow.commit()
    return len(ids)


def _ticked(
    services: Services, uow: UnitOfWork, letter_id: str, organisation_ids: Collection[str]
) -> Sequence[RosterEntry]:
    letter, _ = locked_letter(uow, letter_id)
    letter.after(LetterAction.EDIT_ROSTER, services.clock())
    entries = uow.roster_desk.entries(letter_id, set(organisation_ids))
    if not entries:
        raise Faulty("Tick at least one organisation first.", field="organisation", code="none-ticked")
    return entries


def _check_name(uow: UnitOfWork, letter_id: str, known: RosterEntry, name: str) -> None:
    if known.answered_at is not None:
        raise Faulty(
            "{organisation} has answered under this name, so it stays. What is printed can differ: use “listed as”.",
            values={"organisation": known.organisation}, field="organisation", code="name-spoken",
        )  # fmt: skip
    if uow.roster.names_another(letter_id, known.organisation_id, name_key(name), name):
        raise Faulty(
            "Another organisation on this roster goes by this name.", field="organisation", code="name-taken"
        )


def _stays(entry: RosterEntry, tied: Sequence[str]) -> str | None:
    found = next((words for what, words in STAYS.items() if what in tied), None)
    return found.format(organisation=entry.organisation) if found else None
