"""The decision page, drawn from what the workflow shows and what was typed; shared by every door of the contact."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.evidence.signatory import commitment_of
from signing.locale import spoken
from signing.web import decision_form, invitation_cookie, letter_html
from signing.web.decision_form import Typed
from signing.web.guards import Door
from signing.web.page import _, said
from signing.web.refusals import answer_to, refused
from signing.workflow import deciding
from signing.workflow.contact_access import Access
from signing.workflow.decision_page import DecisionView
from signing.workflow.device_signing import place_of
from signing.workflow.enrolment import KeyWaits
from signing.workflow.ports import Services

PAGE = "/invitation/<invitation_id>"
FIELDS = (*decision_form.TYPED, "decision", "authority", "public_key", "signature")


def viewed(services: Services, access: Access) -> DecisionView:
    """What the pages show; from here on they speak the contact's language, as the mails do."""
    view = deciding.view(services, access)
    g.language = spoken(view.entry.language or view.letter.language)
    return view


def drawn(
    view: DecisionView, typed: Typed, *, code_sent: bool, just_sent: bool = False, stale: bool = False
) -> str:
    """The letter and, below it, the form."""
    tags = list(view.texts)
    preferred = (view.entry.language or "", view.letter.language)
    tags.sort(key=lambda tag: (preferred.index(tag) if tag in preferred else len(preferred), tag))
    return render_template(
        "contact/letter.html", tags=tags, stale=stale, letter_html=letter_html,
        code_sent=code_sent, just_sent=just_sent, **about(view, typed),
    )


def about(view: DecisionView, typed: Typed) -> dict[str, object]:
    """What every page with an answer's form needs to know."""
    place = place_of(view.letter)
    known = [each.binding.key for each in view.keys_without_code]
    sealed = commitment_of(view.entry.opening) if view.entry.opening is not None else ""
    return {
        "view": view, "entry": view.entry, "letter": view.letter, "typed": typed, "place": place,
        "choices": [each.value for each in decision_form.possible(view)],
        "why_not": _(view.why_not) if view.why_not else "", "known_keys": " ".join(known),
        "revoked_keys": " ".join(each.binding.key for each in view.keys if each.revoked), "sealed": sealed,
        "invitation_id": (request.view_args or {})["invitation_id"],
    }


def note(typed: Typed, refusal: Refusal) -> None:
    """Put a refusal beside the field it is about, or on top of the page."""
    field = refusal.field if isinstance(refusal, Faulty) and refusal.field else "page"
    typed.errors[field if field in FIELDS else "page"] = said(refusal)
    if refusal.code in ("code-wrong", "code-used-up"):
        typed.values["code"] = ""


def again(services: Services, access: Access, typed: Typed, refusal: Refusal) -> ResponseReturnValue:
    """The page again, as the letter now stands, with everything that was typed."""
    if isinstance(refusal, KeyWaits):
        return waiting_for_coordinator(services, access, refusal)
    view = viewed(services, access)
    note(typed, refusal)
    if refusal.code == "page-used":
        typed.idempotency_key = decision_form.new_key(services)
    page = drawn(view, typed, code_sent=view.code_sent, stale=refusal.code == "stale-version")
    return page, answer_to(refusal).status


def incomplete(services: Services, access: Access, typed: Typed, *, code: bool) -> ResponseReturnValue:
    """The page again with everything that is missing; for an answer already recorded, its receipt."""
    view = viewed(services, access)
    latest = view.latest
    if latest and (latest.idempotency_key, latest.decision) == (typed.idempotency_key, typed.decision):
        return to_receipt(access)
    typed.errors.clear()
    decision_form.find_missing(typed, decision_form.possible(view), code=code)
    if "decision" in typed.errors and view.why_not:
        typed.errors["decision"] = _(view.why_not)
    return drawn(view, typed, code_sent=view.code_sent), 422


def waiting_for_coordinator(services: Services, access: Access, refusal: KeyWaits) -> ResponseReturnValue:
    """The key is noted and the coordinator has to confirm it: the words to read to them over the telephone."""
    view = viewed(services, access)
    page = render_template(
        "contact/key_waits.html", view=view, entry=view.entry, letter=view.letter,
        invitation_id=access.invitation_id, phrase=refusal.phrase, key=refusal.public,
    )
    return page, 409


def to_receipt(access: Access) -> ResponseReturnValue:
    """On to what was recorded."""
    return redirect(url_for("contact.receipt", invitation_id=access.invitation_id), 303)


def take_back_old_pages(made: Door, services: Services) -> None:
    """Answer a page whose token is too old with the same page, filled in, and a fresh one."""

    @made.errorhandler(CSRFError)
    def page_too_old(error: CSRFError) -> ResponseReturnValue:
        try:
            return _sent_too_late(services), 400
        except Refusal as refusal:
            # Flask does not look for the handler of what a handler raises.
            return refused(refusal)


def _sent_too_late(services: Services) -> str:
    """Nothing is done, but what was typed on our own page comes back with a fresh token."""
    access = invitation_cookie.read((request.view_args or {}).get("invitation_id", ""))
    if access is None:
        raise NotFound("Please open the link from your mail again.", code="no-cookie")
    view = viewed(services, access)
    typed = decision_form.read(request.form)
    typed.errors["page"] = _("This page had been open for a while. Please press the button once more.")
    return drawn(view, typed, code_sent=view.code_sent)
