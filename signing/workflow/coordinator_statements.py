"""Statements composed for a coordinator: which key may sign, what waits for it, and the signature that comes back.

The private half of the key is the service's own, or with the coordinator alone (EVIDENCE 4.3). What is composed is
kept byte for byte until it is signed, so that nothing but what the coordinator saw is ever appended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from signing.domain.errors import Faulty, NotAllowed, NotFound, Refusal
from signing.domain.letter import Letter
from signing.evidence.envelope import Envelope
from signing.evidence.keyring import PublicKey
from signing.evidence.schemes import FITS
from signing.evidence.statement import LetterStatement, Statement, parse
from signing.workflow.activity import Act, record
from signing.workflow.appending import payload_of
from signing.workflow.evidence_ports import PreparedStatement
from signing.workflow.identifiers import new_id
from signing.workflow.letters import letter_of, place_of
from signing.workflow.ports import Services, Signer, UnitOfWork

WAITS = timedelta(hours=24)
SERVICE = "service"  # the owner of what the service's own key signs


class CoordinatorMustSign(Refusal):
    """The service holds no coordinator's key, so it cannot sign this alone."""

    code = "coordinator-must-sign"


class KeyNotNamed(NotAllowed):
    """Another key must sign: `keys` are the names of those the newest version names."""

    code = "key-not-named"

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = tuple(keys)
        super().__init__(
            "This letter was opened with other coordinators' keys. One of these must sign: {keys}.",
            values={"keys": ", ".join(self.keys)},
        )


@dataclass(frozen=True, slots=True)
class ToSignByCoordinator:
    """What a coordinator's key is to sign, and what the statement is about; `files` are a closing's list and PDFs."""

    prepared_id: str
    payload: bytes
    kind: str
    key: PublicKey
    letter: Letter
    statement: Statement
    files: dict[str, bytes]
    expires_at: datetime

    @property
    def pae(self) -> bytes:
        """The bytes that are signed."""
        return Envelope(self.payload, self.key.key, b"").pae


@dataclass(frozen=True, slots=True)
class ChosenKey:
    """The key that is to sign, and the account it belongs to (SERVICE for the service's own)."""

    public: PublicKey
    owner: str


def service_signer(services: Services) -> Signer:
    """The coordinator's key that the service holds. Raises CoordinatorMustSign when it holds none."""
    if services.coordinator is None:
        raise CoordinatorMustSign(
            "This service holds no coordinator's key. Please sign with a key of your own."
        )
    return services.coordinator


def sign_for_service(services: Services, prepared: PreparedStatement) -> bytes:
    """The signature of the key that the service holds. Raises CoordinatorMustSign when it holds none."""
    return service_signer(services).sign(Envelope(prepared.payload, prepared.key, b"").pae)


def chosen_key(services: Services, uow: UnitOfWork, key: str | None, account_id: str | None = None) -> ChosenKey:
    """The key of this name, None for the one the service holds.

    Raises CoordinatorMustSign when the service holds none; NotFound `key-unknown`; NotAllowed `key-retired`, or
    `key-of-another` when it is not this account's.
    """
    if key is None or (services.coordinator is not None and key == services.coordinator.public.key):
        return ChosenKey(service_signer(services).public, SERVICE)
    known = uow.coordinator_keys.get(key)
    if known is None:
        raise NotFound("No coordinator's key of this name is registered here.", code="key-unknown")
    if account_id is not None and known.account_id != account_id:
        raise NotAllowed("This key belongs to another coordinator.", code="key-of-another")
    if known.retired_at is not None:
        raise NotAllowed("This key is retired. Sign with another one.", code="key-retired")
    return ChosenKey(known.public, known.account_id)


def known_coordinators(services: Services, uow: UnitOfWork) -> set[str]:
    """Names of all keys that may have signed a first version here, retired ones too."""
    held = {services.coordinator.public.key} if services.coordinator else set()
    return held | {each.key for each in uow.coordinator_keys.all()}


def newest_version(uow: UnitOfWork, letter_id: str) -> tuple[bytes, LetterStatement] | None:
    """The payload and statement of the newest `letter` entry, None before the first opening."""
    newest = uow.log.newest(letter_id, "letter")
    if newest is None:
        return None
    payload = payload_of(newest.entry)
    statement = parse(payload)
    return (payload, statement) if isinstance(statement, LetterStatement) else None


def check_named(uow: UnitOfWork, letter_id: str, key: PublicKey) -> None:
    """Raise KeyNotNamed unless the newest version names this key (any key may sign the first one)."""
    newest = newest_version(uow, letter_id)
    if newest is not None and key not in newest[1].coordinators:
        raise KeyNotNamed(each.key for each in newest[1].coordinators)


def composed(
    services: Services,
    letter: Letter,
    kind: str,
    chosen: ChosenKey,
    payload: bytes,
    *,
    at: datetime,
    lasts: timedelta = WAITS,
    context: dict[str, Any] | None = None,
    files: dict[str, bytes] | None = None,
) -> PreparedStatement:
    """A statement as it waits for the signature of the chosen key."""
    return PreparedStatement(
        id=new_id(services), letter_id=letter.id, kind=kind, owner=chosen.owner, key=chosen.public.key,
        payload=payload, at=at, expires_at=at + lasts, files=files or {},
        context={"signer": "coordinator"} | (context or {}),
    )  # fmt: skip


def stored(services: Services, prepared: PreparedStatement) -> ToSignByCoordinator:
    """Keep what was composed until it is signed, in place of what the same key had not signed yet."""
    with services.unit_of_work(write=True) as uow:
        uow.prepared.forget_before(services.clock())
        uow.prepared.put(prepared)
        record(services, uow, Act.STATEMENT_PREPARED, prepared.letter_id, kind=prepared.kind)
        uow.commit()
        return shown(services, uow, prepared)


def shown(services: Services, uow: UnitOfWork, prepared: PreparedStatement) -> ToSignByCoordinator:
    """What waits, as whoever is to sign it sees it."""
    return ToSignByCoordinator(
        prepared_id=prepared.id, payload=prepared.payload, kind=prepared.kind,
        key=chosen_key(services, uow, prepared.key).public, letter=letter_of(uow, prepared.letter_id),
        statement=parse(prepared.payload), files=prepared.files, expires_at=prepared.expires_at,
    )  # fmt: skip


def waiting_statement(services: Services, prepared_id: str, account_id: str | None = None) -> PreparedStatement:
    """What was prepared under this name; signed already or not.

    Raises NotFound `prepared-unknown` (also for another account's), NotAllowed `prepared-expired`.
    """
    with services.unit_of_work() as uow:
        prepared = uow.prepared.get(prepared_id)
    # What contacts are to sign waits in the same table.
    if (
        prepared is None
        or prepared.context.get("signer") != "coordinator"
        or account_id not in (None, prepared.owner)
    ):
        raise NotFound("There is nothing of this name to be signed. Please begin once more.", code="prepared-unknown")
    if services.clock() >= prepared.expires_at:
        raise NotAllowed("This has waited too long for the signature. Please begin once more.", code="prepared-expired")
    return prepared


def sealed(
    services: Services, uow: UnitOfWork, prepared: PreparedStatement, signature: bytes, letter: Letter
) -> bytes:
    """The log entry, once the signature is judged to be the key's over exactly what was prepared.

    Raises Faulty (field `signature`) when it is not, and the refusals of `chosen_key`.
    """
    public = chosen_key(services, uow, prepared.key).public
    envelope = Envelope(prepared.payload, public.key, signature)
    verdict = public.open().judge(signature, envelope.pae, place_of(letter))
    if verdict == "SCHEME_NOT_CHECKED":
        raise Faulty(
            "This installation cannot check OpenPGP signatures. Install it with the extra `openpgp`, or sign with "
            "another key.",
            field="signature",
            code="scheme-not-checked",
        )
    if verdict != FITS:
        raise Faulty(
            "The signature is not that of the key {key} over this statement ({verdict}). Nothing was recorded.",
            values={"key": public.key, "verdict": verdict},
            field="signature",
            code="signature-unfit",
        )
    return envelope.to_bytes()


def settled(uow: UnitOfWork, prepared: PreparedStatement, index: int) -> None:
    """Note which entry the statement became, so that the same signature sent twice gives the same result."""
    if prepared.owner != SERVICE:
        uow.prepared.put(replace(prepared, files={}, context=prepared.context | {"index": index}))


def settled_index(prepared: PreparedStatement) -> int | None:
    """The entry a statement became, None while it waits."""
    index = prepared.context.get("index")
    return index if isinstance(index, int) else None
