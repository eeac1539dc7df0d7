"""SSH keys and the signatures of `ssh-keygen -Y sign` over the PAE (EVIDENCE 2.12; OpenSSH PROTOCOL.sshsig, .u2f).

May import `ed25519`, `p256`, `base64_text`, `errors`, cryptography. Admitted are ed25519, ecdsa-nistp256 and their
forms on a security key, which must have been touched: `ssh-keygen -Y verify` does not ask that of it (9.2), we do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256, sha512
from typing import Final

from ..base64_text import from_base64, to_base64
from ..errors import EvidenceError, Malformed, Rejected
from . import ed25519, p256
from .place import Place

NAME = "sshsig"
MAX_CHARACTERS: Final = 2048  # of a key line, its comment included
MAX_SIGNATURE_BYTES: Final = 8192

_ED25519, _ECDSA = "ssh-ed25519", "ecdsa-sha2-nistp256"
_SK_ED25519, _SK_ECDSA = "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"
_CURVE = b"nistp256"
_HASHES = {b"sha256": sha256, b"sha512": sha512}
_MAGIC, _VERSION = b"SSHSIG", 1
_USER_PRESENT = 0x01
_APPLICATION = b"ssh:"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_COLUMNS = 70
_NUMBER_BYTES = 33


class _Wire:
    """Reads SSH's binary encoding (RFC 4251, 5); whatever is short, long or out of form is Malformed."""

    def __init__(self, data: bytes) -> None:
        self._rest = data

    def take(self, count: int) -> bytes:
        taken, self._rest = self._rest[:count], self._rest[count:]
        if len(taken) != count:
            raise Malformed("SIGNATURE_BAD", "The SSH data ends too early.")
        return taken

    def integer(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        return self.take(self.integer())

    def number(self) -> int:
        """Read an mpint that is positive, small enough for P-256 and in its shortest form."""
        data = self.string()
        number = int.from_bytes(data, "big")
        if len(data) > _NUMBER_BYTES or not number or data != number.to_bytes(number.bit_length() // 8 + 1, "big"):
            raise Malformed("SIGNATURE_BAD", "A number in the SSH data is not in its shortest form.")
        return number

    def end(self) -> None:
        if self._rest:
            raise Malformed("SIGNATURE_BAD", "The SSH data goes on after its end.")


@dataclass(frozen=True, slots=True)
class SshKey:
    """An SSH public key that is safe to rely on."""

    name: str
    text: str
    _kind: str
    _blob: bytes
    _application: bytes
    _verify: Callable[[bytes, bytes], bool]

    def judge(self, signature: bytes, message: bytes, place: Place) -> str:
        """Judge an armoured signature over the message, made for this place's namespace."""
        try:
            return "" if self._fits(signature, message, place) else "SIGNATURE_BAD"
        except EvidenceError:
            return "SIGNATURE_BAD"

    def _fits(self, signature: bytes, message: bytes, place: Place) -> bool:
        wire = _Wire(_blob_of(signature))
        if wire.take(len(_MAGIC)) != _MAGIC or wire.integer() != _VERSION or wire.string() != self._blob:
            return False
        namespace, reserved, hash_name, inner = (wire.string() for _ in range(4))
        wire.end()
        hashed = _HASHES.get(hash_name)
        # ssh-keygen takes the reserved part for empty, whatever stands there: only where it is do we agree.
        if not namespace or namespace != place.ssh_namespace.encode("utf-8", "replace") or reserved or hashed is None:
            return False
        parts = (namespace, reserved, hash_name, hashed(message).digest())
        return self._fits_inside(inner, _MAGIC + b"".join(map(_string, parts)))

    def _fits_inside(self, inner: bytes, signed: bytes) -> bool:
        wire = _Wire(inner)
        if wire.string() != self._kind.encode():
            return False
        raw = wire.string()
        if self._application:
            tail = wire.take(5)
            if not tail[0] & _USER_PRESENT:
                return False
            signed = sha256(self._application).digest() + tail + sha256(signed).digest()
        wire.end()
        if self._kind in (_ECDSA, _SK_ECDSA):
            numbers = _Wire(raw)
            r, s = numbers.number(), numbers.number()
            numbers.end()
            raw = p256.numbers_to_der(r, s)
        return self._verify(raw, signed)


def open_key(text: str) -> SshKey:
    """Read a public key from one line of an OpenSSH `.pub` file; its comment is dropped.

    Raises:
        Rejected: `KEY_TYPE` when this is no such key or of a kind not admitted, `KEY_WEAK` when it proves nothing.
    """
    lines = text.strip().splitlines() if len(text) <= MAX_CHARACTERS else []
    words = lines[0].split() if len(lines) == 1 else []
    kind = words[0] if words else ""
    if len(words) < 2 or kind not in (_ED25519, _ECDSA, _SK_ED25519, _SK_ECDSA):
        raise Rejected("KEY_TYPE", "This is not one line with an SSH key of the kind ed25519 or ecdsa-nistp256.")
    try:
        blob = from_base64(words[1])
        verify, application = _open_blob(kind, blob)
    except Malformed:
        raise Rejected("KEY_TYPE", "This line does not hold the SSH key it begins with.") from None
    name = "ssh:SHA256:" + to_base64(sha256(blob).digest()).rstrip("=")
    return SshKey(name, f"{kind} {words[1]}\n", kind, blob, application, verify)


def armour_again(signature: bytes) -> bytes:
    """Spell a signature as `ssh-keygen -Y sign` prints it: for files that came through a form or a mail.

    Raises:
        Rejected: `SIGNATURE_BAD` when it is no armoured SSH signature.
    """
    try:
        body = to_base64(_blob_of(signature.strip().replace(b"\r\n", b"\n")))
    except Malformed as error:
        raise Rejected(error.code, error.message) from None
    lines = [body[start : start + _COLUMNS] for start in range(0, len(body), _COLUMNS)]
    return "\n".join((_BEGIN, *lines, _END, "")).encode("ascii")


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _blob_of(signature: bytes) -> bytes:
    if len(signature) > MAX_SIGNATURE_BYTES or not signature.isascii():
        raise Malformed("SIGNATURE_BAD", "This is not an armoured SSH signature.")
    # ssh-keygen wants the armour to begin the file and lines to end in LF, and takes any length of line.
    lines = signature.decode("ascii").removesuffix("\n").split("\n")
    if len(lines) < 3 or lines[0] != _BEGIN or lines[-1] != _END:
        raise Malformed("SIGNATURE_BAD", "This is not an armoured SSH signature.")
    return from_base64("".join(lines[1:-1]))


def _open_blob(kind: str, blob: bytes) -> tuple[Callable[[bytes, bytes], bool], bytes]:
    wire = _Wire(blob)
    if wire.string() != kind.encode():
        raise Malformed("KEY_TYPE", "The SSH key is of another kind than its line says.")
    verify: Callable[[bytes, bytes], bool]
    if kind in (_ED25519, _SK_ED25519):
        verify = ed25519.open_raw(wire.string()).verify
    else:
        if wire.string() != _CURVE:
            raise Malformed("KEY_TYPE", "The SSH key is on another curve than its line says.")
        point = p256.open_point(wire.string())

        def verify(signature: bytes, message: bytes) -> bool:
            return p256.verify(point, signature, message)

    application = wire.string() if kind in (_SK_ED25519, _SK_ECDSA) else b""
    wire.end()
    # ssh-keygen makes no others, and a web site's security key is not for SSH.
    if kind in (_SK_ED25519, _SK_ECDSA) and not application.startswith(_APPLICATION):
        raise Malformed("KEY_TYPE", "The security key is not for SSH.")
    return verify, application
