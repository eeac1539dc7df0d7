"""Words become glyphs: the face of each cluster, shaping by HarfBuzz, and what each glyph says when it is copied.

May import `faces`, uharfbuzz and the standard library only. Nothing here knows a document: what is found for a word
is kept for the life of the process, and is the same in every process.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import uharfbuzz as hb  # type: ignore[import-untyped]

from .faces import Cut

FILLER = "\u034f"
"""What a glyph says that adds nothing to the text of its cluster (COMBINING GRAPHEME JOINER: it draws nothing)."""

_KEPT_WORDS = 60_000
_FLAGS = hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES | hb.BufferFlags.DO_NOT_INSERT_DOTTED_CIRCLE

_JOINERS = "\u200c\u200d"
_MARKS_OF_DIRECTION = str.maketrans("", "", "\u200e\u200f\u061c")  # they have spoken when a word is shaped
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_DRAWN_BY_NO_FACE = re.compile(f"[{_JOINERS}\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class Unshapeable(ValueError):  # noqa: N818 (a fact about the text, named as such)
    """No face of the chain can draw `cluster`, all of whose characters must come from one face."""

    def __init__(self, cluster: str) -> None:
        super().__init__(f"no face can draw {cluster!r}")
        self.cluster = cluster


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph of a run: what it says, and where it stands from the start of the run, in units of the face."""

    number: int
    text: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Glyphs that stand for some characters together, one that takes space before the marks on it."""

    text: str
    glyphs: tuple[Glyph, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Clusters of one face from left to right. `plain` is the whole run as the inside of a hexadecimal string of a TJ
    array with Identity-H codes, where that says everything: one glyph a cluster, none raised."""

    cut: Cut
    rtl: bool
    clusters: tuple[Cluster, ...]
    advance: int
    plain: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """Text without a space, shaped. `advance` is in ems of the size it is set in; `runs` go from left to right.
    `count` is the number of clusters (letterspacing adds so many spaces)."""

    text: str
    runs: tuple[Run, ...]
    advance: float
    count: int


def clusters_of(text: str) -> list[str]:
    """The text in pieces that must not be parted: a character with its marks, selectors, joiners and what those join."""
    found: list[str] = []
    for character in text:
        extends = character in _JOINERS or unicodedata.category(character)[0] == "M" or _SELECTORS.match(character)
        if found and (extends or found[-1].endswith("\u200d")):
            found[-1] += character
        else:
            found.append(character)
    return found


class Style:
    """A chain of cuts with OpenType features and a language: everything about a text but its size and colour.

    `language` is a BCP 47 tag; it chooses the forms of letters that differ between languages (`locl`). Features are
    those of `hb_feature_from_string`, on top of HarfBuzz's defaults (kerning, standard ligatures, marks). Objects
    are to be kept: each remembers its words.
    """

    def __init__(self, cuts: Sequence[Cut], *, features: Mapping[str, bool] | None = None, language: str = "") -> None:
        self.cuts = tuple(cuts)
        self.features = dict(features or {})
        self.language = language or "und"
        self._first = self.cuts[0].face.characters
        self._words: dict[str, Word] = {}
        self._words_rtl: dict[str, Word] = {}
        face = self.cuts[0].face
        self.space_glyph = int(face.font.get_nominal_glyph(0x20) or 0)
        self.space = face.advance(self.space_glyph) * self.cuts[0].scale / face.upem
        """How far the space between words reaches, in ems."""

    def word(self, text: str, *, rtl: bool = False) -> Word:
        """The word shaped in one direction.

        Raises:
            Unshapeable: no cut of the chain can draw a cluster of it.
        """
        kept = self._words_rtl if rtl else self._words
        word = kept.get(text)
        if word is None:
            word = self._shaped(text, rtl)
            if len(kept) >= _KEPT_WORDS:
                kept.clear()
            kept[text] = word
        return word

    def _shaped(self, text: str, rtl: bool) -> Word:
        text = text.translate(_MARKS_OF_DIRECTION)
        if self._first.issuperset(text):
            runs = [self._run(self.cuts[0], text, rtl)]
        else:
            runs = [self._run(cut, part, rtl) for cut, part in self._parted(text)]
        if rtl:
            runs.reverse()
        advance = sum(run.advance * run.cut.scale / run.cut.face.upem for run in runs)
        return Word(text, tuple(runs), advance, sum(len(run.clusters) for run in runs))

    def _parted(self, text: str) -> list[tuple[Cut, str]]:
        """The text in stretches of one cut. Punctuation keeps to the cut of the letters before it (or else after it),
        so that brackets fit what they enclose."""
        clusters = clusters_of(text)
        chosen = [None if _is_neutral(cluster) else self._cut_for(cluster) for cluster in clusters]
        parts: list[tuple[Cut, str]] = []
        for place, cluster in enumerate(clusters):
            cut = chosen[place]
            if cut is None:
                before = parts[-1][0] if parts else None
                after = next((one for one in chosen[place:] if one), None)
                cut = next((one for one in (before, after) if one and _suits(one, cluster)), None)
                cut = cut or self._cut_for(cluster)
            if parts and parts[-1][0] is cut:
                parts[-1] = (cut, parts[-1][1] + cluster)
            else:
                parts.append((cut, cluster))
        return parts

    def _cut_for(self, cluster: str) -> Cut:
        drawn = _DRAWN_BY_NO_FACE.sub("", cluster)
        # HarfBuzz composes and decomposes as the face needs it.
        for form in (drawn, unicodedata.normalize("NFC", drawn), unicodedata.normalize("NFD", drawn)):
            for cut in self.cuts:
                if cut.face.characters.issuperset(form):
                    return cut
        raise Unshapeable(cluster)

    def _run(self, cut: Cut, text: str, rtl: bool) -> Run:
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        buffer.language = self.language  # guessing takes it from the locale of the process
        buffer.flags = _FLAGS
        hb.shape(cut.face.font, buffer, self.features)
        infos = [(info.codepoint, info.cluster) for info in buffer.glyph_infos]
        positions = [position.position for position in buffer.glyph_positions]
        clusters = _clusters(cut, text, infos, positions)
        advance = sum(position[2] for position in positions)
        return Run(cut, rtl, clusters, advance, _plain(cut, clusters, advance))


def _is_neutral(cluster: str) -> bool:
    return unicodedata.category(cluster[0])[0] in "PSZC"


def _suits(cut: Cut, cluster: str) -> bool:
    return cut.face.characters.issuperset(cluster) and not (cut.face.is_wide and cluster.isascii())


def _clusters(
    cut: Cut, text: str, infos: Sequence[tuple[int, int]], positions: Sequence[tuple[int, int, int, int]]
) -> tuple[Cluster, ...]:
    starts = sorted({start for _, start in infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    begins = {start: start for start in starts[1:]}  # the first has what draws nothing before it
    found: list[Cluster] = []
    pen = 0
    place = 0
    while place < len(infos):
        start = infos[place][1]
        glyphs = []
        while place < len(infos) and infos[place][1] == start:
            glyph = infos[place][0]
            right, up, advance, _ = positions[place]
            if not glyph:
                raise Unshapeable(text[begins.get(start, 0) : ends[start]])
            glyphs.append((glyph, pen + right, up))
            pen += advance
            place += 1
        found.append(_cluster(cut, text[begins.get(start, 0) : ends[start]], glyphs))
    return tuple(found)


def _cluster(cut: Cut, text: str, glyphs: list[tuple[int, int, int]]) -> Cluster:
    if len(glyphs) == 1:
        return Cluster(text, (Glyph(glyphs[0][0], text, *glyphs[0][1:]),))
    # Readers that meet a mark of no width first take the gap after it for a space.
    glyphs.sort(key=lambda glyph: cut.face.advance(glyph[0]) == 0)
    font = cut.face.font
    said = [text] + [FILLER] * (len(glyphs) - 1)
    for spelling in (text, unicodedata.normalize("NFD", text)):
        if [font.get_nominal_glyph(ord(character)) for character in spelling] == [glyph for glyph, _, _ in glyphs]:
            said = list(spelling)
    return Cluster(text, tuple(Glyph(glyph, says, x, y) for (glyph, x, y), says in zip(glyphs, said, strict=True)))


def inside(cut: Cut, clusters: Sequence[Cluster], advance: int, codes: Iterable[int]) -> str:
    """The inside of the one hexadecimal string of a TJ array that draws clusters of one glyph each, not raised;
    `codes` are those of the glyphs. The pen ends where the run does."""
    face = cut.face
    unit = 1000 / face.upem
    parts = []
    pen = 0
    for cluster, code in zip(clusters, codes, strict=True):
        glyph = cluster.glyphs[0]
        if glyph.x != pen:
            parts.append(f">{number((pen - glyph.x) * unit)}<")
        parts.append(f"{code:04x}")
        pen = glyph.x + face.advance(glyph.number)
    if pen != advance:
        parts.append(f">{number((pen - advance) * unit)}<")
    return "".join(parts)


def _plain(cut: Cut, clusters: Sequence[Cluster], advance: int) -> str | None:
    if any(len(cluster.glyphs) > 1 or cluster.glyphs[0].y for cluster in clusters):
        return None
    return inside(cut, clusters, advance, [cluster.glyphs[0].number for cluster in clusters])


def number(value: float) -> str:
    """A number as content streams have it: three places, none of them idle."""
    written = f"{value:.3f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
    return "0" if written == "-0" else written
