"""What people with accounts did; may import sqlalchemy and the tables. Fulfils `people_ports`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from signing.adapters.account_tables import activity
from signing.domain.activity import Activity

_NAMES = tuple(Activity.__dataclass_fields__)
_ACTIVITY = [activity.c[name] for name in _NAMES]
_NEWEST_FIRST = (activity.c.at.desc(), activity.c.id.desc())


class ActivityStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Activity) -> None:
        values = {name: getattr(new, name) for name in _NAMES}
        self._connection.execute(insert(activity), values | {"detail": json.dumps(new.detail, sort_keys=True)})

    def of_letter(self, letter_id: str, *, limit: int, before: datetime | None = None) -> list[Activity]:
        """The newest acts on the letter, newest first, those before `before` where it is given."""
        return self._newest(activity.c.letter_id == letter_id, limit, before)

    def of_subject(self, letter_id: str, subject: str) -> list[Activity]:
        """What was done to one organisation of the letter, oldest first."""
        rows = self._connection.execute(
            select(*_ACTIVITY)
            .where(activity.c.letter_id == letter_id, activity.c.subject == subject)
            .order_by(activity.c.at, activity.c.id)
        )
        return _read(rows)

    def of_account(self, account_id: str, *, limit: int, before: datetime | None = None) -> list[Activity]:
        """The newest acts of an account, newest first."""
        return self._newest(activity.c.account_id == account_id, limit, before)

    def _newest(self, which: Any, limit: int, before: datetime | None) -> list[Activity]:
        query = select(*_ACTIVITY).where(which).order_by(*_NEWEST_FIRST).limit(limit)
        return _read(self._connection.execute(query if before is None else query.where(activity.c.at < before)))


def _read(rows: Iterable[Row[Any]]) -> list[Activity]:
    found = (dict(zip(_NAMES, row, strict=True)) for row in rows)
    return [Activity(**values | {"detail": json.loads(values["detail"])}) for values in found]
