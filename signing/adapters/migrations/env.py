"""What alembic runs for each command; the connection and its transaction are `run`'s."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy.types import TypeDecorator

from signing.adapters import (  # noqa: F401 (they are tables of the same metadata)
    account_tables,
    contact_tables,
    coordination_tables,
    evidence_tables,
)
from signing.adapters.columns import Instant
from signing.adapters.tables import metadata


def plain_type(kind: str, item: Any, autogenerate: Any) -> Any:
    """Spell our column types as what they are in the database: a migration must not change when they do."""
    if kind == "type" and isinstance(item, TypeDecorator):
        wide = ".with_variant(sa.Integer(), 'sqlite')" if isinstance(item, Instant) else ""
        return f"sa.{item.impl_instance!r}{wide}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=plain_type,
    render_as_batch=True,
    # SQLite has transactional DDL; alembic's default for it is from the days of the old driver.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
