"""What organisations are mailed when a letter is closed, published or abandoned: rows of the unit of work that does it,
so that there is one set of mails however many press the button at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from signing.domain.invitation import Invitation
from signing.domain.letter import Letter
from signing.domain.organisation import Answer, RosterEntry
from signing.workflow.inviting import refused
from signing.workflow.letters import approved_now
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.notices import notice
from signing.workflow.ports import Edition, Services, UnitOfWork

# What the mail of a letter that was given up names in place of an edition.
ABANDONED = "abandoned"
Reader = tuple[RosterEntry, Invitation]


def tell_listed(services: Services, uow: UnitOfWork, letter: Letter, edition: Edition, now: datetime) -> int:
    """Tell every organisation that this edition is the first to hold: that it is closed, or, where the letter is
    published already, that it is out. Returns how many are told."""
    before = [each.index for each in uow.editions.all(letter.id) if each.number < edition.number]
    since = max(before, default=-1)
    kind = NoticeKind.PUBLISHED if letter.published_at else NoticeKind.CLOSED
    return _tell(
        services, uow, letter, kind, str(edition.number), now, lambda entry: (entry.answer_index or 0) > since
    )


def tell_published(services: Services, uow: UnitOfWork, letter: Letter, edition: Edition, now: datetime) -> int:
    """Tell every organisation that stands on the list, by name or withheld, that it is out."""
    return _tell(
        services, uow, letter, NoticeKind.PUBLISHED, str(edition.number), now,
        lambda entry: (entry.answer_index or 0) < edition.index,
    )  # fmt: skip


def tell_abandoned(services: Services, uow: UnitOfWork, letter: Letter, now: datetime) -> int:
    """Tell everybody who was asked and whose link still opens something that it will come to nothing."""
    readers = [each for each in _readers(uow, letter.id) if each[1].revoked_at is None]
    return _queue(services, uow, NoticeKind.CLOSED, ABANDONED, readers, now)


def _tell(
    services: Services,
    uow: UnitOfWork,
    letter: Letter,
    kind: NoticeKind,
    subject: str,
    now: datetime,
    meant: Callable[[RosterEntry], bool],
) -> int:
    approved = approved_now(uow, letter)
    stands = {each.organisation_id for each in approved.named} | {each.organisation_id for each in approved.withheld}
    readers = [
        (entry, invitation)
        for entry, invitation in _readers(uow, letter.id)
        if entry.organisation_id in stands and entry.answer is Answer.APPROVED and meant(entry)
    ]
    return _queue(services, uow, kind, subject, readers, now)


def _readers(uow: UnitOfWork, letter_id: str) -> list[Reader]:
    """Whoever answers for an organisation now, with the invitation by which they do."""
    return [
        (invitation.spoken_for(entry), invitation)
        for entry, invitation in uow.roster.invited(letter_id)
        if invitation is not None
    ]


def _queue(
    services: Services, uow: UnitOfWork, kind: NoticeKind, subject: str, readers: Iterable[Reader], now: datetime
) -> int:
    readers = list(readers)
    unwanted = refused(services, uow, (entry.email for entry, _ in readers))
    notices: list[Notice] = [
        notice(services, kind, entry, invitation.id, subject, now)
        for entry, invitation in readers
        if entry.email and entry.email not in unwanted
    ]
    uow.outbox.add(notices)
    return len(notices)
