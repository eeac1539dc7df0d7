"""The letter as one PDF: rows are placed on pages, the pages drawn, and the file finished.

May import its siblings, `signing.domain.letter_text` and `signing.evidence.signatory_list`.
"""

from __future__ import annotations

import datetime
import threading

from signing.adapters.typeset.blocks import body, opening
from signing.adapters.typeset.drawing import draw
from signing.adapters.typeset.finish import finished
from signing.adapters.typeset.fonts import printable
from signing.adapters.typeset.pages import Pages, height_of
from signing.adapters.typeset.signatories import place_signatories
from signing.adapters.typeset.verification import verification_rows
from signing.domain.letter_text import LetterText
from signing.evidence.signatory_list import SignatoryList

# The cuts are shared by all letters of the process and read by seeking while they are subset.
_drawing = threading.Lock()


def letter_pdf(
    text: LetterText,
    *,
    listing: SignatoryList | None,
    version: int,
    text_sha256: str,
    phrase: str,
    document_date: datetime.date,
    check_url: str | None,
    draft_for: str | None = None,
    paper: str = "a4",
) -> bytes:
    """One language of a version as a PDF, byte-identical whenever it is made again from the same input.

    The names stand in the order of `listing`, under a heading where their group changes; with None the letter has
    no list. `paper` is `a4` or `letter` (US Letter). `draft_for` makes the copy of one organisation: every page
    says so, and it has neither list nor verification block, whatever else is given. `phrase` is the twelve
    words of the version over all its languages.

    Raises:
        Refusal: `no-glyph`, when a character of the words or of a name has no glyph in the embedded fonts; it
            names the place or the organisation, and the character.
    """
    is_draft = draft_for is not None
    foot = f"Version {version} · sha256 {text_sha256[:12]}"
    note = ""
    if draft_for is not None:
        note = printable(f"draft for {draft_for}, version {version}", f"the name of “{draft_for}”")
        foot = f"{note} · sha256 {text_sha256[:12]}"
    elif listing is not None:
        note = _count(len(listing.listed) + listing.confidential)
    pages = Pages()
    pages.flow(opening(text) + body(text))
    if not is_draft:
        has_list = listing is not None and bool(listing.listed or listing.confidential)
        block = verification_rows(text_sha256=text_sha256, phrase=phrase, check_url=check_url, has_list=has_list)
        if listing is not None:
            place_signatories(pages, listing, tail=height_of(block))
        pages.flow(block)
    with _drawing:
        drawn, links = draw(pages.pages, title=text.title, language=text.language, note=note, foot=foot)
    return finished(drawn, title=text.title, language=text.language, document_date=document_date, links=links)


def _count(organisations: int) -> str:
    if not organisations:
        return "no organisations"
    return "1 organisation" if organisations == 1 else f"{organisations:,} organisations"
