"""Signing in with a passkey: what a browser is asked for, and whether what came back answers it.

py_webauthn judges. The challenge lies in the browser's signed session for as long as the gesture takes; that it is
answered once only is seen to by the workflow.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import session

from signing.domain.access import SignInPasskey
from signing.evidence.base64_text import from_base64url, to_base64url
from signing.evidence.errors import EvidenceError
from signing.workflow.ports import Services
from signing.workflow.signing_in import Challenge

ASKED = "entry-challenge"
CHALLENGE_BYTES = 32
LONGEST = 20_000


def options(services: Services, passkeys: Iterable[SignInPasskey]) -> dict[str, Any]:
    """What `signing-keys.js` hands to the authenticator; with no passkeys, it offers those that it has."""
    challenge = to_base64url(services.random(CHALLENGE_BYTES))
    session[ASKED] = [challenge, int(services.clock().timestamp())]
    return {
        "challenge": challenge, "rp": services.installation.host,
        "allow": [to_base64url(each.credential_id) for each in passkeys],
    }


def asked() -> Challenge | None:
    """The challenge that was asked last in this browser; it is given back once."""
    found = session.pop(ASKED, None)
    try:
        value, at = found or ("", 0)
        return Challenge(from_base64url(value), datetime.fromtimestamp(int(at), UTC)) if value else None
    except (EvidenceError, TypeError, ValueError):
        return None


def handle_of(assertion: str) -> bytes:
    """Which passkey an assertion says it is of."""
    try:
        read = json.loads(assertion[:LONGEST])
        return from_base64url(read["id"])
    except (EvidenceError, ValueError, KeyError, TypeError, RecursionError):
        return b""


def counter(
    assertion: str, challenge: Challenge | None, rp_id: str, origins: Sequence[str]
) -> Callable[[SignInPasskey], int | None]:
    """Gives the counter of a passkey that signed the challenge, its owner verified; None where it did not."""

    def counted(passkey: SignInPasskey) -> int | None:
        from webauthn import verify_authentication_response
        from webauthn.helpers.exceptions import WebAuthnException

        if challenge is None or len(assertion) > LONGEST:
            return None
        try:
            return verify_authentication_response(
                credential=assertion, expected_challenge=challenge.value, expected_rp_id=rp_id,
                expected_origin=list(origins), credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count, require_user_verification=True,
            ).new_sign_count
        # What a stranger nests deeply enough makes the parsers of JSON and CBOR run out of stack.
        except (EvidenceError, WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    return counted
