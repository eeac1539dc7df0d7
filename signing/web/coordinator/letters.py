"""The coordinator's list of letters, and how a new one is brought in."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from signing.web.coordinator import letter_import
from signing.web.guards import Door, Persona, door
from signing.web.intake import Intake
from signing.workflow import drafting, tracking
from signing.workflow.ports import Services


def blueprint(services: Services, intake: Intake) -> Door:
    """The door to all letters."""
    made = door("letters", Persona.COORDINATOR, url_prefix="/coordinator")

    @made.get("/")
    def index() -> ResponseReturnValue:
        letters = [tracking.status(services, letter.id) for letter in drafting.letters(services)]
        return render_template("coordinator/letters.html", letters=letters)

    @made.get("/letters")
    def letters() -> ResponseReturnValue:
        return redirect(url_for("letters.index"), 303)

    @made.get("/letters/new")
    def new() -> ResponseReturnValue:
        return letter_import.form()

    @made.post("/letters/new")
    def bring() -> ResponseReturnValue:
        return letter_import.take(services, intake)

    return made
