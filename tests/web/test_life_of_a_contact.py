"""The whole life of one organisation's part in a letter, in a real browser, by its mails: once on a phone without
scripts and once at a desk with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from signing.workflow import auditing, drafting
from tests.installation import needs_chromium
from tests.navigators import AccountHolder, next_page
from tests.web.device_contact import assents
from tests.web.installation import PASSWORD, House, letter_text
from tests.web.post_office import PostOffice, post_office
from tests.web.test_pages_in_chromium import base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium

ORGANISATION, OTHER = "Human Rights in China", "Front Line Defenders"
KIM, LOU, RHEA, CLOSER = "contact@china.example", "lou@china.example", "rhea@china.example", "coordinator@example.org"
OLD = "We write about **three rivers** and the people beside them."
NEW = "We write about **four rivers** and the people beside them."
WAYS: dict[str, dict[str, Any]] = {
    "phone without scripts": {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False},
    "desk with scripts": {"viewport": {"width": 1280, "height": 800}, "java_script_enabled": True},
}


@dataclass
class Somebody:
    """A person at one address, with a browser of their own, who looks at every page at twice the size as well."""

    page: Page
    post: PostOffice
    house: House
    address: str
    scripts: bool

    def opens_the_mail(self) -> None:
        self.page.goto(self.post.path(self.address))
        self.looks()
        self.letter = self.page.url.removesuffix("/review")

    def goes_to(self, tail: str) -> None:
        self.page.goto(f"{self.letter}{tail}")
        self.looks()

    def looks(self) -> None:
        """At 200 %, as anybody may set it: nothing has to be scrolled sideways."""
        size = self.page.viewport_size
        assert size is not None
        for share in (1, 2):
            self.page.set_viewport_size({"width": size["width"] // share, "height": size["height"] // share})
            assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, self.page.url
        self.page.set_viewport_size(size)

    def presses(self, button: str) -> None:
        self.house.clock.pass_(seconds=1)
        with next_page(self.page):
            self.page.get_by_role("button", name=button, exact=True).click()
        self.looks()

    def presses_and_types_the_code(self, button: str) -> None:
        """A form that mails a code first: it comes back with everything typed, and wants the code too."""
        self.presses(button)
        self.page.fill("[name=code]", self.post.code(self.address))
        self.presses(button)

    def types_with_the_keyboard_alone(self, fields: dict[str, str]) -> None:
        """From the top of the page, field by field, and Enter at the end."""
        for name, value in fields.items():
            for _press in range(40):
                self.page.keyboard.press("Tab")
                if self.page.evaluate("document.activeElement.name") == name:
                    break
            self.page.keyboard.type(value)
        self.house.clock.pass_(seconds=1)
        with next_page(self.page):
            self.page.keyboard.press("Enter")
        self.looks()

    def answers(self, decision: str) -> None:
        form = self.page.locator("#answer-form")
        form.locator(f"[name=decision][value={decision}]").check()
        form.locator("[name=authority]").check()
        if self.scripts:
            expect(form).to_have_attribute("data-ready", re.compile(" "))
        known = self.page.get_by_role("button", name="Sign and send")
        if known.is_visible():
            # A key of this browser signs, which a code has confirmed before.
            known.click()
        else:
            self.presses("Send me the code")
            self.page.fill("[name=code]", self.post.code(self.address))
            self.page.get_by_role("button", name="Send our answer").click()
        expect(self.page).to_have_url(f"{self.letter}/receipt")
        self.looks()

    def sees(self, *words: str) -> None:
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each)


@pytest.fixture
def letter_id(house: House, base_url: str) -> str:
    # A page signs only what is of its own device's present.
    house.clock.now = datetime.now(UTC)
    made = house.letter(letter_text(body=OLD), deadline=house.clock.now + timedelta(days=20))
    house.roster(made, ORGANISATION, OTHER, acronym="HRIC", native_name="中国人权")
    house.open(made)
    house.invite(made)
    house.approve(made, OTHER)
    return made


@pytest.fixture
def post(house: House, letter_id: str) -> Iterator[PostOffice]:
    with post_office(house) as made:
        yield made


@pytest.fixture
def coordinator(browser: Browser, base_url: str) -> Iterator[AccountHolder]:
    made = AccountHolder(browser, base_url, width=1280)
    made.signs_in(CLOSER, PASSWORD)
    yield made
    made.leaves()


@pytest.fixture(params=list(WAYS))
def people(
    request: pytest.FixtureRequest, browser: Browser, base_url: str, house: House, post: PostOffice
) -> Iterator[list[Somebody]]:
    """Kim, Lou and Rhea, each in a browser of their own."""
    settings, problems = WAYS[request.param], []
    contexts = [browser.new_context(base_url=base_url, **settings) for _address in (KIM, LOU, RHEA)]
    for each in contexts:
        each.on("weberror", lambda error: problems.append(str(error.error)))
        each.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield [
        Somebody(each.new_page(), post, house, address, settings["java_script_enabled"])
        for each, address in zip(contexts, (KIM, LOU, RHEA), strict=True)
    ]
    for each in contexts:
        each.close()
    # A form that comes back is told of as an error of the network.
    assert [each for each in problems if "the server responded with a status" not in each] == []


def test_from_the_first_link_to_a_new_edition(
    house: House, letter_id: str, post: PostOffice, people: list[Somebody], coordinator: AccountHolder
) -> None:
    kim, lou, rhea = people
    letter = f"/coordinator/letters/{letter_id}"
    kim_wants_other_words(kim)
    coordinator.goes_to(f"{letter}/remarks/")
    coordinator.sees("1 organisation says: yes, if the words change.")
    coordinator.page.locator("summary", has_text="Answer").click()
    coordinator.page.fill("[name=words]", "There are four now.")
    coordinator.presses("Send the answer")
    assert "There are four now." in str(post.newest(KIM).get_body(("plain",)))
    drafting.import_letter(house.services, letter_text(body=NEW), letter_id=letter_id)
    house.open(letter_id)
    kim_sees_them_approves_and_thinks_again(kim)
    kim_hands_over(kim)
    lou_and_rhea_agree(lou, rhea)
    assert [(each.decision, each.version) for each in assents(house, letter_id)[1:]] == [
        ("approve", 2), ("withdraw", 2), ("approve", 2)
    ]  # fmt: skip

    coordinator.goes_to(f"{letter}/close")
    coordinator.presses("Close and sign the list")
    coordinator.sees("The letter is closed")
    coordinator.presses("Publish the letter")
    coordinator.sees("The letter is published")
    lou.goes_to("")
    lou.sees("The published letter, with its list")
    lou.answers("withdraw")
    lou.sees("A new edition of it will say so", "Lou Example, Programme lead")
    coordinator.goes_to(f"{letter}/close")
    coordinator.presses("Sign a new edition")
    coordinator.sees("Edition 2")
    edition = auditing.edition(house.services, letter_id)
    assert (edition.number, edition.listed) == (2, 0)
    kim.page.goto(kim.letter)
    kim.sees("This link does not open a letter")
    # Each of the four answers was receipted to both, once there were two.
    receipts = [to for to, mail in post.delivered() if "eceipt" in mail["Subject"]]
    assert (receipts.count(KIM), receipts.count(LOU), receipts.count(RHEA)) == (4, 2, 2)


def kim_wants_other_words(kim: Somebody) -> None:
    kim.opens_the_mail()
    kim.sees("Will Human Rights in China sign this letter?", "three rivers")
    with kim.page.expect_navigation():
        kim.page.locator(".pencil").first.click()
    kim.looks()
    kim.page.locator("summary", has_text="Propose other words").click()
    kim.page.fill("[name=wording]", NEW.replace("**", ""))
    kim.page.get_by_label("Yes, if: we would sign").check()
    kim.presses_and_types_the_code("Send to the coordinator")
    kim.sees("1 remark of yours", "yes, if")


def kim_sees_them_approves_and_thinks_again(kim: Somebody) -> None:
    kim.opens_the_mail()
    kim.sees("You said “yes, if …” about version 1.")
    news = kim.page.locator(".news")
    news.locator("summary", has_text="Show every change").click()
    expect(news.locator("ins")).to_contain_text("four")
    expect(news.locator("del")).to_contain_text("three")
    line = kim.page.locator("figure.as-printed svg")
    expect(line).to_have_attribute("aria-label", "Human Rights in China\u00a0(HRIC) 中国人权")
    kim.answers("approve")
    kim.sees("Thank you. Human Rights in China has approved the letter.", "中国人权", "Download the receipt")
    kim.goes_to("")
    kim.answers("withdraw")
    kim.sees("has withdrawn its approval")


def kim_hands_over(kim: Somebody) -> None:
    kim.goes_to("/hand-over")
    kim.types_with_the_keyboard_alone({"contact": "Lou Example", "email": LOU, "role": "Programme lead"})
    kim.sees("Handed over to Lou Example", "For good")


def lou_and_rhea_agree(lou: Somebody, rhea: Somebody) -> None:
    lou.opens_the_mail()
    lou.goes_to("/two-persons")
    for name, value in {"contact": "Rhea Example", "email": RHEA, "role": "Treasurer"}.items():
        lou.page.fill(f"[name={name}]", value)
    lou.presses_and_types_the_code("Ask them to agree first")
    lou.sees("Rhea Example has a link of their own")
    rhea.opens_the_mail()
    rhea.page.check("[name=agrees][value=yes]")
    rhea.page.fill("[name=words]", "Fine by us.")
    rhea.presses_and_types_the_code("Send")
    rhea.sees("You agreed to these words")
    assert "Fine by us." in str(lou.post.newest(LOU).get_body(("plain",)))
    lou.opens_the_mail()
    lou.sees("Rhea Example has agreed to these words. You can approve them.")
    lou.answers("approve")
