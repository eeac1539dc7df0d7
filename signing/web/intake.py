"""What the pages need from importers, handed in by `bootstrap` (web never imports adapters)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from signing.domain.letter_text import LetterText

if TYPE_CHECKING:
    from signing.domain.roster import RosterRow, RosterWarning, RowFault


class Remark(Protocol):
    """Something to say about a line of a file."""

    @property
    def line(self) -> int | None: ...
    @property
    def message(self) -> str: ...


class LetterFile(Protocol):
    """A letter as it was read, the deadline it names, and what the reader wants to say about it."""

    @property
    def text(self) -> LetterText: ...
    @property
    def deadline(self) -> datetime | None: ...
    @property
    def warnings(self) -> Sequence[Remark]: ...


class RosterFile(Protocol):
    """The good rows, the faulty ones by line, and warnings. `rows` go to `rostering.import_roster` as they are."""

    @property
    def rows(self) -> Sequence[RosterRow]: ...
    @property
    def faults(self) -> Sequence[RowFault]: ...
    @property
    def warnings(self) -> Sequence[RosterWarning]: ...
    @property
    def sheet(self) -> str | None: ...
    @property
    def sheets(self) -> Sequence[str]: ...


class ReadLetter(Protocol):
    """Reads a letter's file. Raises Faulty."""

    def __call__(
        self, data: bytes, filename: str, *, language: str | None = None, mend: bool = True
    ) -> LetterFile: ...


class ReadRoster(Protocol):
    """Reads a roster's sheet. Raises Faulty when it is no such sheet at all."""

    def __call__(self, data: bytes, filename: str, *, sheet: str | None = None) -> RosterFile: ...


@dataclass(frozen=True, slots=True)
class Intake:
    """The two importers."""

    letter: ReadLetter
    roster: ReadRoster
