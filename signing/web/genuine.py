"""Is this request genuine? How to find out beside the mail, at an address that never changes."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from signing.web.guards import Door, Persona, door
from signing.web.headers import own_host
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """A page for whoever got a mail and doubts it; it needs no cookie and sets none."""
    made = door("genuine", Persona.PUBLIC)
    host, sender = own_host(services.installation.base_url), services.installation.mail_from

    @made.get("/genuine")
    def page() -> ResponseReturnValue:
        return render_template("public/genuine.html", host=host, sender=sender)

    return made
