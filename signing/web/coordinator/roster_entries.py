"""Entries of a roster: one put right or taken off, many ticked and moved at once."""

from __future__ import annotations

from dataclasses import asdict, replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.address_book import OrganisationKind, Scope
from signing.domain.errors import Faulty, NotFound, Refusal
from signing.domain.roster import RosterRow, cell_fault
from signing.web.coordinator.rail import rail
from signing.web.coordinator.roster_page import asked_for, number_of, page
from signing.web.guards import Door
from signing.web.page import _, faults, said
from signing.web.refusals import answer_to
from signing.workflow import roster_editing, roster_views
from signing.workflow.ports import Services

FIELDS = (
    *("organisation", "acronym", "listed_as", "native_name", "sort_name", "country", "group"),
    *("contact", "email", "role", "language"),
)
NEEDED = ("organisation", "contact", "email")


def attach(made: Door, services: Services) -> None:
    """Put the entries behind the roster's door."""

    @made.get("/roster/organisations/<organisation_id>")
    def entry(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        return _page(services, letter_id, organisation_id)

    @made.post("/roster/organisations/<organisation_id>")
    def put_right(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        typed = {name: request.form.get(name, "") for name in (*FIELDS, "stage")}
        try:
            roster_editing.edit(services, letter_id, _row(organisation_id, typed))
        except NotFound:
            raise
        except Refusal as refusal:
            body = _page(services, letter_id, organisation_id, typed, faults(refusal, typed, "page"))
            return body, answer_to(refusal).status
        return redirect(url_for("roster.form", letter_id=letter_id, words=typed["organisation"]), 303)

    @made.post("/roster/organisations/<organisation_id>/remove")
    def remove(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        try:
            roster_editing.remove(services, letter_id, organisation_id)
        except NotFound:
            raise
        except Refusal as refusal:
            body = _page(services, letter_id, organisation_id, None, {"page": said(refusal)})
            return body, answer_to(refusal).status
        return redirect(url_for("roster.form", letter_id=letter_id), 303)

    @made.post("/roster/ticked")
    def ticked(letter_id: str) -> ResponseReturnValue:
        try:
            ids = request.form.getlist("organisation")
            if request.form.get("all") == "1":
                ids = roster_views.found(services, letter_id, asked_for(request.form))
            _do(services, letter_id, ids)
        except NotFound:
            raise
        except Refusal as refusal:
            return page(services, letter_id, refusal=refusal), answer_to(refusal).status
        words, stage, group = (request.form.get(name) or None for name in ("words", "stage", "group"))
        here = url_for(
            "roster.form", letter_id=letter_id, page=number_of(request.form), words=words, stage=stage, group=group
        )
        return redirect(here, 303)


def _do(services: Services, letter_id: str, ids: list[str]) -> None:
    """What was chosen, with the organisations that were ticked. Raises Faulty."""
    act, value = request.form.get("act", ""), request.form.get("value", "").strip()
    if act == "stage":
        stage = int(value) if value.isdecimal() and value.isascii() and len(value) <= 2 else 0
        roster_editing.move(services, letter_id, ids, stage)
    elif act == "group":
        fault = cell_fault(value, _("The heading")) if value else None
        if fault is not None:
            raise Faulty("{fault}", values={"fault": fault}, field="value")
        roster_editing.set_group(services, letter_id, ids, value or None)
    elif act in {each.value for each in OrganisationKind}:
        roster_editing.describe(services, letter_id, ids, kind=OrganisationKind(act))
    elif act in {each.value for each in Scope}:
        roster_editing.describe(services, letter_id, ids, scope=Scope(act))
    else:
        raise Faulty(_("Choose what to do with those that you ticked."), field="act")


def _row(organisation_id: str, typed: dict[str, str]) -> RosterRow:
    values = {name: typed[name].strip() or ("" if name in NEEDED else None) for name in FIELDS}
    stage = typed["stage"].strip()
    return replace(
        RosterRow(0, organisation_id, "", None, None, None, None, None, None, "", "", None, None, 0),
        stage=int(stage) if stage.isdecimal() and stage.isascii() and len(stage) <= 2 else 0,
        **values,  # type: ignore[arg-type]
    )


def _page(
    services: Services,
    letter_id: str,
    organisation_id: str,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> str:
    view = roster_editing.view(services, letter_id, organisation_id)
    frame = roster_views.frame(services, letter_id)
    shown = {name: "" if value is None else str(value) for name, value in asdict(view.entry).items()}
    return render_template(
        "coordinator/roster_entry.html", status=frame, rail=rail(frame, "roster"), view=view,
        typed=shown if typed is None else typed, errors=errors or {},
    )
