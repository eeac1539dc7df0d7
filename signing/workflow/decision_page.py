"""What the decision page shows: the words, the organisation's stand, its keys, and what it may do now."""

from __future__ import annotations

from dataclasses import dataclass

from signing.domain.letter import Letter, LetterAction, LetterState
from signing.domain.letter_text import LetterText
from signing.domain.organisation import Answer, RosterEntry
from signing.evidence.phrase import phrase
from signing.evidence.statement import Signatory, signatory_of
from signing.workflow import key_views
from signing.workflow.appending import head_text
from signing.workflow.contact_access import Access, allowed, current_version, invited
from signing.workflow.key_views import KeyView
from signing.workflow.letters import carried, text_sha256, texts_of
from signing.workflow.ports import RecordedAnswer, Services


@dataclass(frozen=True, slots=True)
class DecisionView:
    """Everything the decision page shows. `text_sha256` and `head` go into the form.

    `keys` are bound in this letter, `earlier_keys` come from earlier letters. `carried_from`
    is the version that was approved, where the approval reaches these words by carry; `lapsed` when it does not.
    `committed` are the names that were first given confidentially, and stay.
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
    why_not: str | None
    code_sent: bool
    latest: RecordedAnswer | None
    keys: list[KeyView]
    earlier_keys: list[KeyView]
    carried_from: int | None
    lapsed: bool
    committed: Signatory | None

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
    def accepts(self) -> bool:
        """Whether the present approval covers a change of typography only."""
        return self.entry.accepts

    @property
    def confidential(self) -> bool:
        """Whether the present approval, or its withdrawal, stands under a commitment."""
        return self.entry.confidential


def view(services: Services, access: Access) -> DecisionView:
    """The decision page's content; reads only. Raises LinkUnknown, LinkExpired, LinkRevoked."""
    now = services.clock()
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, now)
        letter, entry = seen.letter, seen.entry
        version = current_version(uow, letter)
        head = uow.log.head(letter.id)
        bindings = uow.bindings.known_of(entry.organisation_id)
        latest = uow.answers.of_organisation(letter.id, entry.organisation_id) if entry.answered_at else []
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
        why_not=why_not,
        code_sent=seen.code is not None and seen.code.usable(now),
        latest=latest[-1] if latest else None,
        keys=key_views.here(letter, bindings, now),
        earlier_keys=key_views.earlier(letter, bindings, now),
        carried_from=entry.answer_version if older and stands else None,
        lapsed=not stands,
        committed=signatory_of(entry.opening) if entry.opening is not None else None,
    )
