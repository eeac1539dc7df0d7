"""The contact's pages: read the letter, ask for a code, answer, keep the receipt. They work without scripts."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.domain.organisation import Decision
from signing.locale import spoken
from signing.web import decision_form, invitation_cookie, letter_html, receipt_words
from signing.web.decision_form import Typed
from signing.web.download import attachment
from signing.web.guards import Door, Persona, door
from signing.web.page import _, said
from signing.web.refusals import answer_to, refused
from signing.workflow import deciding
from signing.workflow.deciding import Access, DecisionView
from signing.workflow.ports import Services

PAGE = "/invitation/<invitation_id>"


def blueprint(services: Services) -> Door:
    """The contact's door."""
    made = door("contact", Persona.CONTACT)

    @made.get(PAGE)
    def letter(invitation_id: str) -> ResponseReturnValue:
        view = _view(services, g.access)
        return _page(view, decision_form.blank(services, view), code_sent=view.code_sent)

    @made.get(f"{PAGE}/code")
    def code_again(invitation_id: str) -> ResponseReturnValue:
        # Somebody reloaded by typing the address of a posted page.
        return redirect(url_for("contact.letter", invitation_id=invitation_id), 303)

    @made.post(f"{PAGE}/code")
    def code(invitation_id: str) -> ResponseReturnValue:
        return _send_code(services, g.access)

    @made.post(PAGE)
    def decide(invitation_id: str) -> ResponseReturnValue:
        return _decide(services, g.access)

    @made.get(f"{PAGE}/receipt")
    def receipt(invitation_id: str) -> ResponseReturnValue:
        view = _view(services, g.access)
        given = deciding.receipt(services, g.access)
        return render_template("contact/receipt.html", given=given, view=view,
                               choices=decision_form.possible(view), invitation_id=invitation_id,
                               proof=receipt_words.read(given.receipt))

    @made.get(f"{PAGE}/receipt.tlog-proof")
    def receipt_file(invitation_id: str) -> ResponseReturnValue:
        given = deciding.receipt(services, g.access)
        return attachment(given.receipt, given.filename, "text/plain; charset=utf-8")

    @made.get(f"{PAGE}/opening.json")
    def opening_file(invitation_id: str) -> ResponseReturnValue:
        given = deciding.receipt(services, g.access)
        if given.answer.decision != Decision.DECLINE or given.entry.opening is None:
            # Only a decline hides a name that could be opened.
            return redirect(url_for("contact.receipt", invitation_id=invitation_id), 303)
        name = f"{given.answer.letter_id}-{given.answer.index}.opening.json"
        return attachment(given.entry.opening, name, "application/json")

    @made.errorhandler(CSRFError)
    def page_too_old(error: CSRFError) -> ResponseReturnValue:
        try:
            return _sent_too_late(services), 400
        except Refusal as refusal:
            # Flask does not look for the handler of what a handler raises.
            return refused(refusal)

    return made


def _sent_too_late(services: Services) -> str:
    """Nothing is done, but what was typed on our own page comes back with a fresh token."""
    access = invitation_cookie.read((request.view_args or {}).get("invitation_id", ""))
    if access is None:
        raise NotFound(_("Please open the link from your mail again."), code="no-cookie")
    view = _view(services, access)
    typed = decision_form.read(request.form)
    typed.errors["page"] = _("This page had been open for a while. Please press the button once more.")
    return _page(view, typed, code_sent=view.code_sent)


def _view(services: Services, access: Access) -> DecisionView:
    """What the pages show; from here on they speak the contact's language, as the mails do."""
    view = deciding.view(services, access)
    g.language = spoken(view.entry.language or view.letter.language)
    return view


def _send_code(services: Services, access: Access) -> ResponseReturnValue:
    view = _view(services, access)
    typed = decision_form.read(request.form)
    if view.latest is not None and view.latest.idempotency_key == typed.idempotency_key:
        # Somebody went back in the browser to answer anew: what they send now is not the same press again.
        typed.idempotency_key = decision_form.new_key(services)
    decision_form.find_missing(typed, decision_form.possible(view), code=False)
    if typed.errors:
        return _page(view, typed, code_sent=view.code_sent), 422
    form = decision_form.for_workflow(typed, request.form)
    try:
        deciding.request_code(services, access, form.version, form.text_sha256)
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(services, access, typed, refusal)
    typed.values["code"] = ""
    return _page(view, typed, code_sent=True, just_sent=True)


def _decide(services: Services, access: Access) -> ResponseReturnValue:
    typed = decision_form.read(request.form)
    decision_form.find_missing(typed, list(Decision), code=True)
    if typed.errors:
        return _incomplete(services, access, typed)
    # A complete form costs one transaction: whether this answer may follow now is for the workflow to say.
    try:
        deciding.decide(services, access, decision_form.for_workflow(typed, request.form))
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(services, access, typed, refusal)
    return _to_receipt(access)


def _incomplete(services: Services, access: Access, typed: Typed) -> ResponseReturnValue:
    """The page again with everything that is missing; for an answer already recorded, its receipt."""
    view = _view(services, access)
    latest = view.latest
    if latest and (latest.idempotency_key, latest.decision) == (typed.idempotency_key, typed.decision):
        return _to_receipt(access)
    typed.errors.clear()
    decision_form.find_missing(typed, decision_form.possible(view), code=True)
    if "decision" in typed.errors and view.why_not:
        typed.errors["decision"] = _(view.why_not)
    return _page(view, typed, code_sent=view.code_sent), 422


def _to_receipt(access: Access) -> ResponseReturnValue:
    return redirect(url_for("contact.receipt", invitation_id=access.invitation_id), 303)


def _refused(services: Services, access: Access, typed: Typed, refusal: Refusal) -> ResponseReturnValue:
    """The page again, as the letter now stands, with everything that was typed."""
    view = _view(services, access)
    field = refusal.field if isinstance(refusal, Faulty) and refusal.field else "page"
    typed.errors[field if field in (*decision_form.TYPED, "decision", "authority") else "page"] = said(refusal)
    if refusal.code in ("code-wrong", "code-used-up"):
        typed.values["code"] = ""
    if refusal.code == "page-used":
        typed.idempotency_key = decision_form.new_key(services)
    page = _page(view, typed, code_sent=view.code_sent, stale=refusal.code == "stale-version")
    return page, answer_to(refusal).status


def _page(
    view: DecisionView, typed: Typed, *, code_sent: bool, just_sent: bool = False, stale: bool = False
) -> str:
    tags = list(view.texts)
    preferred = (view.entry.language or "", view.letter.language)
    tags.sort(key=lambda tag: (preferred.index(tag) if tag in preferred else len(preferred), tag))
    return render_template(
        "contact/letter.html", view=view, entry=view.entry, letter=view.letter, typed=typed,
        choices=[each.value for each in decision_form.possible(view)], tags=tags,
        why_not=_(view.why_not) if view.why_not else "", code_sent=code_sent, just_sent=just_sent,
        stale=stale, letter_html=letter_html, invitation_id=(request.view_args or {})["invitation_id"],
    )

