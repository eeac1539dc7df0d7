"""How an organisation will stand on the list: a part of the decision page, and its renewal while the contact types."""

from __future__ import annotations

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from signing.locale import spoken
from signing.web import decision_form
from signing.web.decision_form import Typed
from signing.web.decision_page import PAGE
from signing.web.guards import Door, Persona, door
from signing.workflow import listing_preview
from signing.workflow.listing_preview import TypedNames
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """The door of the page's script; what is typed is looked at and forgotten."""
    made = door("contact_line", Persona.CONTACT)

    @made.post(f"{PAGE}/line")
    def line(invitation_id: str) -> ResponseReturnValue:
        shown = listing_preview.preview(services, g.access, names_of(decision_form.read(request.form)))
        g.language = spoken(shown.entry.language or shown.letter.language)
        return render_template("contact/line.html", line=shown)

    return made


def names_of(typed: Typed) -> TypedNames:
    """What was typed of how the organisation is listed."""
    values = typed.values
    return TypedNames(
        listed_as=values["listed_as"], acronym=values["acronym"], native_name=values["native_name"],
        sort_name=values["sort_name"], person=values["person"], role=values["role"],
        confidential=typed.confidential,
    )
