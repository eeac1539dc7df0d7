"""Contact data of a letter that is over, deleted; may import sqlalchemy and the tables. Fulfils `delivery_ports`.

What a signed entry or a foreign key refers to is blanked, everything else deleted. The pages that held it are only
marked free by that: the database is marked as one to be made anew, in the same transaction, and `scrubbing` does it.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, delete, func, select, update

from signing.adapters.contact_tables import contact_change, remark, review
from signing.adapters.coordination_tables import (
    book_contact,
    brought_roster,
    delivery_address,
    editing,
    told_approval,
    webhook,
    webhook_message,
    wording,
    working_text,
)
from signing.adapters.evidence_tables import prepared, prepared_file
from signing.adapters.tables import code, invitation, letter_version, outbox, roster_entry, version_file

# Whole rows of a letter go; the order is that of what refers to what.
GONE: tuple[Table, ...] = (
    outbox, contact_change, review, remark, told_approval, working_text, editing, wording, brought_roster,
    delivery_address,
)  # fmt: skip
# Below the number of parameters that any SQLite takes.
_AT_ONCE = 900
# Its files hold pages of what was deleted: a number that SQLite keeps for programs, a comment on PostgreSQL.
TO_BE_MADE_ANEW = {
    "sqlite": "PRAGMA user_version=1",
    "postgresql": "COMMENT ON TABLE roster_entry IS 'to be made anew'",
}


class ContactDataStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def forget(self, letter_id: str) -> None:
        """Delete or blank whatever names a contact of this letter; see the port."""
        run = self._connection.execute
        self._forget_in_the_book(letter_id)
        for table in GONE:
            run(delete(table).where(table.c.letter_id == letter_id))
        run(
            delete(webhook_message).where(
                webhook_message.c.webhook_id.in_(select(webhook.c.id).where(webhook.c.letter_id == letter_id))
            )
        )
        waiting = select(prepared.c.id).where(prepared.c.letter_id == letter_id)
        run(delete(prepared_file).where(prepared_file.c.prepared_id.in_(waiting)))
        run(delete(prepared).where(prepared.c.letter_id == letter_id))
        invitations = select(invitation.c.id).where(invitation.c.letter_id == letter_id)
        run(delete(code).where(code.c.invitation_id.in_(invitations)))
        run(
            update(invitation)
            .where(invitation.c.letter_id == letter_id)
            .values(contact=None, email=None, role=None, language=None)
        )
        run(
            update(roster_entry)
            .where(roster_entry.c.letter_id == letter_id)
            .values(contact="", email="", role=None, language=None, former_emails=(), reason=None)
        )
        self._forget_drafts(letter_id)
        self._connection.exec_driver_sql(TO_BE_MADE_ANEW[self._connection.dialect.name])

    def _forget_in_the_book(self, letter_id: str) -> None:
        """The people whom the address book knows from this letter alone: its contacts, and those before them."""
        of_this, of_others = self._addresses(True, letter_id), self._addresses(False, letter_id)
        alone = sorted(of_this - of_others)
        for at in range(0, len(alone), _AT_ONCE):
            some = alone[at : at + _AT_ONCE]
            self._connection.execute(delete(book_contact).where(func.lower(book_contact.c.email).in_(some)))

    def _addresses(self, here: bool, letter_id: str) -> set[str]:
        """Of the contacts of this letter and those before them; or of all other letters' present ones."""
        of_letter = roster_entry.c.letter_id == letter_id if here else roster_entry.c.letter_id != letter_id
        rows = self._connection.execute(select(roster_entry.c.email, roster_entry.c.former_emails).where(of_letter))
        return {address.lower() for now, former in rows for address in ((now, *former) if here else (now,))}

    def _forget_drafts(self, letter_id: str) -> None:
        """Words that were never opened; those that were are evidence."""
        drafts = select(letter_version.c.number).where(
            letter_version.c.letter_id == letter_id, letter_version.c.opened_at.is_(None)
        )
        self._connection.execute(
            delete(version_file).where(version_file.c.letter_id == letter_id, version_file.c.number.in_(drafts))
        )
        self._connection.execute(
            delete(letter_version).where(letter_version.c.letter_id == letter_id, letter_version.c.opened_at.is_(None))
        )
