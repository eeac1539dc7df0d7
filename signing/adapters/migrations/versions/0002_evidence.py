"""Keys of contacts and coordinators, statements that wait for a signature, stamps, cosignatures, the letter's policy;
may import alembic and sqlalchemy only, so that it never changes.

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # SQLite adds columns in place; the defaults are for the rows that are there.
    op.add_column("letter", sa.Column("min_level", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.add_column("letter", sa.Column("binders", sa.Text(), nullable=False, server_default=sa.text("'attestor'")))
    op.add_column("letter", sa.Column("published_at", INSTANT, nullable=True))
    op.add_column("letter", sa.Column("attestor", sa.Text(), nullable=True))
    op.add_column("letter_version", sa.Column("change", sa.Text(), nullable=True))
    op.execute("ALTER TABLE roster_entry RENAME COLUMN last_decline TO last_committed")
    op.add_column("roster_entry", sa.Column("accepts", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("roster_entry", sa.Column("confidential", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("roster_entry", sa.Column("level", sa.Integer(), nullable=True))
    op.execute("UPDATE roster_entry SET level = 1 WHERE answer_index IS NOT NULL")
    # Until now every later version that was opened had other words.
    op.execute("UPDATE letter_version SET change = 'words' WHERE number > 1 AND opened_at IS NOT NULL")
    _keys()
    _statements()
    _outsiders()


def _keys() -> None:
    op.create_table(
        "binding",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("idx", INSTANT, autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("bound_by", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("confidential", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=True),
        sa.Column("history", sa.LargeBinary(), nullable=True),
        sa.Column("revoked_idx", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id", "idx"], ["log_entry.letter_id", "log_entry.idx"], name="fk_binding_letter_id_idx"
        ),
        sa.ForeignKeyConstraint(
            ["letter_id", "organisation_id"],
            ["roster_entry.letter_id", "roster_entry.organisation_id"],
            name="fk_binding_letter_id_organisation_id",
        ),
        sa.PrimaryKeyConstraint("letter_id", "idx", name="pk_binding"),
        sqlite_strict=True,
    )
    op.create_index("ix_binding_organisation_id_key", "binding", ["organisation_id", "key"])
    op.create_index("ix_binding_key", "binding", ["key"])
    op.create_table(
        "coordinator_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=True),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_coordinator_key_account_id"),
        sa.PrimaryKeyConstraint("key", name="pk_coordinator_key"),
        sqlite_strict=True,
    )


def _statements() -> None:
    op.create_table(
        "prepared",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_prepared_letter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_prepared"),
        sa.UniqueConstraint("letter_id", "kind", "owner", "key", name="uq_prepared_letter_id_kind_owner_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "prepared_file",
        sa.Column("prepared_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prepared_id"], ["prepared.id"], name="fk_prepared_file_prepared_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prepared_id", "name", name="pk_prepared_file"),
        sqlite_strict=True,
    )


def _outsiders() -> None:
    op.create_table(
        "time_stamp",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("size", INSTANT, autoincrement=False, nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_time_stamp_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", "size", "authority", name="pk_time_stamp"),
        sqlite_strict=True,
    )
    op.create_table(
        "cosignature",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("size", INSTANT, autoincrement=False, nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_cosignature_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", "size", "witness", name="pk_cosignature"),
        sqlite_strict=True,
    )
