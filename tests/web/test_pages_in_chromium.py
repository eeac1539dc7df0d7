"""Every page in a real browser, at phone and desktop width, light, dark and right-to-left: nothing that axe
objects to, nothing that has to be scrolled sideways, nothing from anybody else, no scripts needed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from werkzeug.serving import make_server

from signing.domain.invitation import Part
from signing.web.app import create_app
from signing.workflow import closing, reviewing
from signing.workflow.colleagues import Colleague
from tests.installation import free_port, needs_chromium
from tests.navigators import chromium, next_page
from tests.web.installation import PASSWORD, House, Mailbox, intake, letter_text
from tests.web.test_contact import ARABIC
from tests.workflow.persons import Person, invitation_of, newest_code

ORGANISATION = "Human Rights in China"
SILENT = "The Very Long Named International Federation of Organisationsforhumanandotherrights Federation"
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
# By default both widths, colours and directions, each once; with LONG_TESTS every two of them meet as well.
LOOKS = {
    "phone": ("rtl", {"viewport": PHONE}),
    "desktop-dark": ("ltr", {"viewport": DESKTOP, "color_scheme": "dark"}),
}
if os.environ.get("LONG_TESTS"):
    LOOKS |= {
        "phone-dark": ("ltr", {"viewport": PHONE, "color_scheme": "dark"}),
        "desktop": ("rtl", {"viewport": DESKTOP}),
        "phone-ltr": ("ltr", {"viewport": PHONE}),
        "desktop-dark-rtl": ("rtl", {"viewport": DESKTOP, "color_scheme": "dark"}),
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
def letter_id(house: House) -> str:
    # A page signs only what is of its own device's present.
    house.clock.now = datetime.now(UTC)
    made = house.letter(letter_text(), ARABIC)
    house.roster(made, ORGANISATION, SILENT, native_name="世界人权", acronym="HRIC")
    house.open(made)
    house.invite(made)
    house.approve(made, ORGANISATION)
    return made


class Look:
    """One browser window in one look, which judges every page it comes to."""

    def __init__(self, browser: Browser, base_url: str, direction: str, settings: dict[str, object]) -> None:
        self.direction = direction
        self.base_url = base_url
        self.requests: list[str] = []
        self.problems: list[str] = []
        self.context: BrowserContext = browser.new_context(base_url=base_url, **settings)  # type: ignore[arg-type]
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self.problems.append(message.text)
                     if "Content Security Policy" in message.text else None)

    def judges(self, name: str) -> None:
        self.page.evaluate(f"document.documentElement.dir = '{self.direction}'")
        found = Axe().run(self.page)
        if found.violations_count:
            self.problems.append(f"{name}: {found.generate_report()}")
        sideways = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if sideways > 0:
            self.problems.append(f"{name}: {sideways} px too wide")

    def opens(self, path: str) -> None:
        self.page.goto(path)
        self.judges(path)

    def presses(self, button: Locator) -> None:
        """Press, and look on only when the answer is there: a click alone returns while the old page still stands."""
        with next_page(self.page):
            button.click()


@pytest.fixture(params=list(LOOKS))
def look(request: pytest.FixtureRequest, browser: Browser, base_url: str) -> Iterator[Look]:
    made = Look(browser, base_url, *LOOKS[request.param])
    yield made
    made.context.close()
    assert made.problems == []
    assert {url for url in made.requests if not url.startswith(made.base_url)} == set()


def test_public_pages(look: Look) -> None:
    for path in ("/", "/check", "/genuine", "/sign-in", "/mailbox", "/mailbox/1", "/i/unknown", "/invitation/unknown",
                 "/nowhere"):
        look.opens(path)
    for path, field, typed in (("/enter", "code", "0000-0000-0000"), ("/fresh-link", "email", "nobody")):
        look.opens(path)
        look.page.fill(f"[name={field}]", typed)
        look.presses(look.page.locator("main button"))
        look.judges(f"{path} refused")
        assert look.page.input_value(f"[name={field}]") == typed
    look.opens("/fresh-link/asked")
    look.opens("/sign-in")
    look.page.fill("[name=email]", "x@example.org")
    look.page.fill("[name=password]", "wrong")
    look.presses(look.page.locator("main button"))
    look.judges("sign-in refused")


def test_contact_pages(look: Look, house: House, letter_id: str) -> None:
    look.opens(f"/i/{house.token(letter_id, SILENT)}")
    look.presses(look.page.get_by_role("button", name="Send me the code"))
    look.judges("form refused")
    look.page.check("[name=decision][value=approve]")
    look.page.check("[name=authority]")
    look.presses(look.page.get_by_role("button", name="Send me the code"))
    look.judges("code sent")
    assert look.page.evaluate("document.activeElement.id") == "code"
    look.page.fill("[name=code]", house.code(letter_id, SILENT))
    look.presses(look.page.get_by_role("button", name="Send our answer"))
    look.judges("receipt")
    look.opens(look.page.url.removesuffix("/receipt").removeprefix(look.base_url))


def test_pages_of_those_who_pass_it_on(look: Look, house: House, letter_id: str) -> None:
    invitation = house.invitation(letter_id, SILENT)
    colleague = Colleague("Rhea Example", "rhea@example.org", "Treasurer")
    look.page.goto(f"/i/{house.token(letter_id, SILENT)}")
    for path in ("hand-over", "two-persons", "aside"):
        look.opens(f"/invitation/{invitation.id}/{path}")
    contact = Person(house, letter_id, organisation=invitation.organisation_id)
    reviewing.name_reviewer(house.services, contact.access, colleague, contact.code())
    second = invitation_of(house, letter_id, Part.REVIEWER, invitation.organisation_id)
    look.opens(f"/i/{house.services.tokens.link(second.id, second.generation)}")
    look.presses(look.page.get_by_role("button", name="Send"))
    look.judges("review refused")
    look.page.check("[name=agrees][value=yes]")
    look.presses(look.page.get_by_role("button", name="Send"))
    look.judges("review wants a code")
    look.page.fill("[name=code]", newest_code(house, letter_id, second.id))
    look.presses(look.page.get_by_role("button", name="Send", exact=True))
    look.judges("agreed")
    look.opens(f"/invitation/{second.id}/aside")
    look.presses(look.page.get_by_role("button", name="End my invitation"))
    look.judges("ended")


def test_pages_of_accounts(look: Look, house: House, letter_id: str) -> None:
    draft = house.letter()
    look.page.goto("/sign-in")
    look.page.fill("[name=email]", "coordinator@example.org")
    look.page.fill("[name=password]", PASSWORD)
    look.presses(look.page.locator("main button"))
    one = f"/coordinator/letters/{letter_id}"
    for path in ("/coordinator/", "/coordinator/letters/new", f"{one}/", f"{one}/import", f"{one}/roster",
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
