"""Mails that come back are noted, once, and only they; nothing that a stranger sends stops the reading (FAULTS S1)."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signing.adapters.bounce_keeper import BounceKeeper
from signing.adapters.bounces import LARGEST, read_report
from signing.adapters.mail_text import MailTexts
from signing.adapters.return_mailbox import ReturnImap, ReturnMaildir, Unreadable, open_returns
from signing.adapters.smtp import SmtpTransport
from signing.adapters.worker import MailWorker
from signing.domain.errors import Unavailable
from signing.domain.letter import LetterState
from signing.workflow import bounces, reminding
from signing.workflow.mail_ports import DeliveryReport, Notice, NoticeKind, NoticeStatus
from signing.workflow.ports import Services
from tests.adapters.builders import LETTER, NOW, a_notice, an_entry, lay_out
from tests.adapters.conftest import Clock
from tests.adapters.imap_server import ImapServer
from tests.adapters.returned_mails import RETURNED_TO, of_exim, of_qmail, report
from tests.mail_catcher import MailCatcher

only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
FIRST, SECOND = an_entry(1).email, an_entry(2).email
# As new_id makes them: a return address holds one.
NAMES = {1: "aaaaaaaaaaaaaaa2", 2: "aaaaaaaaaaaaaaa3"}


@pytest.fixture
def sent(services: Services) -> list[bytes]:
    """Two invitations as a mail server got them."""
    lay_out(services.unit_of_work, 2)
    with services.unit_of_work(write=True) as uow:
        uow.outbox.add([
            replace(a_notice(number), id=name, organisation_id=f"org-{number}", invitation_id=f"invitation-{number}",
                    to=an_entry(number).email, message_id=f"<{name}@letters.example.org>")
            for number, name in NAMES.items()
        ])  # fmt: skip
        uow.commit()
    with MailCatcher() as mails:
        transport = SmtpTransport(mails.url)
        assert MailWorker(services, transport, MailTexts("letters@example.org")).run_once() == 2
        transport.close()
        return list(mails.contents)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "returns" / "new").mkdir(parents=True)
    return tmp_path / "returns"


def outbox(services: Services) -> list[Notice]:
    with services.unit_of_work() as uow:
        return sorted(uow.outbox.of_letter(LETTER), key=lambda each: each.id)


def brought(folder: Path, *mails: bytes) -> None:
    for number, mail in enumerate(mails):
        (folder / "new" / f"1700000000.M{number}.mx").write_bytes(mail)


def read(services: Services, folder: Path) -> list[Notice]:
    BounceKeeper(services, ReturnMaildir(folder)).run(services.clock())
    return outbox(services)


def test_a_mail_that_comes_back_is_noted_with_the_servers_words_and_its_organisation_is_not_reminded(
    services: Services, sent: list[bytes], folder: Path, clock: Clock
) -> None:
    brought(folder, report(sent[0], FIRST))
    first, second = read(services, folder)
    assert (first.bounced_at, first.bounce_reason) == (
        NOW, f"550 5.1.1 <{FIRST}>: Recipient address rejected: User unknown",
    )  # fmt: skip
    assert first.status is NoticeStatus.SENT
    assert (second.bounced_at, second.delivered_at) == (None, None)
    assert os.listdir(folder / "new") == []
    assert os.listdir(folder / "cur") == ["1700000000.M0.mx:2,S"]
    with services.unit_of_work(write=True) as uow:
        uow.letters.set_state(LETTER, LetterState.OPEN, version=1)
        uow.commit()
    clock.advance(days=2)
    assert dict(reminding.prospect(services, LETTER).left_out) == {reminding.LeftOut.MAIL_FAILED: 1}


@only_sqlite
@pytest.mark.parametrize("form", ["headers", "qmail", "exim", "case and international domain"])
def test_every_form_in_which_servers_say_so_is_understood(
    services: Services, sent: list[bytes], folder: Path, form: str
) -> None:
    mail = {
        "headers": report(sent[0], FIRST, headers_only=True),
        "qmail": of_qmail(sent[0], FIRST),
        "exim": of_exim(sent[0], FIRST, RETURNED_TO.format(notice=NAMES[1])),
        "case and international domain": report(sent[0], FIRST.upper()),
    }[form]
    brought(folder, mail)
    first, second = read(services, folder)
    assert first.bounced_at == NOW
    assert second.bounced_at is None
    if form == "exim":
        assert first.bounce_reason == "552 5.2.2 The mailbox is full"


@only_sqlite
def test_a_mail_that_is_only_late_is_not_one_that_came_back_and_one_that_arrived_is_told_so(
    services: Services, sent: list[bytes], folder: Path
) -> None:
    brought(folder, report(sent[0], FIRST, action="delayed", status="4.4.1"),
            report(sent[1], SECOND, action="delivered", status="2.1.5"))  # fmt: skip
    first, second = read(services, folder)
    assert (first.bounced_at, first.delivered_at) == (None, None)
    assert (second.bounced_at, second.delivered_at) == (None, NOW)


@only_sqlite
def test_a_forged_bounce_needs_both_the_mail_and_the_address_it_went_to(
    services: Services, sent: list[bytes], folder: Path
) -> None:
    strange = sent[0].replace(NAMES[1].encode(), b"bbbbbbbbbbbbbbb2").replace(FIRST.encode(), b"x@elsewhere.example")
    other_address = sent[0].replace(FIRST.encode(), b"x@elsewhere.example")
    brought(
        folder,
        report(strange, FIRST),
        report(other_address, SECOND),
        report(b"Subject: nothing\r\n\r\nwords", FIRST),
        report(sent[0], "", action="failed"),
    )
    assert [each.bounced_at for each in read(services, folder)] == [None, None]
    assert len(os.listdir(folder / "cur")) == 4


@only_sqlite
def test_a_mail_that_never_went_out_cannot_come_back(services: Services, folder: Path) -> None:
    lay_out(services.unit_of_work)
    with services.unit_of_work(write=True) as uow:
        uow.outbox.add([a_notice(1)])
        uow.commit()
    told = DeliveryReport(message_ids=frozenset({a_notice(1).message_id}), failed=frozenset({FIRST}))
    assert bounces.note(services, [told]) == 0


@only_sqlite
def test_a_link_or_a_code_that_the_server_quotes_is_not_kept(
    services: Services, sent: list[bytes], folder: Path
) -> None:
    link = services.tokens.link("invitation-1", 1)
    short = services.tokens.short_code("invitation-1", 1)
    parted = "-".join((short[:4], short[4:8], short[8:]))
    said = f"smtp; 554 spam: https://letters.example.org/i/{link} and {link} code {parted} 1234 5678 \x07refused"
    brought(folder, report(sent[0], FIRST, said=said))
    reason = read(services, folder)[0].bounce_reason or ""
    assert reason == "554 spam: … and … code … … refused"


@only_sqlite
def test_each_mail_is_handled_once_and_one_that_was_not_put_away_is_read_again(
    services: Services, sent: list[bytes], folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(folder, report(sent[0], FIRST))
    mailbox = ReturnMaildir(folder)
    keeper = BounceKeeper(services, mailbox)
    with monkeypatch.context() as killed:
        killed.setattr(mailbox, "put_away", lambda mails: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            keeper.run(NOW)
    assert outbox(services)[0].bounced_at == NOW
    assert len(os.listdir(folder / "new")) == 1
    clock.advance(minutes=5)
    keeper.run(clock())
    assert outbox(services)[0].bounced_at == NOW
    assert os.listdir(folder / "new") == []


@only_sqlite
def test_without_a_database_nothing_is_put_away(
    services: Services, sent: list[bytes], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(folder, report(sent[0], FIRST))

    def down(*, write: bool = False) -> None:
        raise Unavailable("down")

    broken = replace(services, unit_of_work=down)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        BounceKeeper(broken, ReturnMaildir(folder)).run(NOW)
    assert len(os.listdir(folder / "new")) == 1


@only_sqlite
def test_a_mailbox_that_cannot_be_read_is_left_alone_for_longer_and_longer(
    services: Services, folder: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = BounceKeeper(services, ReturnMaildir(folder / "nowhere"))
    for _minute in range(10):
        keeper.run(clock())
        clock.advance(minutes=1)
    assert len(caplog.records) == 4
    assert "No such file" in caplog.text


@only_sqlite
def test_bounces_are_read_over_imap_and_flagged_as_seen(services: Services, sent: list[bytes]) -> None:
    with ImapServer([report(sent[0], FIRST), b"Subject: hello\r\n\r\nA person writes.", b"\0" * 9]) as server:
        mailbox = open_returns(f"imap://letters%40example.org:p%20w@127.0.0.1:{server.port}")
        assert isinstance(mailbox, ReturnImap)
        mailbox.check()
        keeper = BounceKeeper(services, mailbox)
        keeper.run(NOW)
        assert server.seen == {1, 2, 3}
        keeper.run(NOW + timedelta(minutes=1))
        assert server.logins == {("letters@example.org", "p w")}
    assert outbox(services)[0].bounced_at == NOW


@pytest.mark.parametrize("fault", ["wrong password", "no folder", "no TLS", "gone"])
def test_an_imap_server_that_refuses_is_told_of_without_the_password(fault: str) -> None:
    with ImapServer([], password="right") as server:
        place = f"letters:{'guess' if fault == 'wrong password' else 'right'}@127.0.0.1:{server.port}"
        folder = "Nowhere" if fault == "no folder" else ""
        url = f"{'imaps' if fault == 'no TLS' else 'imap'}://{place}/{folder}"
        if fault == "gone":
            server.stop()
        with pytest.raises(Unreadable) as refused:
            ReturnImap(url, patience=2).check()
    assert "right" not in refused.value.reason
    assert "guess" not in refused.value.reason


WORDS = st.sampled_from([
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n", b"--b\n", b"--b--\n", b"\n",
    b"Content-Type: message/delivery-status\n", b"Content-Type: message/rfc822\n", b"Action: failed\n",
    b"Status: 5.1.1\n",
    b"Final-Recipient: rfc822; a@b.example\n", b"Original-Recipient: \xff;<\n",
    b"Diagnostic-Code: smtp; 550 \xc3\x28\n",
    b"Message-ID: <x@y>\n", b"To: =?utf-8?b?////?= <a@b.example\n", b"Content-Transfer-Encoding: base64\n",
    b" folded\n",
    b"Content-Type: text/rfc822-headers; charset=nonsense\n", b"X-Failed-Recipients: \x00,,,\n", b"\x00\xff\xfe\n",
    b"Content-Type: multipart/mixed; boundary=\"\"\n", b"The following addresses had permanent fatal errors\n",
    b"<a@b>\n",
])  # fmt: skip


@example(b"")
@example(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 9000)
@example(b"Content-Type: text/plain" + b"; a" * 200_000)
@example(b"Message-ID: " + b"<" * 900_000)
@example(b"Subject: x\n" + b" fold\n" * 100_000)
@example(b"References: " + b"<a@b> " * 100_000)
@example(b"<a@b.example>:\n" * 300_000)
@example(b"To: " + b"(" * 50_000 + b"\n\n")
@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=2000), st.lists(WORDS, max_size=40).map(b"".join)))
def test_nothing_that_a_stranger_sends_stops_the_reading(data: bytes) -> None:
    told = read_report(data)
    assert len(told.reason) <= 240
    assert all(each.isprintable() for each in (told.reason, *told.message_ids))


def test_only_the_beginning_of_a_huge_mail_is_read(folder: Path) -> None:
    with (folder / "new" / "huge").open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    (folder / "new" / "link").symlink_to("/etc/passwd")
    (folder / "new" / "folder").mkdir()
    (mail,) = ReturnMaildir(folder).waiting()
    assert (mail.name, len(mail.beginning)) == ("huge", LARGEST)


def test_notices_to_nobody_in_particular_come_back_like_others(services: Services) -> None:
    lay_out(services.unit_of_work)
    made = replace(a_notice(7, NoticeKind.DIGEST), organisation_id=None, invitation_id=None, to="ada@example.org")
    with services.unit_of_work(write=True) as uow:
        uow.outbox.add([made])
        uow.outbox.claim("a", NOW, limit=9, lease_until=NOW + timedelta(minutes=3))
        uow.outbox.mark_sent(made.id, NOW, "250 ok")
        uow.commit()
    told = DeliveryReport(message_ids=frozenset({made.message_id}), failed=frozenset({"ADA@example.org"}))
    assert bounces.note(services, [told, told]) == 1
    assert outbox(services)[0].bounce_reason == bounces.NO_REASON
