"""Some lines of the signatory list as a picture for a page, set as the list is: an inline SVG of the glyphs' outlines.

May import its siblings, `signing.evidence.signatory` and `signing.workflow.printing_ports`. It holds no script and
no style, takes its ink from the page around it (`currentColor`), and is the same for the same lines every time. A line
that is not to be known is a bar that looks alike for every name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from signing.adapters.typeset.blocks import Frame, fixed
from signing.adapters.typeset.fonts import GREY, ruler
from signing.adapters.typeset.glyph_outlines import UNITS, GlyphOutlines, units
from signing.adapters.typeset.layout import Layout
from signing.adapters.typeset.names import NameRows, Shown, shown
from signing.adapters.typeset.pages import BASELINE, Row, height_of
from signing.adapters.typeset.setting import BODY
from signing.adapters.typeset.signatories import IN_TWO_COLUMNS, group_title
from signing.adapters.typeset.structure import Element
from signing.workflow.printing_ports import PictureLine

_GUTTER = 9.0
_MARK = 2.0
_ABOVE = 3.0
_OVERHANG = 3.0
"""Of the last letter of a line over its edge."""
_BAR = (112.0, 6.0)
_OWN_INK, _OWN_GREY = "1", ".78"
_OTHERS_INK = ".68"
_BAR_INK = ".22"
_OTHERS_ROWS = 3
"""No more of another's name: whoever typed a long one must not make this page slow."""


def names_picture(
    lines: Sequence[PictureLine], *, language: str, withheld: int = 0, prefix: str = "n"
) -> str:
    """An `<svg>` of lines as wide as a column of a list in two, in a letter of this language; they are not sorted.

    The title of a group stands above its first line. The line that is `ours` has full ink and a mark, and is what the
    picture is called; with `withheld` the line for so many names that are not told stands last, and is ours. `prefix`
    begins the ids, which must be the picture's alone on its page.

    Raises:
        Refusal: `no-glyph`, naming the organisation or the group, and the character.
    """
    column = _Column.of(language)
    words = column.frame.layout.words
    names = iter(shown([line.signatory for line in lines if line.signatory], words.before_role))
    drawing = _Drawing(column.width, column.frame.layout.rtl, prefix)
    called = ""
    group: str | None = None
    for line in lines:
        if line.group and line.group != group:
            drawing.add(column.title(line.group), ours=False)
        group = line.group
        if line.signatory is None:
            drawing.add_bar(column.leading, column.gap)
            continue
        name = next(names)
        if line.ours:
            called = _said(name)
        rows = column.name(name)
        drawing.add(rows if line.ours else rows[:_OTHERS_ROWS], ours=line.ours)
    if withheld:
        called = words.withheld(withheld, after_names=bool(lines))
        drawing.add(column.words(called), ours=True)
    return drawing.svg(called)


def _said(name: Shown) -> str:
    """A line as it is read."""
    return " ".join([f"{name.name}{name.after}", *([name.native] if name.native else [])])


@dataclass(frozen=True, slots=True)
class _Column:
    """Sets rows in the narrow column of a list."""

    frame: Frame
    names: NameRows

    @classmethod
    def of(cls, language: str) -> _Column:
        layout = Layout.without_text(language)
        right = layout.paper.measure - layout.paper.column(2)
        frame = Frame(layout, Element("Sect"), BODY, right=right).set_in(IN_TWO_COLUMNS.setting)
        return cls(frame, NameRows(frame, IN_TWO_COLUMNS.gap, ruler(frame.setting.manner())))

    @property
    def width(self) -> float:
        return self.frame.measure

    @property
    def leading(self) -> float:
        return self.frame.setting.leading

    @property
    def gap(self) -> float:
        return IN_TWO_COLUMNS.gap

    def title(self, group: str) -> list[Row]:
        return group_title(group, self.frame.set_in(IN_TWO_COLUMNS.title), self.gap + 0.45 * self.leading)

    def name(self, name: Shown) -> list[Row]:
        return self.names.rows(name, Element("LI"))

    def words(self, words: str) -> list[Row]:
        return fixed(words, self.frame, 9.0)


@dataclass(slots=True)
class _Drawing:
    """The picture while it is drawn, from above; `width` is that of its column in points."""

    width: float
    rtl: bool
    prefix: str
    top: float = _ABOVE
    parts: list[str] = field(default_factory=list)
    outlines: GlyphOutlines = field(init=False)

    def __post_init__(self) -> None:
        self.outlines = GlyphOutlines(self.prefix)

    def add(self, rows: Sequence[Row], *, ours: bool) -> None:
        """Draws rows below what there is."""
        if self.parts:
            self.top += rows[0].gap
        if ours:
            x = self.width + _OVERHANG + _GUTTER - _MARK if self.rtl else 0.0
            high = height_of(rows) - rows[0].gap
            self.parts.append(
                f'<rect class="line-mark" x="{units(x)}" y="{units(self.top)}" width="{units(_MARK)}" '
                f'height="{units(high)}"/>'
            )
        for place, row in enumerate(rows):
            self.top += row.gap if place else 0.0
            baseline = self.top + BASELINE * row.height
            for grey, pieces in groupby(row.pieces, key=lambda piece: piece.manner.colour == GREY):
                ink = (_OWN_GREY if grey else _OWN_INK) if ours else _OTHERS_INK
                uses = "".join(
                    self.outlines.used(piece, self._left(piece.x, piece.width), baseline) for piece in pieces
                )
                self.parts.append(f'<g fill-opacity="{ink}">{uses}</g>' if uses else "")
            self.top += row.height

    def add_bar(self, leading: float, gap: float) -> None:
        """Draws what stands for a name that is not to be known."""
        if self.parts:
            self.top += gap
        width, height = _BAR
        top = self.top + BASELINE * leading - height
        self.parts.append(
            f'<rect fill-opacity="{_BAR_INK}" x="{units(self._left(0.0, width))}" y="{units(top)}" '
            f'width="{units(width)}" height="{units(height)}" rx="{units(height / 3)}"/>'
        )
        self.top += leading

    def _left(self, x: float, width: float) -> float:
        """The left end of what stands `x` from the edge where lines begin."""
        return _OVERHANG + self.width - x - width if self.rtl else _GUTTER + x

    def svg(self, called: str) -> str:
        """The whole picture under a name for those who cannot see it."""
        width, height = units(self.width + _GUTTER + _OVERHANG), units(self.top + _ABOVE)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(called)}" fill="currentColor" '
            f'width="{width // UNITS}" height="{height // UNITS}" viewBox="0 0 {width} {height}">'
            f"<defs>{''.join(self.outlines.definitions)}</defs>{''.join(self.parts)}</svg>"
        )

