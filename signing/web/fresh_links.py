"""Asking for a fresh link by one's mail address: the answer is the same whoever asks (FAULTS S5)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Refusal
from signing.web import late_forms, sources
from signing.web.guards import Door, Persona, door
from signing.web.page import language, said
from signing.web.refusals import answer_to
from signing.workflow import fresh_links
from signing.workflow.ports import Services


def blueprint(services: Services) -> Door:
    """The door of fresh links; whether anybody is mailed, the mail worker finds out later."""
    made = door("fresh_links", Persona.PUBLIC, url_prefix="/fresh-link")

    @made.get("")
    def form() -> ResponseReturnValue:
        return _form()

    @made.post("")
    def ask() -> ResponseReturnValue:
        try:
            fresh_links.ask(services, request.form.get("email", ""), sources.source(), language())
        except Refusal as refusal:
            return _form(said(refusal)), answer_to(refusal).status
        return redirect(url_for("fresh_links.asked"), 303)

    @made.get("/asked")
    def asked() -> ResponseReturnValue:
        return render_template("public/fresh_link_asked.html")

    late_forms.take_back(made, _form)
    return made


def _form(error: str = "") -> str:
    return render_template("public/fresh_link.html", typed=request.form.get("email", "")[:254], error=error)
