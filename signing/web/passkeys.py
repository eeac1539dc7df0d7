"""Contacts' passkeys: what a browser is asked for, and whether what it made is sound (EVIDENCE 2.13).

What was verified at a registration comes back as a proof of ours that the browser keeps beside the passkey's public
half, so that a person whose code was mistyped is not asked to make a second passkey.
"""

from __future__ import annotations

import hashlib
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from signing.evidence.base64_text import from_base64url, to_base64url
from signing.evidence.errors import EvidenceError
from signing.evidence.keyring import public_key_from_spki, public_key_from_text
from signing.web import passkey_registration
from signing.workflow.decision_page import DecisionView
from signing.workflow.device_signing import place_of
from signing.workflow.enrolment import KeyUnfit, OfferedKey
from signing.workflow.ports import Services

LONGEST = 20_000


class PasskeyUnproved(KeyUnfit):
    """What the browser sent does not show a passkey that was made for us just now."""

    code = "passkey-unproved"


def options(services: Services, view: DecisionView) -> dict[str, Any]:
    """What `navigator.credentials.create` is asked for; the challenge is remembered in the session."""
    place, entry = place_of(view.letter), view.entry
    # The handle tells authenticators apart and must say nothing: a digest of the roster's id, in this service.
    handle = hashlib.sha256(f"{place.rp_id}\n{entry.organisation_id}".encode()).digest()
    known = [each.binding.credential_id for each in (*view.keys, *view.earlier_keys) if each.binding.credential_id]
    return passkey_registration.options(services, place.rp_id, handle=handle, name=entry.organisation, known=known)


def registered(view: DecisionView, registration: str) -> str:
    """The proof of a registration that answers our challenge, the person verified.

    Raises PasskeyUnproved, KeyUnfit.
    """
    place = place_of(view.letter)
    made = passkey_registration.answered(registration, place.rp_id, place.origins)
    if made is None:
        raise unproved()
    spki, credential_id = made
    try:
        public = public_key_from_spki(spki, "webauthn")
    except EvidenceError:
        raise KeyUnfit("This passkey is of a kind we cannot check. Please use another.") from None
    return _proofs().dumps([public.public_key, to_base64url(credential_id)])


def proved(proof: str) -> OfferedKey:
    """The passkey that a proof of ours is about. Raises PasskeyUnproved."""
    try:
        text, credential_id = _proofs().loads(proof[:LONGEST])
        handle = from_base64url(credential_id)
        return OfferedKey(public_key_from_text("webauthn", text), handle)
    except (BadSignature, EvidenceError, ValueError, TypeError):
        raise unproved() from None


def unproved() -> PasskeyUnproved:
    """What to say when a passkey cannot be shown to be one."""
    return PasskeyUnproved("We could not check this passkey. Please make a new one, or sign another way.")


def _proofs() -> URLSafeSerializer:
    key = current_app.secret_key
    assert key is not None
    return URLSafeSerializer(key, salt="passkey-registered")
