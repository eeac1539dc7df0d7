"""What coordinators did with a letter, the newest first, by person."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from signing.web.coordinator import act_words
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.workflow import memberships, tracking
from signing.workflow.ports import Services

SHOWN = 50


def blueprint(services: Services) -> Door:
    """The door to a letter's record of activity."""
    made = door("activity", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/activity")

    @made.get("")
    def index(letter_id: str) -> ResponseReturnValue:
        status, by = tracking.summary(services, letter_id), request.args.get("by", "")
        found = memberships.activity_of(
            services, letter_id, by=by or None, limit=SHOWN, before=request.args.get("before", "") or None
        )
        return render_template(
            "coordinator/activity.html", status=status, rail=rail(status, "activity"), found=found, by=by,
            days=act_words.by_day(found.acts, status.letter.zone), sentence=act_words.sentence,
        )

    return made
