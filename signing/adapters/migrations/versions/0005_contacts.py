"""What contacts say and hand over, and what they are shown; may import alembic and sqlalchemy only, so that it never
changes.

Revision 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Until now nobody was shown anything of the others, and every mail carried a link.
    op.add_column("letter", sa.Column("shares", sa.Text(), nullable=False, server_default=sa.text("'nobody'")))
    op.add_column("letter", sa.Column("mail_links", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.add_column("roster_entry", sa.Column("two_persons", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("roster_entry", sa.Column("reviewed_version", sa.Integer(), nullable=True))
    for name in ("listed_as", "acronym", "native_name", "sort_name"):
        op.add_column("answer", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("language", sa.Text(), nullable=True))
    _invitations_of_persons()
    _remarks()
    _changes()
    _addresses()


def _invitations_of_persons() -> None:
    """An organisation may have a reviewer beside its signatory, each with an invitation of their own."""
    with op.batch_alter_table("invitation", table_kwargs={"sqlite_strict": True}) as batch:
        batch.add_column(sa.Column("part", sa.Text(), nullable=False, server_default=sa.text("'signatory'")))
        for name in ("contact", "email", "role", "language"):
            batch.add_column(sa.Column(name, sa.Text(), nullable=True))
        batch.add_column(sa.Column("short_sha256", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("reminders_stopped_at", INSTANT, nullable=True))
        batch.drop_constraint("uq_invitation_letter_id_organisation_id", type_="unique")
        batch.create_unique_constraint(
            "uq_invitation_letter_id_organisation_id_part", ["letter_id", "organisation_id", "part"]
        )
        batch.create_unique_constraint("uq_invitation_short_sha256", ["short_sha256"])


def _of_organisation(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("invitation_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=f"fk_{table}_invitation_id"),
        sa.ForeignKeyConstraint(
            ["letter_id", "organisation_id"],
            ["roster_entry.letter_id", "roster_entry.organisation_id"],
            name=f"fk_{table}_letter_id_organisation_id",
        ),
    ]


def _remarks() -> None:
    op.create_table(
        "remark",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        *_of_organisation("remark"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("block", sa.Integer(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("condition", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("taken_back_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_remark"),
        sa.UniqueConstraint(
            "letter_id",
            "organisation_id",
            "idempotency_key",
            name="uq_remark_letter_id_organisation_id_idempotency_key",
        ),
        sqlite_strict=True,
    )


def _changes() -> None:
    op.create_table(
        "contact_change",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        *_of_organisation("contact_change"),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("to_contact", sa.Text(), nullable=True),
        sa.Column("to_email", sa.Text(), nullable=True),
        sa.Column("to_role", sa.Text(), nullable=True),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contact_change"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_contact_change_letter_id_organisation_id", "contact_change", ["letter_id", "organisation_id"], unique=False
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        *_of_organisation("review"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agrees", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.UniqueConstraint(
            "letter_id",
            "organisation_id",
            "idempotency_key",
            name="uq_review_letter_id_organisation_id_idempotency_key",
        ),
        sqlite_strict=True,
    )


def _addresses() -> None:
    op.create_table(
        "refused_address",
        sa.Column("address_sha256", sa.LargeBinary(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("address_sha256", name="pk_refused_address"),
        sqlite_strict=True,
    )
    op.create_table(
        "link_request",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("address_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_link_request"),
        sqlite_strict=True,
    )
