"""Walks a log's entries in order and gives the state they add up to (EVIDENCE 4.9, steps 6 to 10).

May import the rooms here. The service compiles its list from it at closing, the verifier recomputes it.
A bad entry becomes a failure and counts for nothing; the rest is judged as if it were not there.
"""

from collections.abc import Collection, Mapping, Sequence

from . import merkle
from .answers import take_assent
from .binders import take_key
from .closings import take_close
from .entries import Failure, Guess, Mapper, ReadEntry, Reading, Signatures
from .errors import EvidenceError, Rejected
from .hashes import Hashes
from .letter_state import Answer, Closing, Given, History, Ledger, Version, Walk
from .moments import Bounds, check_time
from .statement import AssentStatement, CloseStatement, KeyStatement, LetterStatement
from .versions import take_letter

__all__ = ["Answer", "Closing", "Failure", "Ledger", "Version", "replay"]


def replay(
    entries: Sequence[bytes | None],
    *,
    files: Mapping[str, bytes] | None,
    coordinators: Collection[str] | None,
    map: Mapper = map,  # the builtin's name, because a pool's map takes its place
    origin: str | None = None,
    leaves: Sequence[bytes] | None = None,
    reading: Reading | None = None,
    history: History | None = None,
    bounds: Bounds | None = None,
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
        history: the receipts of earlier letters; None to believe the attestor where it binds by continuity.
        bounds: what time stamps say; without them only the signers' claims are compared with ends of bindings.
    """
    if reading is None:
        reading = Reading(entries, map)
    if leaves is None:
        leaves = Hashes(merkle.leaf_hash(entry) for entry in entries if entry is not None)
    ledger = Ledger(origin or "", leaves, Hashes(merkle.roots(leaves)), bounds)
    judge = _Judge(Walk(ledger, Given(files, coordinators, history), Signatures(entries)))
    for entry, guess in reading:
        judge.take(entry, guess)
    ledger.failures.extend(reading.failures)
    ledger.failures.sort(key=lambda failure: -1 if failure.entry is None else failure.entry)
    _settle_keys(ledger)
    return ledger


class _Judge:
    """Takes entries in order, refuses the bad ones, lets the good ones change the ledger."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.seen: set[bytes] = set()

    def take(self, entry: ReadEntry, guess: Guess | None) -> None:
        if not self.walk.ledger.origin:
            self.walk.ledger.origin = entry.statement.letter
        try:
            self._check_common(entry)
            match entry.statement:
                case AssentStatement() as assent:
                    take_assent(self.walk, entry, assent, guess)
                case KeyStatement() as key:
                    take_key(self.walk, entry, key, guess)
                case LetterStatement() as letter:
                    take_letter(self.walk, entry, letter, guess)
                case CloseStatement() as close:
                    take_close(self.walk, entry, close, guess)
        except EvidenceError as error:
            self.walk.fail(error, entry.index)

    def _check_common(self, entry: ReadEntry) -> None:
        """Step 6, what is left of it once the entry is read."""
        ledger, statement, head = self.walk.ledger, entry.statement, entry.statement.head
        if statement.letter != ledger.origin:
            raise Rejected("LETTER_MISMATCH", "The statement is about another letter.")
        if entry.digest in self.seen:
            raise Rejected("DUPLICATE_STATEMENT", "The same statement is in the log twice.")
        self.seen.add(entry.digest)
        if head.size > entry.index:
            raise Rejected("HEAD_FROM_FUTURE", "The statement names a state of the log after itself.")
        if head.root != ledger.roots[head.size]:
            raise Rejected("HEAD_FORKED", "The signer was shown another log than this one.")
        check_time(statement, entry.index, ledger.bounds)


def _settle_keys(ledger: Ledger) -> None:
    """Once the whole log is known, say what is remarkable about its keys (EVIDENCE 4.2)."""
    ledger.bindings.settle()
    for name, owners in ledger.bindings.shared():
        message = f"The key {name} is bound to {len(owners)} organisations: {', '.join(owners)}."
        ledger.warnings.append(Failure("KEY_SHARED", None, message))
    for bound in ledger.bindings:
        if bound.rekeyed:
            message = f"{bound.identity} re-keyed without continuity: no older key of it vouches for {bound.key.key}."
            ledger.warnings.append(Failure("REKEYED", bound.live_at, message))
    for answer in ledger.live.values():
        if ledger.is_disputed(answer):
            message = f"The answer of {answer.identity} is disputed: {_theft(answer)}."
            ledger.warnings.append(Failure("DISPUTED", answer.index, message))


def _theft(answer: Answer) -> str:
    """Say on whose word an answer is disputed: the report's reader has to weigh it."""
    bound = answer.bound
    if bound is None or bound.reported is None:
        return "only keys in other hands made its key the organisation's"
    return f"its key was reported stolen before it signed, {bound.reported}"
