"""What the decision page's script asks for: the words, a passkey's options, the statement to sign, its recording.

Nothing here is trusted by the script: it compares the statement with the page before it signs (EVIDENCE 4.1).
Answers are JSON for what went well, and else the page that the person should see.
"""

from __future__ import annotations

from flask import Response, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.domain.organisation import Decision
from signing.evidence.base64_text import from_base64, to_base64
from signing.evidence.errors import EvidenceError
from signing.web import decision_form, decision_page, offered_key, passkeys
from signing.web.decision_page import PAGE
from signing.web.guards import Door, Persona, door
from signing.workflow import device_signing
from signing.workflow.contact_access import Access
from signing.workflow.device_signing import AlreadyRecorded, ToSign
from signing.workflow.ports import Services

BY_KEY = [Decision.APPROVE, Decision.WITHDRAW]


def blueprint(services: Services) -> Door:
    """The door of the contact's script."""
    made = door("contact_signing", Persona.CONTACT)
    decision_page.take_back_old_pages(made, services)

    @made.get(f"{PAGE}/words/<int:version>.<language>.md")
    def words(invitation_id: str, version: int, language: str) -> ResponseReturnValue:
        view = decision_page.viewed(services, g.access)
        if version != view.version or language not in view.texts:
            raise NotFound("These words are not open here.")
        return Response(view.texts[language].to_bytes(), content_type="text/markdown; charset=utf-8")

    @made.post(f"{PAGE}/passkey")
    def passkey(invitation_id: str) -> ResponseReturnValue:
        return jsonify(passkeys.options(services, decision_page.viewed(services, g.access)))

    @made.post(f"{PAGE}/passkey/registered")
    def passkey_registered(invitation_id: str) -> ResponseReturnValue:
        view = decision_page.viewed(services, g.access)
        try:
            return jsonify(proof=passkeys.registered(view, request.form.get("registration", "")))
        except Refusal as refusal:
            return decision_page.again(services, g.access, decision_form.read(request.form), refusal)

    @made.post(f"{PAGE}/statement")
    def statement(invitation_id: str) -> ResponseReturnValue:
        return _prepare(services, g.access)

    @made.post(f"{PAGE}/signed")
    def signed(invitation_id: str) -> ResponseReturnValue:
        return _record(services, g.access)

    return made


def _prepare(services: Services, access: Access) -> ResponseReturnValue:
    typed = decision_form.read(request.form)
    decision_form.find_missing(typed, BY_KEY, code=False)
    if typed.errors:
        return decision_page.incomplete(services, access, typed, code=False)
    try:
        offered = offered_key.read(request.form)
        composed = device_signing.prepare(services, access, decision_form.for_workflow(typed, request.form), offered)
    except AlreadyRecorded:
        return _recorded(access)
    except NotFound:
        raise
    except Refusal as refusal:
        return decision_page.again(services, access, typed, refusal)
    return jsonify(_to_sign(composed))


def _to_sign(composed: ToSign) -> dict[str, str]:
    said = {"prepared": composed.prepared_id, "payload": to_base64(composed.payload)}
    return said | ({"opening": to_base64(composed.opening)} if composed.opening is not None else {})


def _record(services: Services, access: Access) -> ResponseReturnValue:
    typed = decision_form.read(request.form)
    try:
        try:
            signature = from_base64(request.form.get("signature", ""))
        except EvidenceError:
            raise Faulty("The signature arrived damaged. Please press the button once more.") from None
        device_signing.submit(services, access, request.form.get("prepared", ""), signature)
    except AlreadyRecorded:
        return _recorded(access)
    except NotFound:
        raise
    except Refusal as refusal:
        return decision_page.again(services, access, typed, refusal)
    return _recorded(access)


def _recorded(access: Access) -> ResponseReturnValue:
    return jsonify(receipt=url_for("contact.receipt", invitation_id=access.invitation_id))
