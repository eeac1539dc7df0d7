"""The receipt of an answer, for everybody to understand and for machines to check, and the files behind it."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import NotFound
from signing.evidence.receipt import Receipt
from signing.evidence.statement import Commitment
from signing.web import decision_form, decision_page, receipt_words
from signing.web.decision_page import PAGE
from signing.web.download import attachment
from signing.web.guards import Door
from signing.workflow import deciding
from signing.workflow.closing_receipts import ClosingReceipt
from signing.workflow.contact_access import Access
from signing.workflow.ports import Services
from signing.workflow.recording import AnswerReceipt


def pages(made: Door, services: Services) -> None:
    """Put the receipt and its files behind the contact's door."""

    @made.get(f"{PAGE}/receipt")
    def receipt(invitation_id: str) -> ResponseReturnValue:
        view = decision_page.viewed(services, g.access)
        given = deciding.receipt(services, g.access)
        proof = receipt_words.read(given.receipt)
        key = next((each for each in view.keys if each.binding.key == proof.by), None)
        return render_template("contact/receipt.html", given=given, view=view, proof=proof, key=key,
                               choices=decision_form.possible(view), invitation_id=invitation_id,
                               own_zone=decision_page.own_zone(view, given.answer.at),
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
