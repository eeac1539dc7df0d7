"""C2SP tlog-checkpoint: what a log says about its own state (EVIDENCE 2.6); may import `note`, `merkle`."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from .base64_text import from_base64, to_base64
from .errors import EvidenceError, Malformed, Rejected
from .merkle import HASH_BYTES
from .note import ALG_ED25519, Note, NoteKey, sign_note

MAX_SIZE = 2**53 - 1

_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


def number_of(text: str) -> int:
    """Read a decimal number in its only spelling.

    Raises:
        Malformed: `NUMBER` for signs, leading zeros, other digits, or beyond 2^53 - 1.
    """
    if not _NUMBER.fullmatch(text) or int(text) > MAX_SIZE:
        raise Malformed("NUMBER", "This is not a plain decimal number.")
    return int(text)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Origin, size and root of a log at one moment."""

    origin: str
    size: int
    root: bytes

    def to_text(self) -> str:
        """Format as the text of a note."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    @classmethod
    def from_text(cls, text: bytes) -> "Checkpoint":
        """Read the text of a note: three lines, no extensions.

        Raises:
            Malformed: `CHECKPOINT_MALFORMED`.
        """
        try:
            origin, size, encoded, end = text.decode("utf-8").split("\n")
            checkpoint = cls(origin, number_of(size), from_base64(encoded))
        except (ValueError, EvidenceError):
            checkpoint, end = cls("", 0, b""), ""
        if not checkpoint.origin or end or len(checkpoint.root) != HASH_BYTES:
            raise Malformed("CHECKPOINT_MALFORMED", "A checkpoint is origin, size and root, a line each.")
        return checkpoint

    @classmethod
    def from_note(cls, data: bytes) -> tuple["Checkpoint", Note]:
        """Read a signed checkpoint; no signature is verified here.

        Raises:
            Malformed: `CHECKPOINT_MALFORMED`.
        """
        try:
            note = Note.from_bytes(data)
        except EvidenceError as error:
            raise Malformed("CHECKPOINT_MALFORMED", error.message) from None
        return cls.from_text(note.text), note

    def verify(self, note: Note, keys: Collection[NoteKey]) -> None:
        """Check that a log's key, named by the origin, signed the note this checkpoint was read from.

        Raises:
            Rejected: `CHECKPOINT_BAD` when a known key's signature does not fit, `LOG_KEY_UNKNOWN` when none
                of the keys is this log's and signed it.
        """
        try:
            signed = note.verify(keys)
        except EvidenceError as error:
            raise Rejected("CHECKPOINT_BAD", error.message) from None
        if not any(key.name == self.origin and key.alg == ALG_ED25519 for key in signed):
            raise Rejected("LOG_KEY_UNKNOWN", "No known key of this log signed the checkpoint.")

    def sign(self, public_raw: bytes, sign: Callable[[bytes], bytes]) -> bytes:
        """Have this checkpoint signed by the log, whose key is named by the origin.

        Raises:
            Malformed: `NOTE_MALFORMED` when the origin cannot stand in a note.
        """
        return sign_note(self.to_text(), self.origin, public_raw, sign)
