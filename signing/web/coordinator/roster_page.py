"""One page of a letter's roster, as it was searched for."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template, request

from signing.domain.errors import Refusal
from signing.web.coordinator.rail import rail
from signing.workflow import roster_views
from signing.workflow.ports import Services
from signing.workflow.roster_desk_ports import RosterSearch


def asked_for(values: Mapping[str, str]) -> RosterSearch:
    """What a search form asks for; what it cannot mean is not asked for."""
    stage = values.get("stage", "")
    group = values.get("group", "")
    return RosterSearch(
        words=values.get("words", "").strip()[:200],
        stage=int(stage) if stage.isdecimal() and len(stage) <= 2 else None,
        group=None if not group else "" if group == "-" else group.removeprefix("="),
    )


def number_of(values: Mapping[str, str]) -> int:
    """The page that is asked for, the first where none is."""
    number = values.get("page", "")
    return int(number) if number.isdecimal() and len(number) <= 6 else 1


def page(services: Services, letter_id: str, *, error: str = "", refusal: Refusal | None = None) -> str:
    """The roster, with the form for a sheet below it."""
    asked = request.args if request.method == "GET" else request.form
    seen = roster_views.page(services, letter_id, asked_for(asked), number_of(asked))
    searched = {name: asked[name] for name in ("words", "stage", "group") if asked.get(name)}
    return render_template(
        "coordinator/roster.html", status=seen.frame, rail=rail(seen.frame, "roster"), seen=seen, error=error,
        refusal=refusal, pasted=request.form.get("pasted", ""), searched=searched, gone=request.args.get("gone"),
        ticked=set(request.form.getlist("organisation")),
    )
