"""A witness at work: it remembers the latest checkpoint of each log it knows, and cosigns only what continues it.

C2SP tlog-witness (EVIDENCE 2.10). What it remembers is durable before the answer leaves, so that a witness that is
killed at any moment has never signed more than it knows of.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signing.domain.errors import Refusal
from signing.evidence.checkpoint import Checkpoint
from signing.evidence.errors import EvidenceError
from signing.evidence.keyring import raw_from_pem
from signing.evidence.note import ALG_COSIGNATURE, NoteKey, cosignature_line
from signing.evidence.trust import Trust, TrustedLog
from signing.evidence.witness import BAD_REQUEST, CONFLICT, OK, SIZE_TYPE, Held, Submission, consider, origin_digest
from signing.workflow.ports import Signer

TEXT = "text/plain; charset=utf-8"
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)

log = logging.getLogger(__name__)


class WitnessMemory(Protocol):
    def locked(self) -> AbstractContextManager[None]:
        """Keep every other request, of other processes too, from judging and remembering at the same time."""

    def read(self, digest: str) -> bytes | None:
        """The cosigned note remembered for the origin with this digest."""

    def write(self, digest: str, note: bytes) -> None:
        """Remember, durably, in place of what was there."""


class MemoryUnreadable(Refusal):
    """Nobody can say what was cosigned before, so nothing is cosigned; the operator's log names the origin."""

    code = "witness-memory"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the log."""

    status: int
    body: bytes
    content_type: str = TEXT


def witness_key(name: str, signer: Signer) -> NoteKey:
    """The public half of a witness's key under its name.

    Raises Refusal `witness-name` when the name cannot stand in a note.
    """
    key = NoteKey(name, ALG_COSIGNATURE, raw_from_pem(signer.public.public_key))
    try:
        return NoteKey.from_vkey(key.vkey)
    except EvidenceError:
        raise Refusal(
            "A witness's name is like an address without https://, such as witness.example/w1, without spaces or +.",
            code="witness-name",
        ) from None


class Witness:
    """One witness: its key, the logs it knows, its memory."""

    def __init__(
        self,
        name: str,
        signer: Signer,
        logs: Sequence[TrustedLog],
        memory: WitnessMemory,
        clock: Callable[[], datetime],
    ) -> None:
        self.key = witness_key(name, signer)
        self._signer = signer
        self._trust = Trust(logs=tuple(logs))
        self._memory = memory
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """Judge a submission, and remember and cosign it if it continues what is remembered.

        Raises MemoryUnreadable.
        """
        try:
            submission = Submission.from_bytes(body)
        except EvidenceError as error:
            return Answer(BAD_REQUEST, f"{error.message}\n".encode())
        origin = submission.checkpoint.origin
        digest = origin_digest(origin)
        with self._memory.locked():
            held = self._held(origin, self._memory.read(digest))
            verdict = consider(submission, held, self._trust.log_keys(origin))
            if verdict.note is not None:
                line = self._cosign(verdict.note.text)
                self._memory.write(digest, verdict.note.to_bytes() + line)
                return Answer(OK, line)
        if verdict.status != CONFLICT:
            log.warning("refused a checkpoint of %s: %d %s", ascii(origin), verdict.status, verdict.words)
        kind = SIZE_TYPE if verdict.status == CONFLICT else TEXT
        return Answer(verdict.status, f"{verdict.words}\n".encode(), kind)

    def latest(self, digest: str) -> bytes | None:
        """The latest cosigned note of the origin with this SHA-256 in hex; None when there is none."""
        return self._memory.read(digest) if _DIGEST.fullmatch(digest) else None

    def _cosign(self, text: bytes) -> bytes:
        now = int(self._clock().timestamp())
        return cosignature_line(text, self.key.name, self.key.public_raw, now, self._signer.sign)

    def _held(self, origin: str, remembered: bytes | None) -> Held:
        if remembered is None:
            return Held()
        try:
            checkpoint, note = Checkpoint.from_note(remembered)
            sound = checkpoint.origin == origin and self.key in note.verify([self.key])
        except EvidenceError:
            sound = False
        if not sound:
            log.critical(
                "What this witness remembers of %s is not what it wrote. It cosigns nothing of this log until that "
                "file is put right; removing it would let the log show a second history.", ascii(origin),
            )
            raise MemoryUnreadable("This witness cannot tell what it has cosigned before.")
        return Held(checkpoint.size, checkpoint.root)
