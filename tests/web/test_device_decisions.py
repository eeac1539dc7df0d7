"""What people do with the page that signs: two tabs, the way back, the keyboard alone, no scripts; and what an answer
may say: confidential, covering typography (EVIDENCE 4.3)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from signing.evidence.signatory import commitment_of
from signing.evidence.statement import Commitment, Signatory
from signing.workflow import drafting
from tests.installation import needs_chromium
from tests.navigators import next_page
from tests.web.device_contact import DeviceContact, asks_for, assents, binds, statements
from tests.web.installation import House, letter_text
from tests.web.test_contact import ARABIC
from tests.web.test_pages_in_chromium import base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium

ORGANISATION = "Human Rights in China"
# Everything a letter may hold, as its own writer spells it.
RICH = """## 1. What we ask \\& why

We write about **three *wide* rivers**[^b] and “the people” – all 1,200 of them – beside them.\\
They live there since 1986\\. In

1986\\. the dam came. See the [report](https://example.org/a_(b)_c?x=1&y=2#z) and <https://example.org/plain>.

- publish it *in full*[^a];
  - with \\*all\\* its parts \\[sic\\],
  - a\\_b\\_c and \\# 1;
- hear them.

3. third
4. fourth

> We are here.
>
> > So are they. &copy; 5 \\< 6

[^a]: See **there**, p. 7.
    And here.

[^b]: The Aa, the Bb & the Cc."""


@pytest.fixture
def made(browser: Browser, base_url: str, house: House) -> Iterator[Callable[..., DeviceContact]]:
    devices: list[DeviceContact] = []

    def make(**settings: Any) -> DeviceContact:
        devices.append(DeviceContact(browser, base_url, house, ORGANISATION, **settings))
        return devices[-1]

    yield make
    for each in devices:
        each.leaves()


@pytest.fixture
def device(made: Callable[..., DeviceContact]) -> DeviceContact:
    return made()


def test_whatever_a_letter_may_hold_its_page_is_found_to_show_its_file(device: DeviceContact, house: House) -> None:
    arabic = letter_text(language="ar", title="رسالة مشتركة", place="جنيف", reference="رقم ٧", body="نكتب **ثلاثة**.")
    letter_id = house.letter(letter_text(body=RICH, place="Geneva", reference="Ref. 7/2026"), arabic)
    house.roster(letter_id, ORGANISATION)
    house.open(letter_id)
    house.invite(letter_id)
    device.answers(letter_id)
    (assent,) = assents(house, letter_id)
    assert [each.name for each in assent.subject] == ["1.ar.md", "1.en.md"]


def test_a_language_that_the_page_does_not_show_is_not_signed(device: DeviceContact, house: House) -> None:
    letter_id = house.letter(letter_text(), ARABIC)
    house.roster(letter_id, ORGANISATION)
    house.open(letter_id)
    house.invite(letter_id)
    device.opens(letter_id)
    device.fills_in()
    device.gets_a_code()
    device.page.evaluate("document.getElementById('text-ar').remove()")
    device.sends()
    device.is_stopped("differs", "The words of the letter differ")
    assert len(statements(house, letter_id)) == 1


def test_a_confidential_yes_stands_under_a_commitment_and_under_a_key_of_its_own(
    device: DeviceContact, house: House
) -> None:
    first = house.opened(ORGANISATION)
    device.answers(first)
    second = house.opened(ORGANISATION)
    device.opens(second)
    device.fills_in(listed_as="The Hidden")
    device.is_ready("device known")
    device.page.check("[name=confidential]")
    device.is_ready("device code")
    device.gets_a_code()
    assert device.page.is_checked("[name=confidential]")
    device.sends()
    device.arrives()
    main = device.page.locator("main")
    expect(main).to_contain_text("Counted without a name")
    (assent,) = assents(house, second)
    assert isinstance(assent.signatory, Commitment)
    assert assent.by != assents(house, first)[0].by
    opening = device.context.request.get(f"{device.address}/opening.json").body()
    assert commitment_of(opening) == assent.signatory.commitment
    assert json.loads(opening)["listed_as"] == "The Hidden"
    # Taken back under the same commitment, by the same key, without a code.
    device.page.goto(device.address)
    device.fills_in("withdraw")
    device.is_ready("device known")
    device.sends("Sign and send")
    device.arrives()
    last = assents(house, second)[-1]
    assert (last.decision, last.signatory, last.by) == ("withdraw", assent.signatory, assent.by)


def test_a_confidential_answer_that_would_name_the_organisation_is_not_signed(
    device: DeviceContact, house: House
) -> None:
    letter_id = house.opened(ORGANISATION)

    def lies(route: Route) -> None:
        # As if nobody had asked to be confidential.
        route.continue_(post_data=(route.request.post_data or "").replace('name="confidential"', 'name="other"'))

    device.page.route("**/statement", lies)
    device.opens(letter_id)
    device.fills_in()
    device.page.check("[name=confidential]")
    device.gets_a_code()
    device.sends()
    device.is_stopped("differs", "not spelled")
    assert assents(house, letter_id) == []


def test_a_yes_to_typography_is_signed_and_carried_and_other_words_lapse(device: DeviceContact, house: House) -> None:
    letter_id = house.letter(letter_text())
    house.roster(letter_id, ORGANISATION)
    house.open(letter_id)
    house.invite(letter_id)
    device.opens(letter_id)
    device.fills_in()
    device.page.check("[name=accepts]")
    device.gets_a_code()
    device.sends()
    device.arrives()
    (assent,) = assents(house, letter_id)
    assert assent.accepts == ("typography",)
    body = letter_text().body
    drafting.import_letter(house.services, letter_text(body=body.replace("We ask you to:", "We  ask you to:")),
                           letter_id=letter_id)
    house.open(letter_id)
    device.page.goto(device.address)
    main = device.page.locator("main")
    expect(main).to_contain_text("Your approval of version 1 holds for these words too")
    drafting.import_letter(house.services, letter_text(body="Quite other words."), letter_id=letter_id)
    house.open(letter_id)
    device.page.goto(device.address)
    expect(main).to_contain_text("that approval no longer counts")
    device.fills_in()
    device.is_ready("device known")
    device.sends("Sign and send")
    device.arrives()
    assert [each.version for each in assents(house, letter_id)] == [1, 3]


def test_a_decline_is_signed_by_nobodys_key(device: DeviceContact, house: House) -> None:
    letter_id = house.opened(ORGANISATION)
    device.opens(letter_id)
    device.fills_in("decline")
    device.is_ready("service code")
    assert not device.page.locator("details.ways").is_visible()
    device.gets_a_code()
    device.sends()
    device.arrives()
    assert binds(house, letter_id) == []
    assert assents(house, letter_id)[0].by == house.services.attestor.public.key


def test_without_a_key_the_service_vouches_and_says_so(device: DeviceContact, house: House) -> None:
    letter_id = house.opened(ORGANISATION)
    device.answers(letter_id, way="service")
    assert binds(house, letter_id) == []
    expect(device.page.locator("main")).to_contain_text("By this service, on the code you typed")


@pytest.mark.parametrize("level", [1, 2])
def test_without_scripts_the_page_is_whole(made: Callable[..., DeviceContact], house: House, level: int) -> None:
    device = made(java_script_enabled=False)
    letter_id = house.opened(ORGANISATION)
    asks_for(house, letter_id, min_level=level)
    device.opens(letter_id)
    assert not device.page.locator("[name=way]").count()
    asked = device.page.get_by_text("JavaScript, which is off here")
    assert asked.count() == level - 1
    device.fills_in()
    device.gets_a_code()
    device.sends()
    if level == 1:
        device.arrives()
        assert assents(house, letter_id)[0].by == house.services.attestor.public.key
    else:
        expect(device.page.locator(".summary")).to_contain_text("signed by a key in your browser, or stronger")
        assert assents(house, letter_id) == []
        device.sends("Sign with a key of your own")
        expect(device.page.get_by_role("heading", name="Sign with a key of your own")).to_be_visible()


@pytest.mark.parametrize(("level", "ways"), [(1, ["device", "passkey", "service"]), (2, ["device", "passkey"]),
                                             (3, ["passkey"]), (4, [])])
def test_the_page_offers_the_ways_that_the_letter_takes(
    device: DeviceContact, house: House, level: int, ways: list[str]
) -> None:
    letter_id = house.opened(ORGANISATION)
    asks_for(house, letter_id, min_level=level)
    device.opens(letter_id)
    device.is_ready(f"{(ways or ['service'])[0]} code")
    offered = device.page.locator("[name=way]").evaluate_all("all => all.map(each => each.value)")
    assert offered == ways
    assert device.page.get_by_role("button", name="Sign with a key of your own").is_visible()


def test_a_key_that_waits_for_the_coordinator_shows_its_words_and_then_signs_without_a_code(
    device: DeviceContact, house: House
) -> None:
    letter_id = house.opened(ORGANISATION)
    asks_for(house, letter_id, binders=("attestor", "coordinator"))
    device.opens(letter_id)
    device.fills_in()
    device.gets_a_code()
    device.sends()
    expect(device.page.get_by_role("heading", level=1)).to_contain_text("The coordinator has to confirm your key")
    assert device.page.evaluate("document.activeElement.tagName") == "H1"
    assert len(device.page.locator(".phrase").inner_text().split()) == 12
    assert assents(house, letter_id) == []
    device.page.goto(device.address)
    expect(device.page.locator("main")).to_contain_text("Your key waits for the coordinator's word")
    # Confirmed meanwhile: the key speaks now.
    asks_for(house, letter_id)
    device.page.goto(device.address)
    device.fills_in()
    device.is_ready("device known")
    device.sends("Sign and send")
    device.arrives()


def test_two_tabs_of_one_letter_give_one_answer_and_a_change_of_mind(device: DeviceContact, house: House) -> None:
    letter_id = house.opened(ORGANISATION)
    device.opens(letter_id)
    other = device.context.new_page()
    other.goto(device.address)
    device.fills_in()
    device.gets_a_code()
    device.sends()
    device.arrives()
    # The other tab still shows the page of before; its key speaks by now, so it is told what it would change.
    other.check("[name=decision][value=approve]")
    other.check("[name=authority]")
    with next_page(other):
        other.get_by_role("button", name="Send me the code").click()
    assert len(assents(house, letter_id)) == 1
    assert len({each.bound.key for each in binds(house, letter_id)}) == 1


def test_two_presses_record_one_answer(device: DeviceContact, house: House) -> None:
    letter_id = house.opened(ORGANISATION)
    device.opens(letter_id)
    device.fills_in()
    device.gets_a_code()
    device.page.evaluate("""() => { const button = [...document.querySelectorAll('button')]
        .find((each) => each.textContent === 'Send our answer'); button.click(); button.click(); }""")
    device.arrives()
    assert len(assents(house, letter_id)) == 1


def test_whoever_goes_back_finds_the_page_and_may_change_the_answer(device: DeviceContact, house: House) -> None:
    letter_id = house.opened(ORGANISATION)
    device.answers(letter_id)
    device.page.goto(device.address)
    device.fills_in("withdraw")
    device.is_ready("device known")
    device.sends("Sign and send")
    device.arrives()
    device.page.go_back()
    device.fills_in("approve")
    device.is_ready("device known")
    device.sends("Sign and send")
    device.arrives()
    assert [each.decision for each in assents(house, letter_id)] == ["approve", "withdraw", "approve"]


def to_focus(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_the_keyboard_alone_is_enough(device: DeviceContact, house: House) -> None:
    letter_id = house.opened(ORGANISATION)
    device.opens(letter_id)
    device.is_ready("device code")
    page = device.page
    to_focus(page, "[name=decision]")
    page.keyboard.press("Space")
    to_focus(page, "[name=authority]")
    page.keyboard.press("Space")
    to_focus(page, ".ways > summary")
    page.keyboard.press("Enter")
    to_focus(page, "[name=way]")
    to_focus(page, "[name=save]")
    to_focus(page, "button[formaction$='/code']")
    with next_page(page):
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "code"
    page.keyboard.type(house.code(letter_id, ORGANISATION))
    page.keyboard.press("Enter")
    device.arrives()
    assert len(binds(house, letter_id)) == 1


LOOKS = {"phone": {"viewport": {"width": 360, "height": 740}},
         "desktop-dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}}


@pytest.mark.parametrize(
    ("look", "direction"),
    [("phone", "ltr"), ("desktop-dark", "rtl")]
    + ([("phone", "rtl"), ("desktop-dark", "ltr")] if os.environ.get("LONG_TESTS") else []),
)
def test_every_page_reads_well(
    made: Callable[..., DeviceContact], house: House, look: str, direction: str
) -> None:
    device = made(**LOOKS[look])
    letter_id = house.opened(ORGANISATION)
    problems: list[str] = []

    def judges(name: str) -> None:
        device.page.evaluate(f"document.documentElement.dir = '{direction}'")
        found = Axe().run(device.page)
        if found.violations_count:
            problems.append(f"{name}: {found.generate_report()}")
        if (sideways := device.page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
            problems.append(f"{name}: {sideways} px too wide")

    device.opens(letter_id)
    device.fills_in()
    device.page.locator("details.ways > summary").click()
    judges("ways")
    device.gets_a_code()
    device.page.route("**/words/*", lambda route: route.fulfill(body=b"other"))
    device.sends()
    device.is_stopped("differs", "The words of the letter differ")
    judges("stopped")
    device.page.unroute("**/words/*")
    device.sends()
    device.arrives()
    judges("receipt")
    device.page.goto(f"{device.address}/keys")
    expect(device.page.locator("#add")).to_have_attribute("data-ready", "yes")
    device.page.locator(".own-key summary").click()
    judges("keys")
    device.page.goto(f"{device.address}/own-key")
    judges("own key")
    device.page.goto(device.address)
    device.fills_in()
    device.is_ready("device known")
    judges("known")
    assert problems == []


def test_an_open_name_is_that_of_the_form(device: DeviceContact, house: House) -> None:
    letter_id = house.opened(ORGANISATION)
    device.answers(letter_id, person="  Kim \u00a0 O\u0308zil ", listed_as="Human  Rights in  China", sort_name="China")
    who = assents(house, letter_id)[0].signatory
    assert isinstance(who, Signatory)
    assert (who.person, who.listed_as, who.sort_name) == ("Kim \u00d6zil", "Human Rights in China", "China")
