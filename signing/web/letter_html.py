"""The words of a letter on our pages, below the page's own heading and the letter's title."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from signing.domain import letter_html
from signing.domain.letter_blocks import Run
from signing.domain.letter_text import LetterText

# A new tab, so that following a source never costs what was typed into the form below.
LINKS = letter_html.NEW_TAB


def body(text: LetterText) -> Markup:
    """The letter's blocks; headings begin at level 3."""
    return Markup(letter_html.body(text, link_attributes=LINKS))  # noqa: S704 (escaped where it is written)


def blocks(text: LetterText) -> list[Markup]:
    """The letter's top-level blocks, each by itself, as `body` has them."""
    return [Markup(block) for block in letter_html.blocks(text, link_attributes=LINKS)]  # noqa: S704


def footnotes(text: LetterText) -> list[Markup]:
    """The footnotes' words, in order."""
    return [Markup(note) for note in letter_html.footnotes(text, link_attributes=LINKS)]  # noqa: S704


def words(run: Run, *, linked: bool = True) -> Markup:
    """The words of one run by themselves, as a redline shows them; `linked` says whether its link can be followed."""
    shown = run if linked else replace(run, href=None)
    return Markup(letter_html.words(shown, link_attributes=LINKS))  # noqa: S704
