"""Links and codes derived from one secret, so that none is ever stored (FLOORS 4: "No token in the outbox").

Each purpose has its own key, so that a value made for one can never serve another. Standard library only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

# Crockford's base 32: nothing in it is taken for something else when read out or copied by hand.
SHORT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SHORT_LENGTH = 12


class Tokens:
    """Derives links and codes; the database holds only digests of them."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("the secret key needs at least 32 bytes")
        self._secret = secret

    def _derive(self, purpose: str, *parts: bytes) -> bytes:
        key = hmac.digest(self._secret, b"signing/" + purpose.encode(), "sha256")
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(key, message, "sha256")

    def link(self, invitation_id: str, generation: int) -> str:
        """The 256-bit token of an emailed link."""
        token = self._derive("link", invitation_id.encode(), str(generation).encode())
        return base64.urlsafe_b64encode(token).rstrip(b"=").decode()

    @staticmethod
    def digest(token: str) -> bytes:
        """What the database holds of a link or a session secret."""
        return hashlib.sha256(token.encode()).digest()

    def code(self, code_id: str) -> str:
        """The eight digits mailed for a code."""
        number = int.from_bytes(self._derive("code", code_id.encode()), "big") % 10**8
        return f"{number:08d}"

    def code_digest(self, code: str, invitation_id: str, browser: str, version: int) -> bytes:
        """A keyed digest that binds the digits to invitation, browser and version."""
        return self._derive(
            "code-digest", code.encode(), invitation_id.encode(), browser.encode(), str(version).encode()
        )

    def short_code(self, invitation_id: str, generation: int) -> str:
        """Twelve letters and figures (60 bits) that open an invitation when typed at the service's own address."""
        number = int.from_bytes(self._derive("short-code", invitation_id.encode(), str(generation).encode()), "big")
        return "".join(SHORT_ALPHABET[number >> 5 * at & 31] for at in range(SHORT_LENGTH))

    def short_digest(self, code: str) -> bytes:
        """What the database holds of a short code, keyed: sixty bits could be guessed from a bare digest."""
        return self._derive("short-digest", code.encode())

    def reminders_token(self, invitation_id: str, address: str) -> str:
        """What stops the reminders of an invitation, as long as they go to this address, and can do nothing else."""
        token = self._derive("reminders", invitation_id.encode(), self.address_digest(address))
        return base64.urlsafe_b64encode(token).rstrip(b"=").decode()

    def address_digest(self, address: str) -> bytes:
        """A keyed digest of a mail address, whatever its case."""
        return self._derive("address", address.strip().casefold().encode("utf-8", "surrogatepass"))

    def source_digest(self, source: str, day: str) -> bytes:
        """A keyed digest of where a request came from, good for counting during `day` (ISO) and for nothing else."""
        return self._derive("source", source.encode("utf-8", "surrogatepass"), day.encode())

    def password_link(self, account_id: str, expires: int, password: str) -> str:
        """What lets somebody set the password of an account until that second, and as long as `password`, what is kept
        of it, is as it was: so it is good once."""
        return self._while_password("password-link", account_id, expires, password)

    def second_step_ticket(self, account_id: str, expires: int, password: str) -> str:
        """What says, likewise, that the password of an account was typed and its second step is awaited."""
        return self._while_password("second-step-ticket", account_id, expires, password)

    def _while_password(self, purpose: str, account_id: str, expires: int, password: str) -> str:
        proof = self._derive(purpose, account_id.encode(), str(expires).encode(), password.encode())
        return f"{account_id}.{expires}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode()}"

    def recovery_digest(self, account_id: str, code: str) -> str:
        """What is kept of a recovery code."""
        return self._derive("recovery", account_id.encode(), code.encode()).hex()

    def second_step_key(self) -> bytes:
        """The key under which what makes the codes of an app is kept."""
        return self._derive("second-step")

    def webhook_seed(self) -> bytes:
        """The private half of the Ed25519 key that signs what webhooks are told."""
        return self._derive("webhook")

    def cookie_key(self) -> bytes:
        """The key that signs the web's cookies."""
        return self._derive("cookie")
