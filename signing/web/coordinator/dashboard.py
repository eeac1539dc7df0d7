"""The dashboard of a letter, whole and as the parts that change, and the page of each organisation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from signing.domain.organisation import Standing
from signing.web.coordinator import dashboard_query as asked
from signing.web.coordinator import forecast_words
from signing.web.coordinator.dashboard_query import Query
from signing.web.coordinator.progress_bars import bars
from signing.web.coordinator.progress_chart import chart, short_day
from signing.web.coordinator.rail import rail
from signing.web.coordinator.standing_words import standing_word
from signing.web.guards import Door
from signing.workflow import dashboard
from signing.workflow.dashboard import PAGE_SIZE, Dashboard
from signing.workflow.ports import Services

REFRESH_SECONDS = 30
WIDE, NARROW = (980, 330), (380, 270)
# What the tally shows, each with the standings that it counts.
TALLY: tuple[tuple[str, tuple[Standing, ...]], ...] = (
    ("approved", (Standing.APPROVED, Standing.CARRIED, Standing.CONFIDENTIAL)),
    ("declined", (Standing.DECLINED,)),
    ("asked", (Standing.ASKED,)),
    ("opened", (Standing.OPENED,)),
    ("delivered", (Standing.DELIVERED,)),
    ("silent", (Standing.SILENT,)),
    ("bounced", (Standing.BOUNCED,)),
    ("invited", (Standing.INVITED,)),
    ("told", (Standing.TOLD,)),
    ("lapsed", (Standing.LAPSED,)),
    ("withdrawn", (Standing.WITHDRAWN,)),
    ("not-invited", (Standing.NOT_INVITED,)),
)
ALWAYS = ("approved", "declined")


def add(made: Door, services: Services) -> None:
    """Put the dashboard behind the door."""

    @made.get("/status")
    def status(letter_id: str) -> ResponseReturnValue:
        query = asked.read(request.args)
        board = dashboard.dashboard(services, letter_id, query.page)
        live = request.args.get("live") == "1"
        response = make_response(render_template(
            "coordinator/status.html", rail=rail(board, "status"), live=live, **_shown(board, query)
        ))  # fmt: skip
        if live:
            response.headers["Refresh"] = str(REFRESH_SECONDS)
        return response

    @made.get("/status/live")
    def live(letter_id: str) -> ResponseReturnValue:
        query = asked.read(request.args)
        tag = _tag(services, letter_id, query)
        if request.if_none_match.contains(tag):
            return _kept(Response(status=304), tag)
        board = dashboard.dashboard(services, letter_id, query.page)
        return _kept(make_response(render_template("coordinator/status_live.html", **_shown(board, query))), tag)


def _tag(services: Services, letter_id: str, query: Query) -> str:
    """The same as long as the page would be the same."""
    words = repr(sorted(query.words.items()))
    return hashlib.sha256(f"{dashboard.token(services, letter_id)} {words}".encode()).hexdigest()[:24]


def _kept(response: Response, tag: str) -> Response:
    """Kept by this browser alone, and asked about every time."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(tag)
    return response


def _shown(board: Dashboard, query: Query) -> Mapping[str, Any]:
    opened = board.letter.opened_at is not None and board.organisations > 0
    last = max(0, board.figures.fitting - 1) // PAGE_SIZE + 1
    return {
        "status": board,
        "standing_word": standing_word,
        "query": query,
        "headline": forecast_words.headline(board),
        "outlook": forecast_words.outlook(board),
        "charts": [chart(board, "wide", *WIDE), chart(board, "narrow", *NARROW)] if opened else [],
        "points": board.curve.points()[-60:],
        "short_day": short_day,
        "bars": bars(board, query),
        "tally": [
            (name, count) for name, standings in TALLY if (count := board.count(*standings)) or name in ALWAYS
        ],
        "states": asked.states(board),
        "stages": asked.stages(board),
        "countries": asked.countries(board),
        "languages": asked.languages(board),
        "number": query.page.offset // PAGE_SIZE + 1,
        "last": last,
    }
