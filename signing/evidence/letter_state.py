"""What a letter's log adds up to: versions, bound keys, live answers, closings (EVIDENCE 4.9, steps 6 to 10).

May import the rooms here. Of an assent only what is needed later is kept, so that a long log costs less memory
than its bundle.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .bindings import Bindings, BoundKey
from .carry import Change
from .entries import Failure, Signatures
from .errors import EvidenceError
from .key_statement import KeyStatement
from .keyring import PublicKey
from .moments import Bounds, earliest
from .schemes import Place
from .signatory import Commitment, Signatory
from .statement import CloseStatement, LetterStatement


class History(Protocol):
    """Receipts of earlier letters, verified."""

    def earlier_bind(self, bind: KeyStatement) -> KeyStatement:
        """Give the bind of an earlier letter that this one continues.

        Raises:
            Rejected: `KEY_UNBOUND`.
        """

    def first_time(self, identity: str, key: PublicKey) -> str | None:
        """Give the time of the earliest bind of this key to this organisation in an earlier letter."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the letter that is in force from its place in the log on."""

    index: int
    statement: LetterStatement
    digest: str
    change: Change
    place: Place

    def coordinator(self, name: str) -> PublicKey | None:
        """Give the coordinator's key of this name."""
        return next((key for key in self.statement.coordinators if key.key == name), None)

    def keys(self) -> Iterable[PublicKey]:
        """Give all keys the version names."""
        return (*self.statement.coordinators, self.statement.attestor)


@dataclass(frozen=True, slots=True)
class Answer:
    """An organisation's assent, decline or withdrawal, at its place in the log.

    `bound` is the organisation's own key that signed it, None where the attestor did; `synced` says whether a
    passkey was backed up, `checked` whether the signature could be judged here at all.
    """

    index: int
    version: int
    decision: str
    accepts_typography: bool
    signatory: Signatory | Commitment
    digest: bytes
    key: PublicKey
    bound: BoundKey | None
    level: int
    time: str
    head_size: int
    synced: bool | None = None
    checked: bool = True

    @property
    def identity(self) -> str:
        """Give what the organisation is counted by."""
        return self.signatory.identity


@dataclass(frozen=True, slots=True)
class Closing:
    """A signed edition, with the approvals that stood just before it."""

    index: int
    statement: CloseStatement
    version: Version
    approvals: tuple[Answer, ...]


@dataclass(slots=True)
class Ledger:
    """What the entries add up to; `live` is each organisation's newest answer, in order of first answer.

    `unchecked` are the entries whose signature this machine lacks the judge for.
    """

    origin: str
    leaves: Sequence[bytes]
    roots: Sequence[bytes]
    bounds: Bounds | None = None
    versions: list[Version] = field(default_factory=list)
    bindings: Bindings = field(default_factory=Bindings)
    live: dict[str, Answer] = field(default_factory=dict)
    closings: list[Closing] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    warnings: list[Failure] = field(default_factory=list)
    unchecked: list[int] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Give the number of entries."""
        return len(self.leaves)

    def approvals(self) -> tuple[Answer, ...]:
        """Give the approvals that stand for the newest version, by themselves or by carry."""
        return tuple(answer for answer in self.live.values() if self.stands(answer))

    def stands(self, answer: Answer) -> bool:
        """Tell whether an answer approves the newest version, by itself or by carry."""
        return answer.decision == "approve" and self.carries(answer.version, answer.accepts_typography)

    def carries(self, version: int, accepts_typography: bool) -> bool:
        """Tell whether an approval of a version reaches the newest one, version by version."""
        return all(later.change.carries(accepts_typography) for later in self.versions[version:])

    def is_disputed(self, answer: Answer) -> bool:
        """Tell whether an answer can have been signed only after its key was in other hands (EVIDENCE 4.2).

        By the time stamps; without them by the signer's own claim, which a thief can make as he likes.
        """
        moment = earliest(answer.time, answer.head_size, self.bounds)
        return answer.bound is not None and answer.bound.is_disputed(moment)


@dataclass(frozen=True, slots=True)
class Given:
    """What the log is judged with: files, names of trusted coordinators, receipts of earlier letters.

    None leaves a part unjudged: files are not read, the letter's word is taken for its coordinators, continuity
    from earlier letters is believed.
    """

    files: Mapping[str, bytes] | None
    coordinators: Collection[str] | None
    history: History | None


@dataclass(slots=True)
class Walk:
    """A log being walked: what it adds up to so far, what it is judged with, and its signatures."""

    ledger: Ledger
    given: Given
    signatures: Signatures

    @property
    def newest(self) -> Version | None:
        """Give the version in force at this place."""
        return self.ledger.versions[-1] if self.ledger.versions else None

    def fail(self, error: EvidenceError, index: int) -> None:
        """Note a failure."""
        self.ledger.failures.append(Failure(error.code, index, error.message))
