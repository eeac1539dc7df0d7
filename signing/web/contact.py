"""The contact's page: read the letter, ask for a code, answer. It works without scripts."""

from __future__ import annotations

import re

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.domain.organisation import Decision
from signing.web import (
    chosen_language,
    contact_receipt,
    decision_form,
    decision_page,
    letter_html,
    seen_versions,
)
from signing.web.decision_page import PAGE
from signing.web.guards import Door, Persona, door
from signing.web.page import language
from signing.workflow import deciding
from signing.workflow.contact_access import Access, OtherPart
from signing.workflow.ports import Services

# An address of ours to go back to, and nothing that a browser or a header reads otherwise.
PLAIN = re.compile(r"(/[A-Za-z0-9_-]+)+")


def blueprint(services: Services) -> Door:
    """The contact's door."""
    made = door("contact", Persona.CONTACT)
    decision_page.take_back_old_pages(made, services)

    @made.get(PAGE)
    def letter(invitation_id: str) -> ResponseReturnValue:
        try:
            view = decision_page.viewed(services, g.access)
        except OtherPart:
            return redirect(url_for("review.form", invitation_id=invitation_id), 303)
        typed = decision_form.blank(services, view)
        response = make_response(decision_page.drawn(services, view, typed, code_sent=view.code_sent))
        seen_versions.remember(response, invitation_id, view.version)
        return response

    @made.get(f"{PAGE}/text/<language>")
    def text(invitation_id: str, language: str) -> ResponseReturnValue:
        view = decision_page.viewed(services, g.access)
        if language not in view.texts:
            raise NotFound("This letter has no text in that language.")
        return render_template("contact/text.html", view=view, tag=language, letter_html=letter_html,
                               invitation_id=invitation_id)

    @made.get(f"{PAGE}/language")
    @made.get(f"{PAGE}/code")
    def code_again(invitation_id: str) -> ResponseReturnValue:
        # Somebody reloaded by typing the address of a posted page.
        return redirect(url_for("contact.letter", invitation_id=invitation_id), 303)

    @made.post(f"{PAGE}/code")
    def code(invitation_id: str) -> ResponseReturnValue:
        return _send_code(services, g.access)

    @made.post(f"{PAGE}/language")
    def speak(invitation_id: str) -> ResponseReturnValue:
        return _speak(services, g.access)

    @made.post(PAGE)
    def decide(invitation_id: str) -> ResponseReturnValue:
        return _decide(services, g.access)

    contact_receipt.pages(made, services)
    return made


def _speak(services: Services, access: Access) -> ResponseReturnValue:
    """The page in another language, with everything that was typed; nothing is recorded."""
    wanted = request.form.get("language", "")
    response = make_response(_in(wanted, services, access))
    if wanted in chosen_language.OFFERED:
        chosen_language.remember(response, wanted)
    return response


def _in(wanted: str, services: Services, access: Access) -> ResponseReturnValue:
    if "idempotency_key" not in request.form and "text" not in request.form:
        page = url_for("contact.letter", invitation_id=access.invitation_id)
        back = request.form.get("back", "")
        return redirect(back if back.startswith(f"{page}/") and PLAIN.fullmatch(back) else page, 303)
    view = decision_page.viewed(services, access)
    if wanted in chosen_language.OFFERED:
        g.language = wanted
    came_along = "idempotency_key" in request.form
    typed = decision_form.read(request.form) if came_along else decision_form.blank(services, view)
    return decision_page.drawn(services, view, typed, code_sent=view.code_sent)


def _send_code(services: Services, access: Access) -> ResponseReturnValue:
    view = decision_page.viewed(services, access)
    typed = decision_form.read(request.form)
    if view.latest is not None and view.latest.idempotency_key == typed.idempotency_key:
        # Somebody went back in the browser to answer anew: what they send now is not the same press again.
        typed.idempotency_key = decision_form.new_key(services)
    decision_form.find_missing(typed, decision_form.possible(view), code=False)
    if typed.errors:
        return decision_page.drawn(services, view, typed, code_sent=view.code_sent), 422
    form = decision_form.for_workflow(typed, request.form)
    try:
        deciding.request_code(services, access, form.version, form.text_sha256, language(), form.decision)
    except NotFound:
        raise
    except Refusal as refusal:
        return decision_page.again(services, access, typed, refusal)
    typed.values["code"] = ""
    return decision_page.drawn(services, view, typed, code_sent=True, just_sent=True)


def _decide(services: Services, access: Access) -> ResponseReturnValue:
    typed = decision_form.read(request.form)
    decision_form.find_missing(typed, list(Decision), code=True)
    if typed.errors:
        return decision_page.incomplete(services, access, typed, code=True)
    # A complete form costs one transaction: whether this answer may follow now is for the workflow to say.
    try:
        deciding.decide(services, access, decision_form.for_workflow(typed, request.form))
    except NotFound:
        raise
    except Refusal as refusal:
        return decision_page.again(services, access, typed, refusal)
    return decision_page.to_receipt(access)
