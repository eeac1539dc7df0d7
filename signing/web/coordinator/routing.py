"""The stages of a letter: who is asked when, how far each has come, and whom the next one waits for."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.deadline import shown
from signing.domain.errors import NotFound, Refusal
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.page import faults
from signing.web.refusals import answer_to
from signing.workflow import staging
from signing.workflow.ports import Services
from signing.workflow.staging import StageForm

REFRESH_SECONDS = 5
FIELDS = ("name", "opens", "opens_at")


def blueprint(services: Services) -> Door:
    """The door to a letter's stages."""
    made = door("routing", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/routing")

    @made.get("")
    def page(letter_id: str) -> ResponseReturnValue:
        live = request.args.get("live") == "1"
        routing = staging.routing(services, letter_id)
        response = make_response(_page(routing, live=live))
        # Nothing changes any more once all mails are out: the page comes to rest.
        if live and routing.mails.queued:
            response.headers["Refresh"] = str(REFRESH_SECONDS)
        return response

    @made.post("/<int:number>")
    def arrange(letter_id: str, number: int) -> ResponseReturnValue:
        typed = {name: request.form.get(name, "") for name in FIELDS}
        try:
            twice = staging.arrange(services, letter_id, number, StageForm(**typed))
        except NotFound:
            raise
        except Refusal as refusal:
            routing = staging.routing(services, letter_id)
            return _page(routing, refusal=refusal, number=number), answer_to(refusal).status
        kept = {"kept": number} | ({"twice": 1} if twice else {})
        return redirect(_here(letter_id, number, kept), 303)

    @made.post("/<int:number>/open")
    def open_now(letter_id: str, number: int) -> ResponseReturnValue:
        try:
            staging.open_stage(services, letter_id, number)
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(staging.routing(services, letter_id), refusal=refusal), answer_to(refusal).status
        return redirect(_here(letter_id, number, {"live": 1}), 303)

    return made


def _here(letter_id: str, number: int, more: dict[str, Any]) -> str:
    return url_for("routing.page", letter_id=letter_id, _anchor=f"stage-{number}", **more)


def _page(
    routing: staging.Routing, *, live: bool = False, refusal: Refusal | None = None, number: int | None = None
) -> str:
    """The page, or the one stage's form as it was typed and what is wrong with it."""
    errors = faults(refusal, FIELDS)
    return render_template(
        "coordinator/routing.html", status=routing, routing=routing, rail=rail(routing, "invite"), live=live,
        refusal=None if errors else refusal, errors=errors, shown=shown,
        typed_of=number if request.method == "POST" else None, typed=request.form,
        kept=request.args.get("kept", type=int), twice=request.args.get("twice") == "1",
    )
