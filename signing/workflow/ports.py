"""What the workflow needs from machines, as protocols; `adapters/` fulfils them, `bootstrap` chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from signing.domain.access import Actor
from signing.domain.invitation import Code, Invitation, Part
from signing.domain.letter import Letter, LetterState, Version
from signing.domain.organisation import RosterEntry
from signing.evidence.keyring import PublicKey
from signing.evidence.merkle import Frontier
from signing.workflow.account_ports import NO_COUNTER, Accounts, Passwords, RateKey, Rates, SignInPasskeys
from signing.workflow.address_book_ports import AddressBook, BroughtRosters
from signing.workflow.api_ports import ApiTokens, Webhooks
from signing.workflow.contact_ports import ContactChanges, LinkRequests, RefusedAddresses, Remarks, Reviews
from signing.workflow.delivery_ports import ContactData, DeliveryAddresses
from signing.workflow.editing_ports import WorkingTexts
from signing.workflow.evidence_ports import (
    Bindings,
    CoordinatorKeys,
    Cosignatures,
    HighWater,
    PreparedStatements,
    SealedDocuments,
    Sealer,
    TimeStamps,
)
from signing.workflow.mail_ports import MailSample, NoticeKind, Outbox, Wordings
from signing.workflow.overview_ports import Overview, SheetMaker
from signing.workflow.people_ports import ActivityRecord, Members
from signing.workflow.printing_ports import Collation, Rendering, Typesetter
from signing.workflow.roster_desk_ports import RosterDesk
from signing.workflow.roster_ports import Roster
from signing.workflow.stage_ports import Stages
from signing.workflow.tokens import Tokens
from signing.workflow.told_ports import ToldApprovals


class Letters(Protocol):
    def add(self, letter: Letter) -> None: ...
    def get(self, letter_id: str) -> Letter | None: ...
    def all(self) -> list[Letter]: ...

    def set_state(
        self,
        letter_id: str,
        state: LetterState,
        *,
        version: int | None = None,
        opened_at: datetime | None = None,
        closing_since: datetime | None = None,
        closed_at: datetime | None = None,
        published_at: datetime | None = None,
        attestor: str | None = None,
    ) -> None:
        """Store `state`; the other columns are written only where given, save `closing_since`, always."""

    def describe(
        self,
        letter_id: str,
        *,
        title: str,
        language: str,
        origin: str,
        base_url: str,
        hard_deadline: datetime | None,
    ) -> None:
        """Store what may still change before opening."""

    def set_policy(self, letter_id: str, *, min_level: int, binders: tuple[str, ...]) -> None:
        """Store what the letter asks of assents; the use case sees to it that it is never lowered."""

    def arrange(self, letter: Letter) -> None:
        """Store zone, deadlines, quorum, rhythm, what answers may be, and up to when the rhythm is done with."""

    def schedule(self, letter: Letter) -> None:
        """Store when it is published and forgotten, until when it takes late approvals, when it was abandoned, archived
        and forgotten, and for how many days contact data are kept."""

    def set_paper(self, letter_id: str, paper: str) -> None: ...
    def set_sharing(self, letter_id: str, *, shares: str, mail_links: bool) -> None: ...

    def draft(self, letter_id: str) -> Version | None:
        """The version not opened yet, if there is one."""

    def version(self, letter_id: str, number: int) -> Version | None: ...
    def versions(self, letter_id: str) -> list[Version]: ...

    def save_draft(self, version: Version) -> None:
        """Write or replace the files of a version that is not opened. An opened version is never changed."""

    def freeze(self, letter_id: str, number: int, opened_at: datetime, change: str | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class InvitationView:
    """One join: everything that opening a link or deciding needs to know; `code` is the newest one mailed.

    `entry` has the person who holds the invitation as its contact. `confirmed_at` is when a code was last answered
    in this browser. `has_keys`: a key was bound to the organisation, in whatever letter. `remarks` counts what it said
    beside its answer: of that the newest is about `remarked_version`, the newest "yes, if" about `condition_version`.
    `counted` is what the counter has that was asked for.
    """

    invitation: Invitation
    letter: Letter
    entry: RosterEntry
    code: Code | None = None
    confirmed_at: datetime | None = None
    head: LogHead | None = None
    has_keys: bool = False
    remarks: int = 0
    remarked_version: int | None = None
    condition_version: int | None = None
    counted: int = 0

    def code_sent(self, now: datetime) -> bool:
        """Whether a code is on its way to this browser that can still be typed."""
        return self.code is not None and self.code.usable(now)


class Invitations(Protocol):
    def add(self, invitation: Invitation) -> None: ...
    def add_all(self, invitations: Sequence[Invitation]) -> None:
        """The same for many, in as few statements."""

    def reissue(self, invitation: Invitation) -> None:
        """Store the new generation, digests, times and holder of a known invitation, and clear its revocation."""

    def revoke(self, invitation_id: str, at: datetime) -> None: ...
    def by_token(self, token_sha256: bytes, now: datetime) -> Invitation | None:
        """The invitation that the link of this digest opens now; one that ended costs what one that never was does."""

    def view(
        self, invitation_id: str, browser_sha256: bytes, counter: RateKey = NO_COUNTER
    ) -> InvitationView | None:
        """The invitation with the newest code that was asked for in this browser, and what a counter has."""

    def by_short(self, short_sha256: bytes, now: datetime) -> Invitation | None:
        """The invitation that the short code of this digest opens now, likewise."""

    def of_letter(self, letter_id: str, part: Part = Part.SIGNATORY) -> list[Invitation]:
        """The invitations of those who answer, or of the reviewers: at most one for an organisation."""

    def of_part(self, letter_id: str, organisation_id: str, part: Part) -> Invitation | None: ...
    def live(self, now: datetime) -> list[tuple[Invitation, RosterEntry]]:
        """Every invitation of every letter that is neither revoked nor expired, with its entry as it speaks."""

    def remember_language(self, invitation_id: str, language: str) -> None: ...
    def remember_short(self, invitation_id: str, short_sha256: bytes) -> None: ...
    def stop_reminders(self, invitation_id: str, at: datetime) -> None: ...
    def note_opened(self, invitation_id: str, at: datetime) -> None:
        """Remember that its holder showed to be a person; only the first time counts."""


class Codes(Protocol):
    def add(self, code: Code) -> None: ...
    def get(self, code_id: str) -> Code | None: ...
    def issued_since(self, invitation_id: str, since: datetime) -> int: ...
    def count_try(self, code_id: str) -> None: ...
    def use(self, code_id: str, at: datetime) -> None: ...
    def forget_before(self, at: datetime) -> None:
        """Remove codes issued before `at`."""


@dataclass(frozen=True, slots=True)
class LogHead:
    """The committed end of a letter's log; `lock`ed heads may be appended to."""

    letter_id: str
    frontier: Frontier

    @property
    def size(self) -> int:
        return self.frontier.size


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """`path` is the inclusion path in the tree of size `index` + 1, `root` that tree's root."""

    letter_id: str
    index: int
    kind: str
    entry: bytes
    root: bytes
    path: tuple[bytes, ...]
    at: datetime


class Log(Protocol):
    def create(self, letter_id: str) -> None:
        """Begin an empty log; a log that is there is left alone."""

    def lock(self, letter_id: str) -> LogHead:
        """The head, held against every other writer until this unit of work ends."""

    def head(self, letter_id: str) -> LogHead: ...

    def append(self, head: LogHead, kind: str, entry: bytes, at: datetime) -> LoggedEntry:
        """Number `entry` and write it with the new head, inside this unit of work (needs a locked head)."""

    def entry(self, letter_id: str, index: int) -> LoggedEntry | None: ...
    def newest(self, letter_id: str, kind: str) -> LoggedEntry | None:
        """The last entry of this kind, read without the others."""

    def entries(self, letter_id: str) -> list[LoggedEntry]: ...
    def root_at(self, letter_id: str, size: int) -> bytes | None:
        """The root when the log had `size` entries; None if it never had so many."""

    def roots(self, letter_id: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """The roots over these ranges of entries, each read from its last entry alone (`merkle.root_ending`)."""


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """A logged assent as the service remembers it, for the second press of a button and for the receipt.

    The names are those that were signed, of an approval in the open; None for every other answer.
    """

    letter_id: str
    organisation_id: str
    index: int
    version: int
    decision: str
    person: str
    role: str
    at: datetime
    idempotency_key: str
    form_sha256: str = ""
    listed_as: str | None = None
    acronym: str | None = None
    native_name: str | None = None
    sort_name: str | None = None


class Answers(Protocol):
    def add(self, answer: RecordedAnswer) -> None: ...
    def by_key(self, letter_id: str, organisation_id: str, idempotency_key: str) -> RecordedAnswer | None: ...
    def of_organisation(self, letter_id: str, organisation_id: str) -> list[RecordedAnswer]: ...


@dataclass(frozen=True, slots=True)
class Edition:
    """A closing's files by bundle name (`signatories.json`, `pdf/<lang>.pdf`), and the close entry's index."""

    letter_id: str
    number: int
    version: int
    index: int
    listed: int
    confidential: int
    closed_at: datetime
    files: dict[str, bytes]


class Editions(Protocol):
    def add(self, edition: Edition) -> None: ...
    def newest(self, letter_id: str) -> Edition | None: ...
    def all(self, letter_id: str) -> list[Edition]: ...


class UnitOfWork(Protocol):
    """One transaction. Leaving without `commit()` rolls back."""

    letters: Letters
    roster: Roster
    roster_desk: RosterDesk
    address_book: AddressBook
    brought_rosters: BroughtRosters
    invitations: Invitations
    codes: Codes
    log: Log
    outbox: Outbox
    answers: Answers
    editions: Editions
    accounts: Accounts
    sign_in_passkeys: SignInPasskeys
    rates: Rates
    bindings: Bindings
    coordinator_keys: CoordinatorKeys
    prepared: PreparedStatements
    time_stamps: TimeStamps
    cosignatures: Cosignatures
    sealed_documents: SealedDocuments
    remarks: Remarks
    contact_changes: ContactChanges
    reviews: Reviews
    refused_addresses: RefusedAddresses
    link_requests: LinkRequests
    activity: ActivityRecord
    overview: Overview
    stages: Stages
    told: ToldApprovals
    api_tokens: ApiTokens
    webhooks: Webhooks
    members: Members
    wordings: Wordings
    delivery_addresses: DeliveryAddresses
    contact_data: ContactData
    working_texts: WorkingTexts

    def commit(self) -> None: ...


class OpenUnitOfWork(Protocol):
    def __call__(self, *, write: bool = False) -> AbstractContextManager[UnitOfWork]:
        """Open a transaction; with `write` it may write and waits its turn among writers."""


class Signer(Protocol):
    """A private key that signs; `public` is its name and public half."""

    @property
    def public(self) -> PublicKey: ...
    def sign(self, data: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Installation:
    """What stays the same for all letters: addresses, release, the witnesses' C2SP tlog-policy (empty: none),
    the time-stamping authorities that are asked, and the root certificate (PEM) of each, and of earlier ones, by
    name; the address that mails come from."""

    base_url: str
    host: str
    release: str
    witness_policy: str = ""
    time_authorities: tuple[str, ...] = ()
    tsa_roots: Mapping[str, str] = field(default_factory=dict)
    mail_from: str = ""


def nothing_to_scrub() -> None:
    """Where there is no file of deleted bytes."""


@dataclass(frozen=True, slots=True)
class SampleOf:
    """A kind of mail to organisations in one language, about `version`, with the coordinator's `own` words by part."""

    letter: Letter
    version: Version | None
    kind: NoticeKind
    language: str
    own: Mapping[str, str] = field(default_factory=dict)


class MailSampling(Protocol):
    """Shows mails before they go, to an organisation that does not exist."""

    def kinds(self) -> Sequence[NoticeKind]:
        """The kinds of mail to organisations that there are."""

    def spoken(self, language: str) -> str:
        """The language that a reader of `language` is written to in."""

    def sample(self, services: Services, about: SampleOf) -> MailSample:
        """One mail; nothing in it opens anything."""


def command_line() -> Actor:
    """Whoever has a shell on the server."""
    return Actor("command line")


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a use case may ask of the world, built once by `bootstrap`.

    `renderings` and `sheets` are by the ending of the file they make: `html`, `txt`, `docx`; `csv`, `xlsx`. `actor`
    says who acts just now: the account of the request that is answered, the command line, or the clock. `scrub` makes
    the database's files anew without what was deleted. `samples` sets mails before they go.
    """

    unit_of_work: OpenUnitOfWork
    clock: Callable[[], datetime]
    random: Callable[[int], bytes]
    tokens: Tokens
    log_key: Signer
    attestor: Signer
    coordinator: Signer | None
    document_certificate: str
    high_water: HighWater
    typesetter: Typesetter
    renderings: Mapping[str, Rendering]
    collation: Collation
    passwords: Passwords
    installation: Installation
    sealer: Sealer | None = None
    actor: Callable[[], Actor] = command_line
    sheets: Mapping[str, SheetMaker] = field(default_factory=dict)
    scrub: Callable[[], None] = nothing_to_scrub
    samples: MailSampling | None = None
