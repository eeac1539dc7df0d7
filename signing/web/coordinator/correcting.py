"""Putting the contact of one organisation right: a form, and a new link for whoever it names."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.domain.organisation import RosterEntry
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.page import faults
from signing.web.refusals import answer_to
from signing.workflow import correcting, tracking
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """The door to one organisation's contact."""
    made = door(
        "correcting", Persona.COORDINATOR,
        url_prefix="/coordinator/letters/<letter_id>/organisations/<organisation_id>/contact",
    )  # fmt: skip

    @made.get("")
    def form(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        return _page(services, letter_id, correcting.contact_of(services, letter_id, organisation_id))

    @made.post("")
    def correct(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        contact, email, role = (request.form.get(name, "") for name in ("contact", "email", "role"))
        try:
            done = correcting.correct(services, letter_id, organisation_id, contact=contact, email=email, role=role)
        except NotFound:
            raise
        except Refusal as refusal:
            known = correcting.contact_of(services, letter_id, organisation_id)
            entry = replace(known, contact=contact, email=email, role=role)
            return _page(services, letter_id, entry, refusal), answer_to(refusal).status
        place = url_for(
            "correcting.form", letter_id=letter_id, organisation_id=organisation_id,
            done="link" if done.reinvited else "kept",
        )  # fmt: skip
        return redirect(place, 303)

    return made


def _page(services: Services, letter_id: str, entry: RosterEntry, refusal: Refusal | None = None) -> str:
    status = tracking.summary(services, letter_id)
    invited = correcting.invited(services, letter_id, entry.organisation_id)
    return render_template(
        "coordinator/correct.html", status=status, rail=rail(status, "status"), entry=entry, invited=invited,
        refusal=refusal, error=faults(refusal), done=request.args.get("done"),
    )
