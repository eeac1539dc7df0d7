"""Real lists on their way from a sheet to the closing, and every page around a letter's end, in a browser."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from signing.adapters.collation import IcuCollation
from signing.adapters.roster_sheets import read_roster
from signing.domain.organisation import Decision
from signing.workflow import closing, deciding, late_approvals, publishing, rostering
from signing.workflow.contact_access import Access, mailed_code
from signing.workflow.signatory_form import DecisionForm
from tests.installation import LETTERS, needs_chromium, needs_real_letter
from tests.web.installation import House
from tests.web.test_pages_in_chromium import Look, base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = [needs_chromium, needs_real_letter]
# Enough of each to fill a page.
MOST = 45
SILENT = 3
PHONE = 390


@pytest.fixture
def house(house: House) -> House:
    """One that sorts as print does."""
    house.services = replace(house.services, collation=IcuCollation())
    return house


class Screens(Look):
    """A desk's window, which judges each page as a telephone shows it, too."""

    def judges(self, name: str) -> None:
        super().judges(name)
        size = self.page.viewport_size
        assert size is not None
        self.page.set_viewport_size({"width": PHONE, "height": size["height"]})
        if self.page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            self.problems.append(f"{name}: too wide for a telephone")
        self.page.set_viewport_size(size)


@pytest.fixture
def look(browser: Browser, base_url: str) -> Iterator[Look]:
    made = Screens(browser, base_url, "ltr", {"viewport": {"width": 1280, "height": 900}})
    yield made
    made.context.close()
    assert made.problems == []


def sheet(shape: str) -> bytes:
    """The list as a roster sheet: its names, its countries, and contacts who are nobody."""
    with (LETTERS / "shapes" / f"{shape}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:MOST]
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["organisation", "contact", "email", "country"])
    for number, row in enumerate(rows):
        writer.writerow([row["name"], f"Person {number}", f"person{number}@group.example", row.get("country", "")])
    return made.getvalue().encode()


def brought(house: House, shape: str) -> str:
    """A letter whose roster was imported from the list, open, everybody invited; the last few stay silent."""
    letter_id = house.letter()
    rostering.import_roster(house.services, letter_id, read_roster(sheet(shape), f"{shape}.csv").rows)
    house.open(letter_id)
    house.invite(letter_id)
    with house.services.unit_of_work() as uow:
        found = uow.roster.invited(letter_id)
    for entry, invitation in found[:-SILENT]:
        assert invitation is not None
        access = Access(letter_id, invitation.id, invitation.generation, "browser")
        view = deciding.view(house.services, access)
        deciding.request_code(house.services, access, view.version, view.text_sha256)
        form = DecisionForm(
            decision=Decision.APPROVE, person="Kim", role="Director", listed_as=entry.organisation, acronym=None,
            native_name=None, sort_name=None, authority=True, reason=None,
            code=mailed_code(house.services, access), version=view.version, text_sha256=view.text_sha256,
            head=view.head, idempotency_key="0123456789abcdef",
        )  # fmt: skip
        deciding.decide(house.services, access, form)
    return letter_id


def test_a_real_list_from_the_sheet_to_the_last_page(look: Look, house: House) -> None:
    letter_id = brought(house, "wto-transform-2021")
    page, path = look.page, f"/coordinator/letters/{letter_id}"
    page.goto("/sign-in")
    page.fill("[name=email]", "coordinator@example.org")
    page.fill("[name=password]", "correct horse battery")
    look.presses(page.get_by_role("button", name="Sign in", exact=True))
    look.opens(f"{path}/close")
    printed = [each.split("\n")[0] for each in page.locator(".print-order ol.columns > li").all_inner_texts()]
    listing = closing.preview_list(house.services, letter_id)
    assert printed == [each.signatory.listed_as for each in listing.listed]
    assert "ActionAid International · ActionAid Australia" in page.locator(".look", has_text="Chapters").inner_text()
    assert page.locator(".look", has_text="Silent").locator(".count").inner_text() == str(SILENT)
    look.presses(page.get_by_role("button", name="Close and sign the list"))
    look.judges("closed")
    page.goto(f"{path}/publishing")
    page.fill("#publish_at", "2026-03-09T10:00")
    look.presses(page.get_by_role("button", name="Keep this hour"))
    page.fill("#name-0", "Office of the Director-General")
    page.fill("#email-0", "not an address")
    look.presses(page.get_by_role("button", name="Keep these addresses"))
    look.judges("an address refused")
    page.fill("#email-0", "office@council.example")
    look.presses(page.get_by_role("button", name="Keep these addresses"))
    late_approvals.choose_late(house.services, letter_id, "2026-03-20T10:00")
    publishing.publish(house.services, letter_id, ends_embargo=True)
    look.opens(f"{path}/publishing")
    look.opens(f"{path}/press")
    look.opens(f"{path}/end")
    page.get_by_text("Delete them now").click()
    page.fill("#forget-title", "Something else")
    look.presses(page.get_by_role("button", name="Delete contact data for good"))
    look.judges("another title")
    assert page.locator("#forget-title").input_value() == "Something else"
