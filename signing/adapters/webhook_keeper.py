"""Tells webhooks what they wait for; may import `workflow`.

The address is a coordinator's to choose, so it is not to be trusted with our network: the name is looked up once, every
address it has must be one of the public Internet, and the connection goes to the very address that was looked at.
Nothing is followed, and little is read of what comes back (FAULTS S11).
"""

from __future__ import annotations

import http.client
import ipaddress
import logging
import os
import secrets
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from signing.domain.errors import Unavailable
from signing.workflow import webhooks
from signing.workflow.api_ports import WebhookMessage
from signing.workflow.ports import Services

CLAIM = 10
LEASE = timedelta(minutes=5)
# All of one message, however slowly its receiver speaks.
SECONDS = 10.0
FIRST_WAITS = (1, 5, 15, 60)
LATER_WAIT = 180
MOST_ATTEMPTS = 20
SWEEP_EVERY = timedelta(hours=6)
# Global unicast, RFC 4291 2.4: neither mapped nor translated addresses are in it.
_UNICAST = ipaddress.ip_network("2000::/3")

log = logging.getLogger(__name__)

Resolve = Callable[[str, int], list[str]]


class NotTold(Exception):
    """The receiver did not take the message; the text says why, in words a coordinator understands."""


def addresses_of(host: str, port: int) -> list[str]:
    """What the name stands for."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class WebhookKeeper:
    """Queues what webhooks have not been told yet, and sends what is due. Any number of them may run at once.

    `home`: receivers on this machine are allowed, because the service is on this machine alone.
    """

    def __init__(self, services: Services, *, home: bool, resolve: Resolve = addresses_of) -> None:
        self._services = services
        self._home = home
        self._resolve = resolve
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._swept_at: datetime | None = None

    def run(self, now: datetime) -> None:
        """One turn. Raises Unavailable when the database cannot be used."""
        for webhook_id in webhooks.behind(self._services):
            webhooks.tell(self._services, webhook_id)
        with self._services.unit_of_work(write=True) as uow:
            messages = uow.webhooks.claim(self._name, now, limit=CLAIM, lease_until=now + LEASE)
            if messages:
                uow.commit()
        for message in messages:
            self._handle(message)
        if self._swept_at is None or abs(now - self._swept_at) >= SWEEP_EVERY:
            self._swept_at = now
            webhooks.forget(self._services)

    def _handle(self, message: WebhookMessage) -> None:
        with self._services.unit_of_work() as uow:
            known = uow.webhooks.get(message.webhook_id)
        try:
            if known is None or known.stopped_at is not None:
                self._mark(message, False, "the webhook was stopped", last=True)
                return
            reply = self._send(known.url, message)
        except NotTold as why:
            self._mark(message, False, str(why), last=message.attempts >= MOST_ATTEMPTS)
        except Unavailable:
            raise
        except Exception as error:
            # The message of a foreign error may quote what was sent.
            log.error("webhook message %s cannot be sent: %s", message.id, type(error).__qualname__)
            self._mark(message, False, f"it could not be sent: {type(error).__name__}", last=False)
        else:
            self._mark(message, True, reply, last=True)

    def _mark(self, message: WebhookMessage, told: bool, reply: str, *, last: bool) -> None:
        now = self._services.clock()
        with self._services.unit_of_work(write=True) as uow:
            if told:
                uow.webhooks.mark_sent(message.id, now, reply)
            elif last:
                uow.webhooks.mark_failed(message.id, reply)
            else:
                done = message.attempts - 1
                wait = FIRST_WAITS[done] if done < len(FIRST_WAITS) else LATER_WAIT
                uow.webhooks.mark_retry(message.id, now + timedelta(minutes=wait), reply)
            uow.commit()

    def _send(self, url: str, message: WebhookMessage) -> str:
        """Post it and give the status. Raises NotTold."""
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        connection = _Pinned(host, port, self._vetted(host, port), secure)
        enough = threading.Timer(SECONDS, connection.break_off)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = webhooks.signed(self._services, message) | {
            "content-type": "application/json",
            "user-agent": f"coalition-signing/{self._services.installation.release.rpartition(' ')[2]}",
        }
        enough.start()
        try:
            connection.request("POST", path, message.body.encode(), headers)
            # Only the status is looked at: whatever else comes back is left unread.
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise NotTold(f"no answer: {type(error).__name__}") from None
        finally:
            enough.cancel()
            connection.close()
        if not 200 <= status < 300:
            raise NotTold(f"answered {status}")
        return f"answered {status}"

    def _vetted(self, host: str, port: int) -> str:
        """The address to connect to. Raises NotTold where one of the name's addresses is not of the Internet."""
        try:
            found = self._resolve(host, port)
        except OSError:
            raise NotTold("the name of the host is not known") from None
        for each in found:
            address = ipaddress.ip_address(each.partition("%")[0])
            if not (address.is_loopback if self._home else _is_public(address)):
                raise NotTold("the address is not one of the public Internet")
        if not found:
            raise NotTold("the name of the host is not known")
        return found[0]


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether the address is a host's on the Internet, and not one that stands for another, of whatever network."""
    if isinstance(address, ipaddress.IPv6Address) and (
        address not in _UNICAST or address.sixtofour is not None or address.teredo is not None
    ):
        return False
    return address.is_global and not address.is_multicast


class _Pinned(http.client.HTTPConnection):
    """Speaks to the address that was looked at, by the name it has."""

    def __init__(self, host: str, port: int, address: str, secure: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._address = address
        self._secure = secure
        self._over = False

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), timeout=SECONDS)
        if self._secure:
            # Shaken hands on once it can be broken off, too.
            self.sock = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
        if self._over:
            raise TimeoutError
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()

    def break_off(self) -> None:
        """End the conversation from another thread: each byte may come in time, and the answer never."""
        self._over = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
