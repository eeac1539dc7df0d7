"""Stages: the organisations of a letter that are asked together, and when the turn of each comes.

A stage is opened by hand, at a time, or when all of the stage before have answered; that is: have approved these
words, declined or withdrawn, or have no link any more with which they could. Silence and a mail that came back are
waited for, and whoever will not wait opens by hand: nobody blocks others for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from signing.domain.deadline import moment_typed
from signing.domain.errors import Faulty, NotFound
from signing.domain.letter import Letter, LetterAction, LetterState, Version
from signing.domain.organisation import Answer
from signing.domain.stage import Stage, StageOpening
from signing.workflow.activity import Act, record
from signing.workflow.inviting import invite_stage
from signing.workflow.letters import carries, has_words, letter_of, locked_letter
from signing.workflow.mail_ports import OutboxProgress
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.signatory_form import tidy_name
from signing.workflow.stage_ports import Alike, Unanswered


class Missing(StrEnum):
    """Why an organisation has no answer yet."""

    NOT_INVITED = "not-invited"
    MAIL_FAILED = "mail-failed"
    SILENT = "silent"
    LAPSED = "lapsed"


@dataclass(slots=True)
class Counts:
    """The organisations of a stage, counted. `ended`: without an answer and without a link that opens."""

    all: int = 0
    invited: int = 0
    approved: int = 0
    declined: int = 0
    withdrawn: int = 0
    ended: int = 0
    missing: int = 0

    @property
    def answered(self) -> int:
        return self.approved + self.declined + self.withdrawn


@dataclass(frozen=True, slots=True)
class Awaited:
    """An organisation whose answer is missing, and why."""

    organisation_id: str
    organisation: str
    why: Missing


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage in its place. `before` is the number of the stage before it, `missing` are those of the stage that
    have not answered, where the next one waits for them or its own mails came back."""

    stage: Stage
    counts: Counts
    before: int | None
    missing: tuple[Awaited, ...] = ()

    @property
    def number(self) -> int:
        return self.stage.number

    @property
    def opened(self) -> bool:
        return self.stage.opened_at is not None or self.counts.invited > 0


@dataclass(frozen=True, slots=True)
class Routing:
    letter: Letter
    state: LetterState
    stages: tuple[StageView, ...]
    mails: OutboxProgress
    now: datetime
    has_words: bool

    @property
    def organisations(self) -> int:
        return sum(each.counts.all for each in self.stages)

    @property
    def invited(self) -> int:
        return sum(each.counts.invited for each in self.stages)


@dataclass(frozen=True, slots=True)
class StageForm:
    """What was typed of a stage; `opens_at` by the letter's clock."""

    name: str
    opens: str
    opens_at: str


def routing(services: Services, letter_id: str) -> Routing:
    """The letter's stages in order, whatever the size in a few statements. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        versions = uow.letters.versions(letter_id)
        counted = _counted(uow, letter, versions, now)
        kept = {each.number: each for each in uow.stages.of_letter(letter_id)}
        numbers = sorted(counted)
        found = []
        for place, number in enumerate(numbers):
            stage = kept.get(number) or Stage(letter_id, number)
            before = numbers[place - 1] if place else None
            missing: tuple[Awaited, ...] = ()
            if (stage.opened_at or counted[number].invited) and counted[number].missing:
                missing = _awaited(uow, letter, versions, number, now)
            found.append(StageView(stage, counted[number], before, missing))
        mails = uow.outbox.progress(letter_id)
        worded = has_words(uow, letter)
    return Routing(letter, letter.state_at(now), tuple(found), mails, now, worded)


def arrange(services: Services, letter_id: str, number: int, form: StageForm) -> bool:
    """Name a stage and say how it opens; whether the hour that was typed comes twice (then the second is meant).

    Raises NotFound; NotAllowed when the letter is closed; Faulty with `field` name, opens or opens_at.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        letter.after(LetterAction.CHOOSE_POLICY, now)
        old = _stage_of(uow, letter_id, number, now)
        name = tidy_name(form.name, "name")
        new, twice = replace(old, name=name), False
        if old.opened_at is None:
            new, twice = _opens(uow, letter, new, form, now)
        uow.stages.save(new)
        if new != old:
            record(services, uow, Act.STAGE_ARRANGED, letter_id, stage=number, opens=new.opens.value)
        uow.commit()
    return twice


def open_stage(services: Services, letter_id: str, number: int) -> int:
    """Open a stage now: invite its organisations; gives how many mails were queued. Pressed twice, nobody is mailed
    twice. Raises NotFound, NotAllowed."""
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        _stage_of(uow, letter_id, number, now)
        mailed = invite_stage(services, uow, letter, number, now)
        uow.commit()
    return mailed


def due(services: Services) -> list[str]:
    """The letters on which a stage may be due to open by itself; one statement."""
    with services.unit_of_work() as uow:
        return uow.stages.waiting(services.clock())


def open_due(services: Services, letter_id: str) -> int:
    """Open every stage of the letter whose turn has come; gives how many mails were queued.

    It looks under the letter's lock, so a stage is opened once, however many ask for it at the same moment.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        if letter.state_at(now) is not LetterState.OPEN or letter.past_deadline(now):
            return 0
        counted = _counted(uow, letter, uow.letters.versions(letter_id), now)
        numbers = sorted(counted)
        ready = [
            each.number for each in uow.stages.of_letter(letter_id)
            if each.number in counted and _ready(each, numbers, counted, now)
        ]  # fmt: skip
        mailed = sum(invite_stage(services, uow, letter, number, now) for number in ready)
        if ready:
            uow.commit()
    return mailed


def _ready(stage: Stage, numbers: list[int], counted: dict[int, Counts], now: datetime) -> bool:
    if stage.opened_at is not None:
        return False
    if stage.opens is StageOpening.AT_TIME:
        return stage.opens_at is not None and stage.opens_at <= now
    place = numbers.index(stage.number)
    return stage.opens is StageOpening.ANSWERED and place > 0 and not counted[numbers[place - 1]].missing


def _opens(uow: UnitOfWork, letter: Letter, stage: Stage, form: StageForm, now: datetime) -> tuple[Stage, bool]:
    try:
        opens = StageOpening(form.opens)
    except ValueError:
        raise Faulty("Choose how this stage opens.", field="opens", code="stage-opening-unknown") from None
    if opens is StageOpening.ANSWERED and stage.number == min(_numbers(uow, letter.id, now)):
        raise Faulty(
            "This is the first stage: there is none before it that could answer. Open it by hand or at a time.",
            field="opens", code="stage-first",
        )  # fmt: skip
    if opens is not StageOpening.AT_TIME:
        return replace(stage, opens=opens, opens_at=None), False
    kept = stage.opens_at
    typed = moment_typed(form.opens_at, letter.zone, "opens_at", kept)
    if typed is None:
        raise Faulty("Write when this stage opens.", field="opens_at", code="stage-time-missing")
    if typed.at != kept and typed.at <= now:
        raise Faulty(
            "This time has passed already. Choose a later one, or open the stage by hand.",
            field="opens_at", code="stage-time-past",
        )  # fmt: skip
    return replace(stage, opens=opens, opens_at=typed.at), typed.twice


def _stage_of(uow: UnitOfWork, letter_id: str, number: int, now: datetime) -> Stage:
    """The stage of this number, as it is kept or as the roster makes it. Raises NotFound."""
    if number not in _numbers(uow, letter_id, now):
        raise NotFound("No organisation on the roster is in this stage.", code="stage-unknown")
    kept = {each.number: each for each in uow.stages.of_letter(letter_id)}
    return kept.get(number) or Stage(letter_id, number)


def _numbers(uow: UnitOfWork, letter_id: str, now: datetime) -> set[int]:
    return {each.stage for each in uow.stages.tally(letter_id, now)}


def _counted(uow: UnitOfWork, letter: Letter, versions: list[Version], now: datetime) -> dict[int, Counts]:
    found: dict[int, Counts] = {}
    for alike in uow.stages.tally(letter.id, now):
        counts = found.setdefault(alike.stage, Counts())
        counts.all += alike.count
        counts.invited += alike.count if alike.invited else 0
        place = _place(letter, versions, alike)
        setattr(counts, place, getattr(counts, place) + alike.count)
    return found


def _place(letter: Letter, versions: list[Version], alike: Alike) -> str:
    """Where organisations that stand so are counted."""
    if alike.answer is Answer.DECLINED:
        return "declined"
    if alike.answer is Answer.WITHDRAWN:
        return "withdrawn"
    if _stands(letter, versions, alike):
        return "approved"
    return "missing" if alike.live or not alike.invited else "ended"


def _stands(letter: Letter, versions: list[Version], alike: Alike | Unanswered) -> bool:
    """Whether these approve the present words."""
    if alike.answer is not Answer.APPROVED:
        return False
    since = alike.answer_version or 0
    return since == letter.version or carries(versions, since, letter.version, accepts=alike.accepts)


def _awaited(
    uow: UnitOfWork, letter: Letter, versions: list[Version], number: int, now: datetime
) -> tuple[Awaited, ...]:
    return tuple(
        Awaited(each.organisation_id, each.organisation, _why(each))
        for each in uow.stages.unanswered(letter.id, number, letter.version, now)
        if not _stands(letter, versions, each) and (each.live or not each.invited)
    )


def _why(each: Unanswered) -> Missing:
    if not each.invited:
        return Missing.NOT_INVITED
    if each.answer is Answer.APPROVED:
        return Missing.LAPSED
    return Missing.MAIL_FAILED if each.mail_failed else Missing.SILENT
