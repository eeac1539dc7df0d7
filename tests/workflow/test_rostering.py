"""What becomes of a roster: looked at first, imported whole, put right one by one, taken off while nothing was said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from signing.adapters.roster_sheets import read_roster
from signing.domain.address_book import BookContact, BookOrganisation, OrganisationKind, Scope
from signing.domain.errors import Faulty, NotAllowed, NotFound
from signing.domain.organisation import RosterEntry
from signing.domain.roster import RosterRow
from signing.workflow import (
    address_book,
    brought_rosters,
    closing,
    inviting,
    roster_adding,
    roster_editing,
    roster_groups,
    roster_views,
    rostering,
    sort_names,
)
from signing.workflow.roster_desk_ports import RosterSearch
from signing.workflow.roster_groups import Rule
from signing.workflow.roster_plan import Fate
from tests.said_to_database import said_to
from tests.web.installation import House, letter_text

HEADER = "organisation,acronym,country,contact,email,stage,scope\n"
SHEET = HEADER + "River Watch,RW,Kenya,Ada,ada@river.example,1,national\nDelta,,Chad,Ben,ben@delta.example,2,\n"


def rows(sheet: str = SHEET) -> tuple[RosterRow, ...]:
    return read_roster(sheet.encode(), "roster.csv").rows


def entry(house: House, letter_id: str, name: str) -> RosterEntry:
    return next(each for each in rostering.entries(house.services, letter_id) if each.organisation == name)


def acts(house: House, letter_id: str) -> list[str]:
    with house.services.unit_of_work() as uow:
        return [each.act for each in uow.activity.of_letter(letter_id, limit=50)]


def opened(house: House) -> str:
    """A letter with both of the sheet, open and asked."""
    letter_id = house.letter()
    rostering.import_roster(house.services, letter_id, rows())
    house.open(letter_id)
    house.invite(letter_id)
    return letter_id


def changed(house: House, letter_id: str, name: str, **fields: Any) -> Any:
    row = replace(roster_editing.row_of(entry(house, letter_id, name)), **fields)
    return roster_editing.edit(house.services, letter_id, row)


def test_a_dry_run_tells_what_the_import_then_does_and_stores_nothing(house: House) -> None:
    letter_id = opened(house)
    brought = rows(
        HEADER + "River Watch,RW,Kenya,Ada,new@river.example,1,\nDelta,,Chad,Ben,ben@delta.example,2,\n"
        "Source,,,Eve,eve@source.example,1,\n"
    )
    before = house.dump()
    plan = rostering.dry_run(house.services, letter_id, brought)
    assert house.dump() == before
    assert {fate.value: [each.entry.organisation for each in plan.of(fate)] for fate in Fate} == {
        "added": ["Source"], "changed": ["River Watch"], "left": ["Delta"]
    }
    (change,) = plan.of(Fate.CHANGED)[0].changes
    assert (change.field, change.before, change.after) == ("email", "ada@river.example", "new@river.example")
    assert [each.entry.organisation for each in plan.relinked] == ["River Watch"]
    result = rostering.import_roster(house.services, letter_id, brought)
    assert (result.organisations, result.added, result.changed) == (3, 1, 1)
    again = rostering.dry_run(house.services, letter_id, brought)
    assert [each.fate for each in again.rows] == [Fate.LEFT] * 3
    assert acts(house, letter_id).count("roster-imported") == 2


def test_an_import_says_no_more_to_the_database_for_many_rows_than_for_few(house: House) -> None:
    said: list[int] = []
    for size in (10, 400):
        letter_id = house.letter()
        sheet = HEADER + "".join(f"Body {size}/{n},,,C{n},c{n}@b{size}.example,1,\n" for n in range(size))
        with said_to(house.database) as statements:
            rostering.import_roster(house.services, letter_id, rows(sheet))
        said.append(len(statements))
    assert said[0] == said[1] < 30


def test_the_address_book_learns_from_rosters_across_letters(house: House) -> None:
    first, second = opened(house), house.letter(letter_text(title="Another"))
    sheet = "delta,DT,,Ben B.,BEN@delta.example,1,\nriver  watch,,,Eva,eva@river.example,1,\n"
    rostering.import_roster(house.services, second, rows(HEADER + sheet))
    river = entry(house, first, "River Watch").organisation_id
    view = address_book.view(house.services, river)
    assert view.organisation == BookOrganisation(river, "River Watch", "RW", country="Kenya", scope=Scope.NATIONAL)
    assert {each.name for each in view.contacts} == {"Ada", "Eva"}
    assert {each.letter_id for each in view.asked} == {first, second}
    delta = address_book.view(house.services, entry(house, first, "Delta").organisation_id)
    assert (delta.organisation.acronym, [each.name for each in delta.contacts]) == ("DT", ["Ben B."])
    assert [row.letters for row in address_book.page(house.services, "river").rows] == [2]


def test_a_sheet_is_looked_at_imported_once_and_kept_a_day(house: House) -> None:
    letter_id = house.letter()
    address_book.add(house.services, BookOrganisation("", "Fundación Karisma, Colombia"))
    sheet = SHEET + "Karisma,,,Carla,carla@karisma.example,1,\nNobody,,,No,nowhere,1,\n"
    reading = read_roster(sheet.encode(), "roster.csv")
    brought_id = brought_rosters.bring(house.services, letter_id, "roster.csv", reading, sheet.encode())
    look = brought_rosters.look(house.services, letter_id, brought_id)
    assert look is not None
    assert [fault.line for fault in look.faults] == [5]
    (known,) = [each for each in look.warnings if each.proposes]
    with pytest.raises(Faulty):
        brought_rosters.import_brought(house.services, letter_id, brought_id)
    assert rostering.entries(house.services, letter_id) == []
    same = {known.line: known.proposes or ""}
    for _twice in range(2):
        done = brought_rosters.import_brought(house.services, letter_id, brought_id, skip_faulty=True, same=same)
        assert done == 3
    assert entry(house, letter_id, "Karisma").organisation_id == known.proposes
    assert brought_rosters.look(house.services, letter_id, brought_id) is None
    assert acts(house, letter_id).count("roster-imported") == 1
    late = brought_rosters.bring(house.services, letter_id, "roster.csv", reading, b"")
    house.clock.pass_(days=1, seconds=1)
    with pytest.raises(NotFound, match="a day"):
        brought_rosters.import_brought(house.services, letter_id, late)


def test_another_address_reissues_that_one_link_and_no_other(house: House) -> None:
    letter_id = opened(house)
    river, delta = (entry(house, letter_id, name).organisation_id for name in ("River Watch", "Delta"))
    old = {each.organisation_id: each for each in _invitations(house, letter_id)}
    changed(house, letter_id, "River Watch", email="ada@new.example", country="Uganda")
    new = {each.organisation_id: each for each in _invitations(house, letter_id)}
    assert (new[river].generation, new[delta]) == (old[river].generation + 1, old[delta])
    with pytest.raises(NotFound):
        inviting.open_link(house.services, house.services.tokens.link(old[river].id, old[river].generation))
    with house.services.unit_of_work() as uow:
        assert [each.to for each in uow.outbox.of_letter(letter_id)].count("ada@new.example") == 1
    book = address_book.view(house.services, river)
    assert [each.email for each in book.contacts] == ["ada@new.example"], "a wrong address is not offered again"
    assert "entry-changed" in acts(house, letter_id)


def test_a_faulty_field_is_named_and_nothing_changes(house: House) -> None:
    letter_id = opened(house)
    before = house.dump()
    wrong: dict[str, Any] = {
        "email": "ada", "contact": "", "acronym": "=1", "stage": 0, "organisation": "DELTA", "language": "English"
    }
    for field, value in wrong.items():
        with pytest.raises(Faulty) as caught:
            changed(house, letter_id, "River Watch", **{field: value})
        assert caught.value.field == field
    assert house.dump() == before


def test_who_has_said_nothing_can_be_taken_off_and_its_link_is_dead(house: House) -> None:
    letter_id = opened(house)
    (invitation,) = [
        each for each in _invitations(house, letter_id)
        if each.organisation_id == entry(house, letter_id, "Delta").organisation_id
    ]  # fmt: skip
    roster_editing.remove(house.services, letter_id, invitation.organisation_id)
    assert [each.organisation for each in rostering.entries(house.services, letter_id)] == ["River Watch"]
    with pytest.raises(NotFound):
        inviting.open_link(house.services, house.services.tokens.link(invitation.id, invitation.generation))
    with house.services.unit_of_work() as uow:
        assert {each.to for each in uow.outbox.of_letter(letter_id)} == {"ada@river.example"}
    assert "entry-removed" in acts(house, letter_id)
    # It is known all the same, and can be asked again.
    assert rostering.import_roster(house.services, letter_id, rows()).added == 1


def test_who_has_answered_stays_for_it_is_evidence_and_keeps_its_name(house: House) -> None:
    letter_id = house.opened("Rivers China", "Valley Watch")
    house.approve(letter_id, "Rivers China")
    before = house.dump()
    with pytest.raises(NotAllowed, match="it is evidence") as caught:
        roster_editing.remove(house.services, letter_id, "org-china")
    assert caught.value.code == "evidence"
    with pytest.raises(Faulty) as named:
        changed(house, letter_id, "Rivers China", organisation="Rivers of China")
    assert named.value.field == "organisation"
    with pytest.raises(Faulty) as booked:
        address_book.change(house.services, BookOrganisation("org-china", "Other"))
    assert booked.value.code == "name-spoken"
    with pytest.raises(NotAllowed):
        address_book.remove(house.services, "org-china")
    assert house.dump() == before
    view = roster_editing.view(house.services, letter_id, "org-china")
    assert view.stays is not None
    assert roster_editing.view(house.services, letter_id, "org-watch").stays is None


def test_a_closed_letter_keeps_its_roster(house: House) -> None:
    letter_id = house.opened("Rivers China", "Valley Watch")
    house.approve(letter_id, "Rivers China")
    closing.close(house.services, letter_id)
    for change in (
        lambda: roster_editing.remove(house.services, letter_id, "org-watch"),
        lambda: roster_editing.move(house.services, letter_id, ["org-watch"], 2),
        lambda: changed(house, letter_id, "Valley Watch", acronym="VW"),
        lambda: sort_names.put(house.services, letter_id, {"org-watch": "A"}),
        lambda: rostering.dry_run(house.services, letter_id, rows()),
        lambda: roster_groups.apply(house.services, letter_id, Rule.NONE, lambda _rule, key: key, str),
    ):
        with pytest.raises(NotAllowed, match="closed"):
            change()


def test_many_are_moved_and_noted_at_once(house: House) -> None:
    letter_id = opened(house)
    ids = roster_views.found(house.services, letter_id, RosterSearch("a"))
    assert roster_editing.move(house.services, letter_id, ids, 4) == 2
    assert roster_editing.describe(house.services, letter_id, ids, kind=OrganisationKind.INDIVIDUAL) == 2
    assert roster_editing.set_group(house.services, letter_id, ids[:1], "Friends") == 1
    page = roster_views.page(house.services, letter_id, RosterSearch())
    assert {(row.entry.stage, row.kind, row.invited) for row in page.rows} == {(4, OrganisationKind.INDIVIDUAL, True)}
    assert page.frame.figures.groups == {None: 1, "Friends": 1}
    for nobody in ([], ["elsewhere"]):
        with pytest.raises(Faulty, match="Tick"):
            roster_editing.move(house.services, letter_id, nobody, 2)


def test_headings_are_looked_at_and_then_given_by_the_rule(house: House) -> None:
    letter_id = opened(house)
    plan = roster_groups.plan(house.services, letter_id, Rule.SCOPE, lambda _rule, key: key.title(), str)
    assert plan.headings == {"national": "National"}
    assert [row.entry.organisation for row in plan.without] == ["Delta"]
    assert {each.group for each in rostering.entries(house.services, letter_id)} == {None}
    words = {"national": "In one country"}
    roster_groups.apply(house.services, letter_id, Rule.SCOPE, lambda _rule, key: key, str, headings=words)
    assert [each.group for each in rostering.entries(house.services, letter_id)] == ["In one country", None]
    with pytest.raises(Faulty) as caught:
        roster_groups.apply(
            house.services, letter_id, Rule.COUNTRY, lambda _rule, key: key, str, headings={"Chad": "=1"}
        )
    assert caught.value.field == "Chad"
    roster_groups.apply(house.services, letter_id, Rule.NONE, lambda _rule, key: key, str)
    assert {each.group for each in rostering.entries(house.services, letter_id)} == {None}


def test_the_order_is_that_of_print_and_a_signed_name_stays(house: House) -> None:
    letter_id = house.opened("The Rivers China", "Valley Watch", "Alpha Delta")
    house.approve(letter_id, "The Rivers China")
    assert sort_names.put(house.services, letter_id, {"org-china": "Zzz", "org-watch": "Aaa", "org-delta": ""}) == 1
    page = sort_names.page(house.services, letter_id)
    assert [(line.signatory.listed_as, line.signatory.sort_name, line.signed) for line in page.lines] == [
        ("Valley Watch", "Aaa", False), ("Alpha Delta", None, False), ("The Rivers China", None, True),
    ]  # fmt: skip


def test_known_organisations_are_asked_again(house: House) -> None:
    first, second = opened(house), house.letter(letter_text(title="Another"))
    river, delta = (entry(house, first, name).organisation_id for name in ("River Watch", "Delta"))
    eva = address_book.save_contact(house.services, BookContact("", river, "Eva", "eva@river.example", language="fr"))
    assert roster_adding.add_from_book(house.services, second, {river: eva.id}, stage=2) == 1
    (asked,) = rostering.entries(house.services, second)
    assert (asked.organisation_id, asked.email, asked.language, asked.stage) == (river, eva.email, "fr", 2)
    with pytest.raises(Faulty, match="contact"):
        roster_adding.add_from_book(house.services, second, {delta: eva.id})
    assert roster_adding.add_from_letter(house.services, second, first) == 1
    assert [each.organisation_id for each in rostering.entries(house.services, second)] == [river, delta]
    with pytest.raises(Faulty, match="already"):
        roster_adding.add_from_letter(house.services, second, first)
    with pytest.raises(NotFound):
        roster_adding.add_from_letter(house.services, second, "aaaaaaaaaaaaaaaa")


def _invitations(house: House, letter_id: str) -> Any:
    with house.services.unit_of_work() as uow:
        return uow.invitations.of_letter(letter_id)
