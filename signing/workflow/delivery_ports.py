"""What the workflow needs to deliver a published letter and to forget whom it asked; `adapters/` fulfils this port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DeliveryAddress:
    """Whom the published letter is mailed to: one it is addressed to, or (`copy`) one who gets a copy. `language` is
    that of mail and PDF, None for the letter's own."""

    letter_id: str
    position: int
    name: str
    email: str
    copy: bool = False
    language: str | None = None


class DeliveryAddresses(Protocol):
    def of_letter(self, letter_id: str) -> list[DeliveryAddress]:
        """All of them, by position."""

    def replace(self, letter_id: str, addresses: Sequence[DeliveryAddress]) -> None:
        """Store these in place of those there were."""


class ContactData(Protocol):
    def forget(self, letter_id: str) -> None:
        """Delete, or blank where evidence refers to it, whatever names a contact of this letter, what contacts said
        beside their answers, drafts and working texts; signed statements, log, editions and openings stay. The
        address book forgets whoever stands on no other letter's roster."""
