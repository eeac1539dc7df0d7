"""What an answer becomes: who gives it under which name, and the statement that is signed (EVIDENCE 4.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from signing.domain.errors import N_, Faulty, Refusal
from signing.domain.letter import Version
from signing.domain.organisation import Decision, RosterEntry, answer_after
from signing.domain.roster import name_key
from signing.evidence.statement import (
    SALT_BYTES,
    AssentStatement,
    Commitment,
    Head,
    Signatory,
    commitment_of,
    opening_bytes,
    parse,
    payload_digest,
    signatory_of,
)
from signing.workflow.appending import nonce, payload_of, subject_of, time_text
from signing.workflow.ports import InvitationView, Services, UnitOfWork
from signing.workflow.signatory_form import DecisionForm

TYPOGRAPHY = ("typography",)


@dataclass(frozen=True, slots=True)
class Assent:
    """A statement ready to be signed; `opening` opens its commitment, where it stands under one."""

    payload: bytes
    signatory: Signatory | Commitment
    opening: bytes | None


def hidden(entry: RosterEntry, form: DecisionForm) -> bool:
    """Whether this answer stands under the organisation's commitment in place of its name.

    Who refused is nobody's business: a decline always does. A withdrawal stands where the approval stood.
    """
    if form.decision is Decision.WITHDRAW:
        return entry.confidential
    return form.decision is Decision.DECLINE or form.confidential


def signatory_for(services: Services, uow: UnitOfWork, entry: RosterEntry, form: DecisionForm) -> Signatory:
    """Who answers, under the names the contact gave.

    A withdrawal keeps the names of the approval it takes back, and a commitment those it was made with.
    Raises Faulty when the listed name is another organisation's of this letter, or what would be printed of the
    names cannot be.
    """
    if hidden(entry, form) and entry.opening is not None:
        return signatory_of(entry.opening)
    if form.decision is Decision.WITHDRAW and entry.answer_index is not None:
        approval = uow.log.entry(entry.letter_id, entry.answer_index)
        said = parse(payload_of(approval.entry)) if approval else None
        if isinstance(said, AssentStatement) and isinstance(said.signatory, Signatory):
            return replace(said.signatory, person=form.person, role=form.role)
    listed_as = form.listed_as or entry.listed_name
    own = {name_key(name) for name in (entry.organisation, entry.listed_name)}
    key = name_key(listed_as)
    if key not in own and uow.roster.names_another(entry.letter_id, entry.organisation_id, key, listed_as):
        raise Faulty(
            "This is the name of another organisation that is asked to sign. Please type your own.",
            field="listed_as",
            code="name-of-another",
        )
    signatory = Signatory(
        acronym=form.acronym,
        listed_as=listed_as,
        native_name=form.native_name,
        org=entry.organisation_id,
        person=form.person,
        role=form.role,
        sort_name=form.sort_name,
    )
    if form.decision is Decision.APPROVE and not hidden(entry, form):
        check_printable(services, signatory)
    return signatory


def check_printable(services: Services, signatory: Signatory) -> None:
    """Refuse names that closing would refuse too, when their contact is no longer at the page.

    Raises Faulty `no-glyph` with the `field` and, among its values, the `character`.
    """
    fields = ["listed_as", "acronym", "native_name"]
    if signatory.listed_as.casefold() == signatory.person.casefold():
        fields.append("role")  # which follows the name of a person who signs for themselves
    for field in fields:
        name: str | None = getattr(signatory, field)
        try:
            services.typesetter.printable(name or "", field)
        except Refusal as refusal:
            raise Faulty(
                N_("Our fonts do not have the character {character}. Please write the role without it.")
                if field == "role"
                else N_("Our fonts do not have the character {character}. Please write the name without it."),
                values={"character": refusal.values["character"]},
                field=field,
                code="no-glyph",
            ) from None


def compose(
    services: Services,
    seen: InvitationView,
    version: Version,
    form: DecisionForm,
    signatory: Signatory,
    shown: Head,
    by: str,
    now: datetime,
) -> Assent:
    """The statement that the key named `by` is to sign.

    There is one commitment for an organisation and letter, so that declines and confidential approvals are one
    chain (EVIDENCE 4.3).
    """
    entry = seen.entry
    identity: Signatory | Commitment = signatory
    opening = None
    if hidden(entry, form):
        opening = entry.opening or opening_bytes(signatory, services.random(SALT_BYTES))
        identity = Commitment(commitment_of(opening))
    payload = AssentStatement(
        by=by,
        letter=seen.letter.origin,
        head=shown,
        time=time_text(now),
        nonce=nonce(services),
        subject=subject_of(version),
        version=version.number,
        decision=form.decision.value,
        signatory=identity,
        prev=entry.last_committed if opening else entry.last_assent,
        accepts=TYPOGRAPHY if form.accepts and form.decision is Decision.APPROVE else (),
    ).to_bytes(seen.letter.host)
    return Assent(payload, identity, opening)


def answered(
    entry: RosterEntry, form: DecisionForm, assent: Assent, index: int, level: int, now: datetime
) -> RosterEntry:
    """The roster entry as it stands once the assent is logged. Raises NotAllowed when it cannot follow."""
    digest = payload_digest(assent.payload)
    approves = form.decision is Decision.APPROVE
    committed = assent.opening is not None
    return replace(
        entry,
        answer=answer_after(entry.answer, form.decision),
        answer_version=form.version,
        answer_index=index,
        answered_at=now,
        opening=assent.opening or entry.opening,
        reason=form.reason,
        accepts=approves and form.accepts,
        confidential=committed and form.decision is not Decision.DECLINE,
        level=level,
        last_committed=digest if committed else entry.last_committed,
        last_assent=entry.last_assent if committed else digest,
    )
