"""A receipt judged by itself, without the letter's bundle (EVIDENCE 4.6); may import the rooms here."""

from .checkpoint import Checkpoint
from .envelope import Envelope
from .errors import EvidenceError
from .note import Note, NoteKey
from .organisations import row_of_receipt
from .policy import Policy
from .receipt import Receipt
from .report import Report
from .statement import AssentStatement, parse
from .trust import Trust


def verify_receipt(data: bytes, trust: Trust | None, *, log_key: NoteKey | None = None) -> Report:
    """Judge a receipt by itself: that the log took in this entry, and what the entry says."""
    report = Report()
    try:
        receipt = Receipt.from_bytes(data)
        checkpoint, note = Checkpoint.from_note(receipt.checkpoint)
        report.letter = checkpoint.origin
        statement = parse(Envelope.from_bytes(receipt.entry).payload)
        if statement.letter != checkpoint.origin:
            report.fail("LETTER_MISMATCH", "The entry is about another letter than the log.", receipt.index)
        report.entries = 1
        if isinstance(statement, AssentStatement):
            report.organisations = [row_of_receipt(statement, receipt.index)]
        if log_key is None and (trust is None or not trust.logs):
            report.leave_open("LOG_KEY_NOT_GIVEN", "Nobody told this check the log's key.")
            receipt.verify_path(checkpoint, receipt.entry)
        elif log_key is not None:
            receipt.verify([log_key])
        elif trust is not None:
            receipt.verify(trust.log_keys(checkpoint.origin))
        policy = trust.witness_policy() if trust is not None else None
        if policy is not None:
            _check_witnesses(report, policy, note)
    except EvidenceError as error:
        report.fail(error.code, error.message)
    report.leave_open(
        "SIGNER_NOT_CHECKED",
        "A receipt shows that the log took in these words. Whether the right key signed them, and whether they "
        "were kept, the letter's bundle shows.",
    )
    return report


def _check_witnesses(report: Report, policy: Policy, note: Note) -> None:
    """Judge the witnesses' lines; that they are too few proves nothing against a receipt.

    It leaves with the answer, before any witness can have seen the checkpoint (EVIDENCE 4.5): an honest one has none.
    """
    try:
        policy.verify(note)
    except EvidenceError as error:
        if error.code != "WITNESS_QUORUM":
            raise
        report.leave_open(
            error.code,
            "Too few witnesses have cosigned this receipt's checkpoint: receipts leave before they can. The letter's "
            "bundle shows whether they saw the same log; compare with --since.",
        )
