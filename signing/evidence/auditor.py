"""What an auditor brings from outside a bundle, for one letter (EVIDENCE 4.8); may import the rooms here."""

from dataclasses import dataclass

from . import shape
from .checkpoint import Checkpoint
from .errors import EvidenceError, Rejected
from .note import ALG_ED25519, Note, NoteKey
from .policy import Policy
from .trust import Trust


@dataclass(frozen=True, slots=True)
class Auditor:
    """The log's keys, the coordinators' names, witnesses and quorum, roots of time authorities; None where nothing.

    Where nobody names a log key, the bundle's own word is taken: it proves nothing about whose log this is,
    but damage still shows.
    """

    log_keys: tuple[NoteKey, ...]
    log_key_given: bool
    coordinators: tuple[str, ...] | None
    policy: Policy | None
    tsa_roots: tuple[str, ...]
    held_by_service: tuple[str, ...] | None

    def check_note(self, checkpoint: Checkpoint, note: Note) -> None:
        """Check that the log signed a checkpoint, and that the lines of known witnesses fit; of them there may be none.

        Raises:
            Rejected: `CHECKPOINT_BAD` or `LOG_KEY_UNKNOWN`.
        """
        checkpoint.verify(note, self.log_keys_for(checkpoint.origin))
        try:
            note.verify(self.policy.witnesses.values() if self.policy is not None else ())
        except EvidenceError as error:
            raise Rejected("CHECKPOINT_BAD", error.message) from None

    def log_keys_for(self, origin: str) -> tuple[NoteKey, ...]:
        """Give the same log's keys under another letter's origin: one service has one log key, and a name a letter."""
        host = shape.host_of(origin)
        return tuple(
            NoteKey(origin, ALG_ED25519, key.public_raw)
            for key in self.log_keys
            if key.alg == ALG_ED25519 and shape.host_of(key.name) == host
        )


def auditor_of(
    origin: str, trust: Trust | None, log_key: NoteKey | None, coordinator: str | None, own_policy: bytes
) -> Auditor:
    """Gather what is known of a letter; what was named by itself goes before the trust file.

    Raises:
        Malformed: `POLICY_MALFORMED` when the bundle's own policy is needed and cannot be read.
    """
    names: tuple[str, ...] | None = None
    if coordinator is not None:
        names = (coordinator,)
    elif trust is not None and trust.coordinators:
        names = trust.coordinators
    given = True
    if log_key is not None:
        keys: tuple[NoteKey, ...] = (log_key,)
    elif trust is not None and trust.logs:
        keys = trust.log_keys(origin)
    else:
        keys, given = Policy.from_text(own_policy.decode("utf-8", "replace")).logs, False
    return Auditor(
        keys,
        given,
        names,
        trust.witness_policy() if trust else None,
        trust.tsa_roots if trust else (),
        trust.held_by_service if trust else None,
    )
