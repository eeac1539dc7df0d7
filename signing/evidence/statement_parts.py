"""What every statement is made of: subject, head, and the fields they share (EVIDENCE 4.3).

May import `canonical`, `shape`, `base64_text`, `errors`. Reading refuses every unknown field.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, Final

from . import canonical, shape
from .base64_text import from_base64, to_base64
from .errors import Malformed

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
COMMON: Final = frozenset({"by", "letter", "head", "time", "nonce"})

_HEAD: Final = frozenset({"root", "size"})
_SUBJECT: Final = frozenset({"digest", "name"})
_DIGEST: Final = frozenset({"sha256"})


@dataclass(frozen=True, slots=True)
class Head:
    """The newest state of the log the signer was shown."""

    size: int
    root: bytes

    def to_json(self) -> dict[str, Any]:
        """Give the object that goes into a statement."""
        return {"root": to_base64(self.root), "size": self.size}

    @classmethod
    def from_json(cls, value: Any) -> "Head":
        """Take the object of a statement.

        Raises:
            Malformed: `TYPE_UNKNOWN`.
        """
        fields = shape.members(value, _HEAD, "head")
        root = from_base64(shape.text(fields["root"], "root"))
        if len(root) != 32:
            raise Malformed("TYPE_UNKNOWN", "The root of a head has 32 bytes.")
        return cls(shape.integer(fields["size"], 0, shape.MAX_SIZE, "size"), root)


@dataclass(frozen=True, slots=True)
class Subject:
    """One file a statement is about: its name and SHA-256 in hexadecimal."""

    name: str
    sha256: str

    @classmethod
    def of(cls, name: str, data: bytes) -> "Subject":
        """Name a file by its bytes."""
        return cls(name, sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Where passkeys of this letter belong."""

    id: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collation:
    """How the signatory list was sorted."""

    ignore_article: bool
    locale: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """The fields every statement has; each kind adds its own."""

    by: str
    letter: str
    head: Head
    time: str
    nonce: str
    subject: tuple[Subject, ...]

    KIND: ClassVar[str]
    OPTIONAL: ClassVar[frozenset[str]] = frozenset()

    def _predicate(self) -> dict[str, Any]:
        raise NotImplementedError

    def to_bytes(self, host: str) -> bytes:
        """Format as the payload that is signed; `host` is the service domain.

        Raises:
            Malformed: `LETTER_MISMATCH` when the letter's log is not of this domain.
        """
        if shape.host_of(self.letter) != host:
            raise Malformed("LETTER_MISMATCH", f"The letter {self.letter!a} is not one of {host!a}.")
        return canonical.to_bytes(
            {
                "_type": STATEMENT_TYPE,
                "predicate": {
                    "by": self.by,
                    "head": self.head.to_json(),
                    "letter": self.letter,
                    "nonce": self.nonce,
                    "time": self.time,
                    **self._predicate(),
                },
                "predicateType": f"https://{host}/{self.KIND}/v1",
                "subject": [{"digest": {"sha256": s.sha256}, "name": s.name} for s in self.subject],
            }
        )


def subjects(value: Any) -> tuple[Subject, ...]:
    found: list[Subject] = []
    for item in shape.array(value, "subject"):
        file = shape.members(item, _SUBJECT, "subject")
        digest = shape.members(file["digest"], _DIGEST, "digest")["sha256"]
        found.append(Subject(shape.words(file["name"], "name"), shape.sha256_hex(digest, "digest")))
    if not found:
        raise Malformed("TYPE_UNKNOWN", "A statement is about at least one file.")
    if len({subject.name for subject in found}) != len(found):
        raise Malformed("TYPE_UNKNOWN", "A statement names a file twice.")
    return tuple(found)
