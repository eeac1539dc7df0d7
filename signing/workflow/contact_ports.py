"""What the workflow needs to remember of contacts beside their answers; `adapters/` fulfils these ports."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signing.domain.discussion import Remark, Settlement
from signing.domain.handover import ContactChange, Review


class Remarks(Protocol):
    def add(self, remark: Remark) -> None: ...
    def get(self, remark_id: str) -> Remark | None: ...
    def by_key(self, letter_id: str, organisation_id: str, idempotency_key: str) -> Remark | None: ...
    def of_organisation(self, letter_id: str, organisation_id: str) -> list[Remark]:
        """Oldest first; those taken back are left out here and in `of_letter`."""

    def of_letter(self, letter_id: str) -> list[Remark]: ...
    def answer(self, remark_id: str, words: str, at: datetime) -> None: ...
    def take_back(self, remark_id: str, at: datetime) -> None: ...
    def settle(
        self, remark_id: str, settlement: Settlement | None, at: datetime | None, version: int | None
    ) -> None:
        """What became of it, when, and in which version; all None: nothing yet."""


class ContactChanges(Protocol):
    def add(self, change: ContactChange) -> None: ...
    def of_letter(self, letter_id: str) -> list[ContactChange]: ...
    def of_organisation(self, letter_id: str, organisation_id: str) -> list[ContactChange]: ...
    def of_link(self, invitation_id: str, generation: int) -> list[ContactChange]:
        """What was changed by the link of this generation."""


class Reviews(Protocol):
    def add(self, review: Review) -> None: ...
    def of_organisation(self, letter_id: str, organisation_id: str) -> list[Review]: ...
    def of_letter(self, letter_id: str) -> list[Review]: ...


class RefusedAddresses(Protocol):
    def add(self, address_sha256: bytes, at: datetime) -> None:
        """Remember an address that must not be invited again; twice is once."""

    def among(self, digests: Collection[bytes]) -> set[bytes]:
        """Those of these digests that are refused."""


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """Somebody typed an address and asked for a fresh link; `address_sha256` is its keyed digest."""

    id: str
    address_sha256: bytes
    at: datetime
    language: str | None = None


class LinkRequests(Protocol):
    def add(self, request: LinkRequest) -> None: ...
    def waiting(self, limit: int) -> list[LinkRequest]:
        """The oldest ones."""

    def remove(self, request_id: str) -> bool:
        """Forget a request; whether it was still there."""
