"""A mail scanner that opens every link, runs scripts, presses every button and guesses (FAULTS S4, CI size)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page

from signing.domain.organisation import Standing
from signing.workflow import auditing, inviting, tracking
from signing.workflow.ports import NoticeKind
from tests.installation import needs_chromium
from tests.web.installation import House
from tests.web.test_pages_in_chromium import base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium

ASKED = ("Human Rights in China", "Front Line Defenders", "World Uyghur Congress")


GUESSES = {"date": "2026-01-31", "file": None}


# Each page has a button for each language: one stands for all.
OTHER_LANGUAGES = "[name=language]:not([lang=ar])"


def fill_with_guesses(page: Page, turn: int) -> None:
    """Open what is folded, choose, tick and type something everywhere; another answer and another way each turn."""
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    names = set(page.locator("input[type=radio]").evaluate_all("all => all.map(each => each.name)"))
    for name in sorted(names):
        choices = page.locator(f"input[type=radio][name={name}]").all()
        choice = choices[(turn if name == "decision" else turn + 1) % len(choices)]
        if choice.is_visible():
            choice.check()
    for box in page.locator("input[type=checkbox]").all():
        if box.is_visible():
            box.check()
    for field in page.locator("input:not([type=hidden], [type=radio], [type=checkbox]), textarea").all():
        guess = GUESSES.get(field.get_attribute("type") or "", "12345678")
        if guess and field.is_visible():
            field.fill(guess)


def press(page: Page, button: Locator) -> None:
    """Press and let everything that follows come to rest: a page, or what its scripts fetch."""
    button.click()
    page.wait_for_load_state("networkidle")


def press_everything(page: Page, link: str, turn: int) -> int:
    """Press each button of the page behind `link`, from a fresh copy of it each time."""
    pressed = 0
    page.goto(link)
    while True:
        fill_with_guesses(page, turn)
        # What is chosen decides what there is to press.
        buttons = page.get_by_role("button").and_(page.locator(f"button:not({OTHER_LANGUAGES})"))
        if pressed >= buttons.count():
            return pressed
        press(page, buttons.nth(pressed))
        pressed += 1
        # Whatever came of it, look at it, and press what is there too.
        if page.locator("input[name=code]").count():
            fill_with_guesses(page, turn)
            # It may have pressed a language, too: what sends the code is known by its place.
            press(page, page.locator("form:has([name=code]) button:not([formaction], [name])").first)
        page.goto(link)


# A yes with a passkey, a no, a yes with the device: each link another one.
@pytest.mark.parametrize("turn", range(len(ASKED)))
def test_a_robot_that_presses_everything_records_nothing_and_uses_no_link_up(
    house: House, browser: Browser, base_url: str, turn: int
) -> None:
    letter_id = house.opened(*ASKED)
    link = f"{base_url}/i/{house.token(letter_id, ASKED[turn])}"
    context = browser.new_context()
    # Some scanners even hold keys: nothing may hang on their not having one.
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})
    assert press_everything(page, link, turn) >= 1
    for further in ("/own-key", "/keys"):
        press_everything(page, f"{page.url}{further}", turn)
        page.goto(link)
    context.close()
    with house.services.unit_of_work() as uow:
        mailed = [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.CODE]
    assert mailed, "the robot did not get as far as a code"
    assert len(auditing.log(house.services, letter_id)) == 1
    assert {row.standing for row in tracking.status(house.services, letter_id).rows} == {Standing.SILENT}
    for name in ASKED:
        assert inviting.open_link(house.services, house.token(letter_id, name)).generation == 1
    # The contact who comes after the robot answers as if it had never been there.
    house.clock.pass_(minutes=61)
    house.approve(letter_id, ASKED[turn])
    assert len(auditing.log(house.services, letter_id)) == 2
