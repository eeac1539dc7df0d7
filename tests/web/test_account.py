"""One's own account: the second step, each code good once; passwords that end sessions; sessions that are listed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest

from signing.domain.access import MemberRole, SignInPasskey
from signing.workflow import accounts
from tests.web.installation import PASSWORD, House
from tests.web.visitor import Visitor

ADA = "coordinator@example.org"
ACCOUNT, APP = "/coordinator/account/", "/coordinator/account/app"


@pytest.fixture
def app_key(coordinator: Visitor, house: House) -> str:
    """The secret of an app that is enrolled; the recovery codes are on the coordinator's page."""
    coordinator.goes_to(APP)
    shown = re.search(r'class="app-key"[^>]*>([A-Z2-7 ]+)<', coordinator.text)
    assert shown
    key = shown[1].replace(" ", "")
    coordinator.sends(APP, code=code(house, key), present=PASSWORD)
    assert coordinator.status == 200, coordinator.words
    return key


def code(house: House, key: str, **ahead: float) -> str:
    return pyotp.TOTP(key).at(house.clock.now + timedelta(**ahead))


def types_password(visitor: Visitor) -> Visitor:
    visitor.goes_to("/sign-in").sends("/sign-in", email=ADA, password=PASSWORD)
    assert visitor.answer.headers["Location"] == "/sign-in/second", visitor.words
    return visitor.follows()


def recovery_codes(visitor: Visitor) -> list[str]:
    return re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", visitor.text)


def test_an_app_is_asked_for_after_the_password_and_each_code_is_good_once(
    app_key: str, house: House, visit: Callable[[], Visitor]
) -> None:
    visitor = types_password(visit())
    assert visitor.goes_to("/coordinator/").status == 303
    house.clock.pass_(seconds=60)
    first = code(house, app_key)
    visitor.goes_to("/sign-in/second").sends("/sign-in/second", code=f"{first[:3]} {first[3:]}")
    assert visitor.follows().path == "/coordinator/"
    assert visitor.status == 200
    again = types_password(visit())
    assert again.sends("/sign-in/second", code=first).status == 422
    assert again.sends("/sign-in/second", code=code(house, app_key, seconds=-30)).status == 422
    assert again.sends("/sign-in/second", code=code(house, app_key, seconds=30)).status == 303


def test_the_code_that_enrolled_an_app_signs_nobody_in(
    app_key: str, house: House, visit: Callable[[], Visitor]
) -> None:
    assert types_password(visit()).sends("/sign-in/second", code=code(house, app_key)).status == 422


def test_a_recovery_code_works_once_and_the_app_goes_on(
    app_key: str, coordinator: Visitor, house: House, visit: Callable[[], Visitor]
) -> None:
    codes = recovery_codes(coordinator)
    assert len(set(codes)) == 10
    assert not any(each in house.dump() or each.replace("-", "") in house.dump() for each in codes)
    assert app_key not in house.dump()
    assert types_password(visit()).sends("/sign-in/second", code=codes[0].lower()).status == 303
    assert types_password(visit()).sends("/sign-in/second", code=codes[0]).status == 422
    assert "9 recovery codes are left" in coordinator.goes_to(ACCOUNT).words
    assert types_password(visit()).sends("/sign-in/second", code=code(house, app_key)).status == 422
    house.clock.pass_(seconds=60)
    assert types_password(visit()).sends("/sign-in/second", code=code(house, app_key)).status == 303


def test_codes_are_guessed_slowly_and_the_first_step_does_not_last(
    app_key: str, house: House, visit: Callable[[], Visitor]
) -> None:
    house.clock.pass_(seconds=60)
    visitor = types_password(visit())
    for _ in range(10):
        assert visitor.sends("/sign-in/second", code="000000").status in (422, 429)
    assert visitor.sends("/sign-in/second", code=code(house, app_key)).status == 429
    house.clock.pass_(minutes=16)
    assert visitor.goes_to("/sign-in/second").answer.headers["Location"] == "/sign-in"
    late = types_password(visit())
    house.clock.pass_(minutes=6)
    assert late.sends("/sign-in/second", code=code(house, app_key)).status == 401


def test_the_first_step_dies_with_the_password(app_key: str, house: House, visit: Callable[[], Visitor]) -> None:
    visitor = types_password(visit())
    accounts.reset_password(house.services, ADA)
    house.clock.pass_(seconds=60)
    assert visitor.sends("/sign-in/second", code=code(house, app_key)).status == 401


def test_nobody_learns_of_a_second_step_without_the_password(app_key: str, visit: Callable[[], Visitor]) -> None:
    pages = []
    for email in (ADA, "auditor@example.org", "stranger@example.org"):
        visitor = visit().goes_to("/sign-in").sends("/sign-in", email=email, password="wrong password here")
        pages.append((visitor.status, visitor.words))
    assert pages[0] == pages[1] == pages[2]
    token = visitor.token()
    assert visitor.posts("/sign-in/passkey-options", csrf_token=token).answer.json["allow"] == []


def test_a_passkey_that_proves_nothing_signs_nobody_in(house: House, visit: Callable[[], Visitor]) -> None:
    account = next(each for each in accounts.accounts(house.services) if each.email == ADA)
    with house.services.unit_of_work(write=True) as uow:
        uow.sign_in_passkeys.add(SignInPasskey(b"k" * 16, account.id, b"no key", 0, "Telephone", house.clock.now))
        uow.commit()
    visitor, pages = types_password(visit()), []
    assert visitor.goes_to("/sign-in/second").text.count("Use your passkey") == 1
    assert "six digits" not in visitor.text
    for handle in ("a2tra2tra2tra2tra2traw", "c3RyYW5nZXI", "not base64!"):
        stranger = visit()
        token = stranger.token()
        stranger.posts("/sign-in/passkey-options", csrf_token=token)
        assertion = f'{{"id": "{handle}", "rawId": "{handle}", "type": "public-key", "response": {{}}}}'
        stranger.posts("/sign-in/passkey", csrf_token=token, assertion=assertion)
        pages.append((stranger.status, stranger.words))
    assert len(set(pages)) == 1
    assert pages[0][0] == 401


def test_changing_the_app_or_the_password_needs_the_present_password(coordinator: Visitor, house: House) -> None:
    coordinator.goes_to(APP)
    key = re.search(r'class="app-key"[^>]*>([A-Z2-7 ]+)<', coordinator.text)[1].replace(" ", "")
    coordinator.sends(APP, code=code(house, key), present="not it at all")
    assert coordinator.status == 422
    assert key[:4] in coordinator.words  # the same picture again: nothing has to be scanned twice
    coordinator.sends(APP, code="123456", present=PASSWORD)
    assert coordinator.status == 422
    coordinator.sends(APP, code=code(house, key), present=PASSWORD)
    assert coordinator.status == 200
    coordinator.goes_to(APP).sends("/coordinator/account/app/end", present="not it at all")
    assert coordinator.status == 422
    assert coordinator.goes_to(APP).sends("/coordinator/account/app/end", present=PASSWORD).status == 303
    coordinator.goes_to("/coordinator/account/password")
    for _ in range(8):
        coordinator.sends("/coordinator/account/password", present="guess", password="a new password", again="x")
        assert coordinator.status == 422
    for _ in range(9):
        coordinator.sends("/coordinator/account/password", present="guess", password="a new password",
                          again="a new password")
    assert coordinator.status == 429


def test_a_new_password_ends_every_other_session_and_begins_a_new_one_here(
    coordinator: Visitor, visit: Callable[[], Visitor]
) -> None:
    other, thief = visit().signs_in(ADA), visit()
    thief.client.set_cookie("session", coordinator.client.get_cookie("session", domain="localhost").value,
                            domain="localhost")
    assert thief.goes_to(ACCOUNT).status == 200
    page, new = "/coordinator/account/password", "quite another pass phrase"
    coordinator.goes_to(page).sends(page, present=PASSWORD, password=new, again=new)
    assert coordinator.follows().status == 200
    assert [each.goes_to(ACCOUNT).status for each in (other, thief)] == [303, 303]
    assert visit().goes_to("/sign-in").sends("/sign-in", email=ADA, password=PASSWORD).status == 401
    assert visit().goes_to("/sign-in").sends("/sign-in", email=ADA, password=new).status == 303


def test_sessions_are_listed_and_ended_without_a_word_of_address_or_browser(
    coordinator: Visitor, house: House, visit: Callable[[], Visitor]
) -> None:
    house.clock.pass_(minutes=1)
    others = [visit().signs_in(ADA) for _ in range(3)]
    visit().signs_in("auditor@example.org")
    coordinator.goes_to(ACCOUNT)
    assert coordinator.text.count('name="session"') == 3
    assert coordinator.words.count("this one") == 1
    assert not any(word in coordinator.text for word in ("127.0.0.1", "Werkzeug", "werkzeug/"))
    coordinator.sends("/coordinator/account/sessions/end")
    assert sorted(each.goes_to(ACCOUNT).status for each in others) == [200, 200, 303]
    coordinator.goes_to(ACCOUNT).sends("/coordinator/account/sessions/end-others")
    assert {each.goes_to(ACCOUNT).status for each in others} == {303}
    assert coordinator.goes_to(ACCOUNT).status == 200
    acts = coordinator.goes_to("/coordinator/account/activity").words
    assert "ended all other sessions" in acts
    assert "ended a session" in acts


def test_nobody_ends_the_session_of_somebody_else(coordinator: Visitor, visit: Callable[[], Visitor]) -> None:
    auditor, other = visit().signs_in("auditor@example.org"), visit().signs_in("auditor@example.org")
    name = re.search(r'name="session" value="([^"]+)"', auditor.goes_to(ACCOUNT).text)[1]
    token = coordinator.token()
    coordinator.posts("/coordinator/account/sessions/end", csrf_token=token, session=name)
    assert other.goes_to(ACCOUNT).status == 200
    assert auditor.goes_to(ACCOUNT).status == 200


def test_an_operator_s_reset_takes_everything_and_its_link_sets_a_password_once(
    app_key: str, coordinator: Visitor, house: House, visit: Callable[[], Visitor]
) -> None:
    _, page = accounts.reset(house.services, ADA)
    assert coordinator.goes_to(ACCOUNT).status == 303
    path = page.removeprefix("http://localhost:8000")
    owner = visit().goes_to(path)
    assert owner.answer.headers["Location"] == "/password"
    assert path.rpartition("/")[2] not in owner.follows().text
    assert owner.sends("/password", password="short", again="short").status == 422
    assert owner.sends("/password", password=PASSWORD, again=PASSWORD).status == 303
    owner.follows().sends("/sign-in", email=ADA, password=PASSWORD)
    assert owner.answer.headers["Location"] == "/coordinator/"
    closed = [visit().goes_to(each).follows() for each in (path, "/password/nonsense", f"{path[:-2]}xx")]
    assert len({(each.status, each.words) for each in closed}) == 1
    assert closed[0].status == 404


def test_people_of_a_letter_on_its_page(coordinator: Visitor, house: House, visit: Callable[[], Visitor]) -> None:
    letter_id = house.opened("Rivers China")
    page = f"/coordinator/letters/{letter_id}/people"
    coordinator.goes_to(page).sends(page, email="noor@example", role="editor")
    assert coordinator.status == 422
    assert 'value="noor@example"' in coordinator.text
    coordinator.sends(page, email="noor@example.org", role="nonsense")
    assert coordinator.status == 422
    coordinator.sends(page, email="noor@example.org", role="editor")
    assert "noor@example.org" in coordinator.follows().words
    assert "added noor@example.org: Editor" in coordinator.goes_to(f"/coordinator/letters/{letter_id}/activity").words
    coordinator.goes_to(page).sends(f"{page}/digest")
    assert "Once a day you get a mail" in coordinator.goes_to(page).words
    with house.services.unit_of_work() as uow:
        own = uow.accounts.by_email(ADA).id
    coordinator.sends(f"{page}/{own}/remove")
    assert coordinator.status == 409
    assert "Make another person its lead first" in coordinator.words
    house.joins(letter_id, "viewer@example.org", MemberRole.VIEWER)
    accounts.reset_password(house.services, "viewer@example.org", PASSWORD)
    viewer = visit().signs_in("viewer@example.org").goes_to(page)
    assert "Add and send the mail" not in viewer.text
    assert viewer.sends(f"{page}/leave").answer.headers["Location"] == "/coordinator/"


def test_the_record_is_paged_and_an_act_without_a_sentence_is_told_in_plain_words(
    coordinator: Visitor, house: House
) -> None:
    from signing.domain.activity import Activity

    letter_id = house.letter()
    with house.services.unit_of_work(write=True) as uow:
        for number in range(120):
            uow.activity.add(Activity(f"a{number:03}", letter_id, None, "clock", "moon-landed", None,
                                      {"count": str(number)}, house.clock.now))
        uow.commit()
    page, seen = f"/coordinator/letters/{letter_id}/activity?by=clock", []
    while page:
        text = coordinator.goes_to(page).text
        seen += re.findall(r"moon landed \(count: (\d+)\)", text)
        found = re.search(r'href="([^"]*before=[^"]*)"', text)
        page = found[1].replace("&amp;", "&") if found else ""
    assert sorted(map(int, seen)) == list(range(120))
