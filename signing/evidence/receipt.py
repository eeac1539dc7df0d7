"""Receipts: C2SP tlog-proof with the whole entry inside (EVIDENCE 2.9, 4.6).

May import `checkpoint`, `merkle`, `note`, `envelope`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from .base64_text import from_base64, to_base64
from .checkpoint import Checkpoint, number_of
from .envelope import MAX_ENTRY_BYTES
from .errors import EvidenceError, Malformed, Rejected
from .merkle import HASH_BYTES, leaf_hash, verify_inclusion
from .note import NoteKey

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_RECEIPT_BYTES: Final = 1_000_000
MAX_PATH: Final = 64


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry, its place, the path from it to a root, and the log's signature on that root.

    An empty `entry` stands for a proof whose entry is handed on by other means.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    entry: bytes

    def to_bytes(self) -> bytes:
        """Format as a tlog-proof."""
        lines = [HEADER]
        if self.entry:
            lines.append(f"extra {to_base64(self.entry)}")
        lines.append(f"index {self.index}")
        lines.extend(to_base64(step) for step in self.path)
        return "\n".join([*lines, "", ""]).encode("ascii") + self.checkpoint

    @classmethod
    def from_bytes(cls, data: bytes) -> "Receipt":
        """Read a tlog-proof.

        Raises:
            Malformed: `RECEIPT_MALFORMED`.
        """
        if len(data) > MAX_RECEIPT_BYTES:
            raise Malformed("RECEIPT_MALFORMED", "The receipt is too large.")
        try:
            receipt = cls._read(data)
            Checkpoint.from_note(receipt.checkpoint)
        except (ValueError, IndexError, EvidenceError):
            raise Malformed("RECEIPT_MALFORMED", "This is not a receipt of a log entry.") from None
        if receipt.to_bytes() != data:
            raise Malformed("RECEIPT_MALFORMED", "The receipt is not in its only spelling.")
        return receipt

    @classmethod
    def _read(cls, data: bytes) -> "Receipt":
        head, _, checkpoint = data.partition(b"\n\n")
        lines = head.decode("ascii").split("\n")[1:]
        entry = from_base64(lines.pop(0).removeprefix("extra ")) if lines[0].startswith("extra ") else b""
        index = number_of(lines.pop(0).removeprefix("index "))
        path = tuple(from_base64(line) for line in lines)
        if len(entry) > MAX_ENTRY_BYTES or len(path) > MAX_PATH or any(len(p) != HASH_BYTES for p in path):
            raise Malformed("RECEIPT_MALFORMED", "The receipt holds something too long or too short.")
        return cls(index, path, checkpoint, entry)

    def verify(self, keys: Collection[NoteKey], entry: bytes | None = None) -> Checkpoint:
        """Check the log's signature and the path, and give the checkpoint they prove the entry is in.

        Raises:
            Malformed: `CHECKPOINT_MALFORMED`.
            Rejected: `CHECKPOINT_BAD` when a known key's signature does not fit, `LOG_KEY_UNKNOWN` when none
                of the keys is this log's and signed it, `RECEIPT_BAD` when the path misses the root.
        """
        checkpoint, note = Checkpoint.from_note(self.checkpoint)
        checkpoint.verify(note, keys)
        self.verify_path(checkpoint, self.entry if entry is None else entry)
        return checkpoint

    def verify_path(self, checkpoint: Checkpoint, entry: bytes) -> None:
        """Check that the path leads from an entry to a checkpoint's root, whoever signed that.

        Raises:
            Rejected: `RECEIPT_BAD` when it does not.
        """
        if not verify_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.path, checkpoint.root):
            raise Rejected("RECEIPT_BAD", "The path does not lead from the entry to the checkpoint's root.")
