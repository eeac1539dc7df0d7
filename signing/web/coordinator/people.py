"""The people of a letter: coordinators by role, auditors, who is let in and who leaves."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from signing.domain.access import MemberRole
from signing.domain.errors import Faulty, NotFound, Refusal
from signing.web.coordinator.rail import rail
from signing.web.guards import Door, Persona, door
from signing.web.page import _, said
from signing.web.refusals import answer_to
from signing.workflow import memberships, tracking
from signing.workflow.ports import Services

LONGEST = 320


def blueprint(services: Services) -> Door:
    """The door to a letter's people."""
    made = door("people", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/people")

    @made.get("")
    def index(letter_id: str) -> ResponseReturnValue:
        return _page(services, letter_id)

    @made.post("")
    def add(letter_id: str) -> ResponseReturnValue:
        try:
            memberships.add(services, letter_id, request.form.get("email", "")[:LONGEST], _role())
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, refusal), answer_to(refusal).status
        return _back(letter_id)

    @made.post("/<account_id>/role")
    def change(letter_id: str, account_id: str) -> ResponseReturnValue:
        try:
            memberships.change(services, letter_id, account_id, _role())
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, refusal), answer_to(refusal).status
        return _back(letter_id)

    @made.post("/<account_id>/remove")
    def remove(letter_id: str, account_id: str) -> ResponseReturnValue:
        return _removed(letter_id, account_id)

    @made.post("/leave")
    def leave(letter_id: str) -> ResponseReturnValue:
        return _removed(letter_id, current_user.account.id)

    @made.post("/digest")
    def digest(letter_id: str) -> ResponseReturnValue:
        memberships.wish_for_digest(services, letter_id, request.form.get("digest") == "1")
        return _back(letter_id)

    def _removed(letter_id: str, account_id: str) -> ResponseReturnValue:
        try:
            memberships.remove(services, letter_id, account_id)
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(services, letter_id, refusal), answer_to(refusal).status
        return redirect(url_for("letters.index"), 303) if account_id == current_user.account.id else _back(letter_id)

    return made


def _back(letter_id: str) -> ResponseReturnValue:
    return redirect(url_for("people.index", letter_id=letter_id), 303)


def _role() -> MemberRole:
    try:
        return MemberRole(request.form.get("role", ""))
    except ValueError:
        raise Faulty(_("Choose what this person may do."), field="role") from None


def _page(services: Services, letter_id: str, refusal: Refusal | None = None) -> str:
    status = tracking.summary(services, letter_id)
    field = refusal.field if isinstance(refusal, Faulty) else None
    return render_template(
        "coordinator/people.html", status=status, rail=rail(status, "people"), roles=list(MemberRole),
        people=memberships.people(services, letter_id), mine=current_user.account.id, typed=request.form,
        leads=current_user.member is MemberRole.LEAD,
        errors={field or "page": said(refusal)} if refusal else {},
    )
