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
        status, by = tracking.status(services, letter_id), request.args.get("by", "")
        found = memberships.activity_of(
            services, letter_id, by=by or None, limit=SHOWN + 1, before=request.args.get("before", "") or None
        )
        return render_template(
            "coordinator/activity.html", status=status, rail=rail(status, "activity"), acts=found.acts[:SHOWN],
            more=len(found.acts) > SHOWN,
            days=act_words.by_day(found.acts[:SHOWN], status.letter.zone), actors=found.actors, by=by,
            sentence=act_words.sentence,
            named={row.entry.organisation_id: row.entry.organisation for row in status.rows},
        )

    return made
