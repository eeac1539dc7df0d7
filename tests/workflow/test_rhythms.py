"""Reminders by rhythm, done by the clock: each turn once, whoever looks and wherever the clock jumps (FAULTS R7)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

from signing.domain.organisation import Decision
from signing.workflow import letter_policy, rhythms
from signing.workflow.letter_policy import PolicyForm
from signing.workflow.mail_ports import NoticeKind
from tests.web.installation import House
from tests.workflow.desk import Desk
from tests.workflow.test_letter_policy import ONE, TWO, all_sent, mails


def reminded(house: House, letter_id: str) -> Counter[str]:
    return Counter(each.organisation for each in mails(house, letter_id, NoticeKind.REMINDER))


def letter_with(house: House, rhythm: str) -> str:
    """Opened and invited on Monday 2 March at 9:30 UTC, to be answered by 22 March at 9:30."""
    letter_id = house.opened(ONE, TWO)
    letter_policy.change(house.services, letter_id, PolicyForm(rhythm=rhythm))
    all_sent(house, letter_id)
    return letter_id


def clock_looks(house: House) -> int:
    return sum(rhythms.remind_due(house.services, each) for each in rhythms.due(house.services))


def passes(house: House, letter_id: str, days: int, step: float = 1) -> None:
    """Every hour (or so) the clock looks, and what is due goes out."""
    for _ in range(round(days * 24 / step)):
        house.clock.pass_(hours=step)
        clock_looks(house)
        all_sent(house, letter_id)


def test_the_turns_come_until_the_answer_and_never_two_mails_a_day(house: House) -> None:
    letter_id = letter_with(house, "7, 3, 2, 1")
    passes(house, letter_id, 12, step=6)
    assert reminded(house, letter_id) == {}
    passes(house, letter_id, 2, step=5)
    Desk(house, letter_id, TWO).answers(Decision.DECLINE, "key-of-this-page-1")
    passes(house, letter_id, 6, step=2.5)
    assert reminded(house, letter_id) == {"org-china": 4, "org-watch": 1}
    sent = sorted(each.sent_at for each in mails(house, letter_id, NoticeKind.REMINDER)
                  if each.sent_at and each.organisation == "org-china")  # fmt: skip
    assert all(later - earlier >= timedelta(days=1) for earlier, later in pairwise(sent))
    assert all(9 <= each.hour < 19 for each in sent)


def test_several_clocks_at_the_same_moment_remind_once(house: House) -> None:
    letter_id = letter_with(house, "every 3 days")
    house.clock.pass_(days=3)
    assert rhythms.due(house.services) == [letter_id]
    with ThreadPoolExecutor(4) as pool:
        mailed = list(pool.map(lambda _: rhythms.remind_due(house.services, letter_id), range(4)))
    assert sorted(mailed) == [0, 0, 0, 2]
    assert set(reminded(house, letter_id).values()) == {1}


def test_a_clock_that_jumps_a_day_either_way_doubles_and_loses_nothing(house: House) -> None:
    letter_id = letter_with(house, "7, 3")
    house.clock.pass_(days=12)
    assert clock_looks(house) == 0
    house.clock.pass_(days=1)
    assert clock_looks(house) == 2  # ahead by a day: the turn of the 15th, early
    all_sent(house, letter_id)
    house.clock.pass_(days=-2)
    assert clock_looks(house) == 0
    passes(house, letter_id, 5, step=6)
    assert set(reminded(house, letter_id).values()) == {1}
    house.clock.pass_(days=1, hours=11)  # the day of the turn of the 19th was slept through
    passes(house, letter_id, 2, step=4)
    assert set(reminded(house, letter_id).values()) == {2}


def test_a_rhythm_that_is_set_late_makes_up_for_nothing(house: House) -> None:
    letter_id = house.opened(ONE)
    all_sent(house, letter_id)
    house.clock.pass_(days=18)
    letter_policy.change(house.services, letter_id, PolicyForm(rhythm="7, 3, 1"))
    assert clock_looks(house) == 0
    passes(house, letter_id, 1, step=6)
    assert reminded(house, letter_id) == {"org-china": 1}
