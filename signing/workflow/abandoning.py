"""A letter that comes to nothing, and letters that are put away: abandoning tells everybody who was asked, archiving
only tidies the list of letters."""

from __future__ import annotations

from dataclasses import replace

from signing.domain.errors import Faulty
from signing.domain.letter import Letter, LetterAction, LetterState
from signing.domain.roster import name_key
from signing.workflow.activity import Act, record
from signing.workflow.closing_notices import tell_abandoned
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.ports import Services


def check_typed_title(letter: Letter, typed: str) -> None:
    """Refuse to do what cannot be undone unless its title was typed. Raises Faulty `typed_title`."""
    if name_key(typed) != name_key(letter.title):
        raise Faulty(
            "To be sure that this letter is meant, type its title as it stands at the top of the page.",
            field="typed_title", code="title-differs",
        )  # fmt: skip


def abandon(services: Services, letter_id: str, typed_title: str | None = None) -> Letter:
    """Give a letter up for good, and tell those who were asked. Where `typed_title` is not None it has to be the
    letter's. One that is abandoned already stays as it is.

    Raises NotFound, NotAllowed, Faulty `typed_title`.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        state = letter.after(LetterAction.ABANDON, now)
        if letter.state is LetterState.ABANDONED:
            return letter
        if typed_title is not None:
            check_typed_title(letter, typed_title)
        told = tell_abandoned(services, uow, letter, now) if letter.version else 0
        uow.letters.set_state(letter_id, state)
        uow.letters.schedule(replace(letter, abandoned_at=now))
        record(services, uow, Act.ABANDONED, letter_id, told=told)
        uow.commit()
        return letter_of(uow, letter_id)


def archive(services: Services, letter_id: str, *, away: bool) -> None:
    """Put a letter away from the list, or back on it. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        if away != (letter.archived_at is not None):
            uow.letters.schedule(replace(letter, archived_at=now if away else None))
            record(services, uow, Act.ARCHIVED if away else Act.UNARCHIVED, letter_id)
            uow.commit()
