"""The pages of mails before they go, and of one contact put right."""

from __future__ import annotations

from collections.abc import Callable

from signing.domain.access import MemberRole, Role
from signing.workflow.mail_ports import NoticeKind
from tests.web.installation import House
from tests.web.post_office import post_office
from tests.web.visitor import Visitor

ORGANISATION, OTHER = "Human Rights in China", "Front Line Defenders"


def place(letter_id: str, mail: str = "invitation/en") -> str:
    return f"/coordinator/letters/{letter_id}/mails/{mail}"


def test_words_of_ones_own_are_kept_shown_and_given_back(house: House, coordinator: Visitor) -> None:
    letter_id = house.opened(ORGANISATION, OTHER)
    coordinator.goes_to(f"/coordinator/letters/{letter_id}/mails")
    assert "May Example Organisation be named under this letter?" in coordinator.words
    coordinator.sends(place(letter_id), subject="{organisation}, will you sign?", closing="Ada\nGeneva")
    assert coordinator.answer.status_code == 303
    coordinator.follows()
    assert "Example Organisation, will you sign?" in coordinator.words
    mail = coordinator.goes_to(place(letter_id, "invitation/en/mail.html")).answer
    assert "Geneva" in mail.text
    assert "sandbox" in mail.headers["Content-Security-Policy"]
    assert "script-src" not in mail.headers["Content-Security-Policy"]
    assert mail.headers["X-Frame-Options"] == "SAMEORIGIN"
    coordinator.goes_to(place(letter_id)).sends(place(letter_id), ours="subject")
    coordinator.goes_to(place(letter_id))
    assert "May Example Organisation be named under this letter?" in coordinator.words
    assert "Geneva" in coordinator.text
    with house.services.unit_of_work() as uow:
        done = [each for each in uow.activity.of_letter(letter_id, limit=9) if each.act == "mail-worded"]
        acts = [each.detail["parts"] for each in done]
    assert sorted(acts) == ["subject", "subject, closing"]


def test_a_link_is_refused_and_what_was_typed_stays(house: House, coordinator: Visitor) -> None:
    letter_id = house.opened(ORGANISATION)
    coordinator.goes_to(place(letter_id)).sends(place(letter_id), opening="Press evil.example", closing="Ada")
    assert coordinator.answer.status_code == 422
    assert "looks like a link" in coordinator.words
    assert "Press evil.example" in coordinator.text
    with house.services.unit_of_work() as uow:
        assert uow.wordings.of_letter(letter_id) == []


def test_no_page_holds_a_real_link_and_unknown_mails_are_not_there(house: House, coordinator: Visitor) -> None:
    letter_id = house.opened(ORGANISATION)
    for mail in ("invitation/en", "invitation/en/mail.html", "reminder/en", "reminder/en/mail.html"):
        coordinator.goes_to(place(letter_id, mail))
        assert house.token(letter_id, ORGANISATION) not in coordinator.text
        assert "the-personal-link-stands-here" in coordinator.text
    for mail in ("code/en", "receipt/en", "invitation/xx", "digest/en"):
        assert coordinator.goes_to(place(letter_id, mail)).answer.status_code == 404


def test_a_language_without_words_of_ones_own_is_warned_of(house: House, coordinator: Visitor) -> None:
    letter_id = house.letter()
    house.roster(letter_id, ORGANISATION, language="fr")
    house.open(letter_id)
    coordinator.goes_to(place(letter_id)).sends(place(letter_id), closing="Ada")
    coordinator.goes_to(place(letter_id, "invitation/fr"))
    assert "You have words of your own in English. Contacts who read Français get ours." in coordinator.words


def test_a_test_comes_to_whoever_asks_and_to_nobody_else(house: House, coordinator: Visitor) -> None:
    letter_id = house.letter()
    coordinator.goes_to(place(letter_id)).sends(f"{place(letter_id)}/test")
    with post_office(house) as post:
        ((to, mail),) = post.delivered()
    assert to == "coordinator@example.org"
    assert mail["Subject"].startswith("[Test] May Example Organisation be named")


def test_tests_are_counted(house: House, coordinator: Visitor) -> None:
    letter_id = house.letter()
    for _ in range(30):
        assert coordinator.goes_to(place(letter_id)).sends(f"{place(letter_id)}/test").answer.status_code == 303
    coordinator.goes_to(place(letter_id)).sends(f"{place(letter_id)}/test")
    assert "30 test mails within an hour" in coordinator.words
    with house.services.unit_of_work() as uow:
        assert sum(each.kind is NoticeKind.TRIAL for each in uow.outbox.of_letter(letter_id)) == 30


def test_a_contact_is_put_right_and_told_so(house: House, coordinator: Visitor) -> None:
    letter_id = house.opened(ORGANISATION, OTHER)
    before = house.token(letter_id, OTHER), house.token(letter_id, ORGANISATION)
    page = f"/coordinator/letters/{letter_id}/organisations/org-china/contact"
    coordinator.goes_to(page).sends(page, email="right@", contact="Noor Right")
    assert coordinator.answer.status_code == 422
    assert 'value="Noor Right"' in coordinator.text
    coordinator.sends(page, email="right@china.example")
    coordinator.follows()
    assert "a new one is on its way to right@china.example" in coordinator.words
    after = house.token(letter_id, OTHER), house.token(letter_id, ORGANISATION)
    assert (before[0] == after[0], before[1] == after[1]) == (True, False)


def test_viewers_look_and_change_nothing(house: House, visit: Callable[[], Visitor]) -> None:
    letter_id = house.opened(ORGANISATION)
    house.account("viewer@example.org", Role.COORDINATOR)
    house.joins(letter_id, "viewer@example.org", MemberRole.VIEWER)
    viewer = visit().signs_in("viewer@example.org").goes_to(place(letter_id))
    assert viewer.answer.status_code == 200
    assert f'<form method="post" action="{place(letter_id)}"' not in viewer.text
    viewer.posts(place(letter_id), csrf_token=viewer.token_shown, closing="Eve")
    assert viewer.answer.status_code == 403
