"""What the workflow needs to remember of programs: tokens, and what they are to be told; `adapters/` fulfils it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signing.domain.access import Account, MemberRole
from signing.domain.api import ApiToken, Event, Webhook
from signing.domain.letter import LetterState
from signing.workflow.mail_ports import NoticeStatus


class ApiTokens(Protocol):
    def add(self, token: ApiToken) -> None: ...
    def of_account(self, account_id: str) -> list[ApiToken]:
        """Newest first, those that ended among them."""

    def by_digest(self, digest: bytes, letter_id: str | None) -> tuple[ApiToken, Account, MemberRole | None] | None:
        """The token with its owner, and what the owner is on that letter."""

    def revoke(self, token_id: str, account_id: str, at: datetime) -> None: ...
    def revoke_all(self, account_id: str, at: datetime) -> None: ...
    def used(self, token_id: str, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """`body` is the JSON that is sent and signed, byte for byte, however often it is sent."""

    id: str
    webhook_id: str
    event: str
    body: str
    at: datetime
    due: datetime
    status: NoticeStatus = NoticeStatus.QUEUED
    attempts: int = 0
    last_reply: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """An entry of the log as programs are told of it; an organisation whose name is withheld has no id here."""

    event: Event
    index: int
    at: datetime
    version: int
    organisation_id: str | None = None
    answer: str | None = None
    edition: int | None = None


class Webhooks(Protocol):
    def add(self, webhook: Webhook) -> None: ...
    def of_letter(self, letter_id: str) -> list[Webhook]:
        """Oldest first; those that were stopped are left away."""

    def get(self, webhook_id: str) -> Webhook | None: ...
    def stop(self, webhook_id: str, at: datetime) -> None: ...
    def behind(self) -> list[str]:
        """The ids of those whose letter went on since they were told."""

    def changes(self, letter_id: str, since: int) -> list[LoggedChange]:
        """What was logged of the letter from index `since` on, in its order."""

    def told(self, webhook: Webhook, *, size: int, state: LetterState) -> bool:
        """Note how far it was told now; False when another worker did so meanwhile."""

    def queue(self, messages: Sequence[WebhookMessage]) -> None: ...
    def messages(self, webhook_id: str, limit: int) -> list[WebhookMessage]:
        """The newest first."""

    def claim(self, owner: str, now: datetime, *, limit: int, lease_until: datetime) -> list[WebhookMessage]:
        """Take messages that are due for `owner`, skipping locked ones."""

    def mark_sent(self, message_id: str, at: datetime, reply: str) -> None: ...
    def mark_retry(self, message_id: str, due: datetime, reply: str) -> None: ...
    def mark_failed(self, message_id: str, reply: str) -> None: ...
    def forget_before(self, at: datetime) -> None:
        """Remove messages that were made before `at`."""
