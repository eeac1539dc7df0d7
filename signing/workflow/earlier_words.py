"""What has changed since an organisation last looked: the words against those it approved, answered or saw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from signing.domain.letter_text import LetterText
from signing.domain.organisation import Answer
from signing.domain.redline import Redline, compare
from signing.workflow.decision_page import DecisionView
from signing.workflow.letters import texts_of
from signing.workflow.ports import Services

# Why a version is the one to compare with.
CHOSEN, APPROVED, ANSWERED, REMARKED, SEEN = "chosen", "approved", "answered", "remarked", "seen"


@dataclass(frozen=True, slots=True)
class EarlierWords:
    """The words of version `number` against the present ones, by language.

    `redlines` has the languages of the present words; one that was not there before is in `added` and has none.
    `dropped` are languages that are there no more. `choices` are all versions that may be compared with.
    """

    number: int
    why: str
    redlines: dict[str, Redline]
    added: list[str]
    dropped: list[str]
    choices: list[int]


def compared(services: Services, view: DecisionView, *, chosen: int | None, seen: int | None) -> EarlierWords | None:
    """What changed since the version that was `chosen`, else since the last one the organisation approved, answered
    or remarked on, else since the one `seen` before in this browser; None when there is nothing to compare with.

    One statement, and none for the first version.
    """
    number, why = _before(view, chosen, seen)
    if number is None:
        return None
    with services.unit_of_work() as uow:
        version = uow.letters.version(view.letter.id, number)
    if version is None:
        return None
    before = texts_of(version)
    return EarlierWords(
        number=number,
        why=why,
        redlines={tag: _redline(before[tag], text) for tag, text in view.texts.items() if tag in before},
        added=[tag for tag in view.texts if tag not in before],
        dropped=[tag for tag in before if tag not in view.texts],
        choices=list(range(1, view.version)),
    )


def _before(view: DecisionView, chosen: int | None, seen: int | None) -> tuple[int | None, str]:
    entry = view.entry
    if entry.answer is Answer.APPROVED:
        number, why = entry.answer_version or 0, APPROVED
    else:
        told = [(entry.answer_version or 0, ANSWERED), (view.remarked_version or 0, REMARKED)]
        number, why = max(told, key=lambda each: each[0])
    if not number:
        number, why = seen or 0, SEEN
    if chosen not in (None, number):
        number, why = chosen or 0, CHOSEN
    return (number, why) if 0 < number < view.version else (None, "")


@lru_cache(maxsize=32)
def _redline(before: LetterText, after: LetterText) -> Redline:
    # Everybody who opens a letter after a change asks for the same comparison.
    return compare(before, after)
