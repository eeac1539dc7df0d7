"""Looks into the return mailbox once a minute; may import `workflow` and the rooms of bounces. A `log_keeper.Keeper`.

It runs beside the logs' keepers, not among the clock's duties: a mailbox that hangs must not keep a letter from being
published at its time.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from signing.adapters.bounces import read_report
from signing.adapters.return_mailbox import ReturnMailbox, Unreadable
from signing.domain.errors import Unavailable
from signing.workflow import bounces
from signing.workflow.mail_ports import DeliveryReport
from signing.workflow.ports import Services

EVERY = timedelta(minutes=1)
MOST_AT_ONCE = 20
# Minutes to leave the mailbox alone after so many failures in a row.
WAITS = (1, 2, 5, 10, 30)

log = logging.getLogger(__name__)


class BounceKeeper:
    """Notes which mails came back."""

    def __init__(self, services: Services, mailbox: ReturnMailbox) -> None:
        self._services = services
        self._mailbox = mailbox
        self._next: datetime | None = None
        self._failures = 0

    def run(self, now: datetime) -> None:
        """Read what waits, if it is time. Raises Unavailable when the database cannot be used."""
        if self._next is not None and now < self._next <= now + timedelta(minutes=WAITS[-1]):
            return
        self._next = now + EVERY
        try:
            for _again in range(MOST_AT_ONCE):
                if not self.read_some():
                    break
        except Unreadable as unreadable:
            wait = WAITS[min(self._failures, len(WAITS) - 1)]
            self._failures += 1
            self._next = now + timedelta(minutes=wait)
            log.warning("the return mailbox cannot be read: %s; trying again in %d minutes", unreadable.reason, wait)
        else:
            self._failures = 0

    def read_some(self) -> int:
        """Note what some of the waiting mails report, then put these away; how many they were. Raises Unreadable."""
        mails = self._mailbox.waiting()
        if not mails:
            return 0
        reports = [read_report(mail.beginning) for mail in mails]
        try:
            news = bounces.note(self._services, reports)
        except Unavailable:
            raise
        except Exception as error:
            # One report that cannot be noted must not hold up the others for ever.
            log.error("bounces cannot be noted together: %s; one by one", type(error).__qualname__)
            news = self._one_by_one(reports)
        self._mailbox.put_away(mails)
        if news:
            log.info("%d mails were reported on", news)
        return len(mails)

    def _one_by_one(self, reports: list[DeliveryReport]) -> int:
        news = 0
        for report in reports:
            try:
                news += bounces.note(self._services, [report])
            except Unavailable:
                raise
            except Exception as error:
                log.error("a bounce cannot be noted: %s", type(error).__qualname__)
        return news
