"""The mailed page on which somebody sets the password of their account, once."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Refusal
from signing.web.guards import Door, Persona, door
from signing.web.page import faults
from signing.web.refusals import answer_to
from signing.workflow import accounts
from signing.workflow.accounts import PasswordLinkClosed
from signing.workflow.ports import Services

TOKEN = "password-link"  # noqa: S105
LONGEST = 200


def blueprint(services: Services) -> Door:
    """The door of mailed links that set a password: the token moves out of the address bar at once."""
    made = door("new_password", Persona.PUBLIC)

    @made.get("/password/<token>")
    def opened(token: str) -> ResponseReturnValue:
        session[TOKEN] = token[:LONGEST]
        return redirect(url_for("new_password.form"), 303)

    @made.get("/password")
    def form() -> ResponseReturnValue:
        if TOKEN not in session:
            return redirect(url_for("sign_in.form"), 303)
        account = accounts.check_password_link(services, str(session.get(TOKEN, "")))
        return render_template("public/new_password.html", email=account.email, errors={})

    @made.post("/password")
    def take() -> ResponseReturnValue:
        token = str(session.get(TOKEN, ""))
        try:
            accounts.set_password(
                services, token, request.form.get("password", ""), request.form.get("again", "")
            )
        except PasswordLinkClosed:
            raise
        except Refusal as refusal:
            account = accounts.check_password_link(services, token)
            errors = faults(refusal, elsewhere="password")
            page = render_template("public/new_password.html", email=account.email, errors=errors)
            return page, answer_to(refusal).status
        # Whoever was signed in here is so no more: two people may share a browser.
        session.clear()
        return redirect(url_for("sign_in.form", set=1), 303)

    return made
