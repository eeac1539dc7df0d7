"""Reminders: to whoever has not answered these words yet, once a day at most, and never against their wish."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from signing.domain.errors import NotAllowed
from signing.domain.invitation import Invitation, InvitationStanding, Part
from signing.domain.letter import Letter, LetterAction, Version
from signing.domain.organisation import Answer, RosterEntry
from signing.workflow.activity import Act, record
from signing.workflow.inviting import refused
from signing.workflow.letters import carried, letter_of, locked_letter
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.notices import notice
from signing.workflow.ports import InvitationView, Services, UnitOfWork

A_DAY = timedelta(days=1)
# What somebody asked for themselves is an answer to them, and no reminder of ours (DESIGN 5).
_ANSWERS = (NoticeKind.CODE, NoticeKind.RECEIPT, NoticeKind.FRESH_LINK)
# What asks for an answer and says until when, as it is when the mail goes out.
_ASKING = (NoticeKind.INVITATION, NoticeKind.REMINDER, NoticeKind.NEW_VERSION, NoticeKind.DEADLINE)


class LeftOut(StrEnum):
    """Why an organisation is not reminded."""

    ANSWERED = "answered"
    NOT_INVITED = "not-invited"
    LINK_ENDED = "link-ended"
    STOPPED = "stopped"
    REFUSED = "refused"
    MAIL_FAILED = "mail-failed"
    TODAY = "mailed-today"


@dataclass(frozen=True, slots=True)
class Reminding:
    """How many organisations are reminded, and how many are not, by the reason; reasons of nobody are left away."""

    mailed: int
    left_out: Mapping[LeftOut, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """An organisation and the invitation of the person whose turn it is; or why nobody is reminded. `free_at` is when
    they may get the next mail, where they had one within a day; None where one waits that says the same."""

    entry: RosterEntry
    invitation: Invitation | None
    left_out: LeftOut | None
    free_at: datetime | None = None


def prospect(services: Services, letter_id: str, *, stage: int | None = None) -> Reminding:
    """What `remind` would do now; writes nothing. Raises NotFound, NotAllowed."""
    now = services.clock()
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        check_possible(letter, now)
        turns = list(turns_of(services, uow, letter, stage, now))
    return told_of(turns)


def remind(services: Services, letter_id: str, *, stage: int | None = None) -> Reminding:
    """Mail a reminder to every organisation (of `stage`) that has not answered the open words.

    Pressed again on the same day it mails nobody twice. Raises NotFound; NotAllowed when the letter is not open or
    its deadline has passed.
    """
    now = services.clock()
    with services.unit_of_work(write=True) as uow:
        letter, _ = locked_letter(uow, letter_id)
        check_possible(letter, now)
        turns = list(turns_of(services, uow, letter, stage, now))
        uow.outbox.add([
            notice(services, NoticeKind.REMINDER, turn.entry, turn.invitation.id, str(letter.version), now)
            for turn in turns
            if turn.invitation is not None and turn.left_out is None
        ])
        told = told_of(turns)
        if told.mailed:
            record(services, uow, Act.REMINDED, letter_id, mailed=told.mailed, stage="all" if stage is None else stage)
        uow.commit()
    return told


def queue(
    services: Services, uow: UnitOfWork, letter: Letter, kind: NoticeKind, now: datetime,
    wait: Callable[[datetime], datetime | None],
) -> tuple[int, int]:
    """Queue a mail of `kind` to everybody whose answer is missing, inside the caller's unit of work: how many go out
    now, and how many later. Whoever had a mail within a day gets it when `wait` says, asked with the first moment that
    is free; not at all where it says None, or where a mail still waits that says the same.
    """
    mails, later = [], 0
    for turn in turns_of(services, uow, letter, None, now):
        if turn.invitation is None or turn.left_out not in (None, LeftOut.TODAY):
            continue
        due = now if turn.left_out is None else wait(turn.free_at) if turn.free_at is not None else None
        if due is not None:
            mails.append(notice(services, kind, turn.entry, turn.invitation.id, str(letter.version), due))
            later += due > now
    uow.outbox.add(mails)
    return len(mails) - later, later


def still_asked(uow: UnitOfWork, view: InvitationView) -> bool:
    """Whether a reminder that was queued still has its reason."""
    letter, entry, invitation = view.letter, view.entry, view.invitation
    if invitation.reminders_stopped_at is not None:
        return False
    versions = uow.letters.versions(letter.id) if _may_carry(letter, entry) else []
    if invitation.part is Part.REVIEWER and _reviewed(uow, letter, entry):
        return False
    return _awaited(letter, entry, versions)


def stop_reminders(services: Services, invitation_id: str, token: str) -> None:
    """End the reminders of one invitation to whoever holds it now. A wrong token, or one of a holder before, does
    nothing and looks the same."""
    with services.unit_of_work() as uow:
        seen = uow.invitations.view(invitation_id, b"")
    right = services.tokens.reminders_token(invitation_id, seen.entry.email if seen is not None else "")
    if seen is None or not hmac.compare_digest(right.encode(), token.encode("utf-8", "surrogatepass")):
        return
    with services.unit_of_work(write=True) as uow:
        uow.invitations.stop_reminders(invitation_id, services.clock())
        uow.commit()


def check_possible(letter: Letter, now: datetime) -> None:
    letter.after(LetterAction.REMIND, now)
    if letter.past_deadline(now):
        raise NotAllowed(
            "The deadline for answers has passed: a reminder would ask for what nobody can do any more.",
            code="deadline-passed",
        )


def turns_of(
    services: Services,
    uow: UnitOfWork,
    letter: Letter,
    stage: int | None,
    now: datetime,
    only: Collection[str] | None = None,
) -> Iterator[Turn]:
    """Whose turn it is in each organisation of `stage`, of those in `only` where that is given."""
    entries = [
        each
        for each in uow.roster.entries(letter.id)
        if stage in (None, each.stage) and (only is None or each.organisation_id in only)
    ]
    invitations = {each.organisation_id: each for each in uow.invitations.of_letter(letter.id)}
    versions = uow.letters.versions(letter.id)
    held = [
        (entry, _whose_turn(uow, letter, entry, invitations.get(entry.organisation_id), now)) for entry in entries
    ]
    unwanted = refused(services, uow, [each.spoken_for(entry).email for entry, each in held if each is not None])
    notices = uow.outbox.of_letter(letter.id)
    today = [each for each in notices if _is_of_today(each, now)]
    waiting = {each.invitation_id for each in today if each.kind in _ASKING and each.sent_at is None}
    free: dict[str, datetime] = {}
    for each in today:
        free[each.to] = max(free.get(each.to, now), (each.sent_at or max(each.due, now)) + A_DAY)
    failed = _failed(notices)
    for entry, invitation in held:
        spoken = invitation.spoken_for(entry) if invitation else entry
        why = (
            LeftOut.ANSWERED if not _awaited(letter, entry, versions)
            else LeftOut.NOT_INVITED if invitation is None
            else LeftOut.REFUSED if spoken.email in unwanted
            else LeftOut.LINK_ENDED if not _is_live(invitation, now)
            else LeftOut.STOPPED if invitation.reminders_stopped_at is not None
            else LeftOut.MAIL_FAILED if (invitation.id, spoken.email) in failed
            else LeftOut.TODAY if spoken.email in free
            else None
        )  # fmt: skip
        free_at = None
        if why in (None, LeftOut.TODAY):
            # Two organisations may have one contact: that mailbox gets one reminder a day, too.
            at = free.get(spoken.email, now)
            free[spoken.email] = at + A_DAY
            if why is LeftOut.TODAY and invitation is not None and invitation.id not in waiting:
                free_at = at
        yield Turn(spoken, invitation, why, free_at)


def _whose_turn(
    uow: UnitOfWork, letter: Letter, entry: RosterEntry, signatory: Invitation | None, now: datetime
) -> Invitation | None:
    """The reviewer's invitation where two persons must agree and that one has said nothing of these words yet."""
    if not entry.two_persons or entry.reviewed_version == letter.version:
        return signatory
    reviewer = uow.invitations.of_part(letter.id, entry.organisation_id, Part.REVIEWER)
    if reviewer is None or not _is_live(reviewer, now) or _reviewed(uow, letter, entry):
        return signatory
    return reviewer


def _reviewed(uow: UnitOfWork, letter: Letter, entry: RosterEntry) -> bool:
    reviews = uow.reviews.of_organisation(letter.id, entry.organisation_id)
    return any(each.version == letter.version for each in reviews)


def _awaited(letter: Letter, entry: RosterEntry, versions: Sequence[Version]) -> bool:
    """Whether the organisation is silent, or its approval has lapsed."""
    if entry.answer is Answer.INVITED:
        return True
    return _may_carry(letter, entry) and not carried(versions, entry, letter.version)


def _may_carry(letter: Letter, entry: RosterEntry) -> bool:
    """Whether the newest answer is an approval of earlier words."""
    return entry.answer is Answer.APPROVED and entry.answer_version != letter.version


def _is_live(invitation: Invitation, now: datetime) -> bool:
    return invitation.standing(invitation.generation, now) is InvitationStanding.LIVE


def _is_of_today(queued: Notice, now: datetime) -> bool:
    """Whether this mail of ours came, or may come, within a day; one that came back never came."""
    if queued.kind in _ANSWERS or queued.came_back:
        return False
    return queued.sent_at is None or now - queued.sent_at < A_DAY


def _failed(notices: Sequence[Notice]) -> set[tuple[str, str]]:
    """The invitations and addresses whose newest mail, of all but codes and receipts, came back."""
    newest = {(each.invitation, each.to): each for each in notices if each.invitation_id and each.kind not in _ANSWERS}
    return {key for key, each in newest.items() if each.came_back}


def told_of(turns: Sequence[Turn]) -> Reminding:
    counts = Counter(turn.left_out for turn in turns)
    return Reminding(counts.pop(None, 0), {why: counts[why] for why in LeftOut if counts[why]})
