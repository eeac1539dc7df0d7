"""Remarks of contacts: recorded once, by a person with the mailbox, seen by their coordinator and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from signing.domain.discussion import RemarkKind
from signing.domain.organisation import Decision
from signing.workflow import closing, discussing, drafting, tracking
from signing.workflow.mail_ports import NoticeKind
from tests.web.installation import House, letter_text
from tests.web.visitor import Visitor
from tests.workflow.desk import Desk

ORGANISATION = "Human Rights in China"
OTHER = "Front Line Defenders"
PARAGRAPH = "We write about three rivers and the people beside them."


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ORGANISATION, OTHER)


@pytest.fixture
def page(house: House, letter_id: str) -> str:
    return f"/invitation/{house.invitation(letter_id, ORGANISATION).id}"


@pytest.fixture
def contact(house: House, letter_id: str, visitor: Visitor) -> Visitor:
    return visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()


def remarks(house: House, letter_id: str) -> list[discussing.LetterRemark]:
    return discussing.of_letter(house.services, letter_id)[1]


def says(contact: Visitor, house: House, letter_id: str, page: str, where: str, **typed: str) -> None:
    """The whole way of the first remark: form, code, sent."""
    house.clock.pass_(minutes=1)
    contact.goes_to(f"{page}/remark{where}").sends(f"{page}/remark", **typed)
    assert contact.status == 422, contact.words
    contact.sends(f"{page}/remark", code=house.code(letter_id, ORGANISATION)).follows()


def test_other_words_for_a_paragraph_reach_the_coordinator_as_a_suggestion(
    house: House, letter_id: str, page: str, contact: Visitor, coordinator: Visitor
) -> None:
    other = PARAGRAPH.replace("three rivers", "four rivers")
    says(contact, house, letter_id, page, "?language=en&block=0", wording=other, words="There are four.", condition="1")
    assert "1 remark of yours" in contact.words
    (made,) = remarks(house, letter_id)
    assert (made.remark.kind, made.remark.condition) == (RemarkKind.SUGGESTION, True)
    assert (made.remark.quote, made.remark.wording, made.remark.words) == (PARAGRAPH, other, "There are four.")
    coordinator.goes_to(f"/coordinator/letters/{letter_id}/remarks/")
    assert "1 organisation says: yes, if the words change." in coordinator.words
    assert other in coordinator.words
    assert ORGANISATION in coordinator.words
    # It is no answer.
    with house.services.unit_of_work() as uow:
        assert uow.answers.of_organisation(letter_id, "org-china") == []


def test_nothing_is_recorded_without_the_code_and_nothing_typed_is_lost(
    house: House, letter_id: str, page: str, contact: Visitor
) -> None:
    contact.goes_to(f"{page}/remark?language=en&block=0").sends(f"{page}/remark", words="Why <three>?")
    assert contact.status == 422
    assert "We sent an 8-digit code" in contact.words
    assert "Why &lt;three&gt;?" in contact.text
    contact.sends(f"{page}/remark", code="00000000")
    assert contact.status == 422
    assert "not the code" in contact.words
    assert "Why &lt;three&gt;?" in contact.text
    assert remarks(house, letter_id) == []


def test_one_code_is_enough_for_a_day_s_remarks_in_this_browser_alone(
    house: House, letter_id: str, page: str, contact: Visitor, visit: Callable[[], Visitor]
) -> None:
    says(contact, house, letter_id, page, "", words="Thank you for this letter.")
    house.clock.pass_(minutes=1)
    contact.goes_to(f"{page}/remark?question").sends(f"{page}/remark", words="Who else is asked?").follows()
    assert [each.remark.kind for each in remarks(house, letter_id)] == [RemarkKind.COMMENT, RemarkKind.QUESTION]
    elsewhere = visit().goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    elsewhere.goes_to(f"{page}/remark").sends(f"{page}/remark", words="I only have the link.")
    assert elsewhere.status == 422
    house.clock.pass_(hours=13)
    contact.goes_to(f"{page}/remark").sends(f"{page}/remark", words="Good morning.")
    assert contact.status == 422
    assert len(remarks(house, letter_id)) == 2


def test_a_button_pressed_twice_says_it_once(house: House, letter_id: str, page: str, contact: Visitor) -> None:
    says(contact, house, letter_id, page, "", words="Once.")
    house.clock.pass_(minutes=1)
    contact.goes_to(f"{page}/remark").sends(f"{page}/remark", words="Twice.", idempotency_key="key-of-a-double-tap")
    contact.goes_to(f"{page}/remark").sends(f"{page}/remark", words="Twice.", idempotency_key="key-of-a-double-tap")
    assert [each.remark.words for each in remarks(house, letter_id)] == ["Once.", "Twice."]


def test_other_words_from_a_page_that_was_sent_before_are_not_swallowed(
    house: House, letter_id: str, page: str, contact: Visitor
) -> None:
    says(contact, house, letter_id, page, "?language=en&block=0", words="Once.")
    house.clock.pass_(minutes=1)
    used = {"idempotency_key": "key-of-a-page-gone-back-to"}
    contact.goes_to(f"{page}/remark?language=en&block=0").sends(f"{page}/remark", words="First.", **used)
    contact.goes_to(f"{page}/remark?language=en&block=0").sends(f"{page}/remark", words="Second.", **used)
    assert contact.status == 409
    assert "Second." in contact.text
    house.clock.pass_(minutes=1)
    contact.sends(f"{page}/remark").follows()
    assert [each.remark.words for each in remarks(house, letter_id)] == ["Once.", "First.", "Second."]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"words": "  \n "}, "Please write what you would like to say"),
        ({"words": "x" * 4001}, "under 4000 characters"),
        ({"words": "safe\u202etxt.exe"}, "invisible character (U+202E)"),
        ({"words": "", "wording": "with a \u200b hidden space"}, "invisible character (U+200B)"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_a_reason_and_costs_no_code(
    house: House, letter_id: str, page: str, contact: Visitor, typed: dict[str, str], said: str
) -> None:
    contact.goes_to(f"{page}/remark?language=en&block=0").sends(f"{page}/remark", **typed)
    assert contact.status == 422
    assert said in contact.words
    with house.services.unit_of_work() as uow:
        assert all(each.kind is not NoticeKind.CODE for each in uow.outbox.of_letter(letter_id))


def test_a_remark_on_words_that_changed_meanwhile_comes_back_with_the_new_ones(
    house: House, letter_id: str, page: str, contact: Visitor
) -> None:
    contact.goes_to(f"{page}/remark?language=en&block=0")
    drafting.import_letter(house.services, letter_text(body="We write about four rivers."), letter_id=letter_id)
    house.open(letter_id)
    contact.sends(f"{page}/remark", words="Three rivers?")
    assert contact.status == 409
    assert "The words of the letter have changed" in contact.words
    assert "We write about four rivers." in contact.words
    assert "Three rivers?" in contact.text


def test_the_coordinator_answers_once_and_the_mail_goes_to_that_person(
    house: House, letter_id: str, page: str, contact: Visitor, coordinator: Visitor
) -> None:
    says(contact, house, letter_id, page, "?question", words="Who else is asked?")
    (made,) = remarks(house, letter_id)
    address = f"/coordinator/letters/{letter_id}/remarks/"
    answer = f"{address}{made.remark.id}/answer"
    coordinator.goes_to(address).sends(answer, words="   ")
    assert coordinator.status == 422
    assert "Please write an answer." in coordinator.words
    coordinator.goes_to(address).sends(answer, words="Two organisations.").goes_to(address)
    coordinator.posts(answer, words="Something else.", csrf_token=_token(coordinator))
    assert coordinator.status == 422
    assert "answered before" in coordinator.words
    with house.services.unit_of_work() as uow:
        mails = [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.REMARK_ANSWERED]
    assert [(each.to, each.subject_id) for each in mails] == [("contact@china.example", made.remark.id)]
    assert "Two organisations." in contact.goes_to(f"{page}/remarks").words


def test_a_remark_taken_back_is_shown_to_nobody(
    house: House, letter_id: str, page: str, contact: Visitor, coordinator: Visitor
) -> None:
    says(contact, house, letter_id, page, "", words="A slip.")
    (made,) = remarks(house, letter_id)
    token = _token(contact.goes_to(f"{page}/remarks"))
    for _press in range(2):
        contact.posts(f"{page}/remarks/{made.remark.id}/take-back", csrf_token=token).follows()
    assert "No remarks yet" in contact.words
    assert "A slip." not in coordinator.goes_to(f"/coordinator/letters/{letter_id}/remarks/").words


def test_another_organisation_sees_none_of_it_and_can_take_none_back(
    house: House, letter_id: str, page: str, contact: Visitor, visit: Callable[[], Visitor]
) -> None:
    says(contact, house, letter_id, page, "", words="Between us.")
    (made,) = remarks(house, letter_id)
    other = visit().goes_to(f"/i/{house.token(letter_id, OTHER)}").follows()
    theirs = f"/invitation/{house.invitation(letter_id, OTHER).id}"
    assert "Between us." not in other.goes_to(theirs).text + other.goes_to(f"{theirs}/remarks").text
    token = _token(other.goes_to(f"{theirs}/remark"))
    other.posts(f"{theirs}/remarks/{made.remark.id}/take-back", csrf_token=token)
    assert other.status == 404
    assert len(remarks(house, letter_id)) == 1


def test_a_closed_letter_takes_no_remarks_and_shows_what_was_typed(
    house: House, letter_id: str, page: str, contact: Visitor
) -> None:
    contact.goes_to(f"{page}/remark")
    Desk(house, letter_id, OTHER).answers(Decision.APPROVE, "key-of-another-page")
    closing.close(house.services, letter_id)
    contact.sends(f"{page}/remark", words="One thing more.")
    assert contact.status == 409
    assert "its words no longer change" in contact.words
    assert "One thing more." in contact.words


def test_a_page_open_too_long_comes_back_filled_in(
    house: House, letter_id: str, page: str, contact: Visitor
) -> None:
    contact.goes_to(f"{page}/remark").sends(f"{page}/remark", words="Slowly written.", csrf_token="old")
    assert contact.status == 400
    assert "Slowly written." in contact.text
    contact.sends(f"{page}/remark")
    assert contact.status == 422
    assert "We sent an 8-digit code" in contact.words


def test_yes_if_is_told_with_the_status_until_the_organisation_answers(
    house: House, letter_id: str, page: str, contact: Visitor, coordinator: Visitor
) -> None:
    status = f"/coordinator/letters/{letter_id}/status"
    assert "remark" not in coordinator.goes_to(status).words
    says(contact, house, letter_id, page, "?condition", words="Not without the lakes.", condition="1")
    says_more(contact, house, page, words="Thank you.")
    shown = coordinator.goes_to(status).words
    assert "1 organisation says: yes, if the words change" in shown
    assert "yes, if: asks for changes of Human Rights in China" in shown
    assert row_of(house, letter_id) == ("silent", 2, 1)
    house.clock.pass_(minutes=1)
    house.approve(letter_id, ORGANISATION)
    assert row_of(house, letter_id) == ("approved", 2, 0)
    assert "yes, if:" not in coordinator.goes_to(status).words
    assert "has answered the letter since" in coordinator.goes_to(f"/coordinator/letters/{letter_id}/remarks/").words


def test_remarks_stand_in_the_order_of_the_letter_and_yes_if_can_be_read_alone(
    house: House, visit: Callable[[], Visitor], coordinator: Visitor
) -> None:
    letter_id = house.letter(letter_text(body="First words.\n\nSecond words.\n\nThird words."))
    house.roster(letter_id, ORGANISATION)
    house.open(letter_id)
    house.invite(letter_id)
    page = f"/invitation/{house.invitation(letter_id, ORGANISATION).id}"
    contact = visit().goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    says(contact, house, letter_id, page, "?language=en&block=2", words="Of the third.", condition="1")
    says_more(contact, house, page, "?language=en&block=1", wording="Second thoughts.")
    says_more(contact, house, page, words="Of the whole.")
    drafting.import_letter(house.services, letter_text(body="Third words.\n\nFirst words."), letter_id=letter_id)
    house.open(letter_id)
    address = f"/coordinator/letters/{letter_id}/remarks/"
    shown = [(each.quote, each.block) for each in discussing.discussion(house.services, letter_id).passages]
    assert shown == [(None, -1), ("Third words.", 0), ("Second words.", None)]
    words = coordinator.goes_to(address).words
    said = ("Of the whole.", "Of the third.", "These words are not in the letter any more.")
    assert [words.index(each) for each in said] == sorted(words.index(each) for each in said)
    changed = re.search("<del>(.*)</del><ins>(.*)</ins>", coordinator.text)
    assert changed
    assert (">[removed: </span>words<" in changed[1], ">[added: </span>thoughts<" in changed[2]) == (True, True)
    alone = coordinator.goes_to(f"{address}?only=conditions").words
    assert "Of the third." in alone
    assert "Of the whole." not in alone
    # An answer leads back to what was being read.
    made = next(each for each in remarks(house, letter_id) if each.remark.condition)
    coordinator.sends(f"{address}{made.remark.id}/answer?only=conditions", words="It moved up.").follows()
    assert "It moved up." in coordinator.words
    assert "Of the whole." not in coordinator.words


def says_more(contact: Visitor, house: House, page: str, where: str = "", **typed: str) -> None:
    """A further remark in a browser that needs no code any more."""
    house.clock.pass_(minutes=1)
    assert contact.goes_to(f"{page}/remark{where}").sends(f"{page}/remark", **typed).status == 303


def row_of(house: House, letter_id: str) -> tuple[str, int, int]:
    rows = {row.entry.organisation: row for row in tracking.status(house.services, letter_id).rows}
    row = rows[ORGANISATION]
    return row.standing.value, row.remarks, row.conditions


def _token(visitor: Visitor) -> str:
    return visitor.text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
