"""What every request is held to: host (S11), origin and token (S3), size; and what an error page may say."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from signing.domain.errors import Unavailable
from signing.web.app import create_app
from tests.web.installation import BASE_URL, House, intake
from tests.web.test_doors import addresses, every_rule, letter_id
from tests.web.visitor import Visitor

__all__ = ["letter_id"]

FOREIGN_HOSTS = ["evil.example", "localhost.evil.example:8000", "localhost:8001", "localhost", "127.0.0.1:8000",
                 "localhost:8000.evil.example", "LOCALHOST:80"]


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_another_host_gets_421_and_our_own_address(app: Flask, host: str) -> None:
    for path in ("/", "/sign-in", "/healthz", "/i/x", "/coordinator/", "/genuine", "/enter", "/fresh-link"):
        answer = app.test_client().get(path, headers={"Host": host})
        assert answer.status_code == 421, path
        assert "evil" not in answer.get_data(as_text=True).replace(host, "") + answer.headers.get("Location", "")
        assert f'href="{BASE_URL}/"' in answer.get_data(as_text=True)


NAMES_ANOTHER_HOST = {
    "X-Forwarded-Host": "evil.example", "X-Forwarded-Server": "evil.example", "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Port": "666", "X-Forwarded-Prefix": "/evil", "X-Forwarded-For": "evil.example",
    "Forwarded": "host=evil.example;proto=gopher", "X-Original-URL": "/evil", "X-Rewrite-URL": "/evil",
    "X-Host": "evil.example", "X-HTTP-Host-Override": "evil.example",
}


def addresses_in(visitor: Visitor) -> set[str]:
    """Every address that the answer leads to, ours or not."""
    headers = {visitor.answer.headers.get("Location", "/"), visitor.answer.headers.get("Content-Location", "/")}
    return headers | set(re.findall(r'(?:href|action|formaction|src)="([^"#][^"]*)"', visitor.text))


def test_nothing_that_a_request_says_about_itself_gets_into_a_link(
    app: Flask, house: House, letter_id: str, coordinator: Visitor
) -> None:
    coordinator.goes_to(f"/i/{house.token(letter_id, 'Human Rights in China')}")
    looked_at = 0
    for path in [*addresses(app, house, letter_id, "GET"), "/i/unknown", "/nowhere", "/invitation/unknown"]:
        if path.startswith(("/static/", "/l/", "/mailbox")):
            continue
        for asked in (path, f"{path}?next=https://evil.example/&url=//evil.example&return=/%5Cevil.example"):
            coordinator.client.environ_base |= {_environ(name): value for name, value in NAMES_ANOTHER_HOST.items()}
            coordinator.goes_to(asked)
            found = addresses_in(coordinator)
            looked_at += len(found)
            outside = {each for each in found if not each.startswith(("/", "?", "data:image/svg+xml", f"{BASE_URL}/"))
                       and each != "https://example.org/report"}
            assert outside == set(), asked
            assert not any(each.startswith("//") or "evil" in each.split("next=")[0] for each in found), asked
    assert looked_at > 300


def _environ(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"


@pytest.mark.parametrize("path", ["/enter", "/fresh-link"])
def test_whoever_opens_or_asks_is_led_to_our_own_pages_whatever_was_sent_beside_it(
    house: House, letter_id: str, visitor: Visitor, path: str
) -> None:
    invitation = house.invitation(letter_id, "Human Rights in China")
    code = house.services.tokens.short_code(invitation.id, invitation.generation)
    visitor.goes_to(f"{path}?next=https://evil.example/")
    visitor.posts(f"{path}?next=https://evil.example/", headers=NAMES_ANOTHER_HOST, csrf_token=visitor.token_shown,
                  code=code, email="kim@china.example", next="https://evil.example/", url="//evil.example")
    ours = {"/enter": f"/invitation/{invitation.id}", "/fresh-link": "/fresh-link/asked"}
    assert visitor.answer.headers["Location"] == ours[path]


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Forwarded-Server", "Forwarded", "X-Original-URL"])
def test_forwarding_headers_change_no_link(visitor: Visitor, header: str) -> None:
    answer = visitor.client.get("/coordinator/", base_url=BASE_URL, headers={header: "host=evil.example"})
    assert "evil" not in answer.headers["Location"]
    assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example",
                                    "javascript:alert(1)", "evil", "\\\\evil.example"])
def test_signing_in_leads_to_no_other_site(visitor: Visitor, target: str) -> None:
    visitor.goes_to("/sign-in").sends("/sign-in", email="coordinator@example.org",
                                      password="correct horse battery", next=target)
    assert visitor.answer.headers["Location"] == "/coordinator/"


def test_signing_in_leads_back_to_where_one_was_going(visitor: Visitor) -> None:
    visitor.goes_to("/coordinator/letters/new").follows()
    visitor.sends("/sign-in", email="coordinator@example.org", password="correct horse battery")
    assert visitor.answer.headers["Location"] == "/coordinator/letters/new"


def test_no_form_is_taken_without_its_token_or_from_another_site(
    app: Flask, house: House, letter_id: str, coordinator: Visitor
) -> None:
    coordinator.goes_to(f"/i/{house.token(letter_id, 'Human Rights in China')}")
    token, before = coordinator.token(), house.dump()
    posts = addresses(app, house, letter_id, "POST")
    assert len(posts) == sum("POST" in (rule.methods or ()) for rule in every_rule(app)) >= 11
    for path in posts:
        for status, headers, sent in (
            (400, {}, None), (400, {}, "forged"), (400, {}, token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")),
            (403, {"Origin": "https://evil.example"}, token), (403, {"Origin": "http://localhost:8001"}, token),
            (403, {"Sec-Fetch-Site": "cross-site"}, token), (403, {"Sec-Fetch-Site": "same-site"}, token),
            (403, {"Sec-Fetch-Site": "none", "Origin": "null"}, token),
        ):
            if path.startswith("/reminders/") and status == 400:
                # Mail servers post there for their reader (RFC 8058); what else comes is refused by the page.
                status = 422
            coordinator.posts(path, headers=headers, csrf_token=sent)
            assert coordinator.status == status, (path, headers, coordinator.status)
    assert house.dump() == before


def test_our_own_page_posts_with_a_null_origin_and_is_taken(visitor: Visitor) -> None:
    token = visitor.token()
    visitor.posts("/sign-in", headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"}, csrf_token=token,
                  email="coordinator@example.org", password="correct horse battery")
    assert visitor.status == 303


def test_other_methods_are_refused(app: Flask) -> None:
    client = app.test_client()
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        for path in ("/", "/sign-in", "/coordinator/"):
            assert client.open(path, method=method, base_url=BASE_URL).status_code in (400, 405), (method, path)


def test_a_page_takes_two_megabytes_and_an_import_seven(coordinator: Visitor) -> None:
    token = coordinator.token()
    large = "x" * (2 * 1024 * 1024)
    coordinator.posts("/sign-in", csrf_token=token, email=large)
    assert coordinator.status == 413
    assert "too large" in coordinator.words
    coordinator.posts("/coordinator/letters/new", csrf_token=token, pasted=large)
    assert coordinator.status == 422
    coordinator.posts("/coordinator/letters/new", csrf_token=token, file=(io.BytesIO(b"x" * 8_000_000), "a.md"))
    assert coordinator.status == 413


def test_an_unforeseen_error_says_nothing_about_our_insides(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    digits = "1234" + "5678"

    def breaks() -> str:
        raise KeyError(f"contact@china.example and {digits}")

    app.view_functions["public.home"] = breaks
    answer = app.test_client().get("/", base_url=BASE_URL)
    body = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "went wrong on our side" in body
    for insides in ("KeyError", "Traceback", "china.example", digits):
        assert insides not in body
    assert "KeyError" in caplog.text
    assert digits not in caplog.text


def test_an_error_while_an_error_is_answered_logs_no_value_either(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    digits = "1234" + "5678"

    class Odd(Exception):
        """What only the handler below knows."""

    @app.errorhandler(Odd)
    def breaks_too(error: Odd) -> str:
        raise RuntimeError(f"and again {digits}")

    def breaks() -> str:
        raise Odd(f"a code: {digits}")

    app.view_functions["public.home"] = breaks
    answer = app.test_client().get("/", base_url=BASE_URL)
    assert answer.status_code == 500
    assert "went wrong on our side" in answer.get_data(as_text=True)
    for told in ("Odd", "RuntimeError", "breaks_too"):
        assert told in caplog.text
    assert digits not in caplog.text


@pytest.mark.parametrize("code", ["unavailable", "log-rolled-back", "log-head-unreadable"])
def test_a_fault_of_ours_gives_503_in_plain_words_and_is_told_to_the_operator(
    app: Flask, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    def breaks() -> str:
        try:
            raise OSError("disk of contact@china.example")
        except OSError as error:
            raise Unavailable("The database does not answer.", code=code) from error

    app.view_functions["public.home"] = breaks
    answer = app.test_client().get("/", base_url=BASE_URL)
    assert answer.status_code == 503
    assert ("Nothing was recorded" if code == "unavailable" else "stopped to be safe") in answer.get_data(as_text=True)
    assert f"{code} at public.home, caused by OSError" in caplog.text
    assert "china.example" not in caplog.text


def test_however_often_it_is_asked_readiness_takes_the_writers_turn_once_in_two_seconds(house: House) -> None:
    turns: list[bool] = []
    down = False

    def unit_of_work(*, write: bool = False) -> Any:
        turns.append(write)
        if down:
            raise Unavailable("The database does not answer.")
        return house.services.unit_of_work(write=write)

    client = create_app(replace(house.services, unit_of_work=unit_of_work), intake=intake()).test_client()

    def answers() -> set[int]:
        return {client.get("/readyz", base_url=BASE_URL).status_code for _ in range(5)}

    assert (answers(), turns) == ({200}, [True])
    down = True
    assert (answers(), turns) == ({200}, [True])
    house.clock.pass_(seconds=2)
    assert (answers(), turns) == ({503}, [True] * 2)
    down = False
    house.clock.pass_(seconds=2)
    assert (answers(), turns) == ({200}, [True] * 3)


def test_the_service_says_that_it_is_well_and_ready(visitor: Visitor, letter_id: str) -> None:
    assert visitor.goes_to("/healthz").answer.data == b"ok\n"
    assert visitor.goes_to("/readyz").answer.data == b"ready\n"


@pytest.mark.parametrize(
    ("peer", "headers"), [("203.0.113.9", {}), ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}),
                          ("127.0.0.1", {"Forwarded": "for=203.0.113.9"})],
)
def test_the_local_mailbox_shows_itself_to_this_machine_only(
    visitor: Visitor, peer: str, headers: dict[str, str]
) -> None:
    for path in ("/mailbox", "/mailbox/1", "/mailbox/1/0"):
        assert visitor.goes_to(path).status == 200
        answer = visitor.client.get(path, base_url=BASE_URL, headers=headers, environ_base={"REMOTE_ADDR": peer})
        assert answer.status_code == 404


def test_a_mail_is_shown_as_text_with_only_our_links_live(visitor: Visitor) -> None:
    page = visitor.goes_to("/mailbox/1").text
    assert f'<a href="{BASE_URL}/i/abcdef">' in page
    assert 'href="https://elsewhere.example' not in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    visitor.goes_to("/mailbox/1/0")
    assert visitor.answer.headers["Content-Disposition"] == 'attachment; filename="1.tlog-proof"'
    assert visitor.answer.data == b"proof"
    assert visitor.goes_to("/mailbox/2").status == 404
