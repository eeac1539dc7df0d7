"""A contact reads, asks for a code, and answers: from the click to the signed entry in the log (EVIDENCE 4.1, 4.3).

`decide` is the hot path and the promise: state, log entry, receipt mail and the remembered answer exist
together or not at all, and two presses of one button give one assent and the same receipt. It is the attested
path; `device_signing` is the one by a key of the contact's own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from signing.domain.errors import NotFound
from signing.domain.letter import LetterAction, Version
from signing.domain.organisation import Answer, Decision, RosterEntry
from signing.evidence.statement import AssentStatement, Head, Signatory
from signing.workflow.appending import append, attestor_of, grown, receipt_of
from signing.workflow.assents import answered, compose, signatory_for
from signing.workflow.closing_receipts import ClosingReceipt, closing_receipt
from signing.workflow.confirming import issue_code
from signing.workflow.contact_access import (
    Access,
    PageUsed,
    StaleVersion,
    admitted,
    allowed,
    check_words,
    checked_code,
    current_version,
    invited,
    remember_language,
    repeated_answer,
    true_head,
)
from signing.workflow.decision_page import DecisionView, view
from signing.workflow.enrolment import LevelTooLow, check_level
from signing.workflow.openings import Opening, opening, opening_of
from signing.workflow.ports import (
    InvitationView,
    LoggedEntry,
    LogHead,
    Services,
    UnitOfWork,
)
from signing.workflow.recording import AnswerReceipt, receipt_of_answer, record
from signing.workflow.reviewing import check_agreed
from signing.workflow.signatory_form import DecisionForm, checked

__all__ = [
    "ATTESTED", "Access", "AnswerReceipt", "ClosingReceipt", "DecisionView", "LevelTooLow", "Opening", "PageUsed",
    "StaleVersion", "closing_receipt", "decide", "opening", "opening_of", "receipt", "request_code", "view",
]  # fmt: skip

ATTESTED = 1


def request_code(
    services: Services,
    access: Access,
    version: int,
    text_sha256_shown: str,
    language: str | None = None,
    decision: Decision | None = None,
) -> None:
    """Queue the second mail with a fresh one-time code; an older code of this invitation is no longer looked at.
    It is written in `language` where the contact reads another than theirs. With the `decision` that it is asked for,
    no code goes out that could not be used.

    Raises the link refusals, StaleVersion, NotAllowed (doors shut), ReviewAwaited, Refusal `too-many-codes`.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now)
        current = current_version(uow, seen.letter)
        check_words(current, version, text_sha256_shown)
        if not allowed(seen.letter, LetterAction.WITHDRAW, now)[0]:
            seen.letter.after(LetterAction.ANSWER, now)
        if decision is not None:
            check_agreed(uow, seen, decision)
        issue_code(services, uow, seen, access, now, language)
        uow.commit()


def decide(services: Services, access: Access, form: DecisionForm) -> AnswerReceipt:
    """Record one answer, signed by the attestor for an answered code, and give its receipt.

    Raises the link refusals; Faulty (with `field`) for the form and the code; StaleVersion; LevelTooLow, though
    never for a decline; NotAllowed when the doors are shut or the answer cannot follow the one before; ReviewAwaited.
    Nothing is recorded then, but for a wrong code, which counts as a try.
    """
    now = services.clock()
    form = checked(form)
    with services.unit_of_work(write=True) as uow:
        # Opened words and logged roots never change: reading them first keeps others waiting for less.
        version = uow.letters.version(access.letter_id, form.version)
        shown = true_head(uow, access.letter_id, form.head)
        # The head row is the lock: closing and new versions wait for it too, so what is read next holds.
        head = uow.log.lock(access.letter_id)
        seen = invited(services, uow, access, now)
        # Nobody who has never answered can be pressing the button twice.
        if seen.entry.answered_at is not None and (repeated := repeated_answer(uow, seen, form)):
            return receipt_of_answer(services, uow, seen, repeated)
        version, shown = admitted(seen, version, shown, form, now)
        check_agreed(uow, seen, form.decision)
        if form.decision is not Decision.DECLINE:
            check_level(seen.letter, ATTESTED)
        # A name that cannot be taken must not cost the code.
        signatory = signatory_for(services, uow, seen.entry, form)
        code = checked_code(services, uow, seen, access, form.code, form.version, now)
        uow.codes.use(code.id, now)
        if _changes_identity(seen.entry, form):
            seen, head = _withdrawn(services, uow, seen, version, form, shown, head, now)
        entry, logged = _attested(services, uow, seen, version, form, signatory, shown, head, now)
        answer = record(services, uow, access.invitation_id, entry, logged, form, now)
        remember_language(uow, seen, access)
        uow.commit()
    services.high_water.advance(seen.letter.origin, logged.index + 1, logged.root)
    return AnswerReceipt(seen.letter, entry, answer, partial(receipt_of, services, seen.letter, logged))


def receipt(services: Services, access: Access) -> AnswerReceipt:
    """The newest receipt of the invited organisation. Raises the link refusals, NotFound before any answer."""
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, services.clock())
        answers = uow.answers.of_organisation(access.letter_id, seen.entry.organisation_id)
        if not answers:
            raise NotFound("Your organisation has not answered yet.", code="no-answer")
        return receipt_of_answer(services, uow, seen, answers[-1])


def _attested(
    services: Services,
    uow: UnitOfWork,
    seen: InvitationView,
    version: Version,
    form: DecisionForm,
    signatory: Signatory,
    shown: Head,
    head: LogHead,
    now: datetime,
) -> tuple[RosterEntry, LoggedEntry]:
    """The answer as an entry that the attestor signed, and the roster entry as it stands then."""
    attestor = attestor_of(services, seen.letter)
    assent = compose(services, seen, version, form, signatory, shown, attestor.public.key, now)
    logged = append(services, uow, seen.letter.origin, head, AssentStatement.KIND, assent.payload, attestor, now)
    return answered(seen.entry, form, assent, logged.index, ATTESTED, now), logged


def _changes_identity(entry: RosterEntry, form: DecisionForm) -> bool:
    return (
        form.decision is Decision.APPROVE
        and entry.answer is Answer.APPROVED
        and entry.confidential != form.confidential
    )


def _withdrawn(
    services: Services,
    uow: UnitOfWork,
    seen: InvitationView,
    version: Version,
    form: DecisionForm,
    shown: Head,
    head: LogHead,
    now: datetime,
) -> tuple[InvitationView, LogHead]:
    """Changing between open and confidential is a withdrawal under the old identity first (EVIDENCE 4.3)."""
    taken_back = replace(form, decision=Decision.WITHDRAW, accepts=False)
    signatory = signatory_for(services, uow, seen.entry, taken_back)
    entry, logged = _attested(services, uow, seen, version, taken_back, signatory, shown, head, now)
    record(services, uow, seen.invitation.id, entry, logged, taken_back, now, superseded=True)
    return replace(seen, entry=entry), grown(head, logged)
