"""A contact in a real browser with scripts: makes keys, signs in the page, and may be lied to on the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from signing.evidence.statement import AssentStatement, KeyStatement, Statement, parse
from signing.workflow import auditing
from signing.workflow.appending import payload_of
from tests.navigators import next_page
from tests.web.installation import House

NO_ED25519 = """
const made = crypto.subtle.generateKey.bind(crypto.subtle);
crypto.subtle.generateKey = (algorithm, ...rest) => (algorithm.name ?? algorithm) === "Ed25519"
  ? Promise.reject(new DOMException("not here", "NotSupportedError")) : made(algorithm, ...rest);
"""


class DeviceContact:
    """One device of one organisation's contact."""

    def __init__(self, browser: Browser, base_url: str, house: House, organisation: str, **settings: Any) -> None:
        # The page compares the statement's time with the device's: both live in the present here.
        house.clock.now = datetime.now(UTC)
        self.house, self.organisation, self.base_url = house, organisation, base_url
        self.context: BrowserContext = browser.new_context(base_url=base_url, accept_downloads=True, **settings)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda message: self.problems.append(message.text)
                     if "Content Security Policy" in message.text else None)

    def leaves(self) -> None:
        self.context.close()
        assert self.problems == []

    def gets_a_passkey_holder(self, *, verifies: bool = True) -> None:
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": verifies, "automaticPresenceSimulation": True,
        }})

    def opens(self, letter_id: str) -> None:
        self.letter_id = letter_id
        self.page.goto(f"/i/{self.house.token(letter_id, self.organisation)}")
        self.address = self.page.url

    def is_ready(self, state: str) -> None:
        """The script has looked: `device code`, `device known`, `passkey code`, …"""
        expect(self.page.locator("#answer-form")).to_have_attribute("data-ready", state)

    def fills_in(self, decision: str = "approve", **fields: str) -> None:
        form = self.page.locator("#answer-form")
        form.locator(f"[name=decision][value={decision}]").check()
        form.locator("[name=authority]").check()
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)

    def signs_by(self, way: str) -> None:
        self.page.locator("details.ways > summary").click()
        self.page.check(f"[name=way][value={way}]")

    def saves_a_copy(self) -> None:
        if not self.page.locator("[name=save]").is_visible():
            self.page.locator("details.ways > summary").click()
        self.page.check("[name=save]")

    def gets_a_code(self, button: str = "Send me the code") -> None:
        # The newest code is told from older ones by its time.
        self.house.clock.pass_(seconds=1)
        with next_page(self.page):
            self.page.get_by_role("button", name=button).click()
        self.page.fill("[name=code]", self.house.code(self.letter_id, self.organisation))

    def sends(self, button: str = "Send our answer") -> None:
        self.page.get_by_role("button", name=button).click()

    def arrives(self) -> None:
        """At the receipt."""
        expect(self.page).to_have_url(f"{self.address}/receipt")

    def is_stopped(self, code: str, words: str) -> None:
        """The page refuses aloud, has the focus on it, and nothing but the letter itself is in the log."""
        alarm = self.page.locator("[data-alarm]")
        # The focus first: pressing the button took it away, so that an alarm of before is not taken for this one.
        expect(alarm).to_be_focused()
        expect(alarm).to_contain_text(words)
        expect(alarm).to_have_attribute("data-code", code)

    def answers(self, letter_id: str, decision: str = "approve", way: str | None = None, **fields: str) -> None:
        """From the link to the receipt, with a code."""
        self.opens(letter_id)
        self.fills_in(decision, **fields)
        if way:
            self.signs_by(way)
        self.gets_a_code()
        self.sends()
        self.arrives()


def asks_for(
    house: House, letter_id: str, *, min_level: int = 1, binders: tuple[str, ...] = ("attestor",)
) -> None:
    """The letter's policy, as its coordinator would have chosen it."""
    with house.services.unit_of_work(write=True) as uow:
        uow.letters.set_policy(letter_id, min_level=min_level, binders=binders)
        uow.commit()


def statements(house: House, letter_id: str) -> list[Statement]:
    """What the log of a letter says."""
    return [parse(payload_of(each.logged.entry)) for each in auditing.log(house.services, letter_id)]


def assents(house: House, letter_id: str) -> list[AssentStatement]:
    return [each for each in statements(house, letter_id) if isinstance(each, AssentStatement)]


def binds(house: House, letter_id: str) -> list[KeyStatement]:
    return [each for each in statements(house, letter_id) if isinstance(each, KeyStatement)]


def payload_with(answer: str, change: Any) -> str:
    """The JSON of a composed statement, its statement changed as a hostile server might."""
    from base64 import b64decode, b64encode

    composed = json.loads(answer)
    said = json.loads(b64decode(composed["payload"]))
    change(said)
    spelled = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return json.dumps(composed | {"payload": b64encode(spelled).decode()})


def saved(page: Page, act: Any, to: Path) -> bytes:
    with page.expect_download() as download:
        act()
    download.value.save_as(to)
    return to.read_bytes()
