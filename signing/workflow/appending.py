"""A statement becomes a log entry: what every signed statement shares, and the one append."""

from __future__ import annotations

from datetime import UTC, datetime

from signing.domain.errors import Refusal
from signing.domain.letter import Letter, Version
from signing.evidence.base64_text import from_base64, to_base64
from signing.evidence.checkpoint import Checkpoint
from signing.evidence.envelope import Envelope, seal
from signing.evidence.errors import EvidenceError
from signing.evidence.keyring import raw_from_pem
from signing.evidence.merkle import leaf_hash
from signing.evidence.receipt import Receipt
from signing.evidence.statement import Head, Subject, nonce_text, payload_digest
from signing.workflow.evidence_ports import rolled_back
from signing.workflow.ports import LoggedEntry, LogHead, Services, Signer, UnitOfWork


def time_text(at: datetime) -> str:
    """A time as statements spell it: UTC, whole seconds, four digits of the year even for what nobody means."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def nonce(services: Services) -> str:
    return nonce_text(services.random(16))


def head_of(head: LogHead) -> Head:
    """The locked or shown end of the log as a statement names it."""
    return Head(head.size, head.frontier.root())


def head_text(head: LogHead) -> str:
    """A head as a form carries it: `size:root`."""
    return f"{head.size}:{to_base64(head.frontier.root())}"


def head_from_text(text: str) -> Head | None:
    """The head a form carried, or None when it is not one."""
    size, _, root = text.partition(":")
    try:
        head = Head(int(size), from_base64(root))
    except (ValueError, EvidenceError):
        return None
    return head if f"{head.size}:{to_base64(head.root)}" == text else None


def subject_of(version: Version) -> tuple[Subject, ...]:
    """The files of a version as every statement about it names them."""
    return tuple(
        Subject.of(f"{version.number}.{language}.md", data)
        for language, data in sorted(version.files.items())
    )


def attestor_of(services: Services, letter: Letter) -> Signer:
    """The service's own key, which signs what only the service vouches for.

    Raises Refusal `attestor-changed` when the letter names another: what this one signed would count for nothing.
    """
    if letter.attestor is not None and letter.attestor != services.attestor.public.key:
        raise Refusal(
            "The service has another key than the one this letter names, so it records nothing it would have to vouch "
            "for. Please tell the coordinator: opening the same words again names the new key.",
            code="attestor-changed",
        )
    return services.attestor


def append(
    services: Services,
    uow: UnitOfWork,
    origin: str,
    head: LogHead,
    kind: str,
    payload: bytes,
    signer: Signer,
    at: datetime,
) -> LoggedEntry:
    """Sign `payload` and append it to the locked log, inside the caller's unit of work.

    Raises Refusal `log-rolled-back` when this database is older than what was signed before.
    """
    return append_sealed(services, uow, origin, head, kind, seal(payload, signer.public.key, signer.sign), at)


def append_sealed(
    services: Services, uow: UnitOfWork, origin: str, head: LogHead, kind: str, entry: bytes, at: datetime
) -> LoggedEntry:
    """Append an entry that somebody else has signed and the caller has judged, inside its unit of work.

    Raises Refusal `log-rolled-back` when this database is older than what was signed before.
    """
    services.high_water.check(origin, head.size, head.frontier.root())
    return uow.log.append(head, kind, entry, at)


def grown(head: LogHead, logged: LoggedEntry) -> LogHead:
    """The locked head after one more entry, for a second one in the same unit of work."""
    return LogHead(head.letter_id, head.frontier.append(leaf_hash(logged.entry)))


def payload_of(entry: bytes) -> bytes:
    return Envelope.from_bytes(entry).payload


def digest_of(entry: bytes) -> str:
    """The name a later statement of the same chain calls this entry by."""
    return payload_digest(payload_of(entry))


def sound_head(services: Services, letter: Letter) -> LogHead:
    """The committed head, which must hold the largest head that was ever signed.

    The mark is read before the log, so that an entry appended meanwhile can never look like a roll-back.
    Raises Refusal `log-rolled-back`.
    """
    mark = services.high_water.mark(letter.origin)
    with services.unit_of_work() as uow:
        head = uow.log.head(letter.id)
        root = uow.log.root_at(letter.id, mark.size) if mark and mark.size else None
    if mark is not None and mark.size and (head.size < mark.size or root != mark.root):
        raise rolled_back()
    return head


def checkpoint_note(services: Services, origin: str, size: int, root: bytes) -> bytes:
    """The signed checkpoint over a head of a log found sound; the head is remembered before it is signed.

    Ed25519 is deterministic, so asking again for the same head gives the same note: an earlier checkpoint is
    reproduced, never made anew.
    """
    services.high_water.advance(origin, size, root)
    public = raw_from_pem(services.log_key.public.public_key)
    return Checkpoint(origin, size, root).sign(public, services.log_key.sign)


def receipt_of(services: Services, letter: Letter, logged: LoggedEntry) -> bytes:
    """The C2SP tlog-proof of a committed entry in the tree that ends with it (EVIDENCE 4.6).

    Raises Refusal `log-rolled-back`.
    """
    sound_head(services, letter)
    note = checkpoint_note(services, letter.origin, logged.index + 1, logged.root)
    return Receipt(logged.index, logged.path, note, logged.entry).to_bytes()
