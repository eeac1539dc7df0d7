"""The statements people sign (EVIDENCE 4.3): letter, assent, close; may import the rooms below it here.

Each is an in-toto Statement v1 whose type is `https://<service domain>/<kind>/v1`, the domain being that of
the letter's origin. Reading refuses every unknown field and type; what is read formats to the same bytes.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, Final

from . import canonical, shape
from .base64_text import from_base64, to_base64
from .errors import EvidenceError, Malformed
from .keyring import PublicKey
from .shape import nonce_text
from .signatory import (
    SALT_BYTES,
    Commitment,
    Signatory,
    commitment_of,
    opening_bytes,
    signatory_from_json,
    signatory_of,
)

__all__ = [
    "BINDERS",
    "DECISIONS",
    "SALT_BYTES",
    "AssentStatement",
    "CloseStatement",
    "Collation",
    "Commitment",
    "Head",
    "LetterStatement",
    "RelyingParty",
    "Signatory",
    "Statement",
    "Subject",
    "commitment_of",
    "nonce_text",
    "opening_bytes",
    "parse",
    "payload_digest",
    "signatory_from_json",
    "signatory_of",
]

DECISIONS: Final = ("approve", "decline", "withdraw")
BINDERS: Final = ("attestor", "coordinator")
ACCEPTABLE: Final = ("typography",)
LIST_FILE: Final = "signatories.json"

_STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
_WHOLE: Final = frozenset({"_type", "predicate", "predicateType", "subject"})
_HEAD: Final = frozenset({"root", "size"})
_SUBJECT: Final = frozenset({"digest", "name"})
_DIGEST: Final = frozenset({"sha256"})
_COMMON: Final = frozenset({"by", "letter", "head", "time", "nonce"})


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
class _Common:
    by: str
    letter: str
    head: Head
    time: str
    nonce: str
    subject: tuple[Subject, ...]

    KIND: ClassVar[str]

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
                "_type": _STATEMENT_TYPE,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterStatement(_Common):
    """A version of the letter, its texts, and who may sign for it; signed by a coordinator."""

    version: int
    title: str
    prev: str | None
    coordinators: tuple[PublicKey, ...]
    attestor: PublicKey
    binders: tuple[str, ...]
    min_level: int
    rp: RelyingParty
    ssh_namespace: str

    KIND = "letter"
    FIELDS: ClassVar = _COMMON | {
        "version", "title", "prev", "coordinators", "attestor", "binders", "min_level", "rp", "ssh_namespace",
    }  # fmt: skip

    def _predicate(self) -> dict[str, Any]:
        return {
            "attestor": self.attestor.to_json(),
            "binders": list(self.binders),
            "coordinators": [key.to_json() for key in self.coordinators],
            "min_level": self.min_level,
            "prev": self.prev,
            "rp": {"id": self.rp.id, "origins": list(self.rp.origins)},
            "ssh_namespace": self.ssh_namespace,
            "title": self.title,
            "version": self.version,
        }

    def languages(self) -> dict[str, Subject]:
        """Give the version's files by language."""
        start = len(f"{self.version}.")
        return {file.name[start : -len(".md")]: file for file in self.subject}

    @classmethod
    def _read(cls, fields: dict[str, Any], common: dict[str, Any]) -> "LetterStatement":
        version = shape.integer(fields["version"], 1, shape.MAX_SIZE, "version")
        _check_letter_files(version, common["subject"])
        coordinators = shape.array(fields["coordinators"], "coordinators")
        binders = shape.array(fields["binders"], "binders")
        if not coordinators or not binders:
            raise Malformed("TYPE_UNKNOWN", "A letter names at least one coordinator and one binder.")
        if len(set(map(str, binders))) != len(binders):
            raise Malformed("TYPE_UNKNOWN", "A binder is named twice.")
        rp = shape.members(fields["rp"], {"id", "origins"}, "rp")
        return cls(
            **common,
            version=version,
            title=shape.words(fields["title"], "title"),
            prev=shape.sha256_or_null(fields["prev"], "prev"),
            coordinators=tuple(PublicKey.from_json(key) for key in coordinators),
            attestor=PublicKey.from_json(fields["attestor"]),
            binders=tuple(shape.choice(binder, BINDERS, "binder") for binder in binders),
            min_level=shape.integer(fields["min_level"], 1, 4, "min_level"),
            rp=RelyingParty(
                shape.text(rp["id"], "rp id"),
                tuple(shape.text(each, "origin") for each in shape.array(rp["origins"], "origins")),
            ),
            ssh_namespace=shape.text(fields["ssh_namespace"], "ssh_namespace"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssentStatement(_Common):
    """An organisation's decision about exactly these texts."""

    version: int
    decision: str
    signatory: Signatory | Commitment
    prev: str | None
    accepts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Keep a refusal from being logged under a name: who declined is nobody's business."""
        if self.decision == "decline" and isinstance(self.signatory, Signatory):
            raise Malformed("TYPE_UNKNOWN", "A decline is logged under a commitment, never under a name.")

    KIND = "assent"
    FIELDS: ClassVar = _COMMON | {"version", "decision", "signatory", "prev"}
    FIELDS_ACCEPTING: ClassVar = FIELDS | {"accepts"}

    def _predicate(self) -> dict[str, Any]:
        predicate: dict[str, Any] = {
            "decision": self.decision,
            "prev": self.prev,
            "signatory": self.signatory.to_json(),
            "version": self.version,
        }
        if self.accepts:
            predicate["accepts"] = list(self.accepts)
        return predicate

    @classmethod
    def _read(cls, fields: dict[str, Any], common: dict[str, Any]) -> "AssentStatement":
        accepts = shape.array(fields.get("accepts", ["typography"]), "accepts")
        if accepts != ["typography"]:
            raise Malformed("TYPE_UNKNOWN", "The field accepts holds an unknown word, or none.")
        return cls(
            **common,
            version=shape.integer(fields["version"], 1, shape.MAX_SIZE, "version"),
            decision=shape.choice(fields["decision"], DECISIONS, "decision"),
            signatory=signatory_from_json(fields["signatory"]),
            prev=shape.sha256_or_null(fields["prev"], "prev"),
            accepts=ACCEPTABLE if "accepts" in fields else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseStatement(_Common):
    """The coordinator's word on an edition: this list, these PDFs."""

    version: int
    edition: int
    listed: int
    confidential: int
    collation: Collation
    document_date: str
    release: str

    KIND = "close"
    FIELDS: ClassVar = _COMMON | {
        "version", "edition", "listed", "confidential", "collation", "document_date", "release",
    }  # fmt: skip

    def _predicate(self) -> dict[str, Any]:
        return {
            "collation": {
                "ignore_article": self.collation.ignore_article,
                "locale": self.collation.locale,
                "version": self.collation.version,
            },
            "confidential": self.confidential,
            "document_date": self.document_date,
            "edition": self.edition,
            "listed": self.listed,
            "release": self.release,
            "version": self.version,
        }

    @classmethod
    def _read(cls, fields: dict[str, Any], common: dict[str, Any]) -> "CloseStatement":
        for file in common["subject"]:
            stem, dot, ending = file.name.rpartition(".")
            if file.name != LIST_FILE and (not dot or ending != "pdf" or not shape.is_language(stem)):
                raise Malformed("TYPE_UNKNOWN", f"A closing has no file {file.name!a}.")
        if LIST_FILE not in {file.name for file in common["subject"]}:
            raise Malformed("TYPE_UNKNOWN", f"A closing names {LIST_FILE}.")
        order = shape.members(fields["collation"], {"ignore_article", "locale", "version"}, "collation")
        return cls(
            **common,
            version=shape.integer(fields["version"], 1, shape.MAX_SIZE, "version"),
            edition=shape.integer(fields["edition"], 1, shape.MAX_SIZE, "edition"),
            listed=shape.integer(fields["listed"], 0, shape.MAX_SIZE, "listed"),
            confidential=shape.integer(fields["confidential"], 0, shape.MAX_SIZE, "confidential"),
            collation=Collation(
                shape.truth(order["ignore_article"], "ignore_article"),
                shape.text(order["locale"], "locale"),
                shape.text(order["version"], "version"),
            ),
            document_date=shape.day(fields["document_date"], "document_date"),
            release=shape.text(fields["release"], "release"),
        )


Statement = LetterStatement | AssentStatement | CloseStatement

# The `key` statement (EVIDENCE 4.3) joins here as soon as a scheme exists that binds keys.
_KINDS: Final[dict[str, type[LetterStatement] | type[AssentStatement] | type[CloseStatement]]] = {
    kind.KIND: kind for kind in (LetterStatement, AssentStatement, CloseStatement)
}


def parse(data: bytes) -> Statement:
    """Read a payload.

    Raises:
        Malformed: `NOT_CANONICAL` when it is spelled in another way, `TYPE_UNKNOWN` for every type, field or
            value this reader does not know, `ENVELOPE_MALFORMED` when it is no JSON.
    """
    try:
        return _parse(canonical.from_bytes(data))
    except EvidenceError as error:
        codes = {"NOT_CANONICAL": "NOT_CANONICAL", "NOT_JSON": "ENVELOPE_MALFORMED"}
        raise Malformed(codes.get(error.code, "TYPE_UNKNOWN"), error.message) from None


def _parse(value: Any) -> Statement:
    whole = shape.members(value, _WHOLE, "statement")
    if whole["_type"] != _STATEMENT_TYPE or type(whole["predicate"]) is not dict:
        raise Malformed("TYPE_UNKNOWN", "This is not an in-toto Statement v1.")
    letter = shape.origin(whole["predicate"].get("letter"), "letter")
    prefix, suffix = f"https://{shape.host_of(letter)}/", "/v1"
    name = shape.text(whole["predicateType"], "predicateType")
    kind = _KINDS.get(name[len(prefix) : -len(suffix)])
    if kind is None or name != f"{prefix}{kind.KIND}{suffix}":
        raise Malformed("TYPE_UNKNOWN", f"The statement type {name!a} is not known here.")
    names = kind.FIELDS
    if kind is AssentStatement and "accepts" in whole["predicate"]:
        names = AssentStatement.FIELDS_ACCEPTING
    fields = shape.members(whole["predicate"], names, f"{kind.KIND} statement")
    common = {
        "by": shape.words(fields["by"], "by"),
        "letter": letter,
        "head": Head.from_json(fields["head"]),
        "time": shape.time(fields["time"], "time"),
        "nonce": shape.nonce(fields["nonce"], "nonce"),
        "subject": _subjects(whole["subject"]),
    }
    return kind._read(fields, common)


def payload_digest(payload: bytes) -> str:
    """Give the name later statements call a payload by in `prev`."""
    return sha256(payload).hexdigest()


def _subjects(value: Any) -> tuple[Subject, ...]:
    subjects: list[Subject] = []
    for item in shape.array(value, "subject"):
        file = shape.members(item, _SUBJECT, "subject")
        digest = shape.members(file["digest"], _DIGEST, "digest")["sha256"]
        subjects.append(Subject(shape.words(file["name"], "name"), shape.sha256_hex(digest, "digest")))
    if not subjects:
        raise Malformed("TYPE_UNKNOWN", "A statement is about at least one file.")
    if len({subject.name for subject in subjects}) != len(subjects):
        raise Malformed("TYPE_UNKNOWN", "A statement names a file twice.")
    return tuple(subjects)


def _check_letter_files(version: int, files: tuple[Subject, ...]) -> None:
    for file in files:
        number, _, rest = file.name.partition(".")
        language, dot, ending = rest.rpartition(".")
        if number != str(version) or not dot or ending != "md" or not shape.is_language(language):
            raise Malformed("TYPE_UNKNOWN", f"Version {version} has no file {file.name!a}.")
