"""C2SP tlog-witness: how a witness judges a checkpoint, and what a log submits to it (EVIDENCE 2.10).

May import `checkpoint`, `merkle`, `note`. Pure: what the witness holds comes in, what it is to store goes out.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from .base64_text import from_base64, to_base64
from .checkpoint import Checkpoint, number_of
from .errors import EvidenceError, Malformed
from .merkle import EMPTY_ROOT, HASH_BYTES, verify_consistency
from .note import Note, NoteKey

MAX_PROOF: Final = 63
# 64 signature lines of the largest kind known fit, and nothing that would keep a small server busy.
MAX_SUBMISSION_BYTES: Final = 256_000
SIZE_TYPE: Final = "text/x.tlog.size"

OK: Final = 200
BAD_REQUEST: Final = 400
FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
CONFLICT: Final = 409
UNPROCESSABLE: Final = 422


def origin_digest(origin: str) -> str:
    """Give the name under which a witness serves the latest checkpoint of an origin."""
    return sha256(origin.encode("utf-8")).hexdigest()


def add_checkpoint_body(old: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """Format what a log submits: the size the witness holds, the proof from there, the signed checkpoint."""
    lines = [f"old {old}", *(to_base64(step) for step in proof), "", ""]
    return "\n".join(lines).encode("ascii") + note


@dataclass(frozen=True, slots=True)
class Submission:
    """The body of an `add-checkpoint` request."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: Note

    def to_bytes(self) -> bytes:
        """Format as a request body."""
        return add_checkpoint_body(self.old, self.proof, self.note.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> "Submission":
        """Read a request body.

        Raises:
            Malformed: `SUBMISSION_MALFORMED`, or `CHECKPOINT_MALFORMED` for the part that is the checkpoint.
        """
        if len(data) > MAX_SUBMISSION_BYTES:
            raise Malformed("SUBMISSION_MALFORMED", "The request is too large.")
        head, gap, rest = data.partition(b"\n\n")
        try:
            first, *steps = head.decode("ascii").split("\n")
            old = number_of(first.removeprefix("old "))
            proof = tuple(from_base64(step) for step in steps)
        except (ValueError, EvidenceError):
            raise Malformed("SUBMISSION_MALFORMED", "The old size or the proof cannot be read.") from None
        if not gap or len(proof) > MAX_PROOF or any(len(step) != HASH_BYTES for step in proof):
            raise Malformed("SUBMISSION_MALFORMED", "The proof is too long, or holds something that is no hash.")
        checkpoint, note = Checkpoint.from_note(rest)
        made = cls(old, proof, checkpoint, note)
        if made.to_bytes() != data:
            raise Malformed("SUBMISSION_MALFORMED", "The request is not in its only spelling.")
        return made


@dataclass(frozen=True, slots=True)
class Held:
    """The latest checkpoint a witness has cosigned for an origin; size 0 stands for none yet."""

    size: int = 0
    root: bytes = EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class Verdict:
    """The status of the answer and its words; with status 200 also the note to store and to cosign.

    `note` carries the signatures of the log's known keys only: nobody else's words are stored or served.
    """

    status: int
    words: str
    note: Note | None = None


def consider(submission: Submission, held: Held, log_keys: Collection[NoteKey]) -> Verdict:
    """Judge a submission by what the witness holds of its origin, in the order the specification gives.

    `log_keys` are those that may sign for the submission's origin; none means that the origin is unknown.
    """
    checkpoint, old = submission.checkpoint, submission.old
    if not log_keys:
        return Verdict(NOT_FOUND, "This witness does not know the log.")
    try:
        checkpoint.verify(submission.note, log_keys)
    except EvidenceError as error:
        return Verdict(FORBIDDEN, error.message)
    if old > checkpoint.size:
        return Verdict(BAD_REQUEST, "The old size is larger than the checkpoint's.")
    if old != held.size:
        return Verdict(CONFLICT, str(held.size))
    if not _continues(submission, held):
        return Verdict(UNPROCESSABLE, f"This checkpoint does not continue the one of size {held.size} cosigned before.")
    names = {(key.name, key.id) for key in log_keys}
    lines = tuple(line for line in submission.note.signatures if (line.name, line.key_id) in names)
    return Verdict(OK, "", Note(submission.note.text, lines))


def _continues(submission: Submission, held: Held) -> bool:
    checkpoint = submission.checkpoint
    if held.size == 0:
        return not submission.proof and (checkpoint.size > 0 or checkpoint.root == EMPTY_ROOT)
    return verify_consistency(held.size, checkpoint.size, submission.proof, held.root, checkpoint.root)
