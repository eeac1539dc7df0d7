"""The offline verifier: EVIDENCE 4.9, step by step, with its numbers.

May import the rooms here. It is given bytes, reads no files, no clock and no network, and never stops at a
failure: failures collect, a bad entry counts for nothing and the rest is still judged.
Steps 5 (stamps), 8 (key statements) and 11 (openings) join when what they judge exists.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from . import merkle, tiles
from .checkpoint import Checkpoint
from .edition import PrintedList, check_edition, edition_folder, printed_lists
from .entries import Failure, Mapper, Reading
from .errors import EvidenceError, Malformed, Rejected
from .ledger import Ledger, replay
from .note import Note, NoteKey
from .organisations import rows_of
from .policy import Policy
from .receipt import Receipt
from .report import Report
from .signatory import Signatory
from .trust import Trust

CHECKPOINT: Final = "log/checkpoint"
MAX_ENTRIES: Final = 10_000_000

_ENTRY = re.compile(r"entries/([0-9]{6}|[1-9][0-9]{6,7})\.dsse\.json", re.ASCII)
_NAMES = re.compile(
    r"README\.txt|policy|signatories\.json|pdf/[A-Za-z0-9-]+\.pdf"
    r"|letter/[1-9][0-9]*\.[A-Za-z0-9-]+\.(md|txt)"
    r"|entries/[0-9]{6,8}\.(dsse\.json|pae|sig)|keys/[^/]+"
    r"|log/checkpoint|log/tile/[0-9]+/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]{1,3})?"
    r"|checkpoints/(0|[1-9][0-9]*)(\.cosigs|\.[A-Za-z0-9-]+\.tsr)?|tsa/[^/]+\.pem"
    r"|receipts/[^/]+\.tlog-proof|history/[^/]+\.tlog-proof|openings/[^/]+"
    r"|editions/[1-9][0-9]*/(signatories\.json|pdf/[A-Za-z0-9-]+\.pdf)",
    re.ASCII,
)


def is_bundle_name(name: str) -> bool:
    """Tell whether a bundle may hold a file of this name (EVIDENCE 4.7)."""
    return _NAMES.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the auditor brings: coordinators' names, witnesses and quorum, None where nothing; and log keys.

    Where nobody names a log key, the bundle's own word is taken: it proves nothing about whose log this is,
    but damage still shows.
    """

    log_keys: tuple[NoteKey, ...]
    log_key_given: bool
    coordinators: tuple[str, ...] | None
    policy: Policy | None


def verify_bundle(
    files: Mapping[str, bytes],
    trust: Trust | None,
    *,
    map: Mapper = map,  # the builtin's name, because a pool's map takes its place
    older: Mapping[str, bytes] | None = None,
    log_key: NoteKey | None = None,
    coordinator: str | None = None,
) -> Report:
    """Judge a bundle; what the caller names itself (`log_key`, `coordinator`) goes before the trust file."""
    report = Report()
    try:
        _Verification(report, files, trust, map, log_key, coordinator).run(older)
    except EvidenceError as error:
        report.fail(error.code, error.message)
    return report


class _Verification:
    def __init__(
        self,
        report: Report,
        files: Mapping[str, bytes],
        trust: Trust | None,
        mapper: Mapper,
        log_key: NoteKey | None,
        coordinator: str | None,
    ) -> None:
        self.report = report
        self.files = files
        self.trust = trust
        self.map = mapper
        self.log_key = log_key
        self.coordinator = coordinator

    def run(self, older: Mapping[str, bytes] | None) -> None:
        # 1. Files
        for name in self.files:
            if not is_bundle_name(name):
                self.report.fail("BUNDLE_MALFORMED", f"A bundle has no file {name!a}.")
        # 2. Newest checkpoint
        newest, note = Checkpoint.from_note(self.files.get(CHECKPOINT, b""))
        self.report.letter = newest.origin
        known = self._known(newest.origin)
        self._check_newest(newest, note, known)
        # 3. Tree
        entries, leaves = self._tree(newest)
        # 6. 7. 9. 10. Each entry, in order
        reading = Reading(entries, self.map)
        lists = printed_lists(self.files)  # here, while a pool is busy with the signatures
        ledger = replay(
            entries,
            files=self.files,
            coordinators=known.coordinators,
            origin=newest.origin,
            leaves=leaves,
            reading=reading,
        )
        self.report.entries = sum(entry is not None for entry in entries)
        self._check_root(newest, ledger)
        # 4. Other heads
        self._check_stored_checkpoints(ledger, known)
        self._check_receipts(ledger, known)
        if older is not None:
            self._check_older(older, ledger, known)
        self.report.failures.extend(ledger.failures)
        # 10. The editions' files
        self._check_editions(ledger, lists)
        # 12. Report
        _describe(self.report, ledger)
        self._remark(ledger)

    def _known(self, origin: str) -> _Known:
        keys, given = self._log_keys(origin)
        names: tuple[str, ...] | None = None
        if self.coordinator is not None:
            names = (self.coordinator,)
        elif self.trust is not None and self.trust.coordinators:
            names = self.trust.coordinators
        return _Known(keys, given, names, self.trust.witness_policy() if self.trust else None)

    def _log_keys(self, origin: str) -> tuple[tuple[NoteKey, ...], bool]:
        if self.log_key is not None:
            return (self.log_key,), True
        if self.trust is not None and self.trust.logs:
            return self.trust.log_keys(origin), True
        try:
            return Policy.from_text(self.files.get("policy", b"").decode("utf-8", "replace")).logs, False
        except EvidenceError as error:
            self.report.fail("BUNDLE_MALFORMED", f"The file policy cannot be read. {error.message}")
            return (), False

    def _check_newest(self, checkpoint: Checkpoint, note: Note, known: _Known) -> None:
        if not known.log_key_given:
            self.report.leave_open(
                "LOG_KEY_NOT_GIVEN",
                "Nobody told this check the log's key: whether the log is the service's own is not proved.",
            )
        try:
            checkpoint.verify(note, known.log_keys)
        except EvidenceError as error:
            self.report.failures.append(Failure(error.code, None, error.message))
        try:
            if known.policy is not None:
                known.policy.verify(note)
        except EvidenceError as error:
            self.report.fail(error.code, error.message)

    def _tree(self, newest: Checkpoint) -> tuple[list[bytes | None], list[bytes]]:
        found = {int(m[1]): data for name, data in self.files.items() if (m := _ENTRY.fullmatch(name))}
        count = max(found, default=-1) + 1
        logged = {name.removeprefix("log/"): data for name, data in self.files.items() if name.startswith("log/tile/")}
        if len(found) == newest.size == count:
            entries: list[bytes | None] = [found[index] for index in range(count)]
            leaves = [merkle.leaf_hash(found[index]) for index in range(count)]
        else:
            entries, leaves = self._withheld(found, count, newest, logged)
        expected = tiles.tiles(leaves)
        for path in sorted(logged.keys() | {path for path in expected if path.startswith("tile/0/")}):
            if logged.get(path) != expected.get(path):
                self.report.fail("TILE_MISMATCH", f"The tile log/{path} does not fit the entries.")
        return entries, leaves

    def _withheld(
        self, found: dict[int, bytes], count: int, newest: Checkpoint, logged: Mapping[str, bytes]
    ) -> tuple[list[bytes | None], list[bytes]]:
        if count > newest.size or newest.size > MAX_ENTRIES:
            raise Malformed("ROOT_MISMATCH", f"The checkpoint covers {newest.size} entries, not {count}.")
        try:
            leaves = tiles.leaves_from_tiles(logged, newest.size)
        except EvidenceError as error:
            message = f"The checkpoint covers {newest.size} entries, {len(found)} are here. {error.message}"
            raise Malformed("ROOT_MISMATCH", message) from None
        for index, data in found.items():
            if merkle.leaf_hash(data) != leaves[index]:
                self.report.fail("TILE_MISMATCH", "The entry is not the one of the log's tile.", index)
                leaves[index] = merkle.leaf_hash(data)
        self.report.leave_open(
            "REDACTED",
            f"{newest.size - len(found)} entries are withheld. A withheld entry cannot add a name; "
            "it can hide a withdrawal.",
        )
        return [found.get(index) for index in range(newest.size)], leaves

    def _check_root(self, newest: Checkpoint, ledger: Ledger) -> None:
        if ledger.size != newest.size or ledger.roots[-1] != newest.root:
            self.report.fail("ROOT_MISMATCH", "The entries are not those the newest checkpoint covers.")

    def _check_stored_checkpoints(self, ledger: Ledger, known: _Known) -> None:
        for name, data in self.files.items():
            size = name.removeprefix("checkpoints/")
            if size == name or not size.isdecimal():
                continue
            try:
                checkpoint = self._check_head(data, ledger, known, "CHECKPOINT_FORKED")
                if str(checkpoint.size) != size:
                    raise Malformed("CHECKPOINT_MALFORMED", "It is not of the size it is filed under.")
            except EvidenceError as error:
                self.report.fail(error.code, f"The file {name}: {error.message}")

    def _check_head(self, data: bytes, ledger: Ledger, known: _Known, forked: str) -> Checkpoint:
        """Compare another head of this log with ours, and keep both notes when they contradict."""
        checkpoint, note = Checkpoint.from_note(data)
        if checkpoint.origin != ledger.origin:
            raise Rejected("LETTER_MISMATCH", "The checkpoint is another letter's.")
        checkpoint.verify(note, known.log_keys)
        if checkpoint.size > ledger.size or checkpoint.root != ledger.roots[checkpoint.size]:
            newest = self.files.get(CHECKPOINT, b"")
            self.report.evidence += [text.decode("utf-8", "replace") for text in (data, newest)]
            raise Rejected(forked, f"The log has signed another history at size {checkpoint.size}.")
        return checkpoint

    def _check_receipts(self, ledger: Ledger, known: _Known) -> None:
        for name, data in self.files.items():
            if not name.startswith("receipts/"):
                continue
            try:
                receipt = Receipt.from_bytes(data)
                checkpoint = self._check_head(receipt.checkpoint, ledger, known, "RECEIPT_FORKED")
                receipt.verify_path(checkpoint, receipt.entry)
            except EvidenceError as error:
                code = "RECEIPT_BAD" if error.code == "RECEIPT_MALFORMED" else error.code
                self.report.fail(code, f"The file {name}: {error.message}")

    def _check_older(self, older: Mapping[str, bytes], ledger: Ledger, known: _Known) -> None:
        try:
            self._check_head(older.get(CHECKPOINT, b""), ledger, known, "CHECKPOINT_FORKED")
        except EvidenceError as error:
            self.report.fail(error.code, f"The earlier copy: {error.message}")

    def _check_editions(self, ledger: Ledger, lists: Mapping[str, PrintedList]) -> None:
        if not ledger.closings:
            self.report.leave_open("NOT_CLOSED", "The coordinator has not signed a list yet.")
            return
        current = ledger.closings[-1]
        for closing in ledger.closings:
            folder = edition_folder(closing.statement.edition, current.statement.edition)
            self.report.failures.extend(check_edition(closing, self.files, lists, folder))
        if any(answer.index > current.index for answer in ledger.live.values()):
            self.report.warn("EDITION_BEHIND", "Somebody has answered since the newest edition was closed.")

    def _remark(self, ledger: Ledger) -> None:
        if self.coordinator is None and (self.trust is None or not self.trust.coordinators):
            self.report.leave_open(
                "COORDINATOR_NOT_GIVEN",
                "Nobody told this check the coordinator's key: whose letter and list this is, is not proved.",
            )
        if not ledger.live:
            self.report.leave_open("NOTHING_PROVED", "There is no sound answer of any organisation here.")
        if self.trust is not None and self.trust.tsa_roots:
            self.report.leave_open("TIMESTAMP_MISSING", "No time stamp covers the newest checkpoint.")
        else:
            self.report.warn("TIMES_CLAIMED", "All times are the signers' claims: no time stamps are trusted.")
        if self.trust is None or not self.trust.policy.strip():
            self.report.warn(
                "NO_WITNESS_POLICY", "No witnesses are asked for: the log may have shown others another history."
            )
        self._remark_on_holder(ledger)

    def _remark_on_holder(self, ledger: Ledger) -> None:
        used = {version.statement.by for version in ledger.versions}
        used |= {closing.statement.by for closing in ledger.closings}
        held = self.trust.held_by_service if self.trust is not None else None
        if held is None:
            self.report.warn(
                "COORDINATOR_KEY_HOLDER_UNKNOWN",
                "It is not known whether the service holds the coordinator's key. If it does, it could have "
                "signed versions and list alone.",
            )
        elif used & set(held):
            self.report.warn(
                "COORDINATOR_KEY_HELD_BY_SERVICE",
                "The coordinator's key is held by the service: versions and list rest on the service's word.",
            )


def _describe(report: Report, ledger: Ledger) -> None:
    report.title = ledger.versions[-1].statement.title if ledger.versions else ""
    report.confidential = sum(not isinstance(answer.signatory, Signatory) for answer in ledger.approvals())
    report.organisations.extend(rows_of(ledger, {}))
