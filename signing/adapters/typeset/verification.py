"""The block that lets a reader check a printed copy: QR code, address, digest and fingerprint phrase.

May import its siblings, ReportLab's canvas (handed in) and segno. Only what the file can keep is promised.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import segno

from signing.adapters.typeset.blocks import Frame, fixed, fixed_element, paragraph, plain
from signing.adapters.typeset.fonts import INK, NO_BREAK_SPACE, printable
from signing.adapters.typeset.margins import hairline
from signing.adapters.typeset.pages import Row, Shape, height_of
from signing.adapters.typeset.setting import LABEL, SMALL

QR_SIDE = 60.0
ASIDE = 77.0


def verification_rows(
    frame: Frame, *, text_sha256: str, phrase: str, check_url: str | None, has_list: bool
) -> list[Row]:
    """The rows of the block, all kept together, below a hairline.

    Raises:
        Refusal: `no-glyph`, when the check address cannot be printed.
    """
    words = frame.layout.words
    left = ASIDE if check_url else 0.0
    small = replace(frame, left=left).set_in(SMALL)
    rows = fixed(words.verify, small.set_in(LABEL), 0.0, tag="H2")
    if has_list:
        rows += fixed(words.approvals, small, 0.0)
    if check_url:
        rows += _address(check_url, small)
    groups = " ".join(text_sha256[at : at + 8] for at in range(0, len(text_sha256), 8))
    twelve = phrase.split()
    fours = " · ".join(NO_BREAK_SPACE.join(twelve[at : at + 4]) for at in range(0, len(twelve), 4))
    rows += fixed(words.digest, small, 0.0) + plain(groups, "the digest", small, 0.0)
    rows += fixed(words.phrase, small, 0.0)
    rows += plain(fours, "the fingerprint phrase", small, 0.0, element=frame.parent.child("P", language="en"))
    rule = Row((), 8.0, 20.0, shape=hairline(frame.layout.paper.measure))
    if check_url:
        figure = frame.parent.child("Figure", alt=words.code(check_url), language=frame.layout.foreign_words)
        rows[0].shape = Shape(_qr(check_url), QR_SIDE, QR_SIDE, element=figure)
        missing = QR_SIDE + 4.0 - height_of(rows)
        if missing > 0:
            rows.append(Row((), missing))
    rows = [rule, *rows]
    for row in rows[1:]:
        row.tied = True
    return rows


def _address(check_url: str, frame: Frame) -> list[Row]:
    lead = (frame.setting.manner(), printable(f"{frame.layout.words.check} ", "the verification block"))
    address = (frame.setting.manner(href=check_url), printable(check_url, "the check address"))
    return paragraph([lead, address], frame, 0.0, element=fixed_element(frame, "P"))


@lru_cache(maxsize=64)
def _code(address: str) -> tuple[int, str]:
    """How many modules a side of the code has, and the operators that make it a path of them, from its upper left
    corner down: all languages of a letter have the same, and so has whoever sets it again."""
    matrix = segno.make_qr(address, error="m").matrix
    bars = (
        f"{dark.start()} {line} {len(dark[0])} 1 re"
        for line, row in enumerate(matrix)
        for dark in re.finditer(rb"\x01+", row)
    )
    return len(matrix), " ".join(bars)


def _qr(check_url: str) -> Callable[[Any, float, float], None]:
    side, path = _code(check_url)
    module = QR_SIDE / side

    def draw(canvas: Any, left: float, top: float) -> None:
        canvas.saveState()
        canvas.setFillColorRGB(*INK)
        canvas.transform(module, 0, 0, -module, left, top)
        canvas._code.append(f"{path} f")
        canvas.restoreState()

    return draw
