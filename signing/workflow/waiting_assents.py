"""Assents that wait for their signature: what is kept of each between `prepare` and `submit`, and for whom."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from signing.domain.errors import NotFound, Refusal
from signing.domain.organisation import Decision, RosterEntry
from signing.evidence.keyring import PublicKey
from signing.evidence.statement import AssentStatement, parse
from signing.workflow.assents import Assent
from signing.workflow.evidence_ports import PreparedStatement
from signing.workflow.ports import InvitationView, UnitOfWork
from signing.workflow.signatory_form import DecisionForm

SCRIPT_LASTS = timedelta(minutes=30)
OWN_KEY_LASTS = timedelta(days=7)


class StatementExpired(Refusal):
    """The statement waited too long for its signature; nothing was recorded."""

    code = "statement-expired"


@dataclass(frozen=True, slots=True)
class WaitingAssent:
    """One prepared assent. `code_id` is the code that was answered for it and is spent when it is signed; `index`
    its place in the log once it is. `generation` is that of the link under which it was made."""

    id: str
    letter_id: str
    owner: str
    payload: bytes
    at: datetime
    expires_at: datetime
    form: DecisionForm
    key: PublicKey
    credential_id: bytes | None
    code_id: str | None
    bound_by: str
    opening: bytes | None
    generation: int
    index: int | None = None

    @property
    def statement(self) -> AssentStatement:
        """What the payload says."""
        said = parse(self.payload)
        assert isinstance(said, AssentStatement), "only assents are kept under this kind"
        return said

    def says_as_much_as(self, other: WaitingAssent) -> bool:
        """Whether both come from the same press of one button."""
        return (self.form, self.key, self.code_id, self.generation) == (
            other.form, other.key, other.code_id, other.generation,
        )  # fmt: skip

    def follows(self, entry: RosterEntry) -> bool:
        """Whether it still continues the organisation's chain, and opens its one commitment."""
        last = entry.last_committed if self.opening else entry.last_assent
        return self.statement.prev == last and (not self.opening or entry.opening in (None, self.opening))

    def assent(self, entry: RosterEntry) -> Assent:
        """The assent to be logged now. Raises Refusal `answer-overtaken`."""
        if not self.follows(entry):
            raise Refusal(
                "Your organisation has answered from another page meanwhile. Please look at the letter once more.",
                code="answer-overtaken",
            )
        return Assent(self.payload, self.statement.signatory, self.opening)

    def check_fresh(self, now: datetime) -> None:
        """Refuse what waited too long. Raises StatementExpired."""
        if now >= self.expires_at:
            raise StatementExpired(
                "This statement was made too long ago. Please start again on the letter's page. Nothing was recorded."
            )


def keep(uow: UnitOfWork, new: WaitingAssent, entry: RosterEntry) -> WaitingAssent:
    """Keep it until it is signed; a second press of the same button finds what the first one made."""
    for known in _of_owner(uow, new.letter_id, new.owner):
        if known.index is None and known.says_as_much_as(new) and new.at < known.expires_at and known.follows(entry):
            return known
    _put(uow, new)
    return new


def found(uow: UnitOfWork, seen: InvitationView, prepared_id: str) -> WaitingAssent:
    """The assent prepared under this very link: what came by an older one, which somebody else may have had, is
    nobody's any more. Raises NotFound."""
    prepared = uow.prepared.get(prepared_id)
    if prepared is not None and prepared.kind == AssentStatement.KIND:
        known = _read(prepared)
        if _is_of_link(known, seen):
            return known
    raise NotFound(
        "There is no such statement waiting for a signature. Please start again on the letter's page.",
        code="statement-unknown",
    )


def of_link(uow: UnitOfWork, seen: InvitationView, now: datetime) -> list[WaitingAssent]:
    """What was prepared under this link and is neither signed nor too old, newest first."""
    return [
        known
        for known in _of_owner(uow, seen.letter.id, seen.invitation.id)
        if known.index is None and now < known.expires_at and _is_of_link(known, seen)
    ]


def settle(uow: UnitOfWork, signed: WaitingAssent, index: int) -> None:
    """Note where it was logged, for a second press; and drop whatever else was to be signed for the same code."""
    for other in _of_owner(uow, signed.letter_id, signed.owner):
        if other.id != signed.id and other.code_id is not None and other.code_id == signed.code_id:
            uow.prepared.remove(other.id)
    _put(uow, replace(signed, index=index))


def _is_of_link(known: WaitingAssent, seen: InvitationView) -> bool:
    return (known.letter_id, known.owner, known.generation) == (
        seen.letter.id, seen.invitation.id, seen.invitation.generation,
    )  # fmt: skip


def _of_owner(uow: UnitOfWork, letter_id: str, owner: str) -> Iterator[WaitingAssent]:
    return map(_read, uow.prepared.of_owner(letter_id, AssentStatement.KIND, owner))


def _put(uow: UnitOfWork, new: WaitingAssent) -> None:
    handle = base64.b64encode(new.credential_id).decode() if new.credential_id is not None else None
    uow.prepared.put(
        PreparedStatement(
            id=new.id,
            letter_id=new.letter_id,
            kind=AssentStatement.KIND,
            owner=new.owner,
            key=new.key.key,
            payload=new.payload,
            at=new.at,
            expires_at=new.expires_at,
            context={
                "form": asdict(new.form),
                "key": new.key.to_json(),
                "credential_id": handle,
                "code_id": new.code_id,
                "bound_by": new.bound_by,
                "opening": new.opening.decode() if new.opening is not None else None,
                "generation": new.generation,
                "index": new.index,
            },
        )
    )


def _read(prepared: PreparedStatement) -> WaitingAssent:
    context = prepared.context
    form = dict(context["form"])
    handle, opening = context["credential_id"], context["opening"]
    return WaitingAssent(
        id=prepared.id,
        letter_id=prepared.letter_id,
        owner=prepared.owner,
        payload=prepared.payload,
        at=prepared.at,
        expires_at=prepared.expires_at,
        form=DecisionForm(**form | {"decision": Decision(form["decision"])}),
        key=PublicKey.from_json(context["key"]),
        credential_id=base64.b64decode(handle) if handle is not None else None,
        code_id=context["code_id"],
        bound_by=context["bound_by"],
        opening=opening.encode() if opening is not None else None,
        generation=context["generation"],
        index=context["index"],
    )
