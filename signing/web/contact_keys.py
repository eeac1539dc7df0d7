"""An organisation's keys on one letter: who confirmed each, one bound by another, one revoked (EVIDENCE 4.2).

A key that binds another signs here by the page's script, or by its own tool through a file, as answers are signed.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from datetime import date as Date

from flask import g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.domain.errors import Faulty, NotFound, Refusal
from signing.evidence.base64_text import from_base64, to_base64
from signing.evidence.errors import EvidenceError
from signing.web import decision_form, decision_page, offered_key, own_key
from signing.web.decision_page import PAGE
from signing.web.download import attachment
from signing.web.guards import Door, Persona, door
from signing.web.page import faults, said
from signing.web.refusals import answer_to
from signing.workflow import deciding, key_binding
from signing.workflow.contact_access import Access
from signing.workflow.key_binding import KeyToSign
from signing.workflow.key_views import key_phrase
from signing.workflow.ports import Services
from signing.workflow.waiting_assents import StatementExpired

KEYS = f"{PAGE}/keys"
FIELDS = ("code", "compromised_since", "until", "public_key")
LAST_SECOND = time(23, 59, 59, tzinfo=UTC)


def blueprint(services: Services) -> Door:
    """The door of an organisation's keys."""
    made = door("contact_keys", Persona.CONTACT)
    decision_page.take_back_old_pages(made, services)

    @made.get(KEYS)
    def keys(invitation_id: str) -> ResponseReturnValue:
        return _page(services, g.access)

    @made.post(f"{KEYS}/code")
    def code(invitation_id: str) -> ResponseReturnValue:
        return _send_code(services, g.access)

    @made.post(f"{KEYS}/revoke")
    def revoke(invitation_id: str) -> ResponseReturnValue:
        return _revoke(services, g.access)

    @made.post(f"{KEYS}/statement")
    def statement(invitation_id: str) -> ResponseReturnValue:
        return _prepare(services, g.access)

    @made.post(f"{KEYS}/signed")
    def signed(invitation_id: str) -> ResponseReturnValue:
        try:
            key_binding.submit_binding(services, g.access, request.form.get("prepared", ""), _signature())
        except NotFound:
            raise
        except Refusal as refusal:
            return _refused(services, g.access, refusal)
        return jsonify(receipt=url_for("contact_keys.keys", invitation_id=invitation_id))

    _own_key_pages(made, services)
    return made


def _own_key_pages(made: Door, services: Services) -> None:
    @made.get(f"{KEYS}/<prepared_id>")
    def sign(invitation_id: str, prepared_id: str) -> ResponseReturnValue:
        if prepared_id in ("code", "revoke", "statement", "signed"):
            return redirect(url_for("contact_keys.keys", invitation_id=invitation_id), 303)
        return _waiting(services, g.access, prepared_id)

    @made.get(f"{KEYS}/<prepared_id>/key.pae")
    def to_sign_file(invitation_id: str, prepared_id: str) -> ResponseReturnValue:
        try:
            composed = key_binding.key_to_sign(services, g.access, prepared_id)
        except (NotFound, StatementExpired):
            return redirect(url_for("contact_keys.keys", invitation_id=invitation_id), 303)
        return attachment(composed.pae, "key.pae", "application/octet-stream")

    @made.post(f"{KEYS}/<prepared_id>")
    def signed_by_own_key(invitation_id: str, prepared_id: str) -> ResponseReturnValue:
        try:
            composed = key_binding.key_to_sign(services, g.access, prepared_id)
            signature = own_key.uploaded_signature(composed.key.scheme, "key.pae")
            key_binding.submit_binding(services, g.access, prepared_id, signature)
        except (NotFound, StatementExpired):
            return redirect(url_for("contact_keys.keys", invitation_id=invitation_id), 303)
        except Refusal as refusal:
            return _waiting(services, g.access, prepared_id, refusal)
        return redirect(url_for("contact_keys.keys", invitation_id=invitation_id), 303)


def _page(
    services: Services, access: Access, *, refusal: Refusal | None = None, just_sent: bool = False, at: str = ""
) -> str:
    """The keys, `at` the one a form is open for."""
    # Whose language a refusal is said in is known from here on.
    view = decision_page.viewed(services, access)
    about = decision_page.about(view, decision_form.blank(services, view))
    live = [each for each in view.keys if each.live]
    return render_template(
        "contact/keys.html", errors=faults(refusal, FIELDS, "page"), just_sent=just_sent, at=at,
        code_sent=view.code_sent, live=live, posted=request.form,
        own=[each for each in live if each.level == own_key.OWN_LEVEL], **about,
    )


def _refused(services: Services, access: Access, refusal: Refusal, at: str = "") -> ResponseReturnValue:
    return _page(services, access, refusal=refusal, at=at), answer_to(refusal).status


def _send_code(services: Services, access: Access) -> ResponseReturnValue:
    view = decision_page.viewed(services, access)
    try:
        deciding.request_code(services, access, view.version, view.text_sha256)
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(services, access, refusal, request.form.get("key", ""))
    return _page(services, access, just_sent=True, at=request.form.get("key", ""))


def _revoke(services: Services, access: Access) -> ResponseReturnValue:
    key = request.form.get("key", "")
    try:
        since = _day("compromised_since")
        start = None if since is None else datetime.combine(since, time(tzinfo=UTC))
        key_binding.revoke(services, access, key, request.form.get("code", ""), start)
    except Refusal as refusal:
        return _refused(services, access, refusal, key)
    return redirect(url_for("contact_keys.keys", invitation_id=access.invitation_id), 303)


def _prepare(services: Services, access: Access) -> ResponseReturnValue:
    """Compose a bind: for the page's script as JSON, for an own key as the page of its file."""
    by_script = bool(request.form.get("script"))
    try:
        own = "scheme" not in request.form
        offered = offered_key.own(request.form.get("public_key", "")) if own else offered_key.read(request.form)
        until = _day("until")
        end = None if until is None else datetime.combine(until, LAST_SECOND)
        composed = key_binding.prepare_binding(services, access, request.form.get("signer", ""), offered, end)
    except Refusal as refusal:
        return _refused(services, access, refusal, "add")
    if by_script:
        return jsonify(prepared=composed.prepared_id, payload=to_base64(composed.payload))
    address = url_for("contact_keys.sign", invitation_id=access.invitation_id, prepared_id=composed.prepared_id)
    return redirect(address, 303)


def _waiting(
    services: Services, access: Access, prepared_id: str, refusal: Refusal | None = None
) -> ResponseReturnValue:
    view = decision_page.viewed(services, access)
    try:
        composed: KeyToSign = key_binding.key_to_sign(services, access, prepared_id)
    except (NotFound, StatementExpired):
        return redirect(url_for("contact_keys.keys", invitation_id=access.invitation_id), 303)
    page = render_template(
        "contact/key_sign.html", composed=composed, statement=composed.statement, entry=view.entry,
        letter=view.letter, invitation_id=access.invitation_id, error=said(refusal) if refusal else "",
        phrase=key_phrase(composed.statement.bound), command=own_key.command(composed.key, composed.letter, "key.pae"),
    )
    return page, 422 if refusal else 200


def _signature() -> bytes:
    try:
        return from_base64(request.form.get("signature", ""))
    except EvidenceError:
        raise Faulty("The signature arrived damaged. Please press the button once more.") from None


def _day(field: str) -> Date | None:
    """A day as a date field sends it. Raises Faulty."""
    typed = request.form.get(field, "").strip()
    if not typed:
        return None
    try:
        return Date.fromisoformat(typed)
    except ValueError:
        raise Faulty("Type the day as 2026-12-31.", field=field) from None
