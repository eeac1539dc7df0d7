"""Who passes which door (S2): every role at every address of the application, of one's own letter and of strangers'."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from signing.domain.access import MemberRole, Role
from signing.domain.errors import NotFound
from signing.web.guards import EDITORS_MAY, READERS_MAY, Door, MemberMayNot, Persona, SignedOut
from tests.web.installation import BASE_URL, House
from tests.web.visitor import Visitor

ORGANISATION, OTHER = "Human Rights in China", "Front Line Defenders"
UNKNOWN = "a" * 16
# What leads alone may send, whole doors or single endpoints; the rest of what changes a letter is the editors' too.
LEADS_ALONE = {
    "closing", "ending", "opening", "people.add", "people.change", "people.remove", "policy", "publishing",
    "signing", "vouching",
}  # fmt: skip
# Coordinators' doors that lead to no letter.
OF_NO_LETTER = {"address_book", "keys", "letters", "tokens"}
# Programs have tokens in place of cookies, and tests of their own.
APART = {"api"}
READ, EDIT, LEAD = {"viewer", "editor", "lead"}, {"editor", "lead"}, {"lead"}
EVIDENCE = READ | {"auditor", "checks"}
COORDINATORS = READ | {"foreign", "checks"}
ACCOUNTS = COORDINATORS | {"auditor", "uninvited"}
ROLES = ["nobody", "contact", *sorted(ACCOUNTS)]


def only(house: House, letter_id: str, email: str) -> None:
    """Take everybody else off the letter."""
    with house.services.unit_of_work(write=True) as uow:
        for member, account in uow.members.of_letter(letter_id):
            if account.email != email:
                uow.members.remove(letter_id, member.account_id)
        uow.commit()


@pytest.fixture
def letter_id(house: House) -> str:
    """A letter with one of each role; `foreign` leads another letter, `checks` is a coordinator let in to audit."""
    for name in ("lead", "editor", "viewer", "foreign", "checks"):
        house.account(f"{name}@example.org", Role.COORDINATOR)
    house.account("uninvited@example.org", Role.AUDITOR)
    made = house.opened(ORGANISATION, OTHER)
    only(house, made, "lead@example.org")
    for name, role in {"editor": "editor", "viewer": "viewer", "auditor": "auditor", "checks": "auditor"}.items():
        house.joins(made, f"{name}@example.org", MemberRole(role))
    return made


@pytest.fixture
def enter(app: Flask, house: House, letter_id: str, visit: Callable[[], Visitor]) -> Callable[[str], Visitor]:
    def entered(role: str) -> Visitor:
        if role == "nobody":
            return visit().goes_to("/sign-in")
        if role == "contact":
            return visit().goes_to(f"/i/{house.token(letter_id, OTHER)}")
        return visit().signs_in(f"{role}@example.org")

    return entered


def rules_of(app: Flask) -> Iterator[tuple[Rule, Persona, str]]:
    for rule in app.url_map.iter_rules():
        name = rule.endpoint.rpartition(".")[0]
        door = app.blueprints[name]
        assert isinstance(door, Door)
        if name not in APART:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, door.persona, method


def may_pass(rule: Rule, persona: Persona, method: str) -> set[str]:
    """The roles that this door is open to, written down once more from what DESIGN says."""
    if persona is Persona.PUBLIC:
        return set(ROLES)
    if persona is Persona.CONTACT:
        return set()  # the only contact here holds another invitation
    if persona is Persona.ACCOUNT:
        return ACCOUNTS
    if persona is Persona.AUDITOR:
        return EVIDENCE if "letter_id" in rule.arguments else ACCOUNTS
    if "letter_id" not in rule.arguments:
        return COORDINATORS
    if method == "GET" or rule.endpoint in READERS_MAY:
        return READ
    return LEAD if LEADS_ALONE & {rule.endpoint, rule.endpoint.rpartition(".")[0]} else EDIT


def _first(house: House, letter_id: str) -> str:
    with house.services.unit_of_work() as uow:
        found = [each.id for each in uow.invitations.of_letter(letter_id) if each.organisation_id == "org-china"]
    return found[0] if found else UNKNOWN


def address_of(app: Flask, house: House, rule: Rule, letter_id: str, method: str) -> str:
    values: dict[str, Any] = {
        name: 1 if isinstance(converter, IntegerConverter) else "e" * 16
        for name, converter in rule._converters.items()
    } | {"letter_id": letter_id, "language": "en", "kind": "txt", "organisation_id": "org-china"}
    values["invitation_id"] = _first(house, letter_id)
    adapter = app.url_map.bind("localhost")
    given = {name: values[name] for name in rule.arguments}
    try:
        return adapter.build(rule.endpoint, given, method=method)
    except ValueError:
        # A converter that takes none but its own words.
        kinds = {name: next(iter(converter.items)) for name, converter in rule._converters.items()
                 if hasattr(converter, "items")}
        return adapter.build(rule.endpoint, given | kinds, method=method)


def passes(app: Flask, path: str, method: str, cookies: str) -> bool:
    """Whether the guard of a door lets this request through to it; nothing behind it is done."""
    with app.test_request_context(path, method=method, base_url=BASE_URL, headers={"Cookie": cookies},
                                  environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        try:
            return app.preprocess_request() is None
        except (MemberMayNot, NotFound, SignedOut):
            return False


def cookies_of(visitor: Visitor) -> str:
    return "; ".join(f"{each.decoded_key}={each.value}" for each in visitor.client._cookies.values())


@pytest.mark.parametrize("role", ROLES)
def test_each_role_passes_exactly_the_doors_that_are_open_to_it(
    app: Flask, house: House, letter_id: str, enter: Callable[[str], Visitor], role: str
) -> None:
    cookies = cookies_of(enter(role))
    app.config["WTF_CSRF_ENABLED"] = False
    wrong = []
    for rule, persona, method in rules_of(app):
        wanted = role in may_pass(rule, persona, method)
        if passes(app, address_of(app, house, rule, letter_id, method), method, cookies) is not wanted:
            wrong.append((method, rule.rule, "must pass" if wanted else "must not pass"))
        strange = wanted and not {"letter_id", "invitation_id"} & rule.arguments
        if passes(app, address_of(app, house, rule, UNKNOWN, method), method, cookies) and not (
            strange or persona is Persona.PUBLIC
        ):
            wrong.append((method, rule.rule, "passes to a letter that is none"))
    assert wrong == []


@pytest.mark.parametrize("role", ["foreign", "checks", "uninvited"])
def test_what_is_not_yours_looks_like_what_is_not_there(
    app: Flask, house: House, letter_id: str, enter: Callable[[str], Visitor], role: str
) -> None:
    visitor = enter(role)
    token, before, seen = visitor.token(), house.dump(), 0
    for rule, persona, method in rules_of(app):
        if role in may_pass(rule, persona, method) or "letter_id" not in rule.arguments:
            continue
        pages = []
        for letter in (letter_id, UNKNOWN):
            path = address_of(app, house, rule, letter, method)
            visitor.goes_to(path) if method == "GET" else visitor.posts(path, csrf_token=token)
            pages.append((visitor.status, visitor.text))
        assert pages[0] == pages[1], (method, rule.rule)
        assert pages[0][0] == 404, (method, rule.rule)
        seen += 1
    assert seen >= 8
    assert house.dump() == before


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_a_member_who_may_not_is_told_so_and_keeps_what_was_typed(
    app: Flask, house: House, letter_id: str, enter: Callable[[str], Visitor], role: str
) -> None:
    visitor = enter(role)
    token, before, seen = visitor.token(), house.dump(), 0
    for rule, persona, method in rules_of(app):
        if role in may_pass(rule, persona, method) or "letter_id" not in rule.arguments or (
            persona is not Persona.COORDINATOR
        ):
            continue
        visitor.posts(address_of(app, house, rule, letter_id, method), csrf_token=token, words="An hour's work")
        assert visitor.status == 403, (method, rule.rule)
        assert "You may read this letter and not do this." in visitor.words
        assert "An hour&#39;s work" in visitor.text
        # Of a letter that is not theirs they learn nothing, as before.
        assert visitor.posts(address_of(app, house, rule, UNKNOWN, method), csrf_token=token).status == 404
        seen += 1
    assert seen >= 8
    assert house.dump() == before


class Sendable(HTMLParser):
    """Every address that a page's forms and buttons post to, and the buttons that stand in no form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.actions: set[str] = set()
        self._posts = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._posts = values.get("method") == "post"
            if self._posts:
                self.actions.add(values.get("action", ""))
        if tag in ("button", "input") and "formaction" in values and self._posts:
            self.actions.add(values["formaction"])


@pytest.mark.parametrize("state", ["draft", "open"])
@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_no_page_shows_a_member_a_form_that_would_be_refused(
    app: Flask, house: House, letter_id: str, enter: Callable[[str], Visitor], role: str, state: str
) -> None:
    if state == "draft":
        letter_id = house.letter()
        house.roster(letter_id, ORGANISATION)
        only(house, letter_id, "lead@example.org")
        house.joins(letter_id, f"{role}@example.org", MemberRole(role))
    member = enter(role)
    cookies, quiet, read = cookies_of(member), 0, 0
    app.config["WTF_CSRF_ENABLED"] = False
    refused = []
    for rule, persona, method in rules_of(app):
        if persona is not Persona.COORDINATOR or method != "GET" or "letter_id" not in rule.arguments:
            continue
        path = address_of(app, house, rule, letter_id, method)
        if member.goes_to(path).status != 200 or "text/html" not in member.answer.content_type:
            continue
        read += 1
        shown = Sendable(member.text).actions
        refused += [(rule.rule, action) for action in shown
                    if action.startswith("/coordinator/letters/") and not passes(app, action, "POST", cookies)]
        quiet += "You may read here;" in member.words
    assert refused == []
    assert read > 15
    assert quiet > (2 if role == "editor" else 6)


def test_somebody_has_decided_about_every_endpoint(app: Flask) -> None:
    undecided, astray = set(), set()
    for rule, persona, method in rules_of(app):
        name = rule.endpoint.rpartition(".")[0]
        if persona is not Persona.COORDINATOR:
            continue
        if "letter_id" not in rule.arguments:
            if name not in OF_NO_LETTER:
                astray.add(rule.endpoint)
        elif method != "GET":
            places = [bool(EDITORS_MAY & {rule.endpoint, name}), rule.endpoint in READERS_MAY,
                      bool(LEADS_ALONE & {rule.endpoint, name})]
            if places.count(True) != 1:
                undecided.add(rule.endpoint)
    assert undecided == set(), "name them in web/guards.EDITORS_MAY, or here in LEADS_ALONE"
    assert astray == set(), "a coordinator's door without a letter: is it everybody's?"


def test_a_role_counts_from_the_next_request_on(
    house: House, letter_id: str, enter: Callable[[str], Visitor]
) -> None:
    editor, lead = enter("editor"), enter("lead")
    page = f"/coordinator/letters/{letter_id}/people"
    with house.services.unit_of_work() as uow:
        account = next(account.id for _, account in uow.members.of_letter(letter_id) if "editor" in account.email)
    assert editor.goes_to(f"/coordinator/letters/{letter_id}/remind").status == 200
    lead.goes_to(page).sends(f"{page}/{account}/role", role="viewer")
    token = editor.token()
    assert editor.posts(f"/coordinator/letters/{letter_id}/remind", csrf_token=token).status == 403
    assert editor.goes_to(page).status == 200
    lead.goes_to(page).sends(f"{page}/{account}/remove")
    assert editor.goes_to(page).status == 404
    assert editor.goes_to("/coordinator/").status == 200
    assert letter_id not in editor.text


def test_a_lead_of_one_letter_is_shown_no_other(house: House, enter: Callable[[str], Visitor], letter_id: str) -> None:
    assert letter_id not in enter("foreign").goes_to("/coordinator/").text
    assert letter_id in enter("viewer").goes_to("/coordinator/").text
    assert letter_id not in enter("checks").goes_to("/coordinator/").text
    assert letter_id in enter("checks").goes_to("/auditor/").text
    assert letter_id not in enter("uninvited").goes_to("/auditor/").text
