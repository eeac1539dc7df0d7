"""The dashboard of a letter: will we make it, where does everybody stand, and one page of the list.

One unit of work that reads; five statements however long the roster is, six where keys may wait for the coordinator's
word. Whether stamps or witnesses are late is looked into only where they have not kept up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from signing.domain.binding import Binding
from signing.domain.errors import NotFound
from signing.domain.forecast import Curve, Forecast, forecast
from signing.domain.letter import Letter, LetterState
from signing.domain.organisation import Standing
from signing.evidence.note import NoteKey
from signing.workflow.activity import Act
from signing.workflow.key_views import here
from signing.workflow.overview_ports import (
    Buckets,
    Choice,
    Figures,
    Mark,
    Moment,
    OverviewRow,
    Page,
    Tally,
    Timeline,
)
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.stamps import EVERY, MISSED_AFTER, StampState, stamp_state
from signing.workflow.tracking import Summary
from signing.workflow.witness_state import WitnessState, witness_policy, witness_state

PAGE_SIZE = 50
# What the chart marks, beside the openings of versions.
MARKED = (Act.REMINDED.value, Act.DEADLINE_CHANGED.value)
NO_STAMPS = StampState(wanted=False, newest_size=0, newest_at=None, late=False, authorities={})


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`organisations`, `invited` and `approved` are those of `tracking.Summary`."""

    letter: Letter
    state: LetterState
    organisations: int
    invited: int
    approved: int
    has_words: bool
    now: datetime
    page: Page
    figures: Figures
    rows: Sequence[OverviewRow]
    curve: Curve
    forecast: Forecast
    marks: Sequence[Mark]
    keys_waiting: int
    stamps: StampState
    witnesses: WitnessState | None

    def count(self, *standings: Standing) -> int:
        """How many organisations stand so."""
        return sum(self.figures.standings.get(each, 0) for each in standings)


def dashboard(services: Services, letter_id: str, page: Page) -> Dashboard:
    """Everything the first view shows. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work() as uow:
        letter, tally = _letter(uow, letter_id)
        timeline = uow.overview.timeline(letter_id, MARKED)
        spans = spans_of(letter, now)
        figures = uow.overview.figures(letter_id, moment_of(letter, now), page, spans)
        rows = uow.overview.rows(letter_id, figures.page)
        waiting = _keys_waiting(uow, letter, now)
    curve = Curve(spans.start, spans.length, figures.approvals)
    return Dashboard(
        letter=letter,
        state=letter.state_at(now),
        organisations=tally.organisations,
        invited=tally.invited,
        approved=tally.approved,
        has_words=tally.has_words,
        now=now,
        page=page,
        figures=figures,
        rows=rows,
        curve=curve,
        forecast=forecast(
            curve,
            organisations=tally.organisations,
            approved=tally.approved,
            gone=sum(figures.standings.get(each, 0) for each in (Standing.DECLINED, Standing.WITHDRAWN)),
            opened_at=letter.opened_at,
            deadline=letter.asked_until(now),
            shut=letter.state.closed or letter.abandoned_at is not None,
            now=now,
        ),
        marks=timeline.marks,
        keys_waiting=waiting,
        stamps=_stamps(services, letter, timeline, now),
        witnesses=_witnesses(services, letter, timeline),
    )


def token(services: Services, letter_id: str) -> str:
    """What differs as soon as the dashboard of the letter would; one statement. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work() as uow:
        made = uow.overview.token(letter_id)
    # Silence is a matter of time alone; nobody needs to see it before the hour is full.
    return f"{made}-{int(now.timestamp()) // 3600}"


def chosen(services: Services, letter_id: str, choice: Choice) -> list[tuple[str, Standing]]:
    """Every organisation that fits, by name. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work() as uow:
        letter, _ = _letter(uow, letter_id)
        return uow.overview.chosen(letter_id, moment_of(letter, now), choice)


def first_of(services: Services, letter_id: str, choice: Choice, few: int) -> tuple[Summary, int, list[OverviewRow]]:
    """How many organisations fit, and the first of them by name. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work() as uow:
        letter, tally = _letter(uow, letter_id)
        fitting = uow.overview.chosen(letter_id, moment_of(letter, now), choice)
        rows = uow.overview.rows(letter_id, fitting[:few])
    summary = Summary(letter, letter.state_at(now), tally.organisations, tally.invited, tally.approved, tally.has_words)
    return summary, len(fitting), rows


def stream(services: Services, letter_id: str, page: Page) -> Iterator[OverviewRow]:
    """Every organisation that fits, for a file; read while it is written. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work() as uow:
        letter, _ = _letter(uow, letter_id)
        yield from uow.overview.stream(letter_id, moment_of(letter, now), page)


def moment_of(letter: Letter, now: datetime) -> Moment:
    """When it is for the letter."""
    return Moment(now, doors_shut=letter.past_deadline(now) or letter.state_at(now).closed)


def spans_of(letter: Letter, now: datetime) -> Buckets:
    """The spans that approvals are counted by: hours for a letter of days, days for one of weeks; from the midnight
    before the opening, where the letter is at home. A clock put forward makes no odds that anybody could see."""
    opened = letter.opened_at or letter.created_at
    begin = opened.astimezone(ZoneInfo(letter.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    end = max(now, letter.hard_deadline or now)
    lasts = end - opened
    for whole, length in ((timedelta(days=4), timedelta(hours=1)), (timedelta(days=15), timedelta(hours=6)),
                          (timedelta(days=400), timedelta(days=1))):  # fmt: skip
        if lasts <= whole:
            return Buckets(begin.astimezone(now.tzinfo), length)
    return Buckets(begin.astimezone(now.tzinfo), timedelta(days=7))


def _letter(uow: UnitOfWork, letter_id: str) -> tuple[Letter, Tally]:
    found = uow.overview.letter(letter_id)
    if found is None:
        raise NotFound("There is no such letter here.", code="letter-unknown")
    return found


def _keys_waiting(uow: UnitOfWork, letter: Letter, now: datetime) -> int:
    """How many keys wait for the coordinator's word: none where that is not asked for."""
    if "coordinator" not in letter.binders:
        return 0
    bindings: dict[str, list[Binding]] = {}
    for binding in uow.bindings.known_of_bound(letter.id):
        bindings.setdefault(binding.organisation_id, []).append(binding)
    views = (view for each in bindings.values() for view in here(letter, each, now))
    return sum(view.waiting and not view.revoked and not view.expired for view in views)


def _stamps(services: Services, letter: Letter, timeline: Timeline, now: datetime) -> StampState:
    """How the stamps fare, where one may be late."""
    authorities = services.installation.time_authorities
    fresh = now - EVERY - MISSED_AFTER
    kept_up = all(
        name in timeline.stamped
        and (
            timeline.stamped[name][0] >= timeline.log_size
            or (timeline.stamped[name][1] > fresh and not letter.state.closed)
        )
        for name in authorities
    )
    if letter.opened_at is None or kept_up:
        return NO_STAMPS
    return stamp_state(services, letter.id)


def _witnesses(services: Services, letter: Letter, timeline: Timeline) -> WitnessState | None:
    """How far the witnesses are, where they have not cosigned the newest size."""
    policy = witness_policy(services)
    if policy is None or letter.opened_at is None:
        return None
    by_vkey: dict[str, NoteKey] = {key.vkey: key for key in policy.witnesses.values()}
    present = {by_vkey[each] for each in timeline.cosigned_by if each in by_vkey}
    if timeline.cosigned_size >= timeline.log_size and policy.is_met(present):
        return None
    return witness_state(services, letter.id)
