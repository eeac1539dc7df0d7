"""The record of what coordinators do: one row in the unit of work of what is done, so that neither is without the
other."""

from __future__ import annotations

from enum import StrEnum

from signing.domain.access import Actor
from signing.domain.activity import Activity
from signing.workflow.identifiers import new_id
from signing.workflow.ports import Services, UnitOfWork


class Act(StrEnum):
    """What can be done, in the past tense; sorted by the part of the house."""

    LETTER_BEGUN = "letter-begun"
    LETTER_IMPORTED = "letter-imported"
    DRAFT_SAVED = "draft-saved"
    VERSION_OPENED = "version-opened"
    PAPER_CHOSEN = "paper-chosen"
    STATEMENT_PREPARED = "statement-prepared"
    KEY_VOUCHED = "key-vouched"
    KEY_REVOKED = "key-revoked"
    ROSTER_IMPORTED = "roster-imported"
    ENTRY_CHANGED = "entry-changed"
    ENTRY_REMOVED = "entry-removed"
    STAGED = "staged"
    GROUPED = "grouped"
    SORTED = "sorted"
    BOOK_CHANGED = "book-changed"
    INVITED = "invited"
    STAGE_ARRANGED = "stage-arranged"
    LINK_REISSUED = "link-reissued"
    LINK_REVOKED = "link-revoked"
    REMINDED = "reminded"
    MAIL_WORDED = "mail-worded"
    MAIL_TRIED = "mail-tried"
    ADDRESS_CORRECTED = "address-corrected"
    POLICY_CHANGED = "policy-changed"
    DEADLINE_CHANGED = "deadline-changed"
    SHARING_CHANGED = "sharing-changed"
    SECOND_PERSON_ASKED = "second-person-asked"
    REMARK_ANSWERED = "remark-answered"
    REMARK_ACCEPTED = "remark-accepted"
    REMARK_DECLINED = "remark-declined"
    REMARK_REOPENED = "remark-reopened"
    TOLD_WRITTEN_DOWN = "told-written-down"
    TOLD_STRUCK_OUT = "told-struck-out"
    TOKEN_MADE = "token-made"
    TOKEN_REVOKED = "token-revoked"
    WEBHOOK_ADDED = "webhook-added"
    WEBHOOK_STOPPED = "webhook-stopped"
    CLOSED = "closed"
    CLOSING_CALLED_OFF = "closing-called-off"
    PUBLISHED = "published"
    SEALED = "sealed"
    EMBARGO_CHOSEN = "embargo-chosen"
    LATE_CHOSEN = "late-chosen"
    DELIVERY_CHANGED = "delivery-changed"
    DELIVERED = "delivered"
    PRESS_CHANGED = "press-changed"
    ABANDONED = "abandoned"
    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"
    KEEPING_CHOSEN = "keeping-chosen"
    CONTACTS_FORGOTTEN = "contacts-forgotten"
    MEMBER_ADDED = "member-added"
    MEMBER_CHANGED = "member-changed"
    MEMBER_REMOVED = "member-removed"
    DIGEST_WISHED = "digest-wished"
    DIGEST_ENDED = "digest-ended"
    SIGNED_IN = "signed-in"
    PASSWORD_CHANGED = "password-changed"
    PASSWORD_SET = "password-set"
    APP_ADDED = "app-added"
    APP_REMOVED = "app-removed"
    RECOVERY_CODE_USED = "recovery-code-used"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    SESSION_ENDED = "session-ended"
    OTHER_SESSIONS_ENDED = "other-sessions-ended"
    ACCOUNT_ADDED = "account-added"
    ACCOUNT_RESET = "account-reset"
    ACCOUNT_DISABLED = "account-disabled"
    ACCOUNT_ENABLED = "account-enabled"
    KEY_REGISTERED = "key-registered"
    KEY_RETIRED = "key-retired"


def record(
    services: Services, uow: UnitOfWork, act: Act, letter_id: str | None, subject: str | None = None, **detail: object
) -> None:
    """Write down that whoever acts now did `act`; counts once the caller commits."""
    record_by(services, uow, services.actor(), act, letter_id, subject, **detail)


def record_by(
    services: Services,
    uow: UnitOfWork,
    actor: Actor,
    act: Act,
    letter_id: str | None,
    subject: str | None = None,
    **detail: object,
) -> None:
    """The same of somebody who is not signed in yet."""
    uow.activity.add(
        Activity(
            id=new_id(services),
            letter_id=letter_id,
            account_id=actor.account_id,
            actor=actor.name,
            act=act.value,
            subject=subject,
            detail={name: str(value) for name, value in detail.items()},
            at=services.clock(),
        )
    )
