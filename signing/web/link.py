"""The mailed link, and the short code that stands for it: both move into a cookie and write nothing (FLOORS 4)."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Refusal
from signing.web import invitation_cookie, late_forms, sources
from signing.web.guards import Door, Persona, door
from signing.web.page import _, said
from signing.web.refusals import answer_to
from signing.workflow import inviting
from signing.workflow.inviting import LinkClosed, OpenedLink
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """The door of mailed links and short codes: whoever holds one may open it, any number of times."""
    made = door("link", Persona.PUBLIC)

    @made.get("/i/<token>")
    def opened(token: str) -> ResponseReturnValue:
        return _to_letter(inviting.open_link(services, token))

    @made.get("/enter")
    def form() -> ResponseReturnValue:
        return _form()

    @made.post("/enter")
    def enter() -> ResponseReturnValue:
        try:
            return _to_letter(inviting.open_short(services, request.form.get("code", ""), sources.source()))
        except LinkClosed:
            error = _("This code opens no letter. Please compare it with the newest mail, character by character.")
            return _form(error), 422
        except Refusal as refusal:
            return _form(said(refusal)), answer_to(refusal).status

    late_forms.take_back(made, _form)
    return made


def _form(error: str = "") -> str:
    return render_template("public/enter.html", typed=request.form.get("code", "")[:40], error=error)


def _to_letter(link: OpenedLink) -> ResponseReturnValue:
    response = make_response(redirect(url_for("contact.letter", invitation_id=link.invitation_id), 303))
    invitation_cookie.write(response, link)
    return response
