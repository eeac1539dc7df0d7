"""A roster as its coordinator looks at it: one page at a time, whatever its length."""

from __future__ import annotations

from dataclasses import dataclass, replace

from signing.domain.letter import Letter, LetterState
from signing.workflow.letters import letter_of
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.roster_desk_ports import DeskRow, RosterFigures, RosterSearch

PAGE = 100


@dataclass(frozen=True, slots=True)
class RosterFrame:
    """What every page about a roster says of the letter."""

    letter: Letter
    state: LetterState
    figures: RosterFigures

    @property
    def organisations(self) -> int:
        """How many are on the roster."""
        return self.figures.total

    @property
    def invited(self) -> int:
        """How many of them were invited."""
        return self.figures.invited

    @property
    def has_words(self) -> bool:
        """Whether there is a draft or a version."""
        return self.figures.has_words


@dataclass(frozen=True, slots=True)
class RosterPage:
    """`found` counts what was searched for; `number` counts pages from 1."""

    frame: RosterFrame
    rows: list[DeskRow]
    search: RosterSearch
    found: int
    number: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.found // PAGE))


def frame(services: Services, letter_id: str) -> RosterFrame:
    """The letter and the figures of its roster. Raises NotFound."""
    with services.unit_of_work() as uow:
        return frame_of(services, uow, letter_id)


def frame_of(services: Services, uow: UnitOfWork, letter_id: str) -> RosterFrame:
    """The same, inside the caller's unit of work."""
    letter = letter_of(uow, letter_id)
    return RosterFrame(letter, letter.state_at(services.clock()), uow.roster_desk.figures(letter_id))


def found(services: Services, letter_id: str, search: RosterSearch) -> list[str]:
    """All organisations that a search finds, whichever page they are on."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        return uow.roster_desk.found(letter_id, search)


def page(services: Services, letter_id: str, search: RosterSearch, number: int = 1) -> RosterPage:
    """Entries by name; a page that is not there is the last one. Raises NotFound."""
    with services.unit_of_work() as uow:
        seen = frame_of(services, uow, letter_id)
        found = RosterPage(seen, [], search, uow.roster_desk.count(letter_id, search), 1)
        found = replace(found, number=min(max(1, number), found.last))
        rows = uow.roster_desk.page(letter_id, search, limit=PAGE, skip=PAGE * (found.number - 1))
    return replace(found, rows=rows)
