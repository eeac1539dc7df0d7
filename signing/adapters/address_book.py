"""The organisations known across letters, their people, and sheets on their way into a roster; may import sqlalchemy
and the tables. Fulfils `address_book_ports`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from signing.adapters.coordination_tables import book_contact, brought_roster
from signing.adapters.evidence_tables import binding
from signing.adapters.tables import letter, organisation, roster_entry
from signing.domain.address_book import (
    Asked,
    BookContact,
    BookOrganisation,
    BoundKeyOfBook,
    OrganisationKind,
    Scope,
)
from signing.domain.roster import KnownOrganisation
from signing.workflow.address_book_ports import BookRow, BroughtRoster

_KNOWN = tuple(field.name for field in fields(BookOrganisation))
_LEARNT = _KNOWN[2:-1]
_ORGANISATION = [organisation.c[name] for name in _KNOWN]
_CONTACT_NAMES = tuple(field.name for field in fields(BookContact))
_CONTACT = [book_contact.c[name] for name in _CONTACT_NAMES]
_BROUGHT_NAMES = tuple(field.name for field in fields(BroughtRoster))
# Below the number of parameters that any SQLite takes.
_AT_ONCE = 900
_LEARN = (
    update(organisation)
    .where(organisation.c.id == bindparam("the_id"))
    .values({name: func.coalesce(organisation.c[name], bindparam(f"new_{name}")) for name in _LEARNT})
)
_CORRECT = (
    update(book_contact)
    .where(book_contact.c.id == bindparam("the_id"))
    .values({name: bindparam(f"new_{name}") for name in (*_CONTACT_NAMES[2:], "changed_at")})
)


class AddressBookStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self, words: str = "") -> int:
        query = _matching(select(func.count()).select_from(organisation), words)
        return int(self._connection.execute(query).scalar_one())

    def page(self, words: str = "", *, limit: int, skip: int = 0) -> list[BookRow]:
        """Five statements, however many rows."""
        query = _matching(select(*_ORGANISATION), words).order_by(organisation.c.name_key, organisation.c.id)
        found = [_organisation(row) for row in self._connection.execute(query.limit(limit).offset(skip))]
        ids = [each.id for each in found]
        contacts: dict[str, list[BookContact]] = {}
        for each in self.contacts(ids):
            contacts.setdefault(each.organisation_id, []).append(each)
        letters, keys = self._counted(roster_entry.c.organisation_id, ids), self._counted(
            binding.c.organisation_id, ids
        )
        return [
            BookRow(each, tuple(contacts.get(each.id, ())), letters.get(each.id, 0), keys.get(each.id, 0))
            for each in found
        ]

    def _counted(self, column: ColumnElement[str], ids: Collection[str]) -> dict[str, int]:
        query = select(column, func.count()).where(column.in_(ids)).group_by(column)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def get(self, organisation_id: str) -> BookOrganisation | None:
        return self.of([organisation_id]).get(organisation_id)

    def of(self, organisation_ids: Collection[str]) -> dict[str, BookOrganisation]:
        found: dict[str, BookOrganisation] = {}
        for some in _some(organisation_ids):
            rows = self._connection.execute(select(*_ORGANISATION).where(organisation.c.id.in_(some)))
            found |= {row.id: _organisation(row) for row in rows}
        return found

    def named(self, name_keys: Collection[str]) -> dict[str, str]:
        """The ids of organisations known by these normalised names, from whatever letter."""
        found: dict[str, str] = {}
        for some in _some(name_keys):
            rows = self._connection.execute(
                select(organisation.c.name_key, func.min(organisation.c.id))
                .where(organisation.c.name_key.in_(some))
                .group_by(organisation.c.name_key)
            )
            found |= {row[0]: row[1] for row in rows}
        return found

    def names(self, letter_id: str) -> list[KnownOrganisation]:
        """Every name there is, those on this letter's roster as it has them."""
        here = select(
            roster_entry.c.organisation_id, roster_entry.c.organisation, roster_entry.c.listed_as,
            roster_entry.c.acronym, roster_entry.c.native_name,
        ).where(roster_entry.c.letter_id == letter_id)  # fmt: skip
        there = select(
            organisation.c.id, organisation.c.name, organisation.c.listed_as, organisation.c.acronym,
            organisation.c.native_name,
        )  # fmt: skip
        found = [KnownOrganisation(*row, here=True) for row in self._connection.execute(here)]
        ids = {each.id for each in found}
        return found + [KnownOrganisation(*row) for row in self._connection.execute(there) if row.id not in ids]

    def remember(self, organisations: Sequence[tuple[str, BookOrganisation]]) -> None:
        """Keep organisations, each with its normalised name: a known one keeps what it has and learns the rest."""
        if not organisations:
            return
        upsert: Any = sqlite_insert if self._connection.dialect.name == "sqlite" else postgresql_insert
        self._connection.execute(
            upsert(organisation).on_conflict_do_nothing(),
            [_values(each) | {"name_key": name_key} for name_key, each in organisations],
        )
        self._connection.execute(
            _LEARN,
            [{"the_id": each.id} | {f"new_{name}": getattr(each, name) for name in _LEARNT}
             for _, each in organisations if any(getattr(each, name) for name in _LEARNT)]
            or [{"the_id": ""} | {f"new_{name}": None for name in _LEARNT}],
        )

    def put(self, name_key: str, new: BookOrganisation) -> None:
        """Insert, or replace all that is known of it."""
        values = _values(new) | {"name_key": name_key}
        changed = self._connection.execute(update(organisation).where(organisation.c.id == new.id).values(values))
        if changed.rowcount == 0:
            self._connection.execute(insert(organisation), values)

    def describe(self, organisation_ids: Collection[str], *, kind: str | None = None, scope: str | None = None) -> None:
        """Set kind or scope, where given, of many."""
        values = {name: value for name, value in (("kind", kind), ("scope", scope)) if value is not None}
        for some in _some(organisation_ids):
            self._connection.execute(update(organisation).where(organisation.c.id.in_(some)).values(values))

    def contacts(self, organisation_ids: Collection[str]) -> list[BookContact]:
        """Of each the newest first."""
        found: list[BookContact] = []
        for some in _some(organisation_ids):
            rows = self._connection.execute(
                select(*_CONTACT)
                .where(book_contact.c.organisation_id.in_(some))
                .order_by(book_contact.c.added_at.desc(), book_contact.c.id)
            )
            found += [BookContact(*row) for row in rows]
        return found

    def contact(self, contact_id: str) -> BookContact | None:
        row = self._connection.execute(select(*_CONTACT).where(book_contact.c.id == contact_id)).first()
        return BookContact(*row) if row else None

    def put_contacts(self, contacts: Sequence[BookContact], at: datetime) -> None:
        """Insert, or replace those whose id is known."""
        known: set[str] = set()
        for some in _some([each.id for each in contacts]):
            query = select(book_contact.c.id).where(book_contact.c.id.in_(some))
            known |= set(self._connection.execute(query).scalars())
        new = [each for each in contacts if each.id not in known]
        old = [each for each in contacts if each.id in known]
        if new:
            self._connection.execute(
                insert(book_contact),
                [{name: getattr(each, name) for name in _CONTACT_NAMES} | {"added_at": at, "changed_at": at}
                 for each in new],
            )
        if old:
            self._connection.execute(
                _CORRECT,
                [{"the_id": each.id, "new_changed_at": at}
                 | {f"new_{name}": getattr(each, name) for name in _CONTACT_NAMES[2:]} for each in old],
            )

    def remove_contact(self, contact_id: str) -> None:
        self._connection.execute(delete(book_contact).where(book_contact.c.id == contact_id))

    def remove(self, organisation_id: str) -> None:
        """Forget an organisation that is on no roster, with its contacts."""
        self._connection.execute(delete(book_contact).where(book_contact.c.organisation_id == organisation_id))
        self._connection.execute(delete(organisation).where(organisation.c.id == organisation_id))

    def asked(self, organisation_id: str) -> list[Asked]:
        """The letters whose roster has it, newest first."""
        rows = self._connection.execute(
            select(
                letter.c.id, letter.c.title, letter.c.created_at, roster_entry.c.contact, roster_entry.c.email,
                roster_entry.c.answer, roster_entry.c.answered_at, roster_entry.c.confidential,
            )
            .join(roster_entry, roster_entry.c.letter_id == letter.c.id)
            .where(roster_entry.c.organisation_id == organisation_id)
            .order_by(letter.c.created_at.desc(), letter.c.id)
        )  # fmt: skip
        return [Asked(*row) for row in rows]

    def bound(self, organisation_id: str) -> list[BoundKeyOfBook]:
        """The keys that were bound to it, newest first."""
        rows = self._connection.execute(
            select(
                letter.c.id, letter.c.title, binding.c.key, binding.c.scheme, binding.c.at, binding.c.revoked_idx
            )
            .join(letter, letter.c.id == binding.c.letter_id)
            .where(binding.c.organisation_id == organisation_id)
            .order_by(binding.c.at.desc(), binding.c.idx)
        )
        return [BoundKeyOfBook(*row[:5], revoked=row[5] is not None) for row in rows]

    def has_spoken(self, organisation_id: str) -> bool:
        """Whether it has answered any letter, or had a key bound: its name is in a log."""
        answered = exists().where(
            roster_entry.c.organisation_id == organisation_id, roster_entry.c.answered_at.is_not(None)
        )
        bound = exists().where(binding.c.organisation_id == organisation_id)
        return bool(self._connection.execute(select(or_(answered, bound))).scalar())


class BroughtRosterStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, brought: BroughtRoster) -> None:
        self._connection.execute(insert(brought_roster), _fields(brought))

    def get(self, brought_id: str) -> BroughtRoster | None:
        columns = [brought_roster.c[name] for name in _BROUGHT_NAMES]
        row = self._connection.execute(select(*columns).where(brought_roster.c.id == brought_id)).first()
        return BroughtRoster(*row) if row else None

    def replace(self, brought: BroughtRoster) -> None:
        self._connection.execute(
            update(brought_roster).where(brought_roster.c.id == brought.id).values(_fields(brought))
        )

    def forget_before(self, at: datetime) -> None:
        """Remove what was brought before `at`."""
        self._connection.execute(delete(brought_roster).where(brought_roster.c.at < at))


def _matching(query: Select[Any], words: str) -> Select[Any]:
    """The query, held to organisations that have every one of `words` somewhere."""
    for word in words.split():
        like = "%" + word.casefold().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        of_contact = exists().where(
            book_contact.c.organisation_id == organisation.c.id,
            or_(*(func.lower(book_contact.c[name]).like(like, escape="\\") for name in ("name", "email"))),
        )
        names = ("acronym", "listed_as", "native_name", "country")
        query = query.where(
            or_(
                organisation.c.name_key.like(like, escape="\\"),
                *(func.lower(organisation.c[name]).like(like, escape="\\") for name in names),
                of_contact,
            )
        )
    return query


def _some(values: Collection[str]) -> Iterator[list[str]]:
    rest = iter(values)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _organisation(row: Any) -> BookOrganisation:
    values = dict(zip(_KNOWN, row, strict=True))
    kind, scope = values["kind"], values["scope"]
    return BookOrganisation(**values | {"kind": kind and OrganisationKind(kind), "scope": scope and Scope(scope)})


def _values(each: BookOrganisation) -> dict[str, Any]:
    return {name: getattr(each, name) for name in _KNOWN} | {
        "kind": each.kind and each.kind.value, "scope": each.scope and each.scope.value
    }  # fmt: skip


def _fields(brought: BroughtRoster) -> dict[str, Any]:
    return {name: getattr(brought, name) for name in _BROUGHT_NAMES}
