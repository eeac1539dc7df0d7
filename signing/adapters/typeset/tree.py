"""The structure tree as objects of the file, written by hand: a list of 10,000 names has 20,000 elements.

May import its siblings `structure` and `pdf_file`. ISO 32000-1, 14.7.2 to 14.7.5 and 14.8.5.
"""

from __future__ import annotations

from collections.abc import Sequence

from signing.adapters.typeset.pdf_file import text_string
from signing.adapters.typeset.structure import Element


def write_tree(
    root: Element,
    *,
    first: int,
    pages: Sequence[int],
    marks: Sequence[int],
    annotations: Sequence[tuple[Element, int, int]],
) -> list[bytes]:
    """The objects of the tree under `root`, the StructTreeRoot first, to be numbered from `first` up.

    `pages` are the object numbers of the pages, `marks` how many marked contents each page has. `annotations` are
    (element, page, object number); the parent tree has the page i under i, and annotation k under len(pages) + k.
    """
    elements = _numbered(root, first + 1)
    parents: list[list[int]] = [[0] * count for count in marks]
    objects_of: dict[Element, list[bytes]] = {}
    for element, page, number in annotations:
        reference = b"<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>" % (number, pages[page])
        objects_of.setdefault(element, []).append(reference)
    objects = [b""]
    named: list[tuple[bytes, int]] = []
    for element, parent in elements:
        if element.tag == "Note":
            named.append((b"(note-%06d)" % (len(named) + 1), element.number))
        own = named[-1][0] if element.tag == "Note" else b""
        objects.append(_object(element, parent or first, pages, parents, objects_of.get(element, ()), own))
    after = first + len(objects)
    objects += [b"[%b]" % _references(page) for page in parents]
    nums = [b"%d %d 0 R" % (index, after + index) for index in range(len(parents))]
    nums += [
        b"%d %d 0 R" % (len(pages) + index, element.number) for index, (element, _page, _) in enumerate(annotations)
    ]
    names = b""
    if named:
        names = b"/IDTree<</Names[%b]>>" % b"".join(b"%b %d 0 R" % entry for entry in named)
    objects[0] = b"<</Type/StructTreeRoot/K %d 0 R/ParentTree<</Nums[%b]>>/ParentTreeNextKey %d%b>>" % (
        root.number,
        b" ".join(nums),
        len(nums),
        names,
    )
    return objects


def _numbered(root: Element, first: int) -> list[tuple[Element, int]]:
    """Every element with the number of its parent (0 for the root), in the order of their numbers."""
    elements: list[tuple[Element, int]] = []
    waiting = [(root, 0)]
    number = first
    while waiting:
        element, parent = waiting.pop()
        element.number = number
        number += 1
        elements.append((element, parent))
        waiting += [(kid, element.number) for kid in reversed(element.kids) if isinstance(kid, Element)]
    return elements


def _references(numbers: Sequence[int]) -> bytes:
    return b" ".join([b"%d 0 R" % number for number in numbers])


def _object(
    element: Element,
    parent: int,
    pages: Sequence[int],
    parents: list[list[int]],
    objects: Sequence[bytes],
    identifier: bytes,
) -> bytes:
    kids = element.kids
    home = -1
    written: list[bytes] = []
    mixed = False
    for kid in kids:
        if isinstance(kid, Element):
            mixed = mixed or home >= 0
            written.append(b"%d 0 R" % kid.number)
            continue
        page, mark = kid
        parents[page][mark] = element.number
        if home < 0:
            home = page
            mixed = bool(written)
        written.append(b"%d" % mark if page == home else b"<</Type/MCR/Pg %d 0 R/MCID %d>>" % (pages[page], mark))
    if mixed:
        places = sorted(range(len(kids)), key=lambda place: _begins(kids[place]))
        written = [written[place] for place in places]
    written += objects
    content = b"/K %b" % written[0] if len(written) == 1 else b"/K[%b]" % b" ".join(written)
    where = b"/Pg %d 0 R" % pages[home] if home >= 0 else b""
    return b"<</S/%b/P %d 0 R%b%b%b>>" % (
        element.tag.encode("ascii"),
        parent,
        where,
        content,
        _attributes(element, identifier),
    )


def _begins(kid: Element | tuple[int, int]) -> tuple[int, int]:
    """The first marked content of a kid; where words and elements stand in one paragraph, that is their order."""
    if not isinstance(kid, Element):
        return kid
    return min((_begins(inner) for inner in kid.kids), default=(1 << 30, 0))


def _attributes(element: Element, identifier: bytes) -> bytes:
    found = b"/ID%b" % identifier if identifier else b""
    if element.language is not None:
        found += b"/Lang" + text_string(element.language)
    if element.actual_text is not None:
        found += b"/ActualText" + text_string(element.actual_text)
    if element.alt is not None:
        found += b"/Alt" + text_string(element.alt)
    if element.title is not None:
        found += b"/T" + text_string(element.title)
    if element.numbering is not None:
        found += b"/A<</O/List/ListNumbering/%b>>" % element.numbering.encode("ascii")
    if element.box is not None:
        found += b"/A<</O/Layout/Placement/Block/BBox[%b]>>" % b" ".join(b"%.2f" % edge for edge in element.box)
    return found
