"""Approvals that reached the coordinator on paper, by telephone or by e-mail: written down as what they are.

They are not assents: nobody is listed for them, nothing is logged, and the organisation is asked on. A coordinator
never answers for an organisation (DESIGN 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from signing.domain.errors import Faulty, NotFound
from signing.domain.letter import Letter, LetterAction
from signing.domain.organisation import RosterEntry
from signing.domain.told import ToldApproval, Way
from signing.workflow.activity import Act, record
from signing.workflow.identifiers import new_id
from signing.workflow.letters import entry_of, letter_of, locked_letter
from signing.workflow.ports import Services
from signing.workflow.signatory_form import needed_name, tidy_name, tidy_words

LONGEST_WORDS = 2000
MOST = 20


@dataclass(frozen=True, slots=True)
class ToldForm:
    """What the coordinator typed; `told_on` is a date as browsers send it (YYYY-MM-DD)."""

    way: str
    person: str
    role: str
    words: str
    told_on: str


@dataclass(frozen=True, slots=True)
class ToldView:
    letter: Letter
    entry: RosterEntry
    told: tuple[ToldApproval, ...]


def view(services: Services, letter_id: str, organisation_id: str) -> ToldView:
    """What was written down of an organisation. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        entry = entry_of(uow, letter_id, organisation_id)
        return ToldView(letter, entry, tuple(uow.told.of_organisation(letter_id, organisation_id)))


def write_down(services: Services, letter_id: str, organisation_id: str, form: ToldForm) -> ToldApproval:
    """Write down that somebody told the organisation's approval of the open words; the same once more is once.

    Raises NotFound, NotAllowed when the letter is not open, Faulty with `field` (`way`, `person`, `role`, `words`,
    `told_on`).
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        entry_of(uow, letter_id, organisation_id)
        letter.after(LetterAction.DISCUSS, now)
        account = services.actor()
        told = ToldApproval(
            id=new_id(services),
            letter_id=letter_id,
            organisation_id=organisation_id,
            version=letter.version,
            way=_way(form.way),
            person=needed_name(form.person, "person", "Please write who told you."),
            role=tidy_name(form.role, "role"),
            words=tidy_words(form.words, "words", LONGEST_WORDS),
            told_on=_day(form.told_on, now.date()),
            at=now,
            account_id=account.account_id or account.name,
        )
        known = uow.told.of_organisation(letter_id, organisation_id)
        if same := next((each for each in known if _says(each) == _says(told)), None):
            return same
        if len(known) >= MOST:
            raise Faulty("So much was written down of this organisation already. Strike something out first.")
        uow.told.add(told)
        record(services, uow, Act.TOLD_WRITTEN_DOWN, letter_id, organisation_id, way=told.way.value)
        uow.commit()
    return told


def strike_out(services: Services, letter_id: str, organisation_id: str, told_id: str) -> None:
    """Strike out what was written down by mistake; the activity record keeps that it was. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter_of(uow, letter_id)
        told = uow.told.get(told_id)
        if told is None or (told.letter_id, told.organisation_id) != (letter_id, organisation_id):
            raise NotFound("There is no such note.", code="told-unknown")
        if told.taken_back_at is None:
            uow.told.strike_out(told_id, now)
            record(services, uow, Act.TOLD_STRUCK_OUT, letter_id, organisation_id, way=told.way.value)
            uow.commit()


def _says(told: ToldApproval) -> tuple[object, ...]:
    return told.version, told.way, told.person, told.role, told.words, told.told_on


def _way(typed: str) -> Way:
    try:
        return Way(typed)
    except ValueError:
        raise Faulty("Choose how it was told.", field="way", code="way-unknown") from None


def _day(typed: str, today: date) -> date:
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise Faulty("Write the day it was told as 2026-11-24.", field="told_on", code="day-malformed") from None
    # It may be tomorrow already where the coordinator is.
    if day > today + timedelta(days=1):
        raise Faulty("This day is yet to come. Write the day it was told.", field="told_on", code="day-to-come")
    return day
