"""The contact's way in Arabic in a real browser at a desk: nothing axe objects to, nothing too wide, and everything
where a reader from the right looks for it. Every page on a phone: tests/web/test_pages_in_chromium.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.installation import needs_chromium
from tests.locale.languages import ARABIC as SPOKEN
from tests.locale.languages import plain
from tests.web.device_contact import asks_for
from tests.web.installation import House, letter_text
from tests.web.test_contact import ARABIC
from tests.web.test_own_key import Ssh
from tests.web.test_pages_in_chromium import DESKTOP, Look, base_url, browser

__all__ = ["base_url", "browser"]

ORGANISATION = "Human Rights in China"
pytestmark = needs_chromium


@pytest.fixture
def look(browser: Browser, base_url: str) -> Iterator[Look]:
    made = Look(browser, base_url, "rtl", {"viewport": DESKTOP, "locale": "ar"})
    yield made
    made.context.close()
    assert made.problems == []
    assert {url for url in made.requests if not url.startswith(made.base_url)} == set()


@pytest.fixture
def letter_id(house: House) -> str:
    # A page signs only what is of its own device's present.
    house.clock.now = datetime.now(UTC)
    made = house.letter(letter_text(), ARABIC)
    house.roster(made, ORGANISATION, language="ar", native_name="中国人权", acronym="HRIC")
    house.open(made)
    house.invite(made)
    return made


def arrives(look: Look, name: str) -> None:
    """The page is Arabic by itself, before the judge sees to the direction."""
    assert look.page.evaluate("document.documentElement.lang + document.documentElement.dir") == "arrtl"
    look.judges(name)


def starts_right(page: Page, selector: str) -> bool:
    """Whether the element begins nearer to the right edge of the window than it ends to the left."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    size = page.viewport_size
    assert size is not None
    return size["width"] - (box["x"] + box["width"]) <= box["x"]


def test_a_contact_answers_in_arabic(look: Look, house: House, letter_id: str) -> None:
    look.page.goto(f"/i/{house.token(letter_id, ORGANISATION)}")
    arrives(look, "letter")
    assert starts_right(look.page, "h1")
    assert starts_right(look.page, "#answer input[type=radio]")
    # Marks of joined letters drift apart or collide where letters are spaced.
    assert look.page.evaluate("getComputedStyle(document.querySelector('h1')).letterSpacing") in ("normal", "0px")
    assert look.page.evaluate("getComputedStyle(document.querySelector('.print code')).direction") == "ltr"
    look.presses(look.page.locator("#code button"))
    arrives(look, "form refused")
    look.page.check("[name=decision][value=approve]")
    look.page.check("[name=authority]")
    look.presses(look.page.locator("#code button"))
    arrives(look, "code sent")
    look.page.fill("[name=code]", house.code(letter_id, ORGANISATION))
    look.page.route("**/words/*", lambda route: route.fulfill(body=b"---\n{}\n---\n\nother\n"))
    look.page.locator(".code button:not([formaction])").click()
    alarm = look.page.locator("[data-alarm]")
    expect(alarm).to_be_focused()
    assert SPOKEN.differs in plain(alarm.inner_text())
    arrives(look, "stopped by the page")
    look.page.unroute("**/words/*")
    look.presses(look.page.locator(".code button:not([formaction])"))
    arrives(look, "receipt")
    page = look.page.url.removesuffix("/receipt")
    look.page.goto(page)
    arrives(look, "answered")
    assert look.page.locator("form[data-statement]").get_attribute("data-ready") is not None
    look.page.locator("details.ways > summary").click()
    arrives(look, "ways to sign")
    assert starts_right(look.page, "[name=way]")
    look.page.goto(f"{page}/keys")
    arrives(look, "keys")
    assert look.page.evaluate("getComputedStyle(document.querySelector('.phrase')).direction") == "ltr"


def test_a_contact_signs_in_arabic_with_a_key_of_their_own(
    look: Look, house: House, letter_id: str, tmp_path: Path
) -> None:
    asks_for(house, letter_id, binders=("attestor", "coordinator"))
    look.page.goto(f"/i/{house.token(letter_id, ORGANISATION)}")
    page = look.page.url
    look.page.goto(f"{page}/own-key")
    arrives(look, "own key")
    look.page.check("[name=authority]")
    look.page.check("[name=decision][value=approve]")
    look.page.fill("[name=public_key]", Ssh(tmp_path, "ed25519").public)
    look.presses(look.page.locator("#code button"))
    look.page.fill("[name=code]", house.code(letter_id, ORGANISATION))
    look.presses(look.page.locator(".code button:not([formaction])"))
    arrives(look, "key waits")
    assert SPOKEN.key_waits in plain(look.page.inner_text("main"))
    assert starts_right(look.page, ".phrase")
    asks_for(house, letter_id)
    look.page.goto(f"{page}/own-key")
    look.page.check("[name=authority]")
    look.page.check("[name=decision][value=approve]")
    look.presses(look.page.locator(".code button:not([formaction])"))
    arrives(look, "what to sign")
    assert look.page.evaluate("getComputedStyle(document.querySelector('.steps pre')).direction") == "ltr"
