"""What is asked of the dashboard, as its address says it: which organisations, in which order, which page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from babel import Locale
from flask import url_for

from signing.domain.organisation import Standing
from signing.web.coordinator.standing_words import standing_word
from signing.web.page import _, language
from signing.workflow.dashboard import PAGE_SIZE, Dashboard
from signing.workflow.overview_ports import NOT_SAID, Attention, Choice, Order, Page

Word = TypeVar("Word", bound=StrEnum)
# In addresses a filter that asks for those of whom nothing is said.
NOTHING = "-"
LONGEST = 200
# The states a list can be asked for, in the order of the list.
STATES = (
    Standing.BOUNCED, Standing.ASKED, Standing.TOLD, Standing.SILENT, Standing.OPENED, Standing.DELIVERED,
    Standing.INVITED, Standing.NOT_INVITED, Standing.LAPSED, Standing.DECLINED, Standing.WITHDRAWN, Standing.APPROVED,
    Standing.CARRIED, Standing.CONFIDENTIAL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """A page of the list, and the words of the address that ask for it."""

    page: Page
    words: Mapping[str, str]

    def address(self, endpoint: str, letter_id: str, **changed: str | None) -> str:
        """The address of the same list with some words changed (None: left away)."""
        asked: dict[str, Any] = {name: word for name, word in {**self.words, **changed}.items() if word}
        return url_for(endpoint, letter_id=letter_id, **asked)

    def __getitem__(self, name: str) -> str:
        return self.words.get(name, "")


def read(asked: Mapping[str, str]) -> Query:
    """What an address or a form asks for; what cannot be understood is not asked for."""
    words: dict[str, str] = {}

    def said(name: str) -> str | None:
        word = asked.get(name, "").strip()[:LONGEST].replace("\0", "")
        if not word:
            return None
        words[name] = word
        return NOT_SAID if word == NOTHING else word

    state = said("state")
    stage = said("stage")
    if stage is not None and not (stage.isascii() and stage.isdecimal() and len(stage) < 4):
        stage = words.pop("stage") and None
    choice = Choice(
        standing=_one_of(Standing, state),
        attention=_one_of(Attention, state),
        stage=int(stage) if stage else None,
        country=said("country"),
        language=said("language"),
        group=said("group"),
        words=said("q") or "",
    )
    if choice.standing is None and choice.attention is None:
        words.pop("state", None)
    sort = said("sort") or ""
    order = _one_of(Order, sort.removeprefix("-"))
    if order is None:
        words.pop("sort", None)
    number = said("page") or "1"
    at = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1
    if at < 2:
        words.pop("page", None)
    page = Page(
        choice, order or Order.NAME, order is not None and sort.startswith("-"), (max(at, 1) - 1) * PAGE_SIZE, PAGE_SIZE
    )
    return Query(page, words)


def _one_of(kind: type[Word], word: str | None) -> Word | None:
    return next((each for each in kind if each.value == word), None)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a filter."""

    value: str
    words: str
    count: int


def states(board: Dashboard) -> list[Option]:
    """The states that somebody is in, and what may have to be done about somebody."""
    found = [Option(each.value, standing_word(each.value), _of(board, each)) for each in STATES]
    asked = {
        Attention.UNANSWERED: _("Has not answered"),
        Attention.NEEDS_CONTACT: _("Needs another contact"),
        Attention.CONDITIONS: _("Says “yes, if”"),
        Attention.ASKED_AGAIN: _("Asked again: its “yes, if” is met"),
    }
    others = [Option(each.value, words, board.figures.attention.get(each, 0)) for each, words in asked.items()]
    return [each for each in (*others, *found) if each.count or each.value == board.page.choice.standing]


def _of(board: Dashboard, standing: Standing) -> int:
    if standing is Standing.APPROVED:
        return sum(number for each, number in board.figures.standings.items() if each.approves)
    return board.count(standing)


def stages(board: Dashboard) -> list[Option]:
    """The stages of the roster."""
    return [
        Option(str(stage), _("Stage %(number)s", number=stage), sum(counts.values()))
        for stage, counts in sorted(board.figures.stages.items())
    ]


def countries(board: Dashboard) -> list[Option]:
    """The countries of the roster, by name."""
    found = [
        Option(country or NOTHING, country_name(country), sum(counts.values()))
        for country, counts in board.figures.countries.items()
    ]
    return sorted(found, key=lambda option: (option.value == NOTHING, option.words.casefold()))


def languages(board: Dashboard) -> list[Option]:
    """The languages that contacts read, most of them first."""
    found = [
        Option(tag or NOTHING, language_of(tag), sum(counts.values()))
        for tag, counts in board.figures.languages.items()
    ]
    return sorted(found, key=lambda option: (-option.count, option.words))


def country_name(country: str | None) -> str:
    """A country in words, where its code is known; else as it was written."""
    if not country:
        return _("no country given")
    return str(Locale.parse(language(), sep="-").territories.get(country.upper(), country))


def language_of(tag: str | None) -> str:
    """A language in the words of the page."""
    if not tag:
        return _("no language given")
    known = Locale.parse(language(), sep="-").languages
    return str(known.get(tag.replace("-", "_")) or known.get(tag.partition("-")[0]) or tag)
