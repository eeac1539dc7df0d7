"""Text on a ReportLab canvas: shaped words as TJ arrays, in an order and with the hints that readers copy right.

May import its siblings and the standard library. Source: ISO 32000-1, 9.4 (text objects), 14.6 (marked content),
14.9.4 (ActualText).

`/ActualText` goes round each cluster of several glyphs and no further: Poppler turns a whole word round that runs from
right to left, and MuPDF writes the end of a word twice whose last glyphs say the same as the word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Sequence
from itertools import groupby
from typing import Any

from .direction import RIGHT_TO_LEFT, levels, visual_order
from .embedding import EmbeddedFont, Embedding
from .faces import Cut, number
from .pairs import Pair, Pairs, in_pairs
from .shaping import Cluster, Run, Style, Word

NO_BREAK_SPACE = "\u00a0"
"""Drawn, and copied, as a space."""
_MARKS_OF_DIRECTION = re.compile("[\u200e\u200f\u061c]")
_UNPAIRED = "?"
"""Stands where a letter is not drawn by itself; no hexadecimal string holds it."""

Colour = tuple[float, float, float]
_Part = tuple[Run, str]
"""A run, and the operators that draw it once its font is set."""


def parted(text: str, *, rtl: bool = False) -> list[tuple[str, bool]]:
    """The text in stretches of one direction, from left to right: each with its characters in the order of reading
    and whether it runs to the left. `rtl` is the direction of the paragraph."""
    if not rtl and not RIGHT_TO_LEFT.search(text):
        return [(text, False)]
    runs = []
    start = 0
    for level, members in groupby(levels(text, rtl=rtl)):
        end = start + len(list(members))
        runs.append((text[start:end], level))
        start = end
    return [(runs[place][0], bool(runs[place][1] % 2)) for place in visual_order([level for _, level in runs])]


def words_of_text(text: str) -> list[str]:
    """What stands between spaces, without marks of direction: they have spoken, and a word of them alone is none."""
    if not text.isascii():
        text = _MARKS_OF_DIRECTION.sub("", text.replace(NO_BREAK_SPACE, " "))
    return text.split(" ")


def advance(style: Style, text: str, spacing: float = 0.0, *, rtl: bool | None = None) -> float:
    """How far the text reaches, in ems of the size. `spacing` is added after every letter and space, in ems. `rtl`
    is the direction of the text where it is known to have only one; otherwise its characters decide.

    Raises:
        Unshapeable: no cut of the style can draw a cluster of it.
    """
    together = not rtl and not spacing
    reach = style.paired(text) if together else math.inf
    if reach < math.inf:
        return reach
    if rtl is None and RIGHT_TO_LEFT.search(text):
        return sum(advance(style, part, spacing, rtl=to_left) for part, to_left in parted(text))
    words = words_of_text(text)
    reach = (len(words) - 1) * (style.space + spacing)
    for word in words:
        alone = style.paired(word) if together else math.inf
        if alone < math.inf:
            reach += alone
        elif word:
            shaped = style.word(word, rtl=bool(rtl))
            reach += shaped.advance + spacing * shaped.count
    return reach


class TextObject:
    """Text to be drawn by `canvas.drawText`; it leaves the state of the canvas as it was.

    Marked content begins and ends between pieces of text and is not nested.
    """

    def __init__(self, canvas: Any) -> None:
        self._embedding = Embedding.of(canvas)
        self._written: _Written | None = None
        self._code: list[str] = []
        self._cut: tuple[Cut, float] | None = None
        self._font: tuple[EmbeddedFont, float] | None = None
        self._colour: Colour | None = None
        self._stroke: tuple[float, Colour | None] | None = None

    def show(
        self,
        style: Style,
        size: float,
        text: str,
        at: tuple[float, float],
        *,
        rtl: bool | None = None,
        spacing: float = 0.0,
        colour: Colour | None = None,
    ) -> None:
        """Writes text from the point `at`, which is at its left end whatever its direction. `spacing` in ems; for
        `rtl` see `advance`.

        Raises:
            Unshapeable: no cut of the style can draw a cluster of it.
        """
        written = self._written
        if written is None or written.style is not style:
            written = self._written = _written(style, self._embedding)
        code = self._code
        if colour is not None and colour != self._colour:
            code.append("{} {} {} rg".format(*map(number, colour)))
            self._colour = colour
        code.append(f"1 0 0 1 {at[0]:.2f} {at[1]:.2f} Tm")
        if not rtl and not spacing:
            line = written.paired(text)
            if _UNPAIRED not in line:
                self._set_cut(written.font, style.cuts[0], size)
                code.append(f"[<{line}>]TJ")
                return
        if rtl is None and not text.isascii() and RIGHT_TO_LEFT.search(text):
            for part, to_left in parted(text):
                self._show_words(written, size, part, to_left, spacing)
            return
        self._show_words(written, size, text, bool(rtl), spacing)

    def _show_words(self, written: _Written, size: float, text: str, rtl: bool, spacing: float) -> None:
        style = written.style
        words = words_of_text(text)
        pending: list[str] = []  # of the first cut
        cut = style.cuts[0]
        if spacing:  # pypdf takes letters moved apart in the array for words
            self._code.append(f"{number(spacing * size)} Tc")

        def flush() -> None:
            if pending:
                self._set_cut(written.font, style.cuts[0], size)
                self._append(f"[<{''.join(pending)}>]TJ".replace("<>", ""))
                pending.clear()

        for place, word in enumerate(reversed(words) if rtl else words):
            if place and cut is style.cuts[0]:
                pending.append(written.space)
            elif place:
                self._append(written.space_of(cut))
            if not word:
                continue
            plain = None if rtl or spacing else written.plain(word)
            if plain is not None:
                pending.append(plain)
                cut = style.cuts[0]
            else:
                flush()
                for run, operators in written.parts_of(word, rtl, size, spacing):
                    cut = run.cut
                    self._set_cut(self._embedding.font(cut.face), cut, size)
                    self._append(operators)
        flush()
        if spacing:
            self._code.append("0 Tc")

    def _append(self, operators: str) -> None:
        """Adds operators, an array to the array before: PDFium drops a space that stands alone. There are none for a
        word of characters that only join or part others."""
        if operators.startswith("[") and self._code[-1].endswith("]TJ"):
            self._code[-1] = self._code[-1][:-3] + operators[1:]
        elif operators:
            self._code.append(operators)

    def _set_cut(self, font: EmbeddedFont, cut: Cut, size: float) -> None:
        if self._cut == (cut, size) and not cut.embolden:
            return
        self._cut = (cut, size)
        size *= cut.scale
        if self._font != (font, size):
            self._code.append(f"/{font.name} {number(size)} Tf")
            self._font = (font, size)
        stroke = (cut.embolden * size, self._colour) if cut.embolden else None
        if stroke != self._stroke:
            if stroke:
                self._code.append("{} {} {} RG".format(*map(number, self._colour or (0.0, 0.0, 0.0))))
                self._code.append(f"{number(stroke[0])} w 2 Tr")
            else:
                self._code.append("0 Tr")
            self._stroke = stroke

    def begin(self, tag: str, mcid: int) -> None:
        """Begins content that belongs to the structure element with this tag, under this number of the page."""
        self._code.append(f"/{tag} <</MCID {mcid}>> BDC")

    def begin_artifact(self, properties: str = "") -> None:
        """Begins content that is no part of the text, such as the foot of a page. `properties` are the entries of its
        property list as PDF text ("/Type /Pagination")."""
        self._code.append(f"/Artifact <<{properties}>> BDC" if properties else "/Artifact BMC")

    def end(self) -> None:
        """Ends what was begun."""
        self._code.append("EMC")

    def getCode(self) -> str:
        """The operators; nothing where nothing was written."""
        return f"q BT {' '.join(self._code)} ET Q" if self._code else ""


class _Codes(dict[Pair, str]):
    """Of each pair what draws its letter in a hexadecimal TJ string of one document, or `_UNPAIRED`."""

    def __init__(self, pairs: Pairs, font: EmbeddedFont) -> None:
        self._pairs = pairs
        self._font = font
        self._alone: dict[tuple[int, str], str] = {}

    def __missing__(self, pair: Pair) -> str:
        letter = self._pairs[pair]
        found = _UNPAIRED
        if letter is not None:
            says, _, move = letter
            found = (self._alone.get(says) or self._code(says)) + move
        self[pair] = found
        return found

    def _code(self, says: tuple[int, str]) -> str:
        code = self._font.code(*says)
        found = self._alone[says] = _UNPAIRED if code is None else f"{code:04x}"
        return found


class _Written:
    """The text of one style in one document, as it was first written there."""

    def __init__(self, style: Style, embedding: Embedding) -> None:
        self.style = style
        self.font = embedding.font(style.cuts[0].face)
        self.space = f"{self.font.drawing_code(style.space_glyph, ' '):04x}"
        self._codes = None if style.pairs is None else _Codes(style.pairs, self.font).__getitem__
        self._plain: dict[str, str | None] = {}
        self._embedding = embedding
        self._parts: dict[tuple[str, bool, float, float], list[_Part]] = {}

    def paired(self, text: str) -> str:
        """The inside of the TJ string that draws a text put together from pairs; with `_UNPAIRED` in it if it is
        not."""
        return "".join(map(self._codes, in_pairs(text))) if self._codes is not None else _UNPAIRED

    def plain(self, word: str) -> str | None:
        """The inside of the TJ array that draws a word, if one string in the first cut does."""
        if word not in self._plain:
            paired = self.paired(word)
            self._plain[word] = self._whole(word) if _UNPAIRED in paired else paired
        return self._plain[word]

    def _whole(self, word: str) -> str | None:
        run, *others = self.style.word(word).runs
        if run.plain is None or others or run.cut is not self.style.cuts[0]:
            return None
        for glyph, text in sorted(run.says - self.font.known):  # sets have another order in every process
            self.font.code(glyph, text)
        return run.plain if run.says <= self.font.known else None

    def parts_of(self, word: str, rtl: bool, size: float, spacing: float) -> list[_Part]:
        """The operators for each run of a word, from left to right."""
        key = (word, rtl, size, spacing)
        known = self._parts.get(key)
        if known is None:
            known = self._parts[key] = self._parts_of(self.style.word(word, rtl=rtl), size, spacing)
        return known

    def _parts_of(self, word: Word, size: float, spacing: float) -> list[_Part]:
        parts = []
        for run in word.runs:
            clusters = self.style.clusters(run)
            codes, spelt = _codes(clusters, self._embedding.font(run.cut.face))
            parts.append((run, _operators(run, clusters, codes, size, spacing, () if spacing else spelt)))
        if spacing:
            parts[0] = (parts[0][0], f"{_span(word.text)} {parts[0][1]}")
            parts[-1] = (parts[-1][0], f"{parts[-1][1]} EMC")
        return parts

    def space_of(self, cut: Cut) -> str:
        """A space in another cut of the style, as wide as that of the first."""
        face = cut.face
        reach = self.style.space * 1000 / cut.scale
        glyph = face.font.get_nominal_glyph(0x20)
        if not glyph:
            return f"[{number(-reach)}]TJ"
        code = self._embedding.font(face).drawing_code(glyph, " ")
        return f"[<{code:04x}>{number(face.drawn[glyph][1] * 1000 / face.upem - reach)}]TJ"


def _written(style: Style, embedding: Embedding) -> _Written:
    known: _Written | None = embedding.kept.get(style)
    if known is None:
        known = embedding.kept[style] = _Written(style, embedding)
    return known


def _codes(clusters: Sequence[Cluster], font: EmbeddedFont) -> tuple[list[list[int]], set[int]]:
    """The codes of each cluster, and the places of those that have to be spelt."""
    codes = []
    spelt = set()
    for place, cluster in enumerate(clusters):
        found = [font.code(glyph.number, glyph.text) for glyph in cluster.glyphs]
        if cluster.spelt or None in found:
            spelt.add(place)
        codes.append([font.drawing_code(glyph.number, glyph.text) for glyph in cluster.glyphs])
    return codes, spelt


def _operators(
    run: Run,
    clusters: Sequence[Cluster],
    codes: Sequence[Sequence[int]],
    size: float,
    spacing: float,
    spelt: Container[int],
) -> str:
    """What draws a run, `/ActualText` round the clusters at the places `spelt`, with a character spacing (Tc) of
    `spacing` set; the pen ends where the run does."""
    face, scale = run.cut.face, run.cut.scale
    unit = 1000 / face.upem
    gap = spacing * face.upem / scale
    found: list[str] = []
    pending: list[str] = []
    pen = 0.0
    rise = 0

    def move(target: float) -> None:
        nonlocal pen
        if abs(target - pen) * unit >= 0.001:
            pending.append(f">{number((pen - target) * unit)}<")
            pen = target

    def flush() -> None:
        if pending:
            found.append(f"[<{''.join(pending)}>]TJ".replace("<>", ""))
            pending.clear()

    for place, cluster in enumerate(clusters):
        if place in spelt:
            flush()
            found.append(_span(cluster.says))
        for glyph, code in zip(cluster.glyphs, codes[place], strict=True):
            if glyph.y != rise:
                flush()
                rise = glyph.y
                found.append(f"{number(rise * size * scale / face.upem)} Ts")
            move(glyph.x + place * gap)
            pending.append(f"{code:04x}")
            pen += face.drawn[glyph.number][1] + gap
        if place in spelt:
            flush()
            found.append("EMC")
    move(run.advance + len(clusters) * gap)
    flush()
    if rise:
        found.append("0 Ts")
    return " ".join(found)


def _span(text: str) -> str:
    return f"/Span <</ActualText <feff{text.encode('utf-16-be').hex()}>>> BDC"
