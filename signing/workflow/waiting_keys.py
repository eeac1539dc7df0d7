"""Key statements that wait for the signature of an organisation's own key: what is kept of each, and for whom."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import datetime

from signing.domain.errors import NotFound
from signing.evidence.keyring import PublicKey
from signing.evidence.statement import KeyStatement, parse
from signing.workflow.evidence_ports import PreparedStatement
from signing.workflow.ports import InvitationView, UnitOfWork


@dataclass(frozen=True, slots=True)
class WaitingKey:
    """One prepared bind or revocation; `signer` is the organisation's own key, `index` its place once logged."""

    id: str
    letter_id: str
    owner: str
    payload: bytes
    at: datetime
    expires_at: datetime
    signer: PublicKey
    until: datetime | None
    credential_id: bytes | None
    generation: int
    index: int | None = None

    @property
    def statement(self) -> KeyStatement:
        """What the payload says."""
        said = parse(self.payload)
        assert isinstance(said, KeyStatement), "only key statements are kept under this kind"
        return said


def keep(uow: UnitOfWork, new: WaitingKey) -> None:
    """Keep it until it is signed, in place of what waited for the same signer before."""
    handle = base64.b64encode(new.credential_id).decode() if new.credential_id is not None else None
    uow.prepared.put(
        PreparedStatement(
            id=new.id,
            letter_id=new.letter_id,
            kind=KeyStatement.KIND,
            owner=new.owner,
            key=new.signer.key,
            payload=new.payload,
            at=new.at,
            expires_at=new.expires_at,
            context={
                "signer": new.signer.to_json(),
                "until": new.until.isoformat() if new.until is not None else None,
                "credential_id": handle,
                "generation": new.generation,
                "index": new.index,
            },
        )
    )


def settle(uow: UnitOfWork, signed: WaitingKey, index: int) -> None:
    """Note where it was logged, for a second press."""
    keep(uow, replace(signed, index=index))


def found(uow: UnitOfWork, seen: InvitationView, prepared_id: str) -> WaitingKey:
    """The key statement prepared under this very link. Raises NotFound."""
    prepared = uow.prepared.get(prepared_id)
    ours = (seen.letter.id, KeyStatement.KIND, seen.invitation.id)
    if prepared is not None and (prepared.letter_id, prepared.kind, prepared.owner) == ours:
        known = _read(prepared)
        if known.generation == seen.invitation.generation:
            return known
    raise NotFound(
        "There is no such statement waiting for a signature. Please start again on the page of your keys.",
        code="statement-unknown",
    )


def _read(prepared: PreparedStatement) -> WaitingKey:
    context = prepared.context
    handle, until = context["credential_id"], context["until"]
    return WaitingKey(
        id=prepared.id,
        letter_id=prepared.letter_id,
        owner=prepared.owner,
        payload=prepared.payload,
        at=prepared.at,
        expires_at=prepared.expires_at,
        signer=PublicKey.from_json(context["signer"]),
        until=datetime.fromisoformat(until) if until is not None else None,
        credential_id=base64.b64decode(handle) if handle is not None else None,
        generation=context["generation"],
        index=context["index"],
    )
