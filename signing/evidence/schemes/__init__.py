"""The signature schemes a contact may use, one file each (EVIDENCE 4.4); one line of `SCHEMES` each.

May import the scheme files below it and the rooms `errors` and `base64_text`.
"""

from typing import Final, Protocol

from ..errors import Rejected
from . import ed25519, openpgp, p256, sshsig, webauthn
from .place import Place

__all__ = ["FITS", "LEVELS", "SCHEMES", "OpenKey", "Place", "Scheme", "open_key"]

FITS: Final = ""
BAD: Final = "SIGNATURE_BAD"
# EVIDENCE 4.1; the attestor's own signatures are level 1 whatever their scheme.
LEVELS: Final = {"ed25519": 2, "p256": 2, "webauthn": 3, "sshsig": 4, "openpgp": 4}


class OpenKey(Protocol):
    """A public key that was read, found sound, and can judge signatures."""

    @property
    def name(self) -> str:
        """The key's name, as the ordinary tool prints it (EVIDENCE 4.2)."""

    @property
    def text(self) -> str:
        """The key in its only spelling."""

    def judge(self, signature: bytes, message: bytes, place: Place) -> str:
        """Judge a signature over the message (the PAE); any bytes may come, no exception goes out.

        Gives FITS, else a code of EVIDENCE 4.9 step 9: `SIGNATURE_BAD`, `WEBAUTHN_CHALLENGE`, `WEBAUTHN_ORIGIN`,
        `WEBAUTHN_RPID`, `WEBAUTHN_FLAGS`; or `SCHEME_NOT_CHECKED` when this machine lacks the judge.
        """


class Scheme(Protocol):
    """What a scheme file offers."""

    NAME: str

    def open_key(self, text: str) -> OpenKey:
        """Read a public key, refusing weak and foreign ones."""


SCHEMES: Final[dict[str, Scheme]] = {
    ed25519.NAME: ed25519,
    p256.NAME: p256,
    webauthn.NAME: webauthn,
    sshsig.NAME: sshsig,
    openpgp.NAME: openpgp,
}


def open_key(scheme: str, text: str) -> OpenKey:
    """Read a public key of a named scheme.

    Raises:
        Rejected: `KEY_TYPE` when scheme or kind of key is unknown, `KEY_WEAK` when the key proves nothing.
    """
    found = SCHEMES.get(scheme)
    if found is None:
        raise Rejected("KEY_TYPE", f"The signature scheme {scheme!a} is not known here.")
    return found.open_key(text)
