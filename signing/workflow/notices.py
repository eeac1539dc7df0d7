"""Mails to be sent, as outbox rows in the same unit of work as what they tell of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from signing.domain.organisation import RosterEntry
from signing.workflow.identifiers import new_id
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.ports import Services


def notice(
    services: Services,
    kind: NoticeKind,
    entry: RosterEntry,
    invitation_id: str,
    subject_id: str,
    due: datetime,
    *,
    language: str | None = None,
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
        message_id=_message_id(services, name),
        due=due,
        language=language,
    )


def letter_notice(
    services: Services,
    kind: NoticeKind,
    letter_id: str,
    subject_id: str,
    to: str,
    due: datetime,
    *,
    language: str | None = None,
) -> Notice:
    """One mail about a letter to an address that is no organisation's: a coordinator's, an addressee's."""
    name = new_id(services)
    return Notice(
        id=name,
        kind=kind,
        letter_id=letter_id,
        organisation_id=None,
        invitation_id=None,
        subject_id=subject_id,
        to=to,
        message_id=_message_id(services, name),
        due=due,
        language=language,
    )


def readdressed(services: Services, notice: Notice, address: str) -> Notice:
    """The same mail to another address, as a mail of its own."""
    name = new_id(services)
    return replace(notice, id=name, to=address, message_id=_message_id(services, name))


def _message_id(services: Services, name: str) -> str:
    return f"<{name}@{services.installation.host}>"
