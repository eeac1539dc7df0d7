"""The mailed link: moves the token out of the address bar into a cookie and writes nothing (FLOORS 4)."""

from __future__ import annotations

from flask import make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from signing.web import invitation_cookie
from signing.web.guards import Door, Persona, door
from signing.workflow import inviting
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """The door of mailed links: whoever holds one may open it, any number of times."""
    made = door("link", Persona.PUBLIC)

    @made.get("/i/<token>")
    def opened(token: str) -> ResponseReturnValue:
        link = inviting.open_link(services, token)
        response = make_response(redirect(url_for("contact.letter", invitation_id=link.invitation_id), 303))
        invitation_cookie.write(response, link)
        return response

    return made
