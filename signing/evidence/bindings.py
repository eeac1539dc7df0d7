"""Which keys speak for which organisation (EVIDENCE 4.2), as far as a log has told; may import `keyring`, `errors`.

A key is worth what its binds are worth. Each bind grants the word of its signer, the attestor's or a coordinator's,
until its end; a bind by a key of the organisation hands on what that key was granted, never more and never longer,
and also what it is granted later. So a rotation is as good as the key it came from, a delegation ends with it, and
a letter that asks for more binders asks it of both.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from .errors import Rejected
from .keyring import PublicKey
from .schemes import LEVELS

ATTESTOR: Final = "attestor"
COORDINATOR: Final = "coordinator"
FOREVER: Final = "9999-12-31T23:59:59Z"


class Bind(NamedTuple):
    """One statement that bound a key: who signed it, and the earliest moment it can have been signed."""

    entry: int
    signers: tuple[str, ...]
    parent: "BoundKey | None"
    basis: str | None
    moment: str


class Handed(NamedTuple):
    """A key that another of the organisation's keys bound, until when, and the earliest it can have done so."""

    key: "BoundKey"
    until: str
    moment: str


@dataclass(slots=True, eq=False)
class BoundKey:
    """A key that was said to speak for an organisation, and what that is worth.

    `grants` says whose word stands behind it until when; `live_at` is the entry that first made it enough.
    """

    identity: str
    key: PublicKey
    time: str
    grants: dict[str, str] = field(default_factory=dict)
    binds: list[Bind] = field(default_factory=list)
    handed_on: list[Handed] = field(default_factory=list)
    live_at: int | None = None
    same_since: str | None = None
    revoked_at: int | None = None
    compromised_since: str | None = None
    reported: str | None = None
    tainted: bool = False
    rekeyed: bool = False

    @property
    def level(self) -> int:
        """Give the level of an assent under this key (EVIDENCE 4.1)."""
        return LEVELS[self.key.scheme]

    @property
    def has_continuity(self) -> bool:
        """Tell whether an older key of the organisation or an earlier letter vouches for it.

        A key that it bound itself is none: two keys of a thief would else continue one another.
        """
        return any(
            bind.basis == "continuity" or (bind.parent is not None and bind.parent.is_older_than(self))
            for bind in self.binds
        )

    def is_older_than(self, other: "BoundKey") -> bool:
        """Tell whether it could speak before another key of the organisation could."""
        return self.live_at is not None and other.live_at is not None and self.live_at < other.live_at

    def check(self, required: Collection[str], moment: str) -> None:
        """Check that the key may speak at a moment, where these binders are required.

        Raises:
            Rejected: `KEY_REVOKED`, `KEY_UNBOUND` or `KEY_EXPIRED`.
        """
        if self.revoked_at is not None:
            raise Rejected("KEY_REVOKED", f"The key was revoked in entry {self.revoked_at}.")
        missing = [each for each in required if each not in self.grants]
        if missing:
            raise Rejected("KEY_UNBOUND", f"The key is not vouched for by the letter's {' and '.join(missing)}.")
        end = min(self.grants[each] for each in required)
        if moment > end:
            raise Rejected("KEY_EXPIRED", f"The key was bound until {end} only.")

    def revoke(self, index: int, compromised_since: str | None, by: str) -> None:
        """Bar the key from here on; a second revocation can only put the compromise earlier.

        Whose word that is, is kept: anybody who may revoke a key can cast doubt on what it signed before.
        """
        if self.revoked_at is None:
            self.revoked_at = index
        if compromised_since is not None and compromised_since < (self.compromised_since or FOREVER):
            self.compromised_since, self.reported = compromised_since, f"in entry {index} by {by}"

    def is_disputed(self, moment: str) -> bool:
        """Tell whether the key may have been in a thief's hands when something was signed, at the earliest, then."""
        return self.tainted or (self.compromised_since is not None and moment > self.compromised_since)


@dataclass(slots=True)
class Bindings:
    """All bound keys of a letter, by organisation and name."""

    _keys: dict[str, dict[str, BoundKey]] = field(default_factory=dict)
    _owners: dict[str, list[str]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[BoundKey]:
        """Give every key, organisation by organisation, in the order they were first bound."""
        for keys in self._keys.values():
            yield from keys.values()

    def find(self, identity: str, name: str) -> BoundKey | None:
        """Give a key of an organisation by its name, whatever it is worth."""
        return self._keys.get(identity, {}).get(name)

    def of(self, identity: str) -> Iterator[PublicKey]:
        """Give all keys of an organisation in the order they were first bound."""
        return (bound.key for bound in self._keys.get(identity, {}).values())

    def open(self, identity: str, key: PublicKey, time: str) -> BoundKey:
        """Give the key of an organisation, as a new one if it was not there.

        Raises:
            Rejected: `KEY_TYPE` when it is there under another scheme, `KEY_REVOKED` when it was revoked.
        """
        bound = self.find(identity, key.key)
        if bound is None:
            bound = self._keys.setdefault(identity, {})[key.key] = BoundKey(identity, key, time)
            self._owners.setdefault(key.key, []).append(identity)
        elif bound.key != key:
            raise Rejected("KEY_TYPE", f"The key is bound here already, as a {bound.key.scheme} key.")
        elif bound.revoked_at is not None:
            raise Rejected("KEY_REVOKED", "A key that was revoked stays revoked; bind a new one.")
        return bound

    def add(self, bound: BoundKey, bind: Bind, until: str | None, required: Collection[str]) -> None:
        """Let one more bind add to what a key is worth, where these binders are required."""
        end = until or FOREVER
        bound.binds.append(bind)
        granted = [(signer, end) for signer in bind.signers]
        if bind.parent is not None:
            bind.parent.handed_on.append(Handed(bound, end, bind.moment))
            granted += [(signer, min(until, end)) for signer, until in bind.parent.grants.items()]
        for signer, last in granted:
            for key in _grant(bound, signer, last):
                if key.live_at is None and all(each in key.grants for each in required):
                    key.live_at = bind.entry

    def shared(self) -> Iterator[tuple[str, list[str]]]:
        """Give each key that is bound to more than one organisation, with them."""
        return ((name, owners) for name, owners in self._owners.items() if len(owners) > 1)

    def settle(self) -> None:
        """At the end of the log, mark keys that came without continuity, and those that only a thief vouches for."""
        for keys in self._keys.values():
            live = [bound for bound in keys.values() if bound.live_at is not None]
            first = min((bound.live_at for bound in live if bound.live_at is not None), default=0)
            for bound in live:
                bound.rekeyed = bound.live_at != first and not bound.has_continuity
            if any(bound.compromised_since is not None for bound in keys.values()):
                _taint(list(keys.values()))


def _taint(keys: Collection[BoundKey]) -> None:
    """Mark those of an organisation's keys to which no way leads but through a key in a thief's hands.

    Told from the good end: a thief's keys can bind themselves and one another as often as they like.
    """
    waiting = [key for key in keys if any(bind.signers for bind in key.binds)]
    good = set(waiting)
    while waiting:
        key = waiting.pop()
        for child, _, moment in key.handed_on:
            if child not in good and not key.is_disputed(moment):
                good.add(child)
                waiting.append(child)
    for key in keys:
        key.tainted = key not in good


def _grant(bound: BoundKey, signer: str, until: str) -> Iterator[BoundKey]:
    """Grant a signer's word until an end, hand it on to the keys that this one has bound, and give all it reached."""
    waiting = [(bound, until)]
    while waiting:
        key, end = waiting.pop()
        if end > key.grants.get(signer, ""):
            key.grants[signer] = end
            yield key
            waiting.extend((child, min(end, limit)) for child, limit, _ in key.handed_on)
