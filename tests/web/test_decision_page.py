"""The decision page beyond the answer itself: languages, what is filled in, what changed, what others said; and a
browser that has lost its cookie."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from signing.domain.organisation import Decision
from signing.workflow import closing, drafting, inviting
from signing.workflow.mail_ports import NoticeKind
from tests.said_to_database import said_to
from tests.web.installation import BASE_URL, House, letter_text
from tests.web.test_contact import ARABIC, TYPED, answers
from tests.web.visitor import Form, Visitor

ORGANISATION, OTHER = "Human Rights in China", "Front Line Defenders"


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ORGANISATION, OTHER, acronym="HRIC", native_name="中国人权")


@pytest.fixture
def page(house: House, letter_id: str) -> str:
    return f"/invitation/{house.invitation(letter_id, ORGANISATION).id}"


@pytest.fixture
def contact(house: House, letter_id: str, visitor: Visitor) -> Visitor:
    return visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()


def new_words(house: House, letter_id: str, *bodies: str) -> None:
    for body in bodies:
        drafting.import_letter(house.services, letter_text(body=body), letter_id=letter_id)
        house.open(letter_id)


def shares(house: House, letter_id: str, what: str) -> None:
    with house.services.unit_of_work(write=True) as uow:
        uow.letters.set_sharing(letter_id, shares=what, mail_links=True)
        uow.commit()


# Languages


def test_a_language_is_chosen_by_its_own_name_keeps_what_was_typed_and_records_nothing(
    contact: Visitor, house: House, page: str
) -> None:
    for name in ("English", "Français", "Español", "العربية", "中文"):
        assert f">{name}</button>" in contact.text
    before = house.dump()
    contact.sends(page, **TYPED, authority="1")
    typed = Form(contact.text, f"{page}/code").fields
    contact.posts(f"{page}/language", **(typed | {"language": "fr"}))
    assert contact.status == 200
    assert house.dump() == before
    assert '<html lang="fr" dir="ltr">' in contact.text
    again = Form(contact.text, f"{page}/code").fields
    assert {name: again[name] for name in TYPED} == {name: typed[name] for name in TYPED}
    assert '<html lang="fr"' in contact.goes_to(page).text
    assert '<html lang="fr"' in contact.goes_to("/").text


def test_the_code_and_all_later_mails_come_in_the_language_that_was_chosen(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    contact.posts(f"{page}/language", **(Form(contact.text, f"{page}/code").fields | {"language": "ar"}))
    assert house.invitation(letter_id, ORGANISATION).language is None
    answers(contact, house, letter_id, page)
    assert contact.status == 303
    with house.services.unit_of_work() as uow:
        (code,) = (each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.CODE)
    assert code.language == "ar"
    assert house.invitation(letter_id, ORGANISATION).language == "ar"


@pytest.mark.parametrize("back", [
    "https://evil.example/", "//evil.example", "/sign-in", "{page}/\\evil", "", "{page}/x\r\nSet-Cookie: a=b",
    "{page}/../..//evil.example",
])  # fmt: skip
def test_a_language_leads_back_to_a_page_of_the_invitation_and_nowhere_else(
    contact: Visitor, house: House, letter_id: str, page: str, back: str
) -> None:
    answers(contact, house, letter_id, page)
    contact.follows().sends(f"{page}/language", language="es")
    assert contact.answer.headers["Location"] == f"{page}/receipt"
    assert '<html lang="es"' in contact.follows().text
    contact.sends(f"{page}/language", language="zh", back=back.format(page=page))
    assert contact.answer.headers["Location"] == page


def test_an_unknown_language_changes_nothing(contact: Visitor, page: str) -> None:
    contact.posts(f"{page}/language", **(Form(contact.text, f"{page}/code").fields | {"language": "tlh"}))
    assert (contact.status, '<html lang="en"' in contact.text) == (200, True)
    assert "language" not in "".join(contact.answer.headers.getlist("Set-Cookie"))


def test_a_text_by_itself_is_shown_in_the_languages_of_the_letter_only(
    house: House, visitor: Visitor
) -> None:
    letter_id = house.letter(letter_text(), ARABIC)
    house.roster(letter_id, ORGANISATION)
    house.open(letter_id)
    house.invite(letter_id)
    page = f"/invitation/{house.invitation(letter_id, ORGANISATION).id}"
    visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").goes_to(f"{page}/text/ar")
    assert '<article class="sheet" lang="ar" dir="rtl">' in visitor.text
    assert visitor.goes_to(f"{page}/text/fr").status == 404


# What is filled in


def test_names_are_filled_in_as_they_were_signed_last_and_the_person_as_whom_the_link_was_sent_to(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    answers(contact, house, letter_id, page, person="Kim Lee", role="Chair", listed_as="HR in China", acronym="HC",
            native_name="人权", sort_name="China")
    fields = Form(contact.goes_to(page).text, f"{page}/code").fields
    assert {name: fields[name] for name in ("person", "role", "listed_as", "acronym", "native_name", "sort_name")} == {
        "person": "Kim Lee", "role": "Chair", "listed_as": "HR in China", "acronym": "HC", "native_name": "人权",
        "sort_name": "China",
    }
    house.clock.pass_(minutes=1)
    inviting.reissue(house.services, letter_id, "org-china")
    contact.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    fields = Form(contact.text, f"{page}/code").fields
    assert (fields["person"], fields["role"], fields["listed_as"]) == ("Kim China", "Advocacy director", "HR in China")


# What changed


def test_what_changed_is_told_since_the_last_approval_else_since_the_version_seen_in_this_browser(
    contact: Visitor, house: House, letter_id: str, page: str, visit: Callable[[], Visitor]
) -> None:
    assert "What has changed" not in contact.words
    new_words(house, letter_id, "Two.")
    assert "What has changed since you read version 1" in contact.goes_to(page).words
    # Reloaded, it is still the version before that counts.
    assert "What has changed since you read version 1" in contact.goes_to(page).words
    new_words(house, letter_id, "Three.")
    assert "What has changed since you read version 2" in contact.goes_to(page).words
    answers(contact, house, letter_id, page, decision="decline")
    assert "What has changed" not in contact.goes_to(page).words
    new_words(house, letter_id, "Four.", "Five.")
    assert "What has changed since you answered version 3" in contact.goes_to(page).words
    stranger = visit().goes_to(f"/i/{house.token(letter_id, OTHER)}").follows()
    assert "What has changed" not in stranger.words


def test_any_earlier_version_may_be_compared_with_and_nothing_else(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    house.approve(letter_id, ORGANISATION)
    new_words(house, letter_id, "Two.", "Three.")
    before = house.dump()
    contact.goes_to(page)
    assert "What has changed since you approved version 1" in contact.words
    assert "that approval no longer counts" in contact.words
    assert "What has changed since version 2" in contact.goes_to(f"{page}?since=2").words
    for nothing in ("3", "4", "x", "-1", "99999999999"):
        assert contact.goes_to(f"{page}?since={nothing}").status == 200
        assert "What has changed since version" not in contact.words
    assert house.dump() == before
    contact.goes_to(page)
    typed = Form(contact.text, f"{page}/code").fields | {"person": "Kim Typed", "since": "2"}
    contact.posts(f"{page}/language", **typed)
    assert "What has changed since version 2" in contact.words
    assert Form(contact.text, f"{page}/code").fields["person"] == "Kim Typed"


def test_words_that_changed_under_the_pen_are_told_against_those_of_the_page(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    new_words(house, letter_id, "Two.")
    contact.goes_to(page)
    new_words(house, letter_id, "Three.")
    contact.sends(f"{page}/code", **TYPED, authority="1")
    assert contact.status == 409
    assert "since you read version 2" in contact.words or "since version 2" in contact.words


# Others


@pytest.mark.parametrize(("what", "seen", "hidden"), [
    ("nobody", (), ("Who else", OTHER)),
    ("count", ("Who else has said yes 1 organisation",), (OTHER,)),
    ("names", ("Who else has said yes", OTHER), ()),
])
def test_who_else_has_said_yes_is_told_as_far_as_the_letter_shares_it(
    contact: Visitor, house: House, letter_id: str, page: str, what: str, seen: tuple[str, ...],
    hidden: tuple[str, ...],
) -> None:
    house.approve(letter_id, OTHER)
    shares(house, letter_id, what)
    with said_to(house.database) as said:
        contact.goes_to(page)
    print(f"\nshared with {what}: {len(said)} statements")
    assert len(said) <= 4
    assert [words for words in seen if words not in contact.words] == []
    assert [words for words in hidden if words in contact.words] == []
    for private in ("Kim Defenders", "contact@defenders.example"):
        assert private not in contact.text


# A browser that lost its cookie, and the receipt


def test_who_sends_from_a_browser_that_lost_its_cookie_finds_what_was_typed(
    contact: Visitor, house: House, page: str
) -> None:
    contact.client.delete_cookie(f"invitation-{page.rpartition('/')[2]}", domain="localhost")
    before = house.dump()
    contact.sends(f"{page}/code", **TYPED, authority="1")
    assert contact.status == 404
    assert "What you had typed" in contact.words
    for value in (TYPED["person"], TYPED["reason"].split("\n")[0]):
        assert value in contact.words
    assert house.dump() == before


def test_the_receipt_says_what_comes_next_and_a_late_withdrawal_speaks_of_a_new_edition(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    house.approve(letter_id, OTHER)
    answers(contact, house, letter_id, page)
    contact.follows()
    for words in ("once the coordinator closes the letter", "you can change your mind here", "You can withdraw always",
                  "If the published list lacks you", "If this was not you", "Keep the file"):
        assert words in contact.words
    closing.close(house.services, letter_id)
    house.clock.pass_(minutes=1)
    contact.goes_to(page)
    answers(contact, house, letter_id, page, decision=Decision.WITHDRAW.value)
    contact.follows()
    assert "A new edition of it will say so" in contact.words
    assert "If the published list still names you" in contact.words
    assert "once the coordinator closes the letter" not in contact.words


def test_pages_come_compressed_to_whoever_takes_it(contact: Visitor, page: str) -> None:
    def got(accepted: str) -> TestResponse:
        return contact.client.get(page, base_url=BASE_URL, headers={"Accept-Encoding": accepted})

    zipped = got("gzip, br")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in zipped.headers["Vary"]
    assert b"Will Human Rights in China sign" in gzip.decompress(zipped.data)
    assert "Content-Encoding" not in got("gzip;q=0").headers
