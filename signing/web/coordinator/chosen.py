"""What is done with several organisations at once: those that were ticked, or all that fit the filter. Whatever sends
something or changes something is asked about first; a file is given at once."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.web.coordinator import dashboard_query as asked
from signing.web.coordinator.dashboard_query import Query
from signing.web.coordinator.rail import rail
from signing.web.coordinator.standing_words import standing_word
from signing.web.guards import Door
from signing.web.page import faults
from signing.web.refusals import answer_to
from signing.workflow import chosen_acts, dashboard, exporting, roster_editing, tracking
from signing.workflow.ports import Services

ACTS = ("remind", "invite", "stage")
SHEETS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHOWN = 20
# More than a page of ticks is not sent by any page of ours.
MOST_TICKS = 500


def add(made: Door, services: Services) -> None:
    """Put it behind the door."""

    @made.post("/status/chosen")
    def chosen(letter_id: str) -> ResponseReturnValue:
        query, act = _chosen(), request.form.get("act", "")
        if query is None and act in SHEETS:
            query = asked.read(request.form)
        if query is None:
            return _page(services, letter_id, "", asked.read(request.form), nobody=True), 422
        if act in SHEETS:
            return _sheet(services, letter_id, query, act)
        if act not in ACTS:
            return redirect(url_for("invitations.status", letter_id=letter_id), 303)
        if request.form.get("confirmed") != "1":
            return _page(services, letter_id, act, query)
        try:
            return _page(services, letter_id, act, query, done=_do(services, letter_id, act, query))
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, act, query, refusal=refusal), answer_to(refusal).status

    @made.get("/status/organisations.<kind>")
    def sheet(letter_id: str, kind: str) -> ResponseReturnValue:
        if kind not in SHEETS:
            raise NotFound("There is nothing at this address.")
        return _sheet(services, letter_id, asked.read(request.args), kind)


def _chosen() -> Query | None:
    """The organisations that are meant; None where none were ticked."""
    query = asked.read(request.form)
    if request.form.get("everybody") == "1":
        return query
    ticked = frozenset(each for each in request.form.getlist("organisation")[:MOST_TICKS] if each and "\0" not in each)
    if not ticked:
        return None
    return replace(query, page=replace(query.page, choice=replace(query.page.choice, among=ticked)))


def _do(services: Services, letter_id: str, act: str, query: Query) -> object:
    meant = [each for each, _ in dashboard.chosen(services, letter_id, query.page.choice)]
    if act == "remind":
        return chosen_acts.remind(services, letter_id, meant)
    if act == "invite":
        return chosen_acts.invite(services, letter_id, meant)
    stage = request.form.get("to_stage", "").strip()
    if not (stage.isascii() and stage.isdecimal() and len(stage) < 4):
        raise Faulty("Please say which stage, as a number.", field="to_stage")
    return roster_editing.move(services, letter_id, meant, int(stage))


def _page(
    services: Services,
    letter_id: str,
    act: str,
    query: Query,
    *,
    nobody: bool = False,
    done: object = None,
    refusal: Refusal | None = None,
) -> str:
    summary, count, rows = (
        (tracking.summary(services, letter_id), 0, [])
        if nobody
        else dashboard.first_of(services, letter_id, query.page.choice, SHOWN)
    )
    errors = faults(refusal, ("to_stage",))
    return render_template(
        "coordinator/chosen.html", status=summary, rail=rail(summary, "status"), act=act, query=query, count=count,
        rows=rows, more=count - len(rows), nobody=nobody, done=done, refusal=None if errors else refusal, errors=errors,
        everybody=request.form.get("everybody") == "1", ticked=sorted(query.page.choice.among),
        standing_word=standing_word, to_stage=request.form.get("to_stage", ""),
    )


def _sheet(services: Services, letter_id: str, query: Query, kind: str) -> Response:
    """The organisations that fit, written while they are read."""
    tracking.summary(services, letter_id)
    response = Response(
        services.sheets[kind](exporting.rows(services, letter_id, query.page)), content_type=SHEETS[kind]
    )
    response.headers["Content-Disposition"] = f'attachment; filename="organisations.{kind}"'
    return response
