"""Sends what is due in the outbox, and sweeps up once an hour; may import the mail rooms beside it.

Claim a few under a lease, send each outside any transaction, mark each right after the server's answer, in a
commit of its own. A worker killed at any moment sends at most one mail twice, and that one is known by its
Message-ID (FLOORS 4).
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from signing.adapters.mail_headers import NotAnAddress
from signing.adapters.mail_matter import Outdated
from signing.adapters.mail_text import MailTexts
from signing.adapters.transport import Deferred, Transport, Undeliverable
from signing.domain.errors import Refusal, Unavailable
from signing.workflow.forgetting import forget
from signing.workflow.fresh_links import answer_requests
from signing.workflow.mail_ports import Notice
from signing.workflow.ports import Services

CLAIM = 20
LEASE = timedelta(minutes=3)
# No mail is begun so late that its lease could run out before the server has answered.
RESERVE = timedelta(seconds=90)
FIRST_WAITS = (1, 2, 5, 10, 30)
LATER_WAIT = 60
# With these waits it is two days until nobody believes in this mail any more.
MOST_ATTEMPTS = len(FIRST_WAITS) + 48
IDLE_SECONDS = 1.0
MARK_TRIES = 5
SWEEP_EVERY = timedelta(hours=1)

log = logging.getLogger(__name__)


def wait_after(attempts: int) -> timedelta:
    """How long to wait before the next attempt when so many have failed."""
    return timedelta(minutes=FIRST_WAITS[attempts - 1] if attempts <= len(FIRST_WAITS) else LATER_WAIT)


def never() -> bool:
    return False


class MailWorker:
    """One worker; any number of them may run at once, in one process or on many hosts."""

    def __init__(self, services: Services, transport: Transport, texts: MailTexts) -> None:
        self._services = services
        self._transport = transport
        self._texts = texts
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._pause = threading.Event()
        self._swept_at: datetime | None = None

    def run_once(self, stop: Callable[[], bool] = never) -> int:
        """Send one batch of what is due now and give the number of notices that were settled or put off.

        Raises:
            Unavailable: when the database cannot be used; what was claimed is due again after its lease.
        """
        now = self._services.clock()
        lease_until = now + LEASE
        with self._services.unit_of_work(write=True) as uow:
            notices = uow.outbox.claim(self._name, now, limit=CLAIM, lease_until=lease_until)
            if notices:
                uow.commit()
        unreachable: str | None = None
        handled = 0
        for notice in notices:
            now = self._services.clock()
            if stop():
                self._mark_retry(notice, now, "the worker was stopped")
            elif now > lease_until - RESERVE:
                break
            elif unreachable is not None:
                self._put_off(notice, unreachable)
            else:
                unreachable = self._handle(notice)
            handled += 1
        return handled

    def run_forever(self, stop: Callable[[], bool]) -> None:
        """Send what becomes due until `stop()` is true; a database that fails for a while is waited for."""
        while not stop():
            try:
                self._sweep()
                self._answer_requests()
                handled = self.run_once(stop)
            except Unavailable:
                log.warning("the database cannot be used; trying again")
                handled = 0
            except Exception as error:
                # Whatever it was, mails that can go out must go out: what was claimed is due again after its lease.
                log.error("sending has failed: %s; trying again", type(error).__qualname__)
                handled = 0
            if not handled:
                self._pause.wait(IDLE_SECONDS)
        self._transport.close()

    def _sweep(self) -> None:
        now = self._services.clock()
        if self._swept_at is None or now - self._swept_at >= SWEEP_EVERY:
            # Noted first: a sweep that fails must not keep mails from going out.
            self._swept_at = now
            forget(self._services)

    def _answer_requests(self) -> None:
        try:
            answer_requests(self._services)
        except Unavailable:
            raise
        except Exception as error:
            # Whoever asked asks again or waits an hour; mails that can go out must go out.
            log.error("a request for a fresh link cannot be answered: %s", type(error).__qualname__)

    def _handle(self, notice: Notice) -> str | None:
        """Send one mail; the reply of a server that takes no mail at all, if so it is."""
        try:
            mail = self._texts.write(self._services, notice)
        except Outdated as outdated:
            self._mark_failed(notice, outdated.message)
            return None
        except Unavailable:
            raise
        except NotAnAddress:
            self._mark_failed(notice, "the address is not one that mail can be sent to")
            return None
        except Exception as error:
            # One notice that cannot be written must not keep all others from being sent.
            log.error("notice %s cannot be written: %s", notice.id, type(error).__qualname__)
            reason = error.message if isinstance(error, Refusal) else type(error).__name__
            self._put_off(notice, f"the mail could not be written: {reason}")
            return None
        try:
            reply = self._transport.send(mail.message, mail.sender, mail.to)
        except Undeliverable as refused:
            self._mark_failed(notice, _without(mail.secrets, refused.reply))
        except Deferred as deferred:
            reply = _without(mail.secrets, deferred.reply)
            self._put_off(notice, reply)
            return reply if deferred.everything else None
        except Exception as error:
            # Nor one that cannot be sent. The message of a foreign error may quote the mail.
            log.error("notice %s cannot be sent: %s", notice.id, type(error).__qualname__)
            self._put_off(notice, f"the mail could not be sent: {type(error).__name__}")
            # A conversation that broke off somewhere is not taken up again.
            self._transport.close()
        else:
            self._mark_sent(notice, _without(mail.secrets, reply))
        return None

    def _put_off(self, notice: Notice, reply: str) -> None:
        if notice.attempts >= MOST_ATTEMPTS:
            self._mark_failed(notice, f"given up after {notice.attempts} attempts; the last one: {reply}")
        else:
            self._mark_retry(notice, self._services.clock() + wait_after(notice.attempts), reply)

    def _mark_sent(self, notice: Notice, reply: str) -> None:
        at = self._services.clock()
        # The mail is out: only this commit keeps it from going out again, so it is worth more than one try.
        for again in range(MARK_TRIES, 0, -1):
            try:
                with self._services.unit_of_work(write=True) as uow:
                    uow.outbox.mark_sent(notice.id, at, reply)
                    uow.commit()
            except Unavailable:
                if again == 1:
                    raise
                self._pause.wait(IDLE_SECONDS)
            else:
                return

    def _mark_retry(self, notice: Notice, due: datetime, reply: str) -> None:
        with self._services.unit_of_work(write=True) as uow:
            uow.outbox.mark_retry(notice.id, due, reply)
            uow.commit()

    def _mark_failed(self, notice: Notice, reply: str) -> None:
        with self._services.unit_of_work(write=True) as uow:
            uow.outbox.mark_failed(notice.id, reply)
            uow.commit()


def _without(secrets: tuple[str, ...], reply: str) -> str:
    """A server that dislikes a mail may quote from it: links and codes do not belong in the database."""
    for secret in secrets:
        reply = reply.replace(secret, "…")
    return reply
