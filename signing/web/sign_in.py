"""Signing in and out: server-side sessions, so that a copied cookie is worth nothing after sign-out (ASVS 7.4.1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, has_request_context, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user  # type: ignore[import-untyped]

from signing.domain.access import Account, Actor, MemberRole, Role
from signing.domain.errors import Refusal
from signing.web import known_browser
from signing.web.guards import Persona, door
from signing.web.refusals import answer_to
from signing.workflow import signing_in
from signing.workflow.ports import Services

HOMES = {Role.COORDINATOR: "letters.index", Role.AUDITOR: "auditor.index"}


class SessionUser(UserMixin):  # type: ignore[misc]
    """Somebody signed in; Flask-Login remembers the session's secret, never the account."""

    def __init__(self, secret: str, account: Account, member: MemberRole | None = None) -> None:
        self.secret = secret
        self.account = account
        # What the account is on the letter of this request's address, read with the session, never kept.
        self.member = member

    def get_id(self) -> str:
        """What goes into the browser's cookie."""
        return self.secret


def acting() -> Actor:
    """Whose request is being answered: an account, or somebody without one."""
    if has_request_context() and current_user.is_authenticated:
        return Actor(current_user.account.email, current_user.account.id)
    return Actor("nobody signed in")


def prepare(app: Flask, services: Services) -> None:
    """Let Flask-Login look sessions up in the database; no remember cookie."""
    manager = LoginManager()
    # Session protection would bind the session to address and browser string, which we do not keep.
    manager.session_protection = None
    manager.init_app(app)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(secret: str) -> SessionUser | None:
        found = signing_in.signed_in(services, secret, (request.view_args or {}).get("letter_id"))
        return SessionUser(secret, found.account, found.member) if found else None


def own_path(target: str | None) -> str | None:
    """`target` if it is a path of this site, else None: nobody is sent away by a link of ours (ASVS 3.7.2)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(character) < 0x21 or character == "\\" for character in target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def blueprint(services: Services) -> Any:
    """The sign-in door."""
    made = door("sign_in", Persona.PUBLIC)

    @made.get("/sign-in")
    def form() -> ResponseReturnValue:
        if current_user.is_authenticated:
            return redirect(url_for(HOMES[current_user.account.role]), 303)
        return render_template("public/sign_in.html", next=own_path(request.args.get("next")), email="", error=None)

    @made.post("/sign-in")
    def sign_in() -> ResponseReturnValue:
        email, target = request.form.get("email", ""), own_path(request.form.get("next"))
        try:
            secret, account = signing_in.sign_in(
                services, email, request.form.get("password", ""), known_browser.read()
            )
        except Refusal as refusal:
            page = render_template("public/sign_in.html", next=target, email=email, error=refusal)
            return page, answer_to(refusal).status
        # A new session: whatever cookie an attacker may have planted ends here (S7).
        session.clear()
        login_user(SessionUser(secret, account))
        session.pop("_id", None)
        response = make_response(redirect(target or url_for(HOMES[account.role]), 303))
        known_browser.remember(response, account.id)
        return response

    @made.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        if current_user.is_authenticated:
            signing_in.sign_out(services, current_user.secret)
        session.clear()
        return redirect(url_for("sign_in.form"), 303)

    return made
