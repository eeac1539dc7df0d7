"""The daily mail to coordinators who want it: how far the letter is, what happened, what waits for them.

It goes out at eight by the letter's clock, and not on a day on which nothing happened. What it says is read when it is
written, from what happened in the span that its notice names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from signing.domain.access import Account, Member, Permission, may_on_letter
from signing.domain.discussion import Remark, RemarkKind
from signing.domain.handover import ChangeKind
from signing.domain.letter import Letter, LetterState
from signing.domain.organisation import Answer, RosterEntry
from signing.workflow.letters import approved_now, letter_of, locked_letter
from signing.workflow.mail_ports import ASKED_FOR, NoticeKind
from signing.workflow.notices import letter_notice
from signing.workflow.ports import Services, UnitOfWork

AT_HOUR = 8
_SILENT = (LetterState.DRAFT, LetterState.ABANDONED)


@dataclass(frozen=True, slots=True)
class Bounced:
    organisation: str
    reason: str


@dataclass(frozen=True, slots=True)
class News:
    """What happened within a span of time; names, but of those who asked to be counted only."""

    approved: tuple[str, ...] = ()
    withheld: int = 0
    declined: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    handed_over: tuple[str, ...] = ()
    bounced: tuple[Bounced, ...] = ()

    @property
    def any(self) -> bool:
        return bool(
            self.approved or self.withheld or self.declined or self.withdrawn or self.said or self.handed_over
            or self.bounced
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Digest:
    """How far a letter is: `approved` of `asked` organisations, `silent` say nothing, and `questions` wait for an
    answer, of whenever they are."""

    letter: Letter
    asked: int
    approved: int
    silent: int
    questions: int
    news: News = field(default_factory=News)

    @property
    def lacking(self) -> int:
        """How many approvals the letter lacks that its coordinators wanted to have before publishing it."""
        return max(0, self.letter.quorum - self.approved)


def due(services: Services) -> list[str]:
    """The letters of which somebody's daily mail may be due."""
    now = services.clock()
    with services.unit_of_work() as uow:
        wanting: dict[str, list[Member]] = {}
        for member in uow.members.wanting_digest():
            wanting.setdefault(member.letter_id, []).append(member)
        letters = uow.letters.all() if wanting else []
    return [each.id for each in letters if any(_is_due(each, member, now) for member in wanting.get(each.id, ()))]


def send(services: Services, letter_id: str) -> int:
    """Queue the daily mails of a letter that are due now; gives how many. Any number of workers send each once."""
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        members = [
            (member, account) for member, account in uow.members.of_letter(letter_id)
            if _is_due(letter, member, now) and _reads(member, account)
        ]  # fmt: skip
        notices = []
        # Most members were told at the same moment last time: the roster is read once for each such moment.
        told = {since: digest_of(uow, letter, since, now).news.any for since in {_since(each) for each, _ in members}}
        for member, account in members:
            since = _since(member)
            if told[since]:
                span = f"{account.id} {since.isoformat()} {now.isoformat()}"
                notices.append(letter_notice(services, NoticeKind.DIGEST, letter_id, span, account.email, now))
            uow.members.change(replace(member, digested_at=now))
        uow.outbox.add(notices)
        uow.commit()
    return len(notices)


def read_span(subject: str) -> tuple[str, datetime, datetime]:
    """The account, and the span of time, that a notice of a digest names. Raises ValueError."""
    account_id, since, until = subject.split(" ")
    return account_id, datetime.fromisoformat(since), datetime.fromisoformat(until)


def digest_of(uow: UnitOfWork, letter: Letter, since: datetime, until: datetime) -> Digest:
    """How far the letter is, and what happened after `since` up to `until`."""
    entries = uow.roster.entries(letter.id)
    names = {each.organisation_id: each.listed_name for each in entries}
    remarks = [each for each in uow.remarks.of_letter(letter.id) if each.taken_back_at is None]
    approvals = approved_now(uow, letter)

    def recent(at: datetime | None) -> bool:
        return at is not None and since < at <= until

    def named(organisations: Iterable[str | None]) -> tuple[str, ...]:
        return tuple(names[each] for each in dict.fromkeys(organisations) if each in names)

    fresh = [each for each in entries if recent(each.answered_at)]
    open_ones = [each for each in fresh if not each.confidential]
    news = News(
        approved=_listed(open_ones, Answer.APPROVED),
        withheld=sum(each.confidential and each.answer is Answer.APPROVED for each in fresh),
        declined=_listed(fresh, Answer.DECLINED),
        withdrawn=_listed(open_ones, Answer.WITHDRAWN),
        said=named(each.organisation_id for each in remarks if recent(each.at)),
        handed_over=named(
            each.organisation_id for each in uow.contact_changes.of_letter(letter.id)
            if each.kind is ChangeKind.HANDED_OVER and recent(each.at)
        ),
        bounced=tuple(
            Bounced(names[each.organisation], each.bounce_reason or "")
            for each in uow.outbox.of_letter(letter.id)
            if each.organisation_id in names and each.kind not in ASKED_FOR and recent(each.bounced_at)
        ),
    )  # fmt: skip
    return Digest(
        letter=letter,
        asked=len(uow.invitations.of_letter(letter.id)),
        approved=len(approvals.named) + len(approvals.withheld),
        silent=sum(each.answer is Answer.INVITED for each in entries),
        questions=sum(_waits(each) for each in remarks),
        news=news,
    )


def morning(letter: Letter, now: datetime) -> datetime:
    """The newest eight o'clock of the letter's zone."""
    local = now.astimezone(ZoneInfo(letter.zone))
    eight = local.replace(hour=AT_HOUR, minute=0, second=0, microsecond=0)
    # By the calendar, not by hours: a day on which the clocks change is longer or shorter.
    return eight if eight <= local else eight - timedelta(days=1)


def still_wanted(uow: UnitOfWork, letter_id: str, account_id: str, address: str) -> Account | None:
    """The account that a digest goes to, if it still wants it, at this address."""
    letter_of(uow, letter_id)
    account, member = uow.accounts.get(account_id), uow.members.get(letter_id, account_id)
    if account is None or member is None or account.email != address or not _reads(member, account):
        return None
    return account


def _is_due(letter: Letter, member: Member, now: datetime) -> bool:
    ended = letter.state in _SILENT or letter.archived_at is not None
    return member.digest and not ended and _since(member) < morning(letter, now)


def _since(member: Member) -> datetime:
    return member.digested_at or member.added_at


def _reads(member: Member, account: Account) -> bool:
    return member.digest and account.disabled_at is None and may_on_letter(member.role, Permission.LETTER_READ)


def _listed(entries: Iterable[RosterEntry], answer: Answer) -> tuple[str, ...]:
    return tuple(each.listed_name for each in entries if each.answer is answer)


def _waits(remark: Remark) -> bool:
    """Whether its organisation asked the coordinator something and has no answer."""
    return remark.kind is RemarkKind.QUESTION and remark.answer is None
