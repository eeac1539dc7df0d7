"""Sealed PDFs, random and so kept once made; may import alembic and sqlalchemy only, so that it never changes.

Revision 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sealed_document",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("stamped_at", INSTANT, nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id", "number"], ["edition.letter_id", "edition.number"], name="fk_sealed_document_letter_id_number"
        ),
        sa.PrimaryKeyConstraint("letter_id", "number", "language", name="pk_sealed_document"),
        sqlite_strict=True,
    )
