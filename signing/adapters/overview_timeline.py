"""What happened to a whole letter beside its answers, and whether anything did since; may import sqlalchemy and the
tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from signing.adapters.account_tables import activity
from signing.adapters.columns import WIDE_INTEGER
from signing.adapters.contact_tables import contact_change, remark, review
from signing.adapters.coordination_tables import stage, told_approval
from signing.adapters.evidence_tables import binding, cosignature, time_stamp
from signing.adapters.tables import invitation, letter, letter_version, log_head, outbox, roster_entry
from signing.workflow.mail_ports import NoticeStatus
from signing.workflow.overview_ports import Mark, Timeline

_A_DAY = timedelta(days=1) // timedelta(microseconds=1)


@cache
def query(acts: tuple[str, ...]) -> CompoundSelect[Any]:
    """Of one letter: versions, acts by day, the size of the log, and how far others have followed it."""
    day = cast(activity.c.at, WIDE_INTEGER) // _A_DAY
    of_letter = cosignature.c.letter_id == bindparam("the_letter")
    newest = select(func.max(cosignature.c.size)).where(of_letter).scalar_subquery()
    none = cast(null(), WIDE_INTEGER)
    parts: list[Select[Any]] = [
        select(literal("version", Text), literal("", Text), letter_version.c.opened_at, letter_version.c.number)
        .where(letter_version.c.letter_id == bindparam("the_letter"), letter_version.c.opened_at.is_not(None)),
        select(literal("act", Text), activity.c.act, func.min(activity.c.at), func.count())
        .where(activity.c.letter_id == bindparam("the_letter"), activity.c.act.in_(acts))
        .group_by(activity.c.act, day),
        select(literal("size", Text), literal("", Text), none, log_head.c.size).where(
            log_head.c.letter_id == bindparam("the_letter")
        ),
        select(
            literal("stamp", Text), time_stamp.c.authority, func.max(time_stamp.c.at), func.max(time_stamp.c.size)
        )
        .where(time_stamp.c.letter_id == bindparam("the_letter"))
        .group_by(time_stamp.c.authority),
        select(literal("cosigned", Text), cosignature.c.witness, none, cosignature.c.size).where(
            of_letter, cosignature.c.size == newest
        ),
    ]
    return union_all(*parts)


def read(rows: Iterable[Any]) -> Timeline:
    """The rows of `query`."""
    marks, stamped, cosigned_by = [], {}, []
    log_size = cosigned_size = 0
    for kind, of, at, number in rows:
        if kind in ("version", "act"):
            marks.append(Mark(of or kind, at, number))
        elif kind == "size":
            log_size = number
        elif kind == "stamp":
            stamped[of] = (number, at)
        else:
            cosigned_size = number
            cosigned_by.append(of)
    marks.sort(key=lambda mark: mark.at)
    return Timeline(marks, log_size, stamped, cosigned_size, cosigned_by)


@cache
def token() -> Select[Any]:
    """Figures of which one differs whenever a page about the letter does: everything that is there is counted, and
    whatever changes in its place is counted by what it has become."""

    def of(table: Any, *figures: Any) -> list[Any]:
        return [select(each).where(table.c.letter_id == bindparam("the_letter")).scalar_subquery() for each in figures]

    def filled(column: Any) -> Any:
        return func.count(column)

    status = outbox.c.status
    return select(
        letter.c.version, letter.c.state, letter.c.title, letter.c.soft_deadline, letter.c.hard_deadline,
        letter.c.quorum, letter.c.zone,
        *of(log_head, log_head.c.size),
        *of(
            outbox, func.count(), func.sum(case((status == NoticeStatus.SENT, 1), else_=0)),
            func.sum(case((status == NoticeStatus.FAILED, 1), else_=0)), filled(outbox.c.bounced_at),
            func.sum(outbox.c.attempts),
        ),
        *of(
            invitation, func.count(), func.sum(invitation.c.generation), filled(invitation.c.opened_at),
            filled(invitation.c.revoked_at),
        ),
        *of(
            roster_entry, func.count(), func.sum(roster_entry.c.stage), func.sum(roster_entry.c.two_persons),
            func.sum(func.coalesce(cast(roster_entry.c.reviewed_version, Integer), 0)),
        ),
        *of(remark, func.count(), filled(remark.c.answered_at), filled(remark.c.settled_at),
            filled(remark.c.taken_back_at)),
        *of(told_approval, func.count(), filled(told_approval.c.taken_back_at)),
        *of(contact_change, func.count()),
        *of(review, func.count()),
        *of(binding, func.count(), filled(binding.c.revoked_idx)),
        *of(stage, func.count(), filled(stage.c.opened_at)),
        # Rosters that were edited, and whatever else a coordinator did.
        *of(activity, func.count()),
    ).where(letter.c.id == bindparam("the_letter"))  # fmt: skip
