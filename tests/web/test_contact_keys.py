"""An organisation's own keys: shown, revoked by a code, one bound by another in the page or by its own tool."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.installation import needs_chromium
from tests.navigators import next_page
from tests.web.device_contact import DeviceContact, asks_for, assents, binds, statements
from tests.web.installation import House
from tests.web.test_device_keys import changing, say
from tests.web.test_own_key import Ssh, command_on, offers, signs
from tests.web.test_pages_in_chromium import base_url, browser
from tests.web.visitor import Visitor

__all__ = ["base_url", "browser"]
ORGANISATION = "Human Rights in China"


@pytest.fixture
def device(browser: Browser, base_url: str, house: House) -> Iterator[DeviceContact]:
    made = DeviceContact(browser, base_url, house, ORGANISATION)
    yield made
    made.leaves()


def at_the_keys(device: DeviceContact) -> None:
    device.page.goto(f"{device.address}/keys")
    expect(device.page.locator("#add")).to_have_attribute("data-ready", "yes")


@needs_chromium
def test_a_browser_binds_a_passkey_that_then_signs_without_a_code(device: DeviceContact, house: House) -> None:
    device.gets_a_passkey_holder()
    letter_id = house.opened(ORGANISATION)
    device.answers(letter_id)
    at_the_keys(device)
    device.sends("Make a passkey and sign for it")
    expect(device.page.get_by_role("heading", name="Passkey", exact=True)).to_be_visible()
    first, second = binds(house, letter_id)
    assert (second.by, second.bound.scheme, second.until) == (first.bound.key, "webauthn", None)
    device.page.goto(device.address)
    device.fills_in("withdraw")
    device.signs_by("passkey")
    device.is_ready("passkey known")
    device.sends("Sign and send")
    device.arrives()
    assert [each.by for each in assents(house, letter_id)] == [first.bound.key, second.bound.key]


@needs_chromium
def test_a_colleague_gets_the_right_to_sign_until_a_day(device: DeviceContact, house: House, tmp_path: Path) -> None:
    letter_id = house.opened(ORGANISATION)
    device.answers(letter_id)
    at_the_keys(device)
    device.page.fill("[name=script_key]", Ssh(tmp_path, "ed25519").public)
    device.page.fill("[name=script_until]", "2099-12-31")
    device.sends("Sign for it with this device")
    expect(device.page.get_by_role("heading", name="SSH key", exact=True)).to_be_visible()
    _, second = binds(house, letter_id)
    assert (second.bound.scheme, second.until) == ("sshsig", "2099-12-31T23:59:59Z")


LIES = {
    "for ever": (say("predicate", "until", value=None), "another last day"),
    "another organisation": (say("predicate", "signatory", "org", value="org-other"), "another organisation"),
    "a revocation": (say("predicate", "action", value="revoke"), "another answer"),
    "another text": (say("predicate", "public_key", value="ssh-ed25519 AAAA\n"), "another key"),
}


@needs_chromium
def test_a_key_statement_that_says_something_else_is_not_signed(
    device: DeviceContact, house: House, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    letter_id = house.opened(ORGANISATION)
    device.answers(letter_id)
    before = len(statements(house, letter_id))
    at_the_keys(device)
    device.page.fill("[name=script_key]", Ssh(tmp_path, "ed25519").public)
    device.page.fill("[name=script_until]", "2099-12-31")
    for lie, (change, words) in LIES.items():
        with subtests.test(lie):
            device.page.route("**/keys/statement", changing(change))
            device.sends("Sign for it with this device")
            device.is_stopped("differs", words)
            assert len(statements(house, letter_id)) == before
        device.page.unroute("**/keys/statement")
    # Once the service tells the truth, the same page goes on.
    device.sends("Sign for it with this device")
    expect(device.page.get_by_role("heading", name="SSH key", exact=True)).to_be_visible()


@needs_chromium
def test_what_is_no_ssh_key_is_told_before_anything_is_sent(device: DeviceContact, house: House) -> None:
    letter_id = house.opened(ORGANISATION)
    device.answers(letter_id)
    at_the_keys(device)
    device.page.fill("[name=script_key]", "hello")
    device.sends("Sign for it with this device")
    device.is_stopped("not-ssh", "This is not a public SSH key")


@needs_chromium
def test_a_lost_device_is_revoked_by_a_code_and_signs_no_more(device: DeviceContact, house: House) -> None:
    letter_id = house.opened(ORGANISATION)
    device.answers(letter_id)
    device.page.goto(f"{device.address}/keys")
    device.page.get_by_text("This key was lost").click()
    device.gets_a_code("Send me a code to revoke it")
    device.page.fill("[name=compromised_since]", "2026-01-31")
    with next_page(device.page):
        device.sends("Revoke this key")
    expect(device.page.locator("main")).to_contain_text("Revoked")
    said = binds(house, letter_id)[-1]
    assert (said.action, said.compromised_since) == ("revoke", "2026-01-31T00:00:00Z")
    # What is revoked signs nothing more: the device makes itself another key, which a code binds anew.
    device.page.goto(device.address)
    device.fills_in("withdraw")
    device.is_ready("device code")
    device.gets_a_code()
    device.sends()
    device.arrives()
    assert binds(house, letter_id)[-1].action == "bind"
    first, last = assents(house, letter_id)
    assert first.by != last.by == binds(house, letter_id)[-1].bound.key


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ORGANISATION)


@pytest.fixture
def contact(house: House, letter_id: str, visitor: Visitor) -> Visitor:
    return visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()


def test_an_own_key_signs_for_a_colleagues_by_its_own_tool(
    contact: Visitor, house: House, letter_id: str, tmp_path: Path
) -> None:
    page = contact.path
    key = Ssh(tmp_path, "ed25519")
    (other := tmp_path / "other").mkdir()
    offers(contact, house, letter_id, f"{page}/own-key", key.public)
    signs(contact, key)
    contact.goes_to(f"{page}/keys")
    contact.sends(f"{page}/keys/statement", public_key=Ssh(other, "ecdsa").public, until="2026-12-31",
                  signer=binds(house, letter_id)[0].bound.key)
    assert contact.status == 303, contact.words
    contact.follows()
    at = contact.path
    assert "This key too speaks for Human Rights in China" in contact.words
    data = contact.goes_to(f"{at}/key.pae").answer.data
    command = command_on(contact.goes_to(at)).replace("key.pae", "assent.pae")
    contact.sends(at, signature=b"hello".decode())
    assert contact.status == 422
    assert "key.pae.sig" in contact.words
    contact.sends(at, signature_file=(io.BytesIO(key.sign(data, command)), "key.pae.sig"))
    assert contact.status == 303, contact.words
    assert "another key of yours" in contact.follows().words
    assert binds(house, letter_id)[1].until == "2026-12-31T23:59:59Z"


@pytest.mark.parametrize(("field", "value", "words"), [
    ("until", "2020-01-01", "This time is past"), ("until", "tomorrow", "Type the day as"),
    ("public_key", "hello", "cannot be used here"), ("signer", "ssh:SHA256:AAAA", "no key of this name"),
])
def test_what_cannot_be_bound_is_told(
    contact: Visitor, house: House, letter_id: str, tmp_path: Path, field: str, value: str, words: str
) -> None:
    page = contact.path
    key = Ssh(tmp_path, "ed25519")
    (other := tmp_path / "other").mkdir()
    offers(contact, house, letter_id, f"{page}/own-key", key.public)
    signs(contact, key)
    before = len(statements(house, letter_id))
    sent = {"public_key": Ssh(other, "ed25519").public, "signer": binds(house, letter_id)[0].bound.key, field: value}
    contact.goes_to(f"{page}/keys").sends(f"{page}/keys/statement", **sent)
    assert contact.status in (404, 409, 422)
    assert words in contact.words
    assert len(statements(house, letter_id)) == before


def test_a_wrong_code_and_a_day_to_come_revoke_nothing(
    contact: Visitor, house: House, letter_id: str, tmp_path: Path
) -> None:
    page = contact.path
    key = Ssh(tmp_path, "ed25519")
    offers(contact, house, letter_id, f"{page}/own-key", key.public)
    signs(contact, key)
    name = binds(house, letter_id)[0].bound.key
    house.clock.pass_(minutes=1)
    contact.goes_to(f"{page}/keys").sends(f"{page}/keys/code", key=name)
    assert "We sent an 8-digit code" in contact.words
    right = house.code(letter_id, ORGANISATION)
    contact.sends(f"{page}/keys/revoke", code="00000000" if right != "00000000" else "11111111")
    assert "That is not the code" in contact.words
    contact.sends(f"{page}/keys/revoke", code=right, compromised_since="2030-01-01")
    assert "still to come" in contact.words
    assert [each.action for each in binds(house, letter_id)] == ["bind"]
    contact.sends(f"{page}/keys/revoke", code=right, compromised_since="")
    assert contact.status == 303, contact.words


def test_a_waiting_key_is_shown_as_waiting(
    contact: Visitor, house: House, letter_id: str, tmp_path: Path
) -> None:
    asks_for(house, letter_id, binders=("attestor", "coordinator"))
    page = contact.path
    contact.goes_to(f"{page}/own-key")
    contact.sends(f"{page}/own-key/code", decision="approve", authority="1", public_key=Ssh(tmp_path, "ed25519").public)
    contact.sends(f"{page}/own-key/statement", code=house.code(letter_id, ORGANISATION))
    assert "Waits for the coordinator" in contact.goes_to(f"{page}/keys").words
