"""What is remembered of contacts beside their answers; may import sqlalchemy and `tables`. Fulfils `contact_ports`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from signing.adapters.contact_tables import contact_change, link_request, refused_address, remark, review
from signing.domain.discussion import Remark, Settlement
from signing.domain.handover import ContactChange, Review
from signing.workflow.contact_ports import LinkRequest

# Fewer than either database takes as parameters of one statement.
_AT_ONCE = 500


class RemarkStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Remark) -> None:
        self._connection.execute(insert(remark), {column.name: getattr(new, column.name) for column in remark.c})

    def get(self, remark_id: str) -> Remark | None:
        row = self._connection.execute(select(remark).where(remark.c.id == remark_id)).first()
        return Remark(*row) if row else None

    def by_key(self, letter_id: str, organisation_id: str, idempotency_key: str) -> Remark | None:
        row = self._connection.execute(
            select(remark).where(
                remark.c.letter_id == letter_id,
                remark.c.organisation_id == organisation_id,
                remark.c.idempotency_key == idempotency_key,
            )
        ).first()
        return Remark(*row) if row else None

    def of_organisation(self, letter_id: str, organisation_id: str) -> list[Remark]:
        """Oldest first; those taken back are left out here and in `of_letter`."""
        return self._standing(
            select(remark).where(remark.c.letter_id == letter_id, remark.c.organisation_id == organisation_id)
        )

    def of_letter(self, letter_id: str) -> list[Remark]:
        return self._standing(select(remark).where(remark.c.letter_id == letter_id))

    def answer(self, remark_id: str, words: str, at: datetime) -> None:
        self._connection.execute(
            update(remark).where(remark.c.id == remark_id).values(answer=words, answered_at=at)
        )

    def take_back(self, remark_id: str, at: datetime) -> None:
        self._connection.execute(
            update(remark).where(remark.c.id == remark_id, remark.c.taken_back_at.is_(None)).values(taken_back_at=at)
        )

    def settle(
        self, remark_id: str, settlement: Settlement | None, at: datetime | None, version: int | None
    ) -> None:
        """What became of it, when, and in which version; all None: nothing yet."""
        self._connection.execute(
            update(remark)
            .where(remark.c.id == remark_id)
            .values(settled=settlement, settled_at=at, settled_version=version)
        )

    def _standing(self, query: Select[Any]) -> list[Remark]:
        rows = self._connection.execute(
            query.where(remark.c.taken_back_at.is_(None)).order_by(remark.c.at, remark.c.id)
        )
        return [Remark(*row) for row in rows]


class ContactChangeStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: ContactChange) -> None:
        self._connection.execute(
            insert(contact_change), {column.name: getattr(new, column.name) for column in contact_change.c}
        )

    def of_letter(self, letter_id: str) -> list[ContactChange]:
        return self._in_order(select(contact_change).where(contact_change.c.letter_id == letter_id))

    def of_organisation(self, letter_id: str, organisation_id: str) -> list[ContactChange]:
        return self._in_order(
            select(contact_change).where(
                contact_change.c.letter_id == letter_id, contact_change.c.organisation_id == organisation_id
            )
        )

    def of_link(self, invitation_id: str, generation: int) -> list[ContactChange]:
        """What was changed by the link of this generation."""
        return self._in_order(
            select(contact_change).where(
                contact_change.c.invitation_id == invitation_id, contact_change.c.generation == generation
            )
        )

    def _in_order(self, query: Select[Any]) -> list[ContactChange]:
        rows = self._connection.execute(query.order_by(contact_change.c.at, contact_change.c.id))
        return [ContactChange(*row) for row in rows]


class ReviewStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Review) -> None:
        self._connection.execute(insert(review), {column.name: getattr(new, column.name) for column in review.c})

    def of_organisation(self, letter_id: str, organisation_id: str) -> list[Review]:
        rows = self._connection.execute(
            select(review)
            .where(review.c.letter_id == letter_id, review.c.organisation_id == organisation_id)
            .order_by(review.c.at, review.c.id)
        )
        return [Review(*row) for row in rows]

    def of_letter(self, letter_id: str) -> list[Review]:
        rows = self._connection.execute(
            select(review).where(review.c.letter_id == letter_id).order_by(review.c.at, review.c.id)
        )
        return [Review(*row) for row in rows]


class RefusedAddressStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, address_sha256: bytes, at: datetime) -> None:
        """Remember an address that must not be invited again; twice is once."""
        made = sqlite_insert if self._connection.dialect.name == "sqlite" else postgresql_insert
        self._connection.execute(
            made(refused_address).on_conflict_do_nothing(), {"address_sha256": address_sha256, "at": at}
        )

    def among(self, digests: Collection[bytes]) -> set[bytes]:
        """Those of these digests that are refused; one statement, however many they are."""
        asked = set(digests)
        query = select(refused_address.c.address_sha256)
        if len(asked) <= _AT_ONCE:
            query = query.where(refused_address.c.address_sha256.in_(asked))
        return asked.intersection(self._connection.execute(query).scalars())


class LinkRequestStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: LinkRequest) -> None:
        self._connection.execute(
            insert(link_request), {column.name: getattr(new, column.name) for column in link_request.c}
        )

    def waiting(self, limit: int) -> list[LinkRequest]:
        """The oldest ones."""
        rows = self._connection.execute(
            select(link_request).order_by(link_request.c.at, link_request.c.id).limit(limit)
        )
        return [LinkRequest(*row) for row in rows]

    def remove(self, request_id: str) -> bool:
        """Forget a request; whether it was still there."""
        return self._connection.execute(delete(link_request).where(link_request.c.id == request_id)).rowcount == 1
