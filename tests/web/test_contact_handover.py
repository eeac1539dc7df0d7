"""Handing over, the second person and stepping aside, as their pages do it: for people, for robots and for the wrong
person with the right cookie."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from signing.domain.invitation import Part
from signing.domain.organisation import Standing
from signing.web.guards import Persona
from signing.workflow import auditing, deciding, tracking
from tests.web.installation import BASE_URL, House
from tests.web.test_doors import every_rule, persona_of
from tests.web.visitor import Form, Visitor
from tests.workflow.desk import Desk
from tests.workflow.persons import Person, invitation_of, newest_code

ORGANISATION = "Human Rights in China"
OTHER = "Front Line Defenders"
LOU = {"contact": "Lou Example", "email": "lou@china.example", "role": "Programme lead"}
RHEA = {"contact": "Rhea Example", "email": "rhea@china.example", "role": "Treasurer"}
# What no page of theirs may have changed before a person has typed a code.
KEPT = ("contact_change", "review", "refused_address", "roster_entry", "invitation", "link", "remark", "answer")


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ORGANISATION, OTHER)


@pytest.fixture
def page(house: House, letter_id: str) -> str:
    return f"/invitation/{house.invitation(letter_id, ORGANISATION).id}"


@pytest.fixture
def contact(house: House, letter_id: str, visitor: Visitor) -> Visitor:
    return visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()


def opens(visitor: Visitor, house: House, letter_id: str, part: Part = Part.SIGNATORY) -> Visitor:
    """Open the newest link of a part as its mail has it."""
    held = invitation_of(house, letter_id, part)
    return visitor.goes_to(f"/i/{house.services.tokens.link(held.id, held.generation)}").follows()


def confirms(visitor: Visitor, house: House, letter_id: str, action: str, **typed: str) -> Visitor:
    """Send the form, read the code that is mailed, send it again as it came back."""
    house.clock.pass_(seconds=1)
    visitor.sends(action, **typed)
    assert visitor.status == 422, visitor.words
    assert "We sent an 8-digit code" in visitor.words
    return visitor.sends(action, code=newest_code(house, letter_id, action.split("/")[2]))


def named(contact: Visitor, house: House, letter_id: str, page: str) -> None:
    confirms(contact.goes_to(f"{page}/two-persons"), house, letter_id, f"{page}/two-persons", **RHEA)
    contact.follows()


def kept(house: House) -> dict[str, list[str]]:
    with house.database.engine.connect() as connection:
        return {name: sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {name}"))) for name in KEPT}


def test_a_contact_hands_over_and_sees_so_again_whatever_they_press(
    contact: Visitor, house: House, letter_id: str, page: str, visit: Callable[[], Visitor]
) -> None:
    scanner = visit().goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    assert f'href="{page}/hand-over"' in contact.text
    contact.goes_to(f"{page}/hand-over")
    confirms(contact, house, letter_id, f"{page}/hand-over", **LOU)
    assert contact.follows().path == f"{page}/ended"
    assert "Handed over to Lou Example" in contact.words
    assert "lou@china.example" not in contact.text
    token = scanner.goes_to(f"{page}").status and scanner
    for again in (f"{page}/hand-over", f"{page}/aside", f"{page}/two-persons", f"{page}/ended"):
        contact.goes_to(again)
        if contact.status == 303:
            contact.follows()
        assert "Handed over to Lou Example" in contact.words
    assert contact.goes_to(page).status == 404
    for other in (f"{page}/hand-over", f"{page}/aside", page):
        assert token.goes_to(other).status == 404
        assert "Lou" not in token.text
    lou = opens(visit(), house, letter_id)
    assert "Dear Lou Example" in lou.words
    assert "Kim China" not in lou.goes_to(f"{page}/hand-over").words


def test_a_second_press_of_the_same_button_is_no_error(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    contact.goes_to(f"{page}/hand-over")
    house.clock.pass_(seconds=1)
    contact.sends(f"{page}/hand-over", **LOU)
    fields = Form(contact.text, f"{page}/hand-over").fields
    fields["code"] = newest_code(house, letter_id, page.split("/")[2])
    for _press in range(2):
        contact.posts(f"{page}/hand-over", **fields)
        assert (contact.status, contact.answer.headers["Location"]) == (303, f"{page}/ended")
    with house.services.unit_of_work() as uow:
        assert len(uow.contact_changes.of_letter(letter_id)) == 1


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"email": "lou@"}, "email", "This is not a mail address"),
        ({"contact": "Click https://evil.example"}, "contact", "Please type plain words here"),
        ({"until": "next week"}, "until", "Type the day as 2026-12-31"),
        ({"until": "2020-01-01"}, "until", "This day is over"),
        ({"role": ""}, "role", "Please type your colleague's role"),
    ],
)
def test_what_cannot_be_taken_comes_back_filled_in_with_the_fault_beside_its_field(
    contact: Visitor, page: str, typed: dict[str, str], field: str, words: str
) -> None:
    contact.goes_to(f"{page}/hand-over").sends(f"{page}/hand-over", **(LOU | typed))
    assert contact.status == 422
    assert re.search(rf'id="{field}-error">[^<]*{words[:12]}', contact.text.replace("&#39;", "'"))
    assert words in contact.words
    fields = Form(contact.text, f"{page}/hand-over").fields
    assert {name: fields[name] for name in LOU | typed} == LOU | typed


def test_a_page_that_was_open_too_long_comes_back_filled_in(contact: Visitor, page: str) -> None:
    contact.posts(f"{page}/hand-over", csrf_token="old", **LOU)
    assert contact.status == 400
    assert Form(contact.text, f"{page}/hand-over").fields["email"] == LOU["email"]
    assert "had been open for a while" in contact.words


def test_two_persons_agree_one_after_the_other(
    contact: Visitor, house: House, letter_id: str, page: str, visit: Callable[[], Visitor], coordinator: Visitor
) -> None:
    named(contact, house, letter_id, page)
    assert "Rhea Example has a link of their own" in contact.words
    contact.goes_to(page)
    assert "Rhea Example has not agreed to these words yet, so you cannot approve them now" in contact.words
    house.clock.pass_(minutes=1)
    contact.sends(f"{page}/code", decision="approve", authority="1", person="Kim D.")
    contact.sends(page, code=house.code(letter_id, ORGANISATION))
    assert contact.status == 409
    assert "Rhea Example has not agreed" in contact.words
    assert Form(contact.text, page).fields["person"] == "Kim D."

    rhea = opens(visit(), house, letter_id, Part.REVIEWER).follows()
    review = rhea.path
    assert "Dear Rhea Example, in your organisation two persons must agree" in rhea.words
    assert "We write about three rivers" in rhea.words
    assert 'name="decision"' not in rhea.text
    rhea.sends(review, agrees="")
    assert "Please choose one of the two" in rhea.words
    confirms(rhea, house, letter_id, review, agrees="yes", words="Fine <b>by us</b>.")
    assert "You agreed to these words on 2 March 2026" in rhea.follows().words

    assert "has agreed to these words" in coordinator.goes_to(f"/coordinator/letters/{letter_id}/status").words
    assert "by us" not in coordinator.text
    assert "Rhea Example has agreed to these words. You can approve them." in contact.goes_to(page).words
    house.clock.pass_(minutes=1)
    contact.sends(f"{page}/code", decision="approve", authority="1")
    contact.sends(page, code=house.code(letter_id, ORGANISATION))
    assert contact.status == 303, contact.words


def test_whoever_goes_back_to_say_otherwise_is_asked_to_look_again(
    contact: Visitor, house: House, letter_id: str, page: str, visit: Callable[[], Visitor]
) -> None:
    named(contact, house, letter_id, page)
    rhea = opens(visit(), house, letter_id, Part.REVIEWER).follows()
    review = rhea.path
    old = Form(rhea.text, review).fields
    confirms(rhea, house, letter_id, review, agrees="yes")
    rhea.posts(review, **(old | {"agrees": "no"}))
    assert rhea.status == 409
    house.clock.pass_(seconds=1)
    rhea.sends(review, agrees="no")
    assert "you do not agree" in rhea.follows().words


def test_the_coordinator_alone_reads_who_is_the_right_person(
    contact: Visitor, house: House, letter_id: str, page: str, coordinator: Visitor, visit: Callable[[], Visitor]
) -> None:
    assert f'href="{page}/aside?never=1"' in contact.text
    contact.goes_to(f"{page}/aside?never=1")
    assert "Never invite this address again" in contact.words
    confirms(contact, house, letter_id, f"{page}/aside", words="Ask <b>Ana</b>.")
    assert "We do not invite this address again" in contact.follows().words
    coordinator.goes_to(f"/coordinator/letters/{letter_id}/status")
    assert "1 organisation needs another contact" in coordinator.words
    coordinator.goes_to(f"/coordinator/letters/{letter_id}/organisations/org-china")
    assert "Kim China (contact@china.example) asked never to be invited again" in coordinator.words
    assert "Ask &lt;b&gt;Ana&lt;/b&gt;." in coordinator.text
    assert f"{ORGANISATION}" not in visit().goes_to(f"/i/{house.token(letter_id, OTHER)}").follows().words


def test_a_reviewer_can_never_answer_whatever_they_post_nor_a_signatory_review(
    app: Flask, contact: Visitor, house: House, letter_id: str, page: str, visit: Callable[[], Visitor]
) -> None:
    named(contact, house, letter_id, page)
    rhea = opens(visit(), house, letter_id, Part.REVIEWER).follows()
    theirs = rhea.path.removesuffix("/review")
    form = Desk(house, letter_id, ORGANISATION).form()
    house.clock.pass_(seconds=1)
    rhea.sends(rhea.path, agrees="yes")
    everything = {
        "csrf_token": Form(rhea.text, rhea.path).fields["csrf_token"], "decision": "approve", "authority": "1",
        "person": "Rhea", "role": "Treasurer", "listed_as": ORGANISATION, "version": "1", "head": form.head,
        "text_sha256": form.text_sha256, "idempotency_key": "key-of-a-reviewer", "public_key": "x", "words": "x",
        "code": newest_code(house, letter_id, theirs.split("/")[2]), "key": "x", "agrees": "yes", "signature": "x",
    }  # fmt: skip
    shared = re.compile(r"/(hand-over|two-persons|aside|ended|review|language|letter/en\.\w+)$")
    before = kept(house), house.services.clock()
    for method in ("GET", "POST"):
        for tail in contacts_addresses(app, method):
            if shared.search(tail):
                continue
            for start in (theirs, page):
                address = f"{start}{tail}"
                rhea.goes_to(address) if method == "GET" else rhea.posts(address, **everything)
                # What is not there for them leads back to their own pages at most.
                back = rhea.status == 303 and rhea.answer.headers["Location"].startswith(theirs)
                assert rhea.status == 404 or (start == theirs and back), (method, address, rhea.status)
    rhea.posts(f"{theirs}/two-persons", **(everything | RHEA))
    assert rhea.status == 404
    contact.goes_to(f"{page}/two-persons")
    contact.posts(f"{page}/review", **(everything | {"csrf_token": _token(contact, f"{page}/hand-over")}))
    assert contact.status == 404
    assert (kept(house), house.services.clock()) == before
    assert len(auditing.log(house.services, letter_id)) == 1


def contacts_addresses(app: Flask, method: str) -> list[str]:
    """What follows an invitation's own address in each address of a contact's door."""
    values = {"invitation_id": "x", "language": "en", "kind": "txt", "version": 1, "prepared_id": "p", "remark_id": "r"}
    adapter = app.url_map.bind("localhost")
    with app.test_request_context(base_url=BASE_URL):
        built = [
            adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments}, method=method)
            for rule in every_rule(app)
            if persona_of(app, rule) is Persona.CONTACT and method in (rule.methods or ())
        ]
    assert len(built) > 8
    return [path.removeprefix("/invitation/x") for path in built]


def _token(visitor: Visitor, path: str) -> str:
    return Form(visitor.goes_to(path).text, path).fields["csrf_token"]


def test_a_robot_that_presses_every_button_of_these_pages_records_nothing(
    contact: Visitor, house: House, letter_id: str, page: str, visit: Callable[[], Visitor]
) -> None:
    named(contact, house, letter_id, page)
    robot = opens(visit(), house, letter_id)
    second = opens(visit(), house, letter_id, Part.REVIEWER).follows()
    before = kept(house)
    pressed = 0
    for visitor, start in ((robot, page), (second, second.path.removesuffix("/review"))):
        for path in ("/hand-over", "/two-persons", "/aside", "/review"):
            for guess in ("", "12345678"):
                pressed += _presses_everything(visitor, f"{start}{path}", guess)
    assert pressed >= 10
    assert kept(house) == before
    # Whoever comes after the robot finds everything as it was.
    deciding.view(house.services, Person(house, letter_id, browser="a person's").access)
    assert {row.standing for row in tracking.status(house.services, letter_id).rows} == {Standing.SILENT}


def _presses_everything(robot: Visitor, path: str, code: str) -> int:
    """Send each form of the page with guesses, and what comes back once more, by each of its buttons."""
    guesses = {**LOU, "until": "", "words": "x", "never": "1", "agrees": "yes", "code": code}
    pressed = 0
    robot.goes_to(path)
    for action in set(re.findall(r'(?:form)?action="([^"]+)"', robot.text)):
        if "/language" in action:
            continue
        for button in ({}, {"new_code": "1"}):
            robot.goes_to(path)
            robot.posts(action, **(Form(robot.text, action).fields | guesses | button))
            assert robot.status in (404, 422, 429), (action, robot.status)
            pressed += 1
    return pressed


def test_a_form_of_another_site_or_without_a_token_is_refused(contact: Visitor, page: str) -> None:
    for path in ("/hand-over", "/two-persons", "/aside"):
        contact.client.post(f"{page}{path}", data=LOU, headers={"Origin": "https://evil.example"}, base_url=BASE_URL)
        assert contact.posts(f"{page}{path}", **LOU).status == 400
