"""The outbox gives each notice to one worker at a time, the urgent ones first, and takes it back from the dead."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

from signing.adapters.database import Database
from signing.workflow.mail_ports import Notice, NoticeKind, NoticeStatus, OutboxProgress
from signing.workflow.ports import OpenUnitOfWork
from tests.adapters.builders import LETTER, NOW, a_notice, lay_out, lay_out_notices

LEASE = NOW + timedelta(minutes=3)


def claim(unit_of_work: OpenUnitOfWork, owner: str = "a", minutes: int = 0, limit: int = 20) -> list[Notice]:
    now = NOW + timedelta(minutes=minutes)
    with unit_of_work(write=True) as uow:
        claimed = uow.outbox.claim(owner, now, limit=limit, lease_until=now + timedelta(minutes=3))
        uow.commit()
    return claimed


def stored(unit_of_work: OpenUnitOfWork) -> dict[str, Notice]:
    with unit_of_work() as uow:
        return {notice.id: notice for notice in uow.outbox.of_letter(LETTER)}


def test_notices_come_back_as_they_were_queued(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    notices = lay_out_notices(unit_of_work, 3)
    assert list(stored(unit_of_work).values()) == notices
    with unit_of_work(write=True) as uow:
        uow.outbox.add([])


def test_a_claim_takes_what_is_due_and_nobody_else_gets_it(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    due = lay_out_notices(unit_of_work, 5)
    later = replace(a_notice(9), due=NOW + timedelta(minutes=1))
    with unit_of_work(write=True) as uow:
        uow.outbox.add([later])
        uow.commit()
    taken = claim(unit_of_work, limit=3)
    assert taken == [replace(each, status=NoticeStatus.SENDING, attempts=1, due=LEASE) for each in due[:3]]
    assert [each.id for each in claim(unit_of_work, "b")] == [each.id for each in due[3:]]
    assert claim(unit_of_work, "c") == []
    assert [each.id for each in claim(unit_of_work, "c", minutes=1)] == [later.id]


def test_codes_and_receipts_go_before_a_thousand_invitations(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    lay_out_notices(unit_of_work, 30, due=NOW - timedelta(hours=1))
    with unit_of_work(write=True) as uow:
        uow.outbox.add([a_notice(50, NoticeKind.RECEIPT), a_notice(51, NoticeKind.CODE)])
        uow.commit()
    assert [each.kind for each in claim(unit_of_work, limit=3)] == ["code", "receipt", "invitation"]


def test_a_claim_that_was_not_committed_gives_everything_back(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    notices = lay_out_notices(unit_of_work, 2)
    with unit_of_work(write=True) as uow:
        assert len(uow.outbox.claim("a", NOW, limit=20, lease_until=LEASE)) == 2
    assert list(stored(unit_of_work).values()) == notices


def test_a_lease_that_ran_out_makes_the_notice_due_again(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    lay_out_notices(unit_of_work, 1)
    claim(unit_of_work, "dead")
    assert claim(unit_of_work, "b", minutes=2) == []
    assert [each.attempts for each in claim(unit_of_work, "b", minutes=3)] == [2]


def test_a_settled_notice_is_never_due_again(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    lay_out_notices(unit_of_work, 2)
    claim(unit_of_work)
    with unit_of_work(write=True) as uow:
        uow.outbox.mark_sent("notice-0000", NOW, "250 ok")
        uow.outbox.mark_failed("notice-0001", "550 no such user")
        uow.commit()
    sent, failed = stored(unit_of_work).values()
    assert (sent.status, sent.sent_at, sent.last_reply) == (NoticeStatus.SENT, NOW, "250 ok")
    assert (failed.status, failed.sent_at, failed.last_reply) == (NoticeStatus.FAILED, None, "550 no such user")
    assert claim(unit_of_work, minutes=60 * 24 * 365) == []


def test_a_notice_put_off_is_due_when_it_was_said(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    lay_out_notices(unit_of_work, 1)
    claim(unit_of_work)
    with unit_of_work(write=True) as uow:
        uow.outbox.mark_retry("notice-0000", NOW + timedelta(minutes=5), "450 later")
        uow.commit()
    assert stored(unit_of_work)["notice-0000"].last_reply == "450 later"
    assert claim(unit_of_work, minutes=4) == []
    assert len(claim(unit_of_work, minutes=5)) == 1


def test_bad_news_that_comes_too_late_does_not_undo_a_sent_mail(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    lay_out_notices(unit_of_work, 1)
    claim(unit_of_work, "slow")
    claim(unit_of_work, "b", minutes=3)
    with unit_of_work(write=True) as uow:
        uow.outbox.mark_sent("notice-0000", NOW, "250 of b")
        uow.outbox.mark_retry("notice-0000", NOW, "connection lost")
        uow.outbox.mark_failed("notice-0000", "550")
        uow.outbox.mark_sent("notice-0000", NOW + timedelta(minutes=1), "250 of slow")
        uow.commit()
    notice = stored(unit_of_work)["notice-0000"]
    assert (notice.status, notice.last_reply, notice.sent_at) == (NoticeStatus.SENT, "250 of b", NOW)


def test_workers_that_claim_at_once_never_share_a_notice(database: Database) -> None:
    lay_out(database.unit_of_work)
    lay_out_notices(database.unit_of_work, 60)
    taken: list[str] = []

    def work(owner: str) -> None:
        while claimed := claim(database.unit_of_work, owner, limit=4):
            taken.extend(each.id for each in claimed)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [f"notice-{number:04d}" for number in range(60)]


def test_a_claim_skips_what_another_transaction_holds(database: Database, database_kind: str) -> None:
    lay_out(database.unit_of_work)
    lay_out_notices(database.unit_of_work, 4)
    with database.unit_of_work(write=True) as first:
        held = first.outbox.claim("a", NOW, limit=2, lease_until=LEASE)
        if database_kind == "postgresql":  # SQLite's writers come one by one: there is no second one to skip
            assert {each.id for each in claim(database.unit_of_work, "b")}.isdisjoint(each.id for each in held)
        first.commit()
    assert len(held) == 2


def test_progress_counts_each_mail_once_and_none_that_somebody_asked_for(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    lay_out_notices(unit_of_work, 6)
    with unit_of_work(write=True) as uow:
        uow.outbox.add([a_notice(50, NoticeKind.RECEIPT), a_notice(51, NoticeKind.CODE)])
        uow.commit()
    claim(unit_of_work, limit=6)
    with unit_of_work(write=True) as uow:
        for number in (0, 1, 2):
            uow.outbox.mark_sent(f"notice-{number:04d}", NOW, "250 ok")
        uow.outbox.mark_failed("notice-0003", "550 no such user")
        uow.commit()
    with unit_of_work() as uow:
        assert uow.outbox.progress(LETTER) == OutboxProgress(queued=2, sent=3, failed=1, bounced=0)
        assert uow.outbox.progress("another") == OutboxProgress()


def test_a_mail_that_came_back_or_arrived_is_found_by_its_message_id_and_noted_once(
    unit_of_work: OpenUnitOfWork,
) -> None:
    lay_out(unit_of_work)
    lay_out_notices(unit_of_work, 3)
    claim(unit_of_work)
    later = NOW + timedelta(hours=1)
    with unit_of_work(write=True) as uow:
        for number in range(3):
            uow.outbox.mark_sent(f"notice-{number:04d}", NOW, "250 ok")
        uow.commit()
    sent_as = [f"<{number}@letters.example.org>" for number in range(3)]
    with unit_of_work(write=True) as uow:
        assert uow.outbox.mark_bounced("notice-0000", NOW, "550 no such user")
        assert not uow.outbox.mark_bounced("notice-0000", later, "550 again")
        assert uow.outbox.mark_delivered("notice-0001", NOW)
        assert not uow.outbox.mark_delivered("notice-0001", later)
        uow.commit()
    notices = stored(unit_of_work)
    assert [(each.bounced_at, each.bounce_reason, each.delivered_at, each.came_back) for each in notices.values()] == [
        (NOW, "550 no such user", None, True), (None, None, NOW, False), (None, None, None, False),
    ]  # fmt: skip
    with unit_of_work() as uow:
        assert uow.outbox.by_message_id([]) == []
        found = uow.outbox.by_message_id([sent_as[1], "<nobody@letters.example.org>"])
        assert [each.id for each in found] == ["notice-0001"]
        assert uow.outbox.progress(LETTER) == OutboxProgress(queued=0, sent=2, failed=0, bounced=1)
