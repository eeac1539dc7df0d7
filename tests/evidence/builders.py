"""Builds whole logs and bundles from fixed keys, times and nonces: the same calls give the same bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signing.evidence import EvidenceError, Trust, merkle
from signing.evidence.bundle import Edition, Outsiders, build
from signing.evidence.checkpoint import Checkpoint
from signing.evidence.envelope import seal
from signing.evidence.keyring import PublicKey, public_key_from_raw
from signing.evidence.ledger import Ledger, replay
from signing.evidence.letter_file import LetterFile
from signing.evidence.note import ALG_COSIGNATURE, Note, NoteKey, cosignature_line
from signing.evidence.policy import log_policy
from signing.evidence.receipt import Receipt
from signing.evidence.signatory_list import SignatoryList, compile_list
from signing.evidence.stamp import Bounds
from signing.evidence.statement import (
    AssentStatement,
    CloseStatement,
    Collation,
    Commitment,
    Head,
    KeyStatement,
    LetterStatement,
    RelyingParty,
    Signatory,
    Statement,
    Subject,
    commitment_of,
    nonce_text,
    opening_bytes,
    payload_digest,
)
from signing.evidence.trust import TrustedLog

from .time_authority import TimeAuthority

HOST = "assent.example"
ORIGIN = f"{HOST}/l/7f3c9a"
RELEASE = "coalition-signing 0.1.0"


@dataclass(frozen=True)
class Key:
    """A private key with everything said about its public half."""

    private: Ed25519PrivateKey
    public: PublicKey

    @property
    def raw(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def name(self) -> str:
        return self.public.key


class CanSign(Protocol):
    """What every signer of signers.py has, and the keys here too."""

    @property
    def public(self) -> PublicKey: ...

    @property
    def name(self) -> str: ...

    @property
    def private(self) -> Any: ...


def key_of(seed: str) -> Key:
    private = Ed25519PrivateKey.from_private_bytes(sha256(seed.encode()).digest())
    return Key(private, public_key_from_raw(private.public_key().public_bytes_raw()))


LOG, ATTESTOR, COORDINATOR, STRANGER = map(key_of, ("log", "attestor", "coordinator", "stranger"))

WITNESS = key_of("witness")
WITNESS_KEY = NoteKey("witness.example/w1", ALG_COSIGNATURE, WITNESS.raw)
WITNESS_LINE = f"witness w1 {WITNESS_KEY.vkey}\nquorum w1\n"

AUTHORITY = TimeAuthority()

NAMES = (
    "Société de l’Eau №1",
    "ئۇيغۇر جەمئىيىتى",
    "བོད་ཀྱི་ཚོགས་པ།",
    "中国人权",
    "منظمة الماء",
    "Human Rights in China",
    "Ärzte ohne Eile",
    "The Water Trust",
    "Żółw i Spółka",
    "Plain Name Foundation",
)


def letter_text(language: str = "en", words: str = "We ask for **water**.", title: str = "Open letter") -> bytes:
    header = {
        "addressees": [["The Minister", "of Water"]],
        "date": "2026-11-24",
        "date_line": "24 November 2026",
        "language": language,
        "title": title,
    }
    return LetterFile.of(header, f"# {title}\n\n{words}\n").to_bytes()


def refusal(call: Callable[[], object]) -> str:
    """Run a reader and give the code it refuses with, empty when it does not; other errors pass through."""
    try:
        call()
    except EvidenceError as error:
        return error.code
    return ""


def signatory(number: int) -> Signatory:
    name = NAMES[number % len(NAMES)] + (f" {number}" if number >= len(NAMES) else "")
    return Signatory(f"A{number}", name, None, f"org-{number}", f"Person {number}", "Director", None)


def opening(number: int) -> bytes:
    return opening_bytes(signatory(number), sha256(b"salt%d" % number).digest())


def commitment(number: int) -> Commitment:
    return Commitment(commitment_of(opening(number)))


def by_name(entry: Signatory) -> str:
    return entry.sort_name or entry.listed_as


@dataclass
class LetterBuilder:
    """A letter's log that grows by calls named after what people do."""

    origin: str = ORIGIN
    entries: list[bytes] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    versions: list[LetterStatement] = field(default_factory=list)
    editions: list[Edition] = field(default_factory=list)
    checkpoints: dict[int, bytes] = field(default_factory=dict)
    receipts: dict[str, bytes] = field(default_factory=dict)
    history: dict[str, bytes] = field(default_factory=dict)
    openings: dict[str, bytes] = field(default_factory=dict)
    stamps: dict[tuple[int, str], bytes] = field(default_factory=dict)
    stamped: list[tuple[int, datetime]] = field(default_factory=list)
    cosignatures: dict[int, bytes] = field(default_factory=dict)
    log_key: Key = LOG
    last_version: str | None = None
    last_answer: dict[str, str] = field(default_factory=dict)
    frontier: merkle.Frontier = field(default_factory=merkle.Frontier.empty)

    def _common(self, by: CanSign, subject: tuple[Subject, ...]) -> dict[str, Any]:
        index = len(self.entries)
        return {
            "by": by.name,
            "letter": self.origin,
            "head": Head(self.frontier.size, self.frontier.root()),
            "time": f"2026-11-24T{index // 3600 % 24:02d}:{index // 60 % 60:02d}:{index % 60:02d}Z",
            "nonce": nonce_text(sha256(b"nonce%d" % index).digest()[:16]),
            "subject": subject,
        }

    def append(self, payload: bytes, key: CanSign) -> int:
        """Seal a payload and append it; returns its index."""
        entry = seal(payload, key.name, key.private.sign)
        return self.append_entry(entry)

    def append_entry(self, entry: bytes) -> int:
        self.entries.append(entry)
        self.frontier = self.frontier.append(merkle.leaf_hash(entry))
        return len(self.entries) - 1

    def append_statement(self, statement: Statement, key: CanSign) -> int:
        return self.append(statement.to_bytes(HOST), key)

    def version(
        self,
        texts: Mapping[str, bytes] | None = None,
        *,
        key: CanSign = COORDINATOR,
        alter: Callable[[LetterStatement], LetterStatement] = lambda statement: statement,
    ) -> int:
        number = len(self.versions) + 1
        named = {f"{number}.{lang}.md": text for lang, text in (texts or {"en": letter_text()}).items()}
        self.files.update(named)
        statement = alter(
            LetterStatement(
                **self._common(key, tuple(Subject.of(name, data) for name, data in named.items())),
                version=number,
                title="Open letter",
                prev=self.last_version,
                coordinators=(COORDINATOR.public,),
                attestor=ATTESTOR.public,
                binders=("attestor",),
                min_level=1,
                rp=RelyingParty(HOST, (f"https://{HOST}",)),
                ssh_namespace=f"assent@{HOST}",
            )
        )
        self.versions.append(statement)
        payload = statement.to_bytes(HOST)
        self.last_version = payload_digest(payload)
        return self.append(payload, key)

    def answer(
        self,
        who: Signatory | Commitment,
        decision: str = "approve",
        *,
        version: int | None = None,
        accepts: tuple[str, ...] = (),
        key: CanSign = ATTESTOR,
        alter: Callable[[AssentStatement], AssentStatement] = lambda statement: statement,
    ) -> int:
        letter = self.versions[(version or len(self.versions)) - 1]
        statement = alter(
            AssentStatement(
                **self._common(key, letter.subject),
                version=letter.version,
                decision=decision,
                signatory=who,
                prev=self.last_answer.get(who.identity),
                accepts=accepts,
            )
        )
        payload = statement.to_bytes(HOST)
        self.last_answer[who.identity] = payload_digest(payload)
        return self.append(payload, key)

    def bind(
        self,
        who: Signatory | Commitment,
        bound: CanSign,
        *,
        key: CanSign = ATTESTOR,
        until: str | None = None,
        history: bytes | None = None,
        alter: Callable[[KeyStatement], KeyStatement] = lambda statement: statement,
    ) -> int:
        """Bind a key; with a receipt of an earlier letter, by continuity."""
        attested = key is ATTESTOR
        statement = KeyStatement(
            **self._common(key, (Subject.of("key", bound.public.public_key.encode()),)),
            action="bind",
            signatory=who,
            bound=bound.public,
            until=until,
            basis=("continuity" if history else "code") if attested else None,
            history=sha256(history).hexdigest() if history else None,
        )
        if history:
            self.history[f"{len(self.history)}.tlog-proof"] = history
        return self.append_statement(alter(statement), key)

    def revoke(
        self,
        who: Signatory | Commitment,
        bound: CanSign,
        *,
        key: CanSign = ATTESTOR,
        compromised_since: str | None = None,
    ) -> int:
        statement = KeyStatement(
            **self._common(key, (Subject.of("key", bound.public.public_key.encode()),)),
            action="revoke",
            signatory=who,
            bound=bound.public,
            compromised_since=compromised_since,
        )
        return self.append_statement(statement, key)

    def asks(self, *, binders: tuple[str, ...] = ("attestor",), min_level: int = 1, **more: Any) -> int:
        """A version that asks for more than usual."""
        return self.version(alter=lambda statement: replace(statement, binders=binders, min_level=min_level, **more))

    def ledger(self) -> Ledger:
        files = {f"letter/{name}": data for name, data in self.files.items()}
        bounds = Bounds(self.stamped) if self.stamped else None
        return replay(self.entries, files=files, coordinators=None, bounds=bounds)

    def signatories(self) -> SignatoryList:
        return compile_list(self.ledger(), groups={}, sort_key=by_name)

    def close(
        self,
        *,
        key: CanSign = COORDINATOR,
        names: SignatoryList | None = None,
        list_file: bytes | None = None,
        pdfs: Mapping[str, bytes] | None = None,
        alter: Callable[[CloseStatement], CloseStatement] = lambda statement: statement,
    ) -> int:
        compiled = names or self.signatories()
        data = compiled.to_bytes() if list_file is None else list_file
        number = len(self.editions) + 1
        pdfs = pdfs or dict.fromkeys(self.versions[-1].languages(), f"%PDF-1.7 edition {number}".encode())
        subject = [Subject.of(f"{language}.pdf", pdf) for language, pdf in pdfs.items()]
        subject.append(Subject.of("signatories.json", data))
        statement = alter(
            CloseStatement(
                **self._common(key, tuple(subject)),
                version=self.versions[-1].version,
                edition=number,
                listed=len(compiled.listed),
                confidential=compiled.confidential,
                collation=Collation(False, "en", "153.121"),
                document_date="2026-11-24",
                release=RELEASE,
            )
        )
        self.editions.append(Edition(number, data, pdfs))
        return self.append_statement(statement, key)

    def checkpoint(self, key: Key | None = None) -> bytes:
        signer = key or self.log_key
        checkpoint = Checkpoint(self.origin, self.frontier.size, self.frontier.root())
        return checkpoint.sign(signer.raw, signer.private.sign)

    def keep_checkpoint(self) -> None:
        self.checkpoints[self.frontier.size] = self.checkpoint()

    def stamp(self, at: str, authority: TimeAuthority = AUTHORITY) -> None:
        """Keep the checkpoint of now, with a time authority's stamp over it."""
        self.keep_checkpoint()
        size = self.frontier.size
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        self.stamps[size, authority.name] = authority.stamp(self.checkpoints[size], moment)
        self.stamped.append((size, moment))

    def cosign(self, witness: Key = WITNESS) -> bytes:
        """Keep the checkpoint of now with a witness's line beside it, and give the note with the line in it."""
        self.keep_checkpoint()
        size, note = self.frontier.size, self.checkpoint()
        line = cosignature_line(
            Note.from_bytes(note).text, WITNESS_KEY.name, WITNESS.raw, 1795478400, witness.private.sign
        )
        self.cosignatures[size] = line
        return note + line

    def receipt(self, index: int) -> bytes:
        leaves = [merkle.leaf_hash(entry) for entry in self.entries]
        return Receipt(index, merkle.inclusion_path(leaves, index), self.checkpoint(), self.entries[index]).to_bytes()

    def bundle(self, checkpoint: bytes | None = None) -> dict[str, bytes]:
        return build(
            entries=self.entries,
            checkpoint=checkpoint or self.checkpoint(),
            policy=log_policy([NoteKey(self.origin, 1, self.log_key.raw)]),
            letter_files=self.files,
            editions=self.editions,
            checkpoints=self.checkpoints,
            receipts=self.receipts,
            history=self.history,
            openings=self.openings,
            outsiders=Outsiders(self.cosignatures, self.stamps),
        )

    def trust(self) -> Trust:
        return trust_of(self.log_key)


def trust_of(
    log_key: Key = LOG, coordinator: Key = COORDINATOR, *, policy: str = "", roots: tuple[str, ...] = ()
) -> Trust:
    return Trust(
        logs=(TrustedLog(f"{HOST}/l/", log_key.public.public_key),),
        coordinators=(coordinator.name,),
        policy=policy,
        tsa_roots=roots,
        held_by_service=(coordinator.name,),
    )


def closed_letter(approvals: int = 9, declines: int = 1, confidential: int = 0) -> LetterBuilder:
    """The story of the real letter: all are asked, nine approve, one declines, the coordinator closes."""
    letter = LetterBuilder()
    letter.version()
    letter.keep_checkpoint()
    for number in range(approvals):
        letter.answer(signatory(number))
    for number in range(approvals, approvals + declines):
        letter.answer(commitment(number), "decline")
    for number in range(approvals + declines, approvals + declines + confidential):
        letter.answer(commitment(number))
    letter.keep_checkpoint()
    letter.close()
    return letter
