"""A letter's organisations, their contacts and answers; may import sqlalchemy and `tables`. Fulfils `roster_ports`."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from signing.adapters.roster_order import RosterOrder
from signing.adapters.tables import answer, invitation, organisation, roster_entry
from signing.domain.invitation import Invitation, Part
from signing.domain.organisation import Answer, RosterEntry
from signing.workflow.roster_ports import Approvals, ApprovedName, WithheldApproval

_COLUMNS = tuple(column.name for column in roster_entry.c)
_KEY = _COLUMNS[:2]
_ANSWER = tuple(name for name in _COLUMNS[_COLUMNS.index("answer") :] if name != "sort_key")
_DESCRIPTION = tuple(name for name in _COLUMNS if name not in _KEY + _ANSWER)

_THIS = (
    roster_entry.c.letter_id == bindparam("the_letter"),
    roster_entry.c.organisation_id == bindparam("the_organisation"),
)
_ENTRY = select(roster_entry).where(*_THIS)
_DESCRIBE = update(roster_entry).where(*_THIS).values({name: bindparam(name) for name in _DESCRIPTION})
_ANSWERED = update(roster_entry).where(*_THIS).values({name: bindparam(name) for name in _ANSWER})

# Asked whenever a contact changes the listed name: one look in the database, however long the roster is.
_NAMES_ANOTHER = (
    select(roster_entry.c.organisation_id)
    .join(organisation, organisation.c.id == roster_entry.c.organisation_id)
    .where(
        roster_entry.c.letter_id == bindparam("the_letter"),
        roster_entry.c.organisation_id != bindparam("the_organisation"),
        (organisation.c.name_key == bindparam("the_key"))
        | (func.lower(roster_entry.c.organisation) == func.lower(bindparam("the_name")))
        | (func.lower(roster_entry.c.listed_as) == func.lower(bindparam("the_name"))),
    )
    .limit(1)
)

_APPROVED = (
    select(
        roster_entry.c.organisation_id,
        roster_entry.c.group,
        roster_entry.c.answer_version,
        roster_entry.c.accepts,
        roster_entry.c.confidential,
        roster_entry.c.answer_index,
        # Answers from before names were kept beside them stand under the roster's.
        func.coalesce(answer.c.listed_as, roster_entry.c.listed_as, roster_entry.c.organisation),
        case((answer.c.listed_as.is_(None), roster_entry.c.acronym), else_=answer.c.acronym),
        case((answer.c.listed_as.is_(None), roster_entry.c.native_name), else_=answer.c.native_name),
        case((answer.c.listed_as.is_(None), roster_entry.c.sort_name), else_=answer.c.sort_name),
    )
    .join(
        answer,
        (answer.c.letter_id == roster_entry.c.letter_id) & (answer.c.idx == roster_entry.c.answer_index),
    )
    .where(roster_entry.c.letter_id == bindparam("the_letter"), roster_entry.c.answer == Answer.APPROVED)
)
_INVITED = (
    select(roster_entry, invitation)
    .outerjoin(
        invitation,
        (invitation.c.letter_id == roster_entry.c.letter_id)
        & (invitation.c.organisation_id == roster_entry.c.organisation_id)
        & (invitation.c.part == Part.SIGNATORY),
    )
    .where(roster_entry.c.letter_id == bindparam("the_letter"))
    .order_by(roster_entry.c.position, roster_entry.c.organisation_id)
)


class RosterStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._order = RosterOrder(connection)

    def entries(self, letter_id: str) -> list[RosterEntry]:
        rows = self._connection.execute(
            select(roster_entry)
            .where(roster_entry.c.letter_id == letter_id)
            .order_by(roster_entry.c.position, roster_entry.c.organisation_id)
        )
        return [RosterEntry(*row) for row in rows]

    def invited(self, letter_id: str) -> list[tuple[RosterEntry, Invitation | None]]:
        """All organisations of the letter, by position, each with its signatory's invitation."""
        rows = self._connection.execute(_INVITED, {"the_letter": letter_id})
        return [
            (RosterEntry(*row[: len(_COLUMNS)]), Invitation(*row[len(_COLUMNS) :]) if row[len(_COLUMNS)] else None)
            for row in rows
        ]

    def entry(self, letter_id: str, organisation_id: str) -> RosterEntry | None:
        row = self._connection.execute(_ENTRY, {"the_letter": letter_id, "the_organisation": organisation_id}).first()
        return RosterEntry(*row) if row else None

    def save(self, entry: RosterEntry) -> None:
        """Insert, or replace name and contact of, one organisation; its answer is left alone."""
        entry = replace(entry, sort_key=self._order.key_of(entry))
        if self._connection.execute(_DESCRIBE, _parameters(entry, _DESCRIPTION)).rowcount == 0:
            self._connection.execute(insert(roster_entry), {name: getattr(entry, name) for name in _COLUMNS})

    def record_answer(self, entry: RosterEntry) -> None:
        """Store the answer fields of `entry` (from `answer` to `reason`) and nothing else."""
        self._connection.execute(_ANSWERED, _parameters(entry, _ANSWER))

    def set_review(
        self, letter_id: str, organisation_id: str, *, two_persons: bool, reviewed_version: int | None
    ) -> None:
        self._connection.execute(
            update(roster_entry)
            .where(roster_entry.c.letter_id == letter_id, roster_entry.c.organisation_id == organisation_id)
            .values(two_persons=two_persons, reviewed_version=reviewed_version)
        )

    def replace_contact(
        self,
        letter_id: str,
        organisation_id: str,
        *,
        contact: str,
        email: str,
        role: str | None,
        former_emails: tuple[str, ...],
    ) -> None:
        self._connection.execute(
            update(roster_entry)
            .where(roster_entry.c.letter_id == letter_id, roster_entry.c.organisation_id == organisation_id)
            .values(contact=contact, email=email, role=role, former_emails=former_emails)
        )

    def approved(self, letter_id: str) -> Approvals:
        """Who has approved, whichever version: in the open, under the names they signed, and withheld."""
        named, withheld = [], []
        for organisation_id, group, version, accepts, confidential, *signed in self._connection.execute(
            _APPROVED, {"the_letter": letter_id}
        ):
            if confidential:
                withheld.append(WithheldApproval(organisation_id, version, accepts))
            else:
                named.append(ApprovedName(organisation_id, group, version, accepts, *signed))
        return Approvals(tuple(named), tuple(withheld))

    def names_another(self, letter_id: str, organisation_id: str, name_key: str, name: str) -> bool:
        """Whether another organisation of the letter is known by this normalised name, or is to be listed so."""
        found = self._connection.execute(
            _NAMES_ANOTHER,
            {"the_letter": letter_id, "the_organisation": organisation_id, "the_key": name_key, "the_name": name},
        )
        return found.first() is not None


def _parameters(entry: RosterEntry, names: tuple[str, ...]) -> dict[str, object]:
    return {
        "the_letter": entry.letter_id,
        "the_organisation": entry.organisation_id,
        **{name: getattr(entry, name) for name in names},
    }
