"""Words become glyphs: the face of each cluster, shaping by HarfBuzz, and what each glyph says when it is copied.

May import its siblings `faces` and `pairs`, uharfbuzz and the standard library only. Nothing here knows a document:
what is found for a word is kept for the life of the process, and is the same in every process.
"""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import uharfbuzz as hb  # type: ignore[import-untyped]

from .faces import Cut, Face
from .pairs import Pairs

FILLER = "\u034f"
"""What a glyph says that adds nothing to the text of its cluster (COMBINING GRAPHEME JOINER: it draws nothing)."""

_PLACES = list(range(200))
_KEPT_WORDS = 60_000
_FLAGS = hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES | hb.BufferFlags.DO_NOT_INSERT_DOTTED_CIRCLE

_JOINERS = "\u200c\u200d"
_MARKS_OF_DIRECTION = str.maketrans("", "", "\u200e\u200f\u061c")  # they have spoken when a word is shaped
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_EUROPEAN = re.compile(
    "[\u0041-\u052f\u1c80-\u1c8f\u1d00-\u1fff\u2c60-\u2c7f\u2de0-\u2dff\ua640-\ua69f\ua720-\ua7ff\uab30-\uab6f]"
)
_WITHIN_WORDS = frozenset("'’ʼ-\u2010\u2011")
_DRAWN_BY_NO_FACE = re.compile(f"[{_JOINERS}\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class Unshapeable(ValueError):
    """No face of the chain can draw `cluster`, all of whose characters must come from one face."""

    def __init__(self, cluster: str) -> None:
        super().__init__(f"no face can draw {cluster!r}")
        self.cluster = cluster


# The records below are made by the ten thousand: `frozen` would cost more than shaping does. Nobody changes them.


@dataclass(slots=True, eq=False)
class Glyph:
    """A glyph of a run: what it says, and where it stands from the start of the run, in units of the face."""

    number: int
    text: str
    x: int
    y: int


@dataclass(slots=True, eq=False)
class Cluster:
    """Glyphs that stand for some characters together, one that takes space before the marks on it. `says` is the text
    as readers are told it: where it runs from right to left they turn round all they meet, also the letters of one
    ligature and those of an `/ActualText`, so it is told backwards. `spelt`: the glyphs do not say it one by one, or
    are not surely read so."""

    says: str
    glyphs: list[Glyph]
    spelt: bool


@dataclass(slots=True, eq=False)
class Run:
    """Text of a word in one face. `plain`, where one string draws it all, is the inside of a hexadecimal TJ string of
    the glyphs' own codes, and `says` is what each of these glyphs must say for that. `advance` is in units of the
    face; `count` is the number of clusters."""

    cut: Cut
    text: str
    rtl: bool
    advance: int
    count: int
    plain: str | None
    says: frozenset[tuple[int, str]]
    clusters: list[Cluster] | None = None
    """Once they were asked for (`Style.clusters`)."""


@dataclass(slots=True, eq=False)
class Word:
    """Text without a space, shaped: its runs from left to right. `advance` is in ems of the size it is set in."""

    text: str
    runs: list[Run]
    advance: float
    count: int


# Each pair of a glyph and what it says once: the collector would have to look at millions.
_pairs: dict[tuple[int, str], tuple[int, str]] = {}


class _Buffers(threading.local):
    def __init__(self) -> None:
        self.buffer = hb.Buffer()
        self.buffer.flags = _FLAGS


_buffers = _Buffers()


def clusters_of(text: str) -> list[str]:
    """The text in pieces that must not be parted: a character with its marks, selectors, joiners and what they join."""
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
        self._unit = self.cuts[0].scale / face.upem
        self.pairs: Pairs | None = None
        """What lines in the first cut are put together from, where its face allows that."""
        if face.pairwise and not self.features:
            self.pairs = Pairs(face.pairwise & self._first, lambda text: self._run(self.cuts[0], text, False))
        self.space_glyph = int(face.font.get_nominal_glyph(0x20) or 0)
        self.space = face.drawn[self.space_glyph][1] * self._unit
        """How far the space between words reaches, in ems."""

    def paired(self, text: str) -> float:
        """How far text reaches in ems, if it is put together from pairs of letters of the first cut; else infinite."""
        return self.pairs.reach(text) * self._unit if self.pairs is not None else math.inf

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
                _pairs.clear()
            kept[text] = word
        return word

    def clusters(self, run: Run) -> list[Cluster]:
        """The glyphs of a run, from left to right."""
        if run.clusters is None:
            run.clusters = _clusters(run, *self._shape(run.cut, run.text, run.rtl))
        return run.clusters

    def _shaped(self, text: str, rtl: bool) -> Word:
        if not text.isascii():
            text = text.translate(_MARKS_OF_DIRECTION)
        if self._first.issuperset(text):
            run = self._run(self.cuts[0], text, rtl)
            return Word(text, [run], run.advance * self._unit, run.count)
        runs = [self._run(cut, part, rtl) for cut, part in self._parted(text)]
        if rtl:
            runs.reverse()
        advance = sum(run.advance * run.cut.scale / run.cut.face.upem for run in runs)
        return Word(text, runs, advance, sum(run.count for run in runs))

    def _parted(self, text: str) -> list[tuple[Cut, str]]:
        """The text in stretches of one cut. Punctuation keeps to the cut of the letters before it (or else after it),
        so that brackets fit what they enclose."""
        clusters = clusters_of(text)
        chosen = self._chosen(clusters)
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

    def _chosen(self, clusters: Sequence[str]) -> list[Cut | None]:
        """The cut of each cluster, none yet for punctuation. Latin, Greek and Cyrillic letters that follow each other
        have one cut, if one has them all: a word in two looks patched."""
        chosen: list[Cut | None] = []
        for kind, members in groupby(range(len(clusters)), key=_kinds(clusters).__getitem__):
            together = [clusters[place] for place in members]
            if kind == "european":
                whole = next((cut for cut in self.cuts if cut.face.characters.issuperset("".join(together))), None)
                chosen += [whole or self._cut_for(cluster) for cluster in together]
            else:
                chosen += [None if kind == "neutral" else self._cut_for(cluster) for cluster in together]
        return chosen

    def _cut_for(self, cluster: str) -> Cut:
        drawn = _DRAWN_BY_NO_FACE.sub("", cluster)
        # HarfBuzz composes and decomposes as the face needs it.
        for form in (drawn, unicodedata.normalize("NFC", drawn), unicodedata.normalize("NFD", drawn)):
            for cut in self.cuts:
                if cut.face.characters.issuperset(form):
                    return cut
        raise Unshapeable(cluster)

    def _shape(self, cut: Cut, text: str, rtl: bool) -> tuple[list[hb.GlyphInfo], list[hb.GlyphPosition]]:
        buffer = _buffers.buffer
        buffer.clear_contents()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        buffer.language = self.language  # guessing takes it from the locale of the process
        hb.shape(cut.face.font, buffer, self.features)
        return buffer.glyph_infos, buffer.glyph_positions

    def _run(self, cut: Cut, text: str, rtl: bool) -> Run:
        infos, positions = self._shape(cut, text, rtl)
        drawn, moves = cut.face.drawn, cut.face.moves
        glyphs = [info.codepoint for info in infos]
        starts = [info.cluster for info in infos]
        parts = []
        raised = False
        pen = reach = 0
        for glyph, position in zip(glyphs, positions, strict=True):
            right, up, advance, _ = position.position
            code, natural = drawn[glyph]
            if reach + right != pen:
                parts.append(moves[pen - reach - right])
            if up:
                raised = True
            parts.append(code)
            pen = reach + right + natural
            reach += advance
        if pen != reach:
            parts.append(moves[pen - reach])
        count = len(glyphs)
        if not rtl and count == len(text) and starts == _PLACES[:count]:
            pairs = list(zip(glyphs, text, strict=True))
        else:
            texts = _texts(text, starts)
            count = len(texts)
            if rtl:
                texts = {start: said[::-1] for start, said in texts.items()}
            pairs = list(zip(glyphs, [texts[start] for start in starts], strict=True))
        if 0 in glyphs:
            raise Unshapeable(_texts(text, starts)[starts[glyphs.index(0)]])
        plain = "".join(parts) if not raised and count == len(glyphs) else None
        return Run(cut, text, rtl, reach, count, plain, frozenset(map(_pairs.setdefault, pairs, pairs)))


def _texts(text: str, starts: Sequence[int]) -> dict[int, str]:
    """The text of each cluster by the place where it starts; what draws nothing and comes first is of the first."""
    places = sorted(set(starts))
    found = {start: text[start:end] for start, end in zip(places, [*places[1:], len(text)], strict=False)}
    if places:
        found[places[0]] = text[: places[0]] + found[places[0]]
    return found


def _kinds(clusters: Sequence[str]) -> list[str]:
    """What each cluster is. An apostrophe or a hyphen between two European letters is one of them."""
    kinds = []
    for cluster in clusters:
        neutral = unicodedata.category(cluster[0])[0] in "PSZC"
        kinds.append("neutral" if neutral else "european" if _EUROPEAN.match(cluster) else "other")
    for place in range(1, len(kinds) - 1):
        if clusters[place] in _WITHIN_WORDS and kinds[place - 1] == kinds[place + 1] == "european":
            kinds[place] = "european"
    return kinds


def _suits(cut: Cut, cluster: str) -> bool:
    return cut.face.characters.issuperset(cluster) and not (cut.face.is_wide and cluster.isascii())


_Placed = tuple[int, int, int]
"""A glyph's number, and where it stands."""


def _clusters(run: Run, infos: Sequence[hb.GlyphInfo], positions: Sequence[hb.GlyphPosition]) -> list[Cluster]:
    texts = _texts(run.text, [info.cluster for info in infos])
    found: list[tuple[str, list[_Placed], int]] = []
    reach = 0
    for start, members in groupby(zip(infos, positions, strict=True), key=lambda pair: int(pair[0].cluster)):
        glyphs = []
        for info, position in members:
            right, up, advance, _ = position.position
            glyphs.append((info.codepoint, reach + right, up))
            reach += advance
        says = texts[start][::-1] if run.rtl else texts[start]
        if found and _interlock(found[-1][1], glyphs):
            before = found.pop()
            says, glyphs = before[0] + says, before[1] + glyphs
        found.append((says, glyphs, reach))
    return [_cluster(run, *one) for one in found]


def _interlock(one: Sequence[_Placed], other: Sequence[_Placed]) -> bool:
    """Whether a raised mark of the one stands beyond the first glyph of the other. PDFium sorts what it meets by place,
    and would find the text of the one in parts."""
    return max((x for _, x, up in one if up), default=other[0][1] - 1) >= other[0][1]


def _cluster(run: Run, says: str, glyphs: list[_Placed], end: int) -> Cluster:
    drawn = run.cut.face.drawn
    if len(glyphs) == 1:
        return Cluster(says, [Glyph(glyphs[0][0], says, *glyphs[0][1:])], False)
    # Readers that meet a mark of no width first take the gap after it for a space.
    glyphs.sort(key=lambda glyph: drawn[glyph[0]][1] == 0)
    spacing = sum(drawn[glyph[0]][1] > 0 for glyph in glyphs)
    last, x, up = glyphs[-1]
    blank = run.cut.face.font.get_nominal_glyph(0x20)
    if blank and (x + drawn[last][1] != end or not drawn[last][1]):
        # They take a text that is spelt out to reach as far as its last glyph does, and what is beyond for a space;
        # and a space after a glyph of no width for none.
        glyphs.append((blank, end - drawn[blank][1], up))
    each = [says] if run.rtl else _shared(run.cut.face, says, glyphs, spacing)
    each += [FILLER] * (len(glyphs) - len(each))
    return Cluster(says, [Glyph(one[0], said, *one[1:]) for one, said in zip(glyphs, each, strict=True)], True)


def _shared(face: Face, text: str, glyphs: Sequence[_Placed], spacing: int) -> list[str]:
    """What the first of the glyphs say, so that together they say the text: each its own character if they are but
    letters and marks, else those that take space a character each, the last of them the rest."""
    for spelling in (text, unicodedata.normalize("NFD", text)):
        numbers = [face.font.get_nominal_glyph(ord(character)) for character in spelling]
        if numbers == [glyph[0] for glyph in glyphs[: len(numbers)]]:
            return list(spelling)
    first = max(min(spacing, len(text)) - 1, 0)
    return [*text[:first], text[first:]]
