"""The roster's pages and the address book: what is typed comes back, nothing grows with the rows, nobody sees more
than their own letters."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from signing.domain.access import Role
from signing.workflow import brought_rosters, roster_editing, rostering
from tests.adapters.test_roster_sheets import read_roster
from tests.installation import LETTERS, needs_real_letter
from tests.said_to_database import said_to
from tests.web.installation import House
from tests.web.visitor import Visitor

SHEET = "organisation,country,contact,email\nRiver Watch,Kenya,Ada,ada@river.example\nDelta,,Ben,ben@delta.example\n"


def asked(house: House, sheet: str = SHEET) -> str:
    letter_id = house.letter()
    rostering.import_roster(house.services, letter_id, read_roster(sheet.encode(), "roster.csv").rows)
    return letter_id


def workbook(**sheets: list[list[str]]) -> io.BytesIO:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(out := io.BytesIO())
    out.seek(0)
    return out


def test_another_sheet_of_the_same_file_is_read_without_bringing_it_again(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter()
    path = f"/coordinator/letters/{letter_id}/roster"
    head = ["organisation", "contact", "email"]
    file = workbook(First=[head, ["River Watch", "Ada", "ada@r.example"]], Second=[head, ["Delta", "B", "b@d.example"]])
    coordinator.goes_to(path).sends(path, file=(file, "roster.xlsx")).follows()
    assert 'The sheet "First" was read. The file also has "Second".' in coordinator.words
    coordinator.sends(f"{coordinator.path}/sheet", sheet="Second").follows()
    coordinator.sends(coordinator.path).follows()
    assert [each.organisation for each in rostering.entries(house.services, letter_id)] == ["Delta"]


def test_a_sheet_that_is_not_kept_any_more_leads_back_to_the_roster(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter()
    reading = read_roster(SHEET.encode(), "roster.csv")
    brought_id = brought_rosters.bring(house.services, letter_id, "roster.csv", reading, b"")
    house.clock.pass_(hours=25)
    coordinator.goes_to("/sign-in").signs_in("coordinator@example.org")
    coordinator.goes_to(f"/coordinator/letters/{letter_id}/roster/brought/{brought_id}").follows()
    assert "That sheet is not kept any more" in coordinator.words
    other = house.letter()
    brought_id = brought_rosters.bring(house.services, letter_id, "roster.csv", reading, b"")
    coordinator.goes_to(f"/coordinator/letters/{other}/roster/brought/{brought_id}")
    assert coordinator.status == 303, "a sheet is of one letter"


def test_all_that_a_search_finds_are_moved_whatever_page_they_are_on(coordinator: Visitor, house: House) -> None:
    letter_id = asked(house, "organisation,contact,email\n" + "".join(
        f"{'Delta' if number % 2 else 'River'} {number},C,c{number}@x.example\n" for number in range(240)
    ))  # fmt: skip
    path = f"/coordinator/letters/{letter_id}/roster"
    coordinator.goes_to(f"{path}?words=delta&page=2")
    assert "120 organisations found." in coordinator.words
    assert "Page 2 of 2" in coordinator.words
    coordinator.sends(f"{path}/ticked", all="1", act="stage", value="5").follows()
    assert "Page 2 of 2" in coordinator.words
    stages = [each.stage for each in rostering.entries(house.services, letter_id)]
    assert (stages.count(5), stages.count(1)) == (120, 120)
    wrong = (("stage", "100", "from 1 to 99"), ("", "", "Choose what to do"), ("group", "=1", "formula"))
    for act, value, says in wrong:
        coordinator.goes_to(path).sends(f"{path}/ticked", all="1", act=act, value=value)
        assert coordinator.status == 422
        assert says in coordinator.words


def test_no_page_says_more_to_the_database_for_many_rows(coordinator: Visitor, house: House) -> None:
    said: list[list[int]] = []
    for size in (3, 300):
        letter_id = asked(house, "organisation,contact,email\n" + "".join(
            f"Body {size} {number},C,c{number}@x{size}.example\n" for number in range(size)
        ))  # fmt: skip
        counts = []
        for page in ("", "/order", "/groups?rule=country", "/add"):
            with said_to(house.database) as statements:
                coordinator.goes_to(f"/coordinator/letters/{letter_id}/roster{page}")
            assert coordinator.status == 200
            counts.append(len(statements))
        with said_to(house.database) as statements:
            coordinator.goes_to("/coordinator/organisations/")
        said.append([*counts, len(statements)])
    assert said[0] == said[1]
    assert max(said[0]) <= 12, said


def test_who_is_evidence_is_not_taken_off_and_the_page_says_why(coordinator: Visitor, house: House) -> None:
    letter_id = house.opened("Rivers China")
    path = f"/coordinator/letters/{letter_id}/roster/organisations/org-china"
    coordinator.goes_to(path)
    token = coordinator.token_shown
    house.approve(letter_id, "Rivers China")
    coordinator.posts(f"{path}/remove", csrf_token=token)
    assert coordinator.status == 409
    assert "it is evidence, and stays" in coordinator.words
    assert f'{path}/remove"' not in coordinator.text
    assert len(rostering.entries(house.services, letter_id)) == 1
    coordinator.sends(path, organisation="Rivers of China", role="Chair of the board")
    assert coordinator.status == 422
    assert "has answered under this name" in coordinator.words
    assert "Chair of the board" in coordinator.text


def test_the_address_book_is_shared_and_answers_are_not(
    coordinator: Visitor, visit: Callable[[], Visitor], house: House
) -> None:
    letter_id = house.opened("Rivers China")
    house.account("other@example.org", Role.COORDINATOR)
    other = visit().signs_in("other@example.org")
    page = "/coordinator/organisations/org-china"
    assert "protect those who speak for rivers" in coordinator.goes_to(page).words
    other.goes_to(page)
    assert other.status == 200
    assert "protect those who speak for rivers" not in other.words
    assert "And one letter of other coordinators." in other.words
    other.goes_to(f"/coordinator/letters/{letter_id}/roster")
    assert other.status == 404


def test_an_organisation_of_the_book_is_written_down_put_right_and_forgotten(
    coordinator: Visitor, house: House
) -> None:
    book = "/coordinator/organisations/"
    coordinator.goes_to(book).sends(book, name="", acronym="NN")
    assert coordinator.status == 422
    assert 'value="NN"' in coordinator.text
    coordinator.sends(book, name="Source", acronym="SRC", scope="national").follows()
    one = coordinator.path
    coordinator.sends(one, name="Source", country="Chad", acronym="=1")
    assert coordinator.status == 422
    assert 'value="Chad"' in coordinator.text
    coordinator.sends(one, acronym="S").follows()
    coordinator.sends(f"{one}/contacts", name="Eve", email="eve@source.example", authority="signs").follows()
    assert "Eve" in coordinator.words
    coordinator.goes_to(book).sends(book, name="SOURCE")
    assert "is in the address book already" in coordinator.words
    coordinator.goes_to(one).sends(f"{one}/remove").follows()
    assert coordinator.goes_to(one).status == 404


@needs_real_letter
@pytest.mark.parametrize(
    "name", ["digital-rights-defenders-2019", "facebook-encryption-2019", "wto-transform-2021"]
)
def test_real_lists_go_from_a_sheet_to_their_order(coordinator: Visitor, house: House, name: str) -> None:
    """Real names with made-up contacts: the sheet, headings by country, the whole list in its order."""
    with (LETTERS / "shapes" / f"{name}.csv").open(newline="") as file:
        found: list[dict[str, Any]] = list(csv.DictReader(file))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["organisation", "country", "contact", "email"])
    writer.writerows(
        [row["name"], row.get("country"), "Contact", f"contact{number}@x.example"] for number, row in enumerate(found)
    )
    letter_id = house.letter()
    path = f"/coordinator/letters/{letter_id}/roster"
    coordinator.goes_to(path).sends(path, file=(io.BytesIO(out.getvalue().encode()), f"{name}.csv")).follows()
    coordinator.sends(coordinator.path, skip="1").follows()
    names = {row["name"] for row in found}
    assert f"{len(names)} organisations are asked." in coordinator.words
    coordinator.goes_to(f"{path}/order")
    entries = rostering.entries(house.services, letter_id)
    assert all(roster_editing.row_of(each).organisation in names for each in entries)
    assert coordinator.text.count("<tr><td") == min(len(names), 200)
