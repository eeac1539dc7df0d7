"""The roster of a letter: organisations and their contacts, added or put right, never merged by guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from signing.domain.errors import Faulty, Refusal
from signing.domain.handover import ChangeKind
from signing.domain.invitation import Invitation
from signing.domain.letter import LetterAction
from signing.domain.organisation import RosterEntry
from signing.domain.roster import RosterRow, RosterWarning, RowFault, check_rows, name_key
from signing.workflow.identifiers import new_id
from signing.workflow.inviting import AddressRefused, renew
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.ports import Services, UnitOfWork

PRINTED = {
    "listed_name": "the name",
    "acronym": "the acronym",
    "native_name": "the name in its own script",
    "group": "the group",
}


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
        raise _faulty(faults)
    if not good:
        raise Faulty("The roster has no organisation. Add at least one row below the header.", code="roster-empty")
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.EDIT_ROSTER, now)
        there = {entry.organisation_id: entry for entry in uow.roster.entries(letter_id)}
        invited = {invitation.organisation_id: invitation for invitation in uow.invitations.of_letter(letter_id)}
        rows_by_id = _identified(services, uow, good, there)
        handed_on = _handed_on(uow, letter_id, invited)
        added = changed = 0
        for organisation_id, row in rows_by_id.items():
            known = there.get(organisation_id)
            before = handed_on.get((organisation_id, known.email), set()) if known is not None else set()
            if known is not None and row.email in before - {known.email}:
                warnings = (*warnings, _kept(row, known))
                row = replace(row, contact=known.contact, email=known.email, role=known.role)
            entry = _entry(letter_id, organisation_id, known, len(there) + 1, row)
            added += known is None
            changed += known is not None and not _same(known, entry)
            there[organisation_id] = entry
            uow.roster.save(entry)
            if known is not None and known.email != entry.email and organisation_id in invited:
                # The old link went to an address that is wrong or no longer theirs: it must not stay open.
                _invite_anew(services, uow, entry, invited[organisation_id], now)
        uow.commit()
    return RosterResult(len(there), added, changed, tuple(warnings))


def unprintable(services: Services, rows: Sequence[RosterRow]) -> tuple[RosterWarning, ...]:
    """A warning for each name or group that would be printed and cannot be: closing refuses it."""
    warnings = []
    for row in rows:
        for field, said in PRINTED.items():
            text: str | None = getattr(row, field)
            try:
                services.typesetter.printable(text or "", field)
            except Refusal as refusal:
                message = (
                    f"{row.organisation}: the PDF cannot print the character {refusal.values['character']}, which "
                    f"{said} holds. Write it without that character."
                )
                warnings.append(RosterWarning(row.line, "not-printable", message))
    return tuple(warnings)


def entries(services: Services, letter_id: str) -> list[RosterEntry]:
    """The roster in its order. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        return uow.roster.entries(letter_id)


def _invite_anew(
    services: Services, uow: UnitOfWork, entry: RosterEntry, old: Invitation, now: datetime
) -> None:
    """Whoever stood in for the contact before does so no longer."""
    try:
        renew(services, uow, entry, old.given_back(), now)
    except AddressRefused:
        # The old link must not stay open; the status says that another contact is needed.
        uow.invitations.revoke(old.id, now)


def _handed_on(
    uow: UnitOfWork, letter_id: str, invited: Mapping[str, Invitation]
) -> dict[tuple[str, str], set[str]]:
    """By organisation and address of a contact, the addresses of those who handed over to them for good, as long as the
    coordinator has not ended the link: a sheet that is brought again to add somebody must not undo what they did."""
    handed_on: dict[tuple[str, str], set[str]] = {}
    for change in uow.contact_changes.of_letter(letter_id):
        invitation = invited.get(change.organisation_id)
        live = invitation is not None and invitation.id == change.invitation_id and invitation.revoked_at is None
        if live and change.kind is ChangeKind.HANDED_OVER and change.until is None and change.to_email is not None:
            before = handed_on.get((change.organisation_id, change.email), set())
            handed_on[change.organisation_id, change.to_email] = before | {change.email}
    return handed_on


def _kept(row: RosterRow, known: RosterEntry) -> RosterWarning:
    message = (
        f"{known.organisation}: {row.email} has handed over to {known.contact} ({known.email}), who stays the contact. "
        "To go back, end the link on the status page first, then bring the sheet again."
    )
    return RosterWarning(row.line, "handed-over", message)


def _identified(
    services: Services, uow: UnitOfWork, rows: Sequence[RosterRow], there: Mapping[str, RosterEntry]
) -> dict[str, RosterRow]:
    """The rows by organisation id. Two rows for one organisation, or a new name under the id of an organisation
    that has answered, are faults: an answer must never slip under another name."""
    ids_by_name = {name_key(entry.organisation): entry.organisation_id for entry in there.values()}
    rows_by_id: dict[str, RosterRow] = {}
    faults = []
    for row in rows:
        key = name_key(row.organisation)
        organisation_id = row.id or ids_by_name.get(key) or _known_elsewhere(uow, key, there)
        organisation_id = organisation_id or f"org-{new_id(services)}"
        known = there.get(organisation_id)
        if organisation_id in rows_by_id:
            first = rows_by_id[organisation_id].line
            message = f"This is the organisation of line {first} again ({organisation_id}). Keep one of the rows."
            faults.append(RowFault(row.line, "id", message))
        elif known is not None and known.answered_at is not None and name_key(known.organisation) != key:
            message = f"{known.organisation} has answered under this id. Give the new organisation another id, or none."
            faults.append(RowFault(row.line, "id", message))
        rows_by_id.setdefault(organisation_id, row)
        uow.roster.remember_organisation(organisation_id, key, row.organisation)
    if faults:
        raise _faulty(faults)
    return rows_by_id


def _known_elsewhere(uow: UnitOfWork, key: str, there: Mapping[str, RosterEntry]) -> str | None:
    """The id this name has in another letter, unless another organisation of this letter goes by that id."""
    organisation_id = uow.roster.organisation_named(key)
    return None if organisation_id in there else organisation_id


def _faulty(faults: Sequence[RowFault]) -> Faulty:
    told = "\n".join(f"Line {fault.line}: {fault.message}" for fault in faults)
    return Faulty("{faults}", values={"faults": told}, line=faults[0].line, code="faulty-rows")


def _entry(
    letter_id: str, organisation_id: str, known: RosterEntry | None, position: int, row: RosterRow
) -> RosterEntry:
    former: tuple[str, ...] = ()
    if known is not None:
        position = known.position
        former = tuple(each for each in dict.fromkeys((*known.former_emails, known.email)) if each != row.email)
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
        former_emails=former,
        two_persons=known is not None and known.two_persons,
        reviewed_version=known.reviewed_version if known is not None else None,
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
            last_committed=None,
            opening=None,
            reason=None,
            accepts=False,
            confidential=False,
            level=None,
        )
        == entry
    )
