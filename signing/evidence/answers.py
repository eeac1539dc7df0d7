"""Judges `assent` statements in their order: who speaks, for whom, to which words (EVIDENCE 4.9, step 9).

May import the rooms here. What an end (`until`) is worth: with time stamps an assent that names a state of the log
stamped after the end is refused, whatever its holder claims; one that names an older state can have been signed
later and still pass, up to the stamp that covers it. Without stamps only the signer's own claim is compared, which
a holder who works with the service can make as he likes.
"""

import sys
from itertools import chain

from .bindings import BoundKey
from .entries import Failure, Guess, ReadEntry
from .errors import Rejected
from .keyring import PublicKey
from .letter_state import Answer, Version, Walk
from .moments import earliest
from .schemes import webauthn
from .statement import AssentStatement

ATTESTED: int = 1


def take_assent(walk: Walk, entry: ReadEntry, assent: AssentStatement, guess: Guess | None) -> None:
    """Take an organisation's answer; it then is its live one.

    Raises:
        Rejected: `LETTER_UNKNOWN`, `KEY_UNBOUND`, `KEY_REVOKED`, `KEY_EXPIRED`, `SIGNATURE_BAD`, `WEBAUTHN_*`,
            `KEY_MISMATCH`, `LEVEL_BELOW_POLICY`, `VERSION_UNKNOWN`, `TEXT_MISMATCH`, `PREV_BROKEN`.
    """
    version = walk.newest
    if version is None:
        raise Rejected("LETTER_UNKNOWN", "There is no letter yet to assent to.")
    key, bound = _speaker(walk, assent, version)
    identity = assent.signatory.identity
    others = chain(version.keys(), walk.ledger.bindings.of(identity))
    checked = walk.signatures.is_checked(entry, guess, key, version.place, others)
    level = bound.level if bound is not None else ATTESTED
    asked = version.statement.min_level
    if level < asked and assent.decision != "decline":
        raise Rejected("LEVEL_BELOW_POLICY", f"The letter asks for level {asked}, this is {level}.")
    # Versions are numbered from 1 without gaps, so a version's number is its place.
    if assent.version > len(walk.ledger.versions):
        raise Rejected("VERSION_UNKNOWN", f"There is no version {assent.version} yet.")
    if assent.subject != walk.ledger.versions[assent.version - 1].statement.subject:
        raise Rejected("TEXT_MISMATCH", "The assent is to other texts than the version's.")
    last = walk.ledger.live.get(identity)
    if assent.prev != (last.digest.hex() if last else None):
        raise Rejected("PREV_BROKEN", "The assent does not follow on this signatory's last one.")
    if not checked:
        walk.ledger.unchecked.append(entry.index)
    if last is not None and level < last.level:
        _warn_of_lower_level(walk, entry.index, last.level, level)
    walk.ledger.live[identity] = Answer(
        index=entry.index,
        version=assent.version,
        decision=sys.intern(assent.decision),
        accepts_typography=bool(assent.accepts),
        signatory=assent.signatory,
        digest=entry.digest,
        key=key,
        bound=bound,
        level=level,
        time=assent.time,
        head_size=assent.head.size,
        synced=_synced(walk, entry, key),
        checked=checked,
    )


def _speaker(walk: Walk, assent: AssentStatement, version: Version) -> tuple[PublicKey, BoundKey | None]:
    """Give the key that may have signed: the attestor's (None beside it), or one of the organisation's own."""
    letter = version.statement
    if assent.by == letter.attestor.key:
        return letter.attestor, None
    bound = walk.ledger.bindings.find(assent.signatory.identity, assent.by)
    if bound is None:
        if any(assent.by == earlier.statement.attestor.key for earlier in walk.ledger.versions):
            raise Rejected("KEY_REVOKED", "The newest version no longer names the key that signs.")
        raise Rejected("KEY_UNBOUND", f"The key {assent.by!a} does not speak for this organisation.")
    if assent.decision == "decline":
        raise Rejected("KEY_UNBOUND", "A decline is signed by the attestor, and by no other key.")
    moment = earliest(assent.time, assent.head.size, walk.ledger.bounds)
    bound.check(letter.binders, max(moment, assent.time))
    return bound.key, bound


def _synced(walk: Walk, entry: ReadEntry, key: PublicKey) -> bool | None:
    if key.scheme != webauthn.NAME:
        return None
    return webauthn.backed_up(walk.signatures.envelope(entry.index).signature)


def _warn_of_lower_level(walk: Walk, index: int, before: int, now: int) -> None:
    message = f"Entry {index} answers at level {now} for an organisation that had answered at level {before}."
    walk.ledger.warnings.append(Failure("LEVEL_DROPPED", index, message))
