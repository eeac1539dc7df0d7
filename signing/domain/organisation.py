"""An organisation on a letter's roster, what it has answered, and what may follow on what (DESIGN 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
    """What the coordinator is shown: the stored answer, or what its absence means."""

    NOT_INVITED = "not-invited"
    SILENT = "silent"
    MAIL_FAILED = "mail-failed"
    APPROVED = "approved"
    LAPSED = "lapsed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


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
    withdrawal, stands under the commitment (a decline always does); `level` how the answer was signed.
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
