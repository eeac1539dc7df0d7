"""An answer signed by a key that only the contact has: composed here, signed there, judged and logged here.

EVIDENCE 4.2, 4.3, 4.6. Between `prepare` and `submit` nothing is held: everything is checked again under the lock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from signing.domain.errors import N_, Faulty, Refusal
from signing.domain.letter import Letter
from signing.domain.organisation import Answer, Decision, RosterEntry
from signing.evidence.envelope import Envelope
from signing.evidence.errors import EvidenceError
from signing.evidence.keyring import PublicKey
from signing.evidence.schemes import FITS, LEVELS
from signing.evidence.statement import AssentStatement
from signing.workflow import enrolment, waiting_assents
from signing.workflow.appending import append_sealed, receipt_of
from signing.workflow.assents import Assent, answered, compose, hidden, signatory_for
from signing.workflow.contact_access import (
    Access,
    admitted,
    checked_code,
    invited,
    remember_language,
    repeated_answer,
    true_head,
    used_up,
)
from signing.workflow.enrolment import Identity, KeyWaits, OfferedKey, standing_of
from signing.workflow.identifiers import new_id
from signing.workflow.letters import place_of
from signing.workflow.ports import InvitationView, LogHead, Services, UnitOfWork
from signing.workflow.recording import AnswerReceipt, mail_receipt, receipt_of_answer, record
from signing.workflow.reviewing import check_agreed
from signing.workflow.signatory_form import DecisionForm, check_code_typed, checked
from signing.workflow.waiting_assents import OWN_KEY_LASTS, SCRIPT_LASTS, StatementExpired, WaitingAssent

__all__ = [
    "AlreadyRecorded", "KeyWaits", "OfferedKey", "StatementExpired", "ToSign", "judged", "place_of", "prepare",
    "submit", "to_sign", "waiting",
]  # fmt: skip

LONGEST_SIGNATURE = 20_000


class AlreadyRecorded(Refusal):
    """What is asked to be signed was signed and recorded before; its receipt is on the receipt page."""

    code = "already-recorded"

    def __init__(self) -> None:
        super().__init__(N_("This answer is recorded already. Its receipt is on the receipt page."))


@dataclass(frozen=True, slots=True)
class ToSign:
    """A statement that waits for the contact's signature, over the DSSE PAE of `payload`.

    `bound_by` says how the key will speak: it is `bound` already, or will be by `code` or `continuity` with this
    answer. `opening` opens the statement's commitment, where the answer is confidential.
    """

    prepared_id: str
    payload: bytes
    statement: AssentStatement
    letter: Letter
    key: PublicKey
    bound_by: str
    expires_at: datetime
    opening: bytes | None = None

    @property
    def pae(self) -> bytes:
        """The bytes to be signed: what the holder of an own key downloads as `assent.pae`."""
        return Envelope(self.payload, self.key.key, b"").pae


def prepare(services: Services, access: Access, form: DecisionForm, offered: OfferedKey) -> ToSign:
    """Compose the statement that the offered key is to sign, and keep it until it is.

    Raises all refusals of `deciding.decide`, Faulty for the code included where the key is new here; KeyUnfit,
    KeyKnown, KeyRevoked, LevelTooLow; KeyWaits when the coordinator has to confirm the key first (it is then
    bound by the attestor, the code is spent, and no answer is recorded); Refusal `decline-attested` and
    `withdraw-first`; AlreadyRecorded.
    """
    now = services.clock()
    form = checked(form, needs_code=False)
    if form.decision is Decision.DECLINE:
        # Who refused is nobody's business, so no key of theirs signs it (EVIDENCE 4.3).
        raise Refusal("To decline you need no key: send the form with the mailed code.", code="decline-attested")
    enrolment.check_fit(offered.public)
    history = _history(services, access, form, offered.public, now)
    with services.unit_of_work(write=True) as uow:
        version = uow.letters.version(access.letter_id, form.version)
        shown = true_head(uow, access.letter_id, form.head)
        head = uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now)
        if seen.entry.answered_at is not None and repeated_answer(uow, seen, form):
            raise AlreadyRecorded
        version, shown = admitted(seen, version, shown, form, now)
        check_agreed(uow, seen, form.decision)
        enrolment.check_level(seen.letter, LEVELS[offered.public.scheme])
        _check_identity(seen.entry, form)
        identity = Identity(seen.entry.organisation_id, hidden(seen.entry, form))
        standing = standing_of(uow, seen.letter, identity, offered.public, now)
        signatory = signatory_for(services, uow, seen.entry, form)
        code_id = None
        waits = standing.waits_for_others(seen.letter)
        # A key that waits is bound without its signature: the link alone must not do that.
        if standing.needs_attestor and (waits or standing.earlier is None):
            check_code_typed(form.code)
            code_id = checked_code(services, uow, seen, access, form.code, form.version, now).id
        assent = compose(services, seen, version, form, signatory, shown, offered.public.key, now)
        if waits:
            if code_id is not None:
                known_since = history if standing.earlier is not None else None
                _bind_only(services, uow, seen, head, offered, assent, known_since, code_id, now)
            raise KeyWaits(offered.public)
        new = WaitingAssent(
            id=new_id(services),
            letter_id=seen.letter.id,
            owner=seen.invitation.id,
            payload=assent.payload,
            at=now,
            expires_at=now + (OWN_KEY_LASTS if offered.public.scheme in enrolment.NAMING_SCHEMES else SCRIPT_LASTS),
            form=replace(form, code=""),
            key=offered.public,
            credential_id=offered.credential_id,
            code_id=code_id,
            bound_by="bound" if standing.speaks else "code" if code_id else "continuity",
            opening=assent.opening,
            generation=seen.invitation.generation,
        )
        kept = waiting_assents.keep(uow, new, seen.entry)
        uow.commit()
    return _to_sign(seen.letter, kept)


def to_sign(services: Services, access: Access, prepared_id: str) -> ToSign:
    """A statement that was prepared and is not signed yet, the same bytes as before.

    Raises the link refusals, NotFound, StatementExpired, AlreadyRecorded.
    """
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now)
        known = waiting_assents.found(uow, seen, prepared_id)
    if known.index is not None:
        raise AlreadyRecorded
    known.check_fresh(now)
    return _to_sign(seen.letter, known)


def waiting(services: Services, access: Access) -> list[ToSign]:
    """What was prepared under this link and not signed yet, newest first. Raises the link refusals."""
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now)
        return [_to_sign(seen.letter, known) for known in waiting_assents.of_link(uow, seen, now)]


def submit(services: Services, access: Access, prepared_id: str, signature: bytes) -> AnswerReceipt:
    """Log the statement with the contact's signature, and before it what binds the key, all or nothing.

    `signature` is the scheme's `sig` (EVIDENCE 4.4). Twice the same gives the same receipt.
    Raises what `prepare` raises, NotFound, StatementExpired, Faulty `signature-bad` with field `signature`,
    Refusal `answer-overtaken` when the organisation has answered otherwise meanwhile.
    """
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now)
        known = waiting_assents.found(uow, seen, prepared_id)
        if known.index is not None:
            return _receipt_again(services, uow, seen, known.index)
    # Judging may take long (OpenPGP), and what is judged never changes: nobody waits for it.
    signed = judged(seen.letter, known.key, known.payload, signature)
    form, level = known.form, LEVELS[known.key.scheme]
    history = _history(services, access, form, known.key, now)
    with services.unit_of_work(write=True) as uow:
        version = uow.letters.version(access.letter_id, form.version)
        shown = true_head(uow, access.letter_id, form.head)
        head = uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now)
        known = waiting_assents.found(uow, seen, prepared_id)
        if known.index is not None:
            return _receipt_again(services, uow, seen, known.index)
        if repeated := repeated_answer(uow, seen, form):
            return receipt_of_answer(services, uow, seen, repeated)
        known.check_fresh(now)
        admitted(seen, version, shown, form, now)
        check_agreed(uow, seen, form.decision)
        enrolment.check_level(seen.letter, level)
        _check_identity(seen.entry, form)
        # An organisation of this very name may have been invited since.
        signatory_for(services, uow, seen.entry, form)
        assent = known.assent(seen.entry)
        head = _bound(services, uow, seen, head, known, history, now)
        logged = append_sealed(services, uow, seen.letter.origin, head, AssentStatement.KIND, signed, now)
        stands = answered(seen.entry, form, assent, logged.index, level, now)
        answer = record(services, uow, access.invitation_id, stands, logged, form, now)
        waiting_assents.settle(uow, known, logged.index)
        remember_language(uow, seen, access)
        uow.commit()
    services.high_water.advance(seen.letter.origin, logged.index + 1, logged.root)
    return AnswerReceipt(seen.letter, stands, answer, partial(receipt_of, services, seen.letter, logged))


def judged(letter: Letter, public: PublicKey, payload: bytes, signature: bytes) -> bytes:
    """The log entry, if the key has signed the payload. Raises Faulty `signature-bad`."""
    envelope = Envelope(payload, public.key, signature[:LONGEST_SIGNATURE])
    try:
        verdict = public.open().judge(envelope.signature, envelope.pae, place_of(letter))
        if verdict == FITS:
            return envelope.to_bytes()
    except EvidenceError as error:
        verdict = error.code
    words = N_("This signature does not fit the statement and the key. Please sign the file once more, unchanged.")
    if verdict == "WEBAUTHN_FLAGS":
        words = N_("Your passkey did not check that it is you (finger, face or PIN). Please try once more.")
    raise Faulty(words, code="signature-bad", field="signature")


def _history(
    services: Services, access: Access, form: DecisionForm, public: PublicKey, now: datetime
) -> bytes | None:
    """The receipt that a binding by continuity rests on: made before the log is locked, and used only if there is
    still reason to under the lock."""
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now)
        identity = Identity(seen.entry.organisation_id, hidden(seen.entry, form))
        standing = standing_of(uow, seen.letter, identity, public, now)
    return enrolment.earlier_receipt(services, standing.earlier) if standing.needs_attestor else None


def _check_identity(entry: RosterEntry, form: DecisionForm) -> None:
    changes = form.decision is Decision.APPROVE and entry.answer is Answer.APPROVED
    if changes and entry.confidential != form.confidential:
        raise Refusal(
            "Your organisation's approval stands the other way (in the open, or confidential). Please withdraw it "
            "first, then approve anew. What is in the log stays there.",
            code="withdraw-first",
        )


def _bind_only(
    services: Services,
    uow: UnitOfWork,
    seen: InvitationView,
    head: LogHead,
    offered: OfferedKey,
    assent: Assent,
    history: bytes | None,
    code_id: str,
    now: datetime,
) -> None:
    """Log that the code was answered, and commit: the coordinator's own binding has to follow."""
    logged, _ = enrolment.bind(services, uow, seen, head, offered, assent.signatory, now, history=history)
    uow.codes.use(code_id, now)
    if seen.invitation.opened_at is None:
        uow.invitations.note_opened(seen.invitation.id, now)
    if seen.entry.opening is None and assent.opening is not None:
        # What the key is bound under is the organisation's one commitment from now on.
        uow.roster.record_answer(replace(seen.entry, opening=assent.opening))
    mail_receipt(services, uow, seen.invitation.id, seen.entry, logged.index, now)
    uow.commit()
    services.high_water.advance(seen.letter.origin, logged.index + 1, logged.root)


def _bound(
    services: Services,
    uow: UnitOfWork,
    seen: InvitationView,
    head: LogHead,
    known: WaitingAssent,
    history: bytes | None,
    now: datetime,
) -> LogHead:
    """The locked head once the key speaks for the organisation: as it stands, or after the attestor's binding.

    Raises KeyRevoked, KeyKnown, KeyWaits, Faulty `code-used-up`, Refusal `key-unbound`.
    """
    identity = Identity(seen.entry.organisation_id, known.opening is not None)
    standing = standing_of(uow, seen.letter, identity, known.key, now)
    if known.code_id is not None:
        # It was answered in time; a signature with one's own key may take its days.
        code = uow.codes.get(known.code_id)
        if code is None or code.used_at is not None:
            raise used_up()
        uow.codes.use(code.id, now)
    if standing.waits_for_others(seen.letter):
        raise KeyWaits(known.key)
    if not standing.needs_attestor:
        return head
    if known.code_id is None and (history is None or standing.earlier is None):
        raise Refusal(
            "This key no longer speaks for your organisation. Please start again on the letter's page.",
            code="key-unbound",
        )
    offered = OfferedKey(known.key, known.credential_id)
    _, head = enrolment.bind(
        services, uow, seen, head, offered, known.statement.signatory, now,
        history=None if known.code_id else history,
    )  # fmt: skip
    return head


def _receipt_again(
    services: Services, uow: UnitOfWork, seen: InvitationView, index: int
) -> AnswerReceipt:
    answers = uow.answers.of_organisation(seen.letter.id, seen.entry.organisation_id)
    answer = next(each for each in answers if each.index == index)
    return receipt_of_answer(services, uow, seen, answer)


def _to_sign(letter: Letter, known: WaitingAssent) -> ToSign:
    return ToSign(
        prepared_id=known.id,
        payload=known.payload,
        statement=known.statement,
        letter=letter,
        key=known.key,
        bound_by=known.bound_by,
        expires_at=known.expires_at,
        opening=known.opening,
    )
