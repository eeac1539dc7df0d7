"""Where a letter stands, organisation by organisation: computed, never stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from signing.domain.discussion import Remark
from signing.domain.errors import NotFound
from signing.domain.letter import Letter, LetterState
from signing.domain.organisation import RosterEntry, Standing
from signing.workflow.letters import carried, has_words, letter_of
from signing.workflow.mail_ports import Notice, NoticeKind, NoticeStatus
from signing.workflow.overview_ports import Tally
from signing.workflow.ports import Services
from signing.workflow.speakers import NOBODY_INVITED, Speakers, speakers


@dataclass(frozen=True, slots=True)
class StatusRow:
    """`mail` is how the newest invitation mail fares. `carried_from`: the version that was approved, where the
    approval reaches the present words by carry. `speakers`: who holds the organisation's links. `remarks` counts what
    it said beside its answer, and `conditions` those of them that say "yes, if" and wait for its next answer.
    """

    entry: RosterEntry
    standing: Standing
    mail: NoticeStatus | None
    carried_from: int | None = None
    speakers: Speakers = NOBODY_INVITED
    remarks: int = 0
    conditions: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    letter: Letter
    state: LetterState
    rows: tuple[StatusRow, ...]
    counts: dict[str, int]
    has_words: bool

    @property
    def organisations(self) -> int:
        """How many organisations the roster has."""
        return len(self.rows)

    @property
    def invited(self) -> int:
        """How many of them were invited."""
        return len(self.rows) - self.counts.get(Standing.NOT_INVITED.value, 0)

    @property
    def remarks(self) -> int:
        """How many remarks there are on the letter."""
        return sum(row.remarks for row in self.rows)


@dataclass(frozen=True, slots=True)
class Summary:
    """Where a letter stands in three figures, however long its roster: enough for a list of letters, and for the way
    of a letter at the top of each page."""

    letter: Letter
    state: LetterState
    organisations: int
    invited: int
    approved: int
    has_words: bool


def summary(services: Services, letter_id: str) -> Summary:
    """The figures of one letter, by one statement. Raises NotFound."""
    with services.unit_of_work() as uow:
        found = uow.overview.letter(letter_id)
    if found is None:
        raise NotFound("There is no such letter here.", code="letter-unknown")
    letter, tally = found
    return _summed(letter, tally, services.clock())


def summaries(services: Services, letters: Sequence[Letter]) -> list[Summary]:
    """The figures of these letters, by one statement, in their order."""
    now = services.clock()
    with services.unit_of_work() as uow:
        tallies = uow.overview.tallies([letter.id for letter in letters])
    return [_summed(letter, tallies[letter.id], now) for letter in letters if letter.id in tallies]


def _summed(letter: Letter, tally: Tally, now: datetime) -> Summary:
    return Summary(letter, letter.state_at(now), tally.organisations, tally.invited, tally.approved, tally.has_words)


def status(services: Services, letter_id: str) -> Status:
    """Every organisation's standing and the counts of each, in the roster's order. Raises NotFound."""
    now = services.clock()
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        worded = has_words(uow, letter)
        found = uow.roster.invited(letter_id)
        entries = [entry for entry, _ in found]
        invited = {entry.organisation_id: invitation for entry, invitation in found if invitation is not None}
        # Only answers to earlier words can have come to these by carry.
        older = any(entry.answer_version not in (None, letter.version) for entry in entries)
        versions = uow.letters.versions(letter_id) if older else []
        asked = {invitation.id for invitation in invited.values()}
        mails: dict[str, Notice] = {
            each.organisation: each
            for each in uow.outbox.of_letter(letter_id)
            if each.kind in (NoticeKind.INVITATION, NoticeKind.NEW_VERSION) and each.invitation_id in asked
        }
        remarks: dict[str, list[Remark]] = {}
        for remark in uow.remarks.of_letter(letter_id):
            remarks.setdefault(remark.organisation_id, []).append(remark)
        who = speakers(services, uow, letter, entries, invited, now)
    rows = []
    for entry in entries:
        mail, said = mails.get(entry.organisation_id), remarks.get(entry.organisation_id, [])
        reaches = entry.answer_version != letter.version and carried(versions, entry, letter.version)
        standing = entry.standing(
            version=letter.version,
            invited=entry.organisation_id in invited,
            mail_failed=mail is not None and mail.came_back,
            carried=reaches,
        )
        rows.append(
            StatusRow(
                entry=entry,
                standing=standing,
                mail=mail.status if mail else None,
                carried_from=entry.answer_version if reaches and standing is Standing.APPROVED else None,
                speakers=who.get(entry.organisation_id, NOBODY_INVITED),
                remarks=len(said),
                conditions=sum(each.waits(entry.answered_at) for each in said),
            )
        )
    counts = Counter(row.standing.value for row in rows)
    in_short = {each.value: counts[each.value] for each in Standing if each.in_short is each}
    return Status(letter, letter.state_at(now), tuple(rows), in_short, worded)
