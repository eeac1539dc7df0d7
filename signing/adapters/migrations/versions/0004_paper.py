"""The paper a letter is printed on; may import alembic and sqlalchemy only, so that it never changes.

Revision 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Until now everything was printed on A4.
    op.add_column("letter", sa.Column("paper", sa.Text(), nullable=False, server_default=sa.text("'a4'")))
