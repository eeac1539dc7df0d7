"""C2SP signed-note with Ed25519 signatures and cosignatures (EVIDENCE 2.5, 2.7).

May import `schemes.ed25519`, `base64_text`, `errors`. Lines of unknown keys are ignored, as the
specification asks; a line of a known key that does not fit spoils the note.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from .base64_text import from_base64, to_base64
from .errors import EvidenceError, Malformed, Rejected
from .schemes import ed25519

ALG_ED25519: Final = 0x01
ALG_COSIGNATURE: Final = 0x04
MAX_SIGNATURES: Final = 64
MAX_NOTE_BYTES: Final = 1_000_000

_DASH: Final = "\u2014 "
_CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f]")


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(map(_is_space_or_control, name))


def _is_space_or_control(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] in "CZ"


def key_id(name: str, public_raw: bytes, alg: int = ALG_ED25519) -> bytes:
    """Give the four bytes that tell keys of one name apart."""
    return sha256(name.encode("utf-8") + b"\n" + bytes([alg]) + public_raw).digest()[:4]


def vkey(name: str, public_raw: bytes, alg: int = ALG_ED25519) -> str:
    """Format a verifier key."""
    material = to_base64(bytes([alg]) + public_raw)
    return f"{name}+{key_id(name, public_raw, alg).hex()}+{material}"


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A key that may sign notes (alg 1) or cosign checkpoints (alg 4) under a name."""

    name: str
    alg: int
    public_raw: bytes

    @property
    def id(self) -> bytes:
        """Give the four bytes that tell keys of one name apart."""
        return key_id(self.name, self.public_raw, self.alg)

    @property
    def vkey(self) -> str:
        """Format as a verifier key."""
        return vkey(self.name, self.public_raw, self.alg)

    @classmethod
    def from_vkey(cls, text: str) -> "NoteKey":
        """Read a verifier key.

        Raises:
            Malformed: `VKEY` when it is not one of the two kinds known here.
            Rejected: `KEY_WEAK` when it would prove nothing.
        """
        name, _, rest = text.partition("+")
        material = rest.partition("+")[2]
        try:
            raw = from_base64(material)
        except EvidenceError:
            raw = b""
        if not _is_name(name) or len(raw) != 33 or raw[0] not in (ALG_ED25519, ALG_COSIGNATURE):
            raise Malformed("VKEY", f"This is no verifier key of a log or witness: {text!a}")
        key = cls(name, raw[0], raw[1:])
        if key.vkey != text:
            raise Malformed("VKEY", f"The key id does not belong to this verifier key: {text!a}")
        ed25519.check_raw(key.public_raw)
        return key

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Tell whether this key made the signature field over the text of a note."""
        try:
            key = ed25519.open_raw(self.public_raw)
        except EvidenceError:
            return False
        if self.alg == ALG_ED25519:
            return key.verify(signature, text)
        timestamp = int.from_bytes(signature[:8], "big")
        return timestamp < 2**63 and key.verify(signature[8:], cosigned_bytes(timestamp, text))


def cosigned_bytes(timestamp: int, text: bytes) -> bytes:
    """Give what a witness signs about a checkpoint (C2SP tlog-cosignature, Ed25519)."""
    return b"cosignature/v1\ntime %d\n" % timestamp + text


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: a name, a key id, and what follows it."""

    name: str
    key_id: bytes
    signature: bytes

    def to_line(self) -> bytes:
        """Format as a signature line."""
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.signature)}\n".encode()


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signature lines; nothing is verified before `verify` is asked."""

    text: bytes
    signatures: tuple[NoteSignature, ...]

    def to_bytes(self) -> bytes:
        """Format as a note."""
        return self.text + b"\n" + b"".join(line.to_line() for line in self.signatures)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Note":
        """Read a note.

        Raises:
            Malformed: `NOTE_MALFORMED`.
        """
        if len(data) > MAX_NOTE_BYTES:
            raise Malformed("NOTE_MALFORMED", "The note is too large.")
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("NOTE_MALFORMED", "The note is not UTF-8.") from None
        if _CONTROL.search(data):
            raise Malformed("NOTE_MALFORMED", "The note holds a control character.")
        text, gap, lines = data.rpartition(b"\n\n")
        if not gap or not text or not lines.endswith(b"\n"):
            raise Malformed("NOTE_MALFORMED", "The note lacks the empty line before its signatures.")
        signatures = lines[:-1].split(b"\n")
        if len(signatures) > MAX_SIGNATURES:
            raise Malformed("NOTE_MALFORMED", "The note has too many signatures.")
        return cls(text + b"\n", tuple(_read_line(line.decode("utf-8")) for line in signatures))

    def verify(self, keys: Iterable[NoteKey]) -> tuple[NoteKey, ...]:
        """Give those of the known keys that signed this note.

        Raises:
            Rejected: `NOTE_BAD` when a known key's signature does not fit.
        """
        signed: list[NoteKey] = []
        for key in keys:
            lines = [line for line in self.signatures if (line.name, line.key_id) == (key.name, key.id)]
            if not all(key.verify(self.text, line.signature) for line in lines):
                raise Rejected("NOTE_BAD", f"The signature of {key.name!a} does not fit the note.")
            if lines:
                signed.append(key)
        return tuple(signed)


def _read_line(line: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        field = from_base64(encoded)
    except EvidenceError:
        field = b""
    if not line.startswith(_DASH) or not _is_name(name) or len(field) <= 4:
        raise Malformed("NOTE_MALFORMED", "The note has a line that is no signature line.")
    return NoteSignature(name, field[:4], field[4:])


def sign_note(text: str, name: str, public_raw: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """Have a text signed as a note.

    Raises:
        Malformed: `NOTE_MALFORMED` when text or name cannot stand in a note.
    """
    body = text.encode("utf-8", "surrogatepass")
    line = NoteSignature(name, key_id(name, public_raw), sign(body))
    note = Note(body, (line,))
    if Note.from_bytes(note.to_bytes()) != note:
        raise Malformed("NOTE_MALFORMED", "This text cannot stand in a note: it must end in a line end.")
    return note.to_bytes()


def cosignature_line(
    text: bytes, name: str, public_raw: bytes, timestamp: int, sign: Callable[[bytes], bytes]
) -> bytes:
    """Have a checkpoint's text cosigned at a time, and give the line to append to its note."""
    signature = timestamp.to_bytes(8, "big") + sign(cosigned_bytes(timestamp, text))
    return NoteSignature(name, key_id(name, public_raw, ALG_COSIGNATURE), signature).to_line()
