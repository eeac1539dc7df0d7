"""Writing down an approval that was told on paper or by telephone: it is kept as what it is, and is no assent."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.domain.told import Way
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.page import faults
from signing.web.refusals import answer_to
from signing.workflow import telling, tracking
from signing.workflow.ports import Services
from signing.workflow.telling import ToldForm

FIELDS = ("way", "person", "role", "words", "told_on")


def blueprint(services: Services) -> Door:
    """The door to what was told."""
    made = door("told", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/organisations")

    @made.get("/<organisation_id>/told")
    def form(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        return _page(services, letter_id, organisation_id, {})

    @made.post("/<organisation_id>/told")
    def write_down(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        typed = {name: request.form.get(name, "") for name in FIELDS}
        try:
            telling.write_down(services, letter_id, organisation_id, ToldForm(**typed))
        except NotFound:
            raise
        except Refusal as refusal:
            page = _page(services, letter_id, organisation_id, typed, faults(refusal, elsewhere="page"))
            return page, answer_to(refusal).status
        return _back(letter_id, organisation_id)

    @made.post("/<organisation_id>/told/<told_id>/strike-out")
    def strike_out(letter_id: str, organisation_id: str, told_id: str) -> ResponseReturnValue:
        telling.strike_out(services, letter_id, organisation_id, told_id)
        return _back(letter_id, organisation_id)

    return made


def _back(letter_id: str, organisation_id: str) -> ResponseReturnValue:
    return redirect(url_for("told.form", letter_id=letter_id, organisation_id=organisation_id), 303)


def _page(
    services: Services,
    letter_id: str,
    organisation_id: str,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
) -> str:
    view, status = telling.view(services, letter_id, organisation_id), tracking.summary(services, letter_id)
    return render_template(
        "coordinator/told.html", status=status, rail=rail(status, "status"), view=view, typed=typed,
        errors=errors or {}, ways=list(Way), today=services.clock().date().isoformat(),
    )  # fmt: skip
