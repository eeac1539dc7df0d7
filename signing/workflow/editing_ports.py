"""What the workflow needs to remember of words that are being written; `adapters/` fulfils it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WorkingText:
    """What stands in the editor of one language; `revision` counts its savings from 1, `saved_by` is a name.
    `ahead`: nobody has made it the draft since it was saved."""

    letter_id: str
    language: str
    words: str
    revision: int
    saved_at: datetime
    saved_by: str
    ahead: bool = True


@dataclass(frozen=True, slots=True)
class Editing:
    """Somebody who has the editor of a language open; `name` is what the others call them."""

    language: str
    account_id: str
    name: str
    seen_at: datetime


class WorkingTexts(Protocol):
    def get(self, letter_id: str, language: str) -> WorkingText | None: ...
    def of_letter(self, letter_id: str) -> list[WorkingText]: ...
    def save(self, text: WorkingText) -> bool:
        """Store `text` if the revision before its own is the newest there is; whether it was stored. Of two writers
        of one revision one is stored."""

    def settle(self, letter_id: str, language: str) -> None:
        """What stands there is the draft now: nothing of it is ahead."""

    def see(self, letter_id: str, language: str, account_id: str, at: datetime) -> None:
        """Note that this account has the editor of this language open, and no other of this letter."""

    def leave(self, letter_id: str, account_id: str) -> None: ...
    def editing(self, letter_id: str, since: datetime) -> list[Editing]:
        """Who was seen at an editor of this letter since then, by name."""
