"""What becomes of remarks: proposed words are taken into the next version, or left out of it.

Nothing of this is evidence: "yes, if" is no decision until its organisation has answered the new words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from signing.domain.discussion import Remark, Settlement
from signing.domain.errors import Faulty, NotFound
from signing.domain.letter import Letter, LetterAction, Version
from signing.domain.letter_text import LetterText, plain_block
from signing.domain.organisation import RosterEntry
from signing.domain.rewording import reword
from signing.workflow.activity import Act, record
from signing.workflow.draft_words import put_text
from signing.workflow.letters import locked_letter, texts_of
from signing.workflow.opening import describe
from signing.workflow.ports import Services, UnitOfWork

_ACTS = {
    Settlement.ACCEPTED: Act.REMARK_ACCEPTED,
    Settlement.DECLINED: Act.REMARK_DECLINED,
    None: Act.REMARK_REOPENED,
}


class Step(StrEnum):
    """How far a remark has come, in the order in which it comes so far."""

    OPEN = "open"
    LEFT_OUT = "left-out"
    IN_DRAFT = "in-draft"
    IN_LETTER = "in-letter"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Settled:
    """How far a remark has come; `version` is the one that has its words, where it came so far.

    `by_itself`: nobody said so, but the proposed words stand in that version.
    """

    step: Step
    version: int | None = None
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of the newest opened version and of the draft, as remarks are measured by them."""

    opened: int
    blocks: Mapping[tuple[int, str], frozenset[str]]

    @classmethod
    def of(cls, opened: Version | None, draft: Version | None) -> Words:
        blocks = {}
        for version in (opened, draft):
            for language, text in (texts_of(version) if version else {}).items():
                assert version is not None
                blocks[version.number, language] = frozenset(plain_block(block) for block in text.blocks)
        return cls(opened.number if opened else 0, blocks)

    def settled(self, remark: Remark, entry: RosterEntry) -> Settled:
        """How far this remark of that organisation has come."""
        if remark.condition and not remark.waits(entry.answered_at):
            return Settled(Step.ANSWERED, remark.settled_version)
        if remark.settled is Settlement.DECLINED:
            return Settled(Step.LEFT_OUT, remark.settled_version)
        if remark.settled is Settlement.ACCEPTED and remark.settled_version is not None:
            step = Step.IN_LETTER if remark.settled_version <= self.opened else Step.IN_DRAFT
            return Settled(step, remark.settled_version)
        for version in (self.opened, self.opened + 1):
            if version > remark.version and remark.wording and remark.wording in self._of(version, remark):
                step = Step.IN_LETTER if version <= self.opened else Step.IN_DRAFT
                return Settled(step, version, by_itself=True)
        return Settled(Step.OPEN)

    def _of(self, version: int, remark: Remark) -> frozenset[str]:
        return self.blocks.get((version, remark.language or ""), frozenset())


def accept(services: Services, letter_id: str, remark_id: str) -> Letter:
    """Put the proposed words of a remark in place of those it is about, in the draft of the next version.

    There is a draft afterwards if there was none. Accepted twice is accepted once. Raises NotFound, NotAllowed when
    the letter's words no longer change, Faulty `no-wording`, `words-gone` (the draft has other words there by now)
    and `by-hand`, each of which says to use the editor.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        remark = _standing(uow, letter_id, remark_id)
        letter.after(LetterAction.DRAFT_VERSION, now)
        if remark.settled is Settlement.ACCEPTED:
            return letter
        draft = uow.letters.draft(letter_id) or uow.letters.version(letter_id, letter.version)
        if remark.wording is None or remark.quote is None or remark.language is None or draft is None:
            raise Faulty(
                "This remark proposes no words. Put what it asks for into the letter by hand.", code="no-wording"
            )
        text = texts_of(draft).get(remark.language)
        at = _place(text, remark) if text else None
        if text is None or at is None:
            raise Faulty(
                "The words that this remark is about have changed in the draft. Put what it asks for into the letter "
                "by hand.",
                code="words-gone",
            )
        letter, number = put_text(services, uow, letter, reword(text, at, remark.wording))
        describe(uow, letter)
        uow.remarks.settle(remark_id, Settlement.ACCEPTED, now, number)
        record(services, uow, Act.REMARK_ACCEPTED, letter_id, remark.organisation_id, version=number)
        uow.commit()
    return letter


def settle(services: Services, letter_id: str, remark_id: str, settlement: Settlement | None) -> None:
    """Say what became of a remark: met in the next version by words put in by hand, left out, or open again (None).

    The words of the letter stay as they are. Raises NotFound, NotAllowed when the letter's words no longer change.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        remark = _standing(uow, letter_id, remark_id)
        letter.after(LetterAction.DRAFT_VERSION, now)
        if remark.settled is settlement:
            return
        version = letter.version + (uow.letters.draft(letter_id) is not None)
        # What was asked of the open words can be met by the next ones only.
        number = max(version, remark.version + 1) if settlement is Settlement.ACCEPTED else letter.version
        uow.remarks.settle(remark_id, settlement, now if settlement else None, number if settlement else None)
        record(services, uow, _ACTS[settlement], letter_id, remark.organisation_id, version=number)
        uow.commit()


def _standing(uow: UnitOfWork, letter_id: str, remark_id: str) -> Remark:
    remark = uow.remarks.get(remark_id)
    if remark is None or remark.letter_id != letter_id or remark.taken_back_at is not None:
        raise NotFound("There is no such remark. It may have been taken back.", code="remark-unknown")
    return remark


def _place(text: LetterText, remark: Remark) -> int | None:
    """The block that has the very words of the remark: where it stood, else the only one that has them."""
    plain = [plain_block(block) for block in text.blocks]
    if remark.block is not None and remark.block < len(plain) and plain[remark.block] == remark.quote:
        return remark.block
    found = [at for at, words in enumerate(plain) if words == remark.quote]
    return found[0] if len(found) == 1 else None


