"""Log entries read one by one and their signatures judged, alone or shared out (EVIDENCE 4.9, step 6).

May import `envelope`, `statement`, `keyring`, `errors`. Reading happens here in order; signatures go through
the caller's `map` in batches, so that a pool of processes can take them while the next batch is read.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .envelope import Envelope
from .errors import EvidenceError
from .keyring import PublicKey
from .schemes import FITS, OpenKey, Place, open_key
from .statement import LetterStatement, Statement, parse, payload_digest

BATCH: Final = 256

# `map`, or the map of a pool: it must keep the order.
Mapper = Callable[..., Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that is not as it must be: a code of EVIDENCE 4.9, where, and in plain words."""

    code: str
    entry: int | None
    message: str


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry that could be read: its place, what it says, and the digest of its payload."""

    index: int
    statement: Statement
    digest: str


# One signature to judge: scheme, text of the key, signature, signed bytes, where it belongs.
_Task = tuple[str, str, bytes, bytes, Place]


def judge_signatures(batch: Sequence[_Task]) -> list[str]:
    """Judge a batch of signatures, FITS or a code for each; a plain function of bytes, for a process pool."""
    opened: dict[tuple[str, str], OpenKey] = {}
    verdicts: list[str] = []
    for scheme, text, signature, signed, place in batch:
        key = opened.get((scheme, text))
        if key is None:
            key = opened[scheme, text] = open_key(scheme, text)
        verdicts.append(key.judge(signature, signed, place))
    return verdicts


class Reading:
    """A log being read: a pool works on the signatures from the moment this is made.

    Iterating gives each readable entry in order, with True where the key it names signed it, False where it
    did not, and None where no letter up to there says what that key is.
    """

    def __init__(self, entries: Sequence[bytes | None], mapper: Mapper) -> None:
        self.failures: list[Failure] = []
        self._entries: list[ReadEntry] = []
        self._keys: dict[str, PublicKey] = {}
        self._asked: list[int] = []
        self._place = Place()
        self._verdicts = mapper(judge_signatures, self._batches(entries))

    def __iter__(self) -> Iterator[tuple[ReadEntry, bool | None]]:
        """Give entries and verdicts as they arrive."""
        given = asked = 0
        for batch in self._verdicts:
            for fits in batch:
                while given < self._asked[asked]:
                    yield self._entries[given], None
                    given += 1
                yield self._entries[given], fits == FITS
                given, asked = given + 1, asked + 1
        for entry in self._entries[given:]:
            yield entry, None

    def _batches(self, entries: Sequence[bytes | None]) -> Iterator[list[_Task]]:
        batch: list[_Task] = []
        for index, data in enumerate(entries):
            if data is None:
                continue
            try:
                envelope = Envelope.from_bytes(data)
                statement = parse(envelope.payload)
            except EvidenceError as error:
                self.failures.append(Failure(error.code, index, error.message))
                continue
            self._entries.append(ReadEntry(index, statement, payload_digest(envelope.payload)))
            if isinstance(statement, LetterStatement):
                self._place = Place(statement.rp.id, statement.rp.origins, statement.ssh_namespace)
                self._learn((*statement.coordinators, statement.attestor))
            key = self._keys.get(statement.by)
            if key is None:
                continue
            self._asked.append(len(self._entries) - 1)
            batch.append((key.scheme, key.public_key, envelope.signature, envelope.pae, self._place))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _learn(self, keys: Iterable[PublicKey]) -> None:
        for key in keys:
            # Which keys may speak is decided later, in order; here only what their names stand for.
            if key.key not in self._keys:
                try:
                    key.open()
                except EvidenceError:
                    continue
                self._keys[key.key] = key
