"""PostgreSQL with limits on every wait and a refusal to run where commits are not durable (FLOORS 3).

May import sqlalchemy and psycopg.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

from signing.domain.errors import Refusal

_ON_CONNECT = """
SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
       set_config('idle_in_transaction_session_timeout', '10s', false),
       set_config('statement_timeout', '15s', false),
       set_config('lock_timeout', %s, false),
       set_config('TimeZone', 'UTC', false)
"""
_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


def postgresql_engine(url: URL, *, pool_size: int, patience: float) -> Engine:
    """An engine that checks and limits each new connection."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": max(2, round(patience))},
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=patience,
        pool_pre_ping=True,
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_ON_CONNECT, (f"{round(patience * 1000)}ms",))
            settings = cursor.fetchone()
        connection.commit()
        for name, value in zip(_DURABLE, settings, strict=False):
            if value == "off":
                raise Refusal(
                    f"PostgreSQL runs with {name}=off: it may lose approvals that were confirmed. "
                    f"Please set {name}=on.",
                    code="database-not-durable",
                )

    return engine
