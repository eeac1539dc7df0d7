"""The mail worker over real SMTP: what is sent, put off, given up, and what a crash costs."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Conversation

from signing.adapters.database import Database, connect
from signing.adapters.mail_text import MailTexts
from signing.adapters.maildir import MaildirTransport
from signing.adapters.smtp import SmtpTransport
from signing.adapters.transport import Deferred, Transport
from signing.adapters.worker import MOST_ATTEMPTS, MailWorker, wait_after
from signing.domain.access import Account, Role, Session
from signing.domain.errors import Conflict, Unavailable
from signing.domain.invitation import Code
from signing.workflow.contact_ports import LinkRequest
from signing.workflow.mail_ports import Notice, NoticeKind, NoticeStatus
from signing.workflow.ports import Installation, Services
from signing.workflow.tokens import Tokens
from tests.adapters.builders import LETTER, NOW, a_notice, an_entry, lay_out, lay_out_notices
from tests.adapters.conftest import Clock
from tests.faults import failing_at

only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
REPOSITORY = Path(__file__).resolve().parents[2]


class MailServer:
    """A server that answers as it is told: `replies` are used up first, then everything is taken."""

    def __init__(self) -> None:
        self.replies: list[str] = []
        self.taken: list[tuple[str, str, bytes]] = []
        self.connections = 0
        self.international = True

    def start(self) -> Controller:
        outer = self

        class Counting(Controller):
            def _trigger_server(self) -> None:
                # The library cannot yet say itself which port it was given.
                self.port = self.server.sockets[0].getsockname()[1]
                super()._trigger_server()

            def factory(self) -> Server:
                outer.connections += 1
                return super().factory()

        controller = Counting(
            self,
            hostname="127.0.0.1",
            port=0,
            auth_require_tls=False,
            authenticator=self.authenticate,
            enable_SMTPUTF8=self.international,
        )
        controller.start()
        self.connections = 0
        return controller

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        good = isinstance(login, LoginPassword) and (login.login, login.password) == (b"us er", b"pa:ss")
        return AuthResult(success=good, handled=False)

    async def handle_DATA(self, server: Server, session: Conversation, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        reply = self.replies.pop(0) if self.replies else "250 taken"
        if reply == "drop":
            assert server.transport is not None
            server.transport.abort()
            return "421 gone"
        if reply.startswith("250"):
            self.taken.append((envelope.mail_from or "", envelope.rcpt_tos[0], envelope.content))
        return reply

    @property
    def message_ids(self) -> list[str]:
        return [
            line.decode().partition(": ")[2]
            for _, _, content in self.taken
            for line in content.splitlines()
            if line.startswith(b"Message-ID")
        ]


@pytest.fixture
def server() -> MailServer:
    return MailServer()


@pytest.fixture
def server_url(server: MailServer) -> Iterator[str]:
    controller = server.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


@pytest.fixture
def transport(server_url: str) -> Iterator[Transport]:
    transport = SmtpTransport(server_url)
    yield transport
    transport.close()


@pytest.fixture
def worker(services: Services, transport: Transport) -> MailWorker:
    lay_out(services.unit_of_work)
    return MailWorker(services, transport, MailTexts("letters@example.org"))


def stored(services: Services) -> list[Notice]:
    with services.unit_of_work() as uow:
        return sorted(uow.outbox.of_letter(LETTER), key=lambda notice: notice.id)


def test_everything_due_is_sent_once_over_one_connection(
    services: Services, worker: MailWorker, server: MailServer
) -> None:
    notices = lay_out_notices(services.unit_of_work, 45)
    assert [worker.run_once() for _ in range(4)] == [20, 20, 5, 0]
    assert sorted(server.message_ids) == sorted(notice.message_id for notice in notices)
    assert {(notice.status, notice.sent_at, notice.last_reply) for notice in stored(services)} == {
        (NoticeStatus.SENT, NOW, "250 taken")
    }
    assert server.connections == 1
    assert server.taken[0][:2] == ("letters+notice-0000@example.org", "person1@org1.example.org")


def test_a_mail_that_the_server_puts_off_is_sent_later(
    services: Services, worker: MailWorker, server: MailServer, clock: Clock
) -> None:
    lay_out_notices(services.unit_of_work, 1)
    server.replies = ["450 4.2.0 greylisted, try again"]
    assert worker.run_once() == 1
    (waiting,) = stored(services)
    assert (waiting.status, waiting.attempts, waiting.due) == (NoticeStatus.QUEUED, 1, NOW + timedelta(minutes=1))
    assert waiting.last_reply == "450 4.2.0 greylisted, try again"
    assert worker.run_once() == 0
    clock.advance(minutes=1)
    assert worker.run_once() == 1
    (sent,) = stored(services)
    assert (sent.status, sent.attempts) == (NoticeStatus.SENT, 2)


def test_a_mail_that_the_server_refuses_fails_at_once_and_harms_no_other(
    services: Services, worker: MailWorker, server: MailServer
) -> None:
    lay_out_notices(services.unit_of_work, 2)
    server.replies = ["550 5.1.1 no such person"]
    assert worker.run_once() == 2
    failed, sent = stored(services)
    assert (failed.status, failed.last_reply) == (NoticeStatus.FAILED, "550 5.1.1 no such person")
    assert sent.status is NoticeStatus.SENT


def test_a_connection_lost_in_the_middle_is_made_anew_and_the_mail_goes_later(
    services: Services, worker: MailWorker, server: MailServer, clock: Clock
) -> None:
    lay_out_notices(services.unit_of_work, 3)
    server.replies = ["250 taken", "drop"]
    assert worker.run_once() == 3
    assert [notice.status for notice in stored(services)] == ["sent", "queued", "sent"]
    assert server.connections == 2
    clock.advance(minutes=1)
    worker.run_once()
    assert Counter(server.message_ids) == {notice.message_id: 1 for notice in stored(services)}


def test_a_server_that_cannot_be_reached_puts_all_off_after_one_try(
    services: Services, clock: Clock, server: MailServer, server_url: str
) -> None:
    lay_out(services.unit_of_work)
    lay_out_notices(services.unit_of_work, 5)
    nowhere = SmtpTransport("smtp://127.0.0.1:1")
    worker = MailWorker(services, nowhere, MailTexts("letters@example.org"))
    assert worker.run_once() == 5
    assert {(notice.status, notice.last_reply) for notice in stored(services)} == {
        (NoticeStatus.QUEUED, "the mail server cannot be used: ConnectionRefusedError")
    }
    clock.advance(minutes=1)
    assert MailWorker(services, SmtpTransport(server_url), MailTexts("letters@example.org")).run_once() == 5
    assert len(server.taken) == 5


def test_after_two_days_a_mail_is_given_up(
    services: Services, worker: MailWorker, clock: Clock, server: MailServer
) -> None:
    lay_out_notices(services.unit_of_work, 1, attempts=MOST_ATTEMPTS - 1)
    server.replies = ["451 later"]
    worker.run_once()
    (given_up,) = stored(services)
    assert given_up.status is NoticeStatus.FAILED
    assert given_up.last_reply == f"given up after {MOST_ATTEMPTS} attempts; the last one: 451 later"
    waits = [wait_after(number) for number in range(1, MOST_ATTEMPTS)]
    assert [wait.seconds // 60 for wait in waits[:7]] == [1, 2, 5, 10, 30, 60, 60]
    assert timedelta(hours=47) < sum(waits, timedelta()) < timedelta(hours=49)


@only_sqlite
def test_a_code_that_expired_before_it_could_be_sent_is_not_sent(
    services: Services, worker: MailWorker, clock: Clock, server: MailServer
) -> None:
    with services.unit_of_work(write=True) as uow:
        uow.codes.add(Code("code-1", "invitation-1", b"d" * 32, NOW, NOW + timedelta(minutes=10)))
        uow.outbox.add([replace(a_notice(1, NoticeKind.CODE), subject_id="code-1")])
        uow.commit()
    clock.advance(minutes=10)
    assert worker.run_once() == 1
    (failed,) = stored(services)
    assert (failed.status, failed.last_reply) == (
        NoticeStatus.FAILED,
        "The code expired before it could be sent.",
    )
    assert server.taken == []


@only_sqlite
def test_a_notice_that_cannot_be_written_keeps_no_other_from_being_sent(
    services: Services, worker: MailWorker, server: MailServer
) -> None:
    with services.unit_of_work(write=True) as uow:
        uow.outbox.add(
            [
                replace(a_notice(1), to="not an address"),
                replace(a_notice(2, NoticeKind.RECEIPT), subject_id="99"),
                a_notice(3),
            ]
        )
        uow.commit()
    assert worker.run_once() == 3
    assert [notice.status for notice in stored(services)] == ["failed", "failed", "sent"]


@only_sqlite
def test_links_that_a_server_quotes_are_not_stored(services: Services) -> None:
    lay_out(services.unit_of_work)
    lay_out_notices(services.unit_of_work, 1)
    token = services.tokens.link("invitation-1", 1)

    class Quoting:
        """Says what a server might: the whole mail."""

        def send(self, message: Any, sender: str, to: str) -> str:
            raise Deferred(f"451 dislikes https://letters.example.org/i/{token} in this mail")

        def check(self) -> None: ...
        def close(self) -> None: ...

    MailWorker(services, Quoting(), MailTexts("letters@example.org")).run_once()
    (waiting,) = stored(services)
    assert waiting.last_reply == "451 dislikes https://letters.example.org/i/… in this mail"


@only_sqlite
@pytest.mark.parametrize(
    "error", [UnicodeEncodeError("ascii", "S\u00e9cret", 1, 2, "secret"), smtplib.SMTPNotSupportedError("secret")]
)
def test_a_mail_that_cannot_be_sent_keeps_no_other_from_being_sent(
    services: Services, transport: Transport, server: MailServer, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    lay_out(services.unit_of_work)
    poisoned, *_ = lay_out_notices(services.unit_of_work, 3)

    class Choking:
        """A transport that cannot cope with one mail, in a way nobody foresaw."""

        def send(self, message: Any, sender: str, to: str) -> str:
            if message["Message-ID"] == poisoned.message_id:
                raise error
            return transport.send(message, sender, to)

        def check(self) -> None: ...
        def close(self) -> None: ...

    assert MailWorker(services, Choking(), MailTexts("letters@example.org")).run_once() == 3
    assert [notice.status for notice in stored(services)] == ["queued", "sent", "sent"]
    assert stored(services)[0].last_reply == f"the mail could not be sent: {type(error).__name__}"
    assert "secret" not in caplog.text.lower()


@only_sqlite
def test_a_worker_outlives_what_nobody_foresaw(
    services: Services, transport: Transport, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    lay_out(services.unit_of_work)
    lay_out_notices(services.unit_of_work, 1)
    troubles = [Conflict("secret"), RuntimeError("secret")]

    def unit_of_work(*, write: bool = False) -> Any:
        if troubles:
            raise troubles.pop()
        return services.unit_of_work(write=write)

    worker = MailWorker(replace(services, unit_of_work=unit_of_work), transport, MailTexts("letters@example.org"))
    worker.run_forever(lambda: bool(server.taken))
    assert [notice.status for notice in stored(services)] == ["sent"]
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


@only_sqlite
def test_who_asked_for_a_fresh_link_is_mailed_and_one_request_that_fails_keeps_no_mail_back(
    services: Services, worker: MailWorker, transport: Transport, server: MailServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    person = an_entry(1).email
    with services.unit_of_work(write=True) as uow:
        uow.link_requests.add(LinkRequest("request-1", services.tokens.address_digest(person.upper()), NOW))
        uow.commit()
    worker.run_forever(lambda: bool(server.taken))
    assert server.taken[0][1] == person
    assert services.tokens.link("invitation-1", 1).encode() in server.taken[0][2].replace(b"=\r\n", b"")
    assert [notice.kind for notice in stored(services)] == [NoticeKind.FRESH_LINK]

    class Poisoned:
        def address_digest(self, address: str) -> bytes:
            raise RuntimeError(f"secret {address}")

        def __getattr__(self, name: str) -> Any:
            return getattr(services.tokens, name)

    with services.unit_of_work(write=True) as uow:
        uow.link_requests.add(LinkRequest("request-2", b"a" * 32, NOW))
        uow.commit()
    lay_out_notices(services.unit_of_work, 1)
    broken: Any = replace(services, tokens=Poisoned())
    MailWorker(broken, transport, MailTexts("letters@example.org")).run_forever(lambda: len(server.taken) == 2)
    assert "a request for a fresh link cannot be answered: RuntimeError" in caplog.text
    assert "secret" not in caplog.text


@only_sqlite
def test_a_worker_sweeps_up_once_an_hour_what_has_lost_its_use(
    services: Services, worker: MailWorker, clock: Clock
) -> None:
    def old_session(secret: bytes) -> None:
        with services.unit_of_work(write=True) as uow:
            begun = clock() - timedelta(hours=13)
            uow.accounts.open_session(Session(secret * 32, "a-1", begun, begun, secret.hex()))
            uow.commit()

    def kept(secret: bytes) -> bool:
        with services.unit_of_work() as uow:
            return uow.accounts.session(secret * 32) is not None

    def work_a_moment() -> None:
        turns = iter([False, True])
        worker.run_forever(lambda: next(turns))

    with services.unit_of_work(write=True) as uow:
        uow.accounts.add(Account("a-1", "ada@example.org", Role.COORDINATOR, "hash", clock()))
        uow.commit()
    old_session(b"1")
    work_a_moment()
    assert not kept(b"1")
    old_session(b"2")
    work_a_moment()
    assert kept(b"2")
    clock.advance(hours=1)
    work_a_moment()
    assert not kept(b"2")


def test_a_mail_whose_sending_could_not_be_noted_is_noted_on_the_next_try(
    database: Database, services: Services, worker: MailWorker, server: MailServer
) -> None:
    lay_out_notices(services.unit_of_work, 1)
    with failing_at(database, 10_000) as count:
        worker.run_once()
    lay_out_notices(services.unit_of_work, 1, id="notice-again", message_id="<again@example.org>")
    with failing_at(database, count.asked):  # the last thing asked is the commit of "sent"
        worker.run_once()
    assert [notice.status for notice in stored(services)] == ["sent", "sent"]
    assert len(server.taken) == 2


def test_two_workers_share_the_mails_and_send_none_twice(
    services: Services, worker: MailWorker, server: MailServer, server_url: str
) -> None:
    lay_out_notices(services.unit_of_work, 60)
    other_transport = SmtpTransport(server_url)
    other = MailWorker(services, other_transport, MailTexts("letters@example.org"))

    def work(one: MailWorker) -> None:
        while one.run_once():
            pass

    threads = [threading.Thread(target=work, args=(one,)) for one in (worker, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other_transport.close()
    assert Counter(Counter(server.message_ids).values()) == {1: 60}
    assert {notice.status for notice in stored(services)} == {NoticeStatus.SENT}


def test_a_worker_told_to_stop_gives_back_what_it_had_not_begun(
    services: Services, worker: MailWorker, server: MailServer
) -> None:
    lay_out_notices(services.unit_of_work, 5)
    assert worker.run_once(lambda: len(server.taken) >= 2) == 5
    assert Counter(notice.status for notice in stored(services)) == {"sent": 2, "queued": 3}
    worker.run_forever(lambda: len(server.taken) >= 5)
    assert {notice.status for notice in stored(services)} == {NoticeStatus.SENT}


def test_a_worker_stops_before_its_lease_could_run_out(
    services: Services, transport: Transport, server: MailServer, clock: Clock
) -> None:
    lay_out(services.unit_of_work)
    lay_out_notices(services.unit_of_work, 5)

    class Slow:
        """A server that takes 40 seconds for each mail."""

        def send(self, message: Any, sender: str, to: str) -> str:
            clock.advance(seconds=40)
            return transport.send(message, sender, to)

        def check(self) -> None: ...
        def close(self) -> None: ...

    worker = MailWorker(services, Slow(), MailTexts("letters@example.org"))
    assert worker.run_once() == 3
    assert Counter(notice.status for notice in stored(services)) == {"sent": 3, "sending": 2}
    clock.advance(minutes=3)
    assert worker.run_once() == 2
    assert Counter(Counter(server.message_ids).values()) == {1: 5}


WORKER = """
import sys
from pathlib import Path
import signing.adapters.worker as worker
from signing.adapters.database import connect
from signing.adapters.smtp import SmtpTransport
from tests.adapters.test_worker import plain_services
from signing.adapters.mail_text import MailTexts

services = plain_services(connect(sys.argv[1], Path()), int(sys.argv[3]))
worker.MailWorker(services, SmtpTransport(sys.argv[2]), MailTexts("letters@example.org")).run_forever(lambda: False)
"""


def plain_services(database: Database, minutes: int) -> Services:
    """What a worker of invitations needs, `minutes` after the notices were queued."""
    services: Any = object.__new__(Services)
    for name, value in {
        "unit_of_work": database.unit_of_work,
        "clock": lambda: NOW + timedelta(minutes=minutes),
        "tokens": Tokens(b"s" * 32),
        "installation": Installation("https://letters.example.org", "letters.example.org", "test"),
    }.items():
        object.__setattr__(services, name, value)
    return services  # type: ignore[no-any-return]


def test_killing_a_worker_loses_no_mail_and_doubles_at_most_one(
    services: Services, worker: MailWorker, server: MailServer, server_url: str, clock: Clock, database_url: str
) -> None:
    """R1: each kill may cost one extra copy, never a mail."""
    lay_out_notices(services.unit_of_work, 60)
    kills = 3
    for kill in range(kills):
        before = len(server.taken)
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, database_url, server_url, str(5 * kill)],
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        )
        while len(server.taken) < before + 5 and process.poll() is None:
            threading.Event().wait(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert len(server.taken) >= before + 5
    clock.advance(minutes=5 * kills)
    while worker.run_once():
        pass
    copies = Counter(server.message_ids)
    assert len(copies) == 60
    assert sum(copies.values()) <= 60 + kills
    assert {notice.status for notice in stored(services)} == {NoticeStatus.SENT}


@only_sqlite
def test_a_password_in_the_url_logs_in_and_a_wrong_one_is_named_without_its_words(
    services: Services, server: MailServer, server_url: str
) -> None:
    host = server_url.removeprefix("smtp://")
    SmtpTransport(f"smtp://us%20er:pa%3Ass@{host}").check()
    with pytest.raises(Deferred) as deferred:
        SmtpTransport(f"smtp://user:hunter2@{host}").check()
    assert deferred.value.everything
    assert deferred.value.reply == "the mail server cannot be used: SMTPAuthenticationError"


@only_sqlite
@pytest.mark.parametrize("international", [True, False])
def test_an_address_with_letters_beyond_ascii_goes_where_the_server_can(
    services: Services, server: MailServer, international: bool
) -> None:
    lay_out(services.unit_of_work)
    with services.unit_of_work(write=True) as uow:
        uow.roster.save(replace(an_entry(1), email="jürgen@bücher.example"))
        uow.outbox.add([replace(a_notice(1), to="jürgen@bücher.example")])
        uow.commit()
    server.international = international
    controller = server.start()
    transport = SmtpTransport(f"smtp://127.0.0.1:{controller.port}")
    MailWorker(services, transport, MailTexts("letters@example.org")).run_once()
    transport.close()
    controller.stop()
    (notice,) = stored(services)
    assert notice.status is (NoticeStatus.SENT if international else NoticeStatus.FAILED)
    assert [to for _, to, _ in server.taken] == ["jürgen@xn--bcher-kva.example"] * international


@only_sqlite
def test_without_a_mail_server_mails_are_kept_in_a_mailbox(services: Services, tmp_path: Path) -> None:
    lay_out(services.unit_of_work)
    lay_out_notices(services.unit_of_work, 2)
    mailbox = MaildirTransport(tmp_path / "home")
    assert mailbox.messages() == []
    mailbox.check()
    assert MailWorker(services, mailbox, MailTexts("letters@example.org")).run_once() == 2
    newest, older = mailbox.messages()
    assert (newest.to, newest.subject[:3]) == ("Person 1 <person1@org1.example.org>", "May")
    message = mailbox.message(newest.id)
    assert message["Message-ID"] == "<1@letters.example.org>"
    part = message.get_body(("plain",))
    assert part is not None
    assert services.tokens.link("invitation-1", 1) in part.get_content()
    assert mailbox.message(older.id)["Message-ID"] == "<0@letters.example.org>"
    for unknown in ("nothing", "../new/" + newest.id, "", "."):
        with pytest.raises(KeyError):
            mailbox.message(unknown)
    assert (tmp_path / "home" / "mailbox").stat().st_mode & 0o077 == 0


@only_sqlite
def test_a_database_that_is_down_is_waited_for(tmp_path: Path, services: Services, transport: Transport) -> None:
    down = connect(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}", tmp_path, patience=1)
    worker = MailWorker(replace(services, unit_of_work=down.unit_of_work), transport, MailTexts("l@example.org"))
    with pytest.raises(Unavailable):
        worker.run_once()
    turns = iter([False, True])
    worker.run_forever(lambda: next(turns))
