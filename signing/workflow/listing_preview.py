"""How an organisation will stand on the list, shown before it signs: its line as typed, in its place, as printed.

Nothing is recorded. Where the letter does not share names, neighbours are the same two bars whoever has approved, on
either side: a place that moved with the name typed would tell, guess by guess, where the others stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from signing.domain.errors import Faulty, Refusal
from signing.domain.letter import Letter
from signing.domain.organisation import RosterEntry
from signing.evidence.signatory import Signatory
from signing.workflow.assents import check_printable
from signing.workflow.contact_access import Access, invited
from signing.workflow.decision_page import DecisionView
from signing.workflow.letters import approved_now
from signing.workflow.ports import Services
from signing.workflow.printing_ports import PictureLine
from signing.workflow.roster_ports import ApprovedName
from signing.workflow.signatory_form import tidy_name

_HIDDEN = PictureLine(None)


@dataclass(frozen=True, slots=True)
class TypedNames:
    """What a contact has typed of how they are listed, untouched; `confidential`: counted without a name."""

    listed_as: str
    acronym: str = ""
    native_name: str = ""
    sort_name: str = ""
    person: str = ""
    role: str = ""
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class LinePreview:
    """A line in its place. `picture` is an inline SVG, None where `fault` says what is wrong with which field.

    `before` and `after` are the names between which the line stands among those who have approved, in the group of
    the organisation; None at its ends, and both where names are not `shared`. `withheld`: the line is the one for
    names that are withheld.
    """

    letter: Letter
    entry: RosterEntry
    picture: str | None = None
    before: str | None = None
    after: str | None = None
    withheld: bool = False
    fault: Faulty | None = None

    @property
    def shared(self) -> bool:
        return _shares_names(self.letter)


def preview(services: Services, access: Access, typed: TypedNames) -> LinePreview:
    """The line as typed; at most three statements. Raises LinkClosed."""
    with services.unit_of_work() as uow:
        seen = invited(services, uow, access, services.clock())
        approved = approved_now(uow, seen.letter).named if _shares_names(seen.letter) else ()
    return _line(services, seen.letter, seen.entry, typed, approved)


def beside(services: Services, view: DecisionView, typed: TypedNames) -> LinePreview:
    """The same for a page that is shown anyway: no statement at all where the letter does not share names."""
    approved: Sequence[ApprovedName] = ()
    if _shares_names(view.letter):
        with services.unit_of_work() as uow:
            approved = approved_now(uow, view.letter).named
    return _line(services, view.letter, view.entry, typed, approved)


def _shares_names(letter: Letter) -> bool:
    return letter.shares == "names"


def _line(
    services: Services, letter: Letter, entry: RosterEntry, typed: TypedNames, approved: Sequence[ApprovedName]
) -> LinePreview:
    if typed.confidential:
        # It stands after all names, of whatever group.
        picture = services.typesetter.names_picture([_HIDDEN], language=letter.language, withheld=1)
        return LinePreview(letter, entry, picture, withheld=True)
    try:
        ours = _signatory(services, entry, typed)
    except Faulty as fault:
        return LinePreview(letter, entry, fault=fault)
    group = entry.group if _can_print(services, entry.group) else None
    if not _shares_names(letter):
        lines = [_HIDDEN, PictureLine(ours, group, ours=True), _HIDDEN]
        return LinePreview(letter, entry, services.typesetter.names_picture(lines, language=letter.language))
    others = [
        each.signatory
        for each in approved
        if each.organisation_id != entry.organisation_id and each.group == entry.group
    ]
    before, after = _neighbours(services, letter, ours, others)
    lines = [
        *_lines_of(services, before, group), PictureLine(ours, group, ours=True), *_lines_of(services, after, group),
    ]  # fmt: skip
    return LinePreview(
        letter,
        entry,
        services.typesetter.names_picture(lines, language=letter.language),
        before.listed_as if before else None,
        after.listed_as if after else None,
    )


def _signatory(services: Services, entry: RosterEntry, typed: TypedNames) -> Signatory:
    """What would be signed. Raises Faulty with the field that needs another look."""
    listed_as = tidy_name(typed.listed_as, "listed_as")
    if listed_as is None:
        raise Faulty("Please type the name as it should be printed.", field="listed_as")
    signatory = Signatory(
        acronym=tidy_name(typed.acronym, "acronym"),
        listed_as=listed_as,
        native_name=tidy_name(typed.native_name, "native_name"),
        org=entry.organisation_id,
        person=tidy_name(typed.person, "person") or "",
        role=tidy_name(typed.role, "role") or "",
        sort_name=tidy_name(typed.sort_name, "sort_name"),
    )
    check_printable(services, signatory)
    return signatory


def _neighbours(
    services: Services, letter: Letter, ours: Signatory, others: Sequence[Signatory]
) -> tuple[Signatory | None, Signatory | None]:
    """Who stands before and after, as the list will be sorted."""
    key = services.collation.sort_key(letter.language, ignore_article=letter.ignore_article)

    def place(signatory: Signatory) -> tuple[Any, ...]:
        return key(signatory), signatory.listed_as, signatory.org

    own = place(ours)
    placed = [(place(other), other) for other in others]
    before = max((each for each in placed if each[0] < own), key=lambda each: each[0], default=None)
    after = min((each for each in placed if each[0] > own), key=lambda each: each[0], default=None)
    return before[1] if before else None, after[1] if after else None


def _lines_of(services: Services, neighbour: Signatory | None, group: str | None) -> list[PictureLine]:
    if neighbour is None:
        return []
    names = (neighbour.listed_as, neighbour.acronym, neighbour.native_name)
    return [PictureLine(neighbour, group) if all(_can_print(services, name) for name in names) else _HIDDEN]


def _can_print(services: Services, text: str | None) -> bool:
    """Whether closing will take it: what others typed must not keep this contact from their page."""
    try:
        services.typesetter.printable(text or "", "")
    except Refusal:
        return False
    return True
