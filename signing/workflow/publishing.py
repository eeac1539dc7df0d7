"""Publishing: from now on anybody may see a closed letter, sealed, and its log. Needs no signature (DESIGN 5), so the
clock does it where an hour was chosen; from that second on visitors see it, whoever has or has not woken."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from signing.domain.deadline import moment_typed
from signing.domain.errors import Faulty, NotAllowed, NotFound, Refusal
from signing.domain.letter import Letter, LetterAction, LetterState
from signing.domain.organisation import Answer
from signing.evidence.signatory_list import listed_names
from signing.evidence.statement import LIST_FILE
from signing.workflow import closing, delivering, sealing
from signing.workflow.activity import Act, record
from signing.workflow.closing_notices import tell_published
from signing.workflow.letters import letter_of, locked_letter
from signing.workflow.ports import Edition, Services, UnitOfWork


class Embargoed(NotAllowed):
    """The hour of publishing has not come; nothing was published."""

    code = "embargo"

    def __init__(self) -> None:
        super().__init__(
            "This letter waits for its hour. If it is to be public now, tick that the embargo ends, and publish it."
        )


class QuorumNotReached(NotAllowed):
    """Fewer stand on the list than the letter asks for."""

    code = "quorum"

    def __init__(self, have: int, need: int) -> None:
        self.have, self.need = have, need
        super().__init__(
            "{have} organisations stand on the list, and this letter is published with {need} or more. Take late "
            "approvals and sign a new edition first.",
            values={"have": have, "need": need},
        )


class NamedAfterWithdrawal(NotAllowed):
    """Somebody on the newest list has withdrawn since it was signed, or wants to be counted only."""

    code = "edition-behind"

    def __init__(self) -> None:
        super().__init__(
            "An organisation on the list has withdrawn since it was signed, or asked not to be named. Sign a new "
            "edition first: nobody is published under a letter that they withdrew from."
        )


def publish(services: Services, letter_id: str, *, ends_embargo: bool = False) -> Letter:
    """Publish a letter that has an edition, mail those on its list and those it is addressed to, and seal its PDFs if
    their evidence is complete; one that is published already stays as it is.

    Raises NotFound; NotAllowed for a letter that is not closed; Embargoed before its hour, unless whoever publishes
    `ends_embargo`; QuorumNotReached, NamedAfterWithdrawal.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.PUBLISH, now)
        if letter.published_at is None:
            if letter.embargoed(now) and not ends_embargo:
                raise Embargoed
            letter = _published(services, uow, letter, now)
            uow.commit()
    return _sealed(services, letter)


def due(services: Services) -> list[str]:
    """The closed letters whose hour has come."""
    now = services.clock()
    with services.unit_of_work() as uow:
        return [letter.id for letter in uow.letters.all() if _its_hour(letter, now)]


def publish_due(services: Services, letter_id: str) -> Letter | None:
    """Publish a letter by the clock; None while its hour has not come or it waits for its quorum.

    If somebody on the list has withdrawn, the next edition is signed first with the key that the service holds.
    Raises the refusals of `closing.close` where it holds none: then a coordinator has to sign.
    """
    now = services.clock()
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        obstacle = _obstacle(uow, letter) if _its_hour(letter, now) else None
    if isinstance(obstacle, NamedAfterWithdrawal):
        closing.close(services, letter_id)
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        if not _its_hour(letter, now) or _obstacle(uow, letter) is not None:
            return None
        letter = _published(services, uow, letter, now)
        uow.commit()
    return _sealed(services, letter)


def choose_hour(services: Services, letter_id: str, typed: str) -> tuple[Letter, bool]:
    """Store when the clock publishes the letter, typed by the clock of its zone, or ("") that nobody but a person
    does; whether that clock shows the hour twice comes with it: then the second time is meant.

    Raises NotFound, NotAllowed, and Faulty `publish_at` for what is no time, or skipped, or past.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.CHOOSE_EMBARGO, now)
        moment = moment_typed(typed, letter.zone, "publish_at", letter.publish_at)
        at = moment.at if moment else None
        if at is not None and at != letter.publish_at and at <= now:
            raise Faulty(
                "This hour has passed already. Choose a later one, or publish the letter now.",
                field="publish_at", code="hour-past",
            )  # fmt: skip
        if at != letter.publish_at:
            letter = replace(letter, publish_at=at)
            uow.letters.schedule(letter)
            record(services, uow, Act.EMBARGO_CHOSEN, letter_id, at=f"{at:%Y-%m-%dT%H:%MZ}" if at else "none")
            uow.commit()
    return letter, bool(moment and moment.twice)


def published_letter(uow: UnitOfWork, letter_id: str, now: datetime) -> Letter:
    """The letter, if it is published: by somebody, or because its hour has come, to the second.

    Raises NotFound, in the same words for a letter that is not and for one that does not exist.
    """
    letter = letter_of(uow, letter_id)
    if letter.published_at is None and not (_its_hour(letter, now) and _obstacle(uow, letter) is None):
        raise NotFound("There is no such letter here.", code="letter-unknown")
    return letter


def obstacle_to_publishing(services: Services, letter_id: str) -> NotAllowed | None:
    """Why a closed letter could not be published now, whatever its hour. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        return _obstacle(uow, letter) if letter.state is LetterState.CLOSED else None


def _its_hour(letter: Letter, now: datetime) -> bool:
    at = letter.publish_at
    return letter.state is LetterState.CLOSED and letter.published_at is None and at is not None and now >= at


def _obstacle(uow: UnitOfWork, letter: Letter) -> NotAllowed | None:
    edition = _newest(uow, letter.id)
    have = edition.listed + edition.confidential
    if have < letter.quorum:
        return QuorumNotReached(have, letter.quorum)
    entries = uow.roster.entries(letter.id)
    open_ones = {each.organisation_id for each in entries if each.answer is Answer.APPROVED and not each.confidential}
    named = {name.signatory.org for name in listed_names(edition.files[LIST_FILE])}
    # Who is only counted has no place on the list to look for: whoever left since it was signed may be one of them.
    uncounted = any(
        each.answer is Answer.WITHDRAWN and each.confidential and (each.answer_index or 0) > edition.index
        for each in entries
    )
    return NamedAfterWithdrawal() if uncounted or named - open_ones else None


def _newest(uow: UnitOfWork, letter_id: str) -> Edition:
    edition = uow.editions.newest(letter_id)
    if edition is None:
        raise NotAllowed("Close the letter first: what is published is a signed edition of it.", code="letter-open")
    return edition


def _published(services: Services, uow: UnitOfWork, letter: Letter, now: datetime) -> Letter:
    """Note that it is out and queue the mails that say so, under the letter's lock."""
    edition = _newest(uow, letter.id)
    obstacle = _obstacle(uow, letter)
    if obstacle is not None:
        raise obstacle
    uow.letters.set_state(letter.id, letter.after(LetterAction.PUBLISH, now), published_at=now)
    letter = letter_of(uow, letter.id)
    told = tell_published(services, uow, letter, edition, now)
    delivered = delivering.queue(services, uow, letter, edition.number, now)
    record(services, uow, Act.PUBLISHED, letter.id, edition=edition.number, told=told, delivered=delivered)
    return letter


def _sealed(services: Services, letter: Letter) -> Letter:
    if services.sealer is not None:
        # It is published all the same: page and status say what is not sealed yet, and the worker goes on trying.
        with suppress(Refusal):
            sealing.seal(services, letter.id)
    return letter
