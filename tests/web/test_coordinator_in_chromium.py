"""A coordinator signs in a real browser, by passkey and by a key that never leaves it; and a service that shows one
thing and has another signed is found out before anything is (EVIDENCE 4.3, 4.10)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from signing.evidence.canonical import to_bytes
from signing.evidence.statement import CloseStatement, LetterStatement
from signing.workflow import coordinator_keys, vouching
from signing.workflow.device_signing import KeyWaits
from signing.workflow.opening import Wishes
from tests.evidence import signers
from tests.installation import needs_chromium
from tests.web.coordinator_desk import ORGANISATION, OTHER, SshKey, last, statements
from tests.web.installation import PASSWORD, House
from tests.web.test_pages_in_chromium import Look, base_url, browser, look
from tests.workflow.desk import ONE, Desk, opened

__all__ = ["base_url", "browser", "look"]
pytestmark = needs_chromium


class Office:
    """One coordinator's browser, with scripts and a passkey holder."""

    def __init__(self, browser: Browser, base_url: str, *, verifies: bool = True) -> None:
        self.context: BrowserContext = browser.new_context(base_url=base_url, accept_downloads=True)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda message: self.problems.append(message.text)
                     if "Content Security Policy" in message.text else None)
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": verifies, "automaticPresenceSimulation": True,
        }})
        self.signs_in()

    def signs_in(self) -> None:
        self.page.goto("/sign-in")
        self.page.fill("[name=email]", "coordinator@example.org")
        self.page.fill("[name=password]", PASSWORD)
        self.presses("Sign in")

    def presses(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=name, exact=True).click()

    def makes(self, button: str) -> None:
        self.page.goto("/coordinator/keys/")
        self.presses(button)

    def chooses(self, label: str) -> None:
        self.page.locator("fieldset.signers .choice", has_text=label).first.locator("input").check()

    def begins(self, path: str, label: str, button: str) -> None:
        self.page.goto(path)
        self.chooses(label)
        self.presses(button)

    def says(self, state: str) -> None:
        expect(self.page.locator("form[data-sign] [data-status]")).to_have_attribute("data-state", state)

    def leaves(self) -> None:
        self.context.close()
        assert self.problems == []


@pytest.fixture(autouse=True)
def _now(house: House) -> None:
    """A page signs only what is of its own computer's present."""
    house.clock.now = datetime.now(UTC)


@pytest.fixture
def office(browser: Browser, base_url: str) -> Iterator[Office]:
    made = Office(browser, base_url)
    yield made
    made.leaves()


@pytest.fixture
def draft(house: House) -> str:
    letter_id = house.letter()
    house.roster(letter_id, ORGANISATION, OTHER)
    return letter_id


WAYS = {"Register a passkey": ("Passkey", "webauthn"), "Make a key here": ("Browser", "ed25519")}


@pytest.mark.parametrize("way", WAYS)
def test_a_letter_is_opened_and_closed_with_a_key_that_only_this_browser_has(
    office: Office, house: House, draft: str, way: str
) -> None:
    label, scheme = WAYS[way]
    office.makes(way)
    (view,) = coordinator_keys.keys(house.services)
    assert (view.key.scheme, bool(view.key.credential_id)) == (scheme, scheme == "webauthn")
    path = f"/coordinator/letters/{draft}"
    office.begins(f"{path}/open", label, "Open the letter")
    office.says("checked")
    office.presses("Sign and open")
    expect(office.page.locator("h1")).to_have_text("Invite 2 organisations?")
    opened = last(house, draft)
    assert isinstance(opened, LetterStatement)
    assert (opened.by, [key.key for key in opened.coordinators]) == (view.key.key, [view.key.key])
    house.invite(draft)
    house.approve(draft, ORGANISATION)
    house.approve(draft, OTHER)
    office.begins(f"{path}/close", label, "Close and sign the list")
    office.says("checked")
    office.presses("Sign and close")
    expect(office.page.locator("h1")).to_have_text("The letter is closed")
    closed = last(house, draft)
    assert isinstance(closed, CloseStatement)
    assert (closed.by, closed.listed) == (view.key.key, 2)


def test_a_passkey_whose_owner_is_not_verified_is_not_registered(
    browser: Browser, base_url: str, house: House
) -> None:
    office = Office(browser, base_url, verifies=False)
    office.page.goto("/coordinator/keys/")
    form = office.page.locator("form[data-make=passkey]")
    form.get_by_role("button").click()
    expect(form.locator("[data-status]")).to_have_attribute("data-state", "passkey-not-given")
    office.leaves()
    assert coordinator_keys.keys(house.services) == []


def test_one_browser_makes_one_key_until_it_is_retired(office: Office, house: House) -> None:
    office.makes("Make a key here")
    expect(office.page.get_by_text("in this browser", exact=True)).to_be_visible()
    form = office.page.locator("form[data-make=browser]")
    form.get_by_role("button").click()
    expect(form.locator("[data-status]")).to_have_attribute("data-state", "key-there-already")
    office.page.locator("details.acts > summary").click()
    office.presses("Retire this key")
    expect(office.page.get_by_text("in this browser", exact=True)).to_have_count(1)
    office.presses("Make a key here")
    keys = {view.key.key: view.key.retired_at is not None for view in coordinator_keys.keys(house.services)}
    assert sorted(keys.values()) == [False, True]


def test_a_key_of_another_browser_signs_nothing_here(
    office: Office, browser: Browser, base_url: str, house: House, draft: str
) -> None:
    office.makes("Make a key here")
    other = Office(browser, base_url)
    other.begins(f"/coordinator/letters/{draft}/open", "Browser", "Open the letter")
    other.says("key-elsewhere")
    expect(other.page.get_by_role("button", name="Sign and open")).to_be_disabled()
    other.leaves()
    assert statements(house, draft) == []


def changed(**fields: Any) -> Callable[[bytes], bytes]:
    """The same statement with other fields, spelled as it must be."""
    def change(payload: bytes) -> bytes:
        statement = json.loads(payload)
        statement["predicate"] |= fields
        return to_bytes(statement)
    return change


def other_subject(payload: bytes) -> bytes:
    statement = json.loads(payload)
    statement["subject"][0]["digest"]["sha256"] = "0" * 64
    return to_bytes(statement)


def more_subject(payload: bytes) -> bytes:
    statement = json.loads(payload)
    statement["subject"].append({"name": "fr.pdf", "digest": {"sha256": "0" * 64}})
    return to_bytes(statement)


def other_type(payload: bytes) -> bytes:
    return payload.replace(b"/close/v1", b"/assent/v1").replace(b"/letter/v1", b"/assent/v1")


@contextlib.contextmanager
def tampered(office: Office, pattern: str, change: Callable[[bytes], bytes]) -> Iterator[None]:
    """Inside, what the service answers under `pattern` is changed on its way."""
    def answer(route: Route) -> None:
        fetched = route.fetch()
        body = change(fetched.body())
        assert body != fetched.body(), "this changes nothing"
        route.fulfill(response=fetched, body=body)
    office.page.route(pattern, answer)
    try:
        yield
    finally:
        office.page.unroute(pattern)


Lies = dict[str, tuple[str, Callable[[bytes], bytes]]]


def finds_out(office: Office, subtests: pytest.Subtests, lies: Lies, button: str) -> None:
    """Told each of these lies, the page that has checked its statement checks anew and lets nothing be signed;
    told the truth again, it does."""
    office.says("checked")
    for lie, (pattern, change) in lies.items():
        with subtests.test(lie), tampered(office, pattern, change):
            # What a redirect leads to cannot be tampered with from here; what is asked for again can.
            office.page.reload()
            expect(office.page.locator("form[data-sign] [data-status]")).to_be_visible()
            office.says("clock" if lie == "time" else "differs")
            expect(office.page.get_by_role("button", name=button, exact=True)).to_be_disabled()
    office.page.reload()
    office.says("checked")
    expect(office.page.get_by_role("button", name=button, exact=True)).to_be_enabled()


LIES_ABOUT_WORDS: Lies = {
    "title": ("**/statement.json", changed(title="Other words")),
    "version": ("**/statement.json", changed(version=7)),
    "level": ("**/statement.json", changed(min_level=4)),
    "binders": ("**/statement.json", changed(binders=["coordinator"])),
    "coordinators": ("**/statement.json", changed(coordinators=[])),
    "key": ("**/statement.json", changed(by="spki:" + "0" * 64)),
    "letter": ("**/statement.json", changed(letter="localhost/l/another")),
    "attestor": ("**/statement.json", changed(attestor={"key": "", "scheme": "ed25519", "public_key": ""})),
    "passkeys' origins": (
        "**/statement.json", changed(rp={"id": "localhost", "origins": ["http://localhost", "https://elsewhere"]}),
    ),
    "a member more": ("**/statement.json", changed(accepts=["typography"])),
    "time": ("**/statement.json", changed(time="2031-03-02T09:30:00Z")),
    "namespace": ("**/statement.json", changed(ssh_namespace="assent@elsewhere")),
    "passkeys' place": ("**/statement.json", changed(rp={"id": "elsewhere", "origins": ["https://elsewhere"]})),
    "digest": ("**/statement.json", other_subject),
    "type": ("**/statement.json", other_type),
    "spelling": ("**/statement.json", lambda payload: payload.replace(b'{"_type"', b'{ "_type"')),
    "no JSON": ("**/statement.json", lambda payload: payload[:-1]),
    "words": ("**/files/1.en.md", lambda words: words.replace(b"three rivers", b"four rivers")),
    "title on the page": ("**/sign/*", lambda page: page.replace(b'data-shown="title">', b'data-shown="title">x')),
}


def test_words_other_than_those_shown_are_not_signed(
    office: Office, house: House, draft: str, subtests: pytest.Subtests
) -> None:
    office.makes("Make a key here")
    office.begins(f"/coordinator/letters/{draft}/open", "Browser", "Open the letter")
    finds_out(office, subtests, LIES_ABOUT_WORDS, "Sign and open")
    assert statements(house, draft) == []


LIES_ABOUT_THE_LIST: Lies = {
    "listed": ("**/statement.json", changed(listed=2)),
    "withheld": ("**/statement.json", changed(confidential=1)),
    "edition": ("**/statement.json", changed(edition=2)),
    "date": ("**/statement.json", changed(document_date="2020-01-01")),
    "more files": ("**/statement.json", more_subject),
    "the PDF": ("**/files/en.pdf", lambda pdf: pdf + b"more"),
    "a name added": ("**/files/signatories.json", lambda listed: listed[:-1] + b"," + listed[1:]),
    "a name on the page": ("**/sign/*", lambda page: page.replace(b'"name">Human', b'"name">Inhuman')),
    "a group": (
        "**/sign/*", lambda page: page.replace(b'<ol class="columns">', b'<b data-shown="group">Liars</b><ol>')
    ),
    "a name hidden": ("**/sign/*", lambda page: page.replace(b'<span data-shown="name">', b"<span>")),
}


def test_a_list_other_than_the_one_shown_is_not_signed(
    office: Office, house: House, draft: str, subtests: pytest.Subtests
) -> None:
    office.makes("Make a key here")
    path = f"/coordinator/letters/{draft}"
    office.begins(f"{path}/open", "Browser", "Open the letter")
    office.says("checked")
    office.presses("Sign and open")
    house.invite(draft)
    house.approve(draft, ORGANISATION)
    office.begins(f"{path}/close", "Browser", "Close and sign the list")
    finds_out(office, subtests, LIES_ABOUT_THE_LIST, "Sign and close")
    assert not isinstance(last(house, draft), CloseStatement)


def waiting_letter(house: House, wishes: Wishes | None = None) -> str:
    letter_id = opened(house, ONE, OTHER, binders=("attestor", "coordinator"))
    desk = Desk(house, letter_id)
    code = desk.asks_for_a_code()
    with pytest.raises(KeyWaits):
        desk.prepares(signers.browser_key("laptop"), code=code)
    return letter_id


def lies_about_a_voucher() -> Lies:
    other = signers.browser_key("the thief's").public
    return {
        "another key": ("**/statement.json", changed(key=other.key, public_key=other.public_key)),
        "another organisation": ("**/statement.json", changed(signatory={"listed_as": OTHER})),
        "another end": ("**/statement.json", changed(until="2020-02-29T00:00:00Z")),
        "a basis": ("**/statement.json", changed(basis="code")),
    }


def test_a_voucher_is_signed_for_the_key_that_is_shown(
    office: Office, house: House, draft: str, subtests: pytest.Subtests
) -> None:
    office.makes("Make a key here")
    path = f"/coordinator/letters/{draft}"
    office.page.goto(f"{path}/open")
    office.page.check("[name=binders][value=both]")
    office.chooses("Browser")
    office.presses("Open the letter")
    office.says("checked")
    office.presses("Sign and open")
    house.invite(draft)
    desk = Desk(house, draft, ORGANISATION)
    code = desk.asks_for_a_code()
    with pytest.raises(KeyWaits):
        desk.prepares(signers.browser_key("laptop"), code=code)
    office.page.goto(f"{path}/keys")
    office.page.fill("[name=phrase]", vouching.waiting(house.services, draft)[0].phrase)
    office.presses("Vouch for this key")
    finds_out(office, subtests, lies_about_a_voucher(), "Sign")
    assert len(vouching.waiting(house.services, draft)) == 1
    office.presses("Sign")
    assert vouching.waiting(house.services, draft) == []


def test_every_page_of_keys_and_signatures_is_fit_for_everybody(look: Look, house: House, tmp_path: Any) -> None:
    page = look.page
    page.goto("/sign-in")
    page.fill("[name=email]", "coordinator@example.org")
    page.fill("[name=password]", PASSWORD)
    look.presses(page.locator("main button").first)
    look.opens("/coordinator/keys/")
    page.fill("#public_key", "hello")
    look.presses(page.get_by_role("button", name="Register the SSH key"))
    look.judges("a key refused")
    page.fill("#public_key", SshKey(tmp_path).public)
    look.presses(page.get_by_role("button", name="Register the SSH key"))
    look.presses(page.get_by_role("button", name="Make a key here"))
    look.judges("two keys")
    letter_id = house.letter()
    house.roster(letter_id, ORGANISATION, OTHER)
    path = f"/coordinator/letters/{letter_id}"
    for label in ("SSH key", "Browser"):
        look.opens(f"{path}/open")
        page.locator("fieldset.signers .choice", has_text=label).first.locator("input").check()
        look.presses(page.get_by_role("button", name="Open the letter"))
        look.judges(f"to be signed with {label}")
    expect(page.locator("form[data-sign] [data-status]")).to_have_attribute("data-state", "checked")
    look.judges("checked")
    look.presses(page.get_by_role("button", name="Sign and open"))
    look.opens(f"{path}/open")
    page.locator("details > summary").first.click()
    look.judges("other keys")
    house.invite(letter_id)
    house.approve(letter_id, ORGANISATION)
    look.opens(f"{path}/close")
    page.locator("fieldset.signers .choice", has_text="Browser").first.locator("input").check()
    look.presses(page.get_by_role("button", name="Close and sign the list"))
    look.judges("the list")
    look.opens(f"{path}/close")
    waiting = waiting_letter(house)
    path = f"/coordinator/letters/{waiting}"
    look.opens(f"{path}/keys")
    page.fill("[name=phrase]", "wrong")
    look.presses(page.get_by_role("button", name="Vouch for this key"))
    look.judges("words that differ")
    page.locator("details.acts > summary").click()
    look.judges("revoking")
    look.opens(f"{path}/status")
