"""Counters that slow guessing down, shared by all processes; may import sqlalchemy and `tables`.

Fulfils `ports.Rates`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from signing.adapters.account_tables import rate
from signing.workflow.account_ports import RateKey, rate_key

_ONE_MORE = {"count": rate.c.count + 1}
_KEY = [rate.c.purpose, rate.c.key_sha256, rate.c.began]
_HIT = {
    "sqlite": sqlite_insert(rate).on_conflict_do_update(index_elements=_KEY, set_=_ONE_MORE).returning(rate.c.count),
    "postgresql": postgresql_insert(rate)
    .on_conflict_do_update(index_elements=_KEY, set_=_ONE_MORE)
    .returning(rate.c.count),
}

COUNT = select(rate.c.count).where(*(column == bindparam(column.name) for column in _KEY))


def counter(key: RateKey) -> dict[str, object]:
    """The parameters of `COUNT`."""
    return {column.name: value for column, value in zip(_KEY, key, strict=True)}


class RateStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hit(self, purpose: str, key_sha256: bytes, *, window: int, now: datetime) -> int:
        """Count one event in the present window of `window` seconds and return the count, this one included."""
        key = rate_key(purpose, key_sha256, window, now)
        over_at = datetime.fromtimestamp(key[2] + window, UTC)
        count: int = self._connection.execute(
            _HIT[self._connection.dialect.name],
            counter(key) | {"count": 1, "over_at": over_at},
        ).scalar_one()
        if count == 1:
            # Somebody new pays for sweeping up, so that no key is kept longer than it counts.
            self._connection.execute(delete(rate).where(rate.c.purpose == purpose, rate.c.over_at <= now))
        return count

    def count(self, purpose: str, key_sha256: bytes, *, window: int, now: datetime) -> int:
        """How many events the present window has so far."""
        found: int | None = self._connection.execute(
            COUNT, counter(rate_key(purpose, key_sha256, window, now))
        ).scalar()
        return found or 0

    def take_back(self, purpose: str, key_sha256: bytes, *, window: int, now: datetime) -> None:
        """Count one event less in the present window: it was none of those that are to be slowed down."""
        key = rate_key(purpose, key_sha256, window, now)
        self._connection.execute(
            update(rate)
            .where(*(column == value for column, value in zip(_KEY, key, strict=True)), rate.c.count > 0)
            .values(count=rate.c.count - 1)
        )

    def forget_before(self, at: datetime) -> None:
        """Remove counters whose window was over by `at`."""
        self._connection.execute(delete(rate).where(rate.c.over_at <= at))
