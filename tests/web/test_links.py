"""Links and short codes: what opens, what does not, and how little the latter tells (FAULTS S5, S6, S13)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from signing.web.app import create_app
from signing.workflow import inviting
from signing.workflow.allowances import ALL_SHORT_CODES, ANYWHERE, SHORT_CODES, Allowance
from tests.said_to_database import said_to
from tests.web.installation import BASE_URL, House, intake
from tests.web.visitor import Visitor

ORGANISATION, OTHER = "Human Rights in China", "Front Line Defenders"


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ORGANISATION, OTHER)


def short(house: House, letter_id: str, organisation: str = ORGANISATION) -> str:
    invitation = house.invitation(letter_id, organisation)
    code = house.services.tokens.short_code(invitation.id, invitation.generation)
    return "-".join((code[:4], code[4:8], code[8:]))


def used_up(house: House, allowance: Allowance, source: bytes) -> None:
    with house.services.unit_of_work(write=True) as uow:
        for _ in range(allowance.most):
            uow.rates.hit(allowance.purpose, source, window=allowance.window, now=house.clock.now)
        uow.commit()


def types(visitor: Visitor, code: str) -> Visitor:
    return visitor.goes_to("/enter").sends("/enter", code=code)


def revoked(house: House, letter_id: str) -> None:
    inviting.revoke(house.services, letter_id, "org-china")


def replaced(house: House, letter_id: str) -> None:
    inviting.reissue(house.services, letter_id, "org-china")


def expired(house: House, letter_id: str) -> None:
    house.clock.pass_(days=91)


ENDS = [revoked, replaced, expired]


def test_every_link_that_opens_nothing_gives_one_page_for_one_statement(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    def answer(token: str) -> tuple[int, str, list[str]]:
        with said_to(house.database) as said:
            visitor.goes_to(f"/i/{token}")
        assert "Set-Cookie" not in visitor.answer.headers
        return visitor.status, visitor.text, said

    tokens = [house.token(letter_id, ORGANISATION)]
    replaced(house, letter_id)
    tokens.append(house.token(letter_id, ORGANISATION))
    revoked(house, letter_id)
    never = answer("x" * 43)
    assert never[0] == 404
    # Looked up by the digest, in one statement: nothing that was sent is compared with anything secret.
    assert len(never[2]) == 1
    assert "token_sha256 = ?" in never[2][0]
    answers = [answer(tokens[0]), answer(tokens[1]), answer(tokens[0][:20]), answer("%00"), answer("é" * 500)]
    tokens.append(house.token(letter_id, OTHER))
    expired(house, letter_id)
    assert [*answers, answer(tokens[2])] == [never] * 6


@pytest.mark.parametrize("ends", ENDS)
def test_the_page_of_a_link_that_ended_is_that_of_one_that_never_was(
    house: House, letter_id: str, visitor: Visitor, ends: Callable[[House, str], None]
) -> None:
    visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}")
    page = visitor.answer.headers["Location"]
    ends(house, letter_id)
    seen = visitor.goes_to(page).text
    assert visitor.status == 404
    assert seen == visitor.goes_to("/i/unknown").text
    for way in ("/enter", "/fresh-link", "/genuine"):
        assert f'href="{way}"' in seen


def test_a_browser_without_our_cookie_is_offered_the_same_ways(visitor: Visitor) -> None:
    page = visitor.goes_to("/invitation/unknown").text
    assert visitor.status == 404
    assert all(f'href="{way}"' in page for way in ("/enter", "/fresh-link", "/genuine"))


@pytest.mark.parametrize(
    "typed", [str, str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code.replace('-', ' – ')}.\n",
              lambda code: code.replace("0", "o").replace("1", "L"), lambda code: code.replace("1", "I"),
              lambda code: code.translate({ord("0") + n: 0x660 + n for n in range(10)}),
              lambda code: code.translate({each: each + 0xFEE0 for each in map(ord, code)})],
    ids=["as mailed", "small", "without dashes", "with other dashes", "o and l", "i", "arabic figures", "full width"],
)
def test_a_short_code_opens_what_its_link_opens_however_it_is_typed(
    house: House, letter_id: str, visit: Callable[[], Visitor], typed: Callable[[str], str]
) -> None:
    with house.services.unit_of_work(write=True) as uow:
        uow.letters.set_sharing(letter_id, shares="nobody", mail_links=False)
        uow.commit()
    by_link = visit().goes_to(f"/i/{house.token(letter_id, ORGANISATION)}")
    by_code = types(visit(), typed(short(house, letter_id)))
    assert by_code.status == by_link.status == 303
    assert by_code.answer.headers["Location"] == by_link.answer.headers["Location"]
    name = f"invitation-{house.invitation(letter_id, ORGANISATION).id}"
    cookies = [visitor.client.get_cookie(name, domain="localhost") for visitor in (by_code, by_link)]
    assert all(cookie is not None and cookie.http_only for cookie in cookies)


def test_the_wrong_the_old_and_the_revoked_code_look_and_cost_the_same_and_record_nothing(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    old = short(house, letter_id)
    replaced(house, letter_id)
    newest, other = short(house, letter_id), short(house, letter_id, OTHER)
    revoked(house, letter_id)
    visitor.goes_to("/enter").sends("/enter", code="0000-0000-0000")
    before = house.dump(without="rate")

    def answer(code: str) -> tuple[int, str, list[str]]:
        visitor.goes_to("/enter")
        with said_to(house.database) as said:
            visitor.sends("/enter", code=code)
        assert f'value="{code}"' in visitor.text
        return visitor.status, visitor.text.replace(code, "").replace(visitor.token_shown, ""), said

    never = answer("ZZZZ-ZZZZ-ZZZZ")
    assert never[0] == 422
    assert "opens no letter" in never[1]
    assert [answer(old), answer(newest)] == [never] * 2
    house.clock.pass_(days=91)
    answer(other)  # the first of another day sweeps up
    assert answer(other) == never
    assert house.dump(without="rate") == before


@pytest.mark.parametrize(
    "typed", ["", "ABCD-EFGH", "ABCD-EFGH-JKMN-P", "UUUU-UUUU-UUUU", "🙂" * 12, "x" * 3000, "\x00"]
)
def test_what_cannot_be_a_short_code_is_said_beside_the_field_and_is_no_guess(
    house: House, visitor: Visitor, typed: str
) -> None:
    before = house.dump()
    types(visitor, typed)
    assert visitor.status == 422
    assert "twelve letters and figures" in visitor.words
    assert '<a href="#code">' in visitor.text
    assert house.dump() == before


def test_a_page_that_lost_its_session_keeps_the_code_that_was_typed(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    visitor.goes_to("/enter")
    visitor.client.delete_cookie("session", domain="localhost")
    code = short(house, letter_id)
    visitor.sends("/enter", code=code)
    assert visitor.status == 400
    assert f'value="{code}"' in visitor.text
    assert visitor.sends("/enter").status == 303


def test_after_so_many_wrong_codes_a_source_waits_in_every_process_and_nobody_else_does(
    house: House, letter_id: str, app: Flask
) -> None:
    other_process = create_app(house.services, intake=intake())
    visitors = [Visitor(each.test_client(), BASE_URL) for each in (app, other_process)]
    for visitor in visitors:
        visitor.goes_to("/enter")
    statuses = [visitors[turn % 2].sends("/enter", code="0000-0000-0000").status
                for turn in range(SHORT_CODES.most)]
    assert set(statuses) == {422}
    code = short(house, letter_id)
    for visitor in visitors:
        before = house.dump()
        visitor.sends("/enter", code=code)
        assert visitor.status == 429
        assert f'value="{code}"' in visitor.text
        assert "wait a quarter of an hour" in visitor.words
        # A program that goes on costs the others nothing: it does not come to write.
        assert house.dump() == before
    elsewhere = {"X-Forwarded-For": "203.0.113.7"}
    visitors[0].goes_to("/enter")
    visitors[0].posts("/enter", headers=elsewhere, csrf_token=visitors[0].token_shown, code=code)
    assert visitors[0].status == 303
    house.clock.pass_(minutes=15)
    assert types(visitors[1], code).status == 303


def test_right_codes_never_use_an_office_up(house: House, letter_id: str, visitor: Visitor) -> None:
    code = short(house, letter_id)
    visitor.goes_to("/enter")
    token = visitor.token_shown
    for _ in range(SHORT_CODES.most + 1):
        visitor.posts("/enter", csrf_token=token, code=code)
        assert visitor.status == 303
    with house.services.unit_of_work() as uow:
        assert uow.rates.count(ALL_SHORT_CODES.purpose, ANYWHERE, window=60, now=house.clock.now) == 0


def test_guesses_from_very_many_sources_shut_the_door_of_codes_for_a_minute_and_leave_the_links_open(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    used_up(house, ALL_SHORT_CODES, ANYWHERE)
    assert types(visitor, short(house, letter_id)).status == 429
    assert visitor.goes_to(f"/i/{house.token(letter_id, ORGANISATION)}").status == 303
    house.clock.pass_(minutes=1)
    assert types(visitor, short(house, letter_id)).status == 303
