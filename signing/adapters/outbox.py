"""The outbox: mails as rows of the unit of work they tell of; may import sqlalchemy and `tables`.

Fulfils `ports.Outbox`. A claim gives one worker a lease; a worker that died loses it, and its notices are due
again. At least once, at most one extra copy a crash (FLOORS 4).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from signing.adapters.tables import outbox
from signing.workflow.mail_ports import ASKED_FOR, Notice, NoticeKind, NoticeStatus, OutboxProgress

_URGENCY = {NoticeKind.CODE: 0, NoticeKind.RECEIPT: 1}
_LEAST_URGENT = 2
_COLUMNS = tuple(name for name in Notice.__dataclass_fields__)
_NOTICE = [outbox.c[name] for name in _COLUMNS]

_DUE = (
    select(outbox.c.id)
    # Spelled out, not bound: only then may the partial index be used.
    .where(outbox.c.status.in_([NoticeStatus.QUEUED, NoticeStatus.SENDING]), outbox.c.due <= bindparam("now"))
    .order_by(outbox.c.urgency, outbox.c.due)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
    # Not a subquery: PostgreSQL may look at one again for each row, each time past the rows that are locked by now,
    # and so claim more than the limit. What is named beforehand and locks rows is looked at once.
    .cte("due_now")
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(select(_DUE.c.id)))
    .values(
        status=NoticeStatus.SENDING,
        lease_owner=bindparam("owner"),
        due=bindparam("lease_until"),
        attempts=outbox.c.attempts + 1,
    )
    .returning(*_NOTICE, outbox.c.urgency)
)
_INSERT = insert(outbox)


class OutboxStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, notices: Sequence[Notice]) -> None:
        if notices:
            self._connection.execute(
                _INSERT,
                [
                    {name: getattr(notice, name) for name in _COLUMNS}
                    | {"urgency": _URGENCY.get(notice.kind, _LEAST_URGENT), "queued_at": notice.due}
                    for notice in notices
                ],
            )

    def of_letter(self, letter_id: str) -> list[Notice]:
        """All notices of a letter, in the order they were queued."""
        rows = self._connection.execute(
            select(*_NOTICE).where(outbox.c.letter_id == letter_id).order_by(outbox.c.queued_at, outbox.c.id)
        )
        return [Notice(*row) for row in rows]

    def of_organisation(self, letter_id: str, organisation_id: str) -> list[Notice]:
        """All notices about one organisation, in the order they were queued."""
        rows = self._connection.execute(
            select(*_NOTICE)
            .where(outbox.c.letter_id == letter_id, outbox.c.organisation_id == organisation_id)
            .order_by(outbox.c.queued_at, outbox.c.id)
        )
        return [Notice(*row) for row in rows]

    def progress(self, letter_id: str) -> OutboxProgress:
        """How far the mails of a letter have come, in one statement, without codes, receipts and fresh links."""
        came_back, status = outbox.c.bounced_at.is_not(None), outbox.c.status
        counted = {
            "queued": status.in_([NoticeStatus.QUEUED, NoticeStatus.SENDING]),
            "sent": status == NoticeStatus.SENT,
            "failed": status == NoticeStatus.FAILED,
        }
        row = self._connection.execute(
            select(
                *(func.count().filter(each, ~came_back).label(name) for name, each in counted.items()),
                func.count().filter(came_back).label("bounced"),
            ).where(outbox.c.letter_id == letter_id, outbox.c.kind.not_in(ASKED_FOR))
        ).one()
        return OutboxProgress(**row._mapping)

    def claim(self, owner: str, now: datetime, *, limit: int, lease_until: datetime) -> list[Notice]:
        """Take due notices (queued, or sending with a lease that ran out) for `owner`, skipping locked ones."""
        rows = self._connection.execute(
            _CLAIM, {"now": now, "at_most": limit, "owner": owner, "lease_until": lease_until}
        )
        return [Notice(*row[:-1]) for row in sorted(rows, key=lambda row: (row.urgency, row.id))]

    def mark_sent(self, notice_id: str, at: datetime, reply: str) -> None:
        self._connection.execute(
            update(outbox)
            .where(outbox.c.id == notice_id, outbox.c.status != NoticeStatus.SENT)
            .values(status=NoticeStatus.SENT, sent_at=at, last_reply=reply, lease_owner=None)
        )

    def mark_retry(self, notice_id: str, due: datetime, reply: str) -> None:
        self._unless_settled(notice_id, status=NoticeStatus.QUEUED, due=due, last_reply=reply, lease_owner=None)

    def mark_failed(self, notice_id: str, reply: str) -> None:
        self._unless_settled(notice_id, status=NoticeStatus.FAILED, last_reply=reply, lease_owner=None)

    def by_message_id(self, message_ids: Collection[str]) -> list[Notice]:
        """The mails that went out under these Message-IDs."""
        if not message_ids:
            return []
        rows = self._connection.execute(
            select(*_NOTICE).where(outbox.c.message_id.in_(message_ids)).order_by(outbox.c.id)
        )
        return [Notice(*row) for row in rows]

    def mark_bounced(self, notice_id: str, at: datetime, reason: str) -> bool:
        """Note that a mail came back, unless that is known; whether it was news."""
        return self._noted(outbox.c.bounced_at, notice_id, bounced_at=at, bounce_reason=reason)

    def mark_delivered(self, notice_id: str, at: datetime) -> bool:
        """Note that the reader's own server has the mail, unless that is known; whether it was news."""
        return self._noted(outbox.c.delivered_at, notice_id, delivered_at=at)

    def _noted(self, when: ColumnElement[datetime | None], notice_id: str, **values: object) -> bool:
        done = self._connection.execute(
            update(outbox).where(outbox.c.id == notice_id, when.is_(None)).values(**values)
        )
        return done.rowcount == 1

    def _unless_settled(self, notice_id: str, **values: object) -> None:
        # A worker whose lease ran out may come late with bad news about a mail that another one has sent.
        self._connection.execute(
            update(outbox).where(outbox.c.id == notice_id, outbox.c.status == NoticeStatus.SENDING).values(**values)
        )
