"""The parts of a Word document that a letter is read from: body, styles, numberings, notes, comments, links.

May import `packed_files`, `signing.domain` and the standard library. WordprocessingML is ECMA-376 part 1 (17); its
strict and its transitional namespaces are read alike. The XML was looked through for declarations before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from xml.etree import ElementTree

from .packed_files import WORD

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT: Final = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R[1:-1].encode()),
)
_OFF: Final = ("false", "0", "off", "none")
_LONGEST_CHAIN: Final = 12

Element = ElementTree.Element


@dataclass(frozen=True, slots=True)
class Link:
    """What a relationship leads to."""

    kind: str
    target: str
    external: bool


@dataclass(frozen=True, slots=True)
class Level:
    """How the items of one level of a list look."""

    ordered: bool = False
    start: int = 1
    indent: int = 0
    letters: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    name: str
    based_on: str | None
    element: Element


@dataclass(slots=True)
class _Numbering:
    levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


class WordParts:
    """One document, parsed as far as it is asked for."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        """`parts` are those of `unpack`. Raises Faulty when they are no Word document."""
        self._parts = parts
        root = self._links("_rels/.rels")
        main = next((link.target for link in root.values() if link.kind == "officeDocument"), "word/document.xml")
        self._main = main.lstrip("/")
        self._folder = self._main.rpartition("/")[0]
        document = self._root(self._main)
        body = document.find(W + "body") if document is not None else None
        if body is None:
            raise WORD.spoiled()
        self.body: Element = body

    @cached_property
    def links(self) -> dict[str, Link]:
        """The relationships of the body by their id."""
        return self._links(self._links_of(self._main))

    def note_links(self, kind: str) -> dict[str, Link]:
        """The relationships of the footnotes or endnotes."""
        return self._links(self._links_of(self._named(kind)))

    @cached_property
    def styles(self) -> dict[str, Style]:
        root = self._root(self._named("styles"))
        found: dict[str, Style] = {}
        for style in root.findall(W + "style") if root is not None else ():
            name = attribute(style.find(W + "name"), "val") or ""
            found[style.get(W + "styleId") or ""] = Style(name, attribute(style.find(W + "basedOn"), "val"), style)
        return found

    def style_chain(self, name: str | None) -> Iterator[Style]:
        """A style and what it is based on, the nearest first."""
        for _ in range(_LONGEST_CHAIN):
            style = self.styles.get(name or "")
            if style is None:
                return
            yield style
            name = style.based_on

    def level(self, numbering: str, level: int) -> Level:
        """How a level of a list looks; a plain bullet where the document does not say."""
        found = self._numberings.get(numbering)
        if found is None or level not in found.levels:
            return Level()
        look = found.levels[level]
        return Level(look.ordered, found.starts.get(level, look.start), look.indent, look.letters)

    def notes(self, kind: str) -> dict[str, Element]:
        """Footnotes or endnotes by id, without those that are only lines across the page."""
        root = self._root(self._named(kind))
        notes = root.iter(W + kind.removesuffix("s")) if root is not None else ()
        return {note.get(W + "id") or "": note for note in notes if note.get(W + "type", "normal") == "normal"}

    @cached_property
    def comments(self) -> dict[str, str]:
        """The words of the comments by id; who wrote them is not read."""
        root = self._root(self._named("comments"))
        return {} if root is None else {each.get(W + "id") or "": words_in(each) for each in root.iter(W + "comment")}

    @cached_property
    def margins(self) -> list[str]:
        """What stands at the head and foot of the pages, page numbers left out."""
        found: list[str] = []
        for link in self.links.values():
            root = self._root(self._path(link.target)) if link.kind in ("header", "footer") else None
            words = words_in(root) if root is not None else ""
            if any(char.isalpha() for char in words) and words not in found:
                found.append(words)
        return found

    @cached_property
    def language(self) -> str | None:
        """The language the document says it is in."""
        root = self._root(self._named("styles"))
        defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang") if root is not None else None
        return attribute(defaults, "val")

    @cached_property
    def _numberings(self) -> dict[str, _Numbering]:
        root = self._root(self._named("numbering"))
        if root is None:
            return {}
        looks = {look.get(W + "abstractNumId"): _levels(look) for look in root.findall(W + "abstractNum")}
        found: dict[str, _Numbering] = {}
        for number in root.findall(W + "num"):
            levels = dict(looks.get(attribute(number.find(W + "abstractNumId"), "val"), {}))
            starts: dict[int, int] = {}
            for other in number.findall(W + "lvlOverride"):
                levels |= _levels(other)
                start = attribute(other.find(W + "startOverride"), "val")
                if start is not None:
                    starts[whole(other.get(W + "ilvl"))] = whole(start, 1)
            found[number.get(W + "numId") or ""] = _Numbering(levels, starts)
        return found

    def _named(self, kind: str) -> str:
        link = next((link for link in self.links.values() if link.kind == kind and not link.external), None)
        return self._path(link.target if link else kind + ".xml")

    def _path(self, target: str) -> str:
        if target.startswith("/"):
            return target[1:]
        pieces = [*self._folder.split("/"), *target.split("/")] if self._folder else target.split("/")
        kept: list[str] = []
        for piece in pieces:
            if piece == "..":
                del kept[-1:]
            elif piece != ".":
                kept.append(piece)
        return "/".join(kept)

    @staticmethod
    def _links_of(path: str) -> str:
        folder, _, name = path.rpartition("/")
        return f"{folder}/_rels/{name}.rels".lstrip("/")

    def _links(self, path: str) -> dict[str, Link]:
        root = self._root(path)
        return {
            each.get("Id", ""): Link(
                each.get("Type", "").rpartition("/")[2], each.get("Target", ""), each.get("TargetMode") == "External"
            )
            for each in (root if root is not None else ())
        }

    def _root(self, path: str) -> Element | None:
        content = self._parts.get(path)
        if content is None:
            return None
        for strict, transitional in _STRICT:
            content = content.replace(strict, transitional)
        try:
            return ElementTree.fromstring(content)  # noqa: S314 - declarations are refused before (packed_files)
        except (ElementTree.ParseError, ValueError, LookupError) as error:
            raise WORD.spoiled() from error


def attribute(element: Element | None, name: str) -> str | None:
    """An attribute of the document's own namespace."""
    return None if element is None else element.get(W + name)


def whole(text: str | None, otherwise: int = 0) -> int:
    """A whole number that an attribute holds, kept within what a letter can use."""
    try:
        return max(-999_999_999, min(int(text or ""), 999_999_999))
    except ValueError:
        return otherwise


def is_on(element: Element | None, name: str) -> bool | None:
    """Whether a property is on; None where it is not named."""
    found = None if element is None else element.find(W + name)
    return None if found is None else (found.get(W + "val") or "1").lower() not in _OFF


def words_in(element: Element) -> str:
    """Every word inside, in the order they stand there, on one line."""
    return " ".join("".join(_words(element.iter())).split())


def _words(elements: Iterable[Element]) -> Iterator[str]:
    for element in elements:
        if element.tag == W + "t":
            yield element.text or ""
        elif element.tag in (W + "p", W + "tab", W + "br"):
            yield " "


def _levels(parent: Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for level in parent.findall(W + "lvl"):
        kind = attribute(level.find(W + "numFmt"), "val") or "decimal"
        indent = level.find(f"{W}pPr/{W}ind")
        found[whole(level.get(W + "ilvl"))] = Level(
            ordered=kind not in ("bullet", "none"),
            start=whole(attribute(level.find(W + "start"), "val"), 1),
            indent=whole(attribute(indent, "left") or attribute(indent, "start")),
            letters="Letter" in kind or "Roman" in kind,
        )
    return found
