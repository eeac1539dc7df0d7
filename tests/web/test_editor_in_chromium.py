"""A letter written in a real browser: on a phone without scripts, and at a desk where it is saved as it is typed."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from signing.domain.access import MemberRole, Role
from signing.workflow import drafting
from tests.installation import needs_chromium
from tests.web.installation import PASSWORD, House
from tests.web.test_pages_in_chromium import Look, base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium
OTHER = "ana@example.org"


class Writer(Look):
    """A coordinator before the editor."""

    def __init__(self, browser: Browser, base_url: str, email: str = "coordinator@example.org", **settings: object):
        super().__init__(browser, base_url, "ltr", {"viewport": {"width": 1280, "height": 800}} | settings)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto("/sign-in")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", PASSWORD)
        self.clicks("Sign in")

    def clicks(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=name, exact=True).first.click()

    def is_saved(self) -> None:
        expect(self.page.locator("[data-saved]")).to_have_attribute("data-state", "saved")

    def fits(self) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, self.page.url

    def leaves(self) -> None:
        self.context.close()
        assert self.problems == []


def begins(writer: Writer) -> str:
    writer.page.goto("/coordinator/letters/new")
    writer.page.fill("#new-title", "A letter about rivers")
    writer.clicks("Start writing")
    return writer.page.url.partition("#")[0]


def test_on_a_phone_without_scripts(browser: Browser, base_url: str, house: House) -> None:
    phone = Writer(browser, base_url, viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = phone.page
    edit = begins(phone)
    page.fill("#to-0", "Ms Ada Example\nCommissioner")
    page.fill("#body", "We ask for **rivers**.\n\n[here](ftp://x)")
    phone.clicks("Save and preview")
    expect(page.locator(".preview .faults")).to_contain_text("Line 3")
    phone.fits()
    page.fill("#body", "We ask for **rivers**.\n\nThank you.")
    phone.clicks("Save and preview")
    expect(page.locator(".preview .words strong")).to_have_text("rivers")
    expect(page.locator(".pages img")).to_have_count(1)
    phone.fits()
    page.goto(f"{edit}?language=fr&beside=en")
    phone.fits()
    phone.clicks("Save as the draft")
    expect(page.locator(".summary")).to_contain_text("This cannot become the draft yet")
    phone.fits()
    page.goto(edit)
    phone.clicks("Save as the draft")
    expect(page.locator(".sheet .letter-title")).to_have_text("A letter about rivers")
    page.goto(edit.replace("/edit", "/versions"))
    phone.fits()
    phone.leaves()


def test_at_a_desk_it_is_saved_as_it_is_typed(browser: Browser, base_url: str, house: House) -> None:
    house.account(OTHER, Role.COORDINATOR)
    desk = Writer(browser, base_url)
    page = desk.page
    edit = begins(desk)
    house.joins(edit.split("/")[-2], OTHER, MemberRole.EDITOR)
    page.fill("#body", "We ask for *clear* water.")
    page.fill("#to-0", "Ms Ada Example")
    expect(page.locator("#to-1")).to_be_visible()
    expect(page.locator(".preview .sheet em")).to_have_text("clear")
    # It is drawn, by what the PDF is drawn by, and takes the cursor from nobody.
    page.wait_for_function("document.querySelector('.pages img')?.complete")
    assert page.evaluate("document.querySelector('.pages img').naturalHeight") > 800
    assert page.evaluate("document.activeElement.id") == "to-0"
    desk.judges("live")
    page.set_viewport_size({"width": 390, "height": 844})
    desk.judges("live on a phone")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator("#body").press_sequentially("\n\n[x](ftp://y)")
    expect(page.locator(".preview .faults")).to_contain_text("Line 3")
    expect(page.locator(".preview .stale .sheet em")).to_have_text("clear")
    page.locator(".preview [data-line]").click()
    page.keyboard.press("Backspace")
    expect(page.locator(".preview .faults")).to_have_count(0)
    desk.is_saved()
    page.reload()
    expect(page.locator("#body")).to_have_value(re.compile(r"We ask for \*clear\* water\."))
    expect(page.locator("#to-0")).to_have_value("Ms Ada Example")
    # A colleague is seen, saves meanwhile, and nothing of either is lost.
    ana = Writer(browser, base_url, OTHER)
    ana.page.goto(edit)
    expect(ana.page.locator("[data-others]")).to_contain_text("coordinator@example.org is editing this text too")
    ana.page.fill("#body", "Words of Ana.")
    ana.is_saved()
    ana.page.close()
    page.fill("#closing", "Yours,")
    expect(page.locator("[data-saved]")).to_have_attribute("data-state", "newer")
    expect(page.locator("[data-saved]")).to_contain_text(OTHER)
    desk.clicks("Save and preview")
    expect(page.locator("h1")).to_contain_text(f"{OTHER} has saved other words meanwhile")
    desk.judges("two texts")
    desk.clicks("Go on with mine")
    expect(page.locator("#body")).to_have_value(re.compile("clear"))
    desk.clicks("Save as the draft")
    (text,) = drafting.read(house.services, edit.split("/")[-2]).texts.values()
    assert (text.closing, text.body) == ("Yours,", "We ask for *clear* water.")
    ana.leaves()
    desk.leaves()
