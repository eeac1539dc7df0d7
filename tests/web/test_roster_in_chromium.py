"""A roster from a sheet to the printed order, in a browser, by keyboard where it counts, at phone and desktop width."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from signing.workflow import rostering
from tests.installation import needs_chromium
from tests.web.installation import PASSWORD, House, letter_text
from tests.web.test_pages_in_chromium import Look, base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium

SHEET = """organisation,acronym,country,contact,email,role,language,stage,sort_name,scope
The Rivers Collective,TRC,Kenya,Amina Odhiambo,amina@rivers.example,Director,en,1,,national
Fundación Karisma,,Colombia,Carolina Botero,carolina@karisma.example,Directora,es,1,Karisma,national
Reporters without Borders,RSF,,Marie Blanc,marie@rsf.example,Head of advocacy,fr,2,,international
Reporters without Borders Germany,,Germany,Jens Wolf,jens@rsf.example,Referent,de,2,,national
Delta Watch,,Côte d’Ivoire,Yao Koffi,yao@delta.example,,fr,1,,
Nobody in particular,,,No,nowhere,,,1,,
"""


@pytest.fixture
def desk(browser: Browser, base_url: str) -> Iterator[Look]:
    made = Look(browser, base_url, "ltr", {"viewport": {"width": 1280, "height": 800}})
    yield made
    made.context.close()
    assert made.problems == []


class Eye:
    """Judges a page at both widths; keeps pictures where somebody wants to look at them."""

    def __init__(self, look: Look) -> None:
        self.look = look

    def sees(self, name: str, *, judged: bool = True) -> None:
        page = self.look.page
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            if folder := os.environ.get("PICTURES"):
                page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (name, width)
        if judged:
            self.look.judges(name)


def test_from_a_sheet_to_the_printed_order(desk: Look, house: House) -> None:
    letter_id, eye, page = house.letter(), Eye(desk), desk.page
    roster = f"/coordinator/letters/{letter_id}/roster"
    page.goto("/sign-in")
    page.fill("[name=email]", "coordinator@example.org")
    page.fill("[name=password]", PASSWORD)
    desk.presses(page.get_by_role("button", name="Sign in", exact=True))
    page.goto(roster)

    # A sheet with a faulty row: looked at, then imported without it.
    page.fill("[name=pasted]", SHEET)
    desk.presses(page.get_by_role("button", name="Read it"))
    page.locator("summary", has_text="chapter").click()
    eye.sees("look")
    desk.presses(page.get_by_role("button", name="Import without the faulty rows"))
    assert "5 organisations are asked." in page.inner_text("main")
    eye.sees("roster")

    # By keyboard alone: tick the first, choose, type, send.
    page.locator("[name=organisation]").first.focus()
    page.keyboard.press("Space")
    page.focus("#act")
    page.keyboard.type("ask")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert [each.stage for each in rostering.entries(house.services, letter_id)].count(3) == 1

    # One entry put right; a faulty address comes back filled in.
    page.get_by_role("link", name="Delta Watch").click()
    page.fill("[name=email]", "nowhere")
    page.fill("[name=listed_as]", "Delta Watch Abidjan")
    desk.presses(page.get_by_role("button", name="Save"))
    eye.sees("entry-refused", judged=False)
    assert page.input_value("[name=listed_as]") == "Delta Watch Abidjan"
    page.fill("[name=email]", "koffi@delta.example")
    desk.presses(page.get_by_role("button", name="Save"))
    assert "koffi@delta.example" in page.inner_text("main")

    # Headings by a rule, one in the coordinator's own words.
    page.goto(f"{roster}/groups")
    desk.presses(page.get_by_role("button", name="By country"))
    eye.sees("groups")
    page.fill("[name=heading-DE]", "Germany and its neighbours")
    desk.presses(page.get_by_role("button", name="Use this"))
    eye.sees("order", judged=False)
    assert page.locator("tr.group").all_inner_texts() == [
        "Kenya", "Colombia", "Germany and its neighbours", "Côte d’Ivoire"
    ]  # fmt: skip

    # The next letter asks the same people, out of the address book.
    other = house.letter(letter_text(title="A second letter"))
    page.goto(f"/coordinator/letters/{other}/roster/add")
    eye.sees("add", judged=False)
    page.get_by_role("checkbox", name="Fundación Karisma").check()
    desk.presses(page.get_by_role("button", name="Add those ticked"))
    assert [each.email for each in rostering.entries(house.services, other)] == ["carolina@karisma.example"]
    page.goto("/coordinator/organisations/?words=karisma")
    page.get_by_role("link", name="Fundación Karisma").click()
    page.locator("summary", has_text="Write down a contact").click()
    page.locator("#new-name").fill("Ana Díaz")
    page.locator("#new-email").fill("ana")
    desk.presses(page.get_by_role("button", name="Write it down"))
    eye.sees("book-entry-refused")
    assert page.locator("#new-name").input_value() == "Ana Díaz"
    page.locator("#new-email").fill("ana@karisma.example")
    desk.presses(page.get_by_role("button", name="Write it down"))
    assert "ana@karisma.example" in page.inner_text("main")

    # Nothing was said yet: it can be taken off again.
    page.goto(f"/coordinator/letters/{other}/roster")
    page.get_by_role("link", name="Fundación Karisma").click()
    desk.presses(page.get_by_role("button", name="Take it off the roster"))
    assert rostering.entries(house.services, other) == []
