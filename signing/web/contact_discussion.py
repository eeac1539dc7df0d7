"""A contact's remarks: one form for a comment, other words, a question or "yes, if", and the list of what was said."""

from __future__ import annotations

from dataclasses import replace

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.web import chosen_language, confirmation, decision_form, late_forms, letter_html
from signing.web.decision_page import PAGE
from signing.web.guards import Door, Persona, door
from signing.web.page import _, said
from signing.web.refusals import answer_to
from signing.workflow import discussing
from signing.workflow.contact_access import Access
from signing.workflow.discussing import RemarkForm, RemarkPlace
from signing.workflow.ports import Services

FIELDS = ("words", "wording", "code")
MOST_DIGITS = 6


def blueprint(services: Services) -> Door:
    """The door of remarks."""
    made = door("discussion", Persona.CONTACT)
    _take_back_old_pages(made, services)

    @made.get(f"{PAGE}/remark")
    def form(invitation_id: str) -> ResponseReturnValue:
        place = _placed(services, g.access, request.args.get("language"), _number(request.args.get("block")))
        typed = RemarkForm(
            place.version.number, place.language, place.block, "", place.quote or "", "condition" in request.args,
            "question" in request.args, "", decision_form.new_key(services),
        )  # fmt: skip
        return _page(place, typed, {})

    @made.post(f"{PAGE}/remark")
    def remark(invitation_id: str) -> ResponseReturnValue:
        return _remark(services, g.access)

    @made.get(f"{PAGE}/remarks")
    def remarks(invitation_id: str) -> ResponseReturnValue:
        return _list(_placed(services, g.access, None, None), {})

    @made.post(f"{PAGE}/remarks/<remark_id>/take-back")
    def take_back(invitation_id: str, remark_id: str) -> ResponseReturnValue:
        return _take_back(services, g.access, remark_id)

    return made


def _take_back_old_pages(made: Door, services: Services) -> None:
    def draw(access: Access, words: str) -> str | None:
        if request.endpoint != "discussion.remark":
            return None
        typed = _read()
        return _page(_placed(services, access, typed.language, typed.block), typed, {"page": words})

    late_forms.take_back_from_contact(made, services, draw)


def _remark(services: Services, access: Access) -> ResponseReturnValue:
    typed = _read()
    if confirmation.wanted():
        typed = replace(typed, code="")
    try:
        discussing.remark(services, access, typed)
    except NotFound:
        raise
    except Refusal as refusal:
        errors = _errors(services, access, refusal)
        place = _placed(services, access, typed.language, typed.block)
        if refusal.code == "stale-version":
            # The paragraph of this number may be another one now: what was typed is about the whole letter then.
            typed = replace(typed, version=place.version.number)
        if refusal.code == "page-used":
            typed = replace(typed, idempotency_key=decision_form.new_key(services))
        return _page(place, typed, errors), answer_to(refusal).status
    return redirect(url_for("discussion.remarks", invitation_id=access.invitation_id), 303)


def _take_back(services: Services, access: Access, remark_id: str) -> ResponseReturnValue:
    typed = "" if confirmation.wanted() else request.form.get("code", "")
    try:
        discussing.take_back(services, access, remark_id, typed)
    except NotFound:
        raise
    except Refusal as refusal:
        errors = _errors(services, access, refusal)
        place = _placed(services, access, None, None)
        return _list(place, errors, asked_for=remark_id), answer_to(refusal).status
    return redirect(url_for("discussion.remarks", invitation_id=access.invitation_id), 303)


def _errors(services: Services, access: Access, refusal: Refusal) -> dict[str, str]:
    chosen_language.learn(services, access)
    named = getattr(refusal, "field", None)
    if named in FIELDS and named != "code":
        return {named: said(refusal)}
    return confirmation.errors_of(services, access, refusal, "page")


def _read() -> RemarkForm:
    posted = request.form
    return RemarkForm(
        version=_number(posted.get("version")) or 0,
        language=posted.get("language") or None,
        block=_number(posted.get("block")),
        words=posted.get("words", ""),
        wording=posted.get("wording", ""),
        condition=bool(posted.get("condition")),
        wants_answer=bool(posted.get("wants_answer")),
        code=posted.get("code", ""),
        idempotency_key=posted.get("idempotency_key", ""),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def _placed(services: Services, access: Access, language: str | None, block: int | None) -> RemarkPlace:
    place = discussing.place(services, access, language, block)
    chosen_language.speak(place.entry, place.letter)
    return place


def _page(place: RemarkPlace, typed: RemarkForm, errors: dict[str, str]) -> str:
    heading = _("“Yes, if …”: what should change?") if typed.condition else _("Say something about this letter")
    if typed.wants_answer and not typed.condition:
        heading = _("Ask the coordinator")
    return render_template(
        "contact/remark.html", place=place, typed=typed, errors=errors, heading=heading, entry=place.entry,
        invitation_id=g.access.invitation_id,
    )


def _list(place: RemarkPlace, errors: dict[str, str], *, asked_for: str = "") -> str:
    return render_template(
        "contact/remark_list.html", place=place, errors=errors, asked_for=asked_for, entry=place.entry,
        invitation_id=g.access.invitation_id, letter_html=letter_html,
    )
