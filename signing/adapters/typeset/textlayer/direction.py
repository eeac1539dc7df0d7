"""Which way the letters of a line run: the bidirectional algorithm for one line without explicit controls.

May import the standard library only. Source: Unicode Standard Annex 9, rules P2–P3, W1–W7, N0–N2, I1–I2, L1 and L2. The
explicit embeddings, overrides and isolates (X1–X8) draw nothing and change nothing here: a caller who means to set
text from strangers does well to refuse them. LRM, RLM and ALM count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import bidirectional

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""Finds a character that can make a line run anything but left to right."""

_BRACKETS = (
    "()[]{}༺༻༼༽᚛᚜⁅⁆⁽⁾₍₎⌈⌉⌊⌋〈〉❨❩❪❫❬❭❮❯❰❱❲❳❴❵⟅⟆⟦⟧⟨⟩"
    "⟪⟫⟬⟭⟮⟯⦃⦄⦅⦆⦇⦈⦉⦊⦋⦌⦍⦐⦏⦎⦑⦒⦓⦔⦕⦖⦗⦘⧘⧙⧚⧛⧼⧽⸢⸣⸤⸥⸦⸧⸨⸩⹕⹖"
    "⹗⹘⹙⹚⹛⹜〈〉《》「」『』【】〔〕〖〗〘〙〚〛﹙﹚﹛﹜﹝﹞（）［］｛｝｟｠｢｣"
)
_SAME = str.maketrans("\u2329\u232a", "\u3008\u3009")  # canonically equivalent
_CLOSING = dict(zip(_BRACKETS[::2], _BRACKETS[1::2], strict=True))
_CLOSERS = frozenset(_CLOSING.values())
_DEPTH = 63

_NEUTRAL = frozenset(("B", "S", "WS", "ON"))
_IGNORED = frozenset(("BN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
_NUMBERS = frozenset(("EN", "AN"))


def runs_to_the_left(text: str, *, otherwise: bool = False) -> bool:
    """Whether a paragraph of this text runs from right to left: as its first letter of a direction does (P2, P3), or as
    told where it has none."""
    strong = (kind for kind in map(bidirectional, text) if kind in ("L", "R", "AL"))
    return next((kind != "L" for kind in strong), otherwise)


def levels(text: str, *, rtl: bool) -> list[int]:
    """The embedding level of every character of one line in a paragraph of the given direction; odd levels run from
    right to left. Spaces at the end of the line have the level of the paragraph."""
    base = int(rtl)
    given = [bidirectional(character) or "L" for character in text]
    places = [place for place, kind in enumerate(given) if kind not in _IGNORED]
    kinds = [given[place] for place in places]
    outer = "R" if rtl else "L"
    marks = [kind == "NSM" for kind in kinds]
    _resolve_weak(kinds, outer)
    _resolve_brackets([text[place].translate(_SAME) for place in places], kinds, marks, outer)
    _resolve_neutral(kinds, outer)
    found = [-1] * len(text)
    for place, kind in zip(places, kinds, strict=True):
        if rtl:
            found[place] = 1 if kind == "R" else 2
        else:
            found[place] = {"L": 0, "R": 1}.get(kind, 2)
    for place in range(len(text)):
        if found[place] < 0:
            found[place] = found[place - 1] if place else base
    _reset_white(given, found, base)
    return found


def _resolve_weak(kinds: list[str], outer: str) -> None:
    previous = strong = outer
    for place, kind in enumerate(kinds):  # W1, W2
        if kind == "NSM":
            kind = previous
        previous = kind
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kind = "AN"
        kinds[place] = kind
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for place in range(1, len(kinds) - 1):  # W4
        kind, before = kinds[place], kinds[place - 1]
        if before == kinds[place + 1] and ((kind == "CS" and before in _NUMBERS) or (kind == "ES" and before == "EN")):
            kinds[place] = before
    for place, end in _stretches(kinds, frozenset(("ET",))):  # W5
        if "EN" in kinds[max(place - 1, 0) : place] or "EN" in kinds[end : end + 1]:
            kinds[place:end] = ["EN"] * (end - place)
    strong = outer
    for place, kind in enumerate(kinds):  # W6, W7
        if kind in ("ES", "ET", "CS"):
            kinds[place] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[place] = "L"


def _stretches(kinds: Sequence[str], wanted: frozenset[str]) -> list[tuple[int, int]]:
    found = []
    start = None
    for place, kind in enumerate([*kinds, ""]):
        if kind in wanted and start is None:
            start = place
        elif kind not in wanted and start is not None:
            found.append((start, place))
            start = None
    return found


def _resolve_brackets(characters: Sequence[str], kinds: list[str], marks: Sequence[bool], outer: str) -> None:
    """N0: a pair of brackets runs as what is within, or else as what is before it."""
    waiting: list[tuple[str, int]] = []
    pairs = []
    for place, character in enumerate(characters):
        if kinds[place] != "ON":
            continue
        if character in _CLOSING:
            if len(waiting) == _DEPTH:
                break
            waiting.append((_CLOSING[character], place))
        elif character in _CLOSERS:
            for depth in range(len(waiting) - 1, -1, -1):
                if waiting[depth][0] == character:
                    pairs.append((waiting[depth][1], place))
                    del waiting[depth:]
                    break
    for opening, closing in sorted(pairs):
        within = {_strong(kind) for kind in kinds[opening + 1 : closing]}
        if outer in within:
            kind = outer
        elif within & {"L", "R"}:
            before = (_strong(kinds[place]) for place in range(opening - 1, -1, -1))
            kind = next((one for one in before if one in ("L", "R")), outer)
        else:
            continue
        for bracket in (opening, closing):
            kinds[bracket] = kind
            following = bracket + 1
            while following < len(marks) and marks[following]:
                kinds[following] = kind
                following += 1


def _strong(kind: str) -> str:
    return "R" if kind in _NUMBERS else kind


def _resolve_neutral(kinds: list[str], outer: str) -> None:
    """N1, N2: what is neutral runs as its two neighbours do, and as the paragraph where they differ."""
    for start, end in _stretches(kinds, _NEUTRAL):
        before = _strong(kinds[start - 1]) if start else outer
        after = _strong(kinds[end]) if end < len(kinds) else outer
        kinds[start:end] = [before if before == after else outer] * (end - start)


def _reset_white(given: Sequence[str], found: list[int], base: int) -> None:
    """L1: separators, and white space before them or at the end, have the level of the paragraph."""
    trailing = True
    for place in range(len(given) - 1, -1, -1):
        if given[place] in ("B", "S"):
            trailing = True
            found[place] = base
        elif given[place] == "WS" or given[place] in _IGNORED:
            if trailing:
                found[place] = base
        else:
            trailing = False


def visual_order(runs: Sequence[int]) -> list[int]:
    """L2: given the level of each run in the order of reading, the places of the runs from left to right."""
    order = list(range(len(runs)))
    for level in range(max(runs, default=0), 0, -1):
        start = None
        for place in range(len(order) + 1):
            inside = place < len(order) and runs[order[place]] >= level
            if inside and start is None:
                start = place
            elif not inside and start is not None:
                order[start:place] = order[start:place][::-1]
                start = None
    return order
