"""Every signed head of the log that is shown, against the log itself (EVIDENCE 4.9, steps 2 and 4).

May import the rooms here.
"""

import re
from collections.abc import Iterator, Mapping

from .auditor import Auditor
from .checkpoint import Checkpoint
from .errors import EvidenceError, Malformed, Rejected
from .history import EarlierLetters
from .ledger import Ledger
from .logged_entries import entry_index
from .merkle import leaf_hash
from .note import Note
from .receipt import Receipt
from .report import Report

CHECKPOINT = "log/checkpoint"

_STORED = re.compile(r"checkpoints/(0|[1-9][0-9]*)(\.cosigs)?", re.ASCII)


class Heads:
    """Compares heads with a letter's log and notes in the report what does not fit."""

    def __init__(self, report: Report, files: Mapping[str, bytes], auditor: Auditor) -> None:
        self.report = report
        self.files = files
        self.auditor = auditor

    def check_newest(self, checkpoint: Checkpoint, note: Note) -> None:
        """Step 2: the newest checkpoint is the log's, and enough witnesses have cosigned it."""
        if not self.auditor.log_key_given:
            self.report.leave_open(
                "LOG_KEY_NOT_GIVEN",
                "Nobody told this check the log's key: whether the log is the service's own is not proved.",
            )
        try:
            checkpoint.verify(note, self.auditor.log_keys)
        except EvidenceError as error:
            self.report.fail(error.code, error.message)
        try:
            if self.auditor.policy is not None:
                self.auditor.policy.verify(note)
        except EvidenceError as error:
            self.report.fail(error.code, error.message)

    def earlier_letters(self, origin: str) -> EarlierLetters:
        """Step 4: read the receipts of earlier letters."""
        earlier = EarlierLetters(origin, self.auditor)
        for name in self._under(self.files, "history/"):
            try:
                earlier.add(self.files[name])
            except EvidenceError as error:
                self.report.fail(error.code, f"The file {name}: {error.message}")
        return earlier

    def check_root(self, newest: Checkpoint, ledger: Ledger) -> None:
        """Step 3: the entries are those the newest checkpoint covers."""
        if ledger.size != newest.size or ledger.roots[-1] != newest.root:
            self.report.fail("ROOT_MISMATCH", "The entries are not those the newest checkpoint covers.")

    def check_others(self, ledger: Ledger) -> None:
        """Step 4: stored checkpoints with what witnesses said of them, and receipts."""
        self._check_files(self.files, ledger, "The file")

    def check_older(self, older: Mapping[str, bytes] | bytes, ledger: Ledger) -> None:
        """Step 4: an earlier copy, a bundle or a receipt, is the beginning of this one."""
        before = len(self.report.failures)
        if isinstance(older, bytes):
            with_path = {"receipts/earlier": older}
            self._check_files(with_path, ledger, "The earlier copy:")
            size = 1
        else:
            size = self._check_older_bundle(older, ledger)
            self._check_files(older, ledger, "The earlier copy's file")
        if len(self.report.failures) == before:
            self.report.continues = size

    def _check_older_bundle(self, older: Mapping[str, bytes], ledger: Ledger) -> int:
        try:
            self._check_head(older.get(CHECKPOINT, b""), ledger, "CHECKPOINT_FORKED")
        except EvidenceError as error:
            self.report.fail(error.code, f"The earlier copy: {error.message}")
            return 0
        indexes = [index for name in older if (index := entry_index(name)) is not None]
        for name in older:
            index = entry_index(name)
            if index is not None and (index >= ledger.size or leaf_hash(older[name]) != ledger.leaves[index]):
                self.report.fail("ROOT_MISMATCH", "The earlier copy has another entry at this place.", index)
        return len(indexes)

    def _check_files(self, files: Mapping[str, bytes], ledger: Ledger, where: str) -> None:
        for name in files:
            try:
                if _STORED.fullmatch(name):
                    self._check_stored(files, name, ledger)
                elif name.startswith("receipts/"):
                    self._check_receipt(files[name], ledger)
            except EvidenceError as error:
                code = "RECEIPT_BAD" if error.code == "RECEIPT_MALFORMED" else error.code
                self.report.fail(code, f"{where} {name}: {error.message}")

    def _check_stored(self, files: Mapping[str, bytes], name: str, ledger: Ledger) -> None:
        note = files.get(name.removesuffix(".cosigs"))
        if name.endswith(".cosigs"):
            if note is None:
                raise Malformed("CHECKPOINT_MALFORMED", "The checkpoint that is cosigned here is missing.")
            self._check_cosignatures(note, files[name])
            return
        checkpoint = self._check_head(files[name], ledger, "CHECKPOINT_FORKED")
        if str(checkpoint.size) != name.removeprefix("checkpoints/"):
            raise Malformed("CHECKPOINT_MALFORMED", "It is not of the size it is filed under.")

    def _check_cosignatures(self, note: bytes, lines: bytes) -> None:
        """Lines of known witnesses must fit; how many there must be is asked of the newest checkpoint alone."""
        alone, (checkpoint, cosigned) = Checkpoint.from_note(note)[1], Checkpoint.from_note(note + lines)
        if cosigned.text != alone.text or not lines:
            raise Malformed("CHECKPOINT_MALFORMED", "These are no signature lines to append to the checkpoint.")
        self.auditor.check_note(checkpoint, cosigned)

    def _check_head(self, data: bytes, ledger: Ledger, forked: str) -> Checkpoint:
        """Compare another head of this log with ours, and keep both notes when they contradict."""
        checkpoint, note = Checkpoint.from_note(data)
        if checkpoint.origin != ledger.origin:
            raise Rejected("LETTER_MISMATCH", "The checkpoint is another letter's.")
        self.auditor.check_note(checkpoint, note)
        if checkpoint.size > ledger.size or checkpoint.root != ledger.roots[checkpoint.size]:
            newest = self.files.get(CHECKPOINT, b"")
            self.report.evidence += [text.decode("utf-8", "replace") for text in (data, newest)]
            raise Rejected(forked, f"The log has signed another history at size {checkpoint.size}.")
        return checkpoint

    def _check_receipt(self, data: bytes, ledger: Ledger) -> None:
        receipt = Receipt.from_bytes(data)
        checkpoint = self._check_head(receipt.checkpoint, ledger, "RECEIPT_FORKED")
        receipt.verify_path(checkpoint, receipt.entry)

    @staticmethod
    def _under(files: Mapping[str, bytes], folder: str) -> Iterator[str]:
        return (name for name in files if name.startswith(folder))
