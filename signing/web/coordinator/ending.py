"""How a letter ends: given up, put away from the list, its contacts forgotten."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.page import faults
from signing.web.refusals import answer_to
from signing.workflow import abandoning, forgetting_contacts, tracking
from signing.workflow.ports import Services

LONGEST = 1000


def blueprint(services: Services) -> Door:
    """The door to a letter's end."""
    made = door("ending", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/end")

    @made.get("")
    def form(letter_id: str) -> ResponseReturnValue:
        return _page(services, letter_id)

    @made.post("/abandon")
    def abandon(letter_id: str) -> ResponseReturnValue:
        return _done(services, letter_id, lambda: abandoning.abandon(services, letter_id, _title()))

    @made.post("/archive")
    def archive(letter_id: str) -> ResponseReturnValue:
        away = request.form.get("away") == "1"
        return _done(services, letter_id, lambda: abandoning.archive(services, letter_id, away=away))

    @made.post("/forget")
    def forget(letter_id: str) -> ResponseReturnValue:
        return _done(services, letter_id, lambda: forgetting_contacts.forget_now(services, letter_id, _title()))

    @made.post("/keep")
    def keep(letter_id: str) -> ResponseReturnValue:
        days = request.form.get("keep_days", "").strip()
        return _done(services, letter_id, lambda: forgetting_contacts.choose_keeping(services, letter_id, days))

    return made


def _title() -> str:
    return request.form.get("typed_title", "")[:LONGEST]


def _done(services: Services, letter_id: str, act: Callable[[], object]) -> ResponseReturnValue:
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(services, letter_id, refusal), answer_to(refusal).status
    return redirect(url_for("ending.form", letter_id=letter_id), 303)


def _page(services: Services, letter_id: str, refusal: Refusal | None = None) -> str:
    status = tracking.summary(services, letter_id)
    return render_template(
        "coordinator/ending.html", status=status, rail=rail(status, "close"), refusal=refusal,
        errors=faults(refusal),
        meant=(request.endpoint or "").rpartition(".")[2], days=request.form.get("keep_days", status.letter.keep_days),
    )
