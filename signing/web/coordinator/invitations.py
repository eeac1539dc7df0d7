"""Inviting, and how far the answers have come."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.refusals import answer_to
from signing.workflow import inviting, tracking
from signing.workflow.ports import Services

REFRESH_SECONDS = 30


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
            inviting.invite(services, letter_id, stage=int(stage) if stage.isdecimal() else None)
        except NotFound:
            raise
        except Refusal as refusal:
            return _invite_page(services, letter_id, refusal), answer_to(refusal).status
        return redirect(url_for("invitations.status", letter_id=letter_id), 303)

    @made.get("/status")
    def status(letter_id: str) -> ResponseReturnValue:
        found, live = tracking.status(services, letter_id), request.args.get("live") == "1"
        page = render_template("coordinator/status.html", status=found, rail=rail(found, "status"), live=live)
        response = make_response(page)
        if live:
            response.headers["Refresh"] = str(REFRESH_SECONDS)
        return response

    @made.post("/organisations/<organisation_id>/reissue")
    def reissue(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        inviting.reissue(services, letter_id, organisation_id)
        return redirect(url_for("invitations.status", letter_id=letter_id), 303)

    @made.post("/organisations/<organisation_id>/revoke")
    def revoke(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        inviting.revoke(services, letter_id, organisation_id)
        return redirect(url_for("invitations.status", letter_id=letter_id), 303)

    return made


def _invite_page(services: Services, letter_id: str, refusal: Refusal | None = None) -> str:
    status = tracking.status(services, letter_id)
    waiting = [row.entry for row in status.rows if row.standing == "not-invited"]
    stages = sorted({entry.stage for entry in waiting})
    return render_template(
        "coordinator/invite.html", status=status, rail=rail(status, "invite"), waiting=waiting, stages=stages,
        refusal=refusal,
    )
