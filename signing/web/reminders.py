"""Ending the reminders of a letter: by one press in a mail program (RFC 8058), or on a page that no robot gets past."""

from __future__ import annotations

import hashlib
import unicodedata

from flask import make_response, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from signing.web.guards import Door, Persona, door
from signing.web.page import _
from signing.workflow import reminding
from signing.workflow.ports import Services

ONE_CLICK = ("List-Unsubscribe", "One-Click")


def blueprint(services: Services) -> Door:
    """The door of whoever holds a reminder; a wrong address looks and answers like a right one."""
    made = door("reminders", Persona.PUBLIC, url_prefix="/reminders/<invitation_id>/<token>")

    @made.record_once
    def without_csrf(state: BlueprintSetupState) -> None:
        # Mail servers post here for their reader, without our cookie; the address itself is the proof.
        state.app.extensions["csrf"].exempt(made)

    @made.get("")
    def form(invitation_id: str, token: str) -> ResponseReturnValue:
        return _form(token)

    @made.post("")
    def end(invitation_id: str, token: str) -> ResponseReturnValue:
        name, value = ONE_CLICK
        typed = "".join(unicodedata.normalize("NFKC", request.form.get("figures", "")).split())
        if request.form.get(name) != value and typed != _figures(token):
            return make_response(_form(token, typed[:20], _("Please type the four figures that stand above.")), 422)
        reminding.stop_reminders(services, invitation_id, token)
        return render_template("public/reminders_ended.html")

    return made


def _form(token: str, typed: str = "", error: str = "") -> str:
    return render_template("public/reminders.html", figures=_figures(token), typed=typed, error=error)


def _figures(token: str) -> str:
    """Four figures of the page's own: scanners press every button, but do not do what a page asks them to (S4)."""
    digest = hashlib.sha256(b"figures/" + token.encode("utf-8", "surrogatepass")).digest()
    return f"{1000 + int.from_bytes(digest, 'big') % 9000}"
