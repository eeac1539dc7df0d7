"""Whom published letters are mailed to; may import sqlalchemy and the tables. Fulfils `delivery_ports`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from signing.adapters.coordination_tables import delivery_address
from signing.workflow.delivery_ports import DeliveryAddress

_NAMES = tuple(DeliveryAddress.__dataclass_fields__)


class DeliveryAddressStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_letter(self, letter_id: str) -> list[DeliveryAddress]:
        """All of them, by position."""
        rows = self._connection.execute(
            select(*(delivery_address.c[name] for name in _NAMES))
            .where(delivery_address.c.letter_id == letter_id)
            .order_by(delivery_address.c.position)
        )
        return [DeliveryAddress(*row) for row in rows]

    def replace(self, letter_id: str, addresses: Sequence[DeliveryAddress]) -> None:
        """Store these in place of those there were."""
        self._connection.execute(delete(delivery_address).where(delivery_address.c.letter_id == letter_id))
        if addresses:
            rows = [{name: getattr(each, name) for name in _NAMES} for each in addresses]
            self._connection.execute(insert(delivery_address), rows)
