"""Sessions: begun anew, ended for good, never fixed beforehand (S7); passwords guessed slowly (ASVS 6.3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signing.domain.access import Role
from signing.workflow import signing_in
from tests.web.installation import PASSWORD, House
from tests.web.visitor import Visitor


def cookie_of(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie("session", domain="localhost")
    assert cookie is not None
    return cookie.value


def test_each_role_arrives_at_its_own_home(visit: Callable[[], Visitor]) -> None:
    assert visit().signs_in("coordinator@example.org").path == "/coordinator/"
    assert visit().signs_in("Auditor@Example.org ").path == "/auditor/"


def test_a_wrong_password_and_an_unknown_address_look_the_same(visit: Callable[[], Visitor]) -> None:
    pages = []
    for email in ("coordinator@example.org", "stranger@example.org"):
        visitor = visit().goes_to("/sign-in").sends("/sign-in", email=email, password="wrong password here")
        assert visitor.status == 401
        pages.append(visitor.words.replace(email, ""))
    assert pages[0] == pages[1]


def test_after_ten_attempts_even_the_right_password_waits(visitor: Visitor, house: House) -> None:
    for _ in range(10):
        visitor.goes_to("/sign-in").sends("/sign-in", email="coordinator@example.org", password="wrong password")
    visitor.goes_to("/sign-in").sends("/sign-in", email="coordinator@example.org", password=PASSWORD)
    assert visitor.status == 429
    assert "quarter of an hour" in visitor.words
    house.clock.pass_(minutes=16)
    visitor.signs_in("coordinator@example.org")


def wrong_guesses(visitor: Visitor, count: int) -> Visitor:
    for _ in range(count):
        visitor.goes_to("/sign-in").sends("/sign-in", email="coordinator@example.org", password="wrong password")
    return visitor


def signs_in_and_out(visitor: Visitor) -> Visitor:
    visitor.signs_in("coordinator@example.org")
    visitor.goes_to("/coordinator/").sends("/sign-out")
    return visitor


def test_signing_in_rightly_uses_no_attempt_up(visitor: Visitor) -> None:
    for _ in range(12):
        signs_in_and_out(visitor)
    wrong_guesses(visitor, 9)
    visitor.signs_in("coordinator@example.org")


def test_nobody_is_locked_out_of_their_own_browser_by_guesses_from_elsewhere(visit: Callable[[], Visitor]) -> None:
    owner, attacker = signs_in_and_out(visit()), wrong_guesses(visit(), 30)
    assert attacker.status == 429
    owner.signs_in("coordinator@example.org").goes_to("/coordinator/").sends("/sign-out")
    assert wrong_guesses(owner, 11).status == 429


def test_a_cookie_we_did_not_sign_or_of_another_account_gives_no_attempt_more(
    visit: Callable[[], Visitor], house: House
) -> None:
    wrong_guesses(visit(), 11)
    forger = visit()
    forger.client.set_cookie("known", "WyJ4Il0.abc.def", domain="localhost")
    assert wrong_guesses(forger, 1).status == 429
    auditor = visit().signs_in("auditor@example.org")
    auditor.goes_to("/auditor/").sends("/sign-out")
    assert wrong_guesses(auditor, 1).status == 429


def test_the_cookie_of_a_known_browser_opens_nothing_and_is_kept_from_scripts(
    visit: Callable[[], Visitor], visitor: Visitor
) -> None:
    visitor.goes_to("/sign-in").sends("/sign-in", email="coordinator@example.org", password=PASSWORD)
    (header,) = [each for each in visitor.answer.headers.getlist("Set-Cookie") if each.startswith("known=")]
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="):
        assert flag in header
    thief = visit()
    thief.client.set_cookie("known", header.split(";")[0].removeprefix("known="), domain="localhost")
    assert thief.goes_to("/coordinator/").status == 303
    assert wrong_guesses(thief, 1).status == 401


def test_a_cookie_copied_before_sign_out_is_worth_nothing_after(
    coordinator: Visitor, visit: Callable[[], Visitor]
) -> None:
    stolen = cookie_of(coordinator)
    thief = visit()
    thief.client.set_cookie("session", stolen, domain="localhost")
    assert thief.goes_to("/coordinator/").status == 200
    coordinator.goes_to("/coordinator/").sends("/sign-out")
    assert thief.goes_to("/coordinator/").status == 303
    assert coordinator.goes_to("/coordinator/").status == 303


def test_a_session_ends_by_itself(coordinator: Visitor, house: House) -> None:
    house.clock.pass_(hours=1, minutes=50)
    assert coordinator.goes_to("/coordinator/").status == 200
    house.clock.pass_(hours=2, minutes=1)
    assert coordinator.goes_to("/coordinator/").status == 303


def test_signing_in_begins_a_new_session(visit: Callable[[], Visitor]) -> None:
    visitor = visit().goes_to("/sign-in")
    planted = cookie_of(visitor)
    visitor.signs_in("coordinator@example.org")
    attacker = visit()
    attacker.client.set_cookie("session", planted, domain="localhost")
    assert attacker.goes_to("/coordinator/").status == 303
    assert cookie_of(visitor) != planted


def test_the_session_cookie_says_nothing_about_the_browser_and_cannot_be_read_by_scripts(
    visitor: Visitor, house: House
) -> None:
    visitor.goes_to("/sign-in").sends("/sign-in", email="coordinator@example.org", password=PASSWORD)
    (header,) = [each for each in visitor.answer.headers.getlist("Set-Cookie") if each.startswith("session=")]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert len(visitor.answer.headers.getlist("Set-Cookie")) == 2
    with visitor.client.session_transaction(base_url="http://localhost:8000") as session:
        assert set(session) <= {"_user_id", "_fresh", "csrf_token"}


def test_what_was_typed_survives_a_session_that_ended(coordinator: Visitor, house: House) -> None:
    coordinator.goes_to("/coordinator/letters/new")
    house.clock.pass_(hours=3)
    coordinator.sends("/coordinator/letters/new", pasted="A long letter <b>typed</b> by hand")
    assert coordinator.status == 401
    assert "A long letter &lt;b&gt;typed&lt;/b&gt; by hand" in coordinator.text


@pytest.mark.parametrize("role", list(Role))
def test_signing_in_again_while_signed_in_leads_home(visit: Callable[[], Visitor], role: Role) -> None:
    visitor = visit().signs_in(f"{role.value}@example.org")
    assert visitor.goes_to("/sign-in").status == 303


def test_a_new_password_ends_every_session_and_the_old_one_is_worth_nothing(
    coordinator: Visitor, house: House, visit: Callable[[], Visitor]
) -> None:
    account, plain = signing_in.reset_password(house.services, "coordinator@example.org")
    assert account.role is Role.COORDINATOR
    assert coordinator.goes_to("/coordinator/letters").status == 303
    other = visit().goes_to("/sign-in").sends("/sign-in", email=account.email, password=PASSWORD)
    assert other.status == 401
    assert other.sends("/sign-in", email=account.email, password=plain).status == 303
