"""Log entries read one by one and their signatures judged, alone or shared out (EVIDENCE 4.9, step 6).

May import `envelope`, `statement`, `keyring`, `errors`. Reading happens here in order; signatures go through
the caller's `map` in batches, so that a pool of processes can take them while the next batch is read. Which key a
name stands for is only guessed here, from what was read so far; whoever decides compares the guess with the key
that really may speak, and judges again where they differ.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NamedTuple

from .envelope import Envelope
from .errors import EvidenceError, Rejected
from .keyring import PublicKey
from .schemes import FITS, OpenKey, Place, open_key
from .statement import KeyStatement, LetterStatement, Statement, parse

BATCH: Final = 256
# So many other keys are tried when a signature does not fit, to say whose it is.
MAX_OTHERS: Final = 32

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
    digest: bytes


class Guess(NamedTuple):
    """What a signature is worth if this is the key its statement names, and this the place it belongs to."""

    key: PublicKey
    place: Place
    verdict: str


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


def place_of(letter: LetterStatement) -> Place:
    """Say where signatures belong while this version of the letter is the newest."""
    return Place(letter.rp.id, letter.rp.origins, letter.ssh_namespace)


class Reading:
    """A log being read: a pool works on the signatures from the moment this is made.

    Iterating gives each readable entry in order, with what its signature is worth under the key its statement
    seems to name, or None where nothing read so far says what that key is.
    """

    def __init__(self, entries: Iterable[bytes | None], mapper: Mapper) -> None:
        self.failures: list[Failure] = []
        self._waiting: deque[tuple[ReadEntry, PublicKey | None, Place]] = deque()
        self._keys: dict[str, PublicKey] = {}
        self._place = Place()
        self._verdicts = mapper(judge_signatures, self._batches(entries))

    def __iter__(self) -> Iterator[tuple[ReadEntry, Guess | None]]:
        """Give entries and verdicts as they arrive; an entry that was given is kept no longer."""
        waiting = self._waiting
        for batch in self._verdicts:
            for verdict in batch:
                entry, key, place = waiting.popleft()
                while key is None:
                    yield entry, None
                    entry, key, place = waiting.popleft()
                yield entry, Guess(key, place, verdict)
        while waiting:
            yield waiting.popleft()[0], None

    def _batches(self, entries: Iterable[bytes | None]) -> Iterator[list[_Task]]:
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
            if isinstance(statement, LetterStatement):
                self._place = place_of(statement)
                self._learn((*statement.coordinators, statement.attestor))
            elif isinstance(statement, KeyStatement):
                self._learn((statement.bound,))
            key = self._keys.get(statement.by)
            self._waiting.append((ReadEntry(index, statement, sha256(envelope.payload).digest()), key, self._place))
            if key is None:
                continue
            batch.append((key.scheme, key.public_key, envelope.signature, envelope.pae, self._place))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _learn(self, keys: Iterable[PublicKey]) -> None:
        # Which keys may speak is decided later, in order; here only what their names stand for. One name can be
        # spelled in two schemes (a passkey's key is also a plain one): the newest is the better guess.
        for key in keys:
            if self._keys.get(key.key) != key:
                try:
                    key.open()
                except EvidenceError:
                    continue
                self._keys[key.key] = key


class Signatures:
    """Says whether a key signed an entry, by the guess where that was about this key and place."""

    def __init__(self, entries: Sequence[bytes | None]) -> None:
        self._entries = entries

    def envelope(self, index: int) -> Envelope:
        """Read an entry's envelope once more; it was read before, so it can be."""
        return Envelope.from_bytes(self._entries[index] or b"")

    def is_checked(
        self, entry: ReadEntry, guess: Guess | None, key: PublicKey, place: Place, others: Iterable[PublicKey] = ()
    ) -> bool:
        """Check that a key signed an entry; False when this machine lacks the judge for its scheme.

        Raises:
            Rejected: `SIGNATURE_BAD`, `WEBAUTHN_*`, or `KEY_MISMATCH` when one of the `others` signed.
        """
        if guess is not None and guess.key == key and guess.place == place:
            verdict = guess.verdict
        else:
            verdict = self._judge(entry, key, place)
        if verdict == FITS:
            return True
        if verdict == "SCHEME_NOT_CHECKED":
            return False
        for other, _ in zip(others, range(MAX_OTHERS), strict=False):
            if other.key != key.key and self._judge(entry, other, place) == FITS:
                raise Rejected("KEY_MISMATCH", f"Another key signed: {other.key}.")
        if verdict == "SIGNATURE_BAD":
            raise Rejected(verdict, "The signature does not fit the statement.")
        raise Rejected(verdict, f"The passkey's signature is not what it must be: {_PASSKEY.get(verdict, verdict)}.")

    def _judge(self, entry: ReadEntry, key: PublicKey, place: Place) -> str:
        envelope = self.envelope(entry.index)
        return key.open().judge(envelope.signature, envelope.pae, place)


_PASSKEY: Final = {
    "WEBAUTHN_CHALLENGE": "it was made for other words",
    "WEBAUTHN_ORIGIN": "it was made on another page than the letter's",
    "WEBAUTHN_RPID": "it was made for another site than the letter's",
    "WEBAUTHN_FLAGS": "it does not say that a person was there and was recognised",
}
