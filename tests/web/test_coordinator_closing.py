"""A closing that waits for a coordinator's own signature: shut doors, time left, calling off, editions, publishing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace

import pytest

from signing.domain.access import Role
from signing.evidence.statement import CloseStatement
from signing.web.app import create_app
from signing.workflow import coordinator_signing, publishing
from tests.web.coordinator_desk import ORGANISATION, OTHER, begins, opens, signs, statements
from tests.web.installation import BASE_URL, House, Mailbox, intake
from tests.web.visitor import Visitor


@pytest.fixture
def draft(house: House) -> str:
    letter_id = house.letter()
    house.roster(letter_id, ORGANISATION, OTHER)
    return letter_id


@pytest.fixture
def path(draft: str) -> str:
    return f"/coordinator/letters/{draft}"


def test_the_service_alone_cannot_close_what_an_own_key_opened(
    coordinator: Visitor, house: House, draft: str, path: str
) -> None:
    key = house.own_key()
    opens(coordinator, path, key)
    house.invite(draft)
    house.approve(draft, ORGANISATION)
    coordinator.goes_to(f"{path}/close")
    assert 'value="service"' not in coordinator.text
    coordinator.sends(f"{path}/close", signer="service")
    assert coordinator.status == 409
    assert "This letter was opened with other coordinators' keys." in coordinator.words
    assert not [each for each in statements(house, draft) if isinstance(each, CloseStatement)]


def test_a_closing_that_waits_tells_the_time_and_can_be_called_off(
    coordinator: Visitor, house: House, draft: str, path: str
) -> None:
    key = house.own_key()
    opens(coordinator, path, key)
    house.invite(draft)
    house.approve(draft, ORGANISATION)
    sign = begins(coordinator, f"{path}/close", key.public.key)
    house.clock.pass_(minutes=12)
    coordinator.goes_to(f"{path}/close")
    assert "The doors are shut" in coordinator.words
    assert "18 minutes left." in coordinator.words
    assert "Until Monday 2 March 2026, 10:00 (UTC) nobody can answer" in coordinator.words
    coordinator.sends(f"{path}/close/cancel").follows()
    assert "Close the letter?" in coordinator.words
    data = coordinator.goes_to(f"{sign}/statement.pae").answer.data
    coordinator.goes_to(sign).sends(sign, signature=b64encode(key.sign(data)).decode())
    assert coordinator.status == 409
    assert "Please close once more." in coordinator.words
    assert not [each for each in statements(house, draft) if isinstance(each, CloseStatement)]


def test_a_closing_left_unsigned_opens_the_doors_by_itself(
    coordinator: Visitor, house: House, draft: str, path: str
) -> None:
    key = house.own_key()
    opens(coordinator, path, key)
    house.invite(draft)
    house.approve(draft, ORGANISATION)
    sign = begins(coordinator, f"{path}/close", key.public.key)
    house.clock.pass_(minutes=30)
    assert coordinator.goes_to(sign).status == 409
    assert "This has waited too long for the signature." in coordinator.words
    assert "Close the letter?" in coordinator.goes_to(f"{path}/close").words
    house.approve(draft, OTHER)
    signs(coordinator, begins(coordinator, f"{path}/close", key.public.key), key)
    assert "lists 2 organisations" in coordinator.goes_to(f"{path}/close").words


def test_a_closed_letter_is_published_once_and_not_before(
    coordinator: Visitor, house: House, draft: str, path: str
) -> None:
    house.open(draft)
    house.invite(draft)
    house.approve(draft, ORGANISATION)
    coordinator.posts(f"{path}/publish", csrf_token=coordinator.token())
    assert coordinator.status == 409
    assert "Close the letter first" in coordinator.words
    coordinator.goes_to(f"{path}/close").sends(f"{path}/close").follows()
    coordinator.sends(f"{path}/publish").follows()
    assert "The letter is published" in coordinator.words
    assert "Published on 2 March 2026." in coordinator.words
    assert publishing.publish(house.services, draft).published_at == house.clock.now


def test_what_another_coordinator_has_begun_is_told_of(
    coordinator: Visitor, house: House, draft: str, path: str, visit: Callable[[], Visitor]
) -> None:
    key = house.own_key()
    opens(coordinator, path, key)
    house.invite(draft)
    house.approve(draft, ORGANISATION)
    begins(coordinator, f"{path}/close", key.public.key)
    house.account("second@example.org", Role.COORDINATOR)
    house.joins(draft, "second@example.org")
    second = visit().signs_in("second@example.org").goes_to(f"{path}/close")
    assert "Another coordinator has begun this, and holds the key." in second.words
    assert coordinator_signing.waiting(house.services, draft, "close")[0].prepared_id not in second.text


def test_a_new_edition_is_signed_with_an_own_key(coordinator: Visitor, house: House, draft: str, path: str,
                                                 visitor: Visitor) -> None:
    key = house.own_key()
    opens(coordinator, path, key)
    house.invite(draft)
    house.approve(draft, ORGANISATION)
    signs(coordinator, begins(coordinator, f"{path}/close", key.public.key), key)
    visitor.goes_to(f"/i/{house.token(draft, ORGANISATION)}").follows()
    page = visitor.path
    house.clock.pass_(minutes=1)
    visitor.sends(f"{page}/code", decision="withdraw", authority="1")
    visitor.sends(page, code=house.code(draft, ORGANISATION))
    assert visitor.status == 303
    sign = begins(coordinator, f"{path}/close", key.public.key)
    assert "Sign the list, edition 2" in coordinator.words
    assert "Edition 2 waits for a signature" in coordinator.goes_to(f"{path}/close").words
    signs(coordinator, sign, key)
    assert "Edition 2" in coordinator.goes_to(f"{path}/close").words


WITNESS = "witness.example/w1+b72bab2e+BCVDuS/xCVURR2rcg2nbbdyTNmWhGXjdoUBO4QZsqVWd"


@pytest.mark.parametrize("page", ["status", "close"])
def test_what_is_late_outside_is_told_once_it_is_late_and_not_before(
    house: House, draft: str, path: str, page: str
) -> None:
    policy = f"witness w1 {WITNESS}\nquorum w1\n"
    installation = replace(house.services.installation, time_authorities=("Stamp Office",), witness_policy=policy)
    app = create_app(replace(house.services, installation=installation), intake=intake(), mailbox=Mailbox())
    coordinator = Visitor(app.test_client(), BASE_URL).signs_in("coordinator@example.org")
    house.open(draft)
    house.clock.pass_(minutes=5)
    words = coordinator.goes_to(f"{path}/{page}").words
    assert "Stamp Office" not in words
    assert "witnesses" not in words
    house.clock.pass_(minutes=15)
    words = coordinator.goes_to(f"{path}/{page}").words
    assert "No time stamp by Stamp Office, due since Monday 2 March 2026, 09:30 (UTC)." in words
    assert "Too few witnesses have followed this letter's log since" in words
    assert "Missing: w1" in words
