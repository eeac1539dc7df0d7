"""Mails that came back, or arrived: what mail servers report is held against what was sent, and noted.

A report can be written by anybody who has the mail it speaks of. So it counts only where it names a mail that went out
*and* the address that it went to, and all it can do is to have that mail shown as one that came back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from signing.workflow.mail_ports import DeliveryReport, Notice
from signing.workflow.ports import Services, UnitOfWork

NO_REASON = "The mail server sent it back and did not say why."


def note(services: Services, reports: Sequence[DeliveryReport]) -> int:
    """Note which mails came back or arrived; how many of them is news. Told twice it is news once."""
    if not any(report.failed or report.delivered for report in reports):
        return 0
    with services.unit_of_work(write=True) as uow:
        news = sum(_note(services, uow, report) for report in reports)
        uow.commit()
    return news


def _note(services: Services, uow: UnitOfWork, report: DeliveryReport) -> int:
    if not (report.failed or report.delivered):
        return 0
    named = {f"<{name}@{services.installation.host}>" for name in report.notices}
    now, news = services.clock(), 0
    for sent in uow.outbox.by_message_id(report.message_ids | named):
        if _is_of(sent, report.failed) or (report.failed and _is_of(sent, report.written_to)):
            news += uow.outbox.mark_bounced(sent.id, now, report.reason or NO_REASON)
        elif _is_of(sent, report.delivered):
            news += uow.outbox.mark_delivered(sent.id, now)
    return news


def _is_of(sent: Notice, addresses: frozenset[str]) -> bool:
    """Whether the mail was handed to a server, for one of these addresses."""
    return sent.attempts > 0 and plain_address(sent.to) in {plain_address(each) for each in addresses}


def plain_address(address: str) -> str:
    """One spelling for all of an address: servers write domains in ASCII, and names in whatever case."""
    name, _at, domain = address.strip().strip("<>").rpartition("@")
    with contextlib.suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return f"{name}@{domain}".casefold()
