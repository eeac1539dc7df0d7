"""Registering a passkey: what a browser is asked for, and whether what came back answers it (EVIDENCE 2.13).

py_webauthn judges. The challenge lies in the browser's signed session for as long as the gesture takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flask import session

from signing.evidence.base64_text import from_base64url, to_base64url
from signing.evidence.errors import EvidenceError
from signing.workflow.ports import Services

if TYPE_CHECKING:
    from webauthn.registration.verify_registration_response import VerifiedRegistration

CHALLENGE = "passkey-challenge"
CHALLENGE_BYTES = 32
LONGEST = 20_000


def options(services: Services, rp_id: str, *, handle: bytes, name: str, known: Iterable[bytes]) -> dict[str, Any]:
    """What `signing-keys.js` hands to the authenticator, every byte string as base64url; `known` are the handles of
    passkeys that are registered already."""
    challenge = to_base64url(services.random(CHALLENGE_BYTES))
    session[CHALLENGE] = challenge
    return {
        "rp": {"id": rp_id, "name": rp_id},
        "user": {"id": to_base64url(handle), "name": name, "displayName": name},
        "challenge": challenge,
        "exclude": [to_base64url(each) for each in known],
    }


def answered(registration: str, rp_id: str, origins: Sequence[str]) -> tuple[bytes, bytes] | None:
    """The public key (SubjectPublicKeyInfo) and handle of a new passkey whose owner was verified.

    None when this is no answer to the challenge that was asked last; none is asked twice.
    """
    # A passkey is registered once in a while, and the library takes long to load.
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography

    verified = verified_answer(registration, rp_id, origins)
    if verified is None:
        return None
    key = decoded_public_key_to_cryptography(decode_credential_public_key(verified.credential_public_key))
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), verified.credential_id


def verified_answer(registration: str, rp_id: str, origins: Sequence[str]) -> VerifiedRegistration | None:
    """The same as the library gives it; its key can be read."""
    from webauthn import verify_registration_response
    from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = str(session.pop(CHALLENGE, ""))
    if not challenge or len(registration) > LONGEST:
        return None
    try:
        verified = verify_registration_response(
            credential=registration, expected_challenge=from_base64url(challenge), expected_rp_id=rp_id,
            expected_origin=list(origins), require_user_verification=True,
        )
        decoded_public_key_to_cryptography(decode_credential_public_key(verified.credential_public_key))
    # What a stranger nests deeply enough makes the parsers of JSON and CBOR run out of stack.
    except (EvidenceError, WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return verified
