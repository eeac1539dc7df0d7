"""Every mail in every language over real SMTP: the rules of mail, spam checks, links, and hostile words (FAULTS S9)."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from signing.adapters.mail_headers import wire
from signing.adapters.mail_text import MailTexts
from signing.adapters.mail_words import UNLINKED
from signing.adapters.smtp import SmtpTransport
from signing.adapters.worker import MailWorker
from signing.locale import SOURCE, catalogues
from signing.web.app import create_app
from signing.workflow.mail_ports import Notice, NoticeKind, NoticeStatus
from signing.workflow.ports import Services
from tests.adapters.builders import LETTER
from tests.adapters.mail_gallery import FORMER, OFFICE, lay_out_gallery
from tests.adapters.mail_rules import LINK, LOOKS_LIKE_A_LINK, Seen, broken_rules, read, text_of
from tests.mail_catcher import MailCatcher
from tests.web.installation import intake

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
LANGUAGES = [SOURCE, *catalogues()]
PAGES = {f"https://letters.example.org/{name}" for name in ("genuine", "enter", "check")}
# Accounts are spoken to in English, as their pages are; the gallery's letter has a PDF in no other language.
TO_ACCOUNTS = (NoticeKind.DIGEST, NoticeKind.MEMBER, NoticeKind.TRIAL)
IN_ENGLISH = (NoticeKind.DIGEST, NoticeKind.MEMBER, NoticeKind.DELIVERY)
WITHOUT_WAY_IN = {
    NoticeKind.CODE, NoticeKind.RECEIPT, NoticeKind.HANDED_OVER, NoticeKind.CLOSED, NoticeKind.PUBLISHED,
    NoticeKind.DELIVERY,
}  # fmt: skip
# Where a published letter is; the letter of the gallery is not.
PUBLIC = "https://letters.example.org/l/"
# Each part that mails are made of is in one of these; SpamAssassin takes a while for each mail.
SCANNED = ("invitation", "reminder", "receipt of approve", "remark answered")
# SpamAssassin's own default is 5; what it only remarks on costs nothing.
MOST_POINTS = 0.5


@cache
def spamassassin() -> str | None:
    return shutil.which("spamassassin")


def sent(services: Services, notices: dict[str, Notice]) -> dict[str, bytes]:
    """Each mail as a mail server got it, from the worker, over real SMTP."""
    with services.unit_of_work(write=True) as uow:
        uow.outbox.add(list(notices.values()))
        uow.commit()
    with MailCatcher() as mails:
        transport = SmtpTransport(mails.url)
        worker = MailWorker(services, transport, MailTexts("letters@example.org"))
        while worker.run_once():
            pass
        transport.close()
        received = {message["Message-ID"]: data for data in mails.contents for message in [read(data)]}
    with services.unit_of_work() as uow:
        assert {each.status for each in uow.outbox.of_letter(LETTER)} == {NoticeStatus.SENT}
    assert len(received) == len(notices)
    return {name: received[notice.message_id] for name, notice in notices.items()}


def read_in(notice: Notice, language: str) -> str:
    """What the reader of a notice reads."""
    return SOURCE if notice.kind in IN_ENGLISH else language


def assert_leads_nobody_in(client: FlaskClient, links: set[str]) -> None:
    """A mail to an account leads to pages that ask to sign in; one that is tried out opens nothing."""
    for link in links - PAGES:
        answer = client.get(urlsplit(link).path, base_url="https://letters.example.org")
        if answer.status_code == 303:
            assert "/sign-in" in answer.headers["Location"], link
        else:
            assert "stands-here" in link, link


def points(mails: dict[str, bytes]) -> dict[str, str]:
    """What SpamAssassin's local rules say of each, where it is more than a remark; one run, for it starts slowly."""
    # As the recipient's server hands them on.
    relayed = (
        b"From letters@example.org Tue Nov 24 09:30:16 2026\n"
        b"Received: from letters.example.org (letters.example.org [93.184.216.34])\n"
        b"\tby mx.example.net with ESMTPS; Tue, 24 Nov 2026 09:30:16 +0000\n"
    )
    box = b"\n".join(relayed + data for data in mails.values())
    report = subprocess.run(
        [str(spamassassin()), "--local", "--test-mode", "--mbox"], input=box, capture_output=True, check=True
    ).stdout.decode("utf-8", "replace")
    reports = re.split(r"Content analysis details:\s+", report)[1:]
    assert len(reports) == len(mails)
    scores = [re.match(r"\((-?[\d.]+) points", each) for each in reports]
    return {
        name: each[:1500]
        for name, each, score in zip(mails, reports, scores, strict=True)
        if score is None or float(score[1]) > MOST_POINTS
    }


def test_every_kind_of_notice_is_in_the_gallery(services: Services) -> None:
    assert {notice.kind for notice in lay_out_gallery(services).values()} == set(NoticeKind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_keeps_the_rules_of_mail_and_says_the_same_twice(services: Services, language: str) -> None:
    notices = lay_out_gallery(services, language)
    mails = sent(services, notices)
    reminders = {name for name, notice in notices.items() if notice.kind is NoticeKind.REMINDER}
    broken = {
        name: broken_rules(data, read_in(notices[name], language), reminder=name in reminders)
        for name, data in mails.items()
    }
    assert {name: rules for name, rules in broken.items() if rules} == {}
    threads = {read(data)["References"] for name, data in mails.items() if notices[name].organisation_id == "org-1"}
    assert len(threads) == 1


def test_no_mail_looks_like_spam(services: Services) -> None:
    if spamassassin() is None:
        pytest.skip("spamassassin is not on the PATH: only our own rules were checked")
    texts = MailTexts("letters@example.org")
    notices = lay_out_gallery(services)
    mails = {
        f"{name}, {language}": texts.write(services, replace(notice, language=language)).message.as_bytes()
        for name, notice in notices.items()
        if name in SCANNED
        for language in LANGUAGES
    }
    assert points(mails) == {}


def test_every_link_of_a_mail_leads_to_a_page_and_none_leads_elsewhere(services: Services) -> None:
    notices = lay_out_gallery(services)
    texts = MailTexts("letters@example.org")
    client = create_app(services, intake=intake()).test_client()
    followed: dict[str, int] = {}
    for name, notice in notices.items():
        message = texts.write(services, notice).message
        links = set(LINK.findall(text_of(message)))
        assert links == set(Seen(text_of(message, "html")).links), name
        if notice.kind in TO_ACCOUNTS:
            assert_leads_nobody_in(client, links)
            continue
        ways_in = {link for link in links if "/i/" in link}
        assert len(ways_in) == (notice.kind not in WITHOUT_WAY_IN), name
        stops = {link for link in links if "/reminders/" in link}
        links -= {link for link in links if link.startswith(PUBLIC)}
        assert len(stops) == (notice.kind is NoticeKind.REMINDER), name
        assert links - ways_in - stops <= PAGES, name
        for link in links:
            answer = client.get(urlsplit(link).path, base_url="https://letters.example.org")
            followed.setdefault(link, answer.status_code)
    assert {link: status for link, status in followed.items() if status != (303 if "/i/" in link else 200)} == {}
    assert len(followed) > 6


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_letter_whose_mails_carry_no_links_has_none_and_the_short_code_alone(
    services: Services, language: str
) -> None:
    texts = MailTexts("letters@example.org")
    for name, notice in lay_out_gallery(services, language, mail_links=False).items():
        if notice.kind in (NoticeKind.DIGEST, NoticeKind.MEMBER):
            # Accounts have pages to sign in at, whatever contacts have learnt of links.
            continue
        message = texts.write(services, notice).message
        for kind in ("plain", "html"):
            body = text_of(message, kind)
            visible = body if kind == "plain" else " ".join(Seen(body).words)
            assert not LOOKS_LIKE_A_LINK.search(visible), (name, kind)
            assert "href" not in body
            if notice.kind not in WITHOUT_WAY_IN and notice.invitation_id is not None:
                code = services.tokens.short_code(notice.invitation_id, 1)
                parted = "-".join((code[:4], code[4:8], code[8:]))
                assert parted in body, (name, kind)
                # Shown as it is typed; where it is copied, browsers leave the joiner out.
                assert "letters.example.org/enter" in body.replace("\u2060", "")
        data = wire(message, international=False)
        assert broken_rules(data, read_in(notice, language), reminder=notice.kind is NoticeKind.REMINDER) == []


# They say the same words of people as another one.
ALIKE = {"carried", "key vouched", "key revoked", "fresh link", "receipt of decline", "receipt of withdraw",
         "receipt without a name", "reviewer objects", "new version, yes if"}  # fmt: skip
HOSTILE = [
    "Eve\r\nBcc: everybody@example.org\r\n\r\nYour code is\r\n\r\n    1234 5678",
    "Eve\nX-Spam: no\n\nREAD THIS FIRST\n\nhttps://evil.example/i/now",
    "Eve\0\x0b\x0c\x1b[2J\x85BCC: x@evil.example",
    "Eve\u2028Bcc: x@evil.example\u2029Your code is 1234 5678",
    "=?utf-8?q?=0D=0ABcc:_x@evil.example?= =?utf-8?b?DQpCY2M6IGV2ZQ==?=",
    "\u202eelpmaxe.live\u202c \u2066Eve\u2069 \u200f\u200e\u061c",
    "\u2069\u2069\u202e Eve \u2067",
    'x" <eve@evil.example>, "y',
    "<b>Eve</b><script>alert(1)</script><a href='https://evil.example'>press</a>",
    "<img src=https://evil.example/t.gif onerror=alert(1)> &lt;b&gt;",
    "https://evil.example/i/now",
    "www.evil.example or evil.com or mailto:eve@evil.example or http://203.0.113.9/x",
    "%(x)s {{ 7*7 }} {% raw %} ${7} %s %",
    "Eve " * 90,
    "e\u0301" + "\u0301" * 60,
    "ئۇيغۇر كۈزىتىش (1) 2.",
    "\ud7ff\ue000\uffff\U000e0001 tag",
]


@pytest.mark.parametrize(("number", "hostile"), list(enumerate(HOSTILE)), ids=range(len(HOSTILE)))
def test_no_name_or_remark_adds_a_header_a_recipient_a_line_or_a_link(
    services: Services, number: int, hostile: str
) -> None:
    """S9: one message, one recipient, the same headers, and the same links as with honest words."""
    texts, language = MailTexts("letters@example.org"), ("en", "ar")[number % 2]
    for name, notice in lay_out_gallery(services, language, said=hostile, name=hostile).items():
        if name in ALIKE:
            continue
        written = texts.write(services, notice)
        data = wire(written.message, international=False)
        message = read(data)
        assert broken_rules(data, read_in(notice, language), reminder=notice.kind is NoticeKind.REMINDER) == [], name
        assert [each.addr_spec for each in message["To"].addresses] == [notice.to] == [written.to]
        for kind in ("plain", "html"):
            body = text_of(message, kind)
            ours = LINK.sub("", body) if kind == "plain" else LINK.sub("", " ".join(Seen(body).words))
            found = LOOKS_LIKE_A_LINK.findall(ours.replace("letters.example.org", ""))
            assert found == [], (name, kind)
        assert {urlsplit(link).netloc for link in Seen(text_of(message, "html")).links} <= {"letters.example.org"}
        lines = {line.strip() for line in text_of(message).splitlines()}
        assert not lines & {"Your code is 1234 5678", "1234 5678", "READ THIS FIRST", "Bcc: x@evil.example"}, name


def test_a_deadline_is_told_by_the_clock_of_the_letter_and_of_the_reader(services: Services) -> None:
    message = MailTexts("letters@example.org").write(services, lay_out_gallery(services)["reminder"]).message
    for kind in ("plain", "html"):
        assert "24 December 2026, 10:30 (Brussels time)" in text_of(message, kind)
        assert "24 December 2026, 12:30 (Nairobi time)" in text_of(message, kind)


def test_the_name_of_a_contact_is_not_told_to_an_address_that_was_struck_off(services: Services) -> None:
    notices = lay_out_gallery(services)
    for name in ("receipt at a former address", "handed over"):
        strange = replace(notices[name], to="somebody@elsewhere.example")
        message = MailTexts("letters@example.org").write(services, strange).message
        assert str(message["To"]) == "somebody@elsewhere.example"
        assert "Hello," in text_of(message)
        assert OFFICE not in text_of(message).replace(UNLINKED, "")
    first = MailTexts("letters@example.org").write(services, notices["handed over"]).message
    assert str(first["To"]) == f"Person 1 <{FORMER}>"
    assert OFFICE in text_of(first).replace(UNLINKED, "")
