"""Who is at the door and what the page in front of them was about: the checks every answer of a contact passes."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from signing.domain.errors import N_, Faulty, NotAllowed, NotFound, Refusal
from signing.domain.invitation import Code, Part
from signing.domain.letter import ABANDONED, Letter, LetterAction, LetterState, Version
from signing.domain.organisation import Decision, answer_after
from signing.evidence.shape import MAX_SIZE
from signing.evidence.statement import Head
from signing.workflow.allowances import WRONG_CODES, TooManyAttempts, hit
from signing.workflow.appending import head_from_text
from signing.workflow.inviting import LinkClosed, check_standing
from signing.workflow.letters import text_sha256
from signing.workflow.ports import InvitationView, RecordedAnswer, Services, UnitOfWork
from signing.workflow.signatory_form import DecisionForm


class PageUsed(Refusal):
    """Another answer was sent from this page before; nothing was recorded now."""

    code = "page-used"


class StaleVersion(Refusal):
    """The words changed since the page was loaded; nothing was recorded."""

    code = "stale-version"


class OtherPart(NotFound):
    """The link is one of a reviewer where the signatory's is asked for, or the other way round."""

    code = "other-part"

    def __init__(self) -> None:
        super().__init__(N_("Your link opens another page of this letter. Please open it from your mail again."))


class LetterAbandoned(NotAllowed):
    """The coordinators gave the letter up: there is nothing to read or to answer."""

    code = "letter-abandoned"

    def __init__(self) -> None:
        super().__init__(ABANDONED)


def check_not_abandoned(letter: Letter) -> None:
    """Raises LetterAbandoned."""
    if letter.state is LetterState.ABANDONED:
        raise LetterAbandoned


@dataclass(frozen=True, slots=True)
class Access:
    """What the invitation's cookie says: which link was opened, and in which browser.

    `source` is where the present request came from, as `allowances` counts it, `language` the one that was chosen to
    read in, None where none was.
    """

    letter_id: str
    invitation_id: str
    generation: int
    browser: str
    source: bytes = b""
    language: str | None = None


def mailed_code(services: Services, access: Access) -> str:
    """The digits that this browser was last mailed, for the demonstration's own contacts only. Raises LinkClosed."""
    with services.unit_of_work() as uow:
        code = invited(services, uow, access, services.clock(), part=None).code
    return services.tokens.code(code.id) if code else ""


def invited(
    services: Services, uow: UnitOfWork, access: Access, now: datetime, part: Part | None = Part.SIGNATORY
) -> InvitationView:
    """What this link opens in this browser, if it is one of `part`; None admits every part.

    A reviewer can never answer for the organisation, so whoever forgets to say which part they mean turns them away.
    Raises LinkClosed, OtherPart.
    """
    # The wrong codes of where they come from are read with it: one statement less for each answer.
    counter = WRONG_CODES.counter(access.source, now)
    seen = uow.invitations.view(access.invitation_id, services.tokens.digest(access.browser), counter)
    if seen is None or seen.letter.id != access.letter_id:
        raise LinkClosed
    check_standing(seen.invitation, access.generation, now)
    if part not in (None, seen.invitation.part):
        raise OtherPart
    return seen


def remember_language(uow: UnitOfWork, seen: InvitationView, access: Access) -> None:
    """Let the mails follow what was chosen to read in; only once a person has shown to be at the page."""
    if access.language is not None and access.language != seen.entry.language:
        uow.invitations.remember_language(access.invitation_id, access.language)


def current_version(uow: UnitOfWork, letter: Letter) -> Version:
    """The words that are open. Raises NotFound."""
    version = uow.letters.version(letter.id, letter.version)
    if version is None:
        raise NotFound("This letter has no words yet.", code="letter-unknown")
    return version


def action_of(decision: Decision) -> LetterAction:
    """What an answer is to the letter's table of states."""
    return LetterAction.WITHDRAW if decision is Decision.WITHDRAW else LetterAction.ANSWER


def allowed(letter: Letter, action: LetterAction, now: datetime) -> tuple[bool, str | None]:
    """Whether the letter's state permits this now, and why not."""
    try:
        letter.after(action, now)
    except NotAllowed as refusal:
        return False, refusal.message
    return True, None


def check_words(version: Version, number: int, digest: str) -> None:
    """Refuse a page that showed other words than these. Raises StaleVersion."""
    if number != version.number or not hmac.compare_digest(digest.encode(), text_sha256(version).encode()):
        raise stale_words()


def stale_words() -> StaleVersion:
    """What to say when the words have changed since the page was loaded."""
    return StaleVersion(
        "The words of the letter have changed since you opened this page. Please read them again: what "
        "you typed is still here."
    )


def true_head(uow: UnitOfWork, letter_id: str, shown: str) -> Head | None:
    """The head the contact was shown, if the log ever had it. An older one is fine, a false one is not."""
    claimed = head_from_text(shown)
    if claimed is None or not 0 < claimed.size <= MAX_SIZE:
        return None
    return claimed if uow.log.root_at(letter_id, claimed.size) == claimed.root else None


def admitted(
    seen: InvitationView, version: Version | None, shown: Head | None, form: DecisionForm, now: datetime
) -> tuple[Version, Head]:
    """The words and the head of an answer that may follow now (under the lock of the letter's log).

    Raises StaleVersion; NotAllowed when the doors are shut or the answer cannot follow the one before; Faulty for what
    the letter does not offer.
    """
    if version is None or version.opened_at is None or version.number != seen.letter.version:
        raise stale_words()
    check_words(version, form.version, form.text_sha256)
    seen.letter.after(action_of(form.decision), now)
    answer_after(seen.entry.answer, form.decision)
    _check_offered(seen.letter, form)
    if shown is None:
        raise StaleVersion("This page is out of date. Please look at it once more and press the button again.")
    return version, shown


def _check_offered(letter: Letter, form: DecisionForm) -> None:
    """Refuse what no page of this letter offers. Raises Faulty `confidential-not-offered`, `carry-not-offered`."""
    if form.confidential and not letter.allows_confidential:
        raise Faulty(
            N_("This letter names everybody who says yes: nobody can be listed without a name."),
            field="confidential", code="confidential-not-offered",
        )  # fmt: skip
    if form.accepts and not letter.allows_carry:
        raise Faulty(
            N_("On this letter no yes covers a later version: every change asks you again."),
            field="accepts", code="carry-not-offered",
        )  # fmt: skip


def repeated_answer(uow: UnitOfWork, seen: InvitationView, form: DecisionForm) -> RecordedAnswer | None:
    """What this page has recorded before, if it is pressed again with the same answer.

    Raises PageUsed when it says something else now: going back in the browser must not swallow a change of mind.
    """
    answer = uow.answers.by_key(seen.letter.id, seen.entry.organisation_id, form.idempotency_key)
    if answer is not None and answer.form_sha256 != form.sha256():
        raise used_page()
    return answer


def used_page() -> PageUsed:
    """What to say of a form that says something else than it said before."""
    return PageUsed(
        "An answer was sent from this page before. What you see now has not been recorded: look at it once "
        "more and send it again."
    )


def checked_code(
    services: Services, uow: UnitOfWork, seen: InvitationView, access: Access, typed: str, version: int, now: datetime
) -> Code:
    """The code that was mailed to this browser, if its digits were typed; it is not spent by this. `seen` is what
    `invited` gave, under the lock.

    Raises Faulty `code-used-up` or `code-wrong`, TooManyAttempts; a wrong one counts as a try, at once.
    """
    code = seen.code
    if code is None:
        raise Faulty(
            "No code was asked for in this browser. Ask for one with the button beside the field.",
            code="code-used-up",
            field="code",
        )
    if not code.usable(now):
        raise used_up()
    if seen.counted >= WRONG_CODES.most:
        raise TooManyAttempts
    digest = services.tokens.code_digest(typed, access.invitation_id, access.browser, version)
    if not hmac.compare_digest(digest, code.digest):
        uow.codes.count_try(code.id)
        hit(uow, WRONG_CODES, access.source, now)
        uow.commit()
        raise Faulty(
            "That is not the code we mailed last to this browser. Please check the eight digits.",
            code="code-wrong",
            field="code",
        )
    return code


def used_up() -> Faulty:
    """What to say of a code that is spent, guessed too often or too old."""
    return Faulty(
        "This code is used up or too old. Ask for a new one with the button beside the field.",
        code="code-used-up",
        field="code",
    )
