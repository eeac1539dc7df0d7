"""Where every organisation of a letter stands, as one named query; may import sqlalchemy and the tables.

The rows of the `case` are those of `domain/organisation.standing_of`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import CTE, ColumnElement, ScalarSelect, and_, case, cast, exists, func, literal, not_, or_, select

from signing.adapters.columns import WIDE_INTEGER, Instant
from signing.adapters.contact_tables import contact_change, remark
from signing.adapters.coordination_tables import told_approval
from signing.adapters.tables import invitation, letter, letter_version, outbox, roster_entry
from signing.domain.discussion import Settlement
from signing.domain.handover import ChangeKind
from signing.domain.invitation import Part
from signing.domain.organisation import SILENT_AFTER, Answer, Standing
from signing.evidence.carry import Change
from signing.workflow.mail_ports import NoticeKind, NoticeStatus
from signing.workflow.overview_ports import NOT_SAID, Attention, Choice, Moment, Order, Page

# The order in which lists have the standings; numbers, so that a database sorts and groups by them quickly.
RANKED: tuple[Standing, ...] = (
    Standing.BOUNCED, Standing.ASKED, Standing.TOLD, Standing.SILENT, Standing.OPENED, Standing.DELIVERED,
    Standing.INVITED, Standing.NOT_INVITED, Standing.LAPSED, Standing.DECLINED, Standing.WITHDRAWN, Standing.APPROVED,
    Standing.CARRIED, Standing.CONFIDENTIAL,
)  # fmt: skip
APPROVING = tuple(each for each in RANKED if each.approves)
# Whoever was asked for these words and has not answered them.
UNANSWERED = tuple(
    each for each in RANKED if each.in_short in (Standing.SILENT, Standing.MAIL_FAILED, Standing.LAPSED)
)
RANK = {standing: number for number, standing in enumerate(RANKED)}
# The mails that ask an organisation for its answer.
ASKING = (NoticeKind.INVITATION, NoticeKind.NEW_VERSION, NoticeKind.REMINDER, NoticeKind.DEADLINE)
_CAME_BACK = -1
WENT = (ChangeKind.NOT_THE_PERSON, ChangeKind.NEVER_AGAIN)
CARRIED_BY_ALL = [each.value for each in Change if each.carries(False)]
CARRIED_IF_ACCEPTED = [each.value for each in Change if each.carries(True)]


def last_break(carried: list[str]) -> ScalarSelect[Any]:
    """The newest version of the letter whose change no approval of an earlier one survives."""
    return (
        select(func.coalesce(func.max(letter_version.c.number), 0))
        .where(
            letter_version.c.letter_id == letter.c.id,
            letter_version.c.number <= letter.c.version,
            or_(letter_version.c.change.is_(None), letter_version.c.change.not_in(carried)),
        )
        .correlate(letter)
        .scalar_subquery()
    )


def standings(
    letter_id: str,
    moment: Moment,
    *,
    searched: bool = False,
    grouped: bool = False,
    among: Collection[str] = (),
) -> CTE:
    """Every organisation of the letter (of `among`) with its `rank`, and what lists sort and choose by."""
    signs = _signs(letter_id, searched=searched, grouped=grouped and not among, among=among)
    seen = signs.c
    waited = seen.mail <= cast(literal(moment.now - SILENT_AFTER, Instant), WIDE_INTEGER)
    approved = seen.answer == Answer.APPROVED
    rank = case(
        (seen.answer == Answer.DECLINED, RANK[Standing.DECLINED]),
        (seen.answer == Answer.WITHDRAWN, RANK[Standing.WITHDRAWN]),
        (and_(approved, seen.answer_version < seen.since), RANK[Standing.LAPSED]),
        (and_(approved, seen.confidential == 1), RANK[Standing.CONFIDENTIAL]),
        (and_(approved, seen.answer_version < seen.version), RANK[Standing.CARRIED]),
        (approved, RANK[Standing.APPROVED]),
        (seen.told == 1, RANK[Standing.TOLD]),
        (seen.invited == 0, RANK[Standing.NOT_INVITED]),
        (seen.mail == _CAME_BACK, RANK[Standing.BOUNCED]),
        (seen.asks == 1, RANK[Standing.ASKED]),
        (seen.opened_at.is_not(None), RANK[Standing.OPENED]),
        (seen.mail.is_(None), RANK[Standing.INVITED]),
        (literal(1) == 1 if moment.doors_shut else waited, RANK[Standing.SILENT]),
        else_=RANK[Standing.DELIVERED],
    )
    names = ("organisation_id", "stage", "country", "language", "group", "answered_at", "sort_key", "conditional",
             "asked_again", "needs_contact", *(["text"] if searched else []))  # fmt: skip
    kept = [seen[name] for name in names]
    return select(*kept, rank.label("rank")).cte("stood").prefix_with("MATERIALIZED")


def _signs(letter_id: str, *, searched: bool, grouped: bool, among: Collection[str]) -> CTE:
    """What the standings are computed from. Worked out once: the look at an organisation's mails is the dear part, and
    only those are looked at that have not answered."""
    entry = roster_entry.c
    words = _words(letter_id)
    silent = entry.answer == Answer.INVITED
    # PostgreSQL is quick to join what it has grouped and slow to look again and again; SQLite is the other way round.
    mails = _mails(letter_id) if grouped else None
    mail = mails.c.mail if mails is not None else case((silent, _mail()))
    query = (
        select(
            entry.organisation_id,
            entry.stage,
            entry.country,
            func.coalesce(invitation.c.language, entry.language, words.c.language).label("language"),
            entry.group,
            entry.answer,
            entry.answer_version,
            entry.answered_at,
            entry.confidential,
            entry.sort_key,
            words.c.version,
            case((entry.accepts == 1, words.c.since_if_accepted), else_=words.c.since).label("since"),
            case((invitation.c.id.is_(None), 0), else_=1).label("invited"),
            invitation.c.opened_at,
            case((and_(silent, _asking(letter_id)), 1), else_=0).label("asks"),
            case((_conditional(letter_id, words.c.version), 1), else_=0).label("conditional"),
            case((and_(_conditional(letter_id), not_(_conditional(letter_id, words.c.version))), 1), else_=0).label(
                "asked_again"
            ),
            case((and_(silent, _told(letter_id, words.c.since)), 1), else_=0).label("told"),
            mail.label("mail"),
            case((and_(invitation.c.revoked_at.is_not(None), _nobody_left()), 1), else_=0).label("needs_contact"),
            *([_searched().label("text")] if searched else []),
        )
        .select_from(roster_entry)
        .join(words, words.c.id == entry.letter_id)
        .outerjoin(
            invitation,
            and_(
                invitation.c.letter_id == entry.letter_id,
                invitation.c.organisation_id == entry.organisation_id,
                invitation.c.part == Part.SIGNATORY,
            ),
        )
        .where(entry.letter_id == letter_id)
    )
    if among:
        query = query.where(entry.organisation_id.in_(among))
    if mails is not None:
        query = query.outerjoin(mails, mails.c.organisation_id == entry.organisation_id)
    return query.cte("signs").prefix_with("MATERIALIZED")


def _words(letter_id: str) -> CTE:
    """The letter's open version, and since which one an approval of earlier words reaches it."""
    return (
        select(
            letter.c.id,
            letter.c.version,
            letter.c.language,
            last_break(CARRIED_BY_ALL).label("since"),
            last_break(CARRIED_IF_ACCEPTED).label("since_if_accepted"),
        )
        .where(letter.c.id == letter_id)
        .cte("words")
    )


def _mail_state() -> ColumnElement[Any]:
    """When the first of some mails arrived, in microseconds; `_CAME_BACK` where the newest one came back, None where
    none has arrived yet."""
    mail = outbox.c
    back = or_(mail.status == NoticeStatus.FAILED, mail.bounced_at.is_not(None))
    came = and_(mail.status == NoticeStatus.SENT, mail.bounced_at.is_(None))
    newest_back = func.max(case((back, cast(mail.queued_at, WIDE_INTEGER))))
    newest_other = func.max(case((~back, cast(mail.queued_at, WIDE_INTEGER))))
    return case(
        (newest_back >= func.coalesce(newest_other, 0), _CAME_BACK),
        else_=func.min(case((came, cast(mail.sent_at, WIDE_INTEGER)))),
    )


def _mail() -> ScalarSelect[Any]:
    """How the mails of one organisation fare that ask it."""
    mail = outbox.c
    return (
        select(_mail_state())
        .where(
            mail.letter_id == roster_entry.c.letter_id,
            mail.organisation_id == roster_entry.c.organisation_id,
            mail.kind.in_(ASKING),
        )
        .correlate(roster_entry)
        .scalar_subquery()
    )


def _mails(letter_id: str) -> CTE:
    """The same of every organisation."""
    mail = outbox.c
    return (
        select(mail.organisation_id, _mail_state().label("mail"))
        .where(mail.letter_id == letter_id, mail.kind.in_(ASKING))
        .group_by(mail.organisation_id)
        .cte("mails")
        .prefix_with("MATERIALIZED")
    )


def _asking(letter_id: str) -> ColumnElement[bool]:
    """Whether a remark of the organisation waits for the coordinator."""
    said = remark.c
    waiting = select(said.organisation_id).where(
        said.letter_id == letter_id, said.taken_back_at.is_(None), said.answer.is_(None), said.settled.is_(None)
    )
    return roster_entry.c.organisation_id.in_(waiting)


def unmet(version: Any) -> ColumnElement[bool]:
    """Whether nobody has said that a remark is met in this version, or in an earlier one."""
    said = remark.c
    met = and_(said.settled == Settlement.ACCEPTED, said.settled_version <= version)
    return or_(said.settled.is_(None), said.settled_version.is_(None), not_(met))


def _conditional(letter_id: str, unmet_in: Any = None) -> ColumnElement[bool]:
    """Whether a "yes, if" of the organisation is newer than its answer (`Remark.waits`); and met in no version so
    far, where the number of the open one is given."""
    said, entry = remark.c, roster_entry.c
    standing = and_(said.letter_id == letter_id, said.condition == 1, said.taken_back_at.is_(None))
    newer = exists().where(
        standing,
        said.organisation_id == entry.organisation_id,
        or_(entry.answered_at.is_(None), entry.answered_at < said.at),
        *([unmet(unmet_in)] if unmet_in is not None else []),
    )
    # The first half is looked up in a set that is made once; the dear half is for those alone that are in it.
    return and_(entry.organisation_id.in_(select(said.organisation_id).where(standing)), newer.correlate_except(remark))


def _told(letter_id: str, since: Any) -> ColumnElement[bool]:
    told = told_approval.c
    known = select(told.organisation_id).where(
        told.letter_id == letter_id, told.taken_back_at.is_(None), told.version >= select(since).scalar_subquery()
    )
    return roster_entry.c.organisation_id.in_(known)


def _nobody_left() -> ColumnElement[bool]:
    """Whether whoever held the newest link stepped aside, or asked never to be invited before it was mailed."""
    went = exists().where(
        contact_change.c.letter_id == invitation.c.letter_id,
        contact_change.c.organisation_id == invitation.c.organisation_id,
        contact_change.c.invitation_id == invitation.c.id,
        contact_change.c.generation == invitation.c.generation,
        contact_change.c.kind.in_(WENT),
    )
    return or_(invitation.c.revoked_at == invitation.c.issued_at, went.correlate(invitation))


def _searched() -> ColumnElement[str]:
    """All that a search looks through, in small letters."""
    entry = roster_entry.c
    parts = [entry.organisation, entry.listed_as, entry.acronym, entry.native_name, entry.contact, entry.email,
             invitation.c.contact, invitation.c.email]  # fmt: skip
    text: Any = func.coalesce(parts[0], "")
    for part in parts[1:]:
        text = text + "\n" + func.coalesce(part, "")
    return func.lower(text)


def fits(stood: CTE, choice: Choice) -> list[ColumnElement[bool]]:
    """What an organisation of `standings` has to be to fit."""
    asked: list[ColumnElement[bool]] = []
    if choice.standing is not None:
        alike = APPROVING if choice.standing is Standing.APPROVED else (choice.standing,)
        asked.append(stood.c.rank.in_([RANK[each] for each in alike]))
    if choice.attention is Attention.NEEDS_CONTACT:
        asked.append(stood.c.needs_contact == 1)
    elif choice.attention is Attention.CONDITIONS:
        asked.append(stood.c.conditional == 1)
    elif choice.attention is Attention.ASKED_AGAIN:
        asked.append(stood.c.asked_again == 1)
    elif choice.attention is Attention.UNANSWERED:
        asked.append(stood.c.rank.in_([RANK[each] for each in UNANSWERED]))
    wishes = {name: getattr(choice, name) for name in ("stage", "country", "language", "group")}
    asked.extend(
        stood.c[name] == wanted if wanted != NOT_SAID else stood.c[name].is_(None)
        for name, wanted in wishes.items()
        if wanted is not None
    )
    if choice.words:
        asked.extend(_speaks_of(stood, word) for word in choice.words.split())
    return asked


def _speaks_of(stood: CTE, word: str) -> ColumnElement[bool]:
    # SQLite makes small letters of A to Z alone; the others are tried both ways.
    spellings = dict.fromkeys(_small(each) for each in (word.lower(), word.capitalize(), word.upper()))
    return or_(*(stood.c.text.contains(each, autoescape=True) for each in spellings))


def _small(word: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in word)


def in_order(stood: CTE, page: Page) -> list[Any]:
    """How `page` sorts `standings`; ties by name, so that pages never overlap."""
    first: dict[Order, list[Any]] = {
        Order.NAME: [],
        Order.ANSWERED: [stood.c.answered_at],
        Order.STATE: [stood.c.rank],
        Order.STAGE: [stood.c.stage],
    }
    columns = first[page.order]
    name = stood.c.sort_key.desc() if page.order is Order.NAME and page.descending else stood.c.sort_key
    turned = [column.desc() if page.descending else column for column in columns]
    unanswered_last = [stood.c.answered_at.is_(None)] if page.order is Order.ANSWERED else []
    return [*unanswered_last, *turned, name, stood.c.organisation_id]
