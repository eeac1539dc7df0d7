"""What a receipt says, read from its own bytes: the page shows what is in the file, not what we remember."""

from __future__ import annotations

from dataclasses import dataclass

from signing.evidence.checkpoint import Checkpoint
from signing.evidence.envelope import Envelope
from signing.evidence.phrase import phrase, words_digest
from signing.evidence.receipt import Receipt
from signing.evidence.signatory import Commitment, Signatory
from signing.evidence.statement import AssentStatement, parse


@dataclass(frozen=True, slots=True)
class ReceiptWords:
    """`words` are the files that were answered, by name, with their SHA-256, and `phrase` all of them in words.

    `by` is the key that signed.
    """

    origin: str
    size: int
    root: str
    words: tuple[tuple[str, str], ...]
    phrase: str
    by: str
    confidential: bool
    listed_as: str
    acronym: str | None
    native_name: str | None


def statement_of(receipt: bytes) -> AssentStatement:
    """The statement inside a receipt of ours. Raises EvidenceError when it is none."""
    statement = parse(Envelope.from_bytes(Receipt.from_bytes(receipt).entry).payload)
    assert isinstance(statement, AssentStatement)
    return statement


def read(receipt: bytes) -> ReceiptWords:
    """Take a receipt of ours apart. Raises EvidenceError when it is none."""
    proof = Receipt.from_bytes(receipt)
    checkpoint, _note = Checkpoint.from_note(proof.checkpoint)
    statement = statement_of(receipt)
    who = statement.signatory if isinstance(statement.signatory, Signatory) else None
    return ReceiptWords(
        origin=checkpoint.origin, size=checkpoint.size, root=checkpoint.root.hex(),
        words=tuple((each.name, each.sha256) for each in statement.subject),
        phrase=phrase(words_digest({each.name.split(".")[1]: each.sha256 for each in statement.subject})),
        by=statement.by, confidential=isinstance(statement.signatory, Commitment),
        listed_as=who.listed_as if who else "", acronym=who.acronym if who else None,
        native_name=who.native_name if who else None,
    )
