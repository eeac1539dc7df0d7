"""Makes the n-th thing a database is asked fail, for n = 1, 2, … until nothing fails any more (FAULTS R3)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from signing.adapters.database import Database
from signing.domain.errors import Unavailable


class Fuse:
    """Counts what the database is asked (BEGIN and COMMIT too) and blows at one of it."""

    def __init__(self, blow_at: int) -> None:
        self.blow_at = blow_at
        self.asked = 0

    @property
    def blown(self) -> bool:
        return self.asked >= self.blow_at

    def burn(self, what: str) -> None:
        self.asked += 1
        if self.asked == self.blow_at:
            raise OperationalError(what, None, sqlite3.OperationalError("disk I/O error"))


@contextmanager
def failing_at(database: Database, number: int) -> Iterator[Fuse]:
    """While inside, the `number`-th statement or commit fails, and no other."""
    fuse = Fuse(number)

    def on_statement(connection: Connection, cursor: Any, statement: str, *rest: Any) -> None:
        fuse.burn(statement)

    def on_commit(connection: Connection) -> None:
        fuse.burn("COMMIT")

    event.listen(database.engine, "before_cursor_execute", on_statement)
    event.listen(database.engine, "commit", on_commit)
    try:
        yield fuse
    finally:
        event.remove(database.engine, "before_cursor_execute", on_statement)
        event.remove(database.engine, "commit", on_commit)


def fail_everywhere(
    database: Database, act: Callable[[], object], check: Callable[[bool], None], *, at_most: int = 200
) -> int:
    """Run `act` with its first statement failing, then its second …, until one run meets no failure.

    `act` must end in `Unavailable` or in success; after each run `check(succeeded)` says whether the state is
    whole. Returns how many points of failure there were.
    """
    for number in range(1, at_most):
        with failing_at(database, number) as fuse:
            try:
                act()
            except Unavailable:
                succeeded = False
            else:
                succeeded = True
        check(succeeded)
        if not fuse.blown:
            assert succeeded, "it refused although nothing had failed"
            return number - 1
    raise AssertionError(f"still failing after {at_most} points")
