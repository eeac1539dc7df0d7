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
    numbering: str | None = None
    """Of a list (`L`): `Disc`, `Circle`, `Square`, `Decimal`, `None` … (14.8.5.5)."""
    box: tuple[float, float, float, float] | None = None
    """Of a figure, once drawn: left, bottom, right, top in points from the lower left of its page."""
    kids: list[Element | tuple[int, int]] = field(default_factory=list)
    """Elements, and marked content as (page, number on the page), both counted from 0, in reading order; where an
    element has both, the order of drawing decides."""
    reordered: bool = False
    """Whether that decides for an element without words of its own, too."""

    def child(
        self,
        tag: str,
        *,
        language: str | None = None,
        actual_text: str | None = None,
        alt: str | None = None,
        numbering: str | None = None,
    ) -> Element:
        """A new element that comes after all there are."""
        made = Element(tag, language, actual_text, alt, numbering)
        self.kids.append(made)
        return made

    @property
    def level(self) -> int:
        """Of a heading, 1 to 6; 0 for every other element."""
        return int(self.tag[1]) if len(self.tag) == 2 and self.tag[0] == "H" and self.tag[1] in "123456" else 0
