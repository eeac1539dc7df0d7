"""Mails to be sent, as outbox rows in the same unit of work as what they tell of."""

from __future__ import annotations

from datetime import datetime

from signing.domain.organisation import RosterEntry
from signing.workflow.identifiers import new_id
from signing.workflow.ports import Notice, NoticeKind, Services


def notice(
    services: Services,
    kind: NoticeKind,
    entry: RosterEntry,
    invitation_id: str,
    subject_id: str,
    due: datetime,
) -> Notice:
    """One mail to the organisation's address. Its Message-ID is fixed now, so that a second copy after a
    crash can be told for what it is."""
    name = new_id(services)
    return Notice(
        id=name,
        kind=kind,
        letter_id=entry.letter_id,
        organisation_id=entry.organisation_id,
        invitation_id=invitation_id,
        subject_id=subject_id,
        to=entry.email,
        message_id=f"<{name}@{services.installation.host}>",
        due=due,
    )
