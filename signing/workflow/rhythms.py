"""Reminders by rhythm: what a letter reminds of by itself, done by the clock; the rules are those of `reminding`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from signing.domain import rhythm
from signing.domain.letter import Letter, LetterState
from signing.workflow.activity import Act, record
from signing.workflow.letters import locked_letter
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.ports import Services
from signing.workflow.reminding import queue


def due(services: Services) -> list[str]:
    """The letters that have a reminder to send by now; one statement."""
    now = services.clock()
    with services.unit_of_work() as uow:
        return [letter.id for letter in uow.letters.all() if _turn(letter, now) is not None]


def remind_due(services: Services, letter_id: str) -> int:
    """Send the letter's reminders whose turn has come; gives how many were queued.

    The turn is noted under the letter's lock with the mails themselves, so each is taken once, whoever looks at the
    same moment and wherever the clock jumps. Whoever had a mail within a day gets theirs when the day is over, unless
    the next turn comes first.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        turn = _turn(letter, now)
        if turn is None:
            return 0
        ends = [each for each in (rhythm.until(letter), rhythm.following(letter, now)) if each is not None]

        def wait(free_at: datetime) -> datetime | None:
            at = rhythm.next_decent(free_at, letter.zone)
            return at if all(at < end for end in ends) else None

        at_once, later = queue(services, uow, letter, NoticeKind.REMINDER, now, wait)
        uow.letters.arrange(replace(letter, reminded_up_to=turn))
        record(services, uow, Act.REMINDED, letter_id, mailed=at_once + later, turn=f"{turn:%Y-%m-%d}")
        uow.commit()
    return at_once + later


def _turn(letter: Letter, now: datetime) -> datetime | None:
    return rhythm.turn(letter, now) if letter.state_at(now) is LetterState.OPEN else None
