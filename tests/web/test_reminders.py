"""Ending reminders from a mail program and on a page; and the coordinator's button."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signing.workflow.mail_ports import NoticeKind
from tests.web.installation import BASE_URL, House
from tests.web.visitor import Visitor

CHINA, FRONT = "Human Rights in China", "Front Line Defenders"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def letter_id(house: House) -> str:
    """Two organisations were invited, long ago."""
    made = house.opened(CHINA, FRONT)
    with house.services.unit_of_work(write=True) as uow:
        for each in uow.outbox.claim("worker", house.clock(), limit=100, lease_until=house.clock()):
            uow.outbox.mark_sent(each.id, house.clock(), "250")
        uow.commit()
    house.clock.pass_(days=2)
    return made


def address(house: House, letter_id: str) -> str:
    invitation = house.invitation(letter_id, CHINA)
    token = house.services.tokens.reminders_token(invitation.id, "contact@china.example")
    return f"/reminders/{invitation.id}/{token}"


def stopped(house: House, letter_id: str) -> bool:
    return house.invitation(letter_id, CHINA).reminders_stopped_at is not None


def figures_on(visitor: Visitor) -> str:
    return visitor.text.partition('class="figures"')[2].partition(">")[2][:4]


def test_a_mail_program_ends_reminders_with_one_post_without_cookie_or_token(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    """RFC 8058: the post comes from the reader's mail provider."""
    visitor.posts(address(house, letter_id), **ONE_CLICK)
    assert visitor.status == 200
    assert "There will be no more reminders" in visitor.words
    assert stopped(house, letter_id)
    before = house.dump()
    house.clock.pass_(hours=1)
    assert visitor.posts(address(house, letter_id), **ONE_CLICK).status == 200
    assert house.dump() == before


def test_a_person_ends_them_by_typing_what_the_page_shows_and_a_robot_does_not(
    house: House, letter_id: str, visitor: Visitor
) -> None:
    path = address(house, letter_id)
    before = house.dump()
    assert visitor.goes_to(path).status == 200
    figures = figures_on(visitor)
    assert figures.isdecimal()
    for guess in ("", "12345678", "on", figures[::-1] + "0"):
        visitor.posts(path, figures=guess)
        assert visitor.status == 422
        assert "Please type the four figures" in visitor.words
        assert f'value="{guess}"' in visitor.text
    visitor.posts(path, **{"List-Unsubscribe": "yes"})
    assert visitor.status == 422
    assert house.dump() == before
    visitor.posts(path, figures=f" {figures[:2]} {figures[2:]} ")
    assert visitor.status == 200
    assert stopped(house, letter_id)


def test_a_wrong_address_looks_and_answers_like_a_right_one_and_does_nothing(
    house: House, letter_id: str, visit: Callable[[], Visitor]
) -> None:
    right = visit().goes_to(address(house, letter_id))
    before = house.dump()
    for path in (f"{address(house, letter_id)}x", "/reminders/nothing/x", "/reminders/%00/%F0%9F%A6%86"):
        wrong = visit().goes_to(path)
        shown, other = (each.text.replace(figures_on(each), "0000") for each in (right, wrong))
        assert (wrong.status, shown) == (right.status, other)
        assert wrong.posts(path, **ONE_CLICK).status == 200
        assert wrong.posts(path, figures=figures_on(visit().goes_to(path))).status == 200
    assert house.dump() == before


def test_a_page_of_others_cannot_post_there(house: House, letter_id: str, visitor: Visitor) -> None:
    for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert visitor.posts(address(house, letter_id), header, **ONE_CLICK).status == 403
    assert not stopped(house, letter_id)
    answer = visitor.client.get(address(house, letter_id), base_url=BASE_URL)
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.text


def test_the_coordinator_sees_who_would_be_reminded_and_presses_once(
    house: House, letter_id: str, coordinator: Visitor
) -> None:
    house.approve(letter_id, FRONT)
    path = f"/coordinator/letters/{letter_id}/remind"
    assert path in coordinator.goes_to(f"/coordinator/letters/{letter_id}/status").text
    before = house.dump()
    coordinator.goes_to(path)
    assert "Remind 1 organisation?" in coordinator.words
    assert "1 have answered" in coordinator.words
    assert house.dump() == before
    coordinator.sends(path)
    assert "1 reminder is on its way" in coordinator.words
    coordinator.goes_to(path)
    assert "There is nobody to remind" in coordinator.words
    assert "1 had a mail about this letter within a day" in coordinator.words
    coordinator.posts(path, csrf_token=coordinator.token())
    assert "0 reminders are on their way" in coordinator.words
    with house.services.unit_of_work() as uow:
        kinds = [each.kind for each in uow.outbox.of_letter(letter_id)]
    assert kinds.count(NoticeKind.REMINDER) == 1


def test_reminding_past_the_deadline_or_at_no_letter_is_refused_in_words(
    house: House, letter_id: str, coordinator: Visitor
) -> None:
    house.clock.pass_(days=30)
    coordinator.signs_in("coordinator@example.org")
    path = f"/coordinator/letters/{letter_id}/remind"
    assert "The deadline for answers has passed" in coordinator.goes_to(path).words
    assert coordinator.status == 200
    token = coordinator.token()
    assert coordinator.posts(path, csrf_token=token).status == 409
    assert coordinator.posts("/coordinator/letters/nothing/remind", csrf_token=token).status == 404
    assert coordinator.goes_to("/coordinator/letters/nothing/remind").status == 404
