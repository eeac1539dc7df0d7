"""The reviewer's page: the letter, what has changed since they agreed, and whether their organisation may sign it."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.web import chosen_language, decision_form, letter_html
from signing.web.contact_handover import Errors, acted, take_back_old_pages, typed_code
from signing.web.decision_page import PAGE
from signing.web.guards import Door, Persona, door
from signing.web.page import language
from signing.workflow import reviewing
from signing.workflow.contact_access import Access, OtherPart
from signing.workflow.ports import Services
from signing.workflow.reviewing import ReviewForm, ReviewView


def blueprint(services: Services) -> Door:
    """The door of reviewers; to a signatory it is shut, as theirs are to a reviewer."""
    made = door("review", Persona.CONTACT)
    take_back_old_pages(made, services, {"review.review": _page})

    @made.get(f"{PAGE}/review")
    def form(invitation_id: str) -> ResponseReturnValue:
        try:
            return _page(services, g.access, {})
        except OtherPart:
            return redirect(url_for("contact.letter", invitation_id=invitation_id), 303)

    @made.post(f"{PAGE}/review")
    def review(invitation_id: str) -> ResponseReturnValue:
        return acted(
            services, g.access, lambda: reviewing.review(services, g.access, _form()), _page, "review.form"
        )

    return made


def _form() -> ReviewForm:
    posted = request.form
    return ReviewForm(
        version=decision_form.version_of(posted.get("version", "")),
        text_sha256=posted.get("text_sha256", ""),
        agrees={"yes": True, "no": False}.get(posted.get("agrees", "")),
        words=posted.get("words", ""),
        code=typed_code(),
        idempotency_key=posted.get("idempotency_key", ""),
    )


def _page(services: Services, access: Access, errors: Errors) -> str:
    view = reviewing.view(services, access)
    chosen_language.speak(view.entry, view.letter)
    preferred = (language(), view.entry.language or "", view.letter.language)
    tags = sorted(view.texts, key=lambda tag: (preferred.index(tag) if tag in preferred else len(preferred), tag))
    return render_template(
        "contact/review.html", view=view, entry=view.entry, letter=view.letter, tags=tags, errors=errors,
        typed=request.form, letter_html=letter_html, invitation_id=access.invitation_id,
        page_key=_page_key(services, view),
    )


def _page_key(services: Services, view: ReviewView) -> str:
    """The name of this filling-in; another one once it was recorded, as when somebody goes back to say otherwise."""
    key = request.form.get("idempotency_key", "")
    used = view.last is not None and view.last.idempotency_key == key
    return decision_form.new_key(services) if used or not key else key
