"""An approval that only the contact's own device could have made: browser key and passkey, in a real browser, and a
service that lies to the page on the way (EVIDENCE 4.1, 4.2, 4.10)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from signing.evidence.envelope import Envelope
from signing.workflow import auditing
from tests.installation import needs_chromium
from tests.web.device_contact import NO_ED25519, DeviceContact, assents, binds, payload_with, saved, statements
from tests.web.installation import House
from tests.web.test_pages_in_chromium import base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium

ORGANISATION = "Human Rights in China"


@pytest.fixture
def made(browser: Browser, base_url: str, house: House) -> Iterator[Callable[..., DeviceContact]]:
    """Makes devices, and looks after each that it met no error of its own."""
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


def test_the_first_letter_asks_for_a_code_and_the_next_asks_for_none(device: DeviceContact, house: House) -> None:
    first = house.opened(ORGANISATION, acronym="HRIC", native_name="中国人权")
    device.opens(first)
    device.is_ready("device code")
    device.answers(first, person="Kim  Ｄoe")
    expect(device.page.locator("main")).to_contain_text("By the key in your browser")
    (bound,), (assent,) = binds(house, first), assents(house, first)
    assert (bound.bound.scheme, bound.basis) == ("ed25519", "code")
    assert assent.by == bound.bound.key
    second = house.opened(ORGANISATION, "Front Line Defenders")
    device.opens(second)
    device.fills_in()
    device.is_ready("device known")
    assert not device.page.locator("[data-with-code]").is_visible()
    device.sends("Sign and send")
    device.arrives()
    (again,) = binds(house, second)
    assert (again.bound.key, again.basis) == (assent.by, "continuity")
    assert assents(house, second)[0].by == assent.by


def test_a_browser_without_ed25519_signs_with_p256(made: Callable[..., DeviceContact], house: House) -> None:
    device = made()
    device.context.add_init_script(NO_ED25519)
    letter_id = house.opened(ORGANISATION)
    device.answers(letter_id)
    assert binds(house, letter_id)[0].bound.scheme == "p256"
    # The log was checked by the workflow before it took the entry; the envelope is as strict as any.
    assert Envelope.from_bytes(auditing.entry(house.services, letter_id, 2).logged.entry).pae


def test_a_passkey_signs_and_is_known_on_the_next_letter(device: DeviceContact, house: House) -> None:
    device.gets_a_passkey_holder()
    first = house.opened(ORGANISATION)
    device.answers(first, way="passkey")
    expect(device.page.locator("main")).to_contain_text("By your passkey")
    (bound,) = binds(house, first)
    assert bound.bound.scheme == "webauthn"
    assert assents(house, first)[0].by == bound.bound.key
    second = house.opened(ORGANISATION)
    device.opens(second)
    device.fills_in()
    device.signs_by("passkey")
    device.is_ready("passkey known")
    device.sends("Sign and send")
    device.arrives()
    assert assents(house, second)[0].by == bound.bound.key


def test_a_mistyped_code_does_not_ask_for_a_second_passkey(device: DeviceContact, house: House) -> None:
    device.gets_a_passkey_holder()
    letter_id = house.opened(ORGANISATION)
    device.opens(letter_id)
    device.fills_in()
    device.signs_by("passkey")
    device.gets_a_code()
    right = device.page.input_value("[name=code]")
    device.page.fill("[name=code]", "00000000" if right != "00000000" else "11111111")
    device.sends()
    expect(device.page.locator(".summary")).to_contain_text("That is not the code")
    expect(device.page.locator(".summary")).to_be_focused()
    device.is_ready("passkey code")
    device.page.fill("[name=code]", right)
    made: list[str] = []
    device.page.on("request", lambda request: made.append(request.url))
    device.sends()
    device.arrives()
    assert not [url for url in made if url.endswith("/passkey")]


def test_a_passkey_that_does_not_check_the_person_signs_nothing(device: DeviceContact, house: House) -> None:
    device.gets_a_passkey_holder(verifies=False)
    letter_id = house.opened(ORGANISATION)
    device.opens(letter_id)
    device.fills_in()
    device.signs_by("passkey")
    device.gets_a_code()
    device.sends()
    device.is_stopped("passkey-not-given", "No passkey was used")
    assert len(statements(house, letter_id)) == 1


def test_the_signed_statement_is_saved_before_it_is_sent_and_is_the_log_entry(
    device: DeviceContact, house: House, tmp_path: Path
) -> None:
    letter_id = house.opened(ORGANISATION)
    device.opens(letter_id)
    device.fills_in()
    device.gets_a_code()
    device.saves_a_copy()
    # We lose the answer on its way: the copy is there all the same.
    device.page.route("**/signed", lambda route: route.abort())
    copy = saved(device.page, device.sends, tmp_path / "copy")
    expect(device.page.locator("[data-alarm]")).to_be_visible()
    assert len(statements(house, letter_id)) == 1
    device.page.unroute("**/signed")
    again = saved(device.page, device.sends, tmp_path / "again")
    device.arrives()
    assert again == auditing.entry(house.services, letter_id, 2).logged.entry
    # The service composes the same statement for the same press; an Ed25519 signature over it is the same too.
    assert copy == again


def say(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(said: dict[str, Any]) -> None:
        for step in path[:-1]:
            said = said[step]
        said[path[-1]] = value

    return change


LIES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "organisation": (say("predicate", "signatory", "org", value="org-other"), "another organisation"),
    "listed name": (say("predicate", "signatory", "listed_as", value="Somebody Else"), "under another name"),
    "person": (say("predicate", "signatory", "person", value="Somebody Else"), "another person"),
    "role": (say("predicate", "signatory", "role", value="King"), "another role"),
    "acronym": (say("predicate", "signatory", "acronym", value="XX"), "another acronym"),
    "letter": (say("predicate", "letter", value="localhost/l/other"), "another letter"),
    "decision": (say("predicate", "decision", value="withdraw"), "another answer"),
    "version": (say("predicate", "version", value=2), "another answer"),
    "key": (say("predicate", "by", value="spki:" + "0" * 64), "another key"),
    "digest": (lambda said: said["subject"][0]["digest"].update(sha256="0" * 64), "The words of the letter differ"),
    "more words": (lambda said: said["subject"].append(said["subject"][0] | {"name": "1.x.md"}), "words of the letter"),
    "head": (say("predicate", "head", "size", value=7), "another state of the log"),
    "accepts": (say("predicate", "accepts", value=["typography"]), "not spelled"),
    "unknown": (say("predicate", "extra", value=1), "not spelled"),
    "type": (say("predicateType", value="https://localhost/close/v1"), "not spelled"),
}


def changing(change: Callable[[dict[str, Any]], None]) -> Callable[[Route], None]:
    """A service that changes the statement on its way to the page."""
    def lies(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=payload_with(answer.text(), change))

    return lies


def respelled(route: Route) -> None:
    from base64 import b64decode, b64encode

    composed = json.loads(route.fetch().text())
    spelled = b64decode(composed["payload"]) + b" "
    route.fulfill(json=composed | {"payload": b64encode(spelled).decode()})


def test_a_statement_that_says_something_else_is_not_signed(
    device: DeviceContact, house: House, subtests: pytest.Subtests
) -> None:
    """Nothing that the page did not show is signed, and nothing at all is sent."""
    lies = {name: (changing(change), "differs", words) for name, (change, words) in LIES.items()} | {
        "another time": (
            changing(say("predicate", "time", value="2026-01-01T00:00:00Z")), "clock", "2026-01-01T00:00:00Z",
        ),
        "another spelling": (respelled, "differs", "not spelled"),
    }
    sent: list[str] = []
    letter_id = house.opened(ORGANISATION, acronym="HRIC")
    device.page.on("request", lambda request: sent.append(request.url))
    device.opens(letter_id)
    device.fills_in()
    device.gets_a_code()
    for name, (lie, code, words) in lies.items():
        with subtests.test(name):
            device.page.route("**/statement", lie)
            device.sends()
            device.is_stopped(code, words)
            expect(device.page.locator("[data-alarm]")).to_contain_text("Nothing was signed and nothing was sent")
            assert not [url for url in sent if url.endswith("/signed")]
            assert len(statements(house, letter_id)) == 1
        device.page.unroute("**/statement")
    # Once the service tells the truth, the same page goes on.
    device.sends()
    device.arrives()
    assert [url for url in sent if url.endswith("/signed")]


TAMPERED = {
    "a word": ("three rivers", "two rivers"),
    "a word more": ("</div>\n<p class=\"closing\">", "<p>And we pay.</p></div>\n<p class=\"closing\">"),
    "the addressee": ("Ms Ada Example", "Mr Ida Example"),
    "the date": ("2 March 2026", "3 March 2026"),
    "the title": ("protect those who speak for rivers</h2>", "protect nobody</h2>"),
    "the salutation": ("Dear Commissioner,", "Dear King,"),
    "hidden words": ("in full;", "<span hidden>in full</span>;"),
    "a style": ("<strong>three rivers</strong>", '<strong hidden>three rivers</strong>'),
}


def test_a_page_that_shows_other_words_than_the_file_is_not_signed(
    device: DeviceContact, house: House, subtests: pytest.Subtests
) -> None:
    for what, (true, false) in TAMPERED.items():
        with subtests.test(what):
            letter_id = house.opened(ORGANISATION)
            device.page.route("**/code", replacing(true, false))
            device.opens(letter_id)
            device.fills_in()
            device.gets_a_code()
            device.sends()
            device.is_stopped("differs", "The words of the letter differ")
            assert len(statements(house, letter_id)) == 1
        device.page.unroute("**/code")


def replacing(true: str, false: str) -> Callable[[Route], None]:
    def lies(route: Route) -> None:
        answer = route.fetch()
        page = answer.text()
        assert true in page
        route.fulfill(response=answer, body=page.replace(true, false))

    return lies


def test_a_file_that_is_not_the_page_is_not_signed(device: DeviceContact, house: House) -> None:
    letter_id = house.opened(ORGANISATION)
    device.page.route("**/words/*", lambda route: route.fulfill(body=b"---\n{}\n---\n\nother\n"))
    device.opens(letter_id)
    device.fills_in()
    device.gets_a_code()
    device.sends()
    device.is_stopped("differs", "The words of the letter differ")
