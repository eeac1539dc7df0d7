"""Organisations that may be taken for one another: doubles, chapters of one body, and whom we know already.

Imports `places` and the standard library. Nothing is ever merged by it: a person is told, and decides. The work grows
with the names, not with their square: each has a few short forms, and each form is looked up at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

from .places import PLACES

_PARENTHESIS = re.compile(r"\(([^()]*)\)")
_DASH = re.compile(r"\s[-–—]\s")
_TAIL = re.compile(r"\s[-–—]\s|[,:/]")
# Between a name and a place they make one of both: "Human Rights in China" is no chapter of "Human Rights".
_LINKS = frozenset(
    (
        *("of", "for", "in", "on", "to", "de", "du", "des", "del", "di", "da", "do", "dos", "en"),
        *("pour", "para", "von", "für", "fur", "y", "et", "and", "e", "und"),
    )
)
_NOISE = frozenset(
    (
        *("the", "a", "an", "of", "for", "and", "in", "on", "to", "de", "la", "le", "les", "el", "los", "las", "du"),
        *("des", "del", "di", "da", "do", "dos", "y", "et", "e", "und", "fur", "der", "die", "das", "von"),
        *("foundation", "fundacion", "fondation", "fundacao", "fondazione", "stiftung", "association"),
        *("asociacion", "associacao", "organisation", "organization", "ngo", "ong", "inc", "ltd", "ev"),
    )
)
_LONGEST_PLACE: Final = 4
T = TypeVar("T")


class Kind(StrEnum):
    """How two names are alike."""

    DOUBLE = "near-duplicate"
    CHAPTER = "chapter"


@dataclass(frozen=True, slots=True)
class Likeness:
    """`forms`: what it may be called in short. `sections`: (body, place) where its name ends in a place."""

    forms: frozenset[str]
    sections: frozenset[tuple[str, str]]

    def apart(self, other: Likeness) -> bool:
        """Whether both are sections of one body, at different places."""
        ours = dict(self.sections)
        return any(ours.get(body, place) != place for body, place in other.sections) and not (
            self.sections & other.sections
        )


def likeness(names: Sequence[str | None], native_name: str | None = None) -> Likeness:
    """What an organisation of these names (in full, as listed, in short) is recognised by."""
    forms: set[str] = set()
    sections: set[tuple[str, str]] = set()
    for name in dict.fromkeys(names):
        if not name:
            continue
        outside = _PARENTHESIS.sub(" ", name)
        forms |= {bare(name), bare(outside), _head(outside)}
        forms |= {bare(inside) for inside in _PARENTHESIS.findall(name)}
        for each in dict.fromkeys((name, outside)):
            sections |= set(_sections(each))
    if native_name:
        forms.add(bare(native_name))
    return Likeness(frozenset(each for each in forms if len(each) >= 2 and each not in PLACES), frozenset(sections))


def _head(name: str) -> str:
    """A name up to what is set off from it: "Karisma, Colombia" may be Karisma; "Internet Society – Bulgaria" is a
    chapter."""
    head, *tail = _TAIL.split(name, maxsplit=1)
    return "" if tail and _DASH.match(name, len(head)) and bare(tail[0]) in PLACES else bare(head)


def bare(name: str) -> str:
    """A name without accents, punctuation, small words and the words that half of all organisations carry."""
    words = _words(name)
    return " ".join(_telling(words) or words)


def _words(name: str) -> list[str]:
    if name.isascii():
        plain = name.replace("&", " and ").lower()
        return "".join(char if char.isalnum() else "" if char in "'." else " " for char in plain).split()
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    return "".join(
        char if char.isalnum() else "" if char in "'’." or unicodedata.combining(char) else " " for char in plain
    ).split()


def _telling(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _NOISE]


def _sections(name: str) -> Iterator[tuple[str, str]]:
    words = _words(name)
    for length in range(min(_LONGEST_PLACE, len(words) - 1), 0, -1):
        tail = words[-length:]
        place = " ".join(_telling(tail))
        if tail[0] in _NOISE or place not in PLACES:
            continue
        head = words[:-length]
        while head and head[-1] in ("the", "la", "le", "el", "los", "les"):
            head.pop()
        body = " ".join(_telling(head))
        if body and head[-1] not in _LINKS:
            yield body, place
        return


class Lookalikes(Generic[T]):
    """Organisations met so far, each under its forms; `T` is whatever the caller calls them by."""

    def __init__(self) -> None:
        self._met: list[tuple[T, Likeness]] = []
        self._forms: dict[str, int] = {}
        self._bodies: dict[str, int] = {}

    def find(self, found: Likeness) -> tuple[T, Kind] | None:
        """The first that it may be taken for: a double if there is one, else another chapter of its body."""
        doubles: set[int] = set()
        chapters: set[int] = set()
        for form in found.forms:
            if (at := self._forms.get(form)) is not None:
                (chapters if found.apart(self._met[at][1]) else doubles).add(at)
            if (at := self._bodies.get(form)) is not None:
                chapters.add(at)
        for body, _place in found.sections:
            chapters |= {at for at in (self._forms.get(body), self._bodies.get(body)) if at is not None}
        for those, kind in ((doubles, Kind.DOUBLE), (chapters, Kind.CHAPTER)):
            if those:
                return self._met[min(those)][0], kind
        return None

    def add(self, called: T, found: Likeness) -> None:
        """Remember one; what two have in common leads to the first of them."""
        at = len(self._met)
        self._met.append((called, found))
        for form in found.forms:
            self._forms.setdefault(form, at)
        for body, _place in found.sections:
            self._bodies.setdefault(body, at)
