"""The three personas in a real browser, so that a journey reads as its story (no JavaScript runs)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.mail_catcher import MailCatcher, code_in, link_in

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def next_page(page: Page) -> Iterator[None]:
    """Look on only when the answer to a press is there: a page, or what its script puts in place of the main part."""
    page.locator("main").evaluate("main => { main.dataset.old = ''; }")
    yield
    expect(page.locator("main:not([data-old])")).to_be_attached()


class Person:
    """Somebody with a browser of their own, phone-sized, without scripts."""

    def __init__(self, browser: Browser, base_url: str, *, width: int = 390) -> None:
        self.base_url = base_url
        self.context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=False, accept_downloads=True
        )
        self.page: Page = self.context.new_page()

    def goes_to(self, path: str) -> None:
        self.page.goto(self.base_url + path if path.startswith("/") else path)

    def leaves(self) -> None:
        self.context.close()

    def sees(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def presses(self, name: str) -> None:
        # A click alone returns while the old page still stands; and where scripts run, no other page may come.
        with next_page(self.page):
            self.page.get_by_role("button", name=name, exact=True).click()

    def follows(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def downloads(self, name: str, to: Path) -> Path:
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=name).first.click()
        download.value.save_as(to)
        return to


class AccountHolder(Person):
    def signs_in(self, email: str, password: str) -> None:
        self.goes_to("/sign-in")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", password)
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit]").first.click()


class Contact(Person):
    """Answers from the mails of one address."""

    def __init__(self, browser: Browser, base_url: str, mails: MailCatcher, address: str) -> None:
        super().__init__(browser, base_url)
        self.mails = mails
        self.address = address

    def opens_the_link(self) -> None:
        self.goes_to(link_in(self.mails.wait(self.address)))

    def chooses(self, decision: str) -> None:
        # Whoever has signed before finds a form of one button above this one.
        self.page.check(f"input[type=radio][name=decision][value={decision}]")
        self.page.check("input[type=checkbox][name=authority]")

    def types(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.fill(f"[name={name}]:not([type=hidden])", value)

    def asks_for_the_code(self) -> str:
        count = len(self.mails.to(self.address))
        self.presses("Send me the code")
        return code_in(self.mails.wait(self.address, count + 1))

    def sends_the_answer(self, code: str) -> None:
        self.page.fill("input[name=code]", code)
        self.presses("Send our answer")

    def answers(self, decision: str, **fields: str) -> None:
        """From the mail to the receipt, in one go."""
        self.opens_the_link()
        self.chooses(decision)
        self.types(**fields)
        code = self.asks_for_the_code()
        self.sends_the_answer(code)
        expect(self.page).to_have_url(f"{self.page.url.split('/receipt')[0]}/receipt")
