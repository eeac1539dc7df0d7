"""Five hundred ways of writing a script into words, in every field of a contact's pages, shown in a real browser on
everybody's pages and in mails (FAULTS S8): nothing opens, nothing is fetched, nothing breaks the policy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from signing.adapters.mail_text import MailTexts
from signing.adapters.typeset import names_picture
from signing.domain.invitation import Part
from signing.evidence.statement import Signatory
from signing.workflow.printing_ports import PictureLine
from tests.adapters.mail_gallery import lay_out_gallery
from tests.adapters.mail_rules import text_of
from tests.installation import needs_chromium
from tests.navigators import next_page
from tests.web.installation import PASSWORD, House
from tests.web.lived_in import APPROVED, ASKS, SILENT, TWO_PERSONS, lived_in_letter
from tests.web.test_pages_in_chromium import base_url, browser
from tests.workflow.persons import invitation_of

__all__ = ["base_url", "browser"]
pytestmark = needs_chromium

LEAVES = (
    "", '"', "'", '">', "'>", "</textarea>", "</title>", "</script>", "</style>", "</bdi></p>", "</blockquote>",
    "</text></svg>", "--></noscript>", "]]>", "{{ 7 * 7 }}", "{% raw %}", "&quot;&gt;", "\\x3c/p\\x3e", "`",
    "\N{NO-BREAK SPACE}>",
)  # fmt: skip
ACTS = (
    "<script>alert(1)</script>", "<script src=//evil.example/x.js></script>", "<img src=x onerror=alert(1)>",
    "<img src=//evil.example/t.gif>", "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "<body onload=alert(1)>", "<iframe srcdoc='<script>parent.alert(1)</script>'>", "<iframe src=javascript:alert(1)>",
    "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)>",
    "<a href=javascript:alert(1) id=pressed>press</a>", " onmouseover=alert(1) autofocus onfocus=alert(1) x=",
    "<form action=//evil.example><button>Send</button></form>", "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<style>@import '//evil.example/x.css';</style>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>", "<object data=//evil.example>",
    "<math><mtext><style><img src onerror=alert(1)>", "<p style=background:url(//evil.example/b)>",
    "javascript:alert(1)", "[x](javascript:alert(1)) ![x](//evil.example/t.gif)",
    "<template><script>alert(1)</script></template>",
)  # fmt: skip
CORPUS = [f"{leave}{act}" for leave in LEAVES for act in ACTS]
# All of it in each field at once: what a field would let through alone it lets through in a crowd, too.
EVERYTHING = " ".join([*CORPUS, "the-very-end"])
# Names are set in type for the picture of the list: each leave and each act once.
NAME = " ".join([*CORPUS[:: len(ACTS) + 1], *CORPUS[: len(ACTS)], "the-very-end"])
# What people type; the stores take anything.
FIELDS = {
    "remark": {"words": EVERYTHING, "wording": EVERYTHING, "quote": EVERYTHING, "answer": EVERYTHING, "person": NAME},
    "contact_change": {"words": EVERYTHING, "person": NAME, "to_contact": NAME, "to_role": NAME},
    "review": {"words": EVERYTHING, "person": NAME, "role": NAME},
    "invitation": {"contact": NAME, "role": NAME},
    "answer": {"person": NAME, "role": NAME, "listed_as": NAME, "native_name": NAME},
    "roster_entry": {
        "organisation": NAME, "acronym": NAME, "listed_as": NAME, "native_name": NAME, "contact": NAME, "role": NAME,
    },
}  # fmt: skip
MADE_OF_WORDS = """
[...document.querySelectorAll("*")].filter((each) => each.matches(
  "#pressed, base, math, object, iframe, video, [href*=evil], [src*=evil]"
) || each.getAttributeNames().some((name) => name.startsWith("on"))).map((each) => each.outerHTML.slice(0, 80))
"""


class Watch:
    """A browser in which nothing may happen that the words ask for."""

    def __init__(self, browser: Browser, base_url: str | None = None) -> None:
        self.context = browser.new_context(base_url=base_url)
        self.page: Page = self.context.new_page()
        self.happened: list[str] = []
        self.page.on("dialog", self._dismisses)
        self.page.on("console", lambda message: self.happened.append(message.text)
                     if "Content Security Policy" in message.text else None)
        self.page.on("request", lambda request: self.happened.append(request.url)
                     if not base_url or not request.url.startswith(base_url) else None)

    def _dismisses(self, dialog: Dialog) -> None:
        self.happened.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def leaves(self) -> None:
        self.context.close()
        assert self.happened == []

    def looks(self, holds: int = 1) -> None:
        """Nothing on the page is made of the words, which are there, to their end and `holds` times at least."""
        assert self.page.evaluate(MADE_OF_WORDS) == [], self.page.url
        assert self.page.content().count("the-very-end") >= holds, self.page.url

    def opens(self, path: str, holds: int = 1) -> None:
        self.page.goto(path)
        self.looks(holds)

    def sends(self, **typed: str) -> None:
        """The page's form, wrongly filled in: everything comes back."""
        for name, value in typed.items():
            self.page.locator(f"main [name={name}]").first.evaluate("(field, value) => { field.value = value; }", value)
        with next_page(self.page):
            self.page.locator("main form button:not([name], [formaction])").first.evaluate("button => button.click()")
        self.looks(len(typed))


@pytest.fixture
def watch(browser: Browser, base_url: str) -> Iterator[Watch]:
    made = Watch(browser, base_url)
    yield made
    made.leaves()


@pytest.fixture
def letter_id(house: House, base_url: str) -> str:
    house.clock.now = datetime.now(UTC)
    made = lived_in_letter(house)
    with house.services.unit_of_work(write=True) as uow:
        uow.letters.set_sharing(made, shares="names", mail_links=True)
        uow.commit()
    house.clock.pass_(seconds=1)
    house.approve(made, APPROVED, idempotency_key="key-of-another-page")
    everybody_says(house)
    return made


def everybody_says(house: House) -> None:
    """Put the words wherever people had typed something."""
    with closing(sqlite3.connect(house.database.engine.url.database or "")) as connection, connection:
        for table, columns in FIELDS.items():
            for column, words in columns.items():
                connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} IS NOT NULL", (words,))


def test_on_the_pages_of_contacts(house: House, letter_id: str, watch: Watch) -> None:
    watch.opens(f"/i/{house.token(letter_id, SILENT)}", 5)
    page = watch.page.url
    # The line among its neighbours, once the names are short enough to be drawn.
    for name, value in {"person": "Kim", "role": "Lead", "listed_as": "Delta"}.items():
        watch.page.fill(f"#{name}", value)
    watch.page.locator("#acronym").focus()
    expect(watch.page.locator("figure.as-printed")).to_contain_text("the-very-end")
    watch.looks(5)
    watch.opens(f"{page}/remark?language=en&block=0", 0)
    watch.sends(words=EVERYTHING, wording=EVERYTHING)
    watch.opens(f"{page}/hand-over")
    watch.sends(contact=NAME, role=NAME, email=NAME, until=NAME)
    watch.opens(f"{page}/two-persons")
    watch.sends(contact=NAME, role=NAME, email=NAME)
    watch.opens(f"{page}/aside")
    watch.sends(words=EVERYTHING)
    watch.page.goto(f"{page}/hand-over")
    for name, value in {"contact": "Lou", "role": "Lead", "email": "lou@china.example"}.items():
        watch.page.fill(f"[name={name}]", value)
    press = watch.page.get_by_role("button", name="Hand over", exact=True)
    with next_page(watch.page):
        press.click()
    watch.page.fill("[name=code]", house.code(letter_id, SILENT))
    with next_page(watch.page):
        press.click()
    everybody_says(house)
    watch.opens(f"{page}/ended", 2)
    watch.opens(f"/i/{house.token(letter_id, ASKS)}", 5)
    watch.opens(f"{watch.page.url}/remarks", 4)
    watch.opens(f"/i/{house.token(letter_id, APPROVED)}", 5)
    watch.opens(f"{watch.page.url}/receipt", 3)
    watch.opens(f"/i/{house.token(letter_id, TWO_PERSONS)}", 5)
    watch.opens(f"{watch.page.url}/two-persons", 2)
    second = invitation_of(house, letter_id, Part.REVIEWER, "org-watch")
    watch.opens(f"/i/{house.services.tokens.link(second.id, second.generation)}", 3)
    watch.sends(words=EVERYTHING)


def test_on_the_pages_of_coordinators(house: House, letter_id: str, watch: Watch) -> None:
    watch.page.goto("/sign-in")
    watch.page.fill("[name=email]", "coordinator@example.org")
    watch.page.fill("[name=password]", PASSWORD)
    with next_page(watch.page):
        watch.page.get_by_role("button", name="Sign in", exact=True).last.click()
    letter = f"/coordinator/letters/{letter_id}"
    for path, holds in {"status": 6, "organisations/org-watch": 6, "roster": 5, "close": 1, "remarks/": 4}.items():
        watch.opens(f"{letter}/{path}", holds)
    watch.opens(f"/auditor/letters/{letter_id}", 0)


@pytest.fixture
def apart(browser: Browser) -> Iterator[Watch]:
    """A window that no policy of ours guards, as in a mail program."""
    made = Watch(browser)
    yield made
    made.leaves()


def test_in_mails(house: House, apart: Watch) -> None:
    texts, whole = MailTexts("letters@example.org"), set()
    for name, notice in lay_out_gallery(house.services, said=EVERYTHING, name=NAME).items():
        apart.page.set_content(text_of(texts.write(house.services, notice).message, "html"))
        apart.looks(0)
        # Long names are cut in mails; what people wrote is not.
        whole |= {name} if "the-very-end" in apart.page.content() else set()
    assert whole >= {"remark answered", "reviewer agrees", "reviewer objects"}


def test_in_the_picture_of_the_list(apart: Watch) -> None:
    signatories = [Signatory(None, name, name, "org-1", "Kim", "Lead", None) for name in [*CORPUS, NAME]]
    lines = [PictureLine(each, ours=each.listed_as == NAME) for each in signatories]
    apart.page.set_content(names_picture(lines, language="en"))
    apart.looks()
