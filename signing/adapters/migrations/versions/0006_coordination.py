"""What coordinators prepare, arrange and record around a letter, and who they are; may import alembic and sqlalchemy
only, so that it never changes.

Revision 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _letters()
    _organisations_and_remarks()
    _mails()
    _accounts()
    _people()
    _drafting()
    _coordination()
    _webhooks()
    _members()


def _letters() -> None:
    def given(name: str, value: str) -> sa.Column[int]:
        return sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text(value))

    for name in ("soft_deadline", "publish_at", "late_until", "abandoned_at", "archived_at", "forgotten_at",
                 "reminded_up_to"):
        op.add_column("letter", sa.Column(name, INSTANT, nullable=True))
    # Until now withholding the name and carrying were offered on every letter, and nothing was forgotten.
    for column in (given("quorum", "0"), given("allows_confidential", "1"), given("allows_carry", "1"),
                   given("keep_days", "365")):  # fmt: skip
        op.add_column("letter", column)
    op.add_column("letter", sa.Column("rhythm", sa.Text(), nullable=False, server_default=sa.text("''")))


def _organisations_and_remarks() -> None:
    for name in ("acronym", "listed_as", "native_name", "sort_name", "country", "kind", "scope"):
        op.add_column("organisation", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("organisation", sa.Column("changed_at", INSTANT, nullable=True))
    op.add_column("invitation", sa.Column("opened_at", INSTANT, nullable=True))
    # Made for every name once the tables are those of this release (`roster_order.renew`).
    op.add_column("roster_entry", sa.Column("sort_key", sa.LargeBinary(), nullable=True))
    op.add_column("remark", sa.Column("settled", sa.Text(), nullable=True))
    op.add_column("remark", sa.Column("settled_at", INSTANT, nullable=True))
    op.add_column("remark", sa.Column("settled_version", sa.Integer(), nullable=True))


def _mails() -> None:
    """Mails may go to coordinators and addressees too, and come back."""
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_strict": True}) as batch:
        batch.alter_column("organisation_id", existing_type=sa.Text(), nullable=True)
        batch.alter_column("invitation_id", existing_type=sa.Text(), nullable=True)
        batch.add_column(sa.Column("delivered_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("bounced_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("bounce_reason", sa.Text(), nullable=True))
        batch.drop_index("ix_outbox_letter_id")
        batch.create_index("ix_outbox_letter_id_organisation_id", ["letter_id", "organisation_id"], unique=False)


def _accounts() -> None:
    op.add_column("account", sa.Column("name", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("account", sa.Column("totp", sa.LargeBinary(), nullable=True))
    op.add_column("account", sa.Column("totp_step", INSTANT, nullable=True))
    op.add_column("account", sa.Column("disabled_at", INSTANT, nullable=True))
    # Whoever was signed in signs in once more: their sessions have no name to be listed under.
    op.execute("DELETE FROM login")
    with op.batch_alter_table("login", table_kwargs={"sqlite_strict": True}) as batch:
        batch.add_column(sa.Column("id", sa.Text(), nullable=False))
        batch.add_column(sa.Column("factor", sa.Text(), nullable=False))
        batch.create_unique_constraint("uq_login_id", ["id"])


def _people() -> None:
    op.create_table(
        "account_passkey",
        sa.Column("credential_id", sa.LargeBinary(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", INSTANT, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("credential_id", name="pk_account_passkey"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_passkey_account_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_account_passkey_account_id", "account_passkey", ["account_id"], unique=False)
    op.create_table(
        "letter_member",
        sa.Column("letter_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("added_by", sa.Text(), nullable=True),
        sa.Column("digest", sa.Integer(), nullable=False),
        sa.Column("digested_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("letter_id", "account_id", name="pk_letter_member"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_letter_member_account_id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_letter_member_letter_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_letter_member_account_id", "letter_member", ["account_id"], unique=False)
    op.create_table(
        "activity",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_activity_letter_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_activity_letter_id_at", "activity", ["letter_id", "at"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_api_token_account_id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_api_token_letter_id"),
        sa.UniqueConstraint("digest", name="uq_api_token_digest"),
        sqlite_strict=True,
    )
    op.create_index("ix_api_token_account_id", "api_token", ["account_id"], unique=False)


def _drafting() -> None:
    op.create_table(
        "working_text",
        sa.Column("letter_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("ahead", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "language", name="pk_working_text"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_working_text_letter_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "editing",
        sa.Column("letter_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "language", "account_id", name="pk_editing"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_editing_account_id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_editing_letter_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "stage",
        sa.Column("letter_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("opens", sa.Text(), nullable=False),
        sa.Column("opens_at", INSTANT, nullable=True),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("letter_id", "number", name="pk_stage"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_stage_letter_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "wording",
        sa.Column("letter_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "kind", "language", "part", name="pk_wording"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_wording_letter_id"),
        sqlite_strict=True,
    )


def _coordination() -> None:
    op.create_table(
        "book_contact",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_book_contact"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_book_contact_organisation_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_book_contact_organisation_id", "book_contact", ["organisation_id"], unique=False)
    op.create_table(
        "brought_roster",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_brought_roster"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_brought_roster_letter_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "told_approval",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("told_on", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("taken_back_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_told_approval"),
        sa.ForeignKeyConstraint(["letter_id", "organisation_id"],
            ["roster_entry.letter_id", "roster_entry.organisation_id"],
            name="fk_told_approval_letter_id_organisation_id"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_told_approval_letter_id_organisation_id", "told_approval", ["letter_id", "organisation_id"], unique=False
    )
    op.create_table(
        "delivery_address",
        sa.Column("letter_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("letter_id", "position", name="pk_delivery_address"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_delivery_address_letter_id"),
        sqlite_strict=True,
    )


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.Column("told_size", INSTANT, nullable=False),
        sa.Column("told_state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_webhook_letter_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_webhook_letter_id", "webhook", ["letter_id"], unique=False)
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("due", INSTANT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_reply", sa.Text(), nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_message"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name="fk_webhook_message_webhook_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_webhook_message_status_due", "webhook_message", ["status", "due"], unique=False)
    op.create_index("ix_webhook_message_webhook_id", "webhook_message", ["webhook_id"], unique=False)


def _members() -> None:
    """Until now every coordinator led every letter, and every auditor read every log."""
    op.execute(
        "INSERT INTO letter_member (letter_id, account_id, role, added_at, digest) "
        "SELECT letter.id, account.id, CASE account.role WHEN 'coordinator' THEN 'lead' ELSE 'auditor' END, "
        "letter.created_at, 0 FROM letter CROSS JOIN account"
    )
