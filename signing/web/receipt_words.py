"""What a receipt says, read from its own bytes: the page shows what is in the file, not what we remember."""

from __future__ import annotations

from dataclasses import dataclass

from signing.evidence.checkpoint import Checkpoint
from signing.evidence.envelope import Envelope
from signing.evidence.receipt import Receipt
from signing.evidence.signatory import Signatory
from signing.evidence.statement import AssentStatement, parse


@dataclass(frozen=True, slots=True)
class ReceiptWords:
    """`words` are the files that were answered, by name, with their SHA-256."""

    origin: str
    size: int
    root: str
    words: tuple[tuple[str, str], ...]
    listed_as: str
    acronym: str | None
    native_name: str | None


def read(receipt: bytes) -> ReceiptWords:
    """Take a receipt of ours apart. Raises EvidenceError when it is none."""
    proof = Receipt.from_bytes(receipt)
    checkpoint, _note = Checkpoint.from_note(proof.checkpoint)
    statement = parse(Envelope.from_bytes(proof.entry).payload)
    assert isinstance(statement, AssentStatement)
    who = statement.signatory if isinstance(statement.signatory, Signatory) else None
    return ReceiptWords(
        origin=checkpoint.origin, size=checkpoint.size, root=checkpoint.root.hex(),
        words=tuple((each.name, each.sha256) for each in statement.subject),
        listed_as=who.listed_as if who else "", acronym=who.acronym if who else None,
        native_name=who.native_name if who else None,
    )
