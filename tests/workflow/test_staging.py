"""Stages: opened by hand, at a time, or when all of the stage before have answered; once, whoever asks."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from signing.domain.errors import Faulty, NotAllowed, NotFound
from signing.domain.organisation import Decision
from signing.workflow import inviting, staging
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.staging import Missing, StageForm
from tests.said_to_database import said_to
from tests.web.installation import House
from tests.workflow.desk import Desk

FIRST, SECOND = ("Human Rights in China", "Front Line Defenders"), ("Valley Watch", "Open Rivers")


def staged(house: House, opens: str = "answered", opens_at: str = "") -> str:
    """An open letter with two stages; nobody is invited yet."""
    letter_id = house.letter(deadline=house.clock.now + timedelta(days=20))
    house.roster(letter_id, *FIRST)
    house.roster(letter_id, *SECOND, stage=2)
    house.open(letter_id)
    staging.arrange(house.services, letter_id, 2, StageForm("The others", opens, opens_at))
    return letter_id


def invited(house: House, letter_id: str) -> Counter[str]:
    """How many invitations each organisation was mailed."""
    with house.services.unit_of_work() as uow:
        mails = uow.outbox.of_letter(letter_id)
    return Counter(each.organisation for each in mails if each.kind is NoticeKind.INVITATION)


def clock_looks(house: House) -> list[int]:
    return [staging.open_due(house.services, each) for each in staging.due(house.services)]


def test_a_stage_opens_once_all_before_have_answered_or_can_no_more(house: House) -> None:
    letter_id = staged(house)
    assert clock_looks(house) == []
    assert staging.open_stage(house.services, letter_id, 1) == 2
    assert clock_looks(house) == []
    house.approve(letter_id, FIRST[0])
    found = staging.routing(house.services, letter_id)
    assert [(each.why, each.organisation) for each in found.stages[0].missing] == [(Missing.SILENT, FIRST[1])]
    assert clock_looks(house) == []
    inviting.revoke(house.services, letter_id, "org-defenders")
    assert clock_looks(house) == [2]
    assert clock_looks(house) == []
    assert set(invited(house, letter_id).values()) == {1}
    first, second = staging.routing(house.services, letter_id).stages
    assert (first.counts.approved, first.counts.ended, first.missing) == (1, 1, ())
    assert (second.stage.name, second.stage.opened_at) == ("The others", house.clock.now)


def test_a_no_is_an_answer(house: House) -> None:
    letter_id = staged(house)
    staging.open_stage(house.services, letter_id, 1)
    for number, name in enumerate(FIRST):
        Desk(house, letter_id, name).answers(Decision.DECLINE, f"key-of-this-page-{number}")
    assert clock_looks(house) == [2]


def test_at_a_time_by_the_letters_clock_and_not_before_the_letter_is_open(house: House) -> None:
    letter_id = staged(house, "at-time", "2026-03-04T08:00")
    assert clock_looks(house) == []
    house.clock.pass_(hours=46, minutes=29)
    assert clock_looks(house) == []
    house.clock.pass_(minutes=1)
    assert clock_looks(house) == [2]
    # A clock that is set back finds it done.
    house.clock.pass_(days=-1)
    assert clock_looks(house) == []
    assert sum(invited(house, letter_id).values()) == 2


def test_after_the_last_moment_for_answers_nobody_is_invited_by_itself(house: House) -> None:
    staged(house, "at-time", "2026-03-04T08:00")
    house.clock.pass_(days=21)
    assert clock_looks(house) == []


def test_clocks_and_hands_at_the_same_moment_open_a_stage_once(house: House) -> None:
    letter_id = staged(house)
    staging.open_stage(house.services, letter_id, 1)
    for name in FIRST:
        house.approve(letter_id, name)
    acts = [lambda: staging.open_due(house.services, letter_id)] * 4
    acts += [lambda: staging.open_stage(house.services, letter_id, 2)] * 2
    with ThreadPoolExecutor(len(acts)) as pool:
        mailed = [each.result() for each in [pool.submit(act) for act in acts]]
    assert sorted(mailed) == [0, 0, 0, 0, 0, 2]
    assert set(invited(house, letter_id).values()) == {1}


def test_what_cannot_be_arranged_is_said(house: House) -> None:
    letter_id = staged(house)
    arrange = staging.arrange
    for form, code in [
        (StageForm("", "pigeon", ""), "stage-opening-unknown"), (StageForm("", "at-time", ""), "stage-time-missing"),
        (StageForm("", "at-time", "2026-03-01T08:00"), "stage-time-past"),
        (StageForm("", "at-time", "soon"), "time-unread"),
    ]:  # fmt: skip
        with pytest.raises(Faulty) as refusal:
            arrange(house.services, letter_id, 2, form)
        assert refusal.value.code == code
    with pytest.raises(Faulty) as first:
        arrange(house.services, letter_id, 1, StageForm("", "answered", ""))
    assert first.value.code == "stage-first"
    with pytest.raises(NotFound):
        staging.open_stage(house.services, letter_id, 3)
    draft = house.letter()
    house.roster(draft, *FIRST)
    with pytest.raises(NotAllowed):
        staging.open_stage(house.services, draft, 1)


def test_inviting_many_takes_as_many_statements_as_inviting_few(house: House) -> None:
    counts = []
    for many in (2, 60):
        letter_id = house.letter()
        house.roster(letter_id, *(f"Body {letter_id} n{number}" for number in range(many)))
        house.open(letter_id)
        with said_to(house.database) as said:
            assert inviting.invite(house.services, letter_id) == many
        counts.append(len(said))
    assert counts[0] == counts[1] <= 16
