"""The key that somebody offers to sign with, as a form carries it; judged by the evidence floor, never by its label."""

from __future__ import annotations

from collections.abc import Mapping

from signing.evidence.errors import EvidenceError
from signing.evidence.keyring import own_key_from_text, public_key_from_text
from signing.web import passkeys
from signing.workflow.enrolment import KeyUnfit, OfferedKey

MADE_IN_PAGES = ("ed25519", "p256")
PASSKEY = "webauthn"


def read(posted: Mapping[str, str]) -> OfferedKey:
    """The key of a page's script: made in the browser, or a passkey with the proof that it was registered here.

    Raises KeyUnfit.
    """
    scheme, text = posted.get("scheme", ""), posted.get("public_key", "")
    if scheme == PASSKEY:
        return passkeys.proved(posted.get("proof", ""))
    if scheme not in MADE_IN_PAGES:
        raise unfit()
    try:
        return OfferedKey(public_key_from_text(scheme, text))
    except EvidenceError:
        raise unfit() from None


def own(text: str) -> OfferedKey:
    """A key that somebody pasted: an OpenSSH line or an OpenPGP certificate. Raises KeyUnfit."""
    try:
        return OfferedKey(own_key_from_text(text))
    except EvidenceError:
        raise unfit() from None


def unfit() -> KeyUnfit:
    """What to say of a text that is no key we can check."""
    return KeyUnfit(
        "This key cannot be used here: it is damaged, too weak, or of a kind we cannot check. Please use another."
    )
