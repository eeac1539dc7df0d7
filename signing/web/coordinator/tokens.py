"""A coordinator's tokens for programs: made, shown once, revoked."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from signing.domain.access import Permission
from signing.domain.api import Scope
from signing.domain.errors import NotFound, Refusal
from signing.web.guards import Door, Persona, door
from signing.web.page import faults
from signing.web.refusals import answer_to
from signing.workflow import api_tokens, memberships
from signing.workflow.ports import Services

DAYS = (7, 30, 90, 365)


def blueprint(services: Services) -> Door:
    """The door to one's own tokens."""
    made = door("tokens", Persona.COORDINATOR, url_prefix="/coordinator/tokens")

    @made.get("/")
    def index() -> ResponseReturnValue:
        return _page(services)

    @made.post("/")
    def make() -> ResponseReturnValue:
        days = request.form.get("days", "")
        try:
            secret, _made = api_tokens.make_with_password(
                services, current_user.account, request.form.get("present", ""), request.form.get("label", ""),
                request.form.getlist("scopes"),
                int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0,
                request.form.get("letter") or None,
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, errors=faults(refusal, elsewhere="page")), answer_to(refusal).status
        # Shown in this answer alone: it is in no address, and nowhere afterwards.
        return _page(services, secret=secret)

    @made.post("/<token_id>/revoke")
    def revoke(token_id: str) -> ResponseReturnValue:
        api_tokens.revoke(services, current_user.account.id, token_id)
        return redirect(url_for("tokens.index"), 303)

    return made


def _page(services: Services, *, secret: str = "", errors: dict[str, str] | None = None) -> str:
    account, now = current_user.account, services.clock()
    letters = memberships.letters_of(services, account.id, Permission.LETTER_READ)
    return render_template(
        "coordinator/tokens.html", secret=secret, errors=errors or {}, scopes=list(Scope), days=DAYS, letters=letters,
        titles={each.id: each.title for each in letters},
        tokens=[(each, each.live(now)) for each in api_tokens.tokens_of(services, account.id)],
        typed={} if secret else request.form, chosen=[] if secret else request.form.getlist("scopes"),
    )  # fmt: skip
