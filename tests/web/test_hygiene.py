"""No secret in any log (S14), no markup from anybody's mouth on anybody's page (S8)."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from flask import Flask

from signing.web.access_log import AccessLog, MaskTokens, masked
from tests.web.installation import House, letter_text
from tests.web.visitor import Visitor

ORGANISATION = "Human Rights in China"
NASTY = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>", "</textarea><script>x",
    "</title><script>alert(1)</script>", "{{ 7 * 7 }}", "{% raw %}", "<!--", "javascript:alert(1)", "&lt;b&gt;",
    "<a href=\"javascript:alert(1)\">x</a>", "<style>*{display:none}</style>", "%(name)s %s %d", "{0} {name}",
]
# What none of these may become on a page of ours.
LIVE = ["<script>alert", "<img src=x", "<svg/onload", "</textarea><script", "</title><script", "49", "<style>*{",
        "<a href=\"javascript:", "<!--"]


@pytest.mark.parametrize("nasty", NASTY)
def test_markup_in_names_letters_and_reasons_stays_text_everywhere(
    house: House, coordinator: Visitor, visitor: Visitor, nasty: str
) -> None:
    letter_id = house.letter(letter_text(title=nasty, salutation=nasty, addressees=((nasty, nasty),)))
    house.roster(letter_id, ORGANISATION, organisation=nasty, contact=nasty, role=nasty, acronym=nasty,
                 native_name=nasty, organisation_id="org-china")
    house.open(letter_id)
    house.invite(letter_id)
    visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    page, pages = visitor.path, [visitor.text]
    fields = {"person": nasty, "role": nasty, "listed_as": nasty, "acronym": nasty, "reason": nasty}
    visitor.sends(f"{page}/code", decision="approve", authority="1", **fields)
    pages.append(visitor.text)
    visitor.sends(page, code=house.code(letter_id, ORGANISATION))
    assert visitor.status == 303, visitor.words
    pages += [visitor.follows().text, visitor.goes_to(page).text]
    letter = f"/coordinator/letters/{letter_id}"
    for path in ("/coordinator/", f"{letter}/", f"{letter}/roster", f"{letter}/status", f"{letter}/close",
                 f"{letter}/open", f"/auditor/letters/{letter_id}", f"/auditor/letters/{letter_id}/log/1"):
        pages.append(coordinator.goes_to(path).text)
        assert coordinator.status == 200
    for text in pages:
        for live in LIVE:
            if live == "49":
                assert "{{ 7 * 7 }}" not in nasty or ">49<" not in text
            else:
                assert live not in text


def test_no_token_code_or_cookie_reaches_a_log(
    house: House, app: Flask, visitor: Visitor, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    letter_id = house.opened(ORGANISATION)
    token = house.token(letter_id, ORGANISATION)
    visitor.goes_to(f"/i/{token}").follows()
    page = visitor.path
    visitor.sends(f"{page}/code", decision="approve", authority="1")
    code = house.code(letter_id, ORGANISATION)
    visitor.sends(page, code=code)
    visitor.follows()
    visitor.goes_to(f"/i/{token}x")
    invitation = house.invitation(letter_id, ORGANISATION)
    short = house.services.tokens.short_code(invitation.id, invitation.generation)
    visitor.goes_to("/enter").sends("/enter", code=short[::-1])
    visitor.sends("/enter", code=short)
    visitor.goes_to(f"/enter/{short}")
    visitor.goes_to("/fresh-link").sends("/fresh-link", email="contact@china.example")
    cookies = [visitor.client.get_cookie(name, domain="localhost")
               for name in ("session", f"invitation-{page.rpartition('/')[2]}")]
    captured = caplog.text + "".join(capfd.readouterr())
    for secret in (token, code, short, short[::-1], "contact@china", *(cookie.value for cookie in cookies if cookie)):
        assert secret not in captured
    assert len([cookie for cookie in cookies if cookie]) == 2


def test_request_lines_are_masked_whoever_writes_them(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("test.werkzeug")
    caplog.handler.addFilter(MaskTokens())
    logger.warning('%s "%s" %s', "127.0.0.1", "GET /i/SECRET-token_1 HTTP/1.1", 303)
    for said in ("/enter?code=SECRET", "/enter/SECRET-1", "/reminders/invitation/SECRET_2", "/i/SECRET/x"):
        logger.warning('"%s"', f"GET {said} HTTP/1.1")
    assert "SECRET" not in caplog.text
    assert "/i/…" in caplog.text
    assert masked("https://x.example/i/SECRET?a=1#b") == "https://x.example/i/…?a=1#b"


def test_the_access_log_holds_neither_token_nor_person() -> None:
    class Answer:
        status, headers, sent = "303 SEE OTHER", [("Set-Cookie", "invitation-x=SECRET")], 12

    class Request:
        headers = (("COOKIE", "session=SECRET"), ("USER-AGENT", "Some Browser"), ("REFERER", "https://x/i/SECRET"))

    environ = {"REQUEST_METHOD": "GET", "RAW_URI": "/i/SECRET?next=SECRET", "SERVER_PROTOCOL": "HTTP/1.1",
               "PATH_INFO": "/i/SECRET", "QUERY_STRING": "", "REMOTE_ADDR": "203.0.113.7",
               "HTTP_USER_AGENT": "Some Browser", "HTTP_REFERER": "https://x/i/SECRET"}
    atoms = AccessLog.atoms(AccessLog.__new__(AccessLog), Answer(), Request(), environ, timedelta(seconds=1))
    line = repr(dict(atoms))
    assert "/i/…" in line
    for secret in ("/i/SECRET", "session=", "Some Browser", "203.0.113.7", "invitation-x"):
        assert secret not in line
