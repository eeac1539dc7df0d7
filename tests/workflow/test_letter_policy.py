"""A letter's rules: what may change before and after organisations are asked, and who is told of a later deadline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from signing.domain.errors import Faulty, NotAllowed
from signing.domain.letter import Letter
from signing.workflow import closing, drafting, inviting, letter_policy, reminding
from signing.workflow.letter_policy import PolicyChange, PolicyForm
from signing.workflow.mail_ports import Notice, NoticeKind
from tests.evidence.signers import browser_key
from tests.web.installation import House
from tests.workflow.desk import Desk

ONE, TWO, THREE = "Rivers China", "Valley Watch", "Open Rivers"


def change(house: House, letter_id: str, **typed: object) -> PolicyChange:
    return letter_policy.change(house.services, letter_id, PolicyForm(**typed))  # type: ignore[arg-type]


def stands(house: House, letter_id: str) -> Letter:
    return letter_policy.view(house.services, letter_id).letter


def mails(house: House, letter_id: str, kind: NoticeKind = NoticeKind.DEADLINE) -> Sequence[Notice]:
    with house.services.unit_of_work() as uow:
        return [each for each in uow.outbox.of_letter(letter_id) if each.kind is kind]


def all_sent(house: House, letter_id: str) -> None:
    """What is due by now has gone out."""
    with house.services.unit_of_work(write=True) as uow:
        for each in uow.outbox.of_letter(letter_id):
            if each.sent_at is None and each.due <= house.clock.now:
                uow.outbox.mark_sent(each.id, house.clock.now, "250 OK")
        uow.commit()


def test_everything_can_be_said_before_anybody_is_asked(house: House) -> None:
    letter_id = house.letter()
    house.roster(letter_id, ONE)
    done = change(
        house, letter_id, zone="Africa/Nairobi", soft_deadline="2026-03-20T18:00", hard_deadline="2026-03-22T18:00",
        quorum="25", rhythm="7, 3, 1", allows_confidential=False, allows_carry=False, shares="count", mail_links=False,
        min_level=2, binders=("attestor", "coordinator"),
    )  # fmt: skip
    letter = stands(house, letter_id)
    assert replace(letter, reminded_up_to=None) == replace(done.letter, reminded_up_to=None)
    assert letter.soft_deadline == datetime(2026, 3, 20, 15, 0, tzinfo=UTC)
    assert (letter.zone, letter.quorum, letter.rhythm) == ("Africa/Nairobi", 25, ("7", "3", "1"))
    assert not letter.allows_confidential
    assert (letter.shares, letter.min_level, done.told) == ("count", 2, 0)
    assert change(house, letter_id).letter == letter
    assert change(house, letter_id, hard_deadline="2026-10-25T02:30", zone="Europe/Berlin").twice == ("hard_deadline",)


def test_a_faulty_rule_changes_none_of_the_others(house: House) -> None:
    letter_id = house.letter()
    before = stands(house, letter_id)
    for typed, field in [
        ({"quorum": "many"}, "quorum"), ({"zone": "Europe/Atlantis"}, "zone"), ({"rhythm": "daily"}, "rhythm"),
        ({"hard_deadline": "2026-03-01T08:00"}, "hard_deadline"), ({"shares": "all"}, "shares"),
        ({"soft_deadline": "2026-03-20T08:00", "hard_deadline": "2026-03-20T08:00"}, "soft_deadline"),
        ({"hard_deadline": "2026-03-29T02:30", "zone": "Europe/Berlin"}, "hard_deadline"),
        ({"min_level": 7}, "min_level"),
    ]:  # fmt: skip
        with pytest.raises(Faulty) as refusal:
            change(house, letter_id, **({"allows_carry": False} | typed))
        assert refusal.value.field == field
    assert stands(house, letter_id) == before


def test_what_was_promised_to_those_who_are_asked_is_kept(house: House) -> None:
    letter_id = house.opened(ONE)
    change(house, letter_id, quorum="3", hard_deadline="2026-03-30T18:00", soft_deadline="2026-03-20T18:00")
    for typed, code in [
        ({"quorum": "2"}, "quorum-lowered"), ({"allows_confidential": False}, "policy-promised"),
        ({"allows_carry": False}, "policy-promised"), ({"hard_deadline": ""}, "deadline-removed"),
        ({"hard_deadline": "2026-03-30T17:59"}, "deadline-shortened"),
        ({"soft_deadline": "2026-03-19T18:00"}, "deadline-shortened"),
        # Six in the evening is earlier further east.
        ({"zone": "Asia/Tokyo", "hard_deadline": "2026-03-30T18:00"}, "deadline-shortened"),
    ]:  # fmt: skip
        with pytest.raises(Faulty) as refusal:
            change(house, letter_id, **typed)
        assert refusal.value.code == code
    with pytest.raises(NotAllowed):
        change(house, letter_id, min_level=2)
    done = change(house, letter_id, quorum="4", soft_deadline="", shares="names", rhythm="every 2 days")
    assert (done.letter.quorum, done.letter.soft_deadline, done.letter.rhythm) == (4, None, ("every 2",))
    with pytest.raises(Faulty) as shortened:
        drafting.import_letter(
            house.services, drafting.read(house.services, letter_id).texts["en"], letter_id=letter_id,
            deadline=house.clock.now + timedelta(days=3),
        )  # fmt: skip
    assert shortened.value.code == "deadline-shortened"


def test_a_first_deadline_gives_those_who_are_asked_three_days(house: House) -> None:
    letter_id = house.letter()
    house.roster(letter_id, ONE)
    house.open(letter_id)
    inviting.invite(house.services, letter_id)
    with pytest.raises(Faulty) as refusal:
        change(house, letter_id, hard_deadline="2026-03-04T18:00")
    assert refusal.value.code == "deadline-sudden"
    assert change(house, letter_id, hard_deadline="2026-03-06T18:00").letter.hard_deadline is not None


def test_a_later_deadline_is_told_once_to_who_has_not_answered_and_never_as_a_second_mail_a_day(house: House) -> None:
    letter_id = house.opened(ONE, TWO, THREE)
    all_sent(house, letter_id)
    invited_at = house.clock.now
    house.approve(letter_id, THREE)
    house.clock.pass_(hours=6)
    done = change(house, letter_id, hard_deadline="2026-04-01T18:00")
    assert (done.told, done.told_later) == (0, 2)
    assert {(each.organisation, each.due - invited_at) for each in mails(house, letter_id)} == {
        ("org-china", timedelta(days=1)), ("org-watch", timedelta(days=1))
    }  # fmt: skip
    # What waits says the newest deadline when it goes out.
    assert change(house, letter_id, hard_deadline="2026-04-02T18:00").told_later == 0
    assert reminding.remind(house.services, letter_id).mailed == 0
    house.clock.pass_(hours=18)
    all_sent(house, letter_id)
    house.clock.pass_(days=2)
    done = change(house, letter_id, hard_deadline="2026-04-03T18:00", zone="Europe/Berlin")
    assert (done.told, len(mails(house, letter_id))) == (2, 4)
    with house.services.unit_of_work() as uow:
        acts = [each.act for each in uow.activity.of_letter(letter_id, limit=9)]
    assert acts[:2] == ["policy-changed", "deadline-changed"] or acts[:2] == ["deadline-changed", "policy-changed"]


def test_a_deadline_that_has_passed_is_made_later_with_the_same_links(house: House) -> None:
    letter_id = house.opened(ONE)
    all_sent(house, letter_id)
    token = house.token(letter_id, ONE)
    house.clock.pass_(days=21)
    assert change(house, letter_id, hard_deadline="2026-04-20T18:00").told == 1
    assert house.token(letter_id, ONE) == token
    house.approve(letter_id, ONE)
    closing.close(house.services, letter_id)
    with pytest.raises(NotAllowed):
        change(house, letter_id, hard_deadline="2026-05-20T18:00")


def test_what_a_letter_does_not_offer_is_taken_from_nobody(house: House) -> None:
    letter_id = house.letter()
    change(house, letter_id, allows_confidential=False, allows_carry=False)
    house.roster(letter_id, ONE)
    house.open(letter_id)
    inviting.invite(house.services, letter_id)
    desk = Desk(house, letter_id, ONE)
    code = desk.asks_for_a_code()
    for offered in ("confidential", "accepts"):
        with pytest.raises(Faulty) as refusal:
            desk.sends(desk.form(code=code, **{offered: True}))
        assert refusal.value.field == offered
        with pytest.raises(Faulty):
            desk.prepares(browser_key("laptop"), code=code, **{offered: True})
    assert desk.sends(desk.form(code=code)).entry.level == 1
