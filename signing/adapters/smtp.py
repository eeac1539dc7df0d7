"""Mails by SMTP over one kept connection; may import smtplib and ssl. Fulfils `transport.Transport`."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from signing.adapters.mail_headers import wire
from signing.adapters.transport import Deferred, Undeliverable

# Every answer of the server must come within this; a mail takes at most five of them.
PATIENCE = 15.0
# After so long a pause the server may have hung up: ask before relying on the connection.
ASK_AFTER = 5.0
LONGEST_REPLY = 300


class _Talk(smtplib.SMTP):
    """Waits for a whole answer no longer than for its first byte: one that comes byte by byte might never end."""

    def getreply(self) -> tuple[int, bytes]:
        given_up = threading.Event()
        watch = threading.Timer(self.timeout, self._hang_up, [given_up])
        watch.daemon = True
        watch.start()
        try:
            reply = super().getreply()
        finally:
            watch.cancel()
        if given_up.is_set():
            # What had come of it until then is no answer, whatever it begins with.
            self.close()
            raise smtplib.SMTPServerDisconnected("the answer did not end")
        return reply

    def _hang_up(self, given_up: threading.Event) -> None:
        given_up.set()
        with contextlib.suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


class _SecureTalk(_Talk, smtplib.SMTP_SSL):
    """The same under TLS from the first byte on."""


class SmtpTransport:
    """`smtp://user:password@host:587?starttls=1` or `smtps://…`; the certificate of the server is checked."""

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "smtps"
        self._starttls = parse_qs(parts.query).get("starttls") == ["1"]
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._secure else 587 if self._starttls else 25)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password or "")
        self._patience = patience
        self._connection: smtplib.SMTP | None = None
        self._used_at = 0.0

    def send(self, message: EmailMessage, sender: str, to: str) -> str:
        """Hand over one mail and give the server's reply to it.

        Raises:
            Undeliverable: when the server refuses this recipient or this mail for good (5xx).
            Deferred: for everything that may be otherwise later: 4xx, a lost connection, a wrong password.
        """
        connection = self._connected()
        try:
            return self._hand_over(connection, message, sender, to)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self.close()
            raise Deferred(f"connection lost: {type(error).__name__}") from error
        finally:
            self._used_at = time.monotonic()

    def check(self) -> None:
        """Connect and log in. Raises Deferred when that fails."""
        self._connected()
        self.close()

    def close(self) -> None:
        """Say goodbye, if the server still listens."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is not None and time.monotonic() - self._used_at > ASK_AFTER:
            try:
                alive = self._connection.noop()[0] == 250
            except (OSError, smtplib.SMTPException):
                alive = False
            if not alive:
                self.close()
        if self._connection is None:
            try:
                self._connection = self._connect()
            except (OSError, smtplib.SMTPException) as error:
                # The server's own words may quote the login: the kind of error is enough.
                raise Deferred(f"the mail server cannot be used: {type(error).__name__}", everything=True) from error
            self._used_at = time.monotonic()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        connection: smtplib.SMTP
        if self._secure:
            connection = _SecureTalk(self._host, self._port, timeout=self._patience, context=context)
        else:
            connection = _Talk(self._host, self._port, timeout=self._patience)
        try:
            if self._starttls:
                connection.starttls(context=context)
            if self._user is not None:
                connection.login(self._user, self._password)
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def _hand_over(self, connection: smtplib.SMTP, message: EmailMessage, sender: str, to: str) -> str:
        international = not (to.isascii() and sender.isascii())
        if international and not connection.has_extn("smtputf8"):
            raise Undeliverable("the mail server cannot handle this address (no SMTPUTF8)")
        content = wire(message, international=international)
        options = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
        if connection.has_extn("size"):
            options.append(f"SIZE={len(content)}")
        code, words = connection.mail(sender, options)
        if code != 250:
            # That is about us, not about the recipient: it has to be mended here, and then all mails go.
            self._begin_anew(connection)
            raise Deferred(reply_text(code, words), everything=True)
        code, words = connection.rcpt(to)
        if code in (250, 251):
            try:
                code, words = connection.data(content)
            except smtplib.SMTPDataError as error:
                code, words = error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""
        if code in (250, 251):
            return reply_text(code, words)
        self._begin_anew(connection)
        if 500 <= code < 600:
            raise Undeliverable(reply_text(code, words))
        if code == 421:
            self.close()
        raise Deferred(reply_text(code, words))

    def _begin_anew(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except (OSError, smtplib.SMTPException):
            self.close()


def reply_text(code: int, words: bytes) -> str:
    """A server's reply on one line."""
    text = words.decode("utf-8", "replace")
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(f"{code} {printable}".split())[:LONGEST_REPLY]
