"""Keys that speak for organisations and for coordinators; may import sqlalchemy and `tables`.

Fulfils `evidence_ports.Bindings` and `CoordinatorKeys`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from signing.adapters.evidence_tables import binding, coordinator_key
from signing.domain.binding import Binding, CoordinatorKey

_OF_ORGANISATION = (
    select(binding)
    .where(binding.c.letter_id == bindparam("the_letter"), binding.c.organisation_id == bindparam("the_organisation"))
    .order_by(binding.c.idx)
)
_AGE = (binding.c.at, binding.c.letter_id, binding.c.idx)
_OF_KEY = select(binding).where(binding.c.key == bindparam("the_key")).order_by(*_AGE)
_KNOWN = select(binding).where(binding.c.organisation_id == bindparam("the_organisation")).order_by(*_AGE)
# In a table "index" would be a keyword.
_NAMES = {"index": "idx", "revoked_index": "revoked_idx"}


class BindingStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Binding) -> None:
        fields = Binding.__dataclass_fields__
        self._connection.execute(insert(binding), {_NAMES.get(name, name): getattr(new, name) for name in fields})

    def of_organisation(self, letter_id: str, organisation_id: str) -> list[Binding]:
        """Every binding of the organisation in this letter, in the order of the log."""
        rows = self._connection.execute(
            _OF_ORGANISATION, {"the_letter": letter_id, "the_organisation": organisation_id}
        )
        return [Binding(*row) for row in rows]

    def of_letter(self, letter_id: str) -> list[Binding]:
        rows = self._connection.execute(
            select(binding).where(binding.c.letter_id == letter_id).order_by(binding.c.idx)
        )
        return [Binding(*row) for row in rows]

    def elsewhere(self, letter_id: str, organisation_id: str, key: str) -> list[Binding]:
        """Bindings of this key to this organisation in other letters, oldest first."""
        rows = self._connection.execute(
            select(binding)
            .where(
                binding.c.letter_id != letter_id,
                binding.c.organisation_id == organisation_id,
                binding.c.key == key,
            )
            .order_by(*_AGE)
        )
        return [Binding(*row) for row in rows]

    def of_key(self, key: str) -> list[Binding]:
        """Bindings of this key to whomever, in every letter, oldest first."""
        return [Binding(*row) for row in self._connection.execute(_OF_KEY, {"the_key": key})]

    def known_of(self, organisation_id: str) -> list[Binding]:
        """Every binding of the organisation, in every letter, oldest first."""
        return [Binding(*row) for row in self._connection.execute(_KNOWN, {"the_organisation": organisation_id})]

    def known_of_bound(self, letter_id: str) -> list[Binding]:
        """Every binding, in every letter, of the organisations that have one in this letter; oldest first."""
        bound = select(binding.c.organisation_id).where(binding.c.letter_id == letter_id)
        rows = self._connection.execute(
            select(binding).where(binding.c.organisation_id.in_(bound)).order_by(*_AGE)
        )
        return [Binding(*row) for row in rows]

    def revoke(self, letter_id: str, organisation_id: str, key: str, index: int) -> None:
        """Note the entry that revoked a key of one organisation; one revoked before keeps its first entry."""
        self._connection.execute(
            update(binding)
            .where(
                binding.c.letter_id == letter_id,
                binding.c.organisation_id == organisation_id,
                binding.c.key == key,
                binding.c.revoked_idx.is_(None),
            )
            .values(revoked_idx=index)
        )


class CoordinatorKeyStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: CoordinatorKey) -> None:
        self._connection.execute(
            insert(coordinator_key), {name: getattr(new, name) for name in CoordinatorKey.__dataclass_fields__}
        )

    def get(self, key: str) -> CoordinatorKey | None:
        row = self._connection.execute(select(coordinator_key).where(coordinator_key.c.key == key)).first()
        return CoordinatorKey(*row) if row else None

    def all(self) -> list[CoordinatorKey]:
        """Every key, the retired ones too, oldest first."""
        rows = self._connection.execute(
            select(coordinator_key).order_by(coordinator_key.c.created_at, coordinator_key.c.key)
        )
        return [CoordinatorKey(*row) for row in rows]

    def retire(self, key: str, at: datetime) -> None:
        self._connection.execute(
            update(coordinator_key)
            .where(coordinator_key.c.key == key, coordinator_key.c.retired_at.is_(None))
            .values(retired_at=at)
        )
