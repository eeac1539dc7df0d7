"""The dashboard: will we make it, where does everybody stand, and what can be done with many at once."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from signing.adapters.roster_sheets import read_roster
from signing.web.coordinator import forecast_words
from signing.workflow import abandoning, closing, dashboard, inviting, tracking
from signing.workflow.closing_checks import checks
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.overview_ports import Choice, Page
from tests.said_to_database import said_to
from tests.web.installation import House
from tests.web.visitor import Visitor

NAMES = [f"Rivers and Valleys {name}" for name in ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta")]
FEW = 8


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(*NAMES)


@pytest.fixture
def path(letter_id: str) -> str:
    return f"/coordinator/letters/{letter_id}"


def mails(house: House, letter_id: str, kind: NoticeKind) -> list[str]:
    with house.services.unit_of_work() as uow:
        return [each.organisation for each in uow.outbox.of_letter(letter_id) if each.kind is kind]


def acts(house: House, letter_id: str) -> list[str]:
    with house.services.unit_of_work() as uow:
        return [each.act for each in uow.activity.of_letter(letter_id, limit=20)]


def test_it_says_how_far_it_is_and_what_it_will_come_to(
    coordinator: Visitor, house: House, letter_id: str, path: str
) -> None:
    coordinator.goes_to(f"{path}/status")
    assert "0 of 6 have approved It is too early to say how many it will be." in coordinator.words
    for name in NAMES[:4]:
        house.clock.pass_(days=1)
        house.approve(letter_id, name)
    coordinator.signs_in("coordinator@example.org").goes_to(f"{path}/status")
    assert "4 of 6 have approved At the pace of the last week all of them will have" in coordinator.words
    assert coordinator.text.count("<svg class=\"progress") == 2
    assert "style=" not in coordinator.text
    house.clock.pass_(days=8)
    coordinator.signs_in("coordinator@example.org")
    assert "Nobody has approved within the last week." in coordinator.goes_to(f"{path}/status").words


def test_the_first_view_takes_few_statements_however_many_organisations_and_persons(
    coordinator: Visitor, house: House, letter_id: str, path: str
) -> None:
    said = []
    for more in ((), [f"Town Group {number}" for number in range(70)]):
        house.roster(letter_id, *more)
        with house.services.unit_of_work(write=True) as uow:
            for organisation in ("org-alpha", "org-beta"):
                uow.roster.set_review(letter_id, organisation, two_persons=bool(more), reviewed_version=None)
            uow.commit()
        inviting.invite(house.services, letter_id)
        with said_to(house.database) as statements:
            assert coordinator.goes_to(f"{path}/status").status == 200
        said.append(statements)
    print(f"\nfirst view: {len(said[0])}, {len(said[1])} statements")
    assert len(said[0]) == len(said[1]) <= FEW
    assert "Page 1 of 2" in coordinator.words
    with said_to(house.database) as statements:
        tracking.summary(house.services, letter_id)
    assert len(statements) == 1


def test_filters_and_order_are_in_the_address(coordinator: Visitor, house: House, letter_id: str, path: str) -> None:
    house.approve(letter_id, NAMES[1])
    coordinator.goes_to(f"{path}/status?state=approved")
    assert "1 organisation fits" in coordinator.words
    assert NAMES[1] in coordinator.words
    assert NAMES[0] not in coordinator.words
    coordinator.goes_to(f"{path}/status?sort=-name&q=vALLeys")
    assert coordinator.words.index(NAMES[2]) < coordinator.words.index(NAMES[0])
    assert 'aria-sort="descending"' in coordinator.text
    for nonsense in ("state=x&stage=9999&sort=x&page=x", "stage=%C2%B2&page=-1", "q=%00&country=-&group=%27",
                     "page=99999"):  # fmt: skip
        assert coordinator.goes_to(f"{path}/status?{nonsense}").status == 200


def test_it_is_asked_again_only_for_what_changed(
    coordinator: Visitor, house: House, letter_id: str, path: str
) -> None:
    coordinator.goes_to(f"{path}/status/live?state=approved")
    tag = coordinator.answer.headers["ETag"]
    assert coordinator.text.count("data-live") == 3

    def asks(query: str = "state=approved") -> int:
        with said_to(house.database) as statements:
            answer = coordinator.client.get(
                f"{path}/status/live?{query}", headers={"If-None-Match": tag}, base_url=coordinator.base_url
            )
        assert answer.status_code == 200 or (len(statements) <= 3 and not answer.data)
        return answer.status_code

    assert asks() == 304
    assert asks("") == 200
    house.approve(letter_id, NAMES[0])
    assert asks() == 200


def test_those_that_were_ticked_are_reminded_once(
    coordinator: Visitor, house: House, letter_id: str, path: str
) -> None:
    house.clock.pass_(days=2)
    with house.services.unit_of_work(write=True) as uow:
        for notice in uow.outbox.claim("worker", house.clock.now, limit=99, lease_until=house.clock.now):
            uow.outbox.mark_sent(notice.id, house.clock.now - timedelta(days=2), "250")
        uow.commit()
    chosen = f"{path}/status/chosen"
    coordinator.signs_in("coordinator@example.org").goes_to(f"{path}/status")
    coordinator.sends(chosen, act="remind", organisation=["org-alpha", "org-beta"])
    assert "Remind 2 organisations?" in coordinator.words
    assert mails(house, letter_id, NoticeKind.REMINDER) == []
    page = coordinator.text
    coordinator.sends(chosen, organisation=["org-alpha", "org-beta"])
    assert "2 reminders are on their way" in coordinator.words
    assert sorted(mails(house, letter_id, NoticeKind.REMINDER)) == ["org-alpha", "org-beta"]
    assert "reminded" in acts(house, letter_id)
    coordinator.text = page
    coordinator.sends(chosen, organisation=["org-alpha", "org-beta"])
    assert "0 reminders are on their way" in coordinator.words
    assert len(mails(house, letter_id, NoticeKind.REMINDER)) == 2
    coordinator.goes_to(f"{path}/organisations/org-gamma").sends(f"{path}/organisations/org-gamma/remind").follows()
    assert len(mails(house, letter_id, NoticeKind.REMINDER)) == 3
    coordinator.sends(f"{path}/organisations/org-gamma/remind").follows()
    assert "It had a mail about this letter within a day." in coordinator.words


def test_all_that_fit_are_invited_or_moved(coordinator: Visitor, house: House, letter_id: str, path: str) -> None:
    chosen, status = f"{path}/status/chosen", f"{path}/status?q=town"
    house.roster(letter_id, "Town Group One", "Town Group Two", "City Group Three")
    coordinator.goes_to(status).sends(chosen, act="invite", everybody="1")
    assert "Invite 2 organisations?" in coordinator.words
    coordinator.sends(chosen)
    assert "2 invitations are on their way" in coordinator.words
    assert {"org-one", "org-two"} < set(mails(house, letter_id, NoticeKind.INVITATION))
    assert "org-three" not in mails(house, letter_id, NoticeKind.INVITATION)
    coordinator.goes_to(status).sends(chosen, act="stage", everybody="1").sends(chosen, to_stage="soon")
    assert coordinator.status == 422
    assert "Please say which stage, as a number." in coordinator.words
    coordinator.sends(chosen, to_stage="3")
    assert "2 organisations moved" in coordinator.words
    assert "2 organisations fit" in coordinator.goes_to(f"{path}/status?stage=3").words
    coordinator.goes_to(status).sends(chosen, act="remind")
    assert "You chose nobody" in coordinator.words


def test_what_is_exported_can_be_brought_again(coordinator: Visitor, house: House, letter_id: str, path: str) -> None:
    house.approve(letter_id, NAMES[0])
    for kind in ("csv", "xlsx"):
        coordinator.goes_to(f"{path}/status/organisations.{kind}?q=valleys")
        data = coordinator.answer.data
        assert coordinator.answer.headers["Content-Disposition"] == f'attachment; filename="organisations.{kind}"'
        reading = read_roster(data, f"roster.{kind}")
        assert reading.faults == ()
        assert [row.organisation for row in reading.rows] == sorted(NAMES)
        assert reading.rows[0].id == "org-alpha"
    coordinator.goes_to(f"{path}/status?q=valleys").sends(f"{path}/status/chosen", act="csv")
    everybody = list(csv.DictReader(io.StringIO(coordinator.answer.get_data().decode("utf-8-sig"))))
    assert [(row["id"], bool(row["opened_at"])) for row in everybody if row["answered_at"]] == [("org-alpha", True)]
    assert len(everybody) == len(NAMES)
    coordinator.goes_to(f"{path}/status").sends(f"{path}/status/chosen", act="csv", organisation=["org-beta"])
    text = coordinator.answer.get_data().decode("utf-8-sig")
    assert text.count("\r\n") == 2
    assert "org-beta" in text
    for name in NAMES:
        assert house.token(letter_id, name) not in text
    assert coordinator.goes_to(f"{path}/status/organisations.pdf").status == 404


def test_the_page_of_an_organisation_tells_what_happened_and_no_secret(
    coordinator: Visitor, house: House, letter_id: str, path: str
) -> None:
    house.approve(letter_id, NAMES[0])
    page = f"{path}/organisations/org-alpha"
    coordinator.goes_to(page)
    for words in ("Approved version 1: Kim", "Invitation to contact@alpha.example", "A code to", "Receipt to",
                  "Opened by a person"):  # fmt: skip
        assert words in coordinator.words, words
    invitation = house.invitation(letter_id, NAMES[0])
    secrets = (house.token(letter_id, NAMES[0]), house.code(letter_id, NAMES[0]),
               house.services.tokens.short_code(invitation.id, invitation.generation))  # fmt: skip
    assert not [each for each in secrets if each in coordinator.text]
    assert coordinator.goes_to(f"{path}/organisations/org-nobody").status == 404


def test_a_link_is_ended_once_asked_and_the_pages_say_so(
    coordinator: Visitor, house: House, letter_id: str, path: str
) -> None:
    page = f"{path}/organisations/org-beta"
    shown = coordinator.goes_to(page).text
    assert shown.index("End the link …</summary>") < shown.index("Yes, end the link") < shown.index("</details>")
    coordinator.sends(f"{page}/revoke").follows()
    assert "The link was ended on" in coordinator.words
    assert "Send a new one" in coordinator.words
    for denied in (f"{page}/revoke", f"{page}/remind", "nobody has opened it", "state delivered", "state invited"):
        assert denied not in coordinator.text, denied
    looks = checks(house.services, letter_id, closing.preview_list(house.services, letter_id))
    assert looks.no_link == (NAMES[1],)
    assert NAMES[1] not in looks.silent
    coordinator.sends(f"{page}/reissue").follows()
    assert "The link was ended" not in coordinator.words
    assert f"{page}/revoke" in coordinator.text


def test_a_letter_given_up_is_not_forecast(coordinator: Visitor, house: House, letter_id: str, path: str) -> None:
    abandoning.abandon(house.services, letter_id)
    coordinator.goes_to(f"{path}/status")
    assert "This letter was given up on 2 March 2026." in coordinator.words
    for word in ("too early", "deadline is", "has not opened", "have not opened"):
        assert word not in coordinator.words, word


def test_the_day_asked_for_is_not_called_the_deadline(
    coordinator: Visitor, house: House, letter_id: str
) -> None:
    board = dashboard.dashboard(house.services, letter_id, Page(Choice()))
    soft, hard = (house.clock.now + timedelta(days=days) for days in (18, 25))

    def said(**dates: object) -> str:
        letter = replace(board.letter, **dates)  # type: ignore[arg-type]
        ahead = replace(board.forecast, deadline=letter.asked_until(house.clock.now))
        return forecast_words.outlook(replace(board, letter=letter, forecast=ahead))

    with coordinator.client.application.test_request_context("/"):
        assert "Asked for by 20 March 2026, last moment 27 March 2026." in said(soft_deadline=soft, hard_deadline=hard)
        assert "The deadline is 27 March 2026." in said(soft_deadline=None, hard_deadline=hard)
