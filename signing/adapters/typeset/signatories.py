"""The signatory list on its pages: one to four columns by how many and how long the names are, groups with headings.

May import its siblings and `signing.evidence.signatory_list`. The order is the caller's; nothing is sorted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from signing.adapters.typeset import fonts
from signing.adapters.typeset.blocks import Frame, fixed, plain, tied_together
from signing.adapters.typeset.fixed_words import FixedWords
from signing.adapters.typeset.fonts import ruler
from signing.adapters.typeset.names import NameRows, Shown, shown, signs_alone
from signing.adapters.typeset.pages import Pages, Row, height_of
from signing.adapters.typeset.setting import BODY, CAPTION_FACES, LIST_HEADING, TEXT_FACES, Setting
from signing.adapters.typeset.structure import Element
from signing.evidence.signatory_list import SignatoryList

_UNDER_HEADING = 3.5
_WITHHELD = 24.0
"""What the line for withheld names may need."""
_PAIRED_FROM = 4
"""A short list of so many names stands in two columns where it ends on its page only so: no page is left half empty."""
_SAMPLE = 400
"""How many names are measured to choose the columns of a long list."""
_REMEMBERED = 4 * _SAMPLE
_RUN_ON_FROM = 9
_RUN_ON_SIZE = 12
"""So many groups of fewer names than this on average run on in the columns; fewer, or larger ones, stand each on
its own."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a list of some size is set: what share of its names must fit on one line of so many columns."""

    names: int
    """For lists of fewer names than this."""
    setting: Setting
    gap: float
    columns: tuple[tuple[int, float], ...]
    """Number of columns and the share of names that must fit; the first that holds is taken, else one column."""

    @property
    def title(self) -> Setting:
        """How the title of a group is set."""
        return Setting((fonts.SEMIBOLD_ITALIC,) * 4, self.setting.size, self.setting.leading)


IN_TWO_COLUMNS = Style(60, Setting(TEXT_FACES, 10.0, 13.6), 3.2, ((2, 0.0),))
"""That of most lists."""
_STYLES = (
    Style(12, BODY, 3.4, ()),
    IN_TWO_COLUMNS,
    Style(300, Setting(TEXT_FACES, 9.2, 12.3), 2.6, ((3, 0.7), (2, 0.0))),
    Style(1 << 62, Setting(CAPTION_FACES, 8.0, 10.4), 1.8, ((4, 0.8), (3, 0.55), (2, 0.0))),
)


def place_signatories(pages: Pages, listing: SignatoryList, frame: Frame, *, tail: float = 0.0) -> None:
    """Places heading, names and the line for names that are withheld; `tail` is the height of what follows.

    Raises:
        Refusal: `no-glyph`, naming the organisation and the character.
    """
    confidential = listing.confidential
    if not listing.listed and not confidential:
        return
    words = frame.layout.words
    heading = fixed(words.signatories, frame.set_in(LIST_HEADING), 22.0, tag="H2")
    heading.append(Row((), _UNDER_HEADING, tied=True))
    tied_together(heading)
    names = shown([name.signatory for name in listing.listed], words.before_role)
    if names:
        below = tail + (_WITHHELD if confidential else 0.0)
        whole = _List(pages, frame, names, besides=height_of(heading) + below)
        whole.place(heading, _groups(listing, names), below)
        heading = []
        frame = frame.set_in(whole.setting)
    if confidential:
        line = words.withheld(confidential, after_names=bool(names))
        rows = tied_together(fixed(line, frame, 9.0 if names else 2.0))
        rows[0].tied = not names
        pages.flow(heading + rows)


def group_title(title: str, frame: Frame, gap: float) -> list[Row]:
    """The rows of the title of a group.

    Raises:
        Refusal: `no-glyph`, naming the group and the character.
    """
    return plain(title, f"the group “{title}”", frame, gap, element=frame.parent.child("H3"))


def signers(listing: SignatoryList, words: FixedWords) -> str:
    """How many sign, in words."""
    count = len(listing.listed) + listing.confidential
    if any(signs_alone(name.signatory) for name in listing.listed):
        return words.signers(count)
    return words.organisations(count)


def _groups(listing: SignatoryList, names: Sequence[Shown]) -> list[tuple[str | None, Sequence[Shown]]]:
    groups = []
    start = 0
    for title, members in listing.by_group():
        groups.append((title, names[start : start + len(members)]))
        start += len(members)
    return groups


class _List:
    """The names of one list, all in one style; heading and what follows need the height `besides`."""

    def __init__(self, pages: Pages, frame: Frame, names: Sequence[Shown], besides: float) -> None:
        self._pages = pages
        self._frame = frame
        self._style = next(style for style in _STYLES if len(names) < style.names)
        # Names are asked for again where columns are tried.
        self._reach = lru_cache(maxsize=_REMEMBERED)(ruler(self._frame_of(1).setting.manner()))
        self._count = self._columns(names)
        if self._count == 1 and len(names) >= _PAIRED_FROM and self._fits(2, names, besides):
            self._count = 1 if self._fits(1, names, besides) else 2
        self._cell = self._frame_of(self._count)
        self._rows = NameRows(self._cell, self._style.gap, self._reach)

    def _frame_of(self, count: int) -> Frame:
        paper = self._frame.layout.paper
        return replace(self._frame, right=paper.measure - paper.column(count)).set_in(self._style.setting)

    def _columns(self, names: Sequence[Shown]) -> int:
        sample = names[:: max(1, len(names) // _SAMPLE)]
        reaches = sorted(self._reach(name.name) + self._reach(name.after) for name in sample)
        for count, share in self._style.columns:
            if reaches[int(share * (len(reaches) - 1))] <= self._frame.layout.paper.column(count) or not share:
                return count
        return 1

    def _fits(self, count: int, names: Sequence[Shown], besides: float) -> bool:
        """Whether a short list ends on this page, with what follows it."""
        trial = NameRows(self._frame_of(count), self._style.gap, self._reach)
        heights = [height_of(trial.rows(name, Element("LI"))) for name in names]
        return sum(heights) / count + (max(heights) if count > 1 else 0.0) + besides <= self._pages.room

    @property
    def setting(self) -> Setting:
        return self._style.setting

    def place(self, heading: list[Row], groups: Sequence[tuple[str | None, Sequence[Shown]]], tail: float) -> None:
        """Places all groups, the heading with the first; what follows needs `tail`."""
        if len(groups) >= _RUN_ON_FROM and sum(len(names) for _, names in groups) < _RUN_ON_SIZE * len(groups):
            cells = [cell for title, names in groups for cell in self._group(title, names)]
            self._pages.columns(heading, cells, self._count, tail)
            return
        for place, (title, names) in enumerate(groups, start=1):
            if title:
                above = 0.0 if heading else 12.0
                heading = heading + group_title(title, self._frame.set_in(self._style.title), above)
            for row in heading[1:]:
                row.tied = True
            self._pages.columns(heading, self._cells(names), self._count, tail if place == len(groups) else 0.0)
            heading = []

    def _group(self, title: str | None, names: Sequence[Shown]) -> list[list[Row]]:
        """The cells of a group that runs on: its heading never leaves its first name."""
        if not title:
            return self._cells(names)
        above = self._style.gap + 0.45 * self._style.setting.leading
        rows = group_title(title, self._cell.set_in(self._style.title), above)
        first, *others = self._cells(names)
        return [tied_together([*rows, *first]), *others]

    def _cells(self, names: Sequence[Shown]) -> list[list[Row]]:
        whole = self._frame.parent.child("L", numbering="None")
        cells = []
        for name in names:
            item = Element("LI")
            whole.kids.append(item)
            cells.append(self._rows.rows(name, item))
        return cells
