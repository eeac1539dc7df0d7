"""The words inside a paragraph of a Word document, as runs; what a letter cannot show is noticed.

May import the parts of the letter intake, `signing.domain`, markdown-it's way of writing addresses and the standard
library. Tracked changes are read as if they were accepted, and each is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from markdown_it.common.normalize_url import normalizeLink

from signing.domain.errors import Faulty
from signing.domain.letter_blocks import Run
from signing.domain.letter_text_reader import find_unsafe, name_character

from .letter_intake_word_notices import Notices, quoted
from .letter_intake_word_parts import Element, Link, R, W, WordParts, attribute, is_on, words_in

_HYPERLINK: Final = re.compile(r'\s*HYPERLINK\s+(\\l\s+)?(?:"([^"]*)"|(\S+))', re.IGNORECASE)
_HREF: Final = re.compile(r"(?:https?://[!-~]+|mailto:[!-~]+@[!-~]+)\Z", re.IGNORECASE)
_DEEPEST: Final = 60
_LONGEST_ADDRESS: Final = 2_000
_MOST_NOTES: Final = 1_000
_MOST_PIECES: Final = 60_000  # of one document; a long letter has hundreds
_INSIDE: Final = frozenset(
    W + name for name in ("smartTag", "customXml", "sdtContent", "dir", "bdo", "ruby", "rubyBase")
)
_BREAKS: Final = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\v": "\n", "\f": " ", "\x85": "\n"})
_NEVER: Final = "\u00ad\u200e\u200f"  # soft hyphens and marks of direction: needless where the page sets both


@dataclass(frozen=True, slots=True)
class _Manner:
    bold: bool = False
    italic: bool = False
    href: str | None = None
    inserted: bool = False


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    shown: bool = False
    href: str | None = None


@dataclass(slots=True)
class Words:
    """What one paragraph gave. A run with a footnote has its key in `notes` at number - 1; boxes stand behind it."""

    runs: list[Run] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


class RunReader:
    """Reads paragraphs one after the other: fields and notes go on from one to the next."""

    def __init__(self, parts: WordParts, notices: Notices) -> None:
        self._parts = parts
        self._notices = notices
        self._links: Mapping[str, Link] = parts.links
        self._fields: list[_Field] = []
        self._words = Words()
        self._number = self._pieces = 0
        self._seen_comments: set[str] = set()
        self._inserted: list[str] = []
        self._deleted: list[str] = []
        self._note_numbers: dict[tuple[str, str], int] = {}

    @property
    def notes(self) -> list[tuple[str, str]]:
        """The kind and key of every note that is marked, the first of them number 1."""
        return list(self._note_numbers)

    def read(self, paragraph: Element, number: int, links: Mapping[str, Link] | None = None) -> Words:
        """The words of a paragraph that is the `number`-th; notes have links of their own."""
        self._number, self._words, self._links = number, Words(), self._parts.links if links is None else links
        self._inline(paragraph, _Manner(), 0)
        for code, said in (("tracked-insertion", self._inserted), ("tracked-deletion", self._deleted)):
            if words := "".join(said).strip():
                self._notices.say(number, code, quoted(words))
            said.clear()
        return self._words

    def _inline(self, parent: Iterable[Element], manner: _Manner, depth: int) -> None:
        if depth > _DEEPEST:
            raise _too_deep()
        for element in parent:
            tag = element.tag
            if tag == W + "r":
                self._run(element, manner, depth)
            elif tag == W + "hyperlink":
                self._hyperlink(element, manner, depth)
            elif tag in (W + "ins", W + "moveTo"):
                self._inline(element, replace(manner, inserted=True), depth + 1)
            elif tag in (W + "del", W + "moveFrom"):
                self._delete(element)
            elif tag == W + "sdt":
                self._inline(element.findall(W + "sdtContent"), manner, depth + 1)
            elif tag == W + "fldSimple":
                self._simple_field(element, manner, depth)
            elif tag in _INSIDE:
                self._inline(element, manner, depth + 1)
            elif tag.endswith("}AlternateContent"):
                self._alternatives(element, manner, depth)
            elif tag in (W + "commentReference", W + "commentRangeStart"):
                self._comment(element)
            elif tag.endswith(("}oMath", "}oMathPara")):
                self._formula(element, manner)
            elif tag == W + "altChunk":
                self._notices.say(self._number, "other-document")

    def _run(self, run: Element, manner: _Manner, depth: int) -> None:
        properties = run.find(W + "rPr")
        if self._is(properties, "vanish"):
            if words := words_in(run):
                self._notices.say(self._number, "hidden-text", quoted(words))
            return
        if self._marks_again(run, properties):
            return
        href = manner.href or next((each.href for each in reversed(self._fields) if each.href), None)
        manner = replace(
            manner,
            bold=manner.bold or self._is(properties, "b"),
            italic=manner.italic or self._is(properties, "i"),
            href=href,
        )
        if properties is not None:
            self._notice_looks(run, properties, linked=href is not None)
        self._pieces += len(run)
        if self._pieces > _MOST_PIECES:
            raise Faulty("The document is far longer than a letter.", code="too-long", field="file")
        for element in run:
            self._piece(element, manner, depth)

    def _is(self, properties: Element | None, name: str) -> bool:
        """Whether a property is on, said by the run or by its style."""
        said = is_on(properties, name)
        if said is not None or properties is None:
            return bool(said)
        for style in self._parts.style_chain(attribute(properties.find(W + "rStyle"), "val")):
            of_style = is_on(style.element.find(W + "rPr"), name)
            if of_style is not None:
                return of_style
        return False

    def _notice_looks(self, run: Element, properties: Element, *, linked: bool) -> None:
        words = words_in(run)
        if properties.find(W + "rPrChange") is not None:
            self._notices.say(self._number, "format-change")
        if not words:
            return
        if is_on(properties, "strike") or is_on(properties, "dstrike"):
            self._notices.say(self._number, "struck-through", quoted(words))
        if not linked and attribute(properties.find(W + "u"), "val") not in (None, "none"):
            self._notices.say(self._number, "underline", quoted(words))
        if attribute(properties.find(W + "highlight"), "val") not in (None, "none"):
            self._notices.say(self._number, "highlight", quoted(words))
        if attribute(properties.find(W + "vertAlign"), "val") in ("superscript", "subscript"):
            self._notices.say(self._number, "raised", quoted(words))

    def _piece(self, element: Element, manner: _Manner, depth: int) -> None:
        tag = element.tag
        if tag == W + "t":
            self._add(element.text or "", manner)
        elif tag in (W + "tab", W + "ptab"):
            self._add(" ", manner)
        elif tag in (W + "br", W + "cr"):
            self._add("\n" if element.get(W + "type") in (None, "textWrapping") else " ", manner)
        elif tag == W + "noBreakHyphen":
            self._add("\u2011", manner)
        elif tag == W + "sym":
            self._notices.say(self._number, "symbol")
        elif tag in (W + "footnoteReference", W + "endnoteReference"):
            self._note(tag.removeprefix(W).removesuffix("Reference") + "s", element.get(W + "id") or "")
        elif tag == W + "fldChar":
            self._field_character(element.get(W + "fldCharType"))
        elif tag == W + "instrText" and self._fields and not self._fields[-1].shown:
            self._fields[-1].instruction += element.text or ""
        elif tag in (W + "drawing", W + "pict", W + "object"):
            self._drawing(element)
        else:
            self._inline([element], manner, depth + 1)

    def _add(self, text: str, manner: _Manner) -> None:
        if self._fields and not self._fields[-1].shown:
            return  # between the beginning of a field and what it shows
        text = self._without_hidden(text.translate(_BREAKS))
        if not text:
            return
        if manner.inserted:
            self._inserted.append(text)
        self._words.runs.append(Run(text, manner.bold, manner.italic, manner.href))

    def _without_hidden(self, text: str) -> str:
        text = "".join(char for char in text if char not in _NEVER)
        clean = text.replace("\t", " ").replace("\n", " ")
        if find_unsafe(clean) is None:
            return text.replace("\t", " ")
        hidden = {char for char in set(clean) if find_unsafe(char) is not None}
        self._notices.say(self._number, "hidden-character", ", ".join(sorted(map(name_character, hidden))))
        return text.replace("\t", " ").translate(dict.fromkeys(map(ord, hidden)))

    def _delete(self, element: Element) -> None:
        words = "".join(each.text or "" for each in element.iter() if each.tag in (W + "delText", W + "t"))
        self._deleted.append(words)

    def _note(self, kind: str, key: str) -> None:
        number = self._note_numbers.setdefault((kind, key), len(self._note_numbers) + 1)
        if number > _MOST_NOTES:
            raise Faulty(f"The document has more than {_MOST_NOTES:,} footnotes.", code="too-long", field="file")
        self._words.runs.append(Run("", footnote=number))

    def _marks_again(self, run: Element, properties: Element | None) -> bool:
        """Take a number that is written as the mark of a note: Word lets a note be marked once only."""
        style = attribute(properties.find(W + "rStyle") if properties is not None else None, "val")
        if style is None or not any(
            each.name.lower() == "footnote reference" for each in self._parts.style_chain(style)
        ):
            return False
        said = words_in(run)
        known = [note for note in self.notes if note[0] == "footnotes"]
        if not said.isdecimal() or len(said) > 4 or not 0 < int(said) <= len(known):
            return False
        self._note(*known[int(said) - 1])
        return True

    def _comment(self, element: Element) -> None:
        key = element.get(W + "id") or ""
        words = self._parts.comments.get(key)
        if words and key not in self._seen_comments:
            self._seen_comments.add(key)
            self._notices.say(self._number, "comment", quoted(words))

    def _formula(self, element: Element, manner: _Manner) -> None:
        words = "".join(each.text or "" for each in element.iter() if each.tag.endswith("}t"))
        self._add(unicodedata.normalize("NFC", words), manner)
        self._notices.say(self._number, "formula", quoted(words))

    # Links and fields

    def _hyperlink(self, element: Element, manner: _Manner, depth: int) -> None:
        link = self._links.get(element.get(R + "id") or "")
        anchor = element.get(W + "anchor")
        address = link.target if link is not None and link.external else ""
        href = self._address(address, anchor, words_in(element))
        self._inline(element, replace(manner, href=href), depth + 1)

    def _address(self, address: str, anchor: str | None, words: str) -> str | None:
        """The address as a letter may hold it, or None with a notice."""
        if address:
            whole = normalizeLink(address.strip() + (f"#{anchor}" if anchor and "#" not in address else ""))
            if _HREF.match(whole) and len(whole) <= _LONGEST_ADDRESS and normalizeLink(whole) == whole:
                return whole
        if address or anchor:
            leads = f"to “{address[:60]}”" if address else "to a place in the document"
            words = f"{quoted(words)} leads {leads} and"
        else:
            words = f"{quoted(words)} leads nowhere and"
        self._notices.say(self._number, "link-nowhere", words)
        return None

    def _simple_field(self, element: Element, manner: _Manner, depth: int) -> None:
        found = _HYPERLINK.match(element.get(W + "instr") or "")
        if found is None:
            self._notices.say(self._number, "field", quoted(words_in(element)))
            self._inline(element, manner, depth + 1)
            return
        target = found[2] or found[3] or ""
        href = self._address("" if found[1] else target, target if found[1] else None, words_in(element))
        self._inline(element, replace(manner, href=href), depth + 1)

    def _field_character(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(_Field())
            if len(self._fields) > _DEEPEST:
                raise _too_deep()
        elif kind == "end" and self._fields:
            self._fields.pop()
        elif kind == "separate" and self._fields:
            current = self._fields[-1]
            current.shown = True
            found = _HYPERLINK.match(current.instruction)
            if found is None:
                self._notices.say(self._number, "field")
                return
            target = found[2] or found[3] or ""
            current.href = self._address("" if found[1] else target, target if found[1] else None, "of a field")

    # What is drawn

    def _alternatives(self, element: Element, manner: _Manner, depth: int) -> None:
        # One of several ways to show the same: the newest, unless only an older one has words.
        ways = list(element)
        chosen = next((way for way in ways if words_in(way)), ways[0] if ways else None)
        if chosen is None:
            return
        if any(each.tag.endswith(("}drawing", "}pict", "}object")) for each in chosen):
            for each in chosen:
                self._drawing(each)
        else:
            self._inline(chosen, manner, depth + 1)

    def _drawing(self, element: Element) -> None:
        boxes = [box for box in element.iter(W + "txbxContent") if words_in(box)]
        if boxes:
            # The box is drawn twice, for newer programs and for older ones.
            self._words.boxes.append(boxes[0])
            return
        described = next((each.get("descr") for each in element.iter() if each.get("descr")), None)
        self._notices.say(self._number, "picture", f"; it is described as {quoted(described)}" if described else "")


def _too_deep() -> Faulty:
    return Faulty("The document nests too deep. Copy its words into a new one.", code="too-deep", field="file")
