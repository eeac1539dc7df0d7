"""Asking for a fresh link by one's mail address: the answer is the same whoever asks (FAULTS S5)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]

from signing.domain.errors import Refusal
from signing.web import sources
from signing.web.guards import Door, Persona, door
from signing.web.page import _, language, said
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

    @made.errorhandler(CSRFError)
    def page_too_old(error: CSRFError) -> ResponseReturnValue:
        return _form(_("This page had been open for a while. Please press the button once more.")), 400

    return made


def _form(error: str = "") -> str:
    return render_template("public/fresh_link.html", typed=request.form.get("email", "")[:254], error=error)
