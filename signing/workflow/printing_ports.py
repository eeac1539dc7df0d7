"""What sets the letter and sorts its list, as a PDF and in other forms; `adapters/` fulfils these ports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from signing.domain.letter_text import LetterText
from signing.evidence.signatory import Signatory
from signing.evidence.signatory_list import SignatoryList


@dataclass(frozen=True, slots=True)
class PictureLine:
    """A line of the signatory list in a picture: its signatory, None where nobody may know; the title of its group;
    whether it is the one that the picture is about."""

    signatory: Signatory | None
    group: str | None = None
    ours: bool = False


class Collation(Protocol):
    def version(self) -> str: ...
    def sort_key(self, language: str, *, ignore_article: bool) -> Callable[[Signatory], Any]: ...


class Typesetter(Protocol):
    def letter_pdf(
        self,
        text: LetterText,
        *,
        listing: SignatoryList | None,
        version: int,
        text_sha256: str,
        phrase: str,
        document_date: date,
        check_url: str | None,
        draft_for: str | None = None,
        paper: str = "a4",
    ) -> bytes: ...

    def printable(self, text: str, place: str) -> str:
        """The text as it will be drawn. Raises Refusal `no-glyph`, whose value `character` names what no face has."""

    def names_picture(
        self, lines: Sequence[PictureLine], *, language: str, withheld: int = 0, prefix: str = "n"
    ) -> str:
        """Lines of the signatory list as they will be printed, as an inline SVG; with `withheld` the line for so many
        names that are not told stands last and is what the picture is about. Raises Refusal `no-glyph`."""

    def page_pictures(
        self, text: LetterText, *, version: int, text_sha256: str, draft_for: str, paper: str = "a4"
    ) -> tuple[str, ...]:
        """Each page of the PDF of a draft as an SVG file. Raises Refusal `no-glyph`."""


class Rendering(Protocol):
    """The letter in another form than PDF, from what `Typesetter.letter_pdf` takes."""

    def __call__(
        self,
        text: LetterText,
        *,
        listing: SignatoryList | None,
        version: int,
        text_sha256: str,
        phrase: str,
        document_date: date,
        check_url: str | None,
        draft_for: str | None = None,
        paper: str = "a4",
    ) -> bytes: ...
