"""The record of what coordinators do: one row in the unit of work of what is done, so that neither is without the
other."""

from __future__ import annotations

from enum import StrEnum

from signing.domain.activity import Activity
from signing.workflow.identifiers import new_id
from signing.workflow.ports import Services, UnitOfWork


class Act(StrEnum):
    """What can be done, in the past tense; sorted by the part of the house."""

    LETTER_IMPORTED = "letter-imported"
    VERSION_OPENED = "version-opened"
    ROSTER_IMPORTED = "roster-imported"
    ENTRY_CHANGED = "entry-changed"
    ENTRY_REMOVED = "entry-removed"
    STAGED = "staged"
    GROUPED = "grouped"
    SORTED = "sorted"
    BOOK_CHANGED = "book-changed"
    INVITED = "invited"
    LINK_REISSUED = "link-reissued"
    LINK_REVOKED = "link-revoked"
    REMINDED = "reminded"
    REMARK_ANSWERED = "remark-answered"
    REMARK_ACCEPTED = "remark-accepted"
    REMARK_DECLINED = "remark-declined"
    REMARK_REOPENED = "remark-reopened"
    TOLD_WRITTEN_DOWN = "told-written-down"
    TOLD_STRUCK_OUT = "told-struck-out"
    CLOSED = "closed"
    PUBLISHED = "published"
    MEMBER_ADDED = "member-added"
    MEMBER_CHANGED = "member-changed"
    MEMBER_REMOVED = "member-removed"
    DIGEST_WISHED = "digest-wished"
    DIGEST_ENDED = "digest-ended"


def record(
    services: Services, uow: UnitOfWork, act: Act, letter_id: str | None, subject: str | None = None, **detail: object
) -> None:
    """Write down that whoever acts now did `act`; counts once the caller commits."""
    actor = services.actor()
    uow.activity.add(
        Activity(
            id=new_id(services),
            letter_id=letter_id,
            account_id=actor.account_id,
            actor=actor.name,
            act=act.value,
            subject=subject,
            detail={name: str(value) for name, value in detail.items()},
            at=services.clock(),
        )
    )
