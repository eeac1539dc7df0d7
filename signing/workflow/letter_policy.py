"""A letter's policy: what answers may be, until when, who is told what. One form, one use case, each rule in words.

What may change once organisations are invited: a deadline can be made later and the quorum higher; withholding the
name and carrying stay as they were when the first was asked, for each was told so; level and binders are raised only
with a new version. What organisations see of each other, what mails carry and the rhythm may change at any time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from signing.domain import rhythm
from signing.domain.deadline import (
    check_ahead,
    check_not_shortened,
    check_order,
    known_zone,
    moment_typed,
)
from signing.domain.errors import Faulty, NotAllowed
from signing.domain.letter import SHARES, Letter, LetterAction, LetterState
from signing.workflow.activity import Act, record
from signing.workflow.letters import has_words, letter_of, locked_letter
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.ports import Services, UnitOfWork
from signing.workflow.reminding import queue

MOST_QUORUM = 100_000
_ARRANGED = ("zone", "soft_deadline", "hard_deadline", "quorum", "allows_confidential", "allows_carry", "rhythm")
_TIMES = ("zone", "soft_deadline", "hard_deadline", "rhythm")


@dataclass(frozen=True, slots=True)
class PolicyView:
    """`organisations` are on the roster, `invited` of them have been asked already."""

    letter: Letter
    state: LetterState
    organisations: int
    invited: int
    next_reminder: datetime | None
    has_words: bool


@dataclass(frozen=True, slots=True)
class PolicyForm:
    """What was typed; None leaves it as it is. Deadlines are by the clock of `zone`."""

    zone: str | None = None
    soft_deadline: str | None = None
    hard_deadline: str | None = None
    quorum: str | None = None
    rhythm: str | None = None
    allows_confidential: bool | None = None
    allows_carry: bool | None = None
    shares: str | None = None
    mail_links: bool | None = None
    min_level: int | None = None
    binders: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """The letter as it is now. `told` organisations get a notice of the new deadline at once, `told_later` when a day
    has passed since their last mail. `twice` are the fields whose hour the clock shows twice: the second is meant."""

    letter: Letter
    told: int = 0
    told_later: int = 0
    twice: tuple[str, ...] = ()


def view(services: Services, letter_id: str) -> PolicyView:
    """The policy as it is. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        counted = uow.stages.tally(letter_id, now)
        worded = has_words(uow, letter)
    return PolicyView(
        letter, letter.state_at(now), sum(each.count for each in counted),
        sum(each.count for each in counted if each.invited),
        None if letter.past_deadline(now) else rhythm.following(letter, now),
        worded,
    )  # fmt: skip


def change(services: Services, letter_id: str, form: PolicyForm) -> PolicyChange:
    """Change what the form says, all or nothing. A deadline that becomes later is told, once and at most one mail a
    day, to whoever was asked and has not answered; no new link is needed.

    Raises NotFound; NotAllowed when the letter is closed or a rule is fixed by now; Faulty with `field`.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        old, _ = locked_letter(uow, letter_id)
        old.after(LetterAction.CHOOSE_POLICY, now)
        invited = any(each.invited for each in uow.stages.tally(letter_id, now))
        timed, twice = _timed(old, form, now)
        new = _ruled(timed, form)
        _check_promises(old, new, invited, now)
        if any(getattr(old, name) != getattr(new, name) for name in _TIMES):
            # A rhythm begins anew: what it would have sent before now is not made up for.
            new = replace(new, reminded_up_to=max(now, old.reminded_up_to or now))
        _store(uow, old, new, form)
        told, later = _tell(services, uow, old, new, now) if invited else (0, 0)
        _note(services, uow, old, new, told + later)
        uow.commit()
    return PolicyChange(new, told, later, twice)


def known_sharing(shares: str) -> str:
    """What organisations see of each other, if it is one of ours; raises Faulty `sharing-unknown`."""
    if shares not in SHARES:
        raise Faulty(
            "Choose whether organisations see nothing, the number, or the names.",
            field="shares", code="sharing-unknown",
        )  # fmt: skip
    return shares


def postpone(services: Services, uow: UnitOfWork, old: Letter, hard: datetime, now: datetime) -> Letter:
    """The letter with another hard deadline, stored inside the caller's unit of work, as `change` does it.

    Raises Faulty with field `deadline`.
    """
    new = replace(old, hard_deadline=hard)
    invited = any(each.invited for each in uow.stages.tally(old.id, now))
    if invited:
        check_not_shortened(old.hard_deadline, hard, now, "deadline")
    check_order(new.soft_deadline, hard)
    if new != old:
        new = replace(new, reminded_up_to=max(now, old.reminded_up_to or now))
        uow.letters.arrange(new)
        told, later = _tell(services, uow, old, new, now) if invited else (0, 0)
        _note(services, uow, old, new, told + later)
    return new


def _timed(letter: Letter, form: PolicyForm, now: datetime) -> tuple[Letter, tuple[str, ...]]:
    """The letter with zone and deadlines of the form, and the fields whose hour comes twice."""
    zone = letter.zone if form.zone is None else known_zone(form.zone)
    found, twice = {}, []
    for name in ("soft_deadline", "hard_deadline"):
        typed, kept = getattr(form, name), getattr(letter, name)
        if typed is None:
            found[name] = kept
            continue
        moment = moment_typed(typed, zone, name, kept)
        found[name] = moment.at if moment else None
        check_ahead(kept, found[name], now, name)
        if moment and moment.twice:
            twice.append(name)
    check_order(found["soft_deadline"], found["hard_deadline"])
    return replace(letter, zone=zone, **found), tuple(twice)


def _ruled(letter: Letter, form: PolicyForm) -> Letter:
    """The letter with the other rules of the form. Raises Faulty."""
    shares = letter.shares if form.shares is None else known_sharing(form.shares)
    level, binders = letter.policy(form.min_level, form.binders)
    if letter.version and (level, binders) != (letter.min_level, letter.binders):
        raise NotAllowed(
            "This letter is open. What it asks of approvals can be raised when a new version is opened.",
            code="policy-fixed",
        )
    return replace(
        letter,
        shares=shares,
        mail_links=letter.mail_links if form.mail_links is None else form.mail_links,
        min_level=level,
        binders=binders,
        quorum=letter.quorum if form.quorum is None else _quorum(form.quorum),
        rhythm=letter.rhythm if form.rhythm is None else rhythm.read(form.rhythm),
        allows_confidential=(
            letter.allows_confidential if form.allows_confidential is None else form.allows_confidential
        ),
        allows_carry=letter.allows_carry if form.allows_carry is None else form.allows_carry,
    )


def _quorum(typed: str) -> int:
    text = typed.strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= MOST_QUORUM):
        raise Faulty("Write a number, such as 25, or leave it empty.", field="quorum", code="quorum-unread")
    return int(text)


def _check_promises(old: Letter, new: Letter, invited: bool, now: datetime) -> None:
    """Refuse what would break a promise to those who were asked already."""
    if not invited:
        return
    check_not_shortened(old.hard_deadline, new.hard_deadline, now, "hard_deadline")
    if old.soft_deadline is not None and new.soft_deadline is not None:
        check_not_shortened(old.soft_deadline, new.soft_deadline, now, "soft_deadline")
    if new.quorum < old.quorum:
        raise Faulty(
            "Organisations were told how many must say yes before the letter is published. Once they are invited, "
            "this number can only be raised.",
            field="quorum", code="quorum-lowered",
        )  # fmt: skip
    for name in ("allows_confidential", "allows_carry"):
        if getattr(new, name) != getattr(old, name):
            raise Faulty(
                "Organisations are invited already and were told how this is. It stays as it was when the first of "
                "them was asked.",
                field=name, code="policy-promised",
            )  # fmt: skip


def _store(uow: UnitOfWork, old: Letter, new: Letter, form: PolicyForm) -> None:
    if (new.shares, new.mail_links) != (old.shares, old.mail_links):
        uow.letters.set_sharing(new.id, shares=new.shares, mail_links=new.mail_links)
    if not new.version and (form.min_level is not None or form.binders is not None):
        uow.letters.set_policy(new.id, min_level=new.min_level, binders=new.binders)
    uow.letters.arrange(new)


def _tell(services: Services, uow: UnitOfWork, old: Letter, new: Letter, now: datetime) -> tuple[int, int]:
    if (old.asked_until(now), old.hard_deadline) == (new.asked_until(now), new.hard_deadline):
        return 0, 0

    def wait(free_at: datetime) -> datetime | None:
        return free_at if new.hard_deadline is None or free_at < new.hard_deadline else None

    return queue(services, uow, new, NoticeKind.DEADLINE, now, wait)


def _note(services: Services, uow: UnitOfWork, old: Letter, new: Letter, told: int) -> None:
    """Write down what was changed, deadlines apart from the rest."""
    names = (*_ARRANGED, "shares", "mail_links", "min_level", "binders")
    changed = [name for name in names if getattr(old, name) != getattr(new, name)]
    if {"soft_deadline", "hard_deadline"} & set(changed):
        until = {
            name: f"{at:%Y-%m-%d %H:%M} UTC"
            for name in ("soft_deadline", "hard_deadline")
            if (at := getattr(new, name)) is not None
        }
        record(services, uow, Act.DEADLINE_CHANGED, new.id, told=told, **until)
    others = [name for name in changed if not name.endswith("deadline")]
    if others:
        record(services, uow, Act.POLICY_CHANGED, new.id, changed=", ".join(others))
