"""One organisation of a letter, with everything that happened to it: mails, answers, remarks, hand-overs, reviews, what
was told, and what coordinators did. It tells of links and codes that there were some, and never what they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from signing.domain.activity import Activity
from signing.domain.discussion import Remark
from signing.domain.errors import NotFound
from signing.domain.handover import ContactChange, Review
from signing.domain.organisation import RosterEntry
from signing.domain.told import ToldApproval
from signing.workflow.dashboard import moment_of
from signing.workflow.key_views import KeyView, here
from signing.workflow.mail_ports import Notice
from signing.workflow.overview_ports import Choice, OverviewRow
from signing.workflow.ports import RecordedAnswer, Services, UnitOfWork
from signing.workflow.speakers import NOBODY_INVITED, Speakers, speakers
from signing.workflow.tracking import Summary


class EventKind(StrEnum):
    """What a line of the history tells of."""

    MAIL = "mail"
    OPENED = "opened"
    ANSWER = "answer"
    REMARK = "remark"
    REMARK_ANSWERED = "remark-answered"
    CHANGE = "change"
    REVIEW = "review"
    TOLD = "told"
    ACT = "act"


What = Notice | RecordedAnswer | Remark | ContactChange | Review | ToldApproval | Activity | None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history: when, what kind, and the record it is read from."""

    at: datetime
    kind: EventKind
    what: What = None


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """`history` is newest first; `keys` are those that speak for the organisation here, or wait to."""

    summary: Summary
    row: OverviewRow
    speakers: Speakers
    keys: Sequence[KeyView]
    history: Sequence[Event]

    @property
    def entry(self) -> RosterEntry:
        return self.row.entry


def view(services: Services, letter_id: str, organisation_id: str) -> OrganisationView:
    """The organisation and its history. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work() as uow:
        found = uow.overview.letter(letter_id)
        if found is None:
            raise NotFound("There is no such letter here.", code="letter-unknown")
        letter, tally = found
        moment = moment_of(letter, now)
        standing = uow.overview.chosen(letter_id, moment, Choice(among=frozenset({organisation_id})))
        rows = uow.overview.rows(letter_id, standing)
        if not rows:
            raise NotFound("This organisation is not on the roster of this letter.", code="organisation-unknown")
        row = rows[0]
        asked = {organisation_id: row.invitation} if row.invitation is not None else {}
        who = speakers(services, uow, letter, [row.entry], asked, now)
        keys = here(letter, uow.bindings.known_of(organisation_id), now)
        history = sorted(_events(uow, row), key=lambda event: event.at, reverse=True)
    state = letter.state_at(now)
    return OrganisationView(
        summary=Summary(letter, state, tally.organisations, tally.invited, tally.approved, tally.has_words),
        row=row,
        speakers=who.get(organisation_id, NOBODY_INVITED),
        keys=[key for key in keys if not key.revoked and not key.expired],
        history=history,
    )


def _events(uow: UnitOfWork, row: OverviewRow) -> Iterator[Event]:
    letter_id, organisation_id = row.entry.letter_id, row.entry.organisation_id
    for notice in uow.outbox.of_organisation(letter_id, organisation_id):
        yield Event(notice.sent_at or notice.due, EventKind.MAIL, notice)
    answers = uow.answers.of_organisation(letter_id, organisation_id)
    opened = row.invitation.opened_at if row.invitation is not None else None
    # Whoever answered had opened the letter, even where the link that it was opened by is gone.
    if opened := opened or min((each.at for each in answers), default=None):
        yield Event(opened, EventKind.OPENED)
    for answer in answers:
        yield Event(answer.at, EventKind.ANSWER, answer)
    for remark in uow.remarks.of_organisation(letter_id, organisation_id):
        yield Event(remark.at, EventKind.REMARK, remark)
        if remark.answered_at is not None:
            yield Event(remark.answered_at, EventKind.REMARK_ANSWERED, remark)
    for change in uow.contact_changes.of_organisation(letter_id, organisation_id):
        yield Event(change.at, EventKind.CHANGE, change)
    for review in uow.reviews.of_organisation(letter_id, organisation_id):
        yield Event(review.at, EventKind.REVIEW, review)
    for told in uow.told.of_organisation(letter_id, organisation_id):
        yield Event(told.at, EventKind.TOLD, told)
    for act in uow.activity.of_subject(letter_id, organisation_id):
        yield Event(act.at, EventKind.ACT, act)
