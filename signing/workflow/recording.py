"""What is remembered of a logged statement: the answer, the roster's stand, the receipts that are mailed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from signing.domain.errors import NotFound
from signing.domain.invitation import Part
from signing.domain.letter import Letter
from signing.domain.organisation import Decision, RosterEntry
from signing.workflow.appending import receipt_of
from signing.workflow.inviting import refused
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.notices import notice, readdressed
from signing.workflow.ports import InvitationView, LoggedEntry, RecordedAnswer, Services, UnitOfWork
from signing.workflow.signatory_form import DecisionForm


@dataclass(frozen=True, slots=True)
class AnswerReceipt:
    """A recorded answer; `prove` makes its C2SP tlog-proof, the same bytes whenever it is asked for."""

    letter: Letter
    entry: RosterEntry
    answer: RecordedAnswer
    prove: Callable[[], bytes]

    @property
    def receipt(self) -> bytes:
        return self.prove()

    @property
    def filename(self) -> str:
        return f"{self.answer.letter_id}-{self.answer.index}.tlog-proof"


def record(
    services: Services,
    uow: UnitOfWork,
    invitation_id: str,
    entry: RosterEntry,
    logged: LoggedEntry,
    form: DecisionForm,
    now: datetime,
    *,
    superseded: bool = False,
) -> RecordedAnswer:
    """Remember one logged answer, inside the caller's unit of work.

    A `superseded` one was logged together with the answer that follows it, from the same page.
    """
    answer = RecordedAnswer(
        letter_id=entry.letter_id,
        organisation_id=entry.organisation_id,
        index=logged.index,
        version=form.version,
        decision=form.decision.value,
        person=form.person,
        role=form.role,
        at=now,
        # No page has a key with this sign in it.
        idempotency_key=f"{form.idempotency_key}~" if superseded else form.idempotency_key,
        form_sha256=form.sha256(),
        **_signed_names(entry, form),
    )
    if not superseded:
        uow.roster.record_answer(entry)
    uow.answers.add(answer)
    mail_receipt(services, uow, invitation_id, entry, logged.index, now)
    return answer


def _signed_names(entry: RosterEntry, form: DecisionForm) -> dict[str, str | None]:
    """The names as they were signed, where they stand in the open."""
    if form.decision is not Decision.APPROVE or entry.confidential:
        return {}
    return {
        "listed_as": form.listed_as or entry.listed_name,
        "acronym": form.acronym,
        "native_name": form.native_name,
        "sort_name": form.sort_name,
    }


def mail_receipt(
    services: Services, uow: UnitOfWork, invitation_id: str, entry: RosterEntry, index: int, now: datetime
) -> None:
    """Queue the receipt of a log entry to every address that was ever invited for the organisation, but for those
    that asked not to be: a thief in one mailbox is seen in another (EVIDENCE 4.1)."""
    if not entry.email:
        return  # The contact data of the letter are forgotten: the page alone has the receipt.
    receipt = notice(services, NoticeKind.RECEIPT, entry, invitation_id, str(index), now)
    others = [each for each in (*entry.former_emails, *_reviewers(uow, entry)) if each != entry.email]
    unwanted = refused(services, uow, others) if others else set()
    uow.outbox.add([receipt, *(readdressed(services, receipt, each) for each in others if each not in unwanted)])


def _reviewers(uow: UnitOfWork, entry: RosterEntry) -> list[str]:
    """The address of who has to agree first, where two persons must."""
    if not entry.two_persons:
        return []
    reviewer = uow.invitations.of_part(entry.letter_id, entry.organisation_id, Part.REVIEWER)
    return [reviewer.email] if reviewer is not None and reviewer.email is not None else []


def receipt_of_answer(
    services: Services, uow: UnitOfWork, seen: InvitationView, answer: RecordedAnswer
) -> AnswerReceipt:
    """The receipt of an answer that was recorded before. Raises NotFound."""
    logged = uow.log.entry(answer.letter_id, answer.index)
    if logged is None:
        raise NotFound("This answer is not in the log.", code="no-entry")
    return AnswerReceipt(seen.letter, seen.entry, answer, partial(receipt_of, services, seen.letter, logged))
