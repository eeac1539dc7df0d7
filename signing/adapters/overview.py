"""A whole letter at once, counted and paged by the database; may import sqlalchemy, the tables and `standings`.

Fulfils `overview_ports.Overview`. The standings of all organisations are worked out once a statement
(`overview_standings`), however many figures are taken from them.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    Connection,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)

from signing.adapters import overview_rows, overview_timeline
from signing.adapters.columns import WIDE_INTEGER, Instant
from signing.adapters.overview_standings import APPROVING, RANK, RANKED, UNANSWERED, fits, in_order, standings
from signing.adapters.tables import letter, roster_entry
from signing.domain.letter import Letter
from signing.domain.organisation import Standing
from signing.workflow.overview_ports import (
    Attention,
    Buckets,
    Choice,
    Figures,
    Moment,
    OverviewRow,
    Page,
    Tally,
    Timeline,
)

_AT_ONCE = 200
_MICROSECOND = timedelta(microseconds=1)


class OverviewStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def figures(self, letter_id: str, moment: Moment, page: Page, buckets: Buckets) -> Figures:
        stood = self._standings(letter_id, moment, page.choice)
        rows = self._connection.execute(_figures(stood, page, buckets))
        return _read(rows)

    def letter(self, letter_id: str) -> tuple[Letter, Tally] | None:
        row = self._connection.execute(
            select(letter, *overview_rows.tally()).where(letter.c.id == letter_id)
        ).first()
        return (Letter(*row[:-4]), Tally(*row[-4:])) if row else None

    def tallies(self, letter_ids: Sequence[str]) -> dict[str, Tally]:
        """Of each of these letters."""
        rows = self._connection.execute(
            select(letter.c.id, *overview_rows.tally()).where(letter.c.id.in_(letter_ids))
        )
        return {name: Tally(*counts) for name, *counts in rows}

    def timeline(self, letter_id: str, acts: Sequence[str]) -> Timeline:
        """The openings of its versions, and those of the acts, counted by day."""
        return overview_timeline.read(
            self._connection.execute(overview_timeline.query(tuple(acts)), {"the_letter": letter_id})
        )

    def rows(self, letter_id: str, chosen: Sequence[tuple[str, Standing]]) -> list[OverviewRow]:
        """These organisations in the order given."""
        standing_of = dict(chosen)
        query = overview_rows.listed().where(
            roster_entry.c.letter_id == letter_id, roster_entry.c.organisation_id.in_(standing_of)
        )
        found = {}
        for row in self._connection.execute(query):
            read = overview_rows.read(row, standing_of)
            found[read.entry.organisation_id] = read
        return [found[name] for name in standing_of if name in found]

    def chosen(self, letter_id: str, moment: Moment, choice: Choice) -> list[tuple[str, Standing]]:
        """Every organisation that fits, by name."""
        stood = self._standings(letter_id, moment, choice)
        query = select(stood.c.organisation_id, stood.c.rank).where(true(), *fits(stood, choice))
        rows = self._connection.execute(query.order_by(*in_order(stood, Page(choice))))
        return [(name, RANKED[rank]) for name, rank in rows]

    def stream(self, letter_id: str, moment: Moment, page: Page) -> Iterator[OverviewRow]:
        """Every organisation that fits, in order, read bit by bit; `offset` and `size` are not looked at."""
        stood = self._standings(letter_id, moment, page.choice)
        query = (
            overview_rows.listed()
            .add_columns(stood.c.rank)
            .join(stood, stood.c.organisation_id == roster_entry.c.organisation_id)
            .where(roster_entry.c.letter_id == letter_id, *fits(stood, page.choice))
            .order_by(*in_order(stood, page))
        )
        rows = self._connection.execution_options(yield_per=_AT_ONCE).execute(query)
        for *row, rank in rows:
            yield overview_rows.read(row, RANKED[rank])

    def token(self, letter_id: str) -> str:
        """Something short that differs as soon as a page about the letter would."""
        row = self._connection.execute(overview_timeline.token(), {"the_letter": letter_id}).first()
        return hashlib.sha256(repr(row).encode()).hexdigest()[:24]

    def _standings(self, letter_id: str, moment: Moment, choice: Choice) -> CTE:
        grouped = self._connection.dialect.name != "sqlite"
        return standings(letter_id, moment, searched=bool(choice.words), grouped=grouped, among=choice.among)


def _figures(stood: CTE, page: Page, buckets: Buckets) -> Any:
    """Three kinds of rows: how many of one standing in one stage, country, language and group; approvals by bucket;
    the organisations of the page."""
    none, text = cast(null(), WIDE_INTEGER), cast(null(), Text)
    start, length = cast(literal(buckets.start, Instant), WIDE_INTEGER), buckets.length // _MICROSECOND
    bucket = (cast(stood.c.answered_at, WIDE_INTEGER) - start) // length
    fitting = and_(true(), *fits(stood, page.choice))
    places = (stood.c.rank, stood.c.stage, stood.c.country, stood.c.language, stood.c.group)
    cells = (
        select(
            literal("cell", Text),
            *places,
            func.count(),
            func.sum(case((fitting, 1), else_=0)),
            func.sum(stood.c.needs_contact),
            func.sum(stood.c.conditional),
            func.sum(stood.c.asked_again),
        )
        .select_from(stood)
        .group_by(*places)
    )
    days = (
        select(literal("day", Text), bucket, none, text, text, text, func.count(), none, none, none, none)
        .select_from(stood)
        .where(stood.c.rank.in_([RANK[each] for each in APPROVING]))
        .group_by(bucket)
    )
    order = in_order(stood, page)
    listed = (
        select(stood.c.rank, stood.c.organisation_id, func.row_number().over(order_by=order).label("at"))
        .where(fitting)
        .order_by(*order)
        .limit(page.size)
        .offset(page.offset)
        .subquery("listed")
    )
    rows = select(
        literal("row", Text), listed.c.rank, none, listed.c.organisation_id, text, text, listed.c.at,
        none, none, none, none,
    )
    return union_all(cells, days, rows)


def _read(rows: Iterable[Any]) -> Figures:
    standings_of: Counter[Standing] = Counter()
    stages: dict[int, Counter[Standing]] = defaultdict(Counter)
    countries: dict[str | None, Counter[Standing]] = defaultdict(Counter)
    languages: dict[str | None, Counter[Standing]] = defaultdict(Counter)
    groups, attention, fitting = set(), Counter[Attention](), 0
    approvals: dict[int, int] = {}
    page = []
    for kind, number, stage, country, language, group, count, fit, needs_contact, conditional, again in rows:
        if kind == "day":
            approvals[int(number)] = count
        elif kind == "row":
            page.append((count, country, RANKED[number]))
        else:
            standing = RANKED[number]
            for counts in (standings_of, stages[stage], countries[country], languages[language]):
                counts[standing] += count
            groups.add(group)
            fitting += int(fit)
            attention[Attention.NEEDS_CONTACT] += int(needs_contact)
            attention[Attention.CONDITIONS] += int(conditional)
            attention[Attention.ASKED_AGAIN] += int(again)
            attention[Attention.UNANSWERED] += count if standing in UNANSWERED else 0
    return Figures(
        standings=standings_of,
        stages=stages,
        countries=countries,
        languages=languages,
        groups=sorted(group for group in groups if group),
        attention=attention,
        approvals=approvals,
        fitting=fitting,
        page=[(organisation_id, standing) for _, organisation_id, standing in sorted(page)],
    )
