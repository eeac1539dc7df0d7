"""The part of the decision page that shows the organisation's line: asked for by the page's script, records nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.web.installation import House
from tests.web.visitor import Form, Visitor

OURS, OTHER, HIDDEN = "Middle Rivers", "Omega Watch", "Secret Shelter"


@pytest.fixture
def letter_id(house: House) -> str:
    made = house.opened(OURS, OTHER, HIDDEN)
    house.approve(made, OTHER, person="Nobody Else")
    house.approve(made, HIDDEN, confidential=True)
    with house.services.unit_of_work(write=True) as uow:
        uow.letters.set_sharing(made, shares="names", mail_links=True)
        uow.commit()
    return made


@pytest.fixture
def page(house: House, letter_id: str) -> str:
    return f"/invitation/{house.invitation(letter_id, OURS).id}"


@pytest.fixture
def contact(house: House, letter_id: str, visitor: Visitor) -> Visitor:
    return visitor.goes_to(f"/i/{house.token(letter_id, OURS)}").follows()


def asks(contact: Visitor, page: str, **typed: Any) -> Visitor:
    form = Form(contact.goes_to(page).text, page).fields
    return contact.posts(f"{page}/line", **({"csrf_token": form["csrf_token"], "listed_as": OURS} | typed))


def test_the_line_comes_back_drawn_and_told(contact: Visitor, page: str) -> None:
    asks(contact, page, listed_as="Middle  Rivers", acronym="MR", native_name="中河")
    assert contact.status == 200
    assert contact.text.startswith("<figure")
    assert 'aria-label="Middle Rivers\u00a0(MR) 中河"' in contact.text
    assert f"before <bdi>{OTHER}</bdi>." in contact.text
    assert contact.answer.headers["Cache-Control"] == "no-store"


def test_nothing_is_recorded(house: House, contact: Visitor, page: str) -> None:
    contact.goes_to(page)
    before = house.dump()
    for typed in ({}, {"listed_as": "Other"}, {"listed_as": "Ꭰ"}, {"confidential": "1"}):
        assert asks(contact, page, **typed).status == 200
    assert house.dump() == before


def test_what_was_typed_and_what_others_typed_is_never_markup(
    house: House, letter_id: str, contact: Visitor, page: str
) -> None:
    evil = "<img src=x onerror=alert(1)>\"'</svg><script>"
    house.clock.pass_(minutes=1)
    house.approve(letter_id, OTHER, listed_as=f"Z{evil}", idempotency_key="second-key-of-page")
    asks(contact, page, listed_as=evil, acronym=evil, native_name=evil)
    assert contact.status == 200
    assert contact.text.count("alert(1)") == 4
    assert set(re.findall(r"<(\w+)", contact.text)) == {
        "figure",
        "svg",
        "defs",
        "path",
        "rect",
        "g",
        "use",
        "figcaption",
        "bdi",
    }
    assert not re.search(r"<[^>]*\s(style|on\w+)\s*=", re.sub(r'aria-label="[^"]*"', "", contact.text))


def test_a_name_that_cannot_be_printed_is_told_with_its_character(contact: Visitor, page: str) -> None:
    asks(contact, page, acronym="MꭰR")
    assert contact.status == 200
    assert "<svg" not in contact.text
    assert "Our fonts do not have the character “ꭰ” (U+AB70 CHEROKEE SMALL LETTER A)." in contact.words


def test_a_confidential_answer_is_shown_as_a_number(contact: Visitor, page: str) -> None:
    asks(contact, page, confidential="1")
    assert 'aria-label="and 1 organisation whose name is withheld for its safety"' in contact.text
    assert "Your name is not printed." in contact.words
    for name in (OURS, OTHER, HIDDEN):
        assert name not in contact.text


def test_without_shared_names_no_other_is_told(house: House, letter_id: str, contact: Visitor, page: str) -> None:
    with house.services.unit_of_work(write=True) as uow:
        uow.letters.set_sharing(letter_id, shares="count", mail_links=True)
        uow.commit()
    asks(contact, page)
    assert "grey bars" in contact.words
    for name in (OTHER, HIDDEN, "Nobody Else"):
        assert name not in contact.text


def test_it_speaks_the_contacts_language_and_then_the_one_that_was_chosen(house: House, visitor: Visitor) -> None:
    made = house.opened(OURS, language="fr")
    page = f"/invitation/{house.invitation(made, OURS).id}"
    visitor.goes_to(f"/i/{house.token(made, OURS)}").follows()
    asks(visitor, page, listed_as=" ")
    assert "nom" in visitor.words
    assert "name" not in visitor.words
    chosen = Form(visitor.goes_to(page).text, f"{page}/code").fields | {"language": "es"}
    visitor.posts(f"{page}/language", **chosen)
    asks(visitor, page, listed_as=" ")
    assert "nombre" in visitor.words


def test_a_stranger_and_a_page_of_others_see_nothing(
    house: House, letter_id: str, contact: Visitor, visit: Any, page: str
) -> None:
    token = Form(contact.text, page).fields["csrf_token"]
    assert visit().posts(f"{page}/line", csrf_token=token, listed_as=OURS).status == 400
    assert contact.posts(f"{page}/line", listed_as=OURS).status == 400
    elsewhere = contact.posts(f"{page}/line", {"Sec-Fetch-Site": "cross-site"}, csrf_token=token, listed_as=OURS)
    assert elsewhere.status == 403
    assert contact.goes_to(f"{page}/line").status == 405
    other = f"/invitation/{house.invitation(letter_id, OTHER).id}"
    assert contact.posts(f"{other}/line", csrf_token=token, listed_as=OURS).status == 404
