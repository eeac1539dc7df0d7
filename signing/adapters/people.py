"""What people with accounts are on letters, and what they did; may import sqlalchemy and the tables.

Fulfils `people_ports`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, literal, select, update

from signing.adapters.account_tables import account, activity, letter_member
from signing.adapters.columns import Flag
from signing.domain.access import Account, Member, MemberRole
from signing.domain.activity import Activity

_NAMES = tuple(Activity.__dataclass_fields__)
_ACTIVITY = [activity.c[name] for name in _NAMES]
_MEMBER = [letter_member.c[name] for name in Member.__dataclass_fields__]
_ACCOUNT = [account.c[name] for name in Account.__dataclass_fields__]
_NEWEST_FIRST = (activity.c.at.desc(), activity.c.id.desc())


class MemberStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, member: Member) -> None:
        self._connection.execute(
            insert(letter_member), {name: getattr(member, name) for name in Member.__dataclass_fields__}
        )

    def get(self, letter_id: str, account_id: str) -> Member | None:
        row = self._connection.execute(select(*_MEMBER).where(_is(letter_id, account_id))).first()
        return Member(*row) if row else None

    def of_letter(self, letter_id: str) -> list[tuple[Member, Account]]:
        """Everybody on the letter, by address."""
        rows = self._connection.execute(
            select(*_MEMBER, *_ACCOUNT)
            .join_from(letter_member, account)
            .where(letter_member.c.letter_id == letter_id)
            .order_by(account.c.email_key)
        )
        return [(Member(*row[: len(_MEMBER)]), Account(*row[len(_MEMBER) :])) for row in rows]

    def of_account(self, account_id: str) -> dict[str, MemberRole]:
        """What the account is on each of its letters."""
        rows = self._connection.execute(
            select(letter_member.c.letter_id, letter_member.c.role).where(letter_member.c.account_id == account_id)
        )
        return {row.letter_id: row.role for row in rows}

    def wanting_digest(self) -> list[Member]:
        """Whoever wants the daily mail of a letter, of all letters, and can sign in."""
        rows = self._connection.execute(
            select(*_MEMBER)
            .join_from(letter_member, account)
            .where(letter_member.c.digest == literal(True, Flag), account.c.disabled_at.is_(None))
            .order_by(letter_member.c.letter_id)
        )
        return [Member(*row) for row in rows]

    def led(self) -> set[str]:
        """The letters that have a lead who can sign in."""
        rows = self._connection.execute(
            select(letter_member.c.letter_id)
            .join_from(letter_member, account)
            .where(letter_member.c.role == MemberRole.LEAD, account.c.disabled_at.is_(None))
            .distinct()
        )
        return set(rows.scalars())

    def change(self, member: Member) -> None:
        """Store the role and the wish for a digest of a member that is there."""
        self._connection.execute(
            update(letter_member)
            .where(_is(member.letter_id, member.account_id))
            .values(role=member.role, digest=member.digest, digested_at=member.digested_at)
        )

    def remove(self, letter_id: str, account_id: str) -> None:
        self._connection.execute(delete(letter_member).where(_is(letter_id, account_id)))


def _is(letter_id: str, account_id: str) -> Any:
    return (letter_member.c.letter_id == letter_id) & (letter_member.c.account_id == account_id)


class ActivityStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Activity) -> None:
        values = {name: getattr(new, name) for name in _NAMES}
        self._connection.execute(insert(activity), values | {"detail": json.dumps(new.detail, sort_keys=True)})

    def of_letter(
        self, letter_id: str, *, limit: int, before: str | None = None, by: str | None = None
    ) -> list[Activity]:
        """The newest acts on the letter, newest first: those before the act `before`, those of the actor `by`."""
        which = activity.c.letter_id == letter_id
        return self._newest(which if by is None else which & (activity.c.actor == by), limit, before)

    def actors(self, letter_id: str) -> list[str]:
        """Who did something with the letter, by name."""
        query = select(activity.c.actor).where(activity.c.letter_id == letter_id).distinct()
        return sorted(self._connection.execute(query).scalars())

    def of_subject(self, letter_id: str, subject: str) -> list[Activity]:
        """What was done to one organisation of the letter, oldest first."""
        rows = self._connection.execute(
            select(*_ACTIVITY)
            .where(activity.c.letter_id == letter_id, activity.c.subject == subject)
            .order_by(activity.c.at, activity.c.id)
        )
        return _read(rows)

    def of_account(self, account_id: str, *, limit: int, before: str | None = None) -> list[Activity]:
        """The newest acts of an account, newest first."""
        return self._newest(activity.c.account_id == account_id, limit, before)

    def _newest(self, which: Any, limit: int, before: str | None) -> list[Activity]:
        query = select(*_ACTIVITY).where(which).order_by(*_NEWEST_FIRST).limit(limit)
        if before is not None:
            at = select(activity.c.at).where(activity.c.id == before).scalar_subquery()
            query = query.where((activity.c.at < at) | ((activity.c.at == at) & (activity.c.id < before)))
        return _read(self._connection.execute(query))


def _read(rows: Iterable[Row[Any]]) -> list[Activity]:
    found = (dict(zip(_NAMES, row, strict=True)) for row in rows)
    return [Activity(**values | {"detail": json.loads(values["detail"])}) for values in found]
