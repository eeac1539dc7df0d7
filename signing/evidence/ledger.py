"""The state a log of entries adds up to: versions, live answers, closings (EVIDENCE 4.9, steps 6, 7, 9, 10).

May import the rooms here. The service compiles its list from it at closing, the verifier recomputes it.
A bad entry becomes a failure and counts for nothing; the rest is judged as if it were not there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from . import merkle
from .carry import Change, change_between
from .entries import Failure, Mapper, ReadEntry, Reading
from .envelope import Envelope
from .errors import EvidenceError, Rejected
from .letter_file import check_text
from .schemes import FITS, Place, ed25519
from .statement import AssentStatement, CloseStatement, LetterStatement, Subject

__all__ = ["Answer", "Closing", "Failure", "Ledger", "Version", "replay"]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the letter that is in force from its place in the log on."""

    index: int
    statement: LetterStatement
    digest: str
    change: Change


@dataclass(frozen=True, slots=True)
class Answer:
    """An organisation's assent, decline or withdrawal, at its place in the log."""

    index: int
    statement: AssentStatement
    digest: str


@dataclass(frozen=True, slots=True)
class Closing:
    """A signed edition, with the approvals that stood just before it."""

    index: int
    statement: CloseStatement
    version: Version
    approvals: tuple[Answer, ...]


@dataclass(slots=True)
class Ledger:
    """What the entries add up to; `live` is each organisation's newest answer, in order of first answer."""

    origin: str
    leaves: tuple[bytes, ...]
    roots: tuple[bytes, ...]
    versions: list[Version] = field(default_factory=list)
    live: dict[str, Answer] = field(default_factory=dict)
    closings: list[Closing] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Give the number of entries."""
        return len(self.leaves)

    def approvals(self) -> tuple[Answer, ...]:
        """Give the approvals that stand for the newest version, by themselves or by carry."""
        return tuple(answer for answer in self.live.values() if self.stands(answer))

    def stands(self, answer: Answer) -> bool:
        """Tell whether an answer approves the newest version, by itself or by carry."""
        statement = answer.statement
        return statement.decision == "approve" and self.carries(statement.version, bool(statement.accepts))

    def carries(self, version: int, accepts_typography: bool) -> bool:
        """Tell whether an approval of a version reaches the newest one, version by version."""
        return all(later.change.carries(accepts_typography) for later in self.versions[version:])


def replay(
    entries: Sequence[bytes | None],
    *,
    files: Mapping[str, bytes] | None,
    coordinators: Collection[str] | None,
    map: Mapper = map,  # the builtin's name, because a pool's map takes its place
    origin: str | None = None,
    leaves: Sequence[bytes] | None = None,
    reading: Reading | None = None,
) -> Ledger:
    """Walk the entries of one letter's log in order and give the state they add up to.

    Args:
        entries: the entries' bytes; None for one that is withheld, whose leaf hash must then be given.
        files: the letter's files as `letter/<name>`, None to leave them unread (nothing then carries by
            typography alone).
        coordinators: names of the keys that may sign the first version, None to take the letter's word.
        map: a map that keeps the order, to share the signatures out.
        origin: the log's origin; without it that of the first statement.
        leaves: the leaf hashes, where they are known already.
        reading: the reading of these entries, where it has begun already; `map` is then not used.
    """
    if reading is None:
        reading = Reading(entries, map)
    if leaves is None:
        leaves = [merkle.leaf_hash(entry) for entry in entries if entry is not None]
    ledger = Ledger(origin or "", tuple(leaves), tuple(merkle.roots(leaves)))
    judge = _Judge(ledger, entries, files, coordinators)
    for entry, signed in reading:
        judge.take(entry, signed)
    ledger.failures.extend(reading.failures)
    ledger.failures.sort(key=lambda failure: -1 if failure.entry is None else failure.entry)
    return ledger


class _Judge:
    """Takes entries in order, refuses the bad ones, lets the good ones change the ledger."""

    def __init__(
        self,
        ledger: Ledger,
        entries: Sequence[bytes | None],
        files: Mapping[str, bytes] | None,
        coordinators: Collection[str] | None,
    ) -> None:
        self.ledger = ledger
        self.entries = entries
        self.files = files
        self.coordinators = coordinators
        self.seen: set[str] = set()

    def take(self, entry: ReadEntry, signed: bool | None) -> None:
        if not self.ledger.origin:
            self.ledger.origin = entry.statement.letter
        try:
            self._check_common(entry)
            match entry.statement:
                case AssentStatement() as assent:
                    self._take_assent(entry, assent, signed)
                case LetterStatement() as letter:
                    self._take_letter(entry, letter, signed)
                case CloseStatement() as close:
                    self._take_close(entry, close, signed)
        except EvidenceError as error:
            self._fail(error, entry.index)

    def _fail(self, error: EvidenceError, index: int) -> None:
        self.ledger.failures.append(Failure(error.code, index, error.message))

    def _check_common(self, entry: ReadEntry) -> None:
        """Step 6, what is left of it once the entry is read."""
        statement, head = entry.statement, entry.statement.head
        if statement.letter != self.ledger.origin:
            raise Rejected("LETTER_MISMATCH", "The statement is about another letter.")
        if entry.digest in self.seen:
            raise Rejected("DUPLICATE_STATEMENT", "The same statement is in the log twice.")
        self.seen.add(entry.digest)
        if head.size > entry.index:
            raise Rejected("HEAD_FROM_FUTURE", "The statement names a state of the log after itself.")
        if head.root != self.ledger.roots[head.size]:
            raise Rejected("HEAD_FORKED", "The signer was shown another log than this one.")

    def _check_signature(self, entry: ReadEntry, signed: bool | None, code: str = "SIGNATURE_BAD") -> None:
        if signed:
            return
        envelope = Envelope.from_bytes(self.entries[entry.index] or b"")
        for version in self.ledger.versions:
            for key in (*version.statement.coordinators, version.statement.attestor):
                if key.key == entry.statement.by:
                    continue
                if key.open().judge(envelope.signature, envelope.pae, Place()) == FITS:
                    raise Rejected("KEY_MISMATCH", f"Another key signed: {key.key}.")
        raise Rejected(code, "The signature does not fit the statement.")

    # Step 7

    def _take_letter(self, entry: ReadEntry, letter: LetterStatement, signed: bool | None) -> None:
        before = self.ledger.versions[-1] if self.ledger.versions else None
        if signed is None or letter.by not in self._trusted(letter, before):
            raise Rejected("COORDINATOR_UNKNOWN", f"The version is signed by an unknown key, {letter.by!a}.")
        self._check_signature(entry, signed)
        for key in (*letter.coordinators, letter.attestor):
            key.open()
        if letter.attestor.scheme != ed25519.NAME:
            raise Rejected("KEY_TYPE", "The attestor's key is not an Ed25519 key.")
        self._check_succession(letter, before)
        self._check_files(entry.index, letter)
        change = self._change(before.statement, letter) if before else Change.NOTHING
        self.ledger.versions.append(Version(entry.index, letter, entry.digest, change))

    def _trusted(self, letter: LetterStatement, before: Version | None) -> Collection[str]:
        if before is not None:
            return {key.key for key in before.statement.coordinators}
        if self.coordinators is not None:
            return self.coordinators
        return {key.key for key in letter.coordinators}

    def _check_succession(self, letter: LetterStatement, before: Version | None) -> None:
        number, digest = (before.statement.version, before.digest) if before else (0, None)
        if letter.version != number + 1 or letter.prev != digest:
            raise Rejected("PREV_BROKEN", "The version does not follow on the one before it.")
        if self.ledger.closings:
            raise Rejected("PREV_BROKEN", "After closing there is no new version.")
        if before and not set(before.statement.binders) <= set(letter.binders):
            raise Rejected("PREV_BROKEN", "The version asks for fewer binders than the one before it.")
        if before and letter.min_level < before.statement.min_level:
            raise Rejected("PREV_BROKEN", "The version lowers the level that is asked for.")

    def _check_files(self, index: int, letter: LetterStatement) -> None:
        # The words may be damaged while the signed statement about them is sound: the version stands, so that
        # one bad file is reported once and not once for every assent to it.
        if self.files is None:
            return
        for language, file in letter.languages().items():
            try:
                data = self._letter_file(file)
                if data is None:
                    raise Rejected("TEXT_FILE_MISMATCH", f"The file {file.name} is not the one signed.")
                if check_text(data)["language"] != language:
                    raise Rejected("TEXT_UNSAFE", f"The file {file.name} says it is in another language.")
            except EvidenceError as error:
                self._fail(error, index)

    def _letter_file(self, file: Subject) -> bytes | None:
        data = self.files.get(f"letter/{file.name}") if self.files is not None else None
        return data if data is not None and sha256(data).hexdigest() == file.sha256 else None

    def _change(self, before: LetterStatement, after: LetterStatement) -> Change:
        older, newer = before.languages(), after.languages()
        if {name: file.sha256 for name, file in older.items()} == {name: file.sha256 for name, file in newer.items()}:
            return Change.NOTHING
        return change_between(
            {name: self._letter_file(file) for name, file in older.items()},
            {name: self._letter_file(file) for name, file in newer.items()},
        )

    # Step 9

    def _take_assent(self, entry: ReadEntry, assent: AssentStatement, signed: bool | None) -> None:
        if not self.ledger.versions:
            raise Rejected("LETTER_UNKNOWN", "There is no letter yet to assent to.")
        letter = self.ledger.versions[-1].statement
        if assent.by != letter.attestor.key:
            if any(assent.by == version.statement.attestor.key for version in self.ledger.versions):
                raise Rejected("KEY_REVOKED", "The newest version no longer names the key that signs.")
            raise Rejected("KEY_UNBOUND", f"The key {assent.by!a} does not speak for anybody here.")
        self._check_signature(entry, signed)
        if letter.min_level > 1 and assent.decision != "decline":
            raise Rejected("LEVEL_BELOW_POLICY", f"The letter asks for level {letter.min_level}, this is 1.")
        # Versions are numbered from 1 without gaps, so a version's number is its place.
        if assent.version > len(self.ledger.versions):
            raise Rejected("VERSION_UNKNOWN", f"There is no version {assent.version} yet.")
        if assent.subject != self.ledger.versions[assent.version - 1].statement.subject:
            raise Rejected("TEXT_MISMATCH", "The assent is to other texts than the version's.")
        identity = assent.signatory.identity
        last = self.ledger.live.get(identity)
        if assent.prev != (last.digest if last else None):
            raise Rejected("PREV_BROKEN", "The assent does not follow on this signatory's last one.")
        self.ledger.live[identity] = Answer(entry.index, assent, entry.digest)

    # Step 10, as far as the log alone can tell; `edition` compares the files

    def _take_close(self, entry: ReadEntry, close: CloseStatement, signed: bool | None) -> None:
        if not self.ledger.versions:
            raise Rejected("LETTER_UNKNOWN", "There is no letter yet to close.")
        version = self.ledger.versions[-1]
        if close.by not in {key.key for key in version.statement.coordinators}:
            raise Rejected("CLOSE_UNSIGNED", "The closing is not signed by a coordinator of the letter.")
        self._check_signature(entry, signed, "CLOSE_UNSIGNED")
        if close.head.size != entry.index:
            raise Rejected("CLOSE_STALE", "The closing is not about the state just before it.")
        if close.version != version.statement.version:
            raise Rejected("VERSION_UNKNOWN", "The closing is not about the newest version.")
        if close.edition != len(self.ledger.closings) + 1:
            raise Rejected("PREV_BROKEN", "The editions do not follow on one another.")
        self.ledger.closings.append(Closing(entry.index, close, version, self.ledger.approvals()))
