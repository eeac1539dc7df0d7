"""What sets the letter, as a PDF and in other forms; `adapters/` fulfils these ports."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from signing.domain.letter_text import LetterText
from signing.evidence.signatory_list import SignatoryList


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
