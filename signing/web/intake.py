"""What the pages need from importers, handed in by `bootstrap` (web never imports adapters)."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from signing.domain.letter_text import LetterText

if TYPE_CHECKING:
    from signing.workflow.brought_rosters import Reading


class _Everything:
    def __contains__(self, proposal: object) -> bool:
        return True


EVERYTHING: Container[str] = _Everything()


class Remark(Protocol):
    """Something to say about a line of a file."""

    @property
    def line(self) -> int | None: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...


class Proposal(Protocol):
    """A typographic repair of one place: what stands there, what would, and why."""

    @property
    def id(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...
    @property
    def why(self) -> str: ...


class LetterFile(Protocol):
    """A letter as it was read, the deadline it names, and what the reader wants to say about it.

    `made` are the ids of the proposals that the text has already; `counts` is line or paragraph; `kept` is as much
    of the file as reading it again takes.
    """

    @property
    def text(self) -> LetterText: ...
    @property
    def deadline(self) -> datetime | None: ...
    @property
    def warnings(self) -> Sequence[Remark]: ...
    @property
    def proposals(self) -> Sequence[Proposal]: ...
    @property
    def made(self) -> Container[str]: ...
    @property
    def counts(self) -> str: ...
    @property
    def kept(self) -> bytes: ...


class ReadLetter(Protocol):
    """Reads a letter's file. Raises Faulty."""

    def __call__(
        self,
        data: bytes,
        filename: str,
        *,
        language: str | None = None,
        mend: bool | Container[str] = True,
        title: str | None = None,
        date: str | None = None,
    ) -> LetterFile: ...


class ReadRoster(Protocol):
    """Reads a roster's sheet. Raises Faulty when it is no such sheet at all."""

    def __call__(self, data: bytes, filename: str, *, sheet: str | None = None) -> Reading: ...


@dataclass(frozen=True, slots=True)
class Intake:
    """The two importers."""

    letter: ReadLetter
    roster: ReadRoster
