"""The signatory list, a pure function of the verified log (DESIGN 1, EVIDENCE 4.3).

May import `ledger`, `signatory`, `canonical`, `shape`. Page, PDF and verifier all call `compile_list`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from . import canonical, shape
from .errors import EvidenceError, Malformed
from .ledger import Ledger
from .signatory import Signatory

SortKey = Callable[[Signatory], Any]

# A flat object: whatever else it is not, the reader of canonical JSON will say.
_NAME = re.compile(rb'\{(?:[^"{}]|"(?:[^"\\]|\\.)*+")*+\}', re.DOTALL)


@dataclass(frozen=True, slots=True)
class ListedName:
    """A line of the list: the signatory, its assent's place in the log, and its group if it has one."""

    signatory: Signatory
    index: int
    group: str | None

    def to_json(self) -> dict[str, Any]:
        """Give the object that goes into signatories.json."""
        return {**self.signatory.to_json(), "group": self.group, "index": self.index}

    @classmethod
    def from_json(cls, value: Any) -> "ListedName":
        """Take the object of signatories.json.

        Raises:
            Malformed: `TYPE_UNKNOWN`.
        """
        if type(value) is not dict or not {"group", "index"} <= value.keys():
            raise Malformed("TYPE_UNKNOWN", "A listed name has an index and a group.")
        fields = dict(value)
        group = shape.text_or_null(fields.pop("group"), "group")
        index = shape.integer(fields.pop("index"), 0, shape.MAX_SIZE, "index")
        return cls(Signatory.from_json(fields), index, group)


@dataclass(frozen=True, slots=True)
class SignatoryList:
    """The listed names in printed order, and how many more stay confidential."""

    listed: tuple[ListedName, ...]
    confidential: int = 0

    def by_group(self) -> tuple[tuple[str | None, tuple[ListedName, ...]], ...]:
        """Give the names in printed order under the group that heads them, None where there is no heading."""
        return tuple((group, tuple(names)) for group, names in groupby(self.listed, key=lambda name: name.group))

    def to_bytes(self) -> bytes:
        """Format as signatories.json; the confidential are counted in the closing, not here."""
        return canonical.to_bytes([name.to_json() for name in self.listed])

    @classmethod
    def from_bytes(cls, data: bytes, confidential: int = 0) -> "SignatoryList":
        """Read signatories.json.

        Raises:
            Malformed: `LIST_FILE_MISMATCH` when it is not such a list in its only spelling.
        """
        return cls(tuple(listed_names(data)), confidential)


def listed_names(data: bytes) -> Iterator[ListedName]:
    """Read the names of signatories.json one by one, so that a long list never stands in memory whole.

    Raises:
        Malformed: `LIST_FILE_MISMATCH` as soon as it is seen not to be such a list in its only spelling.
    """
    try:
        at = 0
        while data[at : at + 1] == (b"[" if at == 0 else b",") and data != b"[]":
            name = _NAME.match(data, at + 1)
            if name is None:
                break
            yield ListedName.from_json(canonical.from_bytes(name[0]))
            at = name.end()
        if data[at:] != (b"]" if at else b"[]"):
            raise Malformed("NOT_CANONICAL", "It is not a list of names.")
    except EvidenceError as error:
        message = f"The file signatories.json cannot be read. {error.message}"
        raise Malformed("LIST_FILE_MISMATCH", message) from None


def compile_list(ledger: Ledger, *, groups: Mapping[str, str | None], sort_key: SortKey) -> SignatoryList:
    """Compile the list of those whose approval stands: group by group in the order in which `groups` first names
    them (those of no group before all), within a group by sort key, ties by code point."""
    listed: list[ListedName] = []
    confidential = 0
    for answer in ledger.approvals():
        signatory = answer.signatory
        if isinstance(signatory, Signatory):
            listed.append(ListedName(signatory, answer.index, groups.get(signatory.org)))
        else:
            confidential += 1
    return SignatoryList(tuple(_in_order(listed, groups.values(), sort_key)), confidential)


def first_out_of_order(listing: SignatoryList, sort_key: SortKey) -> ListedName | None:
    """Give the first name that does not stand where sorting again puts it, None when all do.

    Which group comes before which is the coordinator's choice and taken from the list; that each stands in one
    piece, after those of no group, is looked at.
    """
    expected = _in_order(listing.listed, (name.group for name in listing.listed), sort_key)
    pairs = zip(listing.listed, expected, strict=True)
    return next((printed for printed, sorted_in in pairs if printed is not sorted_in), None)


def _in_order(listed: Iterable[ListedName], groups: Iterable[str | None], sort_key: SortKey) -> list[ListedName]:
    rank = {group: place for place, group in enumerate(dict.fromkeys([None, *groups]))}

    def place(name: ListedName) -> tuple[Any, ...]:
        return rank[name.group], sort_key(name.signatory), name.signatory.listed_as, name.signatory.org

    return sorted(listed, key=place)
