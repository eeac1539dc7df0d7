"""What an answer becomes: who gives it under which name, and the statement that is signed (EVIDENCE 4.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from signing.domain.errors import Faulty
from signing.domain.letter import Version
from signing.domain.organisation import Answer, Decision, RosterEntry
from signing.domain.roster import name_key
from signing.evidence.statement import (
    AssentStatement,
    Commitment,
    Head,
    Signatory,
    commitment_of,
    opening_bytes,
    parse,
    payload_digest,
)
from signing.workflow.appending import nonce, payload_of, subject_of, time_text
from signing.workflow.ports import InvitationView, Services, UnitOfWork
from signing.workflow.signatory_form import DecisionForm

SALT_BYTES = 32


def signatory_for(uow: UnitOfWork, entry: RosterEntry, form: DecisionForm) -> Signatory:
    """Who answers, under the names the contact gave.

    A withdrawal keeps the names of the approval it takes back, which are not asked for again.
    Raises Faulty when the listed name is another organisation's of this letter.
    """
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
    return Signatory(
        acronym=form.acronym,
        listed_as=listed_as,
        native_name=form.native_name,
        org=entry.organisation_id,
        person=form.person,
        role=form.role,
        sort_name=form.sort_name,
    )


def statement_of(
    services: Services,
    seen: InvitationView,
    version: Version,
    form: DecisionForm,
    signatory: Signatory,
    shown: Head,
    following: Answer,
    now: datetime,
) -> tuple[bytes, RosterEntry]:
    """The statement to be signed, and the roster entry as it will stand (but for the entry's index)."""
    entry = seen.entry
    opening = entry.opening
    identity: Signatory | Commitment = signatory
    if form.decision is Decision.DECLINE:
        # Who refused is nobody's business: a decline stands under a commitment (EVIDENCE 4.3). One commitment
        # per organisation and letter, so that a second decline continues the same chain.
        opening = opening or opening_bytes(signatory, services.random(SALT_BYTES))
        identity = Commitment(commitment_of(opening))
    declined = form.decision is Decision.DECLINE
    payload = AssentStatement(
        by=services.attestor.public.key,
        letter=seen.letter.origin,
        head=shown,
        time=time_text(now),
        nonce=nonce(services),
        subject=subject_of(version),
        version=version.number,
        decision=form.decision.value,
        signatory=identity,
        prev=entry.last_committed if declined else entry.last_assent,
    ).to_bytes(seen.letter.host)
    digest = payload_digest(payload)
    return payload, replace(
        entry,
        answer=following,
        answer_version=version.number,
        answered_at=now,
        opening=opening,
        reason=form.reason,
        last_committed=digest if declined else entry.last_committed,
        last_assent=entry.last_assent if declined else digest,
    )
