"""What to look at before a letter is closed. Nothing here blocks but a name that cannot be printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from signing.domain.errors import Refusal
from signing.domain.invitation import InvitationStanding
from signing.domain.organisation import Answer, RosterEntry
from signing.domain.roster_likeness import Kind, Lookalikes, likeness
from signing.domain.script import lacks_native_name
from signing.evidence.signatory_list import SignatoryList
from signing.evidence.statement import Signatory
from signing.workflow.inviting import refused
from signing.workflow.letters import approved_now, letter_of
from signing.workflow.mail_ports import NoticeStatus
from signing.workflow.ports import Services, UnitOfWork


@dataclass(frozen=True, slots=True)
class Alike:
    """Two names on the list that may be one; `chapters`: sections of one body, which is no fault."""

    name: str
    other: str
    chapters: bool


@dataclass(frozen=True, slots=True)
class Unprintable:
    name: str
    field: str
    character: str


@dataclass(frozen=True, slots=True)
class Checks:
    """By printed name, or the roster's where there is none. `conditions`: "yes, if" that no version and no answer has
    met; `told`: on paper or by telephone, and no approval; `second_awaited`: the first of two persons has not agreed;
    `unreached`: their mail came back; `no_link`: theirs was ended, or is too old.
    `stand` of `quorum` organisations approve; `queued` mails are still to go."""

    unprintable: tuple[Unprintable, ...] = ()
    alike: tuple[Alike, ...] = ()
    no_native_name: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()
    second_awaited: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
    no_link: tuple[str, ...] = ()
    not_invited: tuple[str, ...] = ()
    stand: int = 0
    quorum: int = 0
    queued: int = 0

    @property
    def clean(self) -> bool:
        """Nothing to look at."""
        return self == Checks(stand=self.stand, quorum=self.quorum) and self.stand >= self.quorum


@dataclass(slots=True)
class _Names:
    """Names sorted into the checks they belong to."""

    told: list[str] = field(default_factory=list)
    lapsed: list[str] = field(default_factory=list)
    second_awaited: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    no_link: list[str] = field(default_factory=list)
    not_invited: list[str] = field(default_factory=list)


def checks(services: Services, letter_id: str, listing: SignatoryList) -> Checks:
    """What there is to look at, in a handful of statements whatever the size; `listing` is the list as it would be
    printed now. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        found = uow.roster.invited(letter_id)
        remarks = uow.remarks.of_letter(letter_id)
        names = _unanswered(services, uow, letter_id)
        queued = uow.outbox.progress(letter_id).queued
    entries = {entry.organisation_id: entry for entry, _ in found}
    waiting = dict.fromkeys(
        each.organisation_id
        for each in remarks
        if each.settled is None and each.organisation_id in entries
        and each.waits(entries[each.organisation_id].answered_at)
    )  # fmt: skip
    signatories = [each.signatory for each in listing.listed]
    return Checks(
        unprintable=tuple(_unprintable(services, signatories)),
        alike=tuple(_alike(signatories)),
        no_native_name=tuple(_no_native_name(letter.language, signatories, entries)),
        conditions=tuple(entries[each].listed_name for each in waiting),
        told=tuple(names.told),
        lapsed=tuple(names.lapsed),
        second_awaited=tuple(names.second_awaited),
        silent=tuple(names.silent),
        unreached=tuple(names.unreached),
        no_link=tuple(names.no_link),
        not_invited=tuple(names.not_invited),
        stand=len(listing.listed) + listing.confidential,
        quorum=letter.quorum,
        queued=queued,
    )


def asked_as(services: Services, letter_id: str) -> dict[str, str]:
    """The name that each organisation was asked under, by id. Raises NotFound."""
    with services.unit_of_work() as uow:
        letter_of(uow, letter_id)
        return {entry.organisation_id: entry.listed_name for entry in uow.roster.entries(letter_id)}


def _unanswered(services: Services, uow: UnitOfWork, letter_id: str) -> _Names:
    """Everybody who has not answered the present words, each in one place: the one that says most."""
    letter, now = letter_of(uow, letter_id), services.clock()
    approved = approved_now(uow, letter)
    stands = {each.organisation_id for each in approved.named} | {each.organisation_id for each in approved.withheld}
    told = {each.organisation_id for each in uow.told.of_letter(letter_id)}
    # The newest mail is the last in the order in which they were queued.
    newest = {each.organisation_id: each for each in uow.outbox.of_letter(letter_id)}
    back = {name for name, each in newest.items() if each.came_back and each.status is not NoticeStatus.QUEUED}
    found = uow.roster.invited(letter_id)
    unwanted = refused(services, uow, (entry.email for entry, _ in found)) if found else set()
    names = _Names()
    for entry, invitation in found:
        if entry.organisation_id in stands or entry.answer in (Answer.DECLINED, Answer.WITHDRAWN):
            continue
        if entry.answer is Answer.APPROVED:
            place = names.lapsed
        elif entry.organisation_id in told:
            place = names.told
        elif invitation is None:
            place = names.not_invited
        elif entry.organisation_id in back or entry.email in unwanted:
            place = names.unreached
        elif invitation.standing(invitation.generation, now) is not InvitationStanding.LIVE:
            place = names.no_link
        elif entry.two_persons and entry.reviewed_version != letter.version:
            place = names.second_awaited
        else:
            place = names.silent
        place.append(entry.listed_name)
    return names


def _unprintable(services: Services, signatories: Iterable[Signatory]) -> Iterable[Unprintable]:
    for each in signatories:
        for name in ("listed_as", "acronym", "native_name"):
            try:
                services.typesetter.printable(getattr(each, name) or "", name)
            except Refusal as refusal:
                yield Unprintable(each.listed_as, name, str(refusal.values["character"]))


def _alike(signatories: Iterable[Signatory]) -> Iterable[Alike]:
    met: Lookalikes[Signatory] = Lookalikes()
    for each in signatories:
        ours = likeness((each.listed_as, each.acronym), each.native_name)
        found = met.find(ours)
        met.add(each, ours)
        if found is not None:
            yield Alike(each.listed_as, found[0].listed_as, found[1] is Kind.CHAPTER)


def _no_native_name(
    language: str, signatories: Iterable[Signatory], entries: dict[str, RosterEntry]
) -> Iterable[str]:
    for each in signatories:
        entry = entries.get(each.org)
        if entry is not None and lacks_native_name(
            language, entry.language, entry.country, each.listed_as, each.native_name
        ):
            yield each.listed_as
