"""FAULTS R1 at CI size: whatever is killed under load, nothing acknowledged is lost, doubled or half there."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from signing import config
from signing.adapters import tables
from signing.adapters.database import connect
from signing.domain.organisation import Answer
from signing.evidence.keyring import raw_from_pem
from signing.evidence.ledger import replay
from signing.evidence.note import ALG_ED25519, NoteKey
from signing.evidence.receipt import Receipt
from signing.workflow.mail_ports import Notice, NoticeKind, NoticeStatus
from tests.durability.callers import Callers, Told
from tests.durability.coalition import Coalition, assembled
from tests.durability.place import Place, PostgresqlServer, wait_until
from tests.mail_catcher import MailCatcher

SEED = random.SystemRandom().randrange(10**6)
BETWEEN = 12
VICTIMS = {
    "sqlite": ["web group", "web worker", "mail worker", "web group", "web worker"],
    "postgresql": ["database", "web worker", "mail worker", "database", "web group", "database"],
}


@pytest.fixture
def mails() -> Iterator[MailCatcher]:
    with MailCatcher() as mails:
        yield mails


def test_whatever_is_killed_under_load_no_answer_is_lost_or_doubled(
    database_kind: str, server: PostgresqlServer | None, mails: MailCatcher, tmp_path: Path
) -> None:
    victims = VICTIMS[database_kind]
    dice = random.Random(SEED)
    print(f"seed {SEED}")
    place = Place(tmp_path / "place", database_url=server.url if server else "", smtp_url=mails.url)
    place.run("init")
    coalition = assembled(place, BETWEEN * (len(victims) + 1))
    approvals = coalition.approvals()
    with place.running():
        with Callers(place.port, approvals) as callers:
            for number, victim in enumerate(victims):
                callers.wait_for(BETWEEN * number + dice.randrange(2, BETWEEN))
                strike(victim, place, server, dice)
        assert len(callers.told) == len(approvals)
        assert_log_answers_and_mails_agree(coalition, callers.told)
        let_leases_run_out(place)
        wait_until(lambda: not unsettled(coalition), "every mail is sent or given up")
    assert_every_receipt_still_proves_itself(coalition, callers.told)
    assert_every_mail_came_and_extra_ones_are_rare(coalition, mails, kills=len(victims))
    assert coalition.proved() == len(approvals)
    assert "Traceback" not in place.logs()


def strike(victim: str, place: Place, server: PostgresqlServer | None, dice: random.Random) -> None:
    if victim == "web group":
        place.kill_the_web_group()
    elif victim == "web worker":
        place.kill_one_web_worker(dice.choice)
    elif victim == "mail worker":
        place.kill_the_mail_worker()
    else:
        assert server is not None
        server.crash_and_recover()


def assert_log_answers_and_mails_agree(coalition: Coalition, told: list[Told]) -> None:
    """No hole, none lost, none twice, no answer without its entry, its receipt mail, and the reverse."""
    # `answers` itself holds that indices have no hole and that log and roster name the same entries.
    assert coalition.answers() == len(told)
    with coalition.services.unit_of_work() as uow:
        entries = uow.roster.entries(coalition.letter_id)
        logged = uow.log.entries(coalition.letter_id)
        remembered = [uow.answers.of_organisation(coalition.letter_id, each.organisation_id) for each in entries]
        receipts = [each for each in uow.outbox.of_letter(coalition.letter_id) if each.kind is NoticeKind.RECEIPT]
    assert {each.answer for each in entries} == {Answer.APPROVED}
    assert sorted(answer.index for answers in remembered for answer in answers) == list(range(1, len(logged)))
    assert sorted(int(each.subject_id) for each in receipts) == list(range(1, len(logged)))
    ledger = replay([each.entry for each in logged], files=None, coordinators=None)
    assert ledger.failures == []
    assert len(ledger.approvals()) == len(told)


def assert_every_receipt_still_proves_itself(coalition: Coalition, told: list[Told]) -> None:
    """Each receipt verifies, and names exactly the entry that the log holds at its place."""
    with coalition.services.unit_of_work() as uow:
        logged = uow.log.entries(coalition.letter_id)
        letter = uow.letters.get(coalition.letter_id)
    assert letter is not None
    log_key = NoteKey(letter.origin, ALG_ED25519, raw_from_pem(coalition.services.log_key.public.public_key))
    receipts = [Receipt.from_bytes(each.receipt) for each in told]
    for receipt in receipts:
        checkpoint = receipt.verify([log_key])
        assert receipt.entry == logged[receipt.index].entry
        assert checkpoint.root == logged[checkpoint.size - 1].root
    assert len({receipt.index for receipt in receipts}) == len(told)


def let_leases_run_out(place: Place) -> None:
    """What a killed worker had claimed is due again after its lease; nobody waits for three minutes here."""
    settings = config.load(place.environment, place.folder)
    database = connect(settings.database_url, settings.home)
    due_now = update(tables.outbox).where(tables.outbox.c.status == NoticeStatus.SENDING)
    with database.engine.connect().execution_options(writing=True) as connection:
        connection.execute(due_now.values(due=datetime.now(UTC)))
        connection.commit()
    database.dispose()


def notices(coalition: Coalition) -> list[Notice]:
    with coalition.services.unit_of_work() as uow:
        return uow.outbox.of_letter(coalition.letter_id)


def unsettled(coalition: Coalition) -> list[Notice]:
    return [each for each in notices(coalition) if each.status not in (NoticeStatus.SENT, NoticeStatus.FAILED)]


def assert_every_mail_came_and_extra_ones_are_rare(coalition: Coalition, mails: MailCatcher, *, kills: int) -> None:
    copies = Counter(message["Message-ID"] for _, message in mails.messages)
    queued = notices(coalition)
    # A code that was used before its mail went out is not mailed any more.
    assert {each.kind for each in queued if each.status is NoticeStatus.FAILED} <= {NoticeKind.CODE}
    assert {each.message_id for each in queued if each.status is NoticeStatus.SENT} == set(copies)
    extra = {name: count for name, count in copies.items() if count > 1}
    assert sum(copies.values()) - len(copies) <= kills, extra
