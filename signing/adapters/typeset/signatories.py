"""The signatory list as rows: names in one column or two, the acronym tied to its name, groups with headings.

May import its siblings and `signing.evidence.signatory`. The order is the caller's; nothing is sorted here.
"""

from __future__ import annotations

import re
from itertools import groupby

from signing.adapters.typeset import fonts
from signing.adapters.typeset.blocks import BODY, Frame, Setting, paragraph, plain
from signing.adapters.typeset.fonts import ACCENT, GREY, NO_BREAK_SPACE, Manner, printable
from signing.adapters.typeset.lines import Stretch
from signing.adapters.typeset.pages import MEASURE, Pages, Row, column_width, height_of
from signing.evidence.signatory import Signatory
from signing.evidence.signatory_list import SignatoryList

TWO_COLUMNS_FROM = 12
NAME_GAP = 3.4
HANG = 10.0
LIST_HEADING = Setting((fonts.SEMIBOLD,) * 4, 10.0, 14.9, ACCENT)
GROUP_HEADING = Setting((fonts.SEMIBOLD_ITALIC,) * 4, 10.6, 14.9)
_OWN_ACRONYM = re.compile(r" (\(\S+\))$")  # "Pacific Network on Globalisation (PANG)"
_ACRONYM = Manner(fonts.REGULAR, BODY.size, GREY)


def place_signatories(pages: Pages, listing: SignatoryList, *, tail: float = 0.0) -> None:
    """Places heading, names and the line for names that are withheld; `tail` is the height of what follows.

    Raises:
        Refusal: `no-glyph`, naming the organisation and the character.
    """
    confidential = listing.confidential
    if not listing.listed and not confidential:
        return
    heading = plain("SIGNATORIES", "the head of the list", Frame(LIST_HEADING), 22.0)
    parts = [(title or "", list(names)) for title, names in groupby(listing.listed, key=lambda name: name.group)]
    count = 2 if len(listing.listed) >= TWO_COLUMNS_FROM else 1
    withheld = _withheld(confidential, after_names=bool(listing.listed)) if confidential else []
    for position, (title, members) in enumerate(parts, start=1):
        rows = heading
        if title:
            rows = rows + plain(title, f"the group “{title}”", Frame(GROUP_HEADING), 4.0 if rows else 12.0)
        for row in rows[1:]:
            row.tied = True
        cells = [_name(member.signatory, count) for member in members]
        below = tail + height_of(withheld) if position == len(parts) else 0.0
        pages.columns([*rows, Row((), 2.0, tied=True)], cells, count, below)
        heading = []
    pages.flow(heading + withheld)


def _name(signatory: Signatory, count: int) -> list[Row]:
    place = f"the name of “{signatory.listed_as}”"
    listed_as = _OWN_ACRONYM.sub(f"{NO_BREAK_SPACE}\\1", printable(signatory.listed_as, place))
    stretches: list[Stretch] = [(BODY.manner(), listed_as)]
    if signatory.acronym:
        acronym = printable(signatory.acronym, f"the acronym of “{signatory.listed_as}”")
        stretches.append((_ACRONYM, f"{NO_BREAK_SPACE}({acronym})"))
    frame = Frame(BODY, right=MEASURE - column_width(count))
    rows = paragraph(stretches, frame, NAME_GAP, hang=HANG)
    for row in rows[1:]:
        row.tied = True
    return rows


def _withheld(confidential: int, *, after_names: bool) -> list[Row]:
    one = confidential == 1
    noun, verb, their = ("organisation", "name is", "its") if one else ("organisations", "names are", "their")
    line = f"{confidential:,} {noun} whose {verb} withheld for {their} safety"
    rows = plain(f"and {line}" if after_names else line, "the list", Frame(), 9.0 if after_names else 2.0)
    for row in rows:
        row.tied = bool(row.gap == 0.0 or not after_names)
    return rows
