"""Inviting, and how far the answers have come."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.domain.invitation import Part
from signing.web.coordinator import chosen, dashboard, organisation, sharing
from signing.web.coordinator.rail import rail
from signing.web.download import attachment
from signing.web.guards import Door, Persona, door
from signing.web.refusals import answer_to
from signing.workflow import inviting, openings, tracking
from signing.workflow.ports import Services

# Sending so many takes a while: whoever presses the button sees them go.
MANY = 50


def blueprint(services: Services) -> Door:
    """The door to a letter's invitations."""
    made = door("invitations", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>")

    @made.get("/invite")
    def form(letter_id: str) -> ResponseReturnValue:
        return _invite_page(services, letter_id)

    @made.post("/invite")
    def invite(letter_id: str) -> ResponseReturnValue:
        stage = request.form.get("stage", "")
        try:
            sharing.take(services, letter_id)
            mailed = inviting.invite(services, letter_id, stage=int(stage) if stage.isdecimal() else None)
        except NotFound:
            raise
        except Refusal as refusal:
            return _invite_page(services, letter_id, refusal), answer_to(refusal).status
        if mailed >= MANY:
            return redirect(url_for("routing.page", letter_id=letter_id, live=1), 303)
        return redirect(url_for("invitations.status", letter_id=letter_id), 303)

    @made.post("/sharing")
    def share(letter_id: str) -> ResponseReturnValue:
        try:
            sharing.take(services, letter_id)
        except NotFound:
            raise
        except Refusal as refusal:
            return _invite_page(services, letter_id, refusal), answer_to(refusal).status
        return redirect(url_for("invitations.form", letter_id=letter_id, _anchor="sharing"), 303)

    dashboard.add(made, services)
    organisation.add(made, services)
    chosen.add(made, services)
    _of_one_organisation(made, services)
    return made


def _of_one_organisation(made: Door, services: Services) -> None:
    """Put what is done with the links of one organisation behind the door."""

    @made.post("/organisations/<organisation_id>/reissue")
    def reissue(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        inviting.reissue(services, letter_id, organisation_id)
        return _back(letter_id, organisation_id)

    @made.post("/organisations/<organisation_id>/second-person")
    def reissue_second(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        inviting.reissue(services, letter_id, organisation_id, Part.REVIEWER)
        return _back(letter_id, organisation_id)

    @made.post("/organisations/<organisation_id>/revoke")
    def revoke(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        inviting.revoke(services, letter_id, organisation_id)
        return _back(letter_id, organisation_id)

    @made.get("/organisations/<organisation_id>/opening.json")
    def opening(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        tracking.summary(services, letter_id)
        try:
            found = openings.opening_of(services, letter_id, organisation_id)
        except NotFound:
            return redirect(url_for("invitations.status", letter_id=letter_id), 303)
        return attachment(found.content, found.filename, "application/json")


def _back(letter_id: str, organisation_id: str) -> ResponseReturnValue:
    place = url_for("invitations.organisation", letter_id=letter_id, organisation_id=organisation_id)
    return redirect(place, 303)


def _invite_page(services: Services, letter_id: str, refusal: Refusal | None = None) -> str:
    status = tracking.status(services, letter_id)
    waiting = [row.entry for row in status.rows if row.standing == "not-invited"]
    stages = sorted({entry.stage for entry in waiting})
    return render_template(
        "coordinator/invite.html", status=status, rail=rail(status, "invite"), waiting=waiting, stages=stages,
        refusal=refusal,
    )
