"""What the workflow needs to remember of a letter's organisations and their answers; `adapters/` fulfils this port."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from signing.domain.invitation import Invitation
from signing.domain.organisation import RosterEntry
from signing.evidence.statement import Signatory


@dataclass(frozen=True, slots=True)
class ApprovedName:
    """An organisation that stands as approved, in the open; `version` and `accepts` say of which words."""

    organisation_id: str
    group: str | None
    version: int
    accepts: bool
    index: int
    listed_as: str
    acronym: str | None
    native_name: str | None
    sort_name: str | None

    @property
    def signatory(self) -> Signatory:
        """The same as the list sorts and prints it; who signed is nobody else's business."""
        return Signatory(
            self.acronym, self.listed_as, self.native_name, self.organisation_id, "", "", self.sort_name
        )


@dataclass(frozen=True, slots=True)
class WithheldApproval:
    """An approval whose name is withheld; it holds no name, so that it can be counted and not told."""

    organisation_id: str
    version: int
    accepts: bool


@dataclass(frozen=True, slots=True)
class Approvals:
    """Who stands as approved, in no order."""

    named: tuple[ApprovedName, ...] = ()
    withheld: tuple[WithheldApproval, ...] = ()

    def of(self, organisations: Collection[str]) -> Approvals:
        """Those of these organisations, by id."""
        return Approvals(
            tuple(each for each in self.named if each.organisation_id in organisations),
            tuple(each for each in self.withheld if each.organisation_id in organisations),
        )


class Roster(Protocol):
    def entries(self, letter_id: str) -> list[RosterEntry]:
        """All organisations of the letter, by position."""

    def invited(self, letter_id: str) -> list[tuple[RosterEntry, Invitation | None]]:
        """All organisations of the letter, by position, each with its signatory's invitation."""

    def entry(self, letter_id: str, organisation_id: str) -> RosterEntry | None: ...

    def save(self, entry: RosterEntry) -> None:
        """Insert, or replace name and contact of, one organisation; its answer is left alone."""

    def record_answer(self, entry: RosterEntry) -> None:
        """Store the answer fields of `entry` (from `answer` to `reason`) and nothing else."""

    def set_review(
        self, letter_id: str, organisation_id: str, *, two_persons: bool, reviewed_version: int | None
    ) -> None: ...

    def replace_contact(
        self, letter_id: str, organisation_id: str, *, contact: str, email: str, role: str | None,
        former_emails: tuple[str, ...],
    ) -> None: ...

    def approved(self, letter_id: str) -> Approvals:
        """Who has approved, whichever version: in the open, under the names they signed, and withheld."""

    def names_another(self, letter_id: str, organisation_id: str, name_key: str, name: str) -> bool:
        """Whether another organisation of the letter is known by this normalised name, or is to be listed so."""
