"""Contact data, drafts and remarks of a letter that is over are deleted: on their day by the clock, or earlier by hand.
What was signed stays, and goes on proving itself."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from signing.domain.errors import Faulty, Unavailable
from signing.domain.letter import Letter, LetterAction
from signing.workflow.abandoning import check_typed_title
from signing.workflow.activity import Act, record
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.ports import Services, UnitOfWork

SHORTEST, LONGEST = 1, 3650


def due(services: Services) -> list[str]:
    """The letters whose day has come."""
    now = services.clock()
    with services.unit_of_work() as uow:
        return [letter.id for letter in uow.letters.all() if _its_day(letter, now)]


def forget_due(services: Services, letter_id: str) -> bool:
    """Forget the contacts of a letter by the clock; whether its day had come. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        if not _its_day(letter, now):
            return False
        _forget(services, uow, letter, now)
        uow.commit()
    _scrub(services)
    return True


def forget_now(services: Services, letter_id: str, typed_title: str) -> Letter:
    """Forget them before their day; the title has to be typed. A letter whose contacts are forgotten stays as it is.

    Raises NotFound, NotAllowed, Faulty `typed_title`.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.FORGET, now)
        if letter.forgotten_at is not None:
            return letter
        check_typed_title(letter, typed_title)
        _forget(services, uow, letter, now)
        uow.commit()
        letter = letter_of(uow, letter_id)
    _scrub(services)
    return letter


def choose_keeping(services: Services, letter_id: str, typed: str) -> Letter:
    """Store for how many days contact data are kept once the letter is over.

    Raises NotFound, Faulty `keep_days`.
    """
    days = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
    if not SHORTEST <= days <= LONGEST:
        raise Faulty(
            "Write a number of days from {shortest} to {longest}.", field="keep_days", code="days-unread",
            values={"shortest": SHORTEST, "longest": LONGEST},
        )  # fmt: skip
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        if days != letter.keep_days and letter.forgotten_at is None:
            letter = replace(letter, keep_days=days)
            uow.letters.schedule(letter)
            record(services, uow, Act.KEEPING_CHOSEN, letter_id, days=days)
            uow.commit()
    return letter


def scrub_due(services: Services) -> list[str]:
    """Make the files anew where that failed before; nothing else is ever due."""
    services.scrub()
    return []


def _scrub(services: Services) -> None:
    # Somebody in the way: it is forgotten all the same, and the clock makes the files anew.
    with suppress(Unavailable):
        services.scrub()


def _its_day(letter: Letter, now: datetime) -> bool:
    return letter.forgotten_at is None and letter.forgotten_on is not None and now >= letter.forgotten_on


def _forget(services: Services, uow: UnitOfWork, letter: Letter, now: datetime) -> None:
    uow.contact_data.forget(letter.id)
    uow.letters.schedule(replace(letter, forgotten_at=now, late_until=None))
    record(services, uow, Act.CONTACTS_FORGOTTEN, letter.id)
