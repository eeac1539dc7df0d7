"""What the workflow needs to remember of people with accounts: their letters, what they did; `adapters/` fulfils it."""

from __future__ import annotations

from typing import Protocol

from signing.domain.access import Account, Member, MemberRole
from signing.domain.activity import Activity


class ActivityRecord(Protocol):
    def add(self, activity: Activity) -> None: ...
    def of_letter(
        self, letter_id: str, *, limit: int, before: str | None = None, by: str | None = None
    ) -> list[Activity]:
        """The newest acts on the letter, newest first: those before the act `before`, those of the actor `by`."""

    def actors(self, letter_id: str) -> list[str]:
        """Who did something with the letter, by name."""

    def of_subject(self, letter_id: str, subject: str) -> list[Activity]:
        """What was done to one organisation of the letter, oldest first."""

    def of_account(self, account_id: str, *, limit: int, before: str | None = None) -> list[Activity]: ...


class Members(Protocol):
    """Who has a part in which letter."""

    def add(self, member: Member) -> None: ...
    def get(self, letter_id: str, account_id: str) -> Member | None: ...
    def of_letter(self, letter_id: str) -> list[tuple[Member, Account]]:
        """Everybody on the letter, by address."""

    def of_account(self, account_id: str) -> dict[str, MemberRole]:
        """What the account is on each of its letters."""

    def wanting_digest(self) -> list[Member]:
        """Whoever wants the daily mail of a letter, of all letters."""

    def led(self) -> set[str]:
        """The letters that have a lead who can sign in."""

    def change(self, member: Member) -> None:
        """Store the role and the wish for a digest of a member that is there."""

    def remove(self, letter_id: str, account_id: str) -> None: ...
