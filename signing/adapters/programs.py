"""The tokens of programs, and what webhooks are told; may import sqlalchemy and the tables. Fulfils `api_ports`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from signing.adapters.account_tables import account, api_token, letter_member
from signing.adapters.coordination_tables import webhook, webhook_message
from signing.adapters.tables import answer, edition, letter, letter_version, log_entry, log_head, roster_entry
from signing.domain.access import Account, MemberRole
from signing.domain.api import ApiToken, Event, Webhook
from signing.domain.letter import LetterState
from signing.domain.organisation import Decision
from signing.workflow.api_ports import LoggedChange, WebhookMessage
from signing.workflow.mail_ports import NoticeStatus

_TOKEN = [api_token.c[name] for name in ApiToken.__dataclass_fields__]
_ACCOUNT = [account.c[name] for name in Account.__dataclass_fields__]
_MESSAGE = [webhook_message.c[name] for name in WebhookMessage.__dataclass_fields__]
_BY_DIGEST = (
    select(*_TOKEN, *_ACCOUNT, letter_member.c.role)
    .join_from(api_token, account)
    .outerjoin(
        letter_member,
        and_(letter_member.c.account_id == account.c.id, letter_member.c.letter_id == bindparam("the_letter")),
    )
    .where(api_token.c.digest == bindparam("the_digest"))
)
_DUE = (
    select(webhook_message.c.id)
    .where(
        webhook_message.c.status.in_([NoticeStatus.QUEUED, NoticeStatus.SENDING]),
        webhook_message.c.due <= bindparam("now"),
    )
    .order_by(webhook_message.c.due)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
    # Looked at once, whatever plan PostgreSQL takes (see `outbox`).
    .cte("due_now")
)


class ApiTokenStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, token: ApiToken) -> None:
        values = {name: getattr(token, name) for name in ApiToken.__dataclass_fields__}
        self._connection.execute(insert(api_token), values)

    def of_account(self, account_id: str) -> list[ApiToken]:
        """Newest first, those that ended among them."""
        rows = self._connection.execute(
            select(*_TOKEN)
            .where(api_token.c.account_id == account_id)
            .order_by(api_token.c.created_at.desc(), api_token.c.id)
        )
        return [ApiToken(*row) for row in rows]

    def by_digest(self, digest: bytes, letter_id: str | None) -> tuple[ApiToken, Account, MemberRole | None] | None:
        """The token with its owner, and what the owner is on that letter."""
        row = self._connection.execute(_BY_DIGEST, {"the_digest": digest, "the_letter": letter_id}).first()
        if row is None:
            return None
        return ApiToken(*row[: len(_TOKEN)]), Account(*row[len(_TOKEN) : -1]), row[-1]

    def revoke(self, token_id: str, account_id: str, at: datetime) -> None:
        self._connection.execute(
            update(api_token)
            .where(
                api_token.c.id == token_id, api_token.c.account_id == account_id, api_token.c.revoked_at.is_(None)
            )
            .values(revoked_at=at)
        )

    def revoke_all(self, account_id: str, at: datetime) -> None:
        live = (api_token.c.account_id == account_id) & api_token.c.revoked_at.is_(None)
        self._connection.execute(update(api_token).where(live).values(revoked_at=at))

    def used(self, token_id: str, at: datetime) -> None:
        self._connection.execute(update(api_token).where(api_token.c.id == token_id).values(used_at=at))


class WebhookStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Webhook) -> None:
        self._connection.execute(
            insert(webhook), {name: getattr(new, name) for name in Webhook.__dataclass_fields__}
        )

    def of_letter(self, letter_id: str) -> list[Webhook]:
        """Oldest first; those that were stopped are left away."""
        rows = self._connection.execute(
            select(webhook)
            .where(webhook.c.letter_id == letter_id, webhook.c.stopped_at.is_(None))
            .order_by(webhook.c.created_at, webhook.c.id)
        )
        return [Webhook(*row) for row in rows]

    def get(self, webhook_id: str) -> Webhook | None:
        row = self._connection.execute(select(webhook).where(webhook.c.id == webhook_id)).first()
        return Webhook(*row) if row else None

    def stop(self, webhook_id: str, at: datetime) -> None:
        self._connection.execute(
            update(webhook).where(webhook.c.id == webhook_id, webhook.c.stopped_at.is_(None)).values(stopped_at=at)
        )

    def behind(self) -> list[str]:
        """The ids of those whose letter went on since they were told."""
        rows = self._connection.execute(
            select(webhook.c.id)
            .join(letter, letter.c.id == webhook.c.letter_id)
            .join(log_head, log_head.c.letter_id == webhook.c.letter_id)
            .where(
                webhook.c.stopped_at.is_(None),
                or_(log_head.c.size > webhook.c.told_size, letter.c.state != webhook.c.told_state),
            )
        )
        return list(rows.scalars())

    def changes(self, letter_id: str, since: int) -> list[LoggedChange]:
        """What was logged of the letter from index `since` on, in its order."""
        rows = self._connection.execute(
            select(
                log_entry.c.idx, log_entry.c.kind, log_entry.c.at, answer.c.version, answer.c.organisation_id,
                answer.c.decision, roster_entry.c.confidential, roster_entry.c.answer_index,
                edition.c.number, edition.c.version,
                select(letter_version.c.number)
                .where(letter_version.c.letter_id == letter_id, letter_version.c.opened_at <= log_entry.c.at)
                .order_by(letter_version.c.number.desc()).limit(1).scalar_subquery(),
            )
            .select_from(log_entry)
            .outerjoin(answer, and_(answer.c.letter_id == log_entry.c.letter_id, answer.c.idx == log_entry.c.idx))
            .outerjoin(
                roster_entry,
                and_(
                    roster_entry.c.letter_id == answer.c.letter_id,
                    roster_entry.c.organisation_id == answer.c.organisation_id,
                ),
            )
            .outerjoin(edition, and_(edition.c.letter_id == log_entry.c.letter_id, edition.c.idx == log_entry.c.idx))
            .where(log_entry.c.letter_id == letter_id, log_entry.c.idx >= since)
            .order_by(log_entry.c.idx)
        )  # fmt: skip
        return [change for row in rows if (change := _change(row)) is not None]

    def told(self, known: Webhook, *, size: int, state: LetterState) -> bool:
        """Note how far it was told now; False when another worker did so meanwhile."""
        done = self._connection.execute(
            update(webhook)
            .where(
                webhook.c.id == known.id,
                webhook.c.told_size == known.told_size,
                webhook.c.told_state == known.told_state,
                webhook.c.stopped_at.is_(None),
            )
            .values(told_size=size, told_state=state)
        )
        return done.rowcount == 1

    def queue(self, messages: Sequence[WebhookMessage]) -> None:
        if messages:
            names = WebhookMessage.__dataclass_fields__
            self._connection.execute(
                insert(webhook_message), [{name: getattr(each, name) for name in names} for each in messages]
            )

    def messages(self, webhook_id: str, limit: int) -> list[WebhookMessage]:
        """The newest first."""
        rows = self._connection.execute(
            select(*_MESSAGE)
            .where(webhook_message.c.webhook_id == webhook_id)
            .order_by(webhook_message.c.at.desc(), webhook_message.c.id)
            .limit(limit)
        )
        return [WebhookMessage(*row) for row in rows]

    def claim(self, owner: str, now: datetime, *, limit: int, lease_until: datetime) -> list[WebhookMessage]:
        """Take messages that are due for `owner`, skipping locked ones."""
        rows = self._connection.execute(
            update(webhook_message)
            .where(webhook_message.c.id.in_(select(_DUE.c.id)))
            .values(
                status=NoticeStatus.SENDING, lease_owner=owner, due=lease_until,
                attempts=webhook_message.c.attempts + 1,
            )
            .returning(*_MESSAGE),
            {"now": now, "at_most": limit},
        )  # fmt: skip
        return sorted((WebhookMessage(*row) for row in rows), key=lambda each: (each.at, each.id))

    def mark_sent(self, message_id: str, at: datetime, reply: str) -> None:
        self._mark(message_id, status=NoticeStatus.SENT, sent_at=at, last_reply=reply, lease_owner=None)

    def mark_retry(self, message_id: str, due: datetime, reply: str) -> None:
        self._mark(message_id, status=NoticeStatus.QUEUED, due=due, last_reply=reply, lease_owner=None)

    def mark_failed(self, message_id: str, reply: str) -> None:
        self._mark(message_id, status=NoticeStatus.FAILED, last_reply=reply, lease_owner=None)

    def forget_before(self, at: datetime) -> None:
        """Remove messages that were made before `at`."""
        self._connection.execute(delete(webhook_message).where(webhook_message.c.at < at))

    def _mark(self, message_id: str, **values: Any) -> None:
        # A worker whose lease ran out may come late with bad news about what another one has sent.
        self._connection.execute(
            update(webhook_message)
            .where(webhook_message.c.id == message_id, webhook_message.c.status == NoticeStatus.SENDING)
            .values(**values)
        )


def _change(row: Any) -> LoggedChange | None:
    """An entry as programs are told of it; None for keys and what else is nobody's news."""
    index, kind, at, answered, organisation_id, decision, confidential, newest, number, closed, opened = row
    if kind == "assent" and answered is not None:
        # A decline always stands under a commitment, and so may an approval: then nobody is named. Of an answer that
        # another has overtaken, nothing here says any more under which of the two it stood.
        named = decision != Decision.DECLINE and newest == index and not confidential
        return LoggedChange(
            Event.ORGANISATION_ANSWERED, index, at, answered, organisation_id if named else None, decision
        )
    if kind == "close" and number is not None:
        return LoggedChange(Event.EDITION_CLOSED, index, at, closed, edition=number)
    return LoggedChange(Event.VERSION_OPENED, index, at, opened or 1) if kind == "letter" else None
