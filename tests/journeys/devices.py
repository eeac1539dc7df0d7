"""Contacts of the evidence story: browsers that keep keys, and people with keys of their own and no scripts."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.durability.place import wait_until
from tests.mail_catcher import MailCatcher, link_in, text_of
from tests.navigators import Contact
from tests.web.test_own_key import Gpg, Ssh


def link_for(mails: MailCatcher, address: str, letter_id: str) -> str:
    """The newest link to this letter that was mailed to `address`, once there is one."""
    links: list[str] = []

    def came() -> bool:
        links[:] = [
            link_in(mail) for mail in mails.to(address)
            if (mail["References"] or "").startswith(f"<{letter_id}.") and "/i/" in text_of(mail)
        ]  # fmt: skip
        return bool(links)

    wait_until(came, f"a link of {letter_id} for {address}")
    return links[-1]


class Answering(Contact):
    """A contact who answers one letter after the other from the same browser."""

    def opens(self, letter_id: str) -> None:
        self.goes_to(link_for(self.mails, self.address, letter_id))
        self.home = self.page.url

    def says_yes(self, *, accepts: bool, **fields: str) -> None:
        self.chooses("approve")
        self.types(**fields)
        if accepts:
            self.page.check("input[type=checkbox][name=accepts]")

    def has_a_receipt(self) -> None:
        expect(self.page).to_have_url(f"{self.home}/receipt")

    def attests(self, letter_id: str, *, accepts: bool = True, **fields: str) -> None:
        """Approves with the mailed code alone."""
        self.opens(letter_id)
        self.says_yes(accepts=accepts, **fields)
        self.sends_the_answer(self.asks_for_the_code())
        self.has_a_receipt()

    def declines(self, letter_id: str, **fields: str) -> None:
        self.opens(letter_id)
        self.chooses("decline")
        self.types(**fields)
        self.sends_the_answer(self.asks_for_the_code())
        self.has_a_receipt()

    def signs_with_an_own_key(
        self, letter_id: str, tool: Ssh | Gpg, folder: Path, *, accepts: bool = True, **fields: str
    ) -> None:
        """The file taken from the page, signed by the command on the page, and brought back."""
        self.opens(letter_id)
        self.goes_to(f"{self.home.removeprefix(self.base_url)}/own-key")
        self.says_yes(accepts=accepts, public_key=tool.public, **fields)
        self.page.fill("input[name=code]", self.asks_for_the_code())
        self.presses("Show me what to sign")
        self.sees("Nothing is recorded yet")
        data = self.downloads("Download assent.pae", folder / f"{self.address}.pae").read_bytes()
        signature = folder / tool.signature_name
        signature.write_bytes(tool.sign(data, self.page.locator("pre code").inner_text()))
        self.page.set_input_files("input[name=signature_file]", signature)
        self.presses("Send our signed answer")
        self.has_a_receipt()


class Device(Answering):
    """A contact whose browser runs scripts and keeps a key from one letter to the next."""

    def __init__(
        self, browser: Browser, base_url: str, mails: MailCatcher, address: str, *, way: str = "device",
        script: str = "",
    ) -> None:  # fmt: skip
        self.base_url, self.mails, self.address, self.way = base_url, mails, address, way
        self.context = browser.new_context(viewport={"width": 390, "height": 800}, accept_downloads=True)
        if script:
            self.context.add_init_script(script)
        self.page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        if way == "passkey":
            session = self.context.new_cdp_session(self.page)
            session.send("WebAuthn.enable")
            session.send("WebAuthn.addVirtualAuthenticator", {"options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }})  # fmt: skip

    def signs(
        self, letter_id: str, *, code: bool = True, accepts: bool = True, confidential: bool = False, **fields: str
    ) -> None:
        """Approves with this browser's key; where it is known already, there is no code to type."""
        self.opens(letter_id)
        self.says_yes(accepts=accepts, **fields)
        if confidential:
            self.page.check("input[type=checkbox][name=confidential]")
        self._chooses_the_way()
        if code:
            digits = self.asks_for_the_code()
            self._is_ready("code")
            self.page.fill("input[name=code]", digits)
            self.page.get_by_role("button", name="Send our answer", exact=True).click()
        else:
            self._is_ready("known")
            assert not self.page.locator("[data-with-code]").is_visible()
            self.page.get_by_role("button", name="Sign and send", exact=True).click()
        self.has_a_receipt()
        assert self.problems == []

    def _chooses_the_way(self) -> None:
        if self.page.locator(f"[name=way][value={self.way}]").is_checked():
            return
        self.page.locator("details.ways > summary").click()
        self.page.check(f"[name=way][value={self.way}]")

    def _is_ready(self, state: str) -> None:
        """The script has looked which key there is."""
        expect(self.page.locator("#answer-form")).to_have_attribute("data-ready", f"{self.way} {state}")
