"""The stages of letters, and their organisations counted; may import sqlalchemy and the tables. Fulfils
`stage_ports`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, exists, func, insert, or_, select, update

from signing.adapters.coordination_tables import stage
from signing.adapters.tables import invitation, letter, outbox, roster_entry
from signing.domain.invitation import Part
from signing.domain.letter import LetterState
from signing.domain.organisation import Answer
from signing.domain.stage import Stage, StageOpening
from signing.workflow.mail_ports import NoticeKind, NoticeStatus
from signing.workflow.stage_ports import Alike, Unanswered

_THEIRS = and_(
    invitation.c.letter_id == roster_entry.c.letter_id,
    invitation.c.organisation_id == roster_entry.c.organisation_id,
    invitation.c.part == Part.SIGNATORY,
)
_INVITED = case((invitation.c.id.is_not(None), 1), else_=0).label("invited")
_LIVE = case(
    (and_(invitation.c.revoked_at.is_(None), invitation.c.expires_at > bindparam("now")), 1), else_=0
).label("live")
_NUMBERED = (roster_entry.c.letter_id == stage.c.letter_id, roster_entry.c.stage < stage.c.number)
_BEFORE = select(func.max(roster_entry.c.stage)).where(*_NUMBERED).correlate(stage).scalar_subquery()
_each = roster_entry.alias("each_before")
# Nobody in the stage before is silent, but for those without a link that opens.
_SILENT = (
    exists()
    .where(_each.c.letter_id == stage.c.letter_id, _each.c.stage == _BEFORE, _each.c.answer == Answer.INVITED)
    .where(
        ~exists().where(
            invitation.c.letter_id == _each.c.letter_id,
            invitation.c.organisation_id == _each.c.organisation_id,
            invitation.c.part == Part.SIGNATORY,
            or_(invitation.c.revoked_at.is_not(None), invitation.c.expires_at <= bindparam("now")),
        )
    )
    .correlate(stage)
)
_WAITING = (
    select(stage.c.letter_id)
    .distinct()
    .join(letter, letter.c.id == stage.c.letter_id)
    .where(
        letter.c.state == LetterState.OPEN,
        or_(letter.c.hard_deadline.is_(None), letter.c.hard_deadline > bindparam("now")),
        stage.c.opened_at.is_(None),
        or_(
            and_(stage.c.opens == StageOpening.AT_TIME, stage.c.opens_at <= bindparam("now")),
            and_(stage.c.opens == StageOpening.ANSWERED, _BEFORE.is_not(None), ~_SILENT),
        ),
    )
)
_ALIKE = (
    roster_entry.c.stage, roster_entry.c.answer, roster_entry.c.answer_version, roster_entry.c.accepts, _INVITED, _LIVE,
)  # fmt: skip
_TALLY = (
    select(*_ALIKE, func.count())
    .select_from(roster_entry.outerjoin(invitation, _THEIRS))
    .where(roster_entry.c.letter_id == bindparam("the_letter"))
    .group_by(*_ALIKE)
)
_newest = (
    select(outbox.c.id)
    .where(
        outbox.c.letter_id == roster_entry.c.letter_id,
        outbox.c.organisation_id == roster_entry.c.organisation_id,
        outbox.c.kind.in_([NoticeKind.INVITATION, NoticeKind.NEW_VERSION]),
    )
    .order_by(outbox.c.queued_at.desc(), outbox.c.id.desc())
    .limit(1)
    .correlate(roster_entry)
    .scalar_subquery()
)
_FAILED = case(
    (or_(outbox.c.status == NoticeStatus.FAILED, outbox.c.bounced_at.is_not(None)), 1), else_=0
).label("mail_failed")
_UNANSWERED: Select[Any] = (
    select(
        roster_entry.c.organisation_id, roster_entry.c.organisation, roster_entry.c.answer,
        roster_entry.c.answer_version, roster_entry.c.accepts, _INVITED, _LIVE, _FAILED,
    )
    .select_from(
        roster_entry.outerjoin(invitation, _THEIRS).outerjoin(outbox, outbox.c.id == _newest)
    )
    .where(
        roster_entry.c.letter_id == bindparam("the_letter"),
        roster_entry.c.stage == bindparam("the_stage"),
        or_(
            roster_entry.c.answer == Answer.INVITED,
            and_(
                roster_entry.c.answer == Answer.APPROVED, roster_entry.c.answer_version != bindparam("the_version")
            ),
        ),
    )
    .order_by(roster_entry.c.position, roster_entry.c.organisation_id)
)  # fmt: skip


class StageStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_letter(self, letter_id: str) -> list[Stage]:
        """Those of which something is kept, by number; the roster may have others."""
        rows = self._connection.execute(
            select(stage).where(stage.c.letter_id == letter_id).order_by(stage.c.number)
        )
        return [Stage(*row) for row in rows]

    def save(self, stage_: Stage) -> None:
        """Store name and way of opening; `opened_at` is left alone."""
        values = {"name": stage_.name, "opens": stage_.opens, "opens_at": stage_.opens_at}
        changed = self._connection.execute(
            update(stage)
            .where(stage.c.letter_id == stage_.letter_id, stage.c.number == stage_.number)
            .values(values)
        )
        if changed.rowcount == 0:
            self._connection.execute(
                insert(stage), values | {"letter_id": stage_.letter_id, "number": stage_.number}
            )

    def opened(self, letter_id: str, numbers: Collection[int], at: datetime) -> set[int]:
        """Note that organisations of these stages are invited; the first time stays. Gives those that were not yet."""
        known = {each.number: each.opened_at for each in self.of_letter(letter_id)}
        first = {number for number in numbers if known.get(number) is None}
        kept = first & known.keys()
        if kept:
            self._connection.execute(
                update(stage).where(stage.c.letter_id == letter_id, stage.c.number.in_(kept)).values(opened_at=at)
            )
        new = [
            {"letter_id": letter_id, "number": number, "opens": StageOpening.BY_HAND, "opened_at": at}
            for number in sorted(first - kept)
        ]
        if new:
            self._connection.execute(insert(stage), new)
        return first

    def waiting(self, now: datetime) -> list[str]:
        """The open letters with a stage that may be due: its time has come, or in the stage before nobody is silent."""
        return sorted(self._connection.execute(_WAITING, {"now": now}).scalars())

    def tally(self, letter_id: str, now: datetime) -> list[Alike]:
        """The organisations of all stages, counted."""
        rows = self._connection.execute(_TALLY, {"the_letter": letter_id, "now": now})
        return [
            Alike(number, answer, version, accepts, bool(invited), bool(live), count)
            for number, answer, version, accepts, invited, live, count in rows
        ]

    def unanswered(self, letter_id: str, number: int, version: int, now: datetime) -> list[Unanswered]:
        """Who in a stage has given no answer to these words, in the roster's order."""
        rows = self._connection.execute(
            _UNANSWERED, {"the_letter": letter_id, "the_stage": number, "the_version": version, "now": now}
        )
        return [
            Unanswered(organisation_id, name, answer, since, accepts, bool(invited), bool(live), bool(failed))
            for organisation_id, name, answer, since, accepts, invited, live, failed in rows
        ]
