"""Rules of PDF/A-3 and PDF/UA-1 that can be asked of a file directly, beside what outloud, pdfua and qpdf ask.

`faults(pdf)` names each broken rule by a word and a place, so that a test can damage a file and see the word. Sections
are those of ISO 32000-1 unless another standard is named.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pikepdf
import uharfbuzz as hb
from fontTools.cffLib import CFFFontSet
from pikepdf import Array, Dictionary, Name
from PIL import ImageCms

_SHOWN = {"Tj", "TJ", "'", '"', "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "sh", "Do", "BI", "INLINE IMAGE"}
_COLOURS = {"k", "K", "cs", "CS", "sc", "SC", "scn", "SCN"}  # the drawing uses DeviceRGB and DeviceGray alone
_XMP = {
    "Title": "{http://purl.org/dc/elements/1.1/}title",
    "Creator": "{http://ns.adobe.com/xap/1.0/}CreatorTool",
    "Producer": "{http://ns.adobe.com/pdf/1.3/}Producer",
    "CreationDate": "{http://ns.adobe.com/xap/1.0/}CreateDate",
    "ModDate": "{http://ns.adobe.com/xap/1.0/}ModifyDate",
}
_MAY_HOLD = {
    "L": {"L", "LI", "Caption"},
    "LI": {"Lbl", "LBody"},
    "Document": {"Sect", "P", "L", "BlockQuote", "Note", "Figure", "Form", *(f"H{level}" for level in range(1, 7))},
}


def faults(pdf: bytes) -> list[str]:
    """Every broken rule as "word: place"; an empty list is what we want."""
    found = list(byte_faults(pdf))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for rule in (_catalog, _metadata, _output_intent, _pages, _fonts, _annotations, _elements, _bookmarks):
            found += rule(document)
    return found


def elements(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every structure element in reading order."""
    waiting = [document.Root.StructTreeRoot.K]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [kid for kid in reversed(kids(node)) if isinstance(kid, Dictionary) and Name.S in kid]


def kids(node: Any) -> list[Any]:
    """What an element holds: elements, numbers of marked content, references to it and to annotations."""
    held = node.get(Name.K)
    if held is None:
        return []
    return list(held) if isinstance(held, Array) else [held]


def byte_faults(pdf: bytes) -> Iterator[str]:
    """19005-2, 6.1.2 and 6.1.7.1; and that nothing was appended."""
    if not re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}\n", pdf):
        yield "header"
    for begin in re.finditer(rb"/Length (\d+)[^>]*>>\s*stream\r?\n", pdf):
        if not re.match(rb"\r?\nendstream", pdf[begin.end() + int(begin[1]) :][:12]):
            yield f"endstream: byte {begin.end()}"
    if pdf.count(b"%%EOF") != 1:
        yield "revisions"


def _catalog(document: pikepdf.Pdf) -> Iterator[str]:
    root = document.Root
    if document.is_encrypted:
        yield "encrypted"
    if len(document.trailer.get(Name.ID, ())) != 2:
        yield "no ID"
    if not str(root.get(Name.Lang, "")):
        yield "no language"
    if not root.get(Name.MarkInfo, {}).get(Name.Marked, False):
        yield "not marked"
    if not root.get(Name.ViewerPreferences, {}).get(Name.DisplayDocTitle, False):
        yield "title not displayed"
    for key in (Name.OpenAction, Name.AA, Name.OCProperties, Name.Requirements):
        if key in root:
            yield f"forbidden: {key}"
    if Name.JavaScript in root.get(Name.Names, {}):
        yield "forbidden: JavaScript"


def _metadata(document: pikepdf.Pdf) -> Iterator[str]:
    """19005-2, 6.6.2.3 and 6.6.4; 14289-1, 5."""
    stream = document.Root.Metadata
    if Name.Filter in stream:
        yield "metadata: filtered"
    tree = ElementTree.fromstring(stream.read_bytes().decode().split("?>", 1)[1].rsplit("<?xpacket", 1)[0])
    for key, tag in _XMP.items():
        said = "".join(text.strip() for text in tree.find(f".//{tag}").itertext())
        info = str(document.docinfo.get(Name(f"/{key}"), ""))
        if key.endswith("Date"):
            info = re.sub(r"D:(....)(..)(..)(..)(..)(..)Z", r"\1-\2-\3T\4:\5:\6Z", info)
        if said != info:
            yield f"metadata: {key}"
    for space, name, wanted in (("pdfa", "part", "3"), ("pdfa", "conformance", "A"), ("pdfua", "part", "1")):
        if tree.findtext(f".//{{http://www.aiim.org/{space}/ns/id/}}{name}") != wanted:
            yield f"metadata: {space}id:{name}"
    if "http://www.aiim.org/pdfua/ns/id/" not in {
        node.text for node in tree.iter() if node.tag.endswith("namespaceURI")
    }:
        yield "metadata: pdfuaid not described"


def _output_intent(document: pikepdf.Pdf) -> Iterator[str]:
    """19005-2, 6.2.3."""
    intents = list(document.Root.get(Name.OutputIntents, ()))
    if len(intents) != 1 or intents[0].S != Name.GTS_PDFA1:
        yield "output intent"
        return
    profile = ImageCms.ImageCmsProfile(io.BytesIO(intents[0].DestOutputProfile.read_bytes())).profile
    if profile.xcolor_space.strip() != "RGB" or intents[0].DestOutputProfile.N != 3 or profile.version >= 5:
        yield "output intent: profile"


def _pages(document: pikepdf.Pdf) -> Iterator[str]:
    tree = _parent_tree(document)
    for number, page in enumerate(document.pages, start=1):
        if page.obj.get(Name.Tabs) != Name.S:
            yield f"tab order: page {number}"
        if not {"/Group", "/AA", "/Trans", "/PresSteps"}.isdisjoint(page.obj.keys()):
            yield f"forbidden: page {number}"
        for state in page.resources.get(Name.ExtGState, {}).values():
            if any(float(state.get(key, 1)) < 1 for key in (Name.ca, Name.CA)) or Name.SMask in state:
                yield f"transparency: page {number}"
        parents = tree.get(int(page.obj.get(Name.StructParents, -1)))
        if parents is None:
            yield f"parent tree: page {number}"
            continue
        seen, wrong = _marks(page)
        yield from (f"{what}: page {number}" for what in wrong)
        if seen != list(range(len(parents))):
            yield f"numbers: page {number}"
        for mark, element in enumerate(parents):
            if mark not in _held(element, page.obj):
                yield f"parent tree: page {number}, mark {mark}"


def _marks(page: pikepdf.Page) -> tuple[list[int], list[str]]:
    """The numbers of the marked contents of a page in order, and what is wrong with them (14.6, 14289-1, 7.1)."""
    seen: list[int] = []
    wrong: list[str] = []
    open_marks: list[str] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BMC", "BDC"):
            properties = operands[1] if name == "BDC" else {}
            own = "artifact" if operands[0] == Name.Artifact else "mark" if Name.MCID in properties else "span"
            if own != "span" and not set(open_marks) <= {"span"}:
                wrong.append("artifact and text mixed")
            if own == "mark":
                seen.append(int(properties[Name.MCID]))
            open_marks.append(own)
        elif name == "EMC":
            open_marks.pop()
        elif name in _SHOWN and set(open_marks) <= {"span"}:
            wrong.append(f"unmarked {name}")
        elif name in _COLOURS:
            wrong.append(f"colour {name}")
    return seen, wrong


def _held(element: Any, page: Any) -> set[int]:
    """The marked contents of a page that an element says it has."""
    held = set()
    for kid in kids(element):
        if isinstance(kid, int):
            if element.Pg.objgen == page.objgen:
                held.add(kid)
        elif kid.get(Name.Type) == Name.MCR and kid.Pg.objgen == page.objgen:
            held.add(int(kid.MCID))
    return held


def _parent_tree(document: pikepdf.Pdf) -> dict[int, Any]:
    nums = list(document.Root.StructTreeRoot.ParentTree.Nums)
    return {int(key): value for key, value in zip(nums[::2], nums[1::2], strict=True)}


def _fonts(document: pikepdf.Pdf) -> Iterator[str]:
    """19005-2, 6.2.11.3 to 6.2.11.7: embedded, widths equal, every code says a character that is no private one."""
    seen = set()
    for page in document.pages:
        for name, font in page.resources.Font.items():
            if font.objgen in seen:
                continue
            seen.add(font.objgen)
            inner = font.DescendantFonts[0] if Name.DescendantFonts in font else font
            descriptor = inner.get(Name.FontDescriptor, {})
            files = [descriptor[key] for key in (Name.FontFile2, Name.FontFile3) if key in descriptor]
            if not files:
                yield f"not embedded: {name}"
            elif Name.DescendantFonts in font:
                for code, said, drawn in _widths(inner, files[0]):
                    if abs(said - drawn) > 1:
                        yield f"width: {name} {code:04x} says {said}, has {drawn:.1f}"
            if Name.ToUnicode not in font:
                yield f"no ToUnicode: {name}"
            elif any("e000" <= value[:4] <= "f8ff" or value == "0000" for value in _says(font)):
                yield f"private characters: {name}"


def _says(font: Any) -> list[str]:
    return re.findall(r"<[0-9A-Fa-f]{4}>\s*<([0-9a-f]+)>", font.ToUnicode.read_bytes().decode().lower())


def _widths(inner: Any, program: Any) -> Iterator[tuple[int, float, float]]:
    """For each code the width the dictionary says and the one the embedded program has, in thousandths."""
    said: dict[int, float] = {}
    listed = list(inner.W)
    while listed:
        first, second = int(listed.pop(0)), listed.pop(0)
        if isinstance(second, Array):
            said.update(zip(range(first, first + len(second)), map(float, second), strict=True))
        else:
            said.update(dict.fromkeys(range(first, int(second) + 1), float(listed.pop(0))))
    data = program.read_bytes()
    if program.get(Name.Subtype) == Name.CIDFontType0C:
        cff = CFFFontSet()
        cff.decompile(io.BytesIO(data), None)
        strings = cff[0].CharStrings
        scale = 1000 * cff[0].FontMatrix[0]
        for code, width in said.items():
            glyph = strings[f"cid{code:05d}"]
            glyph.draw(_Nowhere())
            yield code, width, glyph.width * scale
        return
    font = hb.Font(hb.Face(data))
    led = inner.get(Name.CIDToGIDMap)
    table = led.read_bytes() if isinstance(led, pikepdf.Stream) else None
    for code, width in said.items():
        glyph = int.from_bytes(table[2 * code : 2 * code + 2], "big") if table else code
        yield code, width, font.get_glyph_h_advance(glyph) * 1000 / font.face.upem


class _Nowhere:
    """A pen that draws nothing: a CFF glyph knows its width once it is drawn."""

    def __getattr__(self, name: str) -> Any:
        return lambda *ignored: None


def _annotations(document: pikepdf.Pdf) -> Iterator[str]:
    """19005-2, 6.3; 14289-1, 7.18."""
    tree = _parent_tree(document)
    for number, page in enumerate(document.pages, start=1):
        for annotation in page.obj.get(Name.Annots, ()):
            where = f"page {number}, {annotation.Subtype}"
            flags = int(annotation.get(Name.F, 0))
            if not flags & 4 or flags & (1 | 2 | 32 | 256):
                yield f"not printed: {where}"
            says = Name.TU if annotation.Subtype == Name.Widget else Name.Contents
            if not str(annotation.get(says, "")):
                yield f"not described: {where}"
            if annotation.Subtype == Name.Link and annotation.A.S != Name.URI:
                yield f"action: {where}"
            element = tree.get(int(annotation.get(Name.StructParent, -1)))
            wanted = Name.Form if annotation.Subtype == Name.Widget else Name.Link
            if not isinstance(element, Dictionary) or wanted != element.S:
                yield f"parent tree: {where}"
            elif not any(
                isinstance(kid, Dictionary) and kid.get(Name.Type) == Name.OBJR and kid.Obj.objgen == annotation.objgen
                for kid in kids(element)
            ):
                yield f"not in its element: {where}"


def _elements(document: pikepdf.Pdf) -> Iterator[str]:
    """14.8.4; 14289-1, 7.2 to 7.9."""
    level = 0
    notes = set()
    for element in elements(document):
        tag = str(element.S)[1:]
        if tag != "Document" and Name.P not in element:
            yield f"no parent: {tag}"
        inside = {str(kid.S)[1:] for kid in kids(element) if isinstance(kid, Dictionary) and Name.S in kid}
        if tag in _MAY_HOLD and not inside <= _MAY_HOLD[tag]:
            yield f"nesting: {tag} holds {sorted(inside - _MAY_HOLD[tag])}"
        if not kids(element):
            yield f"empty: {tag}"
        if re.fullmatch("H[1-6]", tag):
            if int(tag[1]) > level + 1:
                yield f"heading skipped: {tag}"
            level = int(tag[1])
        if tag == "Figure" and not (element.get(Name.Alt) and Name.BBox in element.get(Name.A, {})):
            yield "figure without words or box"
        if tag == "L" and Name.ListNumbering not in element.get(Name.A, {}):
            yield "list without numbering"
        if tag == "Note":
            if Name.ID not in element or str(element.ID) in notes:
                yield "note without its own ID"
            notes.add(str(element.get(Name.ID, "")))
    named = document.Root.StructTreeRoot.get(Name.IDTree, {}).get(Name.Names, ())
    if {str(name) for name in list(named)[::2]} != notes:
        yield "IDTree"


def _bookmarks(document: pikepdf.Pdf) -> Iterator[str]:
    headings = [element for element in elements(document) if re.fullmatch("/H[1-6]", str(element.S))]
    with document.open_outline() as outline:
        waiting = list(outline.root)
        count = 0
        while waiting:
            item = waiting.pop()
            waiting += item.children
            count += 1
            if not item.title.strip() or item.destination is None:
                yield f"bookmark: {item.title!r}"
    if count != len(headings):
        yield f"bookmarks: {count} for {len(headings)} headings"
