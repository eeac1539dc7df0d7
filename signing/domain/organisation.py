"""An organisation on a letter's roster, what it has answered, and what may follow on what (DESIGN 5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from signing.domain.errors import N_, NotAllowed


class Answer(StrEnum):
    """What is stored of an organisation's stand; everything else is computed."""

    INVITED = "invited"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """What a contact may say, as the statement spells it (EVIDENCE 4.3)."""

    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class Standing(StrEnum):
    """What the coordinator is shown: the stored answer, or what its absence means.

    Those that have a shorter word in `IN_SHORT` tell more of it; programs are given the short one.
    """

    NOT_INVITED = "not-invited"
    INVITED = "invited"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    OPENED = "opened"
    ASKED = "asked"
    TOLD = "told"
    SILENT = "silent"
    MAIL_FAILED = "mail-failed"
    APPROVED = "approved"
    CARRIED = "carried"
    CONFIDENTIAL = "confidential"
    LAPSED = "lapsed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def in_short(self) -> Standing:
        """The word of those seven that an answer, or its absence, comes down to."""
        return IN_SHORT.get(self, self)

    @property
    def approves(self) -> bool:
        """Whether the organisation stands under the present words."""
        return self.in_short is Standing.APPROVED


IN_SHORT: dict[Standing, Standing] = {
    # On its way, or taken by the mail server of its address; nobody has shown to be a person yet.
    Standing.INVITED: Standing.SILENT,
    Standing.DELIVERED: Standing.SILENT,
    # The newest mail came back, or no server would take it.
    Standing.BOUNCED: Standing.MAIL_FAILED,
    # A mailed code was typed: no scanner does that.
    Standing.OPENED: Standing.SILENT,
    # A remark or a question waits for the coordinator.
    Standing.ASKED: Standing.SILENT,
    # On paper or by telephone: written down, and no assent.
    Standing.TOLD: Standing.SILENT,
    Standing.CARRIED: Standing.APPROVED,
    Standing.CONFIDENTIAL: Standing.APPROVED,
}
# A mail that nobody has opened after so long is answered by silence.
SILENT_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Signs:
    """All that an organisation's standing is computed from; `approval_holds` says whether an approval reaches the
    present words, by carry where it `carries`. `mail_bounced`, `mail_sent_at` are of its newest mail that asks it."""

    answer: Answer
    approval_holds: bool = False
    carries: bool = False
    confidential: bool = False
    invited: bool = False
    told: bool = False
    mail_bounced: bool = False
    mail_sent_at: datetime | None = None
    asks: bool = False
    opened: bool = False


def standing_of(signs: Signs, now: datetime, doors_shut: bool) -> Standing:
    """Where an organisation stands: the first row that fits. `adapters/overview.py` asks the database the same."""
    sent = signs.mail_sent_at
    waited = sent is not None and (doors_shut or now - sent >= SILENT_AFTER)
    approved = signs.answer is Answer.APPROVED
    rows: tuple[tuple[bool, Standing], ...] = (
        (signs.answer is Answer.DECLINED, Standing.DECLINED),
        (signs.answer is Answer.WITHDRAWN, Standing.WITHDRAWN),
        (approved and not signs.approval_holds, Standing.LAPSED),
        (approved and signs.confidential, Standing.CONFIDENTIAL),
        (approved and signs.carries, Standing.CARRIED),
        (approved, Standing.APPROVED),
        (signs.told, Standing.TOLD),
        (not signs.invited, Standing.NOT_INVITED),
        (signs.mail_bounced, Standing.BOUNCED),
        (signs.asks, Standing.ASKED),
        (signs.opened, Standing.OPENED),
        (waited, Standing.SILENT),
        (sent is not None, Standing.DELIVERED),
    )
    return next((standing for fits, standing in rows if fits), Standing.INVITED)


TRANSITIONS: dict[tuple[Answer, Decision], Answer] = {
    (Answer.INVITED, Decision.APPROVE): Answer.APPROVED,
    (Answer.INVITED, Decision.DECLINE): Answer.DECLINED,
    (Answer.APPROVED, Decision.APPROVE): Answer.APPROVED,
    (Answer.APPROVED, Decision.WITHDRAW): Answer.WITHDRAWN,
    (Answer.DECLINED, Decision.APPROVE): Answer.APPROVED,
    (Answer.DECLINED, Decision.DECLINE): Answer.DECLINED,
    (Answer.WITHDRAWN, Decision.APPROVE): Answer.APPROVED,
}


def answer_after(answer: Answer, decision: Decision) -> Answer:
    """The stored answer once `decision` is logged.

    Raises NotAllowed for a move the table does not have (a withdrawal of nothing, a second withdrawal).
    """
    following = TRANSITIONS.get((answer, decision))
    if following is None:
        raise NotAllowed(
            N_("Your organisation has no approval to withdraw.")
            if decision is Decision.WITHDRAW
            else N_("Your organisation has approved this letter. To take that back, choose “withdraw”."),
            code="answer-not-possible",
        )
    return following


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One organisation of one letter with its contact and its answer.

    `answer_version` and `answer_index` say which words and which log entry the answer is about.
    `last_assent` and `last_committed` are hex SHA-256 of the newest payload under the open and the committed
    identity, the `prev` of the next one; `opening` is the file that opens the commitment. `former_emails` are
    addresses that were invited before: receipts go there too, so that a swapped address does not stay unseen.
    `two_persons`: a reviewer has to agree before an approval counts; `reviewed_version` is what was agreed to last.
    `accepts` says that the approval covers a change of typography only; `confidential` that the approval, or its
    withdrawal, stands under the commitment (a decline always does); `level` how the answer was signed. `sort_key` is
    the place of its name in the order of the letter's language, made anew by whoever stores the name.
    """

    letter_id: str
    organisation_id: str
    position: int
    organisation: str
    acronym: str | None
    listed_as: str | None
    native_name: str | None
    sort_name: str | None
    country: str | None
    group: str | None
    contact: str
    email: str
    role: str | None
    language: str | None
    stage: int
    former_emails: tuple[str, ...] = ()
    two_persons: bool = False
    reviewed_version: int | None = None
    answer: Answer = Answer.INVITED
    answer_version: int | None = None
    answer_index: int | None = None
    answered_at: datetime | None = None
    last_assent: str | None = None
    last_committed: str | None = None
    opening: bytes | None = None
    reason: str | None = None
    accepts: bool = False
    confidential: bool = False
    level: int | None = None
    sort_key: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def listed_name(self) -> str:
        return self.listed_as or self.organisation

    def standing(self, *, version: int, invited: bool, mail_failed: bool, carried: bool = False) -> Standing:
        """What to show: an approval of earlier words has lapsed unless it is `carried` to these, no answer is
        silence unless the mail failed."""
        if self.answer is Answer.APPROVED:
            return Standing.APPROVED if carried or self.answer_version == version else Standing.LAPSED
        if self.answer is not Answer.INVITED:
            return Standing(self.answer.value)
        if not invited:
            return Standing.NOT_INVITED
        return Standing.MAIL_FAILED if mail_failed else Standing.SILENT
