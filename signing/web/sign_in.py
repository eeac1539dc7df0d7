"""Signing in and out: server-side sessions, so that a copied cookie is worth nothing after sign-out (ASVS 7.4.1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    g,
    has_request_context,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user  # type: ignore[import-untyped]

from signing.domain.access import Account, Actor, MemberRole, Role
from signing.domain.errors import Refusal
from signing.web import known_browser, passkey_entry, sources
from signing.web.guards import Door, Persona, door
from signing.web.refusals import answer_to
from signing.workflow import signing_in
from signing.workflow.ports import Services

TICKET = "second-step"
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
    if has_request_context() and (caller := g.get("caller")) is not None:
        return Actor(f"{caller.account.email} ({caller.token.label})", caller.account.id)
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
        return _form(own_path(request.args.get("next")))

    @made.post("/sign-in")
    def sign_in() -> ResponseReturnValue:
        email, target = request.form.get("email", ""), own_path(request.form.get("next"))
        try:
            entry = signing_in.sign_in(services, email, request.form.get("password", ""), known_browser.read())
        except Refusal as refusal:
            return _form(target, email, refusal), answer_to(refusal).status
        if entry.secret:
            return begin_session(entry, target)
        session.clear()
        session[TICKET] = [entry.ticket, target or ""]
        return redirect(url_for("sign_in.second"), 303)

    @made.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        if current_user.is_authenticated:
            signing_in.sign_out(services, current_user.secret)
        session.clear()
        return redirect(url_for("sign_in.form"), 303)

    _second_step(made, services)
    _with_passkey(made, services)
    return made


def _second_step(made: Door, services: Services) -> None:
    """Put what follows the password, where an account asks for more, behind the door."""

    @made.get("/sign-in/second")
    def second() -> ResponseReturnValue:
        try:
            return _second_form(signing_in.second_step(services, _waiting()[0]))
        except signing_in.SecondStepOver:
            return redirect(url_for("sign_in.form"), 303)

    @made.post("/sign-in/second")
    def code() -> ResponseReturnValue:
        ticket, target = _waiting()
        try:
            entry = signing_in.finish_with_code(services, ticket, request.form.get("code", ""), known_browser.read())
        except signing_in.SecondStepOver as over:
            return _form(own_path(target), "", over), answer_to(over).status
        except Refusal as refusal:
            page = _second_form(signing_in.second_step(services, ticket), refusal)
            return page, answer_to(refusal).status
        return begin_session(entry, own_path(target))


def _with_passkey(made: Door, services: Services) -> None:
    """Put signing in with a passkey, alone or after the password, behind the door."""

    @made.post("/sign-in/passkey-options")
    def passkey_options() -> ResponseReturnValue:
        ticket, _ = _waiting()
        passkeys = signing_in.second_step(services, ticket).passkeys if ticket else ()
        return jsonify(passkey_entry.options(services, passkeys))

    @made.post("/sign-in/passkey")
    def passkey() -> ResponseReturnValue:
        (ticket, wished), place = _waiting(), services.installation
        target = own_path(wished) or own_path(request.form.get("next"))
        assertion, challenge = request.form.get("assertion", ""), passkey_entry.asked()
        try:
            entry = signing_in.sign_in_with_passkey(
                services, passkey_entry.handle_of(assertion), challenge,
                passkey_entry.counter(assertion, challenge, place.host, [place.base_url]),
                ticket=ticket, source=sources.source(),
            )
        except Refusal as refusal:
            over = not ticket or isinstance(refusal, signing_in.SecondStepOver)
            page = _form(target, "", refusal) if over else _second_form(
                signing_in.second_step(services, ticket), refusal
            )
            return page, answer_to(refusal).status
        return begin_session(entry, target)


def begin_session(entry: signing_in.Entry, target: str | None = None) -> ResponseReturnValue:
    """A new session: whatever cookie an attacker may have planted ends here (S7)."""
    session.clear()
    login_user(SessionUser(entry.secret, entry.account))
    session.pop("_id", None)
    response = make_response(redirect(target or url_for(HOMES[entry.account.role]), 303))
    known_browser.remember(response, entry.account.id)
    return response


def _waiting() -> tuple[str, str]:
    """The ticket of this browser's first step, and where it was to go."""
    kept = session.get(TICKET)
    return (str(kept[0]), str(kept[1])) if isinstance(kept, list) and len(kept) == 2 else ("", "")


def _form(target: str | None, email: str = "", error: Refusal | None = None) -> str:
    return render_template("public/sign_in.html", next=target, email=email, error=error)


def _second_form(step: signing_in.SecondStep, error: Refusal | None = None) -> str:
    return render_template("public/sign_in_second.html", step=step, error=error)
