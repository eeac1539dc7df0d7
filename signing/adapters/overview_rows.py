"""One organisation as a list shows it, with its links, its newest mail and what it said; may import sqlalchemy and the
tables. Read with one statement, however many persons, mails and earlier answers there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select

from signing.adapters.contact_tables import contact_change, remark
from signing.adapters.coordination_tables import told_approval
from signing.adapters.evidence_tables import binding
from signing.adapters.overview_standings import ASKING, CARRIED_BY_ALL, CARRIED_IF_ACCEPTED, WENT, last_break, unmet
from signing.adapters.tables import invitation, letter, letter_version, outbox, roster_entry
from signing.domain.invitation import Invitation, Part
from signing.domain.organisation import Answer, RosterEntry, Standing
from signing.workflow.overview_ports import MailState, OverviewRow

_signatory = invitation.alias("signatory")
_reviewer = invitation.alias("reviewer")
_mail = outbox.alias("mail")
_told = told_approval.alias("told")
_ENTRY, _LINK = len(roster_entry.c), len(invitation.c)
_MAIL = (_mail.c.status, _mail.c.last_reply, _mail.c.sent_at, _mail.c.delivered_at, _mail.c.bounced_at,
         _mail.c.bounce_reason)  # fmt: skip


@cache
def tally() -> tuple[ColumnElement[Any], ...]:
    """How many organisations a letter has, how many are invited, and how many stand under its present words; whether it
    has words at all."""
    entry = roster_entry.c
    of_letter = entry.letter_id == letter.c.id
    since, since_if_accepted = last_break(CARRIED_BY_ALL), last_break(CARRIED_IF_ACCEPTED)
    holds = or_(entry.answer_version >= since, and_(entry.accepts == 1, entry.answer_version >= since_if_accepted))
    organisations = select(func.count()).select_from(roster_entry).where(of_letter)
    invited = (
        select(func.count())
        .select_from(invitation)
        .where(invitation.c.letter_id == letter.c.id, invitation.c.part == Part.SIGNATORY)
    )
    approved = organisations.where(entry.answer == Answer.APPROVED, holds)
    counts = tuple(
        each.correlate(letter).scalar_subquery().label(name)
        for each, name in ((organisations, "organisations"), (invited, "invited"), (approved, "approved"))
    )
    versions = select(letter_version.c.number).where(letter_version.c.letter_id == letter.c.id)
    return (*counts, versions.correlate(letter).exists().label("has_words"))


@cache
def listed() -> Select[Any]:
    """Organisations with everything that a row shows."""
    entry = roster_entry.c

    def link(part: Any) -> ColumnElement[bool]:
        which = Part.SIGNATORY if part is _signatory else Part.REVIEWER
        return and_(
            part.c.letter_id == entry.letter_id, part.c.organisation_id == entry.organisation_id, part.c.part == which
        )

    return (
        select(
            roster_entry, _signatory, _reviewer, *_MAIL, *_of_remarks(), _went(), _keys(), _told.c.told_on, _told.c.way
        )
        .select_from(roster_entry)
        .outerjoin(_signatory, link(_signatory))
        .outerjoin(_reviewer, link(_reviewer))
        .outerjoin(_mail, _mail.c.id == _newest_mail())
        .outerjoin(_told, _told.c.id == _newest_told())
    )  # fmt: skip


def read(row: Sequence[Any], standing: Standing | Mapping[str, Standing]) -> OverviewRow:
    """A row of `listed`; of a mapping its own standing is taken, by the organisation's id."""
    entry = RosterEntry(*row[:_ENTRY])
    links = [
        Invitation(*row[at : at + _LINK]) if row[at] is not None else None for at in (_ENTRY, _ENTRY + _LINK)
    ]
    at = _ENTRY + 2 * _LINK
    remarks, unanswered, conditions, went, keys, told_on, way = row[at + len(_MAIL) :]
    return OverviewRow(
        entry=entry,
        standing=standing if isinstance(standing, Standing) else standing[entry.organisation_id],
        invitation=links[0],
        reviewer=links[1],
        mail=MailState(*row[at : at + len(_MAIL)]) if row[at] is not None else None,
        remarks=remarks,
        unanswered=unanswered,
        conditions=conditions,
        needs_contact=_is_left(links[0], went),
        told=(told_on, way) if told_on is not None else None,
        keys=keys,
    )


def _is_left(link: Invitation | None, went: int) -> bool:
    return link is not None and link.revoked_at is not None and (link.revoked_at == link.issued_at or went > 0)


def _newest_mail() -> ScalarSelect[Any]:
    queued = outbox.c
    return (
        select(queued.id)
        .where(
            queued.letter_id == roster_entry.c.letter_id,
            queued.organisation_id == roster_entry.c.organisation_id,
            queued.kind.in_(ASKING),
        )
        .order_by(queued.queued_at.desc(), queued.id.desc())
        .limit(1)
        .correlate(roster_entry)
        .scalar_subquery()
    )


def _newest_told() -> ScalarSelect[Any]:
    told = told_approval.c
    return (
        select(told.id)
        .where(
            told.letter_id == roster_entry.c.letter_id,
            told.organisation_id == roster_entry.c.organisation_id,
            told.taken_back_at.is_(None),
        )
        .order_by(told.at.desc(), told.id.desc())
        .limit(1)
        .correlate(roster_entry)
        .scalar_subquery()
    )


def _of_remarks() -> list[ScalarSelect[Any]]:
    """How many remarks it made, how many of them wait for the coordinator, how many say "yes, if" to this
    day, and are met in no version."""
    said, entry = remark.c, roster_entry.c
    waiting = and_(said.answer.is_(None), said.settled.is_(None))
    open_one = select(letter.c.version).where(letter.c.id == entry.letter_id).correlate(roster_entry).scalar_subquery()
    newer = or_(entry.answered_at.is_(None), entry.answered_at < said.at)
    conditional = and_(said.condition == 1, unmet(open_one), newer)
    made = and_(
        said.letter_id == entry.letter_id,
        said.organisation_id == entry.organisation_id,
        said.taken_back_at.is_(None),
    )
    return [
        select(func.count()).select_from(remark).where(made, *which).correlate(roster_entry).scalar_subquery()
        for which in ((), (waiting,), (conditional,))
    ]


def _went() -> ScalarSelect[Any]:
    """How often the holder of the present link said that it is nothing for them."""
    change = contact_change.c
    return (
        select(func.count())
        .select_from(contact_change)
        .where(
            change.letter_id == _signatory.c.letter_id,
            change.organisation_id == _signatory.c.organisation_id,
            change.invitation_id == _signatory.c.id,
            change.generation == _signatory.c.generation,
            change.kind.in_(WENT),
        )
        .correlate(_signatory)
        .scalar_subquery()
    )


def _keys() -> ScalarSelect[Any]:
    """How many keys were bound to it in this letter and not revoked since."""
    return (
        select(func.count(binding.c.key.distinct()))
        .where(
            binding.c.letter_id == roster_entry.c.letter_id,
            binding.c.organisation_id == roster_entry.c.organisation_id,
            binding.c.revoked_idx.is_(None),
        )
        .correlate(roster_entry)
        .scalar_subquery()
    )
