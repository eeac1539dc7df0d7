"""Reminding whoever has not answered yet: who would be mailed, who not and why, and one button."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.refusals import answer_to
from signing.workflow import reminding, roster_views
from signing.workflow.ports import Services
from signing.workflow.reminding import Reminding


def blueprint(services: Services) -> Door:
    """The door to a letter's reminders."""
    made = door("reminding", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/remind")

    @made.get("")
    def form(letter_id: str) -> ResponseReturnValue:
        return _page(services, letter_id, _stage(request.args.get("stage", "")))

    @made.post("")
    def remind(letter_id: str) -> ResponseReturnValue:
        stage = _stage(request.form.get("stage", ""))
        try:
            done = reminding.remind(services, letter_id, stage=stage)
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, stage, refusal=refusal), answer_to(refusal).status
        return _page(services, letter_id, stage, done)

    return made


def _stage(typed: str) -> int | None:
    return int(typed) if typed.isdecimal() else None


def _page(
    services: Services,
    letter_id: str,
    stage: int | None,
    done: Reminding | None = None,
    refusal: Refusal | None = None,
) -> str:
    status = roster_views.frame(services, letter_id)
    told = done
    if told is None and refusal is None:
        try:
            told = reminding.prospect(services, letter_id, stage=stage)
        except NotFound:
            raise
        except Refusal as impossible:
            refusal = impossible
    return render_template(
        "coordinator/remind.html", status=status, rail=rail(status, "status"), done=done, told=told, stage=stage,
        stages=sorted(status.figures.stages), refusal=refusal,
    )
