"""The structure of a document: which text is a heading, a paragraph, an item (ISO 32000-1, 14.7 and 14.8).

May import the standard library only. The layout builds the tree in reading order; drawing notes on each element which
marked content belongs to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Element:
    """One structure element: its standard type (`P`, `H1`, `L`, `LI`, `Lbl`, `LBody`, `Link`, `Span` …), the language
    of its words where it is not its parent's, the exact words where what is drawn is read wrongly, and what a picture
    shows. Text that belongs to no element (the head and foot of pages, rules) is an artifact."""

    tag: str
    language: str | None = None
    actual_text: str | None = None
    alt: str | None = None
    kids: list[Element | tuple[int, int]] = field(default_factory=list)
    """Elements, and marked content as (page, number on the page), both counted from 0, in reading order."""

    def child(
        self, tag: str, *, language: str | None = None, actual_text: str | None = None, alt: str | None = None
    ) -> Element:
        """A new element that comes after all there are."""
        made = Element(tag, language, actual_text, alt)
        self.kids.append(made)
        return made
