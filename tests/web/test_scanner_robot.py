"""A mail scanner that opens every link, runs scripts, presses every button and guesses (FAULTS S4, CI size)."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from signing.domain.organisation import Standing
from signing.workflow import auditing, inviting, tracking
from signing.workflow.ports import NoticeKind
from tests.installation import needs_chromium
from tests.web.installation import House
from tests.web.test_pages_in_chromium import base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium

ASKED = ("Human Rights in China", "Front Line Defenders", "World Uyghur Congress")
ROUNDS = 3


def fill_with_guesses(page: Page, turn: int) -> None:
    """Choose, tick and type something everywhere; another answer each turn."""
    choices = page.locator("input[type=radio]").all()
    if choices:
        choices[turn % len(choices)].check()
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    for field in page.locator("input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea").all():
        if field.is_visible():
            field.fill("12345678")


def press_everything(page: Page, link: str, turn: int) -> int:
    """Press each button of the page behind `link`, from a fresh copy of it each time."""
    pressed = 0
    page.goto(link)
    while pressed < page.get_by_role("button").count():
        fill_with_guesses(page, turn)
        with page.expect_navigation():
            page.get_by_role("button").nth(pressed).click()
        pressed += 1
        # Whatever came of it, look at it, and press what is there too.
        if page.locator("input[name=code]").count():
            fill_with_guesses(page, turn)
            with page.expect_navigation():
                page.get_by_role("button", name="Send our answer").click()
        page.goto(link)
    return pressed


def test_a_robot_that_presses_everything_records_nothing_and_uses_no_link_up(
    house: House, browser: Browser, base_url: str
) -> None:
    letter_id = house.opened(*ASKED)
    links = [f"{base_url}/i/{house.token(letter_id, name)}" for name in ASKED]
    for turn in range(ROUNDS):
        for link in links:
            context = browser.new_context()
            assert press_everything(context.new_page(), link, turn) >= 1
            context.close()
    with house.services.unit_of_work() as uow:
        mailed = [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.CODE]
    assert len(mailed) >= len(ASKED), "the robot did not get as far as a code"
    assert len(auditing.log(house.services, letter_id)) == 1
    assert {row.standing for row in tracking.status(house.services, letter_id).rows} == {Standing.SILENT}
    for name in ASKED:
        assert inviting.open_link(house.services, house.token(letter_id, name)).generation == 1
    # The contact who comes after the robot answers as if it had never been there.
    house.clock.pass_(minutes=61)
    house.approve(letter_id, ASKED[0])
    assert len(auditing.log(house.services, letter_id)) == 2
