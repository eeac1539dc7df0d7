"""The dashboard in a real browser, on a phone and at a desk: the chart, a filter, and an approval that arrives while
somebody is at work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.installation import needs_chromium
from tests.web.installation import PASSWORD, House
from tests.web.test_pages_in_chromium import base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium
NAMES = [f"Rivers and Valleys {name}" for name in ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta")]
SIZES = {"phone": (390, 844), "desk": (1280, 900)}


def judged(page: Page, name: str) -> None:
    found = Axe().run(page)
    assert not found.violations_count, f"{name}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name


def test_the_dashboard_keeps_itself_fresh_and_disturbs_nobody(house: House, browser: Browser, base_url: str) -> None:
    letter_id = house.opened(*NAMES)
    for name in NAMES[:3]:
        house.clock.pass_(days=1)
        house.approve(letter_id, name)
    path = f"/coordinator/letters/{letter_id}/status"
    for name, (width, height) in SIZES.items():
        context = browser.new_context(base_url=base_url, viewport={"width": width, "height": height})
        page = context.new_page()
        problems: list[str] = []
        page.on("console", lambda message, heard=problems: heard.append(message.text))
        page.clock.install()
        page.goto(f"/sign-in?next={path}")
        page.fill("[name=email]", "coordinator@example.org")
        page.fill("[name=password]", PASSWORD)
        page.locator("main button[type=submit]:not([name])").first.click()
        page.wait_for_url(f"**{path}")
        shown = page.locator("svg.progress:visible")
        expect(shown).to_have_count(1)
        assert shown.evaluate("each => parseFloat(getComputedStyle(each.querySelector('text')).fontSize) * "
                              "each.getBoundingClientRect().width / each.viewBox.baseVal.width") > 10
        judged(page, f"{name}: all")
        page.select_option("#f-state", "approved")
        page.wait_for_url("**state=approved*")
        before = page.locator(".organisations tbody tr").count()
        page.locator(".ticked input").first.check()
        page.locator(".organisations tbody th a").first.focus()
        house.clock.pass_(minutes=1)
        house.approve(letter_id, NAMES[before])
        with page.expect_response("**/status/live*"):
            page.clock.run_for(11_000)
        expect(page.locator("h1")).to_have_text(f"{before + 1} of 6 have approved")
        expect(page.locator(".organisations tbody tr")).to_have_count(before + 1)
        expect(page.locator(".ticked input").first).to_be_checked()
        assert page.evaluate("document.activeElement.textContent") == NAMES[0]
        page.locator("button[value=remind]").click()
        expect(page.locator("h1")).to_have_text("Remind 1 organisation?")
        judged(page, f"{name}: chosen")
        page.goto(f"/coordinator/letters/{letter_id}/organisations/org-alpha")
        judged(page, f"{name}: organisation")
        assert problems == []
        context.close()


@pytest.fixture(autouse=True)
def _begun(house: House) -> None:
    """Long enough ago for a chart, soon enough for a session."""
    house.clock.now -= timedelta(days=1)
