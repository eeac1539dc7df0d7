"""The rules of a letter on one page: each with one sentence that says what it means for organisations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain import rhythm
from signing.domain.deadline import shown, zones
from signing.domain.errors import NotFound, Refusal
from signing.web.coordinator.rail import rail
from signing.web.coordinator.sharing import MAILS_CARRY
from signing.web.guards import Door, Persona, door
from signing.web.page import faults
from signing.web.refusals import answer_to
from signing.workflow import letter_policy
from signing.workflow.letter_policy import PolicyForm, PolicyView
from signing.workflow.ports import Services

BINDERS = {"attestor": ("attestor",), "both": ("attestor", "coordinator")}
TYPED = ("zone", "soft_deadline", "hard_deadline", "rhythm", "quorum")
FIELDS = (*TYPED, "allows_confidential", "allows_carry", "shares", "min_level", "binders")


def blueprint(services: Services) -> Door:
    """The door to a letter's rules."""
    made = door("policy", Persona.COORDINATOR, url_prefix="/coordinator/letters/<letter_id>/policy")

    @made.get("")
    def form(letter_id: str) -> ResponseReturnValue:
        return _page(letter_policy.view(services, letter_id))

    @made.post("")
    def change(letter_id: str) -> ResponseReturnValue:
        try:
            done = letter_policy.change(services, letter_id, _form(request.form))
        except NotFound:
            raise
        except Refusal as refusal:
            return _page(letter_policy.view(services, letter_id), refusal), answer_to(refusal).status
        told: dict[str, Any] = {"told": done.told or None, "later": done.told_later or None, "twice": list(done.twice)}
        return redirect(url_for("policy.form", letter_id=letter_id, kept=1, **told), 303)

    return made


def _form(posted: Mapping[str, str]) -> PolicyForm:
    """What the form asked and got; a rule that it did not ask stays as it is."""
    level = posted.get("min_level", "")
    # A box that is not ticked is not sent: only where the form had it does that mean no.
    asked = bool(posted.get("answers_asked"))
    return PolicyForm(
        **{name: posted.get(name) for name in TYPED},
        allows_confidential=bool(posted.get("allows_confidential")) if asked else None,
        allows_carry=bool(posted.get("allows_carry")) if asked else None,
        shares=posted.get("shares"),
        mail_links=MAILS_CARRY.get(posted.get("mails_carry", "")),
        min_level=int(level) if level in ("1", "2", "3", "4") else None,
        binders=BINDERS.get(posted.get("binders", "")),
    )


def _page(view: PolicyView, refusal: Refusal | None = None) -> str:
    """The rules as they are; or the form as it was typed, and what is wrong with it."""
    letter = view.letter
    errors = faults(refusal, FIELDS)
    values = {
        "zone": letter.zone, "rhythm": rhythm.spelled(letter.rhythm), "quorum": str(letter.quorum or ""),
        "soft_deadline": shown(letter.soft_deadline, letter.zone) if letter.soft_deadline else "",
        "hard_deadline": shown(letter.hard_deadline, letter.zone) if letter.hard_deadline else "",
        "allows_confidential": letter.allows_confidential, "allows_carry": letter.allows_carry,
        "shares": letter.shares, "mail_links": letter.mail_links, "min_level": letter.min_level,
        "binders": "both" if "coordinator" in letter.binders else "attestor",
    }  # fmt: skip
    if refusal is not None:
        values |= {name: request.form[name] for name in (*TYPED, "min_level", "binders") if name in request.form}
        values["shares"] = request.form.get("shares", letter.shares)
        values["mail_links"] = MAILS_CARRY.get(request.form.get("mails_carry", ""), letter.mail_links)
        if request.form.get("answers_asked"):
            values |= {name: bool(request.form.get(name)) for name in ("allows_confidential", "allows_carry")}
    areas: dict[str, list[str]] = {}
    for zone in zones():
        areas.setdefault(zone.partition("/")[0] if "/" in zone else "", []).append(zone)
    return render_template(
        "coordinator/policy.html", status=view, view=view, rail=rail(view, "open"), values=values, errors=errors,
        refusal=None if errors else refusal, areas=areas, every=rhythm.every(letter.rhythm),
        kept=request.args.get("kept") == "1", told=request.args.get("told", 0, type=int),
        later=request.args.get("later", 0, type=int), twice=request.args.getlist("twice"),
    )
