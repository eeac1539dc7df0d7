"""How far each stage, country and language is, as small bars that lead to their organisations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from signing.domain.organisation import Standing
from signing.web.coordinator.dashboard_query import NOTHING, Query, country_name, language_of
from signing.web.page import _
from signing.workflow.dashboard import Dashboard

# So many are seen at once; the others are behind a word.
FIRST = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One of them, its organisations by how they stand."""

    words: str
    address: str
    approved: int
    gone: int
    declined: int
    all: int


@dataclass(frozen=True, slots=True)
class Bars:
    """Those of one kind, the largest first (stages in their order)."""

    title: str
    first: Sequence[Bar]
    others: Sequence[Bar]


def bars(board: Dashboard, query: Query) -> list[Bars]:
    """Stages, countries and languages; a kind of which there is one only says nothing."""
    letter_id, figures = board.letter.id, board.figures

    def made(name: str, value: str | None, words: str, counts: Mapping[Standing, int]) -> Bar:
        chosen = {name: value or NOTHING, "page": None}
        return Bar(
            words=words,
            address=query.address("invitations.status", letter_id, **chosen) + "#organisations",
            approved=sum(number for each, number in counts.items() if each.approves),
            gone=counts.get(Standing.LAPSED, 0) + counts.get(Standing.WITHDRAWN, 0),
            declined=counts.get(Standing.DECLINED, 0),
            all=sum(counts.values()),
        )

    stages = [
        made("stage", str(stage), _("Stage %(number)s", number=stage), counts)
        for stage, counts in sorted(figures.stages.items())
    ]
    countries = _by_size(
        made("country", each, country_name(each), counts) for each, counts in figures.countries.items()
    )
    languages = _by_size(
        made("language", each, language_of(each), counts) for each, counts in figures.languages.items()
    )
    kinds = ((_("Stages"), stages), (_("Countries"), countries), (_("Languages"), languages))
    return [Bars(title, found[:FIRST], found[FIRST:]) for title, found in kinds if len(found) > 1]


def _by_size(found: Iterable[Bar]) -> list[Bar]:
    return sorted(found, key=lambda bar: (-bar.all, bar.words))
