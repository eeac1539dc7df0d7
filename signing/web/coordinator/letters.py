"""The coordinator's list of letters, and how a new one is brought in."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from signing.domain.access import Permission
from signing.domain.errors import Refusal
from signing.web.coordinator import letter_import
from signing.web.guards import Door, Persona, door
from signing.web.intake import Intake
from signing.workflow import editing, memberships, tracking
from signing.workflow.ports import Services


def blueprint(services: Services, intake: Intake) -> Door:
    """The door to all letters."""
    made = door("letters", Persona.COORDINATOR, url_prefix="/coordinator")

    @made.get("/")
    def index() -> ResponseReturnValue:
        own = memberships.letters_of(services, current_user.account.id, Permission.LETTER_READ)
        archived = request.args.get("archived") == "1"
        shown = [letter for letter in own if (letter.archived_at is not None) == archived]
        return render_template(
            "coordinator/letters.html", letters=tracking.summaries(services, shown),
            archived=archived, put_away=sum(letter.archived_at is not None for letter in own),
        )  # fmt: skip

    @made.get("/letters")
    def letters() -> ResponseReturnValue:
        return redirect(url_for("letters.index"), 303)

    @made.get("/letters/new")
    def new() -> ResponseReturnValue:
        return letter_import.form()

    @made.post("/letters/new")
    def bring() -> ResponseReturnValue:
        return letter_import.take(services, intake)

    @made.post("/letters/new/write")
    def begin() -> ResponseReturnValue:
        try:
            made_id = editing.begin(services, request.form.get("new-title", ""), request.form.get("new-language", ""))
        except Refusal as refusal:
            return letter_import.form(error=refusal, of_new=True)
        return redirect(url_for("editing.form", letter_id=made_id), 303)

    return made
