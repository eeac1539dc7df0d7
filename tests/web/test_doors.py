"""Every route stands behind a door, lets in whom it should, carries the headers, and does nothing on GET."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from signing.web.guards import Door, Persona
from signing.web.headers import FRAMED_POLICY, FRAMING_POLICY, POLICY, SCRIPTED_POLICY
from signing.workflow import closing, coordinator_signing, publishing
from signing.workflow.coordinator_signing import Wishes
from signing.workflow.evidence_ports import SealedDocument
from tests.web.installation import BASE_URL, House
from tests.web.visitor import Visitor

ORGANISATION = "Human Rights in China"
OTHER = "Front Line Defenders"
NO_SUCH = "e" * 16


@pytest.fixture
def letter_id(house: House) -> str:
    """A published letter that one organisation approved: every page has something to show."""
    own = house.own_key().public.key
    held = house.services.coordinator.public.key
    made = house.opened(ORGANISATION, OTHER, wishes=Wishes(coordinators=[held, own]))
    house.approve(made, ORGANISATION)
    # One closing waits for the coordinator's own signature; then the service's key was quicker.
    coordinator_signing.prepare_closing(house.services, made, own)
    closing.close(house.services, made)
    publishing.publish(house.services, made)
    with house.services.unit_of_work(write=True) as uow:
        uow.sealed_documents.put(SealedDocument(made, 1, "en", house.clock.now, None, None, "", "0" * 64), b"%PDF-")
        uow.commit()
    return made


def every_rule(app: Flask) -> Iterator[Rule]:
    """All that browsers come to; programs have doors with tests of their own."""
    rules = (rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("api."))
    return iter(sorted(rules, key=lambda rule: (rule.rule, sorted(rule.methods or ()))))


def persona_of(app: Flask, rule: Rule) -> Persona:
    door = app.blueprints[rule.endpoint.rpartition(".")[0]]
    assert isinstance(door, Door)
    return door.persona


def addresses(app: Flask, house: House, letter_id: str, method: str, *, foreign: bool = False) -> dict[str, Persona]:
    """Every address of the application that answers `method`, with things that exist (or, `foreign`, do not)."""
    values: dict[str, Any] = {
        "letter_id": letter_id, "invitation_id": house.invitation(letter_id, ORGANISATION).id,
        "token": house.token(letter_id, ORGANISATION), "index": 1, "organisation_id": "org-china", "language": "en",
        "tile": "0/000.p/1", "mail_id": "1", "number": 0, "name": "signing.css", "version": 1,
        "prepared_id": "c" * 16, "brought_id": "e" * 16, "contact_id": "f" * 16, "remark_id": "d" * 16,
        "file_name": "en.pdf", "edition": 1, "kind": "csv",
        "waiting_id": coordinator_signing.waiting(house.services, letter_id, "close")[0].prepared_id,
        "digest": app.config["STATIC_FILES"]["signing.css"].digest,
    }
    if foreign:
        values |= {"letter_id": "aaaaaaaaaaaaaaaa", "invitation_id": "bbbbbbbbbbbbbbbb"}
    with app.test_request_context(base_url=BASE_URL):
        adapter = app.url_map.bind("localhost")
        return {
            adapter.build(rule.endpoint, _filled(rule, values), method=method): persona_of(app, rule)
            for rule in every_rule(app) if method in (rule.methods or ())
        }


def _filled(rule: Rule, values: dict[str, Any]) -> dict[str, Any]:
    """A value for each part of the address: of its own words where it takes no others, else one there is none of."""
    found = {}
    if rule.endpoint.startswith("mails."):
        values = values | {"kind": "invitation"}
    for name, converter in rule._converters.items():
        words = sorted(getattr(converter, "items", ()))
        known = values.get(name, 1 if isinstance(converter, IntegerConverter) else NO_SUCH)
        found[name] = words[0] if words and known not in words else known
    return found


def test_every_route_stands_behind_a_door(app: Flask) -> None:
    rules = list(every_rule(app))
    assert len(rules) > 35
    assert {persona_of(app, rule) for rule in rules} == set(Persona) - {Persona.API}


def test_routes_answer_to_nothing_but_get_head_and_post(app: Flask) -> None:
    assert {method for rule in every_rule(app) for method in rule.methods or ()} == {"GET", "HEAD", "POST"}


def test_every_answer_carries_the_policy(app: Flask, house: House, letter_id: str, coordinator: Visitor) -> None:
    coordinator.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}")
    paths = [*addresses(app, house, letter_id, "GET"), "/nowhere", "/coordinator/letters/none/status"]
    for path in paths:
        coordinator.goes_to(path)
        headers = coordinator.answer.headers
        scripted = "<script" in coordinator.text
        policy = SCRIPTED_POLICY if scripted else FRAMING_POLICY if "<iframe" in coordinator.text else POLICY
        if path.endswith("/mail.html"):
            policy = FRAMED_POLICY
            assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert headers["Content-Security-Policy"] == policy, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "geolocation=()" in headers["Permissions-Policy"], path
        assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"], path
        if "/static/" in path or "/log/tile/" in path:
            assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        elif path.endswith("/log/checkpoint"):
            assert headers["Cache-Control"] == "public, max-age=5"
        elif path.endswith("/status/live"):
            assert headers["Cache-Control"] == "private, no-cache"
        elif path.startswith("/l/") and path.endswith((".docx", ".pdf", ".zip")):
            assert headers["Cache-Control"] == "public, max-age=60"
        else:
            assert headers["Cache-Control"] == "no-store", path


def test_get_and_head_change_no_row(
    app: Flask, house: House, letter_id: str, coordinator: Visitor
) -> None:
    coordinator.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}")
    before = house.dump()
    for path in addresses(app, house, letter_id, "GET"):
        coordinator.goes_to(path)
        absent = NO_SUCH in path or path == "/password"
        shut = "/edit" in path  # the letter is closed
        allowed = {200, 303} | ({404} if absent else set()) | ({409} if shut else set())
        assert coordinator.status in allowed, (path, coordinator.status)
        coordinator.client.head(path, base_url=BASE_URL)
    assert house.dump() == before


ALLOWED = {
    "nobody": {Persona.PUBLIC},
    "contact": {Persona.PUBLIC, Persona.CONTACT},
    "auditor": {Persona.PUBLIC, Persona.AUDITOR, Persona.ACCOUNT},
    "coordinator": {Persona.PUBLIC, Persona.AUDITOR, Persona.COORDINATOR, Persona.ACCOUNT},
}


@pytest.fixture
def somebody(
    request: pytest.FixtureRequest, visit: Callable[[], Visitor], house: House, letter_id: str
) -> tuple[Visitor, set[Persona]]:
    visitor = visit()
    if request.param == "contact":
        visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}")
    elif request.param != "nobody":
        visitor.signs_in(f"{request.param}@example.org")
    return visitor, ALLOWED[request.param]


@pytest.mark.parametrize("somebody", list(ALLOWED), indirect=True)
def test_each_persona_passes_exactly_its_own_doors(
    app: Flask, house: House, letter_id: str, somebody: tuple[Visitor, set[Persona]]
) -> None:
    visitor, allowed = somebody
    for path, persona in addresses(app, house, letter_id, "GET").items():
        if path.startswith("/i/") or (path == "/password" and visitor.goes_to(path).status == 404):
            continue  # opening the link would make a contact of anybody; and a false one to a password sets none
        visitor.goes_to(path)
        if persona in allowed:
            moves_on = path in ("/sign-in", "/sign-in/second", "/password", "/coordinator/letters")
            moves_on |= path.startswith("/password/")
            moves_on |= path.endswith(("/code", "/ended", "/opening.json", "/review"))
            moves_on |= "/own-key/" in path or "/keys/" in path
            absent = (NO_SUCH in path and visitor.status in (303, 404)) or ("/edit" in path and visitor.status == 409)
            assert absent or visitor.status == 200 or (moves_on and visitor.status == 303), (path, visitor.status)
        elif visitor.status == 303:
            assert visitor.answer.headers["Location"].startswith("/sign-in?next="), path
        else:
            assert visitor.status == 404, (path, visitor.status)


@pytest.mark.parametrize("somebody", list(ALLOWED), indirect=True)
def test_a_form_of_a_foreign_door_is_refused_and_changes_nothing(
    app: Flask, house: House, letter_id: str, somebody: tuple[Visitor, set[Persona]]
) -> None:
    visitor, allowed = somebody
    token = visitor.token()
    before = house.dump()
    for path, persona in addresses(app, house, letter_id, "POST").items():
        if persona not in allowed:
            visitor.posts(path, csrf_token=token)
            assert visitor.status in (401, 404), (path, visitor.status)
    assert house.dump() == before


def test_what_is_not_yours_looks_like_what_is_not_there(
    app: Flask, house: House, letter_id: str, visit: Callable[[], Visitor]
) -> None:
    contact = visit()
    contact.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    other = house.invitation(letter_id, OTHER).id
    for tail in ("", "/receipt", "/receipt.tlog-proof"):
        foreign = contact.goes_to(f"/invitation/{other}{tail}").text
        assert contact.status == 404
        assert contact.goes_to(f"/invitation/{'b' * 16}{tail}").text == foreign
        assert contact.status == 404
    for path, persona in addresses(app, house, letter_id, "GET", foreign=True).items():
        if persona is Persona.CONTACT:
            assert contact.goes_to(path).status == 404, path


def test_unknown_letters_are_absent_for_everybody(
    app: Flask, house: House, letter_id: str, coordinator: Visitor, auditor: Visitor
) -> None:
    for path, persona in addresses(app, house, letter_id, "GET", foreign=True).items():
        if "aaaaaaaaaaaaaaaa" in path:
            assert coordinator.goes_to(path).status == 404, path
            if persona is Persona.COORDINATOR:
                assert auditor.goes_to(path).status == 404, path


def test_an_auditor_cannot_tell_a_coordinators_page_from_nothing(auditor: Visitor, letter_id: str) -> None:
    there = auditor.goes_to(f"/coordinator/letters/{letter_id}/status").text
    assert auditor.status == 404
    assert auditor.goes_to("/coordinator/letters/none/status").text == there
