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
    (element, page, object number); the parent tree has page i under i, and annotation k under len(pages) + k.
    """
    writer = _Writer(root, first, pages, marks)
    for element, page, number in annotations:
        reference = b"<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>" % (number, pages[page])
        writer.annotated.setdefault(element, []).append(reference)
    writer.write_elements()
    owners = [b"%d 0 R" % writer.owners[element] for element, _page, _number in annotations]
    after = first + 1 + len(writer.objects)
    nums = [b"%d %d 0 R" % (index, after + index) for index in range(len(pages))]
    nums += [b"%d %b" % (len(pages) + index, owner) for index, owner in enumerate(owners)]
    names = b"/IDTree<</Names[%b]>>" % b"".join(writer.named) if writer.named else b""
    head = b"<</Type/StructTreeRoot/K %d 0 R/ParentTree<</Nums[%b]>>/ParentTreeNextKey %d%b>>"
    lists = [b"[%b]" % b" ".join([b"%d 0 R" % number for number in page]) for page in writer.parents]
    return [head % (first + 1, b" ".join(nums), len(nums), names), *writer.objects, *lists]


class _Writer:
    """Writes elements level by level: the numbers of its kids are known when an element is written, and like stands
    beside like, which packs well."""

    def __init__(self, root: Element, first: int, pages: Sequence[int], marks: Sequence[int]) -> None:
        self._elements = [root]
        self._above = [first]
        self._first = first + 1
        self._pages = pages
        self.objects: list[bytes] = []
        self.parents = [[0] * count for count in marks]
        """For each page the element of each marked content."""
        self.annotated: dict[Element, list[bytes]] = {}
        self.owners: dict[Element, int] = {}
        self.named: list[bytes] = []

    def write_elements(self) -> None:
        """Writes every element under the root."""
        for number, element in enumerate(self._elements, start=self._first):  # kids are put at the end meanwhile
            if element in self.annotated:
                self.owners[element] = number
            held = self._held(element, number)
            self.objects.append(
                b"<</S/%b/P %d 0 R%b%b>>"
                % (
                    element.tag.encode("ascii"),
                    self._above[number - self._first],
                    held,
                    self._attributes(element, number),
                )
            )

    def _held(self, element: Element, number: int) -> bytes:
        kids = element.kids
        if len(kids) == 1 and isinstance(kids[0], tuple) and element not in self.annotated:  # most of a long list
            page, mark = kids[0]
            self.parents[page][mark] = number
            return b"/Pg %d 0 R/K %d" % (self._pages[page], mark)
        home = -1
        written: list[bytes] = []
        for kid in kids:
            if isinstance(kid, Element):
                written.append(b"%d 0 R" % (self._first + len(self._elements)))
                self._elements.append(kid)
                self._above.append(number)
                continue
            page, mark = kid
            self.parents[page][mark] = number
            if home < 0:
                home = page
            here = page == home
            written.append(b"%d" % mark if here else b"<</Type/MCR/Pg %d 0 R/MCID %d>>" % (self._pages[page], mark))
        if len(written) > 1 and (home >= 0 or element.reordered):
            written = [written[place] for place in sorted(range(len(kids)), key=lambda place: _begins(kids[place]))]
        written += self.annotated.get(element, ())
        where = b"/Pg %d 0 R" % self._pages[home] if home >= 0 else b""
        return b"%b/K %b" % (where, written[0]) if len(written) == 1 else b"%b/K[%b]" % (where, b" ".join(written))

    def _attributes(self, element: Element, number: int) -> bytes:
        found = b""
        if element.tag == "Note":
            name = b"(note-%06d)" % (len(self.named) + 1)
            self.named.append(b"%b %d 0 R" % (name, number))
            found = b"/ID" + name
        if element.language is not None:
            found += b"/Lang" + text_string(element.language)
        if element.actual_text is not None:
            found += b"/ActualText" + text_string(element.actual_text)
        if element.alt is not None:
            found += b"/Alt" + text_string(element.alt)
        if element.numbering is not None:
            found += b"/A<</O/List/ListNumbering/%b>>" % element.numbering.encode("ascii")
        if element.box is not None:
            found += b"/A<</O/Layout/Placement/Block/BBox[%b]>>" % b" ".join(b"%.2f" % edge for edge in element.box)
        return found


def _begins(kid: Element | tuple[int, int]) -> tuple[int, int]:
    """The first marked content of a kid; where words and elements stand in one paragraph, that is their order."""
    if not isinstance(kid, Element):
        return kid
    return min((_begins(inner) for inner in kid.kids), default=(1 << 30, 0))
