"""A coordinator signs in by passkey in a real browser, alone and after the password; every page of accounts and people
is whole on a telephone and on a desk."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from playwright.sync_api import Browser, expect

from signing.domain.access import MemberRole
from signing.workflow import accounts
from tests.installation import needs_chromium
from tests.web.installation import PASSWORD, House
from tests.web.test_pages_in_chromium import Look, base_url, browser

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium
ADA, ACCOUNT = "coordinator@example.org", "/coordinator/account/"


def types_password(look: Look) -> None:
    look.page.goto("/sign-in")
    look.page.fill("[name=email]", ADA)
    look.page.fill("[name=password]", PASSWORD)
    look.presses(look.page.get_by_role("button", name="Sign in", exact=True))


def test_a_passkey_signs_in_alone_and_after_the_password(browser: Browser, base_url: str, house: House) -> None:
    house.clock.now = datetime.now(UTC)
    letter_id = house.opened("Rivers China")
    house.joins(letter_id, "noor.with.a.long.name@organisations.example.org", MemberRole.EDITOR)
    house.joins(letter_id, "new@example.org", MemberRole.VIEWER)
    look = Look(browser, base_url, "ltr", {"viewport": {"width": 390, "height": 840}})
    page = look.page
    session = look.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})
    types_password(look)
    of_letter = f"/coordinator/letters/{letter_id}"
    for path in (ACCOUNT, f"{ACCOUNT}app", f"{ACCOUNT}password", f"{ACCOUNT}activity", f"{of_letter}/activity"):
        look.opens(path)
    page.set_viewport_size({"width": 1280, "height": 900})
    look.opens(f"{of_letter}/people")
    page.locator(".people summary").nth(1).click()
    look.judges("people, one open")
    page.set_viewport_size({"width": 390, "height": 840})

    look.page.goto(ACCOUNT)
    page.fill("[name=label]", "Telephone")
    page.locator("#present").fill(PASSWORD)
    look.presses(page.get_by_role("button", name="Add a passkey"))
    expect(page.locator(".ways b", has_text=re.compile("^Telephone$"))).to_be_visible()
    look.judges("account with a passkey")

    look.presses(page.get_by_role("button", name="Sign out"))
    look.judges("sign in")
    look.presses(page.get_by_role("button", name="Sign in with a passkey"))
    expect(page).to_have_url(re.compile(r"/coordinator/$"))
    look.presses(page.get_by_role("button", name="Sign out"))
    types_password(look)
    expect(page).to_have_url(re.compile(r"/sign-in/second$"))
    look.judges("one more step")
    look.presses(page.get_by_role("button", name="Use your passkey"))
    expect(page).to_have_url(re.compile(r"/coordinator/$"))
    look.opens(ACCOUNT)
    expect(page.get_by_text("Password and passkey")).to_be_visible()

    _, link = accounts.reset(house.services, "new@example.org")
    look.page.goto(link)
    look.judges("choose a password")
    look.context.close()
    assert look.problems == []
    assert {url for url in look.requests if not url.startswith(look.base_url)} == set()
