"""What the workflow needs from machines to keep keys, statements that wait for a signature, outside witnesses, and the
largest head that was signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from signing.domain.binding import Binding, CoordinatorKey
from signing.domain.errors import Refusal
from signing.evidence.statement import Head


class Bindings(Protocol):
    def add(self, binding: Binding) -> None: ...
    def of_organisation(self, letter_id: str, organisation_id: str) -> list[Binding]:
        """Every binding of the organisation in this letter, in the order of the log."""

    def of_letter(self, letter_id: str) -> list[Binding]: ...
    def elsewhere(self, letter_id: str, organisation_id: str, key: str) -> list[Binding]:
        """Bindings of this key to this organisation in other letters, oldest first."""

    def of_key(self, key: str) -> list[Binding]:
        """Bindings of this key to whomever, in every letter, oldest first."""

    def known_of(self, organisation_id: str) -> list[Binding]:
        """Every binding of the organisation, in every letter, oldest first."""

    def known_of_bound(self, letter_id: str) -> list[Binding]:
        """Every binding, in every letter, of the organisations that have one in this letter; oldest first."""

    def revoke(self, letter_id: str, organisation_id: str, key: str, index: int) -> None:
        """Note the entry that revoked a key of one organisation; one revoked before keeps its first entry."""


class CoordinatorKeys(Protocol):
    def add(self, key: CoordinatorKey) -> None: ...
    def get(self, key: str) -> CoordinatorKey | None: ...
    def all(self) -> list[CoordinatorKey]:
        """Every key, the retired ones too, oldest first."""

    def retire(self, key: str, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A statement the service has composed and somebody else is to sign, byte for byte.

    `kind` is letter, close, key or assent; `owner` is the invitation or account it was composed for; `key` names
    the key that is to sign. `context` is what the use case needs to go on (JSON), `files` what the statement is
    about where that was made for it (the list and PDFs of a closing).
    """

    id: str
    letter_id: str
    kind: str
    owner: str
    key: str
    payload: bytes
    at: datetime
    expires_at: datetime
    context: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


class PreparedStatements(Protocol):
    def put(self, prepared: PreparedStatement) -> None:
        """Store, in place of what the same owner had prepared of the same letter, kind and key."""

    def get(self, prepared_id: str) -> PreparedStatement | None: ...
    def of_owner(self, letter_id: str, kind: str, owner: str) -> list[PreparedStatement]:
        """Newest first."""

    def remove(self, prepared_id: str) -> None: ...
    def forget_before(self, at: datetime) -> None:
        """Remove what has expired by `at`."""


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """An RFC 3161 answer over the checkpoint of this size; `at` is the authority's own time."""

    letter_id: str
    size: int
    authority: str
    at: datetime
    token: bytes


class TimeStamps(Protocol):
    def add(self, stamp: TimeStamp) -> None:
        """Store; a second stamp of the same authority over the same size is ignored."""

    def of_letter(self, letter_id: str) -> list[TimeStamp]:
        """By size, then authority."""

    def newest(self, letter_id: str, authority: str) -> TimeStamp | None:
        """The one over the largest size."""


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's signature line over the checkpoint of this size (C2SP tlog-cosignature), LF included.

    `witness` is the witness's verifier key, which names it beyond doubt.
    """

    letter_id: str
    size: int
    witness: str
    line: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Sealing:
    """A sealed PDF just made. Without a stamp `stamped_at` and `authority` are None, and `trouble` says why."""

    content: bytes
    stamped_at: datetime | None
    authority: str | None
    trouble: str


class Sealer(Protocol):
    """Whoever holds the document key."""

    def seal(self, pdf: bytes, bundle_zip: bytes, at: datetime, *, stamp: bool) -> Sealing:
        """Seal a document with its evidence; with `stamp` have it stamped if anybody stamps, which may take a while.

        Raises Refusal when the key or the document cannot be used.
        """


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """What is known of the sealed PDF of one edition and language; its bytes are asked for by themselves."""

    letter_id: str
    edition: int
    language: str
    at: datetime
    stamped_at: datetime | None
    authority: str | None
    trouble: str
    sha256: str


class SealedDocuments(Protocol):
    def put(self, document: SealedDocument, content: bytes) -> None:
        """Store it; in place of an older one only where that has no time stamp and this has."""

    def of_letter(self, letter_id: str) -> list[SealedDocument]:
        """By edition, then language."""

    def newest(self, letter_id: str, language: str) -> SealedDocument | None:
        """That of the newest edition which is sealed in this language."""

    def content(self, document: SealedDocument) -> bytes: ...
    def wanting(self, *, stamps: bool) -> list[str]:
        """The published letters with a PDF that is not sealed; with `stamps` also those with one not stamped."""


class Cosignatures(Protocol):
    def add(self, cosignature: Cosignature) -> None:
        """Store; a second one of the same witness over the same size is ignored."""

    def of_letter(self, letter_id: str) -> list[Cosignature]:
        """By size, then witness."""

    def over(self, letter_id: str, size: int) -> list[Cosignature]:
        """Those over the checkpoint of this size, by witness."""

    def newest(self, letter_id: str, *, below: int | None = None, limit: int = 100) -> list[Cosignature]:
        """The largest sizes first, up to `limit` of those under the size `below`."""


def rolled_back() -> Refusal:
    """What to say when this database is older than, or differs from, what was signed before."""
    return Refusal(
        "The database holds an older or another log than the one signed before: it was probably restored "
        "from a backup. Nothing was recorded. Please restore the newest backup, or ask for help.",
        code="log-rolled-back",
    )


class HighWater(Protocol):
    """The largest head ever signed for each origin, kept outside the database, so that a database that was
    rolled back or swapped cannot make the log sign a second history (FLOORS 3)."""

    def check(self, origin: str, size: int, root: bytes) -> None:
        """Raise `Refusal` (code `log-rolled-back`) when a larger head, or another root at this size, was signed."""

    def mark(self, origin: str) -> Head | None:
        """The largest head that was signed, None when nothing was."""

    def advance(self, origin: str, size: int, root: bytes) -> None:
        """Remember a committed head before it is signed; a smaller one than the present is ignored.

        Raises `Refusal` (code `log-rolled-back`) when another root was signed at this size.
        """
