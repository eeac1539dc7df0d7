"""A mail scanner that opens every link of every kind of mail, runs scripts, presses every button, follows what it finds
and guesses (FAULTS S4, CI size)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page

from signing.workflow import inviting
from signing.workflow.mail_ports import NoticeKind
from tests.installation import needs_chromium
from tests.web.installation import House
from tests.web.lived_in import SILENT, lived_in_letter, reminded
from tests.web.post_office import PostOffice, post_office
from tests.web.test_pages_in_chromium import base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium

MAILED = {
    NoticeKind.INVITATION, NoticeKind.NEW_VERSION, NoticeKind.REMINDER, NoticeKind.FRESH_LINK, NoticeKind.HANDED_OVER,
    NoticeKind.REVIEWED, NoticeKind.REMARK_ANSWERED,
}  # fmt: skip
# What anybody may cause: a code is asked for, and that is counted; who asks for a fresh link may be nobody.
MAY_GROW = {"code", "outbox", "rate", "link_request"}
FILLS_WITH_GUESSES = """
(turn) => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  for (const name of new Set(seen("[type=radio]").map((each) => each.name))) {
    const choices = seen(`[type=radio][name=${name}]`);
    choices[(["decision", "agrees"].includes(name) ? turn : turn + 1) % choices.length]?.click();
  }
  for (const each of seen("[type=checkbox]:not(:checked)")) each.click();
  const guesses = { date: "2030-01-31", email: "robot@example.org" };
  for (const each of seen("input:not([type=radio], [type=checkbox], [type=file]), textarea")) {
    each.value = guesses[each.type] ?? "12345678";
    for (const happens of ["input", "change"]) each.dispatchEvent(new Event(happens, { bubbles: true }));
  }
}
"""
# What a contact's page leads to, a part of it for each turn.
FURTHER = {"remark", "receipt", "two-persons"}, {"hand-over", "remarks", "own-key"}, {"aside", "review", "keys"}
# Each page has a button for each language: one stands for all.
OTHER_LANGUAGES = "[name=language]:not([lang=ar])"


class Robot:
    """A scanner at work in one browser; some even hold keys, and nothing may hang on their not having one."""

    def __init__(self, browser: Browser, base_url: str, turn: int) -> None:
        self._context = browser.new_context(base_url=base_url)
        self.page: Page = self._context.new_page()
        self.turn = turn
        self.pressed = self._asked = 0
        for happens, more in {"request": 1, "requestfinished": -1, "requestfailed": -1}.items():
            self.page.on(happens, lambda _request, more=more: self._counts(more))  # type: ignore[call-overload]
        session = self._context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }})

    def _counts(self, more: int) -> None:
        self._asked += more
        self._moved = True

    def leaves(self) -> None:
        self._context.close()

    def rests(self) -> None:
        """Let everything that follows come to an end: a page, or what its scripts fetch and sign."""
        self._moved = True
        while self._asked or self._moved:
            self._moved = False
            self.page.wait_for_timeout(80)

    def presses_everything(self, link: str) -> None:
        """Press each button of the page behind `link`, from a fresh copy of it each time."""
        buttons = self.page.get_by_role("button").and_(self.page.locator(f"button:not({OTHER_LANGUAGES})"))
        at = 0
        while True:
            self.page.goto(link)
            self.fills_with_guesses()
            # What is chosen decides what there is to press.
            if at >= buttons.count():
                return
            self.presses(buttons.nth(at))
            at += 1
            # Whatever came of it, look at it, and press what is there too.
            if self.page.locator("input[name=code]").count():
                self.fills_with_guesses()
                # It may have pressed a language, too: what sends the code is known by its place.
                self.presses(self.page.locator("form:has([name=code]) button:not([formaction], [name])").first)

    def presses(self, button: Locator) -> None:
        button.click()
        self.rests()
        self.pressed += 1

    def fills_with_guesses(self) -> None:
        """Open what is folded, choose, tick and type something everywhere; another answer and another way each turn."""
        self.page.evaluate(FILLS_WITH_GUESSES, self.turn)

    def finds(self, link: str) -> set[str]:
        """The pages of the same invitation that the page behind `link` leads to; what can be downloaded, is."""
        self.page.goto(link)
        own = urlsplit(self.page.url).path.removesuffix("/review")
        links = self.page.locator("a[href]").evaluate_all("all => all.map(each => each.pathname)")
        # Some pages are behind a button, or only for whoever has a key.
        found = {link for link in links if link.startswith(f"{own}/")} | {f"{own}/own-key", f"{own}/keys"}
        files = {link for link in found if "." in link}
        assert {self.page.request.get(each).status for each in files} <= {200}
        return found - files


@pytest.fixture
def letter_id(house: House, base_url: str) -> str:
    # When everything is mailed it is the present of the robot's browser: the page signs nothing else.
    house.clock.now = datetime.now(UTC) - timedelta(days=3)
    return lived_in_letter(house)


@pytest.fixture
def post(house: House, letter_id: str) -> Iterator[PostOffice]:
    with post_office(house) as made:
        reminded(house, letter_id, made)
        yield made


def rows(house: House) -> dict[str, list[str]]:
    return {name: held for name, held in json.loads(house.dump()).items() if name not in MAY_GROW}


# A yes with a passkey, a no, a yes with the device: each link another one.
@pytest.mark.parametrize("turn", range(3))
def test_a_robot_that_presses_everything_records_nothing_and_uses_no_link_up(
    house: House, letter_id: str, post: PostOffice, browser: Browser, base_url: str, turn: int
) -> None:
    links = sorted(post.paths(), key=lambda path: (not path.startswith("/i/"), post.paths()[path]))
    with house.services.unit_of_work() as uow:
        mails = uow.outbox.of_letter(letter_id)
    assert {each.kind for each in mails} >= MAILED
    before = rows(house)
    robot = Robot(browser, base_url, turn)
    further: dict[str, str] = {}
    for link in links[turn::3]:
        robot.presses_everything(link)
        further |= {page.rpartition("/")[2]: page for page in robot.finds(link)}
    assert set(further) <= set.union(*FURTHER)
    for name in further.keys() & FURTHER[turn]:
        # Fresh codes for each of them.
        house.clock.pass_(minutes=61)
        robot.presses_everything(further[name])
    robot.leaves()
    print(f"\n{len(links[turn::3])} links, {len(further)} pages, {robot.pressed} buttons")
    assert robot.pressed > 10
    assert rows(house) == before
    with house.services.unit_of_work() as uow:
        more = [each for each in uow.outbox.of_letter(letter_id) if each not in mails]
    assert {each.kind for each in more} == {NoticeKind.CODE}, "the robot did not get as far as a code"
    # The contact who comes after the robot answers as if it had never been there.
    house.clock.pass_(minutes=61)
    assert inviting.open_link(house.services, house.token(letter_id, SILENT)).generation == 1
    house.approve(letter_id, SILENT)
