"""The contact's way: link, letter, code, answer, receipt; and everything that can go wrong without losing a word."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest

from signing.evidence.receipt import Receipt
from signing.evidence.signatory import commitment_of
from signing.web.app import create_app
from signing.workflow import auditing, closing, drafting, inviting
from signing.workflow.appending import payload_of
from tests.web.installation import BASE_URL, House, Mailbox, intake, letter_text, services_over
from tests.web.visitor import Form, Visitor

ORGANISATION = "Human Rights in China"
ARABIC = letter_text(language="ar", title="رسالة مشتركة", body="نكتب إليكم عن **ثلاثة أنهار**.")


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ORGANISATION, "Front Line Defenders", acronym="HRIC", native_name="中国人权")


@pytest.fixture
def page(house: House, letter_id: str) -> str:
    """Where the letter of the invitation is."""
    return f"/invitation/{house.invitation(letter_id, ORGANISATION).id}"


@pytest.fixture
def contact(house: House, letter_id: str, visitor: Visitor) -> Visitor:
    """A contact who has just opened the link."""
    return visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()


def answers(contact: Visitor, house: House, letter_id: str, page: str, decision: str = "approve", **typed: str) -> None:
    house.clock.pass_(minutes=1)
    contact.sends(f"{page}/code", decision=decision, authority="1", **typed)
    assert contact.status == 200, contact.words
    contact.sends(page, code=house.code(letter_id, ORGANISATION))


def test_the_link_moves_out_of_the_address_bar_into_a_cookie_of_that_invitation(
    house: House, letter_id: str, page: str, visitor: Visitor
) -> None:
    token = house.token(letter_id, ORGANISATION)
    visitor.goes_to(f"/i/{token}")
    assert visitor.answer.headers["Location"] == page
    cookie = visitor.answer.headers["Set-Cookie"]
    assert cookie.startswith(f"invitation-{page.rpartition('/')[2]}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert token not in cookie


def test_over_https_the_cookie_is_pinned_to_the_host(house: House, letter_id: str) -> None:
    base_url = "https://letters.example"
    services = services_over(house.database, house.clock, base_url)
    app = create_app(services, intake=intake(), mailbox=Mailbox())
    visitor = Visitor(app.test_client(), base_url).goes_to(f"/i/{house.token(letter_id, ORGANISATION)}")
    cookie = visitor.answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-invitation-")
    assert "; Secure" in cookie
    assert "Path=/" in cookie
    assert visitor.answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    visitor.follows().sends(f"{visitor.path}/code", decision="approve", authority="1")
    assert visitor.status == 200


def test_the_letter_is_real_text_with_everything_around_it(contact: Visitor) -> None:
    assert contact.status == 200
    for words in ("Will Human Rights in China sign this letter?", "Ms Ada Example", "2 March 2026",
                  "Dear Commissioner,", "We write about three rivers", "Yours sincerely,",
                  "Sunday 22 March 2026, 09:30 (UTC)", "Kim China"):
        assert words in contact.words
    assert "<strong>three rivers</strong>" in contact.text
    assert 'href="https://example.org/report" target="_blank" rel="noopener noreferrer"' in contact.text


def test_every_language_of_the_version_is_on_the_page_in_its_own_direction(house: House, visitor: Visitor) -> None:
    letter_id = house.letter(letter_text(), ARABIC)
    house.roster(letter_id, ORGANISATION, language="ar")
    house.open(letter_id)
    house.invite(letter_id)
    visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    assert re.search(r'<article class="sheet" lang="ar" dir="rtl">', visitor.text)
    assert re.search(r'<article class="sheet" lang="en" dir="ltr">', visitor.text)
    assert visitor.text.index('lang="ar" dir="rtl"') < visitor.text.index('<article class="sheet" lang="en"')


def test_a_contact_approves_and_gets_the_receipt_of_the_log(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    answers(contact, house, letter_id, page, person="Kim Doe", listed_as="Human Rights in China")
    contact.follows()
    assert contact.path == f"{page}/receipt"
    for words in ("has approved the letter", "Kim Doe, Advocacy director", "Human Rights in China (HRIC)", "中国人权",
                  "Number 1 of", "Size 2", "If the published list lacks you"):
        assert words in contact.words
    contact.goes_to(f"{page}/receipt.tlog-proof")
    receipt = Receipt.from_bytes(contact.answer.data)
    assert receipt.entry == auditing.entry(house.services, letter_id, 1).logged.entry
    assert contact.answer.headers["Content-Disposition"] == f'attachment; filename="{letter_id}-1.tlog-proof"'


def test_the_code_page_says_where_the_code_went_without_showing_the_address(contact: Visitor, page: str) -> None:
    contact.sends(f"{page}/code", decision="approve", authority="1")
    assert "c⁠…⁠t@china.example" in contact.words
    assert "contact@china.example" not in contact.text
    assert re.search(r'<input type="text" id="code"[^>]* autofocus>', contact.text)


def test_a_link_opened_again_does_not_kill_a_sent_code(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    contact.sends(f"{page}/code", decision="approve", authority="1")
    contact.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    contact.sends(page, decision="approve", authority="1", code=house.code(letter_id, ORGANISATION))
    assert contact.status == 303


def test_a_code_does_not_work_in_another_browser(
    contact: Visitor, house: House, letter_id: str, page: str, visit: Callable[[], Visitor]
) -> None:
    contact.sends(f"{page}/code", decision="approve", authority="1")
    thief = visit().goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    thief.sends(page, decision="approve", authority="1", code=house.code(letter_id, ORGANISATION))
    assert thief.status == 422
    assert "No code was asked for in this browser" in thief.words


def test_a_decline_is_logged_without_a_name_and_its_reason_reaches_only_the_coordinator(
    contact: Visitor, house: House, letter_id: str, page: str, coordinator: Visitor, auditor: Visitor
) -> None:
    assert "recorded without your organisation's name" in contact.words
    assert "Only the coordinator reads this" in contact.words
    answers(contact, house, letter_id, page, "decline", reason="We cannot share point two.", listed_as="")
    assert "has declined the letter" in contact.follows().words
    its_page = f"/coordinator/letters/{letter_id}/organisations/org-china"
    assert "We cannot share point two." in coordinator.goes_to(its_page).words
    log = auditor.goes_to(f"/auditor/letters/{letter_id}").words
    assert "An organisation that is not named declines version 1." in log
    assert ORGANISATION not in auditor.goes_to(f"/auditor/letters/{letter_id}/log/1").words


def test_whoever_declined_gets_the_file_that_proves_whose_decline_it_is(
    contact: Visitor, house: House, letter_id: str, page: str, visit: Callable[[], Visitor]
) -> None:
    answers(contact, house, letter_id, page, "decline")
    contact.follows()
    assert "Keep the file to yourself" in contact.words
    assert f'href="{page}/opening.json"' in contact.text
    contact.goes_to(f"{page}/opening.json")
    logged = auditing.entry(house.services, letter_id, 1).logged
    assert commitment_of(contact.answer.data) in payload_of(logged.entry).decode()
    assert contact.answer.headers["Content-Disposition"] == f'attachment; filename="{letter_id}-1.opening.json"'
    assert visit().goes_to(f"{page}/opening.json").status == 404
    contact.goes_to(page)
    answers(contact, house, letter_id, page)
    assert "opening.json" not in contact.follows().text
    assert contact.goes_to(f"{page}/opening.json").status == 303


def test_a_contact_changes_their_mind(contact: Visitor, house: House, letter_id: str, page: str) -> None:
    answers(contact, house, letter_id, page)
    contact.follows().goes_to(page)
    assert "Human Rights in China has approved this letter" in contact.words
    answers(contact, house, letter_id, page, "withdraw")
    assert "has withdrawn its approval" in contact.follows().words


TYPED = {
    "decision": "approve", "person": "Kim “Q” O'Neil <b>", "role": "Director & friend", "listed_as": "Rights, Human",
    "acronym": "RH", "native_name": "中国人权 ئۇيغۇر", "sort_name": "Human", "reason": "line one\nline two",
}


def is_still_there(contact: Visitor, page: str, without: str = "") -> None:
    """Everything that was typed stands in the form again, and the form works."""
    fields = Form(contact.text, page).fields
    for name, value in TYPED.items():
        if name != without:
            assert fields[name].replace("\r\n", "\n") == value, name
    assert fields["csrf_token"]


def test_a_missing_tick_loses_nothing(contact: Visitor, page: str) -> None:
    contact.sends(f"{page}/code", **TYPED)
    assert contact.status == 422
    assert '<a href="#authority">' in contact.text
    assert 'role="alert"' in contact.text
    is_still_there(contact, f"{page}/code")


@pytest.mark.parametrize("missing", ["person", "role", "listed_as"])
def test_a_missing_name_is_pointed_at_and_the_rest_stays(contact: Visitor, page: str, missing: str) -> None:
    contact.sends(f"{page}/code", **(TYPED | {"authority": "1", missing: " "}))
    assert contact.status == 422
    assert f'<a href="#{missing}">' in contact.text
    assert f'aria-describedby="{missing}-hint {missing}-error"' in contact.text or \
        f'aria-describedby=" {missing}-error"' in contact.text
    is_still_there(contact, f"{page}/code", without=missing)


def test_a_wrong_code_loses_nothing_and_after_five_a_new_one_is_needed(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    contact.sends(f"{page}/code", **TYPED, authority="1")
    code = house.code(letter_id, ORGANISATION)
    wrong = "00000000" if code != "00000000" else "11111111"
    for _ in range(5):
        contact.sends(page, code=wrong)
        assert contact.status == 422
        assert '<a href="#code">' in contact.text
    assert "Send me the code" in contact.words
    is_still_there(contact, f"{page}/code")
    contact.sends(page, code=code)
    assert contact.status == 422
    assert "used up" in contact.words
    is_still_there(contact, page)


def test_an_old_code_loses_nothing(contact: Visitor, house: House, letter_id: str, page: str) -> None:
    contact.sends(f"{page}/code", **TYPED, authority="1")
    house.clock.pass_(minutes=11)
    contact.sends(page, code=house.code(letter_id, ORGANISATION))
    assert contact.status == 422
    assert "too old" in contact.words
    is_still_there(contact, f"{page}/code")


def test_too_many_codes_lose_nothing(contact: Visitor, page: str) -> None:
    for _ in range(3):
        contact.sends(f"{page}/code", **TYPED, authority="1")
        assert contact.status == 200
    contact.sends(f"{page}/code")
    assert contact.status == 429
    is_still_there(contact, f"{page}/code")


def test_a_new_version_shows_the_new_words_and_loses_nothing(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    contact.sends(f"{page}/code", **TYPED, authority="1")
    drafting.import_letter(house.services, letter_text(body="Quite other words."), letter_id=letter_id)
    house.open(letter_id)
    contact.sends(page, code=house.code(letter_id, ORGANISATION))
    assert contact.status == 409
    assert "The words have changed" in contact.words
    assert "Quite other words." in contact.words
    is_still_there(contact, page)
    assert len(auditing.log(house.services, letter_id)) == 2


def test_doors_that_shut_meanwhile_are_explained_and_nothing_is_recorded(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    house.approve(letter_id, "Front Line Defenders")
    contact.goes_to(page).sends(f"{page}/code", **TYPED, authority="1")
    closing.close(house.services, letter_id)
    contact.sends(page, code=house.code(letter_id, ORGANISATION))
    assert contact.status == 409
    assert "This letter is closed" in contact.words
    for value in ("Rights, Human", "中国人权 ئۇيغۇر", "line one line two"):
        assert value in contact.words


def test_who_never_answered_is_neither_asked_nor_offered_a_withdrawal_once_the_letter_is_closed(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    assert "Answer by" in contact.words
    house.approve(letter_id, "Front Line Defenders")
    closing.close(house.services, letter_id)
    contact.goes_to(page)
    assert "this letter is closed to answers. You can read it here." in contact.words
    for untrue in ("Answer by", "answer below it", "withdraw"):
        assert untrue not in contact.words


def test_who_answers_is_told_what_becomes_public(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    assert "your name and role stand in the signed statement, which is published" in contact.words
    assert "If you decline, neither your name nor your organisation is published." in contact.words
    answers(contact, house, letter_id, page)
    closing.close(house.services, letter_id)
    contact.goes_to(page)
    assert "Your name and role stand in the signed statement, which is published" in contact.words
    assert "If you decline" not in contact.words


def test_a_page_that_lost_its_session_comes_back_filled_in_and_records_nothing(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    contact.sends(f"{page}/code", **TYPED, authority="1")
    contact.client.delete_cookie("session", domain="localhost")
    contact.sends(page, code=house.code(letter_id, ORGANISATION))
    assert contact.status == 400
    assert "press the button once more" in contact.words
    is_still_there(contact, page)
    contact.sends(page, code=house.code(letter_id, ORGANISATION))
    assert contact.status == 303


@pytest.mark.parametrize("address", ["", "/code"])
def test_a_post_without_token_and_cookie_is_told_where_to_begin(visitor: Visitor, page: str, address: str) -> None:
    visitor.posts(f"{page}{address}", decision="approve")
    assert visitor.status == 404
    assert "open the link from your mail again" in visitor.words


@pytest.mark.parametrize("ends", ["revoked", "expired"])
def test_an_old_page_of_a_link_that_ended_meanwhile_says_so(
    contact: Visitor, house: House, letter_id: str, page: str, ends: str
) -> None:
    if ends == "revoked":
        inviting.revoke(house.services, letter_id, "org-china")
    else:
        house.clock.pass_(days=91)
    contact.client.delete_cookie("session", domain="localhost")
    contact.sends(page, code="12345678")
    assert contact.status == 404
    assert "This link does not open a letter" in contact.words


def test_two_presses_give_one_assent_and_the_same_receipt(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    contact.sends(f"{page}/code", decision="approve", authority="1")
    form, code = contact.text, house.code(letter_id, ORGANISATION)
    contact.sends(page, code=code)
    contact.text = form
    contact.sends(page, code=code)
    assert contact.status == 303
    assert len(auditing.log(house.services, letter_id)) == 2


def test_without_the_cookie_the_page_says_to_open_the_link_again(visitor: Visitor, page: str) -> None:
    visitor.goes_to(page)
    assert visitor.status == 404
    assert "open the link from your mail again" in visitor.words


def test_a_forged_cookie_opens_nothing(visitor: Visitor, page: str) -> None:
    visitor.client.set_cookie(f"invitation-{page.rpartition('/')[2]}", "eyJ4IjoxfQ.abc.def", domain="localhost")
    assert visitor.goes_to(page).status == 404


def test_an_answered_link_shows_the_answer_the_receipt_and_the_way_to_change_it(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    answers(contact, house, letter_id, page)
    contact.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").follows()
    assert "has approved this letter" in contact.words
    assert f'href="{page}/receipt"' in contact.text
    assert "We withdraw our approval" in contact.words


def test_the_page_is_light_and_whole_before_its_one_script_runs(contact: Visitor) -> None:
    addresses = re.findall(r'<(?:link|img|script)[^>]+(?:href|src)="((?!data:)[^"]+)"', contact.text)
    # The page, its style and its script: three requests. The icon of the tab is asked for once in a year, unhurried.
    assert sorted(address.rpartition("/")[2] for address in addresses) == ["decision.js", "signing.css"]
    resources = [contact.answer.data, *(contact.client.get(each, base_url=BASE_URL).data for each in addresses)]
    assert sum(len(gzip.compress(each)) for each in resources) < 30_000
    assert re.findall(r"<script([^>]*)>", contact.text) == [f' type="module" src="{addresses[-1]}"']
    assert " style=" not in contact.text


def test_going_back_to_answer_otherwise_is_recorded_as_a_new_answer(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    contact.sends(f"{page}/code", decision="approve", authority="1")
    sent = {"decision": "approve", "authority": "1", "code": house.code(letter_id, ORGANISATION)}
    old_page = Form(contact.text, page).fields
    contact.sends(page, **sent)
    assert contact.status == 303
    house.clock.pass_(minutes=1)
    contact.posts(f"{page}/code", **(old_page | {"decision": "withdraw", "authority": "1", "code": ""}))
    assert contact.status == 200
    contact.sends(page, decision="withdraw", authority="1", code=house.code(letter_id, ORGANISATION))
    assert contact.status == 303
    contact.follows()
    assert "has withdrawn its approval" in contact.words


@pytest.mark.parametrize("field", ["listed_as", "acronym", "native_name"])
def test_a_name_that_no_face_can_print_comes_back_beside_its_field(
    contact: Visitor, house: House, letter_id: str, page: str, field: str
) -> None:
    contact.sends(f"{page}/code", decision="approve", authority="1")
    typed = {"person": "Kim", "code": house.code(letter_id, ORGANISATION), field: "Rivers \U0001f30a"}
    contact.sends(page, **typed)
    assert contact.status == 422
    assert "“\U0001f30a” (U+1F30A WATER WAVE). Please write the name without it." in contact.words
    form = Form(contact.text, page).fields
    assert (form[field], form["person"]) == ("Rivers \U0001f30a", "Kim")
    assert f'id="{field}-error"' in contact.text
    contact.sends(page, **{field: "Rivers"})
    assert contact.status == 303


def test_a_name_that_is_never_printed_may_hold_anything(
    contact: Visitor, house: House, letter_id: str, page: str
) -> None:
    answers(contact, house, letter_id, page, confidential="1", listed_as="Rivers \U0001f30a")
    assert contact.status == 303
