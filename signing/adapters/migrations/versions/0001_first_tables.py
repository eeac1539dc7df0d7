"""The tables the house began with; may import alembic and sqlalchemy only, so that it never changes.

Revision 0001, the first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("email_key", name="uq_account_email_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("hard_deadline", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ignore_article", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closing_since", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
        sqlite_strict=True,
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
        sqlite_strict=True,
    )
    op.create_index("ix_organisation_name_key", "organisation", ["name_key"], unique=False)
    op.create_table(
        "rate",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("key_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("began", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("over_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "key_sha256", "began", name="pk_rate"),
        sqlite_strict=True,
    )
    op.create_table(
        "letter_version",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_letter_version_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", "number", name="pk_letter_version"),
        sqlite_strict=True,
    )
    op.create_table(
        "log_head",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_log_head_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", name="pk_log_head"),
        sqlite_strict=True,
    )
    op.create_table(
        "login",
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seen_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_login_account_id"),
        sa.PrimaryKeyConstraint("secret_sha256", name="pk_login"),
        sqlite_strict=True,
    )
    op.create_index("ix_login_account_id", "login", ["account_id"], unique=False)
    op.create_table(
        "roster_entry",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("acronym", sa.Text(), nullable=True),
        sa.Column("listed_as", sa.Text(), nullable=True),
        sa.Column("native_name", sa.Text(), nullable=True),
        sa.Column("sort_name", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("former_emails", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_version", sa.Integer(), nullable=True),
        sa.Column("answer_index", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_assent", sa.Text(), nullable=True),
        sa.Column("last_decline", sa.Text(), nullable=True),
        sa.Column("opening", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_roster_entry_letter_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_roster_entry_organisation_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("letter_id", "organisation_id", name="pk_roster_entry"),
        sqlite_strict=True,
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revoked_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id", "organisation_id"],
            ["roster_entry.letter_id", "roster_entry.organisation_id"],
            name="fk_invitation_letter_id_organisation_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("letter_id", "organisation_id", name="uq_invitation_letter_id_organisation_id"),
        sa.UniqueConstraint("token_sha256", name="uq_invitation_token_sha256"),
        sqlite_strict=True,
    )
    op.create_table(
        "log_entry",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("idx", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["log_head.letter_id"], name="fk_log_entry_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", "idx", name="pk_log_entry"),
        sqlite_strict=True,
    )
    op.create_table(
        "version_file",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id", "number"],
            ["letter_version.letter_id", "letter_version.number"],
            name="fk_version_file_letter_id_number",
        ),
        sa.PrimaryKeyConstraint("letter_id", "number", "language", name="pk_version_file"),
        sqlite_strict=True,
    )
    op.create_table(
        "answer",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("idx", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("form_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id", "idx"], ["log_entry.letter_id", "log_entry.idx"], name="fk_answer_letter_id_idx"
        ),
        sa.ForeignKeyConstraint(
            ["letter_id", "organisation_id"],
            ["roster_entry.letter_id", "roster_entry.organisation_id"],
            name="fk_answer_letter_id_organisation_id",
        ),
        sa.PrimaryKeyConstraint("letter_id", "idx", name="pk_answer"),
        sa.UniqueConstraint(
            "letter_id",
            "organisation_id",
            "idempotency_key",
            name="uq_answer_letter_id_organisation_id_idempotency_key",
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "code",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("invitation_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("browser_sha256", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name="fk_code_invitation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_code"),
        sqlite_strict=True,
    )
    op.create_index("ix_code_invitation_id_issued_at", "code", ["invitation_id", "issued_at"], unique=False)
    op.create_table(
        "edition",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("idx", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("confidential", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id", "idx"], ["log_entry.letter_id", "log_entry.idx"], name="fk_edition_letter_id_idx"
        ),
        sa.ForeignKeyConstraint(
            ["letter_id", "version"],
            ["letter_version.letter_id", "letter_version.number"],
            name="fk_edition_letter_id_version",
        ),
        sa.PrimaryKeyConstraint("letter_id", "number", name="pk_edition"),
        sa.UniqueConstraint("letter_id", "idx", name="uq_edition_letter_id_idx"),
        sqlite_strict=True,
    )
    op.create_table(
        "link",
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("invitation_id", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name="fk_link_invitation_id"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_link"),
        sa.UniqueConstraint("invitation_id", "generation", name="uq_link_invitation_id_generation"),
        sqlite_strict=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("invitation_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_reply", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("queued_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name="fk_outbox_invitation_id"),
        sa.ForeignKeyConstraint(
            ["letter_id", "organisation_id"],
            ["roster_entry.letter_id", "roster_entry.organisation_id"],
            name="fk_outbox_letter_id_organisation_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_outbox_letter_id", "outbox", ["letter_id"], unique=False)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["urgency", "due"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued', 'sending')"),
        sqlite_where=sa.text("status IN ('queued', 'sending')"),
    )
    op.create_table(
        "edition_file",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id", "number"],
            ["edition.letter_id", "edition.number"],
            name="fk_edition_file_letter_id_number",
        ),
        sa.PrimaryKeyConstraint("letter_id", "number", "name", name="pk_edition_file"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    raise RuntimeError("before the first tables there was no log: going back would throw evidence away")
