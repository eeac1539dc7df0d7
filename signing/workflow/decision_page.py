"""What the decision page shows: the words, the organisation's stand, its keys, and what it may do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from signing.domain.binding import Binding
from signing.domain.letter import Letter, LetterAction, LetterState
from signing.domain.letter_text import LetterText
from signing.domain.organisation import Answer, RosterEntry
from signing.evidence.phrase import phrase
from signing.evidence.statement import Signatory, signatory_of
from signing.workflow import key_views
from signing.workflow.appending import head_text
from signing.workflow.colleagues import reviewer_name
from signing.workflow.contact_access import Access, allowed, check_not_abandoned, current_version, invited
from signing.workflow.enrolment import NAMING_SCHEMES
from signing.workflow.key_views import KeyView
from signing.workflow.letters import approved_now, carried, text_sha256, texts_of
from signing.workflow.ports import InvitationView, RecordedAnswer, Services, UnitOfWork
from signing.workflow.roster_ports import ApprovedName


@dataclass(frozen=True, slots=True)
class DecisionView:
    """Everything the decision page shows. `text_sha256` and `head` go into the form.

    `keys` are bound in this letter, `earlier_keys` come from earlier letters. `carried_from`
    is the version that was approved, where the approval reaches these words by carry; `lapsed` when it does not.
    `committed` are the names that were first given confidentially, and stay. `latest` is the newest answer to this
    letter, `named` the newest approval in the open, of this letter or of the last one before. `remarks` counts what
    was said beside the answer, as `InvitationView` has it. `reviewer` has to agree first, where two persons must.
    """

    letter: Letter
    version: int
    texts: dict[str, LetterText]
    text_sha256: str
    phrase: str
    entry: RosterEntry
    head: str
    state: LetterState
    can_answer: bool
    can_withdraw: bool
    can_discuss: bool
    why_not: str | None
    code_sent: bool
    latest: RecordedAnswer | None
    named: RecordedAnswer | None
    keys: list[KeyView]
    earlier_keys: list[KeyView]
    carried_from: int | None
    lapsed: bool
    committed: Signatory | None
    invited_at: datetime
    remarks: int
    remarked_version: int | None
    condition_version: int | None
    reviewer: str | None = None
    asked_until: datetime | None = None

    @property
    def min_level(self) -> int:
        return self.letter.min_level

    @property
    def binders(self) -> tuple[str, ...]:
        return self.letter.binders

    @property
    def keys_without_code(self) -> list[KeyView]:
        """Those that no code has to be typed for: of earlier letters none where the coordinator has to confirm it."""
        here = [each for each in self.keys if each.live or each.waiting]
        return here + [each for each in self.earlier_keys if key_views.speaks(self.letter, ("attestor",))]

    @property
    def review_awaited(self) -> bool:
        """Whether no approval is taken before the organisation's reviewer has agreed to these words."""
        return self.entry.two_persons and self.entry.reviewed_version != self.version

    @property
    def can_sign_at_once(self) -> bool:
        """Whether one button may say all: an approval is due, and a key that lives in a browser speaks for it."""
        due = self.can_answer and not self.review_awaited and (self.entry.answer is not Answer.APPROVED or self.lapsed)
        return due and self.committed is None and any(
            not each.waiting and each.level >= self.min_level and each.binding.scheme not in NAMING_SCHEMES
            for each in self.keys_without_code
        )

    @property
    def accepts(self) -> bool:
        """Whether the present approval covers a change of typography only."""
        return self.entry.accepts

    @property
    def confidential(self) -> bool:
        """Whether the present approval, or its withdrawal, stands under a commitment."""
        return self.entry.confidential


def view(services: Services, access: Access) -> DecisionView:
    """The decision page's content; reads only. Raises LinkClosed, LetterAbandoned.

    Two statements for a contact who has not answered and has no key.
    """
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now)
        letter, entry = seen.letter, seen.entry
        check_not_abandoned(letter)
        version = current_version(uow, letter)
        head = seen.head or uow.log.head(letter.id)
        bindings = uow.bindings.known_of(entry.organisation_id) if seen.has_keys else []
        answers = uow.answers.of_organisation(letter.id, entry.organisation_id) if entry.answered_at else []
        named = _named(uow, seen, answers, bindings)
        reviewer = reviewer_name(uow, entry)
        approved = entry.answer is Answer.APPROVED
        older = approved and entry.answer_version != letter.version
        stands = not older or carried(uow.letters.versions(letter.id), entry, letter.version)
    can_answer, why_not = allowed(letter, LetterAction.ANSWER, now)
    digest = text_sha256(version)
    return DecisionView(
        letter=letter,
        version=version.number,
        texts=texts_of(version),
        text_sha256=digest,
        phrase=phrase(digest),
        entry=entry,
        head=head_text(head),
        state=letter.state_at(now),
        can_answer=can_answer,
        can_withdraw=approved and allowed(letter, LetterAction.WITHDRAW, now)[0],
        can_discuss=allowed(letter, LetterAction.DISCUSS, now)[0],
        why_not=why_not,
        code_sent=seen.code_sent(now),
        latest=answers[-1] if answers else None,
        named=named,
        keys=key_views.here(letter, bindings, now),
        earlier_keys=key_views.earlier(letter, bindings, now),
        carried_from=entry.answer_version if older and stands else None,
        lapsed=not stands,
        committed=signatory_of(entry.opening) if entry.opening is not None else None,
        invited_at=seen.invitation.issued_at,
        remarks=seen.remarks,
        remarked_version=seen.remarked_version,
        condition_version=seen.condition_version,
        reviewer=reviewer,
        asked_until=letter.asked_until(now),
    )


@dataclass(frozen=True, slots=True)
class Others:
    """The other organisations that stand under these words, as far as the letter shares it: their number, the names
    of those in the open only where names are shared, and how many of the number are withheld."""

    count: int
    names: tuple[ApprovedName, ...] = ()
    withheld: int = 0


def others_who_approved(services: Services, view: DecisionView) -> Others | None:
    """Who else stands under these words, sorted as the list will be; None where nothing of it is shared."""
    if view.letter.shares == "nobody":
        return None
    with services.unit_of_work() as uow:
        approved = approved_now(uow, view.letter)
    ours = view.entry.organisation_id
    named = [each for each in approved.named if each.organisation_id != ours]
    withheld = sum(each.organisation_id != ours for each in approved.withheld)
    if view.letter.shares != "names":
        return Others(len(named) + withheld)
    key = services.collation.sort_key(view.letter.language, ignore_article=view.letter.ignore_article)
    return Others(len(named) + withheld, tuple(sorted(named, key=lambda each: key(each.signatory))), withheld)


def _named(
    uow: UnitOfWork, seen: InvitationView, answers: list[RecordedAnswer], bindings: list[Binding]
) -> RecordedAnswer | None:
    """The newest approval in the open: of this letter, else of the last other one to which a key was bound."""
    elsewhere = [each.letter_id for each in bindings if each.letter_id != seen.letter.id]
    if not any(each.listed_as for each in answers) and elsewhere:
        answers = uow.answers.of_organisation(elsewhere[-1], seen.entry.organisation_id)
    return next((each for each in reversed(answers) if each.listed_as), None)
