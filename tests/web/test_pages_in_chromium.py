"""Every page in a real browser, at phone and desktop width, in English and Arabic, light and dark: nothing that axe
objects to, nothing that has to be scrolled sideways even at 200 %, nothing from anybody else, no scripts needed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from werkzeug.serving import make_server

from signing.domain.invitation import Part
from signing.web.app import create_app
from signing.workflow import closing, drafting
from tests.installation import free_port, needs_chromium
from tests.navigators import chromium, next_page
from tests.web.installation import PASSWORD, House, Mailbox, intake, letter_text
from tests.web.test_contact import ARABIC
from tests.workflow.persons import invitation_of, newest_code

ORGANISATION = "Human Rights in China"
SILENT = "The Very Long Named International Federation of Organisationsforhumanandotherrights Federation"
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
NARROWEST = 320
IN_ARABIC = {"locale": "ar"}
# By default both widths, colours and languages, each once; with LONG_TESTS every two of them meet as well.
LOOKS: dict[str, tuple[str, dict[str, Any]]] = {
    "phone": ("rtl", {"viewport": PHONE} | IN_ARABIC),
    "desktop-dark": ("ltr", {"viewport": DESKTOP, "color_scheme": "dark"}),
}
if os.environ.get("LONG_TESTS"):
    LOOKS |= {
        "phone-dark": ("ltr", {"viewport": PHONE, "color_scheme": "dark"}),
        "desktop": ("rtl", {"viewport": DESKTOP} | IN_ARABIC),
        "phone-ltr": ("ltr", {"viewport": PHONE}),
        "desktop-dark-rtl": ("rtl", {"viewport": DESKTOP, "color_scheme": "dark"} | IN_ARABIC),
    }

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def base_url(house: House) -> Iterator[str]:
    """The application on a socket, knowing its own address, as the letters that are made from now on do."""
    address = f"http://localhost:{(port := free_port())}"
    installation = replace(house.services.installation, base_url=address)
    house.services = replace(house.services, installation=installation)
    app = create_app(house.services, intake=intake(), mailbox=Mailbox())
    server = make_server("localhost", port, app, threaded=True)
    # A server looks twice a second by default whether it should stop: every test here would wait for that.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield address
    server.shutdown()
    thread.join()


@pytest.fixture
def letter_id(house: House, look: Look) -> str:
    # A page signs only what is of its own device's present.
    house.clock.now = datetime.now(UTC)
    made = house.letter(letter_text(), ARABIC, deadline=house.clock.now + timedelta(days=20))
    house.roster(made, ORGANISATION, SILENT, native_name="世界人权", acronym="HRIC", language=look.language)
    house.open(made)
    house.invite(made)
    house.approve(made, ORGANISATION)
    return made


class Look:
    """One browser window in one look, which judges every page it comes to."""

    def __init__(self, browser: Browser, base_url: str, direction: str, settings: dict[str, Any]) -> None:
        self.direction = direction
        self.language = settings.get("locale", "en")
        self.base_url = base_url
        self.requests: list[str] = []
        self.problems: list[str] = []
        self.context: BrowserContext = browser.new_context(base_url=base_url, **settings)
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self.problems.append(message.text)
                     if "Content Security Policy" in message.text else None)

    def judges(self, name: str) -> None:
        self.page.evaluate(f"document.documentElement.dir = '{self.direction}'")
        found = Axe().run(self.page)
        if found.violations_count:
            self.problems.append(f"{name}: {found.generate_report()}")
        size = self.page.viewport_size
        assert size is not None
        # At 200 % too, where a phone is as narrow as they come.
        for width in (max(size["width"] // 2, NARROWEST), size["width"]):
            self.page.set_viewport_size({"width": width, "height": size["height"]})
            sideways = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if sideways > 0:
                self.problems.append(f"{name}: {sideways} px too wide for {width}")

    def speaks(self) -> None:
        """By itself, before anybody sees to the direction."""
        assert self.page.evaluate("document.documentElement.lang") == self.language

    def opens(self, path: str) -> None:
        self.page.goto(path)
        self.judges(path)

    def presses(self, button: Locator) -> None:
        """Press, and look on only when the answer is there: a click alone returns while the old page still stands."""
        with next_page(self.page):
            button.click()

    def sends(self, name: str) -> None:
        """The form of a contact's page by its own button, and judge what comes."""
        self.presses(self.page.locator("main form button:not([name], [formaction])").first)
        self.speaks()
        self.judges(name)


@pytest.fixture(params=list(LOOKS))
def look(request: pytest.FixtureRequest, browser: Browser, base_url: str) -> Iterator[Look]:
    made = Look(browser, base_url, *LOOKS[request.param])
    yield made
    made.context.close()
    assert made.problems == []
    assert {url for url in made.requests if not url.startswith(made.base_url)} == set()


def test_public_pages(look: Look, house: House, letter_id: str) -> None:
    invitation = house.invitation(letter_id, SILENT)
    reminders = house.services.tokens.reminders_token(invitation.id, invitation.email or "")
    for path in ("/", "/check", "/genuine", "/sign-in", "/mailbox", "/mailbox/1", "/i/unknown", "/invitation/unknown",
                 "/nowhere", "/fresh-link/asked"):
        look.opens(path)
        look.speaks()
    for path, field, typed in (
        ("/enter", "code", "0000-0000-0000"), ("/fresh-link", "email", "nobody"),
        (f"/reminders/{invitation.id}/{reminders}", "figures", "x"),
    ):  # fmt: skip
        look.opens(path)
        look.page.fill(f"[name={field}]", typed)
        look.sends(f"{path} refused")
        assert look.page.input_value(f"[name={field}]") == typed
    look.page.fill("[name=figures]", look.page.inner_text(".figures"))
    look.sends("reminders ended")
    look.opens("/sign-in")
    look.page.fill("[name=email]", "x@example.org")
    look.page.fill("[name=password]", "wrong")
    look.sends("sign-in refused")


def test_contact_pages(look: Look, house: House, letter_id: str) -> None:
    look.opens(f"/i/{house.token(letter_id, SILENT)}")
    letter = look.page.url.removeprefix(look.base_url)
    ask, send = look.page.locator("#code button"), look.page.locator(".code button:not([formaction])")
    look.presses(ask)
    look.judges("form refused")
    look.page.check("[name=decision][value=approve]")
    look.page.check("[name=authority]")
    look.presses(ask)
    look.judges("code sent")
    assert look.page.evaluate("document.activeElement.id") == "code"
    look.page.fill("[name=code]", house.code(letter_id, SILENT))
    look.presses(send)
    look.judges("receipt")
    look.opens(letter)
    for tail in ("/keys", "/own-key", "/remark?question=1", "/remark?language=en&block=0&condition=1"):
        look.opens(f"{letter}{tail}")
        look.speaks()
    look.sends("remark refused")
    look.page.fill("[name=wording]", "We write about four rivers and " + "Donaudampfschiff" * 9)
    house.clock.pass_(seconds=1)
    look.sends("remark wants a code")
    look.page.fill("[name=code]", house.code(letter_id, SILENT))
    look.sends("remarks")
    look.presses(look.page.locator("main form button.link-button"))
    look.judges("taken back")
    drafting.import_letter(house.services, letter_text(body="We write about **four rivers**."), letter_id=letter_id)
    house.open(letter_id)
    look.opens(letter)
    look.page.locator(".news details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    look.judges("new words")


def test_pages_of_those_who_pass_it_on(look: Look, house: House, letter_id: str) -> None:
    invitation = house.invitation(letter_id, SILENT)
    page = f"/invitation/{invitation.id}"
    colleague = {"contact": "Rhea Example", "email": "rhea@example.org", "role": "Treasurer"}
    look.page.goto(f"/i/{house.token(letter_id, SILENT)}")
    look.opens(f"{page}/aside")
    look.opens(f"{page}/two-persons")
    look.sends("nobody named")
    for name, typed in colleague.items():
        look.page.fill(f"[name={name}]", typed)
    look.sends("code wanted")
    look.page.fill("[name=code]", newest_code(house, letter_id, invitation.id))
    look.sends("named")
    look.opens(f"{page}/hand-over")
    look.sends("nobody to hand over to")
    for name, typed in (colleague | {"email": "lou@example.org"}).items():
        look.page.fill(f"[name={name}]", typed)
    house.clock.pass_(seconds=1)
    look.sends("handed over")

    second = invitation_of(house, letter_id, Part.REVIEWER, invitation.organisation_id)
    look.opens(f"/i/{house.services.tokens.link(second.id, second.generation)}")
    look.sends("review refused")
    look.page.check("[name=agrees][value=yes]")
    look.sends("review wants a code")
    look.page.fill("[name=code]", newest_code(house, letter_id, second.id))
    look.sends("agreed")
    drafting.import_letter(house.services, letter_text(body="We write about **four rivers**."), letter_id=letter_id)
    house.open(letter_id)
    look.opens(f"/invitation/{second.id}/review")
    look.opens(f"/invitation/{second.id}/hand-over")
    look.opens(f"/invitation/{second.id}/aside")
    look.sends("ended")


def test_pages_of_accounts(look: Look, house: House, letter_id: str) -> None:
    draft = house.letter()
    look.page.goto("/sign-in")
    look.page.fill("[name=email]", "coordinator@example.org")
    look.page.fill("[name=password]", PASSWORD)
    look.presses(look.page.locator("main form button[type=submit]").first)
    one = f"/coordinator/letters/{letter_id}"
    for path in ("/coordinator/", "/coordinator/letters/new", f"{one}/", f"{one}/routing", f"{one}/policy",
                 f"/coordinator/letters/{draft}/policy", f"{one}/import", f"{one}/roster",
                 f"{one}/preview", f"{one}/open", f"{one}/invite", f"{one}/status", f"{one}/close",
                 f"/coordinator/letters/{draft}/open", f"/coordinator/letters/{draft}/roster",
                 f"/coordinator/letters/{draft}/invite", "/auditor/", f"/auditor/letters/{letter_id}",
                 f"/auditor/letters/{letter_id}/log/1"):
        look.opens(path)
    look.page.goto(f"{one}/roster")
    look.page.fill("[name=pasted]", "organisation,contact,email\na,b,nowhere\nFront Line,Lou,lou@fl.example")
    look.presses(look.page.get_by_role("button", name="Read it"))
    look.judges("faulty roster")
    closing.close(house.services, letter_id)
    look.opens(f"{one}/close")
