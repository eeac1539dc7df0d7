"""Who is told when a letter goes on."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from signing.domain.api import Event
from signing.domain.errors import NotFound, Refusal
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.page import faults
from signing.web.refusals import answer_to
from signing.workflow import tracking, webhooks
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """The door to a letter's webhooks."""
    made = door("webhooks", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/webhooks")

    @made.get("/")
    def index(letter_id: str) -> ResponseReturnValue:
        return _page(services, letter_id)

    @made.post("/")
    def add(letter_id: str) -> ResponseReturnValue:
        try:
            webhooks.add(
                services, letter_id, current_user.account.id, request.form.get("url", ""),
                request.form.getlist("events"),
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, faults(refusal, elsewhere="page")), answer_to(refusal).status
        return redirect(url_for("webhooks.index", letter_id=letter_id), 303)

    @made.post("/<webhook_id>/stop")
    def stop(letter_id: str, webhook_id: str) -> ResponseReturnValue:
        webhooks.stop(services, letter_id, webhook_id)
        return redirect(url_for("webhooks.index", letter_id=letter_id), 303)

    return made


def _page(services: Services, letter_id: str, errors: dict[str, str] | None = None) -> str:
    status = tracking.summary(services, letter_id)
    return render_template(
        "coordinator/webhooks.html", status=status, rail=rail(status, "status"), errors=errors or {},
        hooks=webhooks.of_letter(services, letter_id), events=list(Event), webhook_key=webhooks.public_key(services),
        typed=request.form if errors else {}, chosen=request.form.getlist("events") if errors else [],
    )  # fmt: skip
