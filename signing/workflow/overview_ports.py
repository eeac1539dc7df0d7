"""What the workflow needs to know of a whole letter at once, however long its roster; `adapters/` fulfils this port.

Everything here is computed where the data is: a page reads its fifty rows and the figures, never the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from signing.domain.invitation import Invitation
from signing.domain.letter import Letter
from signing.domain.organisation import RosterEntry, Standing
from signing.workflow.mail_ports import NoticeStatus

# Asks for those of whom a country or a group is not said.
NOT_SAID = ""


class Order(StrEnum):
    """What a list of organisations may be sorted by."""

    NAME = "name"
    ANSWERED = "answered"
    STATE = "state"
    STAGE = "stage"


class Attention(StrEnum):
    """What a coordinator may have to do about an organisation, beside its standing."""

    NEEDS_CONTACT = "needs-contact"
    CONDITIONS = "yes-if"
    # Its "yes, if" is met in the open version, which it has still to answer.
    ASKED_AGAIN = "asked-again"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which organisations of a letter are meant: those that fit everything that is given. `among` are ids; there being
    none of them, everybody."""

    standing: Standing | None = None
    attention: Attention | None = None
    stage: int | None = None
    country: str | None = None
    language: str | None = None
    group: str | None = None
    words: str = ""
    among: frozenset[str] = frozenset()

    @property
    def is_everybody(self) -> bool:
        return self == Choice()


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is, and whether nobody can answer any more: what standings depend on beside the data."""

    now: datetime
    doors_shut: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the list, in which order."""

    choice: Choice
    order: Order = Order.NAME
    descending: bool = False
    offset: int = 0
    size: int = 50


@dataclass(frozen=True, slots=True)
class Buckets:
    """Spans of time that approvals are counted by, end to end from `start`."""

    start: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class Tally:
    """How many organisations a letter has, how many of them are invited, and how many stand under it;
    `has_words` once there is a draft or a version."""

    organisations: int
    invited: int
    approved: int
    has_words: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of a letter, and the organisations of one page: their ids and standings in order.

    `stages`, `countries`, `languages`: how many of each standing are in each (None: not said). `approvals`: how many of
    those that stand today approved within each bucket, by its number. `fitting` fit the choice of the page.
    """

    standings: Mapping[Standing, int]
    stages: Mapping[int, Mapping[Standing, int]]
    countries: Mapping[str | None, Mapping[Standing, int]]
    languages: Mapping[str | None, Mapping[Standing, int]]
    groups: Sequence[str]
    attention: Mapping[Attention, int]
    approvals: Mapping[int, int]
    fitting: int
    page: Sequence[tuple[str, Standing]]


@dataclass(frozen=True, slots=True)
class MailState:
    """How the newest mail that asked an organisation fares."""

    status: NoticeStatus
    reply: str | None
    sent_at: datetime | None
    delivered_at: datetime | None
    bounced_at: datetime | None
    bounce_reason: str | None

    @property
    def failed(self) -> bool:
        return self.bounced_at is not None or self.status is NoticeStatus.FAILED

    @property
    def trouble(self) -> str | None:
        """Why it did not arrive, as the servers said it."""
        return (self.bounce_reason or self.reply) if self.failed else None


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One organisation as a list shows it. `reviewer` is the second person's invitation, `agreed` whether that person
    agreed to the present words; `told` is the day and the way of an approval that is no assent."""

    entry: RosterEntry
    standing: Standing
    invitation: Invitation | None = None
    reviewer: Invitation | None = None
    mail: MailState | None = None
    remarks: int = 0
    unanswered: int = 0
    conditions: int = 0
    needs_contact: bool = False
    told: tuple[str, str] | None = None
    keys: int = 0

    @property
    def link_ended_at(self) -> datetime | None:
        """When the link of whoever answers was ended, if no newer one was sent."""
        return self.invitation.revoked_at if self.invitation else None

    @property
    def silenced(self) -> bool:
        """Whether it has not answered, and cannot: its link was ended, so that what became of the mail is past."""
        return self.link_ended_at is not None and self.standing in (
            Standing.INVITED, Standing.DELIVERED, Standing.SILENT, Standing.OPENED, Standing.BOUNCED,
            Standing.MAIL_FAILED,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to the whole letter: an act by its name, when, and how often on that day."""

    what: str
    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened to a letter beside its answers, oldest first, and how far those outside have followed its log:
    what each authority stamped last, and who cosigned the newest size that anybody cosigned."""

    marks: Sequence[Mark]
    log_size: int
    stamped: Mapping[str, tuple[int, datetime]] = field(default_factory=dict)
    cosigned_size: int = 0
    cosigned_by: Sequence[str] = ()


class Overview(Protocol):
    """One statement each."""

    def letter(self, letter_id: str) -> tuple[Letter, Tally] | None: ...
    def tallies(self, letter_ids: Sequence[str]) -> Mapping[str, Tally]:
        """Of each of these letters."""

    def timeline(self, letter_id: str, acts: Sequence[str]) -> Timeline:
        """The openings of its versions, and those of the acts, counted by day."""

    def figures(self, letter_id: str, moment: Moment, page: Page, buckets: Buckets) -> Figures: ...
    def rows(self, letter_id: str, chosen: Sequence[tuple[str, Standing]]) -> list[OverviewRow]:
        """These organisations in the order given."""

    def chosen(self, letter_id: str, moment: Moment, choice: Choice) -> list[tuple[str, Standing]]:
        """Every organisation that fits, by name."""

    def stream(self, letter_id: str, moment: Moment, page: Page) -> Iterator[OverviewRow]:
        """Every organisation that fits, in order, read bit by bit; `offset` and `size` are not looked at."""

    def token(self, letter_id: str) -> str:
        """Something short that differs as soon as a page about the letter would."""


class SheetMaker(Protocol):
    """Writes rows of words into a file of one kind, the first of them the header."""

    def __call__(self, rows: Iterator[tuple[str, ...]]) -> Iterator[bytes]: ...
