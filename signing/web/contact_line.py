"""How an organisation will stand on the list: a part of the decision page, and its renewal while the contact types."""

from __future__ import annotations

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from signing.web import chosen_language, decision_form
from signing.web.decision_page import PAGE
from signing.web.guards import Door, Persona, door
from signing.workflow import listing_preview
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """The door of the page's script; what is typed is looked at and forgotten."""
    made = door("contact_line", Persona.CONTACT)

    @made.post(f"{PAGE}/line")
    def line(invitation_id: str) -> ResponseReturnValue:
        shown = listing_preview.preview(services, g.access, decision_form.names_of(decision_form.read(request.form)))
        chosen_language.speak(shown.entry, shown.letter)
        return render_template("contact/line.html", line=shown)

    return made
