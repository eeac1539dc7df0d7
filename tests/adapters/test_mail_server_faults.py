"""A mail server that is busy, greylists, hangs, drips, hangs up, or speaks no TLS: nothing lost, nothing said in clear
(R5).

What aiosmtpd cannot be told to do, a server of a few lines does: it says at each step what the test wants.
"""

from __future__ import annotations

import datetime
import socketserver
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signing.adapters.mail_text import MailTexts
from signing.adapters.smtp import SmtpTransport
from signing.adapters.worker import MailWorker
from signing.workflow.mail_ports import NoticeStatus
from signing.workflow.ports import Services
from tests.adapters.builders import LETTER, lay_out, lay_out_notices
from tests.adapters.conftest import Clock

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
SHORT = 0.2
LOST = "connection lost"
USUAL = {
    "DATA": "354 go on",
    "EHLO": "250-here\r\n250-STARTTLS\r\n250 8BITMIME",
    "QUIT": "221 bye",
    "STARTTLS": "220 go",
}


class Server(socketserver.ThreadingTCPServer):
    """Says `replies[step]`, one after the other, then the usual; steps are verbs, `greeting` and `sent`.

    `hang` says nothing more, `drip` says it byte by byte, `drop` hangs up, `garbage` says what is no TLS. `heard` are
    the lines it was told.
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.replies: dict[str, list[str]] = {}
        self.heard: list[str] = []
        self.kept: list[str] = []
        self.ended = threading.Event()
        self.context: ssl.SSLContext | None = None

    def reply(self, step: str) -> str:
        said = self.replies.get(step)
        return said.pop(0) if said else USUAL.get(step, "250 fine")

    @property
    def url(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Talk(socketserver.StreamRequestHandler):
    """One conversation."""

    server: Server

    def handle(self) -> None:
        try:
            if not self.says("greeting", usual="220 here"):
                return
            while line := self.rfile.readline().decode("utf-8", "replace").strip():
                self.server.heard.append(line)
                verb = line.split()[0].upper()
                if not self.says(verb) or verb == "QUIT":
                    return
                if verb == "DATA" and not self.takes_a_mail():
                    return
                if verb == "STARTTLS" and self.server.context is not None:
                    self.request = self.server.context.wrap_socket(self.request, server_side=True)
                    self.setup()
        except OSError:
            return

    def says(self, step: str, usual: str = "") -> bool:
        reply = self.server.reply(step) if not usual or self.server.replies.get(step) else usual
        if reply == "hang":
            self.server.ended.wait()
        if reply == "drip":
            while not self.server.ended.wait(SHORT / 4):
                self.wfile.write(b"2")
        if reply in ("hang", "drop", "drip"):
            return False
        self.wfile.write(b"220 go\r\n\0\1\2 no TLS\r\n" if reply == "garbage" else f"{reply}\r\n".encode())
        return True

    def takes_a_mail(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        reply = (self.server.replies.get("sent") or ["250 kept"])[0]
        if reply.startswith("250"):
            self.server.kept += [line.decode().strip() for line in lines if line.startswith(b"Message-ID")]
        return self.says("sent", usual="250 kept")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.ended.set()
        made.shutdown()
        thread.join()


def worked(services: Services, url: str, count: int = 2) -> list[tuple[NoticeStatus, str | None]]:
    """What has become of `count` mails after one turn of a worker, which waits a moment only."""
    lay_out(services.unit_of_work)
    lay_out_notices(services.unit_of_work, count)
    again(services, url)
    return stored(services)


def again(services: Services, url: str) -> None:
    transport = SmtpTransport(url, patience=SHORT)
    MailWorker(services, transport, MailTexts("letters@example.org")).run_once()
    transport.close()


def stored(services: Services) -> list[tuple[NoticeStatus, str | None]]:
    with services.unit_of_work() as uow:
        return [(each.status, each.last_reply) for each in sorted(uow.outbox.of_letter(LETTER), key=lambda e: e.id)]


@pytest.mark.parametrize(
    ("step", "reply", "status"),
    [
        ("RCPT", "450 4.2.0 greylisted", NoticeStatus.QUEUED),
        ("RCPT", "550 5.1.1 no such person", NoticeStatus.FAILED),
        ("RCPT", "421 4.3.2 closing", NoticeStatus.QUEUED),
        ("RCPT", "hang", NoticeStatus.QUEUED),
        ("RCPT", "drip", NoticeStatus.QUEUED),
        ("DATA", "drop", NoticeStatus.QUEUED),
        ("sent", "421 4.3.2 closing", NoticeStatus.QUEUED),
        ("sent", "452 4.3.1 full", NoticeStatus.QUEUED),
        ("sent", "554 5.7.1 spam", NoticeStatus.FAILED),
        ("sent", "drop", NoticeStatus.QUEUED),
        ("sent", "hang", NoticeStatus.QUEUED),
        ("sent", "drip", NoticeStatus.QUEUED),
    ],
)
def test_what_befalls_one_mail_harms_no_other(
    services: Services, server: Server, clock: Clock, step: str, reply: str, status: NoticeStatus
) -> None:
    server.replies = {step: [reply]}
    one, other = worked(services, f"smtp://{server.url}")
    assert one[0] is status
    assert str(one[1]).startswith(LOST if reply in ("drop", "hang", "drip") else reply)
    assert other == (NoticeStatus.SENT, "250 kept")
    clock.advance(minutes=1)
    again(services, f"smtp://{server.url}")
    assert len(server.kept) == len(set(server.kept)) == 1 + (status is NoticeStatus.QUEUED)


@pytest.mark.parametrize(
    ("step", "reply", "scheme", "after"),
    [
        ("greeting", "421 4.3.2 too busy", "smtp://{}", "SMTPConnectError"),
        ("greeting", "hang", "smtp://{}", "SMTPServerDisconnected"),
        ("greeting", "drop", "smtp://{}", "SMTPServerDisconnected"),
        ("greeting", "drip", "smtp://{}", "SMTPServerDisconnected"),
        ("EHLO", "hang", "smtp://{}", "SMTPServerDisconnected"),
        ("MAIL", "451 4.7.1 not now", "smtp://{}", None),
        ("greeting", "220 plain", "smtps://{}", "SSLError"),
        ("STARTTLS", "garbage", "smtp://user:hunter2@{}?starttls=1", "SSLError"),
        ("STARTTLS", "454 4.7.0 broken", "smtp://user:hunter2@{}?starttls=1", "SMTPResponseException"),
        ("EHLO", "250 no TLS here", "smtp://user:hunter2@{}?starttls=1", "SMTPNotSupportedError"),
    ],
)
def test_what_befalls_the_server_puts_all_off_after_one_try_and_says_nothing_in_clear(
    services: Services, server: Server, clock: Clock, step: str, reply: str, scheme: str, after: str | None
) -> None:
    server.replies = {step: [reply]}
    found = worked(services, scheme.format(server.url), 5)
    assert {status for status, _ in found} == {NoticeStatus.QUEUED}
    expected = f"the mail server cannot be used: {after}" if after else reply
    assert {said for _, said in found} == {expected}
    assert not any("AUTH" in line or "aHVudGVy" in line for line in server.heard)
    assert server.kept == []
    if "tls" not in scheme and "smtps" not in scheme:
        clock.advance(minutes=1)
        again(services, f"smtp://{server.url}")
        assert len(set(server.kept)) == 5


def test_a_server_whose_certificate_nobody_vouches_for_gets_neither_password_nor_mail(
    services: Services, server: Server, tmp_path: Path
) -> None:
    server.context = self_signed(tmp_path)
    found = worked(services, f"smtp://user:hunter2@{server.url}?starttls=1", 3)
    assert set(found) == {(NoticeStatus.QUEUED, "the mail server cannot be used: SSLCertVerificationError")}
    assert [line.split()[0].upper() for line in server.heard] == ["EHLO", "STARTTLS"]
    assert server.kept == []


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate of its own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    begun = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begun)
        .not_valid_after(begun + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
