"""The contact's pages: read the letter, ask for a code, answer, keep the receipt. They work without scripts."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound, Refusal
from signing.domain.organisation import Decision
from signing.evidence.receipt import Receipt
from signing.evidence.statement import Commitment
from signing.web import decision_form, decision_page, receipt_words
from signing.web.decision_page import PAGE
from signing.web.download import attachment
from signing.web.guards import Door, Persona, door
from signing.workflow import deciding
from signing.workflow.closing_receipts import ClosingReceipt
from signing.workflow.contact_access import Access
from signing.workflow.ports import Services
from signing.workflow.recording import AnswerReceipt


def blueprint(services: Services) -> Door:
    """The contact's door."""
    made = door("contact", Persona.CONTACT)
    decision_page.take_back_old_pages(made, services)

    @made.get(PAGE)
    def letter(invitation_id: str) -> ResponseReturnValue:
        view = decision_page.viewed(services, g.access)
        return decision_page.drawn(view, decision_form.blank(services, view), code_sent=view.code_sent)

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

    _receipt_pages(made, services)
    return made


def _receipt_pages(made: Door, services: Services) -> None:
    @made.get(f"{PAGE}/receipt")
    def receipt(invitation_id: str) -> ResponseReturnValue:
        view = decision_page.viewed(services, g.access)
        given = deciding.receipt(services, g.access)
        proof = receipt_words.read(given.receipt)
        key = next((each for each in view.keys if each.binding.key == proof.by), None)
        return render_template("contact/receipt.html", given=given, view=view, proof=proof, key=key,
                               choices=decision_form.possible(view), invitation_id=invitation_id,
                               closed=_closing_receipt(services, g.access) is not None)

    @made.get(f"{PAGE}/receipt.tlog-proof")
    def receipt_file(invitation_id: str) -> ResponseReturnValue:
        given = deciding.receipt(services, g.access)
        return attachment(given.receipt, given.filename, "text/plain; charset=utf-8")

    @made.get(f"{PAGE}/statement.dsse.json")
    def envelope_file(invitation_id: str) -> ResponseReturnValue:
        given = deciding.receipt(services, g.access)
        name = f"{given.answer.letter_id}-{given.answer.index}.dsse.json"
        return attachment(Receipt.from_bytes(given.receipt).entry, name, "application/json")

    @made.get(f"{PAGE}/closing.tlog-proof")
    def closing_receipt_file(invitation_id: str) -> ResponseReturnValue:
        given = _closing_receipt(services, g.access)
        if given is None:
            return redirect(url_for("contact.receipt", invitation_id=invitation_id), 303)
        return attachment(given.receipt, given.filename, "text/plain; charset=utf-8")

    @made.get(f"{PAGE}/opening.json")
    def opening_file(invitation_id: str) -> ResponseReturnValue:
        given = deciding.receipt(services, g.access)
        if given.entry.opening is None or not _is_committed(given):
            # Only what stands under a commitment hides a name that could be opened.
            return redirect(url_for("contact.receipt", invitation_id=invitation_id), 303)
        name = f"{given.answer.letter_id}-{given.answer.index}.opening.json"
        return attachment(given.entry.opening, name, "application/json")


def _closing_receipt(services: Services, access: Access) -> ClosingReceipt | None:
    try:
        return deciding.closing_receipt(services, access)
    except NotFound as refusal:
        if refusal.code in ("not-closed", "no-answer"):
            return None
        raise


def _is_committed(given: AnswerReceipt) -> bool:
    return isinstance(receipt_words.statement_of(given.receipt).signatory, Commitment)


def _send_code(services: Services, access: Access) -> ResponseReturnValue:
    view = decision_page.viewed(services, access)
    typed = decision_form.read(request.form)
    if view.latest is not None and view.latest.idempotency_key == typed.idempotency_key:
        # Somebody went back in the browser to answer anew: what they send now is not the same press again.
        typed.idempotency_key = decision_form.new_key(services)
    decision_form.find_missing(typed, decision_form.possible(view), code=False)
    if typed.errors:
        return decision_page.drawn(view, typed, code_sent=view.code_sent), 422
    form = decision_form.for_workflow(typed, request.form)
    try:
        deciding.request_code(services, access, form.version, form.text_sha256)
    except NotFound:
        raise
    except Refusal as refusal:
        return decision_page.again(services, access, typed, refusal)
    typed.values["code"] = ""
    return decision_page.drawn(view, typed, code_sent=True, just_sent=True)


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
