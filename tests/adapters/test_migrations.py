"""A database of an earlier release, with people's data in it, brought up to this one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from signing.adapters.database import Database, connect
from signing.adapters.migrations.run import configuration
from signing.adapters.tables import code, invitation, letter, link, outbox, roster_entry
from signing.domain.errors import Refusal
from signing.domain.invitation import Part
from signing.workflow.inviting import give_short_codes
from signing.workflow.tokens import Tokens
from tests.adapters.builders import LETTER, NOW, a_code, a_letter, a_notice, an_entry, an_invitation

NEW = {
    "letter": {
        *("shares", "mail_links", "soft_deadline", "publish_at", "quorum", "allows_confidential", "allows_carry"),
        *("rhythm", "late_until", "abandoned_at", "archived_at", "keep_days", "forgotten_at", "reminded_up_to"),
    },
    "roster_entry": {"two_persons", "reviewed_version", "sort_key"},
    "invitation": {"part", "contact", "email", "role", "language", "short_sha256", "reminders_stopped_at",
                   "opened_at"},
    "outbox": {"language", "delivered_at", "bounced_at", "bounce_reason"},
}


@pytest.fixture
def old(tmp_path: Path) -> Database:
    """A SQLite file as revision 0004 left it, with one organisation that was invited and asked for a code."""
    database = connect("", tmp_path)
    with database.engine.connect().execution_options(writing=True) as connection:
        command.upgrade(configuration(connection), "0004")
        for table, row in [
            (letter, a_letter()), (roster_entry, an_entry(1)), (invitation, an_invitation(1)), (code, a_code(1)),
        ]:  # fmt: skip
            if table is roster_entry:
                connection.exec_driver_sql(
                    "INSERT INTO organisation (id, name_key, name) VALUES ('org-1', 'organisation 1', 'Organisation 1')"
                )
            names = [column.name for column in table.c if column.name not in NEW.get(table.name, set())]
            connection.execute(insert(table), {name: getattr(row, name) for name in names})
        given = an_invitation(1)
        connection.execute(
            insert(link), {"token_sha256": given.token_sha256, "invitation_id": given.id, "generation": 1}
        )
        mail = a_notice(1)
        names = ["id", "kind", "letter_id", "organisation_id", "invitation_id", "subject_id", "to", "message_id",
                 "due", "status", "attempts"]  # fmt: skip
        values = {name: getattr(mail, name) for name in names} | {"queued_at": NOW, "urgency": 2}
        connection.execute(insert(outbox), values)
        connection.commit()
    return database


def test_invitations_keep_their_links_codes_and_mails_when_their_table_is_made_anew(old: Database) -> None:
    old.migrate()
    with old.unit_of_work() as uow:
        seen = uow.invitations.view("invitation-1", b"")
        assert seen is not None
        assert (seen.invitation, seen.entry) == (an_invitation(1), an_entry(1))
        assert (seen.letter.shares, seen.letter.mail_links) == ("nobody", True)
        assert uow.invitations.by_token(an_invitation(1).token_sha256, NOW) == an_invitation(1)
        assert uow.codes.get("code-1") == a_code(1)
        assert [each.id for each in uow.outbox.of_letter(LETTER)] == [a_notice(1).id]


def test_the_short_code_of_a_later_mail_opens_an_invitation_from_before_there_were_any(old: Database) -> None:
    old.migrate()
    tokens = Tokens(b"a secret only for tests, 32 bytes")
    digest = tokens.short_digest(tokens.short_code("invitation-1", 1))
    for _upgraded_twice in range(2):
        give_short_codes(old.unit_of_work, tokens, NOW)
        with old.unit_of_work() as uow:
            assert uow.invitations.by_short(digest, NOW) == replace(an_invitation(1), short_sha256=digest)


def test_references_are_watched_again_after_a_migration(old: Database) -> None:
    old.migrate()
    with old.engine.connect().execution_options(writing=True) as connection, pytest.raises(IntegrityError):
        connection.execute(insert(link), {"token_sha256": b"x", "invitation_id": "nobody's", "generation": 1})
    with old.engine.connect() as connection:
        assert connection.execute(select(invitation.c.part)).scalars().all() == [Part.SIGNATORY]
    old.dispose()


def test_a_database_with_rows_that_refer_to_nothing_is_left_as_it_was(old: Database) -> None:
    with old.engine.connect().execution_options(writing=True, migrating=True) as connection:
        connection.execute(insert(link), {"token_sha256": b"x", "invitation_id": "nobody's", "generation": 1})
        connection.commit()
        connection.invalidate()
    with pytest.raises(Refusal, match="refers to nothing"):
        old.migrate()
    with old.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0004"
