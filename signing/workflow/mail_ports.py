"""What the workflow needs to have mails sent, and to know how they fared; `adapters/` fulfils this port."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from signing.domain.errors import NotFound
from signing.domain.wording import Wording


class NoticeKind(StrEnum):
    """What a mail is about."""

    INVITATION = "invitation"
    CODE = "code"
    RECEIPT = "receipt"
    NEW_VERSION = "new-version"
    CARRIED = "carried"
    KEY_VOUCHED = "key-vouched"
    REMINDER = "reminder"
    FRESH_LINK = "fresh-link"
    HANDED_OVER = "handed-over"
    REVIEWED = "reviewed"
    REMARK_ANSWERED = "remark-answered"
    DEADLINE = "deadline"
    CLOSED = "closed"
    PUBLISHED = "published"
    DELIVERY = "delivery"
    DIGEST = "digest"
    MEMBER = "member"
    TRIAL = "trial"


# What somebody asked for themselves just now: an answer to them, and no mail of ours (DESIGN 5).
ASKED_FOR = (NoticeKind.CODE, NoticeKind.RECEIPT, NoticeKind.FRESH_LINK)


# Mails to organisations in which the coordinator may say something of their own (`domain/wording`).
WORDED = (
    NoticeKind.INVITATION, NoticeKind.REMINDER, NoticeKind.NEW_VERSION, NoticeKind.DEADLINE, NoticeKind.CLOSED,
    NoticeKind.PUBLISHED,
)  # fmt: skip


class NoticeStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail to be sent. It names what it is about by id (`subject_id`: invitation id, code id or log index)
    and never holds a token or a code: the worker derives them. `language` is what its reader was reading when they
    asked for it, None for the contact's own."""

    id: str
    kind: NoticeKind
    letter_id: str
    organisation_id: str | None
    invitation_id: str | None
    subject_id: str
    to: str
    message_id: str
    due: datetime
    status: NoticeStatus = NoticeStatus.QUEUED
    attempts: int = 0
    last_reply: str | None = None
    sent_at: datetime | None = None
    language: str | None = None
    delivered_at: datetime | None = None
    bounced_at: datetime | None = None
    bounce_reason: str | None = None

    @property
    def organisation(self) -> str:
        """The organisation it goes to. Raises NotFound for a mail to coordinators or addressees."""
        return _given(self.organisation_id)

    @property
    def came_back(self) -> bool:
        """Whether it did not reach its reader: no server took it, or one sent it back later."""
        return self.status is NoticeStatus.FAILED or self.bounced_at is not None

    @property
    def invitation(self) -> str:
        """The invitation it is about. Raises NotFound for a mail to coordinators or addressees."""
        return _given(self.invitation_id)


def _given(name: str | None) -> str:
    if name is None:
        raise NotFound("This mail is about no organisation.", code="mail-of-no-organisation")
    return name


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a mail server says of mails of ours, as read from the return mailbox; nothing of it is believed yet.

    `message_ids` are those that stand in it, `notices` the ids of those it was returned to; `failed` and `delivered`
    are addresses, `written_to` the one that the returned mail itself went to; `reason` is in the server's own words.
    """

    message_ids: frozenset[str] = frozenset()
    notices: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    delivered: frozenset[str] = frozenset()
    written_to: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OutboxProgress:
    """How the mails of a letter fare that nobody asked for: each is counted once. `sent` did not come back so far."""

    queued: int = 0
    sent: int = 0
    failed: int = 0
    bounced: int = 0

    @property
    def total(self) -> int:
        return self.queued + self.sent + self.failed + self.bounced


@dataclass(frozen=True, slots=True)
class MailSample:
    """A mail as it will go to an example organisation: nothing in it opens anything."""

    subject: str
    text: str
    html: str


class Wordings(Protocol):
    def of_letter(self, letter_id: str) -> list[Wording]:
        """Everything that is worded for a letter, by kind, language and part."""

    def of_mail(self, letter_id: str, kind: str, language: str) -> dict[str, str]:
        """The words of one kind in one language, by part."""

    def save(self, worded: Wording, at: datetime) -> None:
        """Write or replace one part; without words, take it away."""


class Outbox(Protocol):
    def add(self, notices: Sequence[Notice]) -> None: ...
    def of_letter(self, letter_id: str) -> list[Notice]: ...
    def of_organisation(self, letter_id: str, organisation_id: str) -> list[Notice]:
        """All notices about one organisation, in the order they were queued."""

    def progress(self, letter_id: str) -> OutboxProgress:
        """How far the mails of a letter have come, in one statement, without codes, receipts and fresh links."""

    def claim(self, owner: str, now: datetime, *, limit: int, lease_until: datetime) -> list[Notice]:
        """Take due notices (queued, or sending with a lease that ran out) for `owner`, skipping locked ones."""

    def mark_sent(self, notice_id: str, at: datetime, reply: str) -> None: ...
    def mark_retry(self, notice_id: str, due: datetime, reply: str) -> None: ...
    def mark_failed(self, notice_id: str, reply: str) -> None: ...
    def by_message_id(self, message_ids: Collection[str]) -> list[Notice]:
        """The mails that went out under these Message-IDs."""

    def mark_bounced(self, notice_id: str, at: datetime, reason: str) -> bool:
        """Note that a mail came back, unless that is known; whether it was news."""

    def mark_delivered(self, notice_id: str, at: datetime) -> bool:
        """Note that the reader's own server has the mail, unless that is known; whether it was news."""
