"""A contact is spoken to in the language of the roster, from the link to the receipt; strangers in their browser's."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from sqlalchemy import event

from signing.locale import FOLDER
from signing.workflow import closing, drafting, inviting
from signing.workflow.mail_ports import NoticeKind
from tests.locale.languages import ARABIC, FRENCH, LANGUAGES, Spoken, plain
from tests.web.device_contact import asks_for, binds
from tests.web.installation import BASE_URL, House, letter_text
from tests.web.test_own_key import Ssh, command_on, offers, signs
from tests.web.visitor import Visitor

ORGANISATION = "Human Rights in China"
OTHER = "Front Line Defenders"


def english() -> list[str]:
    """Sentences of the program that could not stand in another language's page by chance."""
    with (FOLDER / "messages.pot").open("rb") as file:
        return [text for each in read_po(file) if (text := str(each.id)).count(" ") > 1 and "%(" not in text]


ENGLISH = english()


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.tag)
def language(request: pytest.FixtureRequest) -> Spoken:
    found: Spoken = request.param
    return found


@pytest.fixture
def letter_id(house: House, language: Spoken) -> str:
    return house.opened(ORGANISATION, OTHER, language=language.tag)


@pytest.fixture
def page(house: House, letter_id: str) -> str:
    return f"/invitation/{house.invitation(letter_id, ORGANISATION).id}"


@pytest.fixture
def contact(house: House, letter_id: str, visitor: Visitor) -> Visitor:
    """A contact who has opened the link, in a browser that asks for English."""
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en-GB,en;q=0.8"
    return visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()


def speaks(visitor: Visitor, language: Spoken, words: str) -> None:
    """The page is in `language` as a whole and says `words`."""
    assert f'<html lang="{language.tag}" dir="{language.direction}">' in visitor.text
    page = plain(visitor.words)
    assert words in page
    assert [sentence for sentence in ENGLISH if sentence in page] == []


def test_the_letter_is_asked_about_in_the_contacts_language(contact: Visitor, language: Spoken) -> None:
    speaks(contact, language, language.question)
    assert language.deadline in plain(contact.words)
    assert '<article class="sheet" lang="en" dir="ltr">' in contact.text


def test_from_the_code_to_the_receipt_and_back(
    contact: Visitor, house: House, letter_id: str, page: str, language: Spoken
) -> None:
    contact.sends(f"{page}/code")
    speaks(contact, language, language.choose)
    contact.sends(page, code="")
    speaks(contact, language, language.choose)
    contact.sends(f"{page}/code", decision="approve", authority="1")
    speaks(contact, language, "…")
    code = house.code(letter_id, ORGANISATION)
    contact.sends(page, code="".join(str(9 - int(digit)) for digit in code))
    speaks(contact, language, language.wrong_code)
    contact.sends(page, code=code).follows()
    speaks(contact, language, language.approved)
    contact.goes_to(page)
    speaks(contact, language, ORGANISATION)


def test_a_declines_receipt_is_spoken_too(
    contact: Visitor, house: House, letter_id: str, page: str, language: Spoken
) -> None:
    contact.sends(f"{page}/code", decision="decline", authority="1")
    contact.sends(page, code=house.code(letter_id, ORGANISATION)).follows()
    speaks(contact, language, ORGANISATION)


def test_refusals_are_spoken_too(
    contact: Visitor, house: House, letter_id: str, page: str, language: Spoken
) -> None:
    for _time in range(4):
        contact.sends(f"{page}/code", decision="approve", authority="1", person="A\u200bB")
        house.clock.pass_(minutes=1)
    assert contact.status == 429
    speaks(contact, language, "3")
    contact.sends(page, person="A\u200bB", code=house.code(letter_id, ORGANISATION))
    speaks(contact, language, "U+200B")
    drafting.import_letter(house.services, letter_text(body="Other words."), letter_id=letter_id)
    house.open(letter_id)
    contact.sends(page, person="Kim", code="12345678")
    assert contact.status == 409
    speaks(contact, language, "Kim")
    contact.posts(page, csrf_token="old", person="Kim")
    assert contact.status == 400
    speaks(contact, language, "Kim")


def test_forms_beside_the_answer_come_back_in_the_contacts_language_and_so_does_their_code(
    contact: Visitor, house: House, letter_id: str, page: str, language: Spoken
) -> None:
    colleague = {"contact": "Noor", "email": "noor@example.org", "role": "director"}
    for form, wrong, right in (("hand-over", {"email": "no"}, colleague), ("two-persons", {"email": "no"}, colleague),
                               ("aside", {"words": "x" * 5000}, {}), ("remark", {"words": ""}, {"words": "Noor"})):
        path = f"{page}/{form}"
        speaks(contact.goes_to(path), language, "")
        contact.sends(path, **right | wrong)
        assert contact.status == 422
        speaks(contact, language, "")
        speaks(contact.posts(path, csrf_token="old", **right), language, "")
        assert contact.status == 400
        speaks(contact.sends(path, **right), language, "")
        house.clock.pass_(minutes=1)
    with house.services.unit_of_work() as uow:
        codes = [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.CODE]
    assert {each.language for each in codes} == {language.tag}


def test_a_key_of_ones_own_is_spoken_of_from_the_first_page_to_the_last(
    contact: Visitor, house: House, letter_id: str, page: str, language: Spoken, tmp_path: Path
) -> None:
    own, key = f"{page}/own-key", Ssh(tmp_path, "ed25519")
    speaks(contact.goes_to(own), language, language.own_key)
    contact.sends(f"{own}/code", decision="approve", authority="1", public_key="")
    speaks(contact, language, language.own_key)
    contact.sends(f"{own}/code", public_key="hello")
    assert contact.status == 422
    speaks(contact, language, language.own_key)
    offers(contact, house, letter_id, own, key.public)
    speaks(contact, language, language.to_sign)
    at = contact.path
    for signature in ("", "hello", key.sign(b"something else", command_on(contact)).decode()):
        contact.sends(at, signature=signature)
        assert contact.status == 422
        speaks(contact, language, language.to_sign)
    speaks(contact.goes_to(own), language, language.own_key)
    signs(contact.goes_to(at), key)
    speaks(contact.follows(), language, language.approved)
    speaks(contact.goes_to(page), language, ORGANISATION)


def test_the_keys_of_an_organisation_are_spoken_of(
    contact: Visitor, house: House, letter_id: str, page: str, language: Spoken, tmp_path: Path
) -> None:
    keys = f"{page}/keys"
    speaks(contact.goes_to(keys), language, language.keys)
    mine = Ssh(tmp_path, "ed25519")
    offers(contact, house, letter_id, f"{page}/own-key", mine.public)
    signs(contact, mine)
    speaks(contact.goes_to(keys), language, language.keys)
    (tmp_path / "other").mkdir()
    others, name = Ssh(tmp_path / "other", "ecdsa").public, binds(house, letter_id)[0].bound.key
    for public, until in ((others, "tomorrow"), (others, "2020-01-01"), ("hello", ""), (mine.public, "")):
        contact.sends(f"{keys}/statement", signer=name, public_key=public, until=until)
        assert contact.status == 422
        speaks(contact, language, language.keys)
    contact.sends(f"{keys}/statement", signer=name, public_key=others, until="2026-12-31").follows()
    speaks(contact, language, language.to_sign)
    contact.sends(contact.path, signature="hello")
    speaks(contact, language, "key.pae.sig")
    house.clock.pass_(minutes=1)
    contact.goes_to(keys).sends(f"{keys}/code", key=name)
    speaks(contact, language, "…")
    contact.sends(f"{keys}/revoke", code=house.code(letter_id, ORGANISATION), compromised_since="2030-01-01")
    speaks(contact, language, language.keys)
    contact.sends(f"{keys}/revoke", code=house.code(letter_id, ORGANISATION), compromised_since="").follows()
    speaks(contact, language, language.keys)


def test_a_key_that_waits_for_the_coordinator_is_spoken_of(
    contact: Visitor, house: House, letter_id: str, page: str, language: Spoken, tmp_path: Path
) -> None:
    asks_for(house, letter_id, binders=("attestor", "coordinator"))
    own = f"{page}/own-key"
    contact.goes_to(own)
    contact.sends(f"{own}/code", decision="approve", authority="1", public_key=Ssh(tmp_path, "ed25519").public)
    contact.sends(f"{own}/statement", code=house.code(letter_id, ORGANISATION))
    assert contact.status == 409
    speaks(contact, language, language.key_waits)
    for path in (page, f"{page}/keys"):
        speaks(contact.goes_to(path), language, ORGANISATION)


@pytest.mark.parametrize("level", [2, 3, 4])
def test_a_letter_that_asks_for_stronger_answers_says_so(
    contact: Visitor, house: House, letter_id: str, page: str, language: Spoken, level: int
) -> None:
    asks_for(house, letter_id, min_level=level)
    contact.goes_to(page)
    speaks(contact, language, language.question)
    contact.sends(f"{page}/code", decision="approve", authority="1")
    contact.sends(page, code=house.code(letter_id, ORGANISATION))
    assert contact.status == 422
    speaks(contact, language, language.level if level == 2 else ORGANISATION)


def test_confidential_and_carried_answers_are_spoken_of(
    contact: Visitor, house: House, letter_id: str, page: str, language: Spoken
) -> None:
    contact.sends(f"{page}/code", decision="approve", authority="1", confidential="1", accepts="1")
    contact.sends(page, code=house.code(letter_id, ORGANISATION)).follows()
    speaks(contact, language, language.approved)
    speaks(contact.goes_to(page), language, ORGANISATION)
    for body, said in ((letter_text().body.replace(" ", "  ", 1), language.carried), ("Other words.", ORGANISATION)):
        drafting.import_letter(house.services, letter_text(body=body), letter_id=letter_id)
        house.open(letter_id)
        speaks(contact.goes_to(page), language, said)
    house.approve(letter_id, OTHER)
    closing.close(house.services, letter_id)
    speaks(contact.goes_to(f"{page}/receipt"), language, language.approved)


def test_shut_doors_are_explained_in_the_contacts_language(
    contact: Visitor, house: House, letter_id: str, page: str, language: Spoken
) -> None:
    house.approve(letter_id, OTHER)
    closing.close(house.services, letter_id)
    contact.sends(page)
    speaks(contact, language, language.closed)
    contact.goes_to(page)
    speaks(contact, language, language.closed)


def test_without_a_language_of_their_own_contacts_are_spoken_to_in_the_letters(house: House, visitor: Visitor) -> None:
    letter_id = house.letter(letter_text(language="fr", title="Lettre"))
    house.roster(letter_id, ORGANISATION)
    house.open(letter_id)
    house.invite(letter_id)
    visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    speaks(visitor, FRENCH, FRENCH.question)


def test_a_language_that_is_not_spoken_is_answered_in_english(house: House, visitor: Visitor) -> None:
    letter_id = house.opened(ORGANISATION, language="bo")
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr"
    visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    assert '<html lang="en" dir="ltr">' in visitor.text
    assert "Will Human Rights in China sign this letter?" in visitor.words


def test_strangers_and_dead_links_are_answered_in_the_browsers_language(
    house: House, letter_id: str, page: str, visitor: Visitor, language: Spoken
) -> None:
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = f"de;q=0.9,{language.tag}-XX;q=0.8,en;q=0.1"
    for path in ("/", "/check", "/sign-in", "/nowhere", page):
        speaks(visitor.goes_to(path), language, "")
    speaks(visitor.goes_to("/i/unknown"), language, language.dead_link)
    visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}")
    inviting.reissue(house.services, letter_id, "org-china")
    speaks(visitor.goes_to(page), language, language.dead_link)
    speaks(visitor.posts("/sign-in", email="x@example.org", password="no"), language, "")
    visitor.goes_to("/sign-in").sends("/sign-in", email="x@example.org", password="no")
    assert visitor.status == 401
    speaks(visitor, language, "")


@pytest.mark.parametrize("header", ["fr;q=0", "fr;q=0,*", "en,fr", "xx", "fr;q=oops;;,,=", ""])
def test_who_does_not_ask_for_french_gets_english(visitor: Visitor, header: str) -> None:
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = header
    assert '<html lang="en" dir="ltr">' in visitor.goes_to("/").text


def test_pages_of_accounts_are_english_as_a_whole(
    coordinator: Visitor, house: House, letter_id: str, language: Spoken
) -> None:
    coordinator.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language.tag
    for path in ("/coordinator/", f"/coordinator/letters/{letter_id}/status", "/coordinator/letters/none/status",
                 f"/auditor/letters/{letter_id}"):
        coordinator.goes_to(path)
        assert '<html lang="en" dir="ltr">' in coordinator.text, path
        assert not re.search("[\u0600-\u06ff]", coordinator.words)


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    """What is said to the database meanwhile, transactions aside."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            said.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    yield said
    event.remove(house.database.engine, "before_cursor_execute", note)


def test_a_translated_page_is_as_light_as_any(contact: Visitor, house: House, page: str) -> None:
    with statements(house) as said:
        contact.goes_to(page)
    assert 0 < len(said) <= 4
    addresses = re.findall(r'<(?:link|img|script)[^>]+(?:href|src)="([^"]+)"', contact.text)
    resources = [contact.answer.data, *(contact.client.get(each, base_url=BASE_URL).data for each in addresses)]
    assert sum(len(gzip.compress(each)) for each in resources) < 30_000


def test_two_contacts_of_two_languages_never_share_a_page(
    app: Flask, house: House, visit: Callable[[], Visitor]
) -> None:
    letter_id = house.letter()
    house.roster(letter_id, ORGANISATION, language="ar")
    house.open(letter_id)
    house.invite(letter_id)
    other = house.opened(ORGANISATION, language="fr")
    first = visit().goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    second = visit().goes_to(f"/i/{house.token(other, ORGANISATION)}").follows()
    speaks(first.goes_to(first.path), ARABIC, ARABIC.question)
    speaks(second.goes_to(second.path), FRENCH, FRENCH.question)
