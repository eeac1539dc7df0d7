"""What coordinators do with many entries of a roster at once, and look at page by page; `adapters/` fulfils it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from signing.domain.address_book import OrganisationKind, Scope
from signing.domain.organisation import RosterEntry


@dataclass(frozen=True, slots=True)
class RosterSearch:
    """Which entries are looked at: all words in a name, the country or the contact; one stage; one group, "" for those
    of none."""

    words: str = ""
    stage: int | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class RosterFigures:
    """How a roster is made up: entries by stage and by group, those of no group first, then as the list has them.
    `has_words`: the letter has a draft or a version."""

    total: int
    invited: int
    has_words: bool
    stages: dict[int, int] = field(default_factory=dict)
    groups: dict[str | None, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """An entry with what the address book knows of its organisation, and whether it was invited."""

    entry: RosterEntry
    kind: OrganisationKind | None
    scope: Scope | None
    invited: bool


class RosterDesk(Protocol):
    def figures(self, letter_id: str) -> RosterFigures: ...
    def count(self, letter_id: str, search: RosterSearch) -> int: ...
    def page(self, letter_id: str, search: RosterSearch, *, limit: int, skip: int = 0) -> list[DeskRow]:
        """By name, as the letter's language sorts."""

    def found(self, letter_id: str, search: RosterSearch) -> list[str]:
        """The organisations of all pages."""

    def entries(self, letter_id: str, organisation_ids: Collection[str]) -> list[RosterEntry]:
        """Those of them that are on the roster, by position."""

    def described(self, letter_id: str) -> list[DeskRow]:
        """All of them, by position."""

    def add(self, entries: Sequence[RosterEntry]) -> None: ...
    def describe(self, entries: Sequence[RosterEntry]) -> None:
        """Replace names and contacts of known entries; answers are left alone."""

    def set_stage(self, letter_id: str, organisation_ids: Collection[str], stage: int) -> None: ...
    def set_groups(self, letter_id: str, groups: Mapping[str, str | None]) -> None:
        """By organisation id."""

    def set_sort_names(self, letter_id: str, sort_names: Mapping[str, str | None]) -> None:
        """By organisation id."""

    def tied_by(self, letter_id: str, organisation_id: str) -> tuple[str, ...]:
        """What hangs on an entry and may not be lost: any of `answer`, `key`, `remark`, `review`, `told`."""

    def remove(self, letter_id: str, organisation_id: str) -> None:
        """Take an entry out, with its invitations, links, codes and mails."""
