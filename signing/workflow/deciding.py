"""A contact reads, asks for a code, and answers: from the click to the signed entry in the log (EVIDENCE 4.1, 4.3).

`decide` is the hot path and the promise: state, log entry, receipt mail and the remembered answer exist
together or not at all, and two presses of one button give one assent and the same receipt.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from signing.domain.errors import Faulty, NotAllowed, NotFound, Refusal
from signing.domain.invitation import CODE_LASTS, CODES_AN_HOUR, Code
from signing.domain.letter import Letter, LetterAction, LetterState, Version
from signing.domain.letter_text import LetterText
from signing.domain.organisation import Answer, Decision, RosterEntry, answer_after
from signing.evidence.shape import MAX_SIZE
from signing.evidence.statement import (
    Head,
)
from signing.workflow.appending import (
    append,
    head_from_text,
    head_text,
    receipt_of,
)
from signing.workflow.assents import signatory_for, statement_of
from signing.workflow.identifiers import new_id
from signing.workflow.inviting import LinkUnknown, check_standing
from signing.workflow.letters import text_sha256, texts_of
from signing.workflow.notices import notice, readdressed
from signing.workflow.ports import (
    InvitationView,
    LoggedEntry,
    NoticeKind,
    RecordedAnswer,
    Services,
    UnitOfWork,
)
from signing.workflow.signatory_form import DecisionForm, checked


class PageUsed(Refusal):
    """Another answer was sent from this page before; nothing was recorded now."""

    code = "page-used"


class StaleVersion(Refusal):
    """The words changed since the page was loaded; nothing was recorded."""

    code = "stale-version"


@dataclass(frozen=True, slots=True)
class Access:
    """What the invitation's cookie says: which link was opened, and in which browser."""

    letter_id: str
    invitation_id: str
    generation: int
    browser: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """Everything the decision page shows. `text_sha256` and `head` go into the form."""

    letter: Letter
    version: int
    texts: dict[str, LetterText]
    text_sha256: str
    entry: RosterEntry
    head: str
    state: LetterState
    can_answer: bool
    can_withdraw: bool
    why_not: str | None
    code_sent: bool
    latest: RecordedAnswer | None


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


def view(services: Services, access: Access) -> DecisionView:
    """The decision page's content; reads only. Raises LinkUnknown, LinkExpired, LinkRevoked."""
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = _invited(services, uow, access, now)
        letter, entry = seen.letter, seen.entry
        version = _current(uow, letter)
        head = uow.log.head(letter.id)
        latest = uow.answers.of_organisation(letter.id, entry.organisation_id) if entry.answered_at else []
    can_answer, why_not = _may(letter, LetterAction.ANSWER, now)
    can_withdraw = entry.answer is Answer.APPROVED and _may(letter, LetterAction.WITHDRAW, now)[0]
    return DecisionView(
        letter=letter,
        version=version.number,
        texts=texts_of(version),
        text_sha256=text_sha256(version),
        entry=entry,
        head=head_text(head),
        state=letter.state_at(now),
        can_answer=can_answer,
        can_withdraw=can_withdraw,
        why_not=why_not,
        code_sent=seen.code is not None and seen.code.usable(now),
        latest=latest[-1] if latest else None,
    )


def request_code(services: Services, access: Access, version: int, text_sha256_shown: str) -> None:
    """Queue the second mail with a fresh one-time code; an older code of this invitation is no longer looked at.

    Raises the link refusals, StaleVersion, NotAllowed (doors shut), Refusal `too-many-codes`.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        uow.log.lock(access.letter_id)
        seen = _invited(services, uow, access, now)
        current = _current(uow, seen.letter)
        _check_words(current, version, text_sha256_shown)
        if not _may(seen.letter, LetterAction.WITHDRAW, now)[0]:
            seen.letter.after(LetterAction.ANSWER, now)
        since = max(now - timedelta(hours=1), seen.invitation.issued_at)
        if uow.codes.issued_since(access.invitation_id, since) >= CODES_AN_HOUR:
            raise Refusal(
                "We sent {count} codes within an hour. Please look in your mailbox, or wait a while.",
                values={"count": CODES_AN_HOUR},
                code="too-many-codes",
            )
        name = new_id(services)
        digest = services.tokens.code_digest(
            services.tokens.code(name), access.invitation_id, access.browser, version
        )
        browser = services.tokens.digest(access.browser)
        uow.codes.add(
            Code(name, access.invitation_id, digest, now, now + CODE_LASTS, browser_sha256=browser)
        )
        uow.outbox.add([notice(services, NoticeKind.CODE, seen.entry, access.invitation_id, name, now)])
        uow.commit()


def decide(services: Services, access: Access, form: DecisionForm) -> AnswerReceipt:
    """Record one answer and give its receipt.

    Raises the link refusals; Faulty (with `field`) for the form and the code; StaleVersion; NotAllowed when
    the doors are shut or the answer cannot follow the one before. Nothing is recorded then, but for a wrong
    code, which counts as a try.
    """
    now = services.clock()
    form = checked(form)
    with services.unit_of_work(write=True) as uow:
        # Opened words and logged roots never change: reading them first keeps others waiting for less.
        version = uow.letters.version(access.letter_id, form.version)
        shown = _true_head(uow, access.letter_id, form.head)
        # The head row is the lock: closing and new versions wait for it too, so what is read next holds.
        head = uow.log.lock(access.letter_id)
        seen = _invited(services, uow, access, now)
        # Nobody who has never answered can be pressing the button twice.
        if seen.entry.answered_at is not None and (repeated := _repeated(uow, seen, form)):
            return _receipt(services, uow, seen, repeated)
        if version is None or version.opened_at is None or version.number != seen.letter.version:
            raise _stale_words()
        _check_words(version, form.version, form.text_sha256)
        decision = form.decision
        action = LetterAction.WITHDRAW if decision is Decision.WITHDRAW else LetterAction.ANSWER
        seen.letter.after(action, now)
        following = answer_after(seen.entry.answer, decision)
        if shown is None:
            raise StaleVersion("This page is out of date. Please look at it once more and press the button again.")
        signatory = signatory_for(uow, seen.entry, form)
        code = _spend_code(services, uow, seen.code, access, form, now)
        payload, entry = statement_of(services, seen, version, form, signatory, shown, following, now)
        logged = append(services, uow, seen.letter.origin, head, "assent", payload, services.attestor, now)
        entry = replace(entry, answer_index=logged.index)
        answer = _remember(services, uow, code, entry, logged, form, now)
        uow.commit()
    services.high_water.advance(seen.letter.origin, logged.index + 1, logged.root)
    return AnswerReceipt(seen.letter, entry, answer, partial(receipt_of, services, seen.letter, logged))


def receipt(services: Services, access: Access) -> AnswerReceipt:
    """The newest receipt of the invited organisation. Raises the link refusals, NotFound before any answer."""
    with services.unit_of_work() as uow:
        seen = _invited(services, uow, access, services.clock())
        answers = uow.answers.of_organisation(access.letter_id, seen.entry.organisation_id)
        if not answers:
            raise NotFound("Your organisation has not answered yet.", code="no-answer")
        return _receipt(services, uow, seen, answers[-1])


def _repeated(uow: UnitOfWork, seen: InvitationView, form: DecisionForm) -> RecordedAnswer | None:
    """What this page has recorded before, if it is pressed again with the same answer.

    Raises PageUsed when it says something else now: going back in the browser must not swallow a change of mind.
    """
    answer = uow.answers.by_key(seen.letter.id, seen.entry.organisation_id, form.idempotency_key)
    if answer is not None and answer.form_sha256 != form.sha256():
        raise PageUsed(
            "An answer was sent from this page before. What you see now has not been recorded: look at it once "
            "more and send it again."
        )
    return answer


def _receipt(
    services: Services, uow: UnitOfWork, seen: InvitationView, answer: RecordedAnswer
) -> AnswerReceipt:
    logged = uow.log.entry(answer.letter_id, answer.index)
    if logged is None:
        raise NotFound("This answer is not in the log.", code="no-entry")
    prove = partial(receipt_of, services, seen.letter, logged)
    return AnswerReceipt(seen.letter, seen.entry, answer, prove)


def _invited(services: Services, uow: UnitOfWork, access: Access, now: datetime) -> InvitationView:
    seen = uow.invitations.view(access.invitation_id, services.tokens.digest(access.browser))
    if seen is None or seen.letter.id != access.letter_id:
        raise LinkUnknown("We do not know this link. Please open the link from the mail again.")
    check_standing(seen.invitation, access.generation, now)
    return seen


def _current(uow: UnitOfWork, letter: Letter) -> Version:
    version = uow.letters.version(letter.id, letter.version)
    if version is None:
        raise NotFound("This letter has no words yet.", code="letter-unknown")
    return version


def _may(letter: Letter, action: LetterAction, now: datetime) -> tuple[bool, str | None]:
    try:
        letter.after(action, now)
    except NotAllowed as refusal:
        return False, refusal.message
    return True, None


def _check_words(version: Version, number: int, digest: str) -> None:
    if number != version.number or not hmac.compare_digest(digest.encode(), text_sha256(version).encode()):
        raise _stale_words()


def _stale_words() -> StaleVersion:
    return StaleVersion(
        "The words of the letter have changed since you opened this page. Please read them again: what "
        "you typed is still here."
    )


def _true_head(uow: UnitOfWork, letter_id: str, shown: str) -> Head | None:
    """The head the contact was shown, if the log ever had it. An older one is fine, a false one is not."""
    claimed = head_from_text(shown)
    if claimed is None or not 0 < claimed.size <= MAX_SIZE:
        return None
    return claimed if uow.log.root_at(letter_id, claimed.size) == claimed.root else None


def _spend_code(
    services: Services, uow: UnitOfWork, code: Code | None, access: Access, form: DecisionForm, now: datetime
) -> Code:
    if code is None:
        raise Faulty(
            "No code was asked for in this browser. Ask for one with the button beside the field.",
            code="code-used-up",
            field="code",
        )
    if not code.usable(now):
        raise Faulty(
            "This code is used up or too old. Ask for a new one with the button beside the field.",
            code="code-used-up",
            field="code",
        )
    digest = services.tokens.code_digest(form.code, access.invitation_id, access.browser, form.version)
    if not hmac.compare_digest(digest, code.digest):
        uow.codes.count_try(code.id)
        uow.commit()
        raise Faulty(
            "That is not the code we mailed last to this browser. Please check the eight digits.",
            code="code-wrong",
            field="code",
        )
    return code


def _remember(
    services: Services,
    uow: UnitOfWork,
    code: Code,
    entry: RosterEntry,
    logged: LoggedEntry,
    form: DecisionForm,
    now: datetime,
) -> RecordedAnswer:
    answer = RecordedAnswer(
        letter_id=entry.letter_id,
        organisation_id=entry.organisation_id,
        index=logged.index,
        version=form.version,
        decision=form.decision.value,
        person=form.person,
        role=form.role,
        at=now,
        idempotency_key=form.idempotency_key,
        form_sha256=form.sha256(),
    )
    uow.codes.use(code.id, now)
    uow.roster.record_answer(entry)
    uow.answers.add(answer)
    receipt = notice(services, NoticeKind.RECEIPT, entry, code.invitation_id, str(logged.index), now)
    # To every address that was ever invited for it: a thief in one mailbox is seen in another (EVIDENCE 4.1).
    others = [readdressed(services, receipt, address) for address in entry.former_emails]
    uow.outbox.add([receipt, *others])
    return answer
