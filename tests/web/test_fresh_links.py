"""Asking for a fresh link: one answer for everybody, and a mail for those alone who were invited (FAULTS S5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from signing.domain.invitation import Part
from signing.workflow import fresh_links, inviting
from signing.workflow.allowances import ALL_LINK_REQUESTS, ANYWHERE, LINK_REQUESTS
from signing.workflow.mail_ports import Notice, NoticeKind
from tests.said_to_database import said_to
from tests.web.installation import BASE_URL, House
from tests.web.test_links import used_up
from tests.web.visitor import Visitor

ORGANISATION, OTHER = "Human Rights in China", "Front Line Defenders"
ADDRESS = "contact@china.example"


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ORGANISATION, OTHER)


def asks(visitor: Visitor, address: str, language: str = "en") -> Visitor:
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return visitor.goes_to("/fresh-link").sends("/fresh-link", email=address)


def mailed(house: House, letter_id: str, kind: NoticeKind = NoticeKind.FRESH_LINK) -> list[Notice]:
    with house.services.unit_of_work() as uow:
        return [each for each in uow.outbox.of_letter(letter_id) if each.kind is kind]


def change(house: House, letter_id: str, **fields: object) -> None:
    """Let somebody else hold the invitation."""
    invitation = house.invitation(letter_id, ORGANISATION)
    with house.services.unit_of_work(write=True) as uow:
        uow.invitations.reissue(replace(invitation, generation=7, token_sha256=b"7" * 32, **fields))
        uow.commit()


def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_statements(
    house: House, letter_id: str, visit: Callable[[], Visitor]
) -> None:
    def answer(address: str) -> tuple[int, str, int, list[str]]:
        visitor = visit().goes_to("/fresh-link")
        with said_to(house.database) as said:
            visitor.sends("/fresh-link", email=address)
        status = visitor.status
        return status, visitor.follows().text, len(visitor.answer.data), said

    unknown = answer("nobody@nowhere.example")
    assert unknown[0] == 303
    assert "a mail is on its way" in unknown[1]
    inserts = [each.split(" (")[0] for each in unknown[3] if each.startswith("INSERT")]
    assert inserts.count("INSERT INTO link_request") == 1
    answer("nobody@nowhere.example")  # the first of a source sweeps up behind the others
    again = answer("nobody@nowhere.example")
    assert [answer(ADDRESS), answer("contact@defenders.example")] == [again] * 2
    assert "nowhere.example" not in house.dump()


def test_the_holder_of_a_live_invitation_gets_the_same_link_again_in_the_language_of_the_page(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    before = house.invitation(letter_id, ORGANISATION)
    asks(visitor, f"  {ADDRESS.upper()} ", language="fr")
    assert mailed(house, letter_id) == []
    assert fresh_links.answer_requests(house.services) == 1
    (notice,) = mailed(house, letter_id)
    assert (notice.to, notice.subject_id, notice.language) == (ADDRESS, "1", "fr")
    assert house.invitation(letter_id, ORGANISATION) == before
    assert fresh_links.answer_requests(house.services) == 0
    assert len(mailed(house, letter_id)) == 1


def test_several_letters_give_a_mail_each_and_pressing_often_gives_no_more(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    second = house.opened(ORGANISATION)
    for _ in range(4):
        asks(visitor, ADDRESS)
    assert fresh_links.answer_requests(house.services) == 2
    assert len(mailed(house, letter_id)) == len(mailed(house, second)) == 1


def test_an_address_gets_three_answers_an_hour(house: House, letter_id: str, visitor: Visitor) -> None:
    answered = []
    for _ in range(5):
        asks(visitor, ADDRESS)
        answered.append(fresh_links.answer_requests(house.services))
    assert answered == [1, 1, 1, 0, 0]
    house.clock.pass_(hours=1)
    asks(visitor, ADDRESS)
    assert fresh_links.answer_requests(house.services) == 1


def test_a_request_waits_for_the_worker_and_is_forgotten_after_an_hour(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    asks(visitor, ADDRESS)
    house.clock.pass_(minutes=59)
    assert fresh_links.answer_requests(house.services) == 1
    asks(visitor, ADDRESS)
    house.clock.pass_(minutes=60)
    assert fresh_links.answer_requests(house.services) == 0
    with house.services.unit_of_work() as uow:
        assert uow.link_requests.waiting(10) == []


def test_an_invitation_that_became_too_old_is_renewed_and_the_old_link_stays_dead(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    old = house.token(letter_id, ORGANISATION)
    house.clock.pass_(days=91)
    asks(visitor, ADDRESS)
    assert fresh_links.answer_requests(house.services) == 1
    assert mailed(house, letter_id) == []
    assert mailed(house, letter_id, NoticeKind.INVITATION)[-1].subject_id == "2"
    assert visitor.goes_to(f"/i/{old}").status == 404
    assert visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").status == 303


def test_an_invitation_that_ended_very_long_ago_is_the_coordinators_to_renew(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    house.clock.pass_(days=91 + 365)
    asks(visitor, ADDRESS)
    assert fresh_links.answer_requests(house.services) == 0


@pytest.mark.parametrize("days", [0, 91])
def test_what_was_revoked_or_refused_stays_so(house: House, letter_id: str, visitor: Visitor, days: int) -> None:
    inviting.revoke(house.services, letter_id, "org-china")
    with house.services.unit_of_work(write=True) as uow:
        uow.refused_addresses.add(house.services.tokens.address_digest("contact@defenders.example"), house.clock.now)
        uow.commit()
    house.clock.pass_(days=days)
    asks(visitor, ADDRESS)
    asks(visitor, "contact@defenders.example")
    before = house.dump(without="link_request")
    assert fresh_links.answer_requests(house.services) == 0
    assert house.dump(without="link_request") == before


def test_a_colleague_gets_the_link_while_they_hold_it_and_the_rosters_contact_afterwards(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    change(house, letter_id, contact="Lou", email="lou@china.example", role=None,
           expires_at=house.clock.now + timedelta(days=3))
    asks(visitor, ADDRESS)
    assert fresh_links.answer_requests(house.services) == 0
    asks(visitor, "lou@china.example")
    assert fresh_links.answer_requests(house.services) == 1
    assert mailed(house, letter_id)[-1].to == "lou@china.example"
    house.clock.pass_(days=4)
    asks(visitor, "lou@china.example")
    assert fresh_links.answer_requests(house.services) == 0
    asks(visitor, ADDRESS)
    assert fresh_links.answer_requests(house.services) == 1
    assert mailed(house, letter_id, NoticeKind.INVITATION)[-1].to == ADDRESS
    assert house.invitation(letter_id, ORGANISATION).email is None


def test_a_reviewer_whose_link_became_too_old_gets_another(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    invitation = house.invitation(letter_id, ORGANISATION)
    with house.services.unit_of_work(write=True) as uow:
        uow.invitations.add(replace(
            invitation, id="reviewer", part=Part.REVIEWER, contact="Sam", email="sam@china.example",
            token_sha256=b"r" * 32, short_sha256=b"s" * 32, expires_at=house.clock.now + timedelta(days=1),
        ))
        uow.commit()
    house.clock.pass_(days=2)
    asks(visitor, "sam@china.example")
    assert fresh_links.answer_requests(house.services) == 1
    (notice,) = [each for each in mailed(house, letter_id, NoticeKind.INVITATION) if each.invitation_id == "reviewer"]
    assert notice.to == "sam@china.example"


@pytest.mark.parametrize("typed", ["", "nobody", "@x.example", "a b@x.example", "x" * 250 + "@x.example", "a@"])
def test_what_cannot_be_an_address_is_said_beside_the_field_and_kept(
    house: House, visitor: Visitor, typed: str
) -> None:
    before = house.dump()
    asks(visitor, typed)
    assert visitor.status == 422
    assert "name@organisation.org" in visitor.words
    assert f'value="{typed[:254]}"' in visitor.text
    assert house.dump() == before


def test_whoever_asks_very_often_waits_and_others_do_not(house: House, visitor: Visitor) -> None:
    visitor.goes_to("/fresh-link")
    token = visitor.token_shown
    for _ in range(LINK_REQUESTS.most):
        assert visitor.posts("/fresh-link", csrf_token=token, email=ADDRESS).status == 303
    assert asks(visitor, ADDRESS).status == 429
    assert f'value="{ADDRESS}"' in visitor.text
    elsewhere = {"X-Forwarded-For": "203.0.113.7"}
    assert visitor.posts("/fresh-link", headers=elsewhere, csrf_token=token, email=ADDRESS).status == 303
    used_up(house, ALL_LINK_REQUESTS, ANYWHERE)
    assert visitor.posts("/fresh-link", headers=elsewhere, csrf_token=token, email=ADDRESS).status == 429


def test_a_page_that_lost_its_session_keeps_the_address(visitor: Visitor) -> None:
    visitor.goes_to("/fresh-link")
    visitor.client.delete_cookie("session", domain="localhost")
    visitor.sends("/fresh-link", email=ADDRESS)
    assert visitor.status == 400
    assert f'value="{ADDRESS}"' in visitor.text
    assert visitor.sends("/fresh-link").status == 303


def test_is_this_genuine_says_what_is_ours_and_sets_no_cookie(house: House, visitor: Visitor) -> None:
    visitor.goes_to("/genuine")
    assert visitor.status == 200
    assert "Set-Cookie" not in visitor.answer.headers
    for ours in (f"{BASE_URL}/enter", ">localhost:8000<", 'href="/enter"', 'href="/fresh-link"', 'href="/check"'):
        assert ours in visitor.text
