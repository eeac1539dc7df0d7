"""The JSON door: tokens, scopes, the whole way of a letter, and nothing for whoever has no good token."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from signing.domain.access import Member, MemberRole, Role
from signing.domain.letter_words import LetterWords
from signing.domain.organisation import Decision
from signing.workflow import accounts, api_tokens, deciding, discussing
from signing.workflow.contact_access import Access
from signing.workflow.discussing import RemarkForm
from signing.workflow.editing_ports import WorkingText
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.signatory_form import DecisionForm
from tests.web.installation import BASE_URL, PASSWORD, House, letter_text
from tests.web.visitor import Visitor
from tests.workflow.desk import Desk

ONE = "Rivers China"
ALL = ("letters:read", "letters:draft", "letters:ask", "letters:close")
SHEET = "organisation,contact,email\nRivers China,Kim,kim@rivers.example\nValley Watch,Lee,lee@valley.example\n"
LETTER = """---
title: Protect the rivers
date: 2026-03-02
language: en
addressees:
  - [Ms Ada Example, Commissioner]
---

We ask you to act.
"""


class Program:
    """A program with a token."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self._client = app.test_client()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.status = 0
        self.headers: Any = None

    def sends(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self._client.open(
            f"/api/v1{path}", method=method, data=data, base_url=BASE_URL, headers=self._headers | headers,
            content_type="application/json",
        )  # fmt: skip
        self.status, self.headers = answer.status_code, answer.headers
        return answer.get_json(force=True)


def account_id(house: House, email: str = "coordinator@example.org") -> str:
    with house.services.unit_of_work() as uow:
        found = uow.accounts.by_email(email)
    assert found is not None
    return found.id


def token(house: House, *scopes: str, letter_id: str | None = None, email: str = "coordinator@example.org") -> str:
    return api_tokens.make(house.services, account_id(house, email), "test", scopes or ALL, 30, letter_id)[0]


@pytest.fixture
def program(app: Flask, house: House) -> Program:
    return Program(app, token(house))


def test_a_letter_goes_the_whole_way_by_program(program: Program, house: House) -> None:
    made = program.sends("POST", "/letters", {"filename": "letter.md", "text": LETTER})
    assert (program.status, made["version"], made["warnings"]) == (201, 1, [])
    letter = f"/letters/{made['letter']}"
    roster = program.sends("POST", f"{letter}/roster", {
        "filename": "roster.csv", "content": base64.b64encode(SHEET.encode()).decode(),
    })  # fmt: skip
    assert (program.status, roster["organisations"], roster["added"]) == (200, 2, 2)
    assert program.sends("POST", f"{letter}/open", {"min_level": 1})["state"] == "open"
    assert program.sends("POST", f"{letter}/invite")["invited"] == 2
    with house.services.unit_of_work() as uow:
        named = uow.roster.entries(made["letter"])[0].organisation_id
    status = program.sends("GET", f"{letter}/status")
    assert [each["state"] for each in status["organisations"]] == ["silent", "silent"]
    house.clock.pass_(minutes=1)
    approve(house, made["letter"], named)
    assert program.sends("GET", f"{letter}/status")["counts"]["approved"] == 1
    assert program.sends("POST", f"{letter}/close")["listed"] == 1
    assert program.sends("POST", f"{letter}/publish")["state"] == "published"
    assert [each["id"] for each in program.sends("GET", "/letters")] == [made["letter"]]
    acts = program.sends("GET", f"{letter}/activity")
    assert {each["actor"] for each in acts} == {"coordinator@example.org (test)"}


def approve(house: House, letter_id: str, organisation_id: str) -> None:
    with house.services.unit_of_work() as uow:
        invitation = next(each for each in uow.invitations.of_letter(letter_id)
                          if each.organisation_id == organisation_id)  # fmt: skip
    access = Access(letter_id, invitation.id, invitation.generation, "browser")
    view = deciding.view(house.services, access)
    deciding.request_code(house.services, access, view.version, view.text_sha256)
    with house.services.unit_of_work() as uow:
        codes = [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.CODE]
    deciding.decide(house.services, access, DecisionForm(
        decision=Decision.APPROVE, person="Kim", role="Director", listed_as="Rivers China", acronym=None,
        native_name=None, sort_name=None, authority=True, reason=None,
        code=house.services.tokens.code(codes[-1].subject_id), version=view.version, text_sha256=view.text_sha256,
        head=view.head, idempotency_key="0123456789abcdef",
    ))  # fmt: skip


@pytest.mark.parametrize("bearer", [None, "sgn_wrong", "", "signed-in"])
def test_nobody_without_a_good_token_learns_anything(app: Flask, house: House, bearer: str | None) -> None:
    letter_id = house.opened(ONE)
    for path in ("/letters", f"/letters/{letter_id}", "/letters/none", "/nothing/here"):
        program = Program(app, bearer)
        problem = program.sends("GET", path)
        assert (program.status, problem["code"]) == (401, "token-refused")
        assert program.headers["WWW-Authenticate"] == "Bearer"
        assert program.headers["Content-Type"] == "application/problem+json"


def test_a_session_cookie_opens_no_door_of_programs(coordinator: Visitor) -> None:
    assert coordinator.goes_to("/api/v1/letters").status == 401


def test_a_token_does_what_its_scopes_say_and_no_more_than_its_owner_may(app: Flask, house: House) -> None:
    letter_id = house.opened(ONE)
    reader = Program(app, token(house, "letters:read"))
    assert reader.sends("GET", f"/letters/{letter_id}")["state"] == "open"
    for method, path in (("POST", "invite"), ("POST", "close"), ("POST", "roster"), ("POST", "webhooks")):
        assert reader.sends(method, f"/letters/{letter_id}/{path}", {})["code"] == "scope-missing"
        assert reader.status == 403
    house.account("viewer@example.org", Role.COORDINATOR)
    with house.services.unit_of_work(write=True) as uow:
        uow.members.add(Member(letter_id, account_id(house, "viewer@example.org"), MemberRole.VIEWER, house.clock.now))
        uow.commit()
    viewer = Program(app, token(house, email="viewer@example.org"))
    assert viewer.sends("GET", f"/letters/{letter_id}/status")["state"] == "open"
    assert viewer.sends("POST", f"/letters/{letter_id}/invite")["code"] == "scope-missing"


def test_a_foreign_letter_looks_like_none(app: Flask, house: House) -> None:
    letter_id, other = house.opened(ONE), house.opened("Valley Watch")
    house.account("stranger@example.org", Role.COORDINATOR)
    stranger = Program(app, token(house, email="stranger@example.org"))
    bound = Program(app, token(house, letter_id=letter_id))
    for program, path in ((stranger, letter_id), (bound, other)):
        found = program.sends("GET", f"/letters/{path}"), program.sends("GET", "/letters/none")
        assert found[0] == found[1]
        assert program.status == 404
    assert [each["id"] for each in bound.sends("GET", "/letters")] == [letter_id]
    assert bound.sends("POST", "/letters", {"filename": "a.md", "text": LETTER})["code"] == "scope-missing"


def test_a_token_ends_with_its_time_its_revocation_and_its_owner(app: Flask, house: House) -> None:
    owner = account_id(house)
    for end in ("time", "revoked", "disabled"):
        secret, made = api_tokens.make(house.services, owner, end, ALL, 1)
        program = Program(app, secret)
        program.sends("GET", "/letters")
        assert program.status == 200
        if end == "time":
            house.clock.now += timedelta(days=1)
        elif end == "revoked":
            api_tokens.revoke(house.services, owner, made.id)
        else:
            with house.database.engine.connect().execution_options(writing=True) as connection:
                connection.exec_driver_sql("UPDATE account SET disabled_at = 1")
                connection.commit()
        program.sends("GET", "/letters")
        assert program.status == 401


@pytest.mark.parametrize(("path", "body", "code"), [
    ("/letters", b"{", "not-json"), ("/letters", b"[]", "not-json"), ("/letters", {"filename": "a.md"}, "file-missing"),
    ("/letters", {"filename": "a.md", "text": LETTER, "content": "QQ=="}, "file-missing"),
    ("/letters", {"filename": "a.md", "content": "*"}, "file-unreadable"),
    ("/letters", {"filename": "a.md", "text": LETTER, "wish": 1}, "body-shape"),
    ("/letters", {"filename": "a.md", "text": LETTER, "deadline": "2099-01-01T00:00:00"}, "zone-missing"),
    ("/letters", {"filename": "a.md", "text": "\ud800"}, "file-unreadable"),
])  # fmt: skip
def test_a_bad_body_is_refused_in_words_and_nothing_is_made(
    program: Program, house: House, path: str, body: Any, code: str
) -> None:
    assert program.sends("POST", path, body)["code"] == code
    assert program.status == 422
    assert program.sends("GET", "/letters") == []


def test_faulty_rows_are_named_and_can_be_left_out(program: Program, house: House) -> None:
    letter_id = house.letter(letter_text())
    sheet = {"filename": "r.csv", "text": SHEET + "Broken,Kim,nowhere\n"}
    refused = program.sends("POST", f"/letters/{letter_id}/roster", sheet)
    assert (program.status, refused["code"]) == (422, "rows-faulty")
    assert "Line 4" in refused["detail"]
    done = program.sends("POST", f"/letters/{letter_id}/roster", sheet | {"skip_faulty": True})
    assert (done["added"], [each["line"] for each in done["faults"]]) == (2, [4])


def test_remarks_are_answered_and_settled_by_program(program: Program, house: House) -> None:
    letter_id = house.opened(ONE)
    desk = Desk(house, letter_id, ONE)
    code = desk.asks_for_a_code()
    said = RemarkForm(1, "en", 0, "", "Rivers matter.", True, False, code, "key-of-the-remark-1")
    discussing.remark(house.services, desk.access, said)
    remarks = f"/letters/{letter_id}/remarks"
    (made,) = program.sends("GET", remarks)
    assert (made["step"], made["condition"], made["wording"]) == ("open", True, "Rivers matter.")
    place = f"{remarks}/{made['id']}"
    assert program.sends("POST", f"{place}/answer", {"words": "Yes."})["answer"] == "Yes."
    assert program.sends("POST", f"{place}/settlement", {"settlement": "accepted"})["step"] == "in-draft"
    assert program.sends("POST", f"{place}/settlement", {"settlement": "soon"})["code"] == "body-shape"
    assert program.sends("POST", f"{remarks}/none/answer", {"words": "Yes."})["code"] == "remark-unknown"


def test_a_coordinator_makes_a_token_sees_it_once_and_revokes_it(
    app: Flask, house: House, coordinator: Visitor
) -> None:
    page = "/coordinator/tokens/"
    coordinator.goes_to(page).sends(page, label="", days="30", present=PASSWORD)
    assert (coordinator.status, "Give the token a name" in coordinator.words) == (422, True)
    # Whoever found a browser signed in cannot make what outlasts its session.
    coordinator.sends(page, label="Our sheet", days="30", scopes="letters:read")
    assert (coordinator.status, "not your present password" in coordinator.words) == (422, True)
    assert api_tokens.tokens_of(house.services, account_id(house)) == []
    coordinator.sends(page, label="Our sheet", days="30", scopes="letters:read", present=PASSWORD)
    shown = re.search(r"sgn_[\w-]{43}", coordinator.text)
    assert shown
    assert coordinator.answer.headers["Cache-Control"] == "no-store"
    program = Program(app, shown[0])
    program.sends("GET", "/letters")
    assert program.status == 200
    assert shown[0] not in coordinator.goes_to(page).text
    assert shown[0] not in house.dump()
    (made,) = api_tokens.tokens_of(house.services, account_id(house))
    coordinator.posts(f"{page}{made.id}/revoke", csrf_token=coordinator.token())
    program.sends("GET", "/letters")
    assert program.status == 401


@pytest.mark.parametrize("reset", [accounts.reset, accounts.reset_password])
def test_what_an_operator_resets_leaves_no_token_to_whoever_made_one_in_the_meantime(
    app: Flask, house: House, coordinator: Visitor, reset: Callable[..., object]
) -> None:
    program = Program(app, token(house))
    assert program.sends("GET", "/letters") == []
    reset(house.services, "coordinator@example.org")
    program.sends("GET", "/letters")
    assert program.status == 401


def test_the_document_describes_every_operation_and_the_page_shows_it(app: Flask, visitor: Visitor) -> None:
    described = visitor.goes_to("/api/openapi.json").answer.get_json()
    documented = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    routed = {
        (method, re.sub(r"<(\w+)_id>", r"{\1}", rule.rule.removeprefix("/api/v1")))
        for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.") and rule.endpoint != "api.nothing"
        for method in rule.methods or () if method not in ("HEAD", "OPTIONS")
    }  # fmt: skip
    assert documented == routed
    words = visitor.goes_to("/api/").words
    assert all(path in words for _, path in documented)


def test_the_way_of_a_letter_is_arranged_by_program(program: Program, house: House) -> None:
    letter_id = house.letter()
    house.roster(letter_id, ONE, "Valley Watch")
    house.open(letter_id)
    place = f"/letters/{letter_id}"
    assert program.sends("POST", f"{place}/stages/1/open")["invited"] == 2
    assert program.sends("POST", f"{place}/stages/one/open")["code"] == "stage-unknown"
    ruled = program.sends("POST", f"{place}/rules", {"zone": "Europe/Brussels", "hard_deadline": "2026-03-29T18:00"})
    assert (ruled["zone"], ruled["hard_deadline"]) == ("Europe/Brussels", "2026-03-29T16:00:00Z")
    skipped = program.sends("POST", f"{place}/rules", {"hard_deadline": "2027-03-28T02:30"})
    assert (skipped["code"], skipped["field"]) == ("time-skipped", "hard_deadline")
    before = house.token(letter_id, ONE)
    person = {"contact": "Lin", "email": "lin@rivers.example"}
    assert program.sends("POST", f"{place}/organisations/org-china/contact", person)["reinvited"] is True
    assert house.token(letter_id, ONE) != before
    said = {"way": "paper", "person": "Lin", "told_on": house.clock.now.date().isoformat()}
    assert program.sends("POST", f"{place}/organisations/org-china/told", said)["organisation"] == "org-china"
    assert program.sends("POST", f"{place}/organisations/org-none/told", said)["code"] == "organisation-unknown"
    assert program.sends("POST", f"{place}/abandon", {"title": "Another"})["code"] == "title-differs"
    title = program.sends("GET", place)["title"]
    assert program.sends("POST", f"{place}/abandon", {"title": title})["state"] == "abandoned"


def test_a_program_opens_no_draft_over_newer_words_in_the_editor_unless_it_says_so(
    program: Program, house: House
) -> None:
    letter_id = house.letter()
    with house.services.unit_of_work(write=True) as uow:
        newer = LetterWords.of(letter_text(closing="Respectfully,")).to_file()
        uow.working_texts.save(WorkingText(letter_id, "en", newer, 1, house.clock.now, "ana@example.org", ahead=True))
        uow.commit()
    assert program.sends("POST", f"/letters/{letter_id}/open")["code"] == "editor-ahead"
    assert program.sends("POST", f"/letters/{letter_id}/open", {"draft_as_is": True})["state"] == "open"
