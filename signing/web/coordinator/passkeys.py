"""Registering a passkey: what the browser is asked, and what came back, judged by py_webauthn (EVIDENCE 2.13)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from signing.domain.access import Account
from signing.domain.errors import Faulty
from signing.evidence.base64_text import from_base64url, to_base64url
from signing.evidence.errors import EvidenceError
from signing.evidence.keyring import PublicKey
from signing.evidence.schemes import webauthn
from signing.web.page import _
from signing.workflow.ports import Services

CHALLENGE_BYTES = 32
LARGEST_REGISTRATION = 20_000


def options(services: Services, account: Account, known: Sequence[bytes]) -> dict[str, Any]:
    """What `signing-keys.js` hands to the authenticator; every byte string as base64url."""
    return {
        "rp": {"id": services.installation.host, "name": services.installation.host},
        "user": {"id": to_base64url(account.id.encode()), "name": account.email, "displayName": account.email},
        "challenge": to_base64url(services.random(CHALLENGE_BYTES)),
        "exclude": [to_base64url(each) for each in known],
    }


def registered(services: Services, registration: str, challenge: str) -> tuple[PublicKey, bytes]:
    """The public key and handle of a new passkey whose owner was verified.

    Raises Faulty when this is no answer to our challenge.
    """
    # Coordinators register a passkey once in a while, and the library takes long to load.
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from webauthn import verify_registration_response
    from webauthn.helpers import decode_credential_public_key
    from webauthn.helpers.decoded_public_key_to_cryptography import decoded_public_key_to_cryptography
    from webauthn.helpers.exceptions import WebAuthnException

    refusal = Faulty(_("The passkey was not registered. Please try once more."), field="passkey", code="passkey")
    if not challenge or len(registration) > LARGEST_REGISTRATION:
        raise refusal
    try:
        verified = verify_registration_response(
            credential=json.loads(registration),
            expected_challenge=from_base64url(challenge),
            expected_rp_id=services.installation.host,
            expected_origin=services.installation.base_url,
            require_user_verification=True,
        )
        key = decoded_public_key_to_cryptography(decode_credential_public_key(verified.credential_public_key))
        opened = webauthn.open_spki(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    except EvidenceError as error:
        raise Faulty(error.message, field="passkey", code="key-unfit") from None
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise refusal from None
    return PublicKey(opened.name, webauthn.NAME, opened.text), verified.credential_id
