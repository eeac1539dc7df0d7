"""The page of one organisation of a letter: how it stands, what happened, and what can be done about it."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from signing.web import entry_words
from signing.web.coordinator import act_words
from signing.web.coordinator.rail import rail
from signing.web.coordinator.standing_words import standing_means, standing_word
from signing.web.guards import Door
from signing.workflow import chosen_acts, organisation_page
from signing.workflow.ports import Services


def add(made: Door, services: Services) -> None:
    """Put it behind the door."""

    @made.get("/organisations/<organisation_id>")
    def organisation(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        seen = organisation_page.view(services, letter_id, organisation_id)
        named = {organisation_id: seen.row.entry.organisation}
        return render_template(
            "coordinator/organisation.html", status=seen.summary, rail=rail(seen.summary, "status"), seen=seen,
            row=seen.row, standing_word=standing_word, standing_means=standing_means, key_kind=entry_words.key_kind,
            act_words=lambda act: act_words.sentence(act, named),
        )

    @made.post("/organisations/<organisation_id>/remind")
    def remind_one(letter_id: str, organisation_id: str) -> ResponseReturnValue:
        told = chosen_acts.remind(services, letter_id, [organisation_id])
        left_out = next(iter(told.left_out), None)
        place = url_for(
            "invitations.organisation", letter_id=letter_id, organisation_id=organisation_id,
            left_out=left_out.value if left_out is not None and not told.mailed else None,
        )  # fmt: skip
        return redirect(place, 303)
