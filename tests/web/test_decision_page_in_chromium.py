"""The decision page as its contact meets it, in Chromium: how heavy, how quick, how many presses; and on a bad line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from signing.adapters import typeset
from signing.adapters.letter_intake import read_letter
from signing.domain.letter_text import LetterText
from signing.workflow import drafting
from tests.installation import LETTERS, needs_chromium, needs_real_letter
from tests.navigators import next_page
from tests.said_to_database import said_to
from tests.web.device_contact import DeviceContact, assents, binds
from tests.web.installation import House, letter_text
from tests.web.test_contact import ARABIC
from tests.web.test_pages_in_chromium import base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium

ORGANISATION = "Human Rights in China"
LIGHT, FEW_REQUESTS, FEW_STATEMENTS = 30_000, 3, 4
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}
# How far what is in view was pushed about, in all.
SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => { for (const each of list.getEntries()) window.shifts += each.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def made(browser: Browser, base_url: str, house: House) -> Iterator[Callable[..., DeviceContact]]:
    # Letters too are of the present, as the devices are.
    house.clock.now = datetime.now(UTC)
    devices: list[DeviceContact] = []

    def make(**settings: Any) -> DeviceContact:
        devices.append(DeviceContact(browser, base_url, house, ORGANISATION, **settings))
        return devices[-1]

    yield make
    for each in devices:
        each.leaves()


def opened(house: House, *texts: LetterText, **fields: Any) -> str:
    letter_id = house.letter(*texts, deadline=house.clock.now + timedelta(days=20))
    house.roster(letter_id, ORGANISATION, "Front Line Defenders", **fields)
    house.open(letter_id)
    house.invite(letter_id)
    return letter_id


def changed(house: House, letter_id: str, body: str) -> None:
    drafting.import_letter(house.services, letter_text(body=body), letter_id=letter_id)
    house.open(letter_id)


class Scales:
    """Weighs what a page asks for, as it comes over the wire."""

    def __init__(self, page: Page) -> None:
        self.requests: list[Request] = []
        page.on("requestfinished", lambda request: self.requests.append(request))

    def weight(self) -> int:
        sizes = [each.sizes() for each in self.requests]
        return sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes)


@needs_real_letter
@pytest.mark.parametrize("size", list(SIZES))
def test_the_real_letter_opens_light_at_once_and_without_moving(
    made: Callable[..., DeviceContact], house: House, size: str
) -> None:
    house.services = replace(house.services, typesetter=typeset)
    name = "joint-letter-eu-china.md"
    letter_id = opened(house, read_letter((LETTERS / name).read_bytes(), name).text, acronym="HRIC", country="CN",
                       native_name="中国人权")
    contact = made(viewport=SIZES[size], timezone_id="Asia/Shanghai")
    contact.page.add_init_script(SHIFTS)
    link = f"/i/{house.token(letter_id, ORGANISATION)}"
    scales = Scales(contact.page)
    with said_to(house.database) as said:
        contact.page.goto(link)
        contact.page.wait_for_load_state("networkidle")
    redirect, *own = scales.requests
    shifts = contact.page.evaluate("window.shifts")
    print(f"\n{size}: {scales.weight()} bytes with all headers in {len(own)} requests after one redirect, "
          f"{len(said)} statements with the link's own, layout shift {shifts}")
    for each in scales.requests:
        print(f"  {each.sizes()['responseBodySize']:6} {each.url.rpartition('/')[2]}")
    assert redirect.url.endswith(link)
    assert scales.weight() < LIGHT
    assert len(own) <= FEW_REQUESTS
    assert len(said) <= FEW_STATEMENTS
    assert shifts == 0
    assert {each.url.startswith(contact.base_url) for each in scales.requests} == {True}
    # The script has told the deadline in the reader's own time, and that has moved nothing.
    expect(contact.page.locator(".own-time")).to_contain_text("Your time:")
    contact.page.goto(f"{contact.page.url}#answer")
    contact.page.reload()
    contact.page.wait_for_load_state("networkidle")
    assert contact.page.evaluate("window.shifts") == 0


def presses_of(page: Page) -> list[str]:
    """What is pressed from now on, on every page to come."""
    pressed: list[str] = []
    page.expose_function("pressedNow", lambda words: pressed.append(words))
    page.add_init_script(
        "addEventListener('click', (event) => "
        "{ if (event.isTrusted) pressedNow(event.target.textContent.trim()); }, true)"
    )
    return pressed


def test_two_clicks_for_whoever_has_signed_before(made: Callable[..., DeviceContact], house: House) -> None:
    first = house.opened(ORGANISATION, "Front Line Defenders")
    contact = made()
    pressed = presses_of(contact.page)
    contact.opens(first)
    assert not contact.page.locator("#quick").count()
    contact.fills_in(person="Kim Lee", role="Director", listed_as="Human Rights in China, New York", acronym="HRIC")
    contact.gets_a_code()
    contact.sends()
    contact.arrives()
    print(f"\nfirst time: the link, {len(pressed)} presses, one code typed")
    assert len(pressed) <= 4
    # Another letter: the link, and one button.
    second = house.opened(ORGANISATION, contact="Kim Lee", role=None)
    pressed.clear()
    contact.opens(second)
    expect(contact.page.locator("#quick")).to_contain_text(
        "You sign as Kim Lee, Director, for Human Rights in China, listed as Human Rights in China, New York (HRIC)."
    )
    contact.page.get_by_role("button", name="Yes, we sign").click()
    contact.arrives()
    print(f"next letter: the link and {len(pressed)} press")
    assert pressed == ["Yes, we sign"]
    (assent,) = assents(house, second)
    assert (assent.by, assent.decision) == (assents(house, first)[0].by, "approve")
    # New words of the first: the same.
    changed(house, first, "We write about **four rivers** and the people beside them.")
    pressed.clear()
    contact.opens(first)
    expect(contact.page.locator("main")).to_contain_text("that approval no longer counts")
    contact.page.get_by_role("button", name="Yes, we sign").click()
    contact.arrives()
    assert pressed == ["Yes, we sign"]
    assert [each.version for each in assents(house, first)] == [1, 2]
    contact.page.goto(contact.address)
    assert not contact.page.locator("#quick").count()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_one_button_leads_to_the_code_where_the_key_is_not_at_hand(
    made: Callable[..., DeviceContact], house: House, scripts: bool
) -> None:
    made().answers(house.opened(ORGANISATION), person="Kim Lee")
    letter_id = house.opened(ORGANISATION, contact="Kim Lee")
    other = made(java_script_enabled=scripts)
    other.opens(letter_id)
    other.gets_a_code("Yes, we sign")
    assert assents(house, letter_id) == []
    form = other.page.locator("#answer-form")
    expect(form.locator("[name=decision][value=approve]")).to_be_checked()
    expect(form.locator("[name=authority]")).to_be_checked()
    expect(form.locator("[name=person]")).to_have_value("Kim Lee")
    other.sends()
    other.arrives()
    assert len(assents(house, letter_id)) == 1


@pytest.mark.parametrize("way", ["device", "service"])
def test_a_lost_line_loses_nothing_typed_and_what_is_sent_again_is_recorded_once(
    made: Callable[..., DeviceContact], house: House, way: str
) -> None:
    letter_id = house.opened(ORGANISATION)
    contact = made()
    contact.opens(letter_id)
    contact.page.locator("#person").focus()
    contact.context.set_offline(True)
    contact.fills_in(person="Kim Typed")
    contact.page.get_by_role("button", name="Send me the code").click()
    contact.is_stopped("no-answer", "Please press the button once more")
    contact.context.set_offline(False)
    contact.signs_by(way)
    contact.gets_a_code()
    expect(contact.page.locator("#person")).to_have_value("Kim Typed")

    def answers_into_the_void(route: Any) -> None:
        # What was sent arrives and is recorded; the answer is lost on its way back.
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    recording = "**/signed" if way == "device" else contact.address
    contact.page.route(recording, answers_into_the_void)
    contact.sends()
    contact.is_stopped("no-answer", "Please press the button once more")
    expect(contact.page.locator("#person")).to_have_value("Kim Typed")
    contact.page.unroute(recording)
    assert len(assents(house, letter_id)) == 1
    contact.sends()
    contact.arrives()
    assert len(assents(house, letter_id)) == 1
    assert len(binds(house, letter_id)) == (way == "device")


def test_a_browser_that_lost_its_cookie_keeps_the_page_until_the_link_is_open_again(
    made: Callable[..., DeviceContact], house: House
) -> None:
    letter_id = house.opened(ORGANISATION)
    contact = made()
    contact.opens(letter_id)
    contact.fills_in(person="Kim Typed")
    contact.context.clear_cookies()
    contact.page.get_by_role("button", name="Send me the code").click()
    contact.is_stopped("link-first", "open the newest mail")
    beside = contact.context.new_page()
    beside.goto(f"/i/{house.token(letter_id, ORGANISATION)}")
    # The token of the old page's session is gone too: the same page comes back once, with everything in it.
    with next_page(contact.page):
        contact.page.get_by_role("button", name="Send me the code").click()
    expect(contact.page.locator(".summary")).to_contain_text("press the button once more")
    contact.gets_a_code()
    expect(contact.page.locator("#person")).to_have_value("Kim Typed")
    contact.sends()
    contact.arrives()
    assert len(assents(house, letter_id)) == 1


@pytest.mark.parametrize("page_of", ["letter", "receipt"])
def test_at_twice_the_size_and_in_a_narrow_window_nothing_is_cut(
    made: Callable[..., DeviceContact], house: House, page_of: str
) -> None:
    contact = made(viewport={"width": 320, "height": 400})
    contact.answers(house.opened(ORGANISATION))
    if page_of == "letter":
        contact.page.goto(contact.address)
        contact.is_ready("device known")
    contact.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert contact.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_fault_of_ours_shows_no_page_in_place_of_what_was_typed(
    made: Callable[..., DeviceContact], house: House
) -> None:
    contact = made()
    contact.opens(house.opened(ORGANISATION))
    contact.fills_in(person="Kim Typed")
    contact.page.route("**/code", lambda route: route.fulfill(status=503, content_type="text/html", body="<h1>x</h1>"))
    contact.page.get_by_role("button", name="Send me the code").click()
    contact.is_stopped("no-answer", "Please press the button once more")
    expect(contact.page.locator("#person")).to_have_value("Kim Typed")


@pytest.mark.parametrize("scripts", [True, False])
def test_another_language_takes_along_what_was_typed_and_stays_until_the_receipt(
    made: Callable[..., DeviceContact], house: House, scripts: bool
) -> None:
    letter_id = opened(house, letter_text(), ARABIC)
    contact = made(java_script_enabled=scripts)
    contact.opens(letter_id)
    contact.fills_in(person="Kim Typed")
    before = house.dump()
    with next_page(contact.page):
        contact.page.get_by_role("button", name="العربية", exact=True).click()
    assert house.dump() == before
    html = contact.page.locator("html")
    expect(html).to_have_attribute("dir", "rtl")
    expect(contact.page.locator("#person")).to_have_value("Kim Typed")
    expect(contact.page.locator("#answer-form [name=authority]")).to_be_checked()
    # The letter is read in that language first, too.
    expect(contact.page.locator("article.sheet").first).to_have_attribute("lang", "ar")
    house.clock.pass_(seconds=1)
    with next_page(contact.page):
        contact.page.locator("#answer-form [data-code]").click()
    contact.page.fill("[name=code]", house.code(letter_id, ORGANISATION))
    contact.page.keyboard.press("Enter")
    contact.arrives()
    expect(html).to_have_attribute("lang", "ar")
    assert house.invitation(letter_id, ORGANISATION).language == "ar"


def test_a_language_too_heavy_for_the_first_view_comes_when_it_is_opened_and_is_signed_with_the_rest(
    made: Callable[..., DeviceContact], house: House
) -> None:
    long = letter_text(language="fr", title="Lettre commune", body="Nous écrivons.\n\n" * 900)
    letter_id = opened(house, letter_text(), long)
    contact = made()
    contact.opens(letter_id)
    french = contact.page.locator("#text-fr")
    assert not french.locator("article").count()
    french.locator("summary").click()
    expect(french.locator("article")).to_contain_text("Nous écrivons.")
    contact.page.reload()
    contact.fills_in()
    contact.gets_a_code()
    contact.sends()
    contact.arrives()
    assert [each.name for each in assents(house, letter_id)[0].subject] == ["1.en.md", "1.fr.md"]
    # Without scripts a button draws the page anew, with that language first and what was typed.
    plain = made(java_script_enabled=False)
    plain.opens(letter_id)
    plain.page.fill("#answer-form [name=person]", "Kim Typed")
    plain.page.locator("#text-fr summary").click()
    with next_page(plain.page):
        plain.page.locator("#text-fr button").click()
    expect(plain.page.locator("article.sheet").first).to_contain_text("Nous écrivons.")
    expect(plain.page.locator("#answer-form [name=person]")).to_have_value("Kim Typed")


def test_new_words_are_shown_against_those_seen_before_and_signed_as_they_are(
    made: Callable[..., DeviceContact], house: House
) -> None:
    letter_id = house.opened(ORGANISATION)
    contact = made(viewport=SIZES["phone"])
    contact.opens(letter_id)
    assert not contact.page.locator(".news").count()
    changed(house, letter_id, "We write about **four rivers** and the people beside them.")
    contact.page.goto(contact.address)
    news = contact.page.locator(".news")
    expect(news).to_contain_text("What has changed since you read version 1")
    news.locator("summary", has_text="Show every change").click()
    expect(news.locator("ins").first).to_be_visible()
    found = Axe().run(contact.page)
    assert not found.violations_count, found.generate_report()
    contact.page.reload()
    expect(news).to_contain_text("What has changed since you read version 1")
    contact.fills_in()
    contact.gets_a_code()
    contact.sends()
    contact.arrives()
    assert [each.version for each in assents(house, letter_id)] == [2]


def test_on_paper_there_is_the_letter_and_its_fingerprint_and_no_form(
    made: Callable[..., DeviceContact], house: House
) -> None:
    contact = made()
    contact.opens(house.opened(ORGANISATION))
    contact.page.emulate_media(media="print")
    expect(contact.page.locator("article.sheet")).to_be_visible()
    expect(contact.page.locator(".on-paper .phrase")).to_be_visible()
    for gone in ("#answer", ".facts", ".top", ".opening", ".pencil >> nth=0", ".other-ways"):
        expect(contact.page.locator(gone)).to_be_hidden()


def test_the_line_of_the_list_follows_what_is_typed(made: Callable[..., DeviceContact], house: House) -> None:
    house.services = replace(house.services, typesetter=typeset)
    contact = made()
    contact.opens(house.opened(ORGANISATION))
    line = contact.page.locator("[data-line-shown]")
    expect(line.locator("svg")).to_be_visible()
    contact.page.fill("#answer-form [name=listed_as]", "Rivers \U0001f30a")
    expect(line).to_contain_text("WATER WAVE")
    contact.page.fill("#answer-form [name=listed_as]", "Rivers")
    expect(line.locator("svg")).to_be_visible()
