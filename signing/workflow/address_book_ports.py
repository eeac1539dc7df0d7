"""What the workflow needs to remember of organisations across letters, and of sheets on their way into a roster."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from signing.domain.address_book import Asked, BookContact, BookOrganisation, BoundKeyOfBook
from signing.domain.roster import KnownOrganisation

# How long a sheet waits between looking at it and importing it.
BROUGHT_LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BookRow:
    """One organisation in the list of the address book; `letters` counts those it was asked about."""

    organisation: BookOrganisation
    contacts: tuple[BookContact, ...]
    letters: int
    keys: int


class AddressBook(Protocol):
    def count(self, words: str = "") -> int:
        """How many organisations have `words` in a name, in their country, or in a contact's name or address."""

    def page(self, words: str = "", *, limit: int, skip: int = 0) -> list[BookRow]:
        """Those, by name; as many statements for one as for a thousand."""

    def get(self, organisation_id: str) -> BookOrganisation | None: ...
    def of(self, organisation_ids: Collection[str]) -> dict[str, BookOrganisation]: ...
    def named(self, name_keys: Collection[str]) -> dict[str, str]:
        """The ids of organisations known by these normalised names, from whatever letter."""

    def names(self, letter_id: str) -> list[KnownOrganisation]:
        """Every name there is, those on this letter's roster as it has them."""

    def remember(self, organisations: Sequence[tuple[str, BookOrganisation]]) -> None:
        """Keep organisations, each with its normalised name: a known one keeps what it has and learns the rest."""

    def put(self, name_key: str, organisation: BookOrganisation) -> None:
        """Insert, or replace all that is known of it."""

    def describe(self, organisation_ids: Collection[str], *, kind: str | None = None, scope: str | None = None) -> None:
        """Set kind or scope, where given, of many."""

    def contacts(self, organisation_ids: Collection[str]) -> list[BookContact]: ...
    def contact(self, contact_id: str) -> BookContact | None: ...
    def put_contacts(self, contacts: Sequence[BookContact], at: datetime) -> None:
        """Insert, or replace those whose id is known."""

    def remove_contact(self, contact_id: str) -> None: ...
    def remove(self, organisation_id: str) -> None:
        """Forget an organisation that is on no roster, with its contacts."""

    def asked(self, organisation_id: str) -> list[Asked]:
        """The letters whose roster has it, newest first."""

    def bound(self, organisation_id: str) -> list[BoundKeyOfBook]:
        """The keys that were bound to it, newest first."""

    def has_spoken(self, organisation_id: str) -> bool:
        """Whether it has answered any letter, or had a key bound: its name is in a log."""


@dataclass(frozen=True, slots=True)
class BroughtRoster:
    """A sheet that was read and waits. `content` is what `brought_rosters` makes of it, empty once it was imported."""

    id: str
    letter_id: str
    account_id: str
    filename: str
    content: bytes
    at: datetime
    total: int
    done: int = 0
    finished_at: datetime | None = None
    trouble: str | None = None


class BroughtRosters(Protocol):
    def add(self, brought: BroughtRoster) -> None: ...
    def get(self, brought_id: str) -> BroughtRoster | None: ...
    def replace(self, brought: BroughtRoster) -> None: ...
    def forget_before(self, at: datetime) -> None:
        """Remove what was brought before `at`."""
