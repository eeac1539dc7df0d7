"""A letter and its process: states, actions and the one table that says which action is allowed when (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from signing.domain.errors import N_, Faulty, NotAllowed
from signing.evidence.statement import BINDERS

CLOSING_LASTS = timedelta(minutes=30)
KEEP_DAYS = 365
# The sheets a letter may be printed on; `letter` is US Letter.
PAPERS = ("a4", "letter")
# What one organisation is shown of the others' answers while the letter is open.
SHARES = ("nobody", "count", "names")


class LetterState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    PUBLISHED = "published"
    ABANDONED = "abandoned"

    @property
    def closed(self) -> bool:
        """Whether the letter has an edition: closed, or closed and published."""
        return self in (LetterState.CLOSED, LetterState.PUBLISHED)


class LetterAction(StrEnum):
    DRAFT_VERSION = "draft a version"
    CHOOSE_PAPER = "choose the paper"
    CHOOSE_SHARING = "choose what organisations see"
    CHOOSE_POLICY = "change deadlines and policy"
    EDIT_ROSTER = "change the roster"
    OPEN_VERSION = "open a version"
    INVITE = "invite"
    REISSUE = "send a new link"
    REMIND = "remind"
    DISCUSS = "discuss"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    VOUCH = "vouch for a key"
    REVOKE_KEY = "revoke a key"
    BEGIN_CLOSING = "begin closing"
    FINISH_CLOSING = "finish closing"
    PUBLISH = "publish"
    CHOOSE_EMBARGO = "choose when it is published"
    CHOOSE_LATE = "choose until when late approvals are taken"
    DELIVER = "choose whom the letter is delivered to"
    ABANDON = "abandon"
    FORGET = "delete contact data"


S, A = LetterState, LetterAction
TRANSITIONS: dict[tuple[LetterState, LetterAction], LetterState] = {
    (S.DRAFT, A.DRAFT_VERSION): S.DRAFT,
    (S.DRAFT, A.CHOOSE_PAPER): S.DRAFT,
    (S.DRAFT, A.CHOOSE_SHARING): S.DRAFT,
    (S.DRAFT, A.CHOOSE_POLICY): S.DRAFT,
    (S.DRAFT, A.EDIT_ROSTER): S.DRAFT,
    (S.DRAFT, A.OPEN_VERSION): S.OPEN,
    (S.OPEN, A.DRAFT_VERSION): S.OPEN,
    (S.OPEN, A.CHOOSE_PAPER): S.OPEN,
    (S.OPEN, A.CHOOSE_SHARING): S.OPEN,
    (S.OPEN, A.CHOOSE_POLICY): S.OPEN,
    (S.OPEN, A.EDIT_ROSTER): S.OPEN,
    (S.OPEN, A.OPEN_VERSION): S.OPEN,
    (S.OPEN, A.INVITE): S.OPEN,
    (S.OPEN, A.REISSUE): S.OPEN,
    (S.OPEN, A.REMIND): S.OPEN,
    (S.OPEN, A.DISCUSS): S.OPEN,
    (S.OPEN, A.ANSWER): S.OPEN,
    (S.OPEN, A.WITHDRAW): S.OPEN,
    (S.OPEN, A.VOUCH): S.OPEN,
    (S.OPEN, A.REVOKE_KEY): S.OPEN,
    (S.OPEN, A.BEGIN_CLOSING): S.CLOSING,
    # A closing that was interrupted is simply begun again.
    (S.CLOSING, A.BEGIN_CLOSING): S.CLOSING,
    (S.CLOSING, A.FINISH_CLOSING): S.CLOSED,
    # Withdrawing is possible always, so whoever lost the link must be able to get a new one.
    (S.CLOSED, A.REISSUE): S.CLOSED,
    (S.CLOSED, A.WITHDRAW): S.CLOSED,
    (S.CLOSED, A.REVOKE_KEY): S.CLOSED,
    # A later withdrawal asks for a new edition; the letter stays closed until it is sealed.
    (S.CLOSED, A.BEGIN_CLOSING): S.CLOSED,
    (S.CLOSED, A.FINISH_CLOSING): S.CLOSED,
    (S.CLOSED, A.PUBLISH): S.PUBLISHED,
    (S.DRAFT, A.CHOOSE_EMBARGO): S.DRAFT,
    (S.OPEN, A.CHOOSE_EMBARGO): S.OPEN,
    (S.CLOSED, A.CHOOSE_EMBARGO): S.CLOSED,
    (S.OPEN, A.CHOOSE_LATE): S.OPEN,
    (S.CLOSED, A.CHOOSE_LATE): S.CLOSED,
    (S.DRAFT, A.DELIVER): S.DRAFT,
    (S.OPEN, A.DELIVER): S.OPEN,
    (S.CLOSING, A.DELIVER): S.CLOSING,
    (S.CLOSED, A.DELIVER): S.CLOSED,
    (S.DRAFT, A.ABANDON): S.ABANDONED,
    (S.OPEN, A.ABANDON): S.ABANDONED,
    # Pressed twice.
    (S.ABANDONED, A.ABANDON): S.ABANDONED,
    (S.ABANDONED, A.REVOKE_KEY): S.ABANDONED,
    (S.ABANDONED, A.FORGET): S.ABANDONED,
}
# Publishing twice is publishing; everything else goes on as when closed.
TRANSITIONS |= {(S.PUBLISHED, action): S.PUBLISHED for state, action in tuple(TRANSITIONS) if state is S.CLOSED}
del TRANSITIONS[S.PUBLISHED, A.CHOOSE_EMBARGO]
TRANSITIONS[S.PUBLISHED, A.FORGET] = S.PUBLISHED
# What a closed letter allows besides while late approvals are taken: they come into its next edition.
LATE: dict[tuple[LetterState, LetterAction], LetterState] = {
    (state, action): state
    for state in (S.CLOSED, S.PUBLISHED)
    for action in (A.ANSWER, A.INVITE, A.REMIND, A.EDIT_ROSTER, A.VOUCH)
}

REFUSALS: dict[tuple[LetterState, LetterAction], str] = {
    (S.DRAFT, A.INVITE): "Open the letter first: invitations go out only for words that no longer change.",
    (S.DRAFT, A.REMIND): "Open the letter first: nobody has been asked yet.",
    (S.DRAFT, A.ANSWER): N_("This letter is not open yet."),
    (S.DRAFT, A.BEGIN_CLOSING): "Open the letter first: nobody has been asked yet.",
    (S.CLOSING, A.DISCUSS): N_("The letter is being closed just now. Please come back in a few minutes."),
    (S.CLOSED, A.DISCUSS): N_(
        "This letter is closed: its words no longer change. Please write to the person who coordinates it."
    ),
    (S.CLOSING, A.ANSWER): N_("The letter is being closed just now. Please come back in a few minutes."),
    (S.CLOSING, A.WITHDRAW): N_("The letter is being closed just now. Please come back in a few minutes."),
    (S.CLOSING, A.VOUCH): "The letter is being closed just now. Please come back in a few minutes.",
    (S.CLOSING, A.REVOKE_KEY): "The letter is being closed just now. Please come back in a few minutes.",
    (S.CLOSED, A.VOUCH): "This letter is closed: nobody signs it with a new key any more.",
    (S.CLOSED, A.ANSWER): N_(
        "This letter is closed to answers. A late approval has to wait for the next edition: please write to the "
        "coordinator."
    ),
    (S.CLOSING, A.INVITE): N_("The letter is being closed just now. Please come back in a few minutes."),
    (S.CLOSING, A.REISSUE): N_("The letter is being closed just now. Please come back in a few minutes."),
    (S.CLOSED, A.INVITE): N_("This letter is closed: nobody can be invited any more."),
    (S.CLOSING, A.REMIND): "The letter is being closed just now. Please come back in a few minutes.",
    (S.CLOSED, A.REMIND): "This letter is closed: nobody is asked for an answer any more.",
    (S.CLOSED, A.CHOOSE_PAPER): "This letter is closed: its paper can no longer change.",
    (S.CLOSING, A.CHOOSE_SHARING): "The letter is being closed just now. Please come back in a few minutes.",
    (S.CLOSING, A.CHOOSE_POLICY): "The letter is being closed just now. Please come back in a few minutes.",
    (S.CLOSED, A.CHOOSE_POLICY): "This letter is closed: its deadlines and rules can no longer change.",
    (S.CLOSED, A.CHOOSE_SHARING): "This letter is closed: nobody is asked any more, so there is nothing to share.",
    (S.CLOSED, A.EDIT_ROSTER): "This letter is closed: its roster can no longer change.",
    (S.CLOSED, A.OPEN_VERSION): "This letter is closed: other words are another letter.",
    (S.CLOSED, A.DRAFT_VERSION): "This letter is closed: other words are another letter.",
    (S.DRAFT, A.PUBLISH): "Close the letter first: what is published is a signed edition of it.",
    (S.OPEN, A.PUBLISH): "Close the letter first: what is published is a signed edition of it.",
    (S.CLOSING, A.PUBLISH): "The letter is being closed just now. Please publish it in a few minutes.",
    (S.CLOSING, A.CHOOSE_EMBARGO): "The letter is being closed just now. Please come back in a few minutes.",
    (S.CLOSING, A.CHOOSE_LATE): "The letter is being closed just now. Please come back in a few minutes.",
    (S.DRAFT, A.CHOOSE_LATE): "Open the letter first: nobody can be late for it yet.",
    (S.CLOSING, A.ABANDON): "The letter is being closed just now. Call the closing off first.",
    (S.CLOSED, A.ABANDON): "This letter is closed and signed: it can no longer be abandoned. You need not publish it.",
    (S.DRAFT, A.FORGET): "Abandon the letter first: what is being prepared is not deleted.",
    (S.OPEN, A.FORGET): "Abandon the letter first, or close and publish it: organisations are being asked just now.",
    (S.CLOSING, A.FORGET): "The letter is being closed just now. Please come back in a few minutes.",
    (S.CLOSED, A.FORGET): "Publish the letter first: until then its organisations have to be reached.",
}
REFUSALS |= {(S.PUBLISHED, action): words for (state, action), words in REFUSALS.items() if state is S.CLOSED}
del REFUSALS[S.PUBLISHED, A.FORGET]
REFUSALS[S.PUBLISHED, A.CHOOSE_EMBARGO] = "This letter is published already."
# What needs an address of somebody to mail to.
NEEDS_CONTACTS = frozenset({A.INVITE, A.REISSUE, A.REMIND, A.DELIVER, A.CHOOSE_LATE})
FORGOTTEN = "The contact data of this letter are deleted: nobody can be mailed about it any more."
ABANDONED = N_("This letter was abandoned: it will not be published, and nobody is named under it.")

NOT_NOW = "The letter is not in a state in which this can be done."


@dataclass(frozen=True, slots=True)
class Letter:
    """`version` is the newest opened version (0 while a draft). `origin` is the log's name, fixed at opening.

    `min_level` and `binders` are the letter's policy for assents (EVIDENCE 4.1, 4.2), never lowered once opened.
    `attestor` is the name of the key that may sign for the service, as the newest version says. `paper` is one of
    `PAPERS`, for drafts and for every edition. `shares` is one of `SHARES`; `mail_links` says whether mails carry a
    link, or a short code alone that is typed at the service's own address. `soft_deadline` is the one that mails and
    pages ask for, the hard one shuts the doors. `publish_at` ends the embargo: the clock publishes then. `quorum` is
    how many must have approved before it is published. `rhythm` are the automatic reminders, as `domain/rhythm` reads
    them. `late_until`: until then late approvals are taken for the next edition. Contact data is forgotten `keep_days`
    after the letter is published or abandoned. `reminded_up_to`: the turns of the rhythm until then are done with.
    """

    id: str
    title: str
    language: str
    state: LetterState
    version: int
    origin: str
    base_url: str
    zone: str
    hard_deadline: datetime | None
    ignore_article: bool
    created_at: datetime
    opened_at: datetime | None = None
    closing_since: datetime | None = None
    closed_at: datetime | None = None
    min_level: int = 1
    binders: tuple[str, ...] = ("attestor",)
    published_at: datetime | None = None
    attestor: str | None = None
    paper: str = "a4"
    shares: str = "nobody"
    mail_links: bool = True
    soft_deadline: datetime | None = None
    publish_at: datetime | None = None
    quorum: int = 0
    allows_confidential: bool = True
    allows_carry: bool = True
    rhythm: tuple[str, ...] = ()
    late_until: datetime | None = None
    abandoned_at: datetime | None = None
    archived_at: datetime | None = None
    keep_days: int = KEEP_DAYS
    forgotten_at: datetime | None = None
    reminded_up_to: datetime | None = None

    def policy(self, min_level: int | None, binders: Iterable[str] | None) -> tuple[int, tuple[str, ...]]:
        """What assents must meet once these wishes (None: as it is) are granted; opened words bind the letter.

        Raises Faulty with `field` for values that do not exist, and for a policy lowered after the first opening.
        """
        level = self.min_level if min_level is None else min_level
        wanted = set(self.binders if binders is None else binders)
        if not 1 <= level <= 4:
            raise Faulty("Levels go from 1 (attested) to 4 (own key).", field="min_level", code="level-unknown")
        if not wanted or not wanted <= set(BINDERS):
            raise Faulty(
                "A key is vouched for by the attestor, the coordinator, or both.",
                field="binders",
                code="binders-unknown",
            )
        if self.version and (level < self.min_level or not wanted >= set(self.binders)):
            raise Faulty(
                "What an open letter asks of approvals can be raised with a new version, never lowered.",
                field="min_level" if level < self.min_level else "binders",
                code="policy-lowered",
            )
        return level, tuple(binder for binder in BINDERS if binder in wanted)

    @property
    def host(self) -> str:
        """The service domain that names this letter's origin, statement types and namespace."""
        return self.origin.partition("/")[0]

    def state_at(self, now: datetime) -> LetterState:
        """The state as time has made it: a closing left unsigned for 30 minutes is open again."""
        if self.state is S.CLOSING and self.closing_since and now - self.closing_since >= CLOSING_LASTS:
            return S.OPEN
        return self.state

    def past_deadline(self, now: datetime) -> bool:
        """The hard deadline closes the doors to answers, not the letter."""
        return self.hard_deadline is not None and now >= self.hard_deadline

    def takes_late(self, now: datetime) -> bool:
        """Whether a closed letter takes approvals for its next edition now."""
        return self.late_until is not None and now < self.late_until and self.forgotten_at is None

    def embargoed(self, now: datetime) -> bool:
        """Whether it is not published yet because its time has not come."""
        return self.published_at is None and self.publish_at is not None and now < self.publish_at

    @property
    def forgotten_on(self) -> datetime | None:
        """When the contact data of a letter that is over are deleted; None while it is not over."""
        over = self.published_at or self.abandoned_at
        return over + timedelta(days=self.keep_days) if over else None

    def asked_until(self, now: datetime) -> datetime | None:
        """The deadline that pages and mails ask for: the soft one until it has passed, then the hard one."""
        if self.soft_deadline is not None and now < self.soft_deadline:
            return self.soft_deadline
        return self.hard_deadline

    def after(self, action: LetterAction, now: datetime) -> LetterState:
        """The state that `action` leads to.

        Raises NotAllowed when the table has no such move, or the doors are shut by the deadline.
        """
        state = self.state_at(now)
        following = TRANSITIONS.get((state, action))
        if following is None and self.takes_late(now):
            following = LATE.get((state, action))
        if following is None:
            words = ABANDONED if state is S.ABANDONED else REFUSALS.get((state, action), NOT_NOW)
            raise NotAllowed(words, code=f"letter-{state}")
        if self.forgotten_at is not None and action in NEEDS_CONTACTS:
            raise NotAllowed(FORGOTTEN, code="contacts-forgotten")
        if action is A.ANSWER and not state.closed and self.past_deadline(now):
            raise NotAllowed(
                "The deadline for answers has passed. If you still want to answer, please write to the coordinator.",
                code="deadline-passed",
            )
        return following


@dataclass(frozen=True, slots=True)
class Version:
    """The words of one version: the exact `.md` file of each language, by language tag.

    `change` is what it changed against the version before, as EVIDENCE 4.3 (*Carry*) sees it: nothing, typography
    or words; None for a draft and for the first.
    """

    letter_id: str
    number: int
    files: dict[str, bytes]
    opened_at: datetime | None
    change: str | None = None
