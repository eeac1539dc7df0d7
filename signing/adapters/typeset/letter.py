"""The letter as one PDF: rows are placed on pages, the pages drawn, and the file finished.

May import its siblings, `signing.domain.letter_text` and `signing.evidence.signatory_list`.
"""

from __future__ import annotations

import datetime
import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from signing.adapters.typeset.blocks import Frame, body
from signing.adapters.typeset.drawing import draw
from signing.adapters.typeset.finish import finished
from signing.adapters.typeset.fonts import printable
from signing.adapters.typeset.layout import Layout
from signing.adapters.typeset.margins import fitting, foot, head
from signing.adapters.typeset.opening import place_opening
from signing.adapters.typeset.pages import Pages, Placed, height_of
from signing.adapters.typeset.setting import BODY
from signing.adapters.typeset.signatories import place_signatories, signers
from signing.adapters.typeset.structure import Element
from signing.adapters.typeset.verification import verification_rows
from signing.domain.letter_text import LetterText
from signing.evidence.signatory_list import SignatoryList

# The faces and the words shaped in them are shared by all letters of the process.
_typesetting = threading.Lock()


@contextmanager
def undisturbed() -> Iterator[None]:
    """One letter at a time, and no search for circles of objects: a long list makes hundreds of thousands of them that
    all live until the end, and looking at them again and again took two fifths of the time."""
    with _typesetting:
        collects = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collects:
                gc.enable()


@undisturbed()
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
    tagged: bool = True,
) -> bytes:
    """One language of a version as a PDF, byte-identical whenever it is made again from the same input.

    The names stand in the order of `listing`, under a heading where their group changes; with None the letter has
    no list. `paper` is `a4` or `letter` (US Letter), ValueError otherwise. `draft_for` makes the copy of one
    organisation: every page says so (of a long name its beginning), and it has neither list nor verification block,
    whatever else is given.
    `phrase` is the twelve words of the version over all its languages. What stands around the letter's own words
    is in its language where we have them in it, else in English (`signing.locale.document`). `tagged` false leaves out
    the structure, as no letter of the service does: it is there to be measured.

    Raises:
        Refusal: `no-glyph`, when a character of the words or of a name has no glyph in the embedded fonts; it
            names the place or the organisation, and the character.
    """
    leaves = laid_out(
        text, listing=listing, version=version, text_sha256=text_sha256, phrase=phrase, check_url=check_url,
        draft_for=draft_for, paper=paper,
    )  # fmt: skip
    layout = leaves.layout
    drawn = draw(
        leaves.pages, paper=layout.paper, root=leaves.root, rtl=layout.rtl, head=leaves.head, foot=leaves.foot,
        tagged=tagged,
    )  # fmt: skip
    return finished(
        drawn,
        title=text.title,
        language=text.language,
        document_date=document_date,
        rtl=layout.rtl,
        seal=None if draft_for is not None else layout.words.seal,
    )


@dataclass(frozen=True, slots=True)
class Leaves:
    """A letter on its pages, not drawn yet: `head` stands above the first, `foot` below each, counted from 1."""

    layout: Layout
    root: Element
    pages: Sequence[Sequence[Placed]]
    head: Sequence[Placed]
    foot: Callable[[int], Sequence[Placed]]


def laid_out(
    text: LetterText,
    *,
    listing: SignatoryList | None,
    version: int,
    text_sha256: str,
    phrase: str,
    check_url: str | None,
    draft_for: str | None,
    paper: str,
) -> Leaves:
    """Every row of the letter at its place; the arguments, and what is raised, are those of `letter_pdf`."""
    layout = Layout.of(text, paper)
    words = layout.words
    root = Element("Document")
    frame = Frame(layout, root, BODY).set_in(BODY)
    pages = Pages(layout.paper)
    note, imprint = "", words.version(version)
    if draft_for is not None:
        name = printable(draft_for, f"the name of “{draft_for}”")
        note = imprint = fitting(lambda name: words.draft(name, version), name, layout)
    elif listing is not None:
        note = signers(listing, words)
    above = head(frame, note)
    place_opening(pages, text, frame)
    pages.flow(body(text, frame))
    if draft_for is None:
        _place_end(pages, frame, listing, text_sha256=text_sha256, phrase=phrase, check_url=check_url)
    near = f"{imprint} · sha256 {text_sha256[:12]}"

    def below(number: int) -> list[Placed]:
        return foot(layout, near, words.page(number, len(pages.pages)))

    return Leaves(layout, root, pages.pages, above, below)


def _place_end(
    pages: Pages, frame: Frame, listing: SignatoryList | None, *, text_sha256: str, phrase: str, check_url: str | None
) -> None:
    """Places the list and the verification block, which is set first: the list must know how much room it needs."""
    section = Element("Sect")
    block = verification_rows(
        replace(frame, parent=section),
        text_sha256=text_sha256,
        phrase=phrase,
        check_url=check_url,
        has_list=listing is not None and bool(listing.listed or listing.confidential),
    )
    if listing is not None:
        place_signatories(pages, listing, frame, tail=height_of(block))
    frame.parent.kids.append(section)
    pages.flow(block)
