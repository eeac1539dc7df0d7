"""The order of a roster by name, kept beside each name; may import sqlalchemy, `tables` and `collation`.

A database sorts by code point or by the order of its host; names are wanted as dictionaries of the letter's language
have them. So the key is made where a name is stored, and pages of a long roster can be read in order without the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from signing.adapters.collation import IcuCollation
from signing.adapters.tables import letter, roster_entry
from signing.domain.organisation import RosterEntry
from signing.evidence.statement import Signatory

_NAMES = ("organisation", "listed_as", "sort_name")
_SET = (
    update(roster_entry)
    .where(
        roster_entry.c.letter_id == bindparam("the_letter"),
        roster_entry.c.organisation_id == bindparam("the_organisation"),
    )
    .values(sort_key=bindparam("the_key"))
)


class RosterOrder:
    """Makes keys for the names of any letter; asks for a letter's language once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, Callable[[Signatory], Any]] = {}

    def key(self, letter_id: str, names: Mapping[str, str | None]) -> bytes:
        """Where these names (`organisation`, `listed_as`, `sort_name`) stand among the others of the letter."""
        shown = names["listed_as"] or names["organisation"] or ""
        made = self._of(letter_id)(Signatory(None, shown, None, "", "", "", names["sort_name"]))
        return bytes(made[0])

    def key_of(self, entry: RosterEntry) -> bytes:
        """The same for a whole entry."""
        return self.key(entry.letter_id, {name: getattr(entry, name) for name in _NAMES})

    def _of(self, letter_id: str) -> Callable[[Signatory], Any]:
        if letter_id not in self._known:
            row = self._connection.execute(
                select(letter.c.language, letter.c.ignore_article).where(letter.c.id == letter_id)
            ).first()
            language, ignore_article = row if row is not None else ("und", False)
            self._known[letter_id] = IcuCollation().sort_key(language, ignore_article=ignore_article)
        return self._known[letter_id]


def renew(connection: Connection, letter_id: str | None = None) -> None:
    """Make every key anew (of one letter): its language has changed, or this release sorts otherwise."""
    order = RosterOrder(connection)
    query = select(roster_entry.c.letter_id, roster_entry.c.organisation_id, *(roster_entry.c[name] for name in _NAMES))
    if letter_id is not None:
        query = query.where(roster_entry.c.letter_id == letter_id)
    keys = [
        {"the_letter": row.letter_id, "the_organisation": row.organisation_id, "the_key": order.key(
            row.letter_id, {name: getattr(row, name) for name in _NAMES}
        )}
        for row in connection.execute(query)
    ]  # fmt: skip
    if keys:
        connection.execute(_SET, keys)
