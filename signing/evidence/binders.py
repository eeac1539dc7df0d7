"""Judges `key` statements in their order: who may bind or revoke which key (EVIDENCE 4.2; 4.9, step 8).

May import the rooms here. What is proved: that somebody who may vouch did so at this place of the log. Not that the
organisation holds the key: an assent names both inside what is signed, so binding another's key gains nothing.
"""

from dataclasses import dataclass
from itertools import chain
from typing import Final

from .bindings import ATTESTOR, COORDINATOR, FOREVER, Bind, BoundKey
from .entries import Guess, ReadEntry
from .errors import EvidenceError, Rejected
from .key_statement import KeyStatement
from .keyring import PublicKey
from .letter_state import Version, Walk
from .moments import earliest
from .schemes import openpgp, sshsig
from .signatory import Commitment

# They name their holder, or can be looked up: a commitment would hide nothing.
NAMING_SCHEMES: Final = frozenset({sshsig.NAME, openpgp.NAME})


@dataclass(frozen=True, slots=True)
class _Signer:
    """The key that signs a `key` statement, and in which capacities it may."""

    key: PublicKey
    roles: tuple[str, ...]
    own: BoundKey | None


def take_key(walk: Walk, entry: ReadEntry, statement: KeyStatement, guess: Guess | None) -> None:
    """Take a bind or a revocation.

    Raises:
        Rejected: `LETTER_UNKNOWN`, `KEY_NAME`, `KEY_TYPE`, `KEY_WEAK`, `BINDER_UNKNOWN`, `SIGNATURE_BAD`,
            `WEBAUTHN_*`, `KEY_MISMATCH`, `TYPE_UNKNOWN`, `KEY_REVOKED`, `KEY_UNBOUND`.
    """
    version = walk.newest
    if version is None:
        raise Rejected("LETTER_UNKNOWN", "There is no letter yet to speak for anybody in.")
    statement.bound.open()
    moment = earliest(statement.time, statement.head.size, walk.ledger.bounds)
    signer = _signer(walk, statement, version, moment)
    others = chain(version.keys(), walk.ledger.bindings.of(statement.signatory.identity))
    if not walk.signatures.is_checked(entry, guess, signer.key, version.place, others):
        walk.ledger.unchecked.append(entry.index)
    if statement.action == "revoke":
        _revoke(walk, entry.index, statement, signer)
    else:
        _bind(walk, entry.index, statement, signer, moment)


def _signer(walk: Walk, statement: KeyStatement, version: Version, moment: str) -> _Signer:
    letter, bindings = version.statement, walk.ledger.bindings
    roles: list[str] = []
    own = bindings.find(statement.signatory.identity, statement.by)
    key = own.key if own is not None else None
    why = "it is not the attestor's, a coordinator's, or one of the organisation's own."
    if own is not None:
        # A key may always give itself up, but not once somebody else may have it.
        gives_itself_up = statement.action == "revoke" and statement.bound == own.key and own.revoked_at is None
        try:
            if not gives_itself_up:
                own.check(letter.binders, max(moment, statement.time))
        except EvidenceError as error:
            own, why = None, error.message
    coordinator = version.coordinator(statement.by)
    if coordinator is not None:
        roles, key = [COORDINATOR], coordinator
    if statement.by == letter.attestor.key:
        roles, key = [ATTESTOR, *roles], letter.attestor
    if key is None or not (roles or own):
        message = f"The key {statement.by!a} may not say who speaks for this organisation: {why}"
        raise Rejected("BINDER_UNKNOWN", message)
    return _Signer(key, tuple(roles), own)


def _revoke(walk: Walk, index: int, statement: KeyStatement, signer: _Signer) -> None:
    bound = walk.ledger.bindings.find(statement.signatory.identity, statement.bound.key)
    if bound is None or bound.key != statement.bound:
        raise Rejected("KEY_UNBOUND", "A key is revoked that was never bound to this organisation.")
    words = " and ".join(f"the {role}" for role in signer.roles)
    bound.revoke(index, statement.compromised_since, words or f"the organisation's own key {signer.key.key}")


def _bind(walk: Walk, index: int, statement: KeyStatement, signer: _Signer, moment: str) -> None:
    if (ATTESTOR in signer.roles) != (statement.basis is not None):
        raise Rejected("TYPE_UNKNOWN", "The attestor says what a bind rests on, and nobody else does.")
    if isinstance(statement.signatory, Commitment) and statement.bound.scheme in NAMING_SCHEMES:
        raise Rejected("KEY_TYPE", "A key that names its holder cannot speak for a confidential organisation.")
    history, same_since = walk.given.history, None
    if history is not None and statement.basis == "continuity":
        earlier = history.earlier_bind(statement)
        if (statement.until or FOREVER) > (earlier.until or FOREVER):
            raise Rejected("KEY_UNBOUND", "The key is bound for longer than the earlier letter bound it.")
        same_since = earlier.time
    identity, bindings = statement.signatory.identity, walk.ledger.bindings
    bound = bindings.open(identity, statement.bound, statement.time)
    if history is not None:
        same_since = min(filter(None, (same_since, history.first_time(identity, statement.bound))), default=None)
    bound.same_since = min(filter(None, (bound.same_since, same_since)), default=None)
    parent = signer.own if signer.own is not bound else None
    if not signer.roles and parent is None:
        return  # a key that vouches for itself adds nothing
    bind = Bind(index, signer.roles, parent, statement.basis, moment)
    assert walk.newest is not None  # the caller has looked
    bindings.add(bound, bind, statement.until, walk.newest.statement.binders)
