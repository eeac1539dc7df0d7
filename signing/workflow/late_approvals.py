"""Late approvals: until a chosen time a closed letter takes them for its next edition."""

from __future__ import annotations

from dataclasses import dataclass, replace

from signing.domain.deadline import moment_typed
from signing.domain.errors import Faulty
from signing.domain.letter import Letter, LetterAction
from signing.evidence.signatory_list import listed_names
from signing.evidence.statement import LIST_FILE
from signing.workflow.activity import Act, record
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.ports import Edition, Services


@dataclass(frozen=True, slots=True)
class DatedEdition:
    """An edition with the printed names that it is the first to hold, and those that the one before had and it has
    not; `late` are names that came after the first."""

    edition: Edition
    added: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def late(self) -> bool:
        return self.edition.number > 1


def choose_late(services: Services, letter_id: str, typed: str) -> Letter:
    """Store until when late approvals are taken, typed by the clock of the letter's zone; "" ends it at once.

    Raises NotFound, NotAllowed, and Faulty `late_until` for what is no time, or skipped, or past.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.CHOOSE_LATE, now)
        moment = moment_typed(typed, letter.zone, "late_until", letter.late_until)
        until = moment.at if moment else None
        if until is not None and until != letter.late_until and until <= now:
            raise Faulty(
                "This time has passed already. Choose a later one, or leave it empty.",
                field="late_until", code="late-past",
            )  # fmt: skip
        if until != letter.late_until:
            letter = replace(letter, late_until=until)
            uow.letters.schedule(letter)
            record(services, uow, Act.LATE_CHOSEN, letter_id, until=f"{until:%Y-%m-%dT%H:%MZ}" if until else "none")
            uow.commit()
    return letter


def dated_editions(services: Services, letter_id: str) -> list[DatedEdition]:
    """All editions, newest first, with who came and who left. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        editions = uow.editions.all(letter_id)
    dated: list[DatedEdition] = []
    before: dict[str, str] = {}
    for edition in editions:
        names = {each.signatory.org: each.signatory.listed_as for each in listed_names(edition.files[LIST_FILE])}
        added = tuple(name for org, name in names.items() if org not in before)
        dated.append(DatedEdition(edition, added, tuple(name for org, name in before.items() if org not in names)))
        before = names
    return dated[::-1]
