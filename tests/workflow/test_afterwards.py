"""After the closing, on both databases: the hour of publishing, delivery, late approvals, giving up, and forgetting."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing as closing_
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from signing.adapters import typeset
from signing.adapters.clock_keeper import ClockKeeper, Duty
from signing.adapters.collation import IcuCollation
from signing.adapters.roster_sheets import read_roster
from signing.domain.errors import Faulty, NotAllowed, NotFound
from signing.domain.letter import LetterAction, LetterState
from signing.domain.organisation import Decision
from signing.evidence.trust import Trust
from signing.evidence.verify import verify_bundle
from signing.workflow import (
    abandoning,
    auditing,
    bundling,
    closing,
    correcting,
    delivering,
    drafting,
    forgetting_contacts,
    inviting,
    late_approvals,
    log_serving,
    publishing,
    rostering,
)
from signing.workflow.contact_access import LetterAbandoned
from signing.workflow.delivery_ports import DeliveryAddress
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.ports import Edition
from tests.web.installation import House
from tests.workflow.desk import ONE, TWO, Desk

THREE = "Éveil des Sources"
OFFICE = DeliveryAddress("", 0, "Office of the Commissioner", "office@council.example")
NEWS = DeliveryAddress("", 1, "Newsroom", "news@press.example", copy=True)


@pytest.fixture
def house(house: House) -> House:
    services = replace(house.services, collation=IcuCollation(), scrub=house.database.scrub)
    return House(services, house.clock, house.database)


@pytest.fixture
def letter_id(house: House) -> str:
    letter_id = house.opened(ONE, TWO, THREE)
    for number, name in enumerate((ONE, THREE)):
        Desk(house, letter_id, name).answers(Decision.APPROVE, f"key-of-this-page-{number}")
    return letter_id


def letter(house: House, letter_id: str) -> drafting.Letter:
    return drafting.read(house.services, letter_id).letter


def mails(house: House, letter_id: str, kind: NoticeKind) -> list[Notice]:
    with house.services.unit_of_work() as uow:
        return [each for each in uow.outbox.of_letter(letter_id) if each.kind is kind]


def mailed(house: House, letter_id: str, kind: NoticeKind) -> list[str]:
    return sorted(each.to for each in mails(house, letter_id, kind))


def acts(house: House, letter_id: str) -> list[str]:
    with house.services.unit_of_work() as uow:
        return [each.act for each in uow.activity.of_letter(letter_id, limit=100)]


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What `count` threads get that do the same at the same moment."""
    got: list[Any] = []
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        gate.wait()
        try:
            got.append(act(number))
        except Exception as error:
            got.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return got


def listed(edition: Edition) -> list[str]:
    return [name["listed_as"] for name in json.loads(edition.files["signatories.json"])]


def test_sixteen_closings_at_once_give_one_edition_and_one_set_of_mails(house: House, letter_id: str) -> None:
    """FAULTS R2."""
    editions = at_once(16, lambda _: closing.close(house.services, letter_id))
    numbers = {each.number for each in editions if isinstance(each, Edition)}
    assert numbers == {1}
    assert all(isinstance(each, (Edition, NotAllowed)) for each in editions), editions
    with house.services.unit_of_work() as uow:
        assert [each.kind for each in uow.log.entries(letter_id)].count("close") == 1
    assert mailed(house, letter_id, NoticeKind.CLOSED) == ["contact@china.example", "contact@sources.example"]
    assert acts(house, letter_id).count("closed") == 1


def test_the_last_sixteen_answers_and_a_closing_at_once_lose_nobody_who_was_told_so(house: House) -> None:
    """FAULTS R2: an answer is in the list, or it was refused; none is acknowledged and lost."""
    names = [f"Group {number:02}" for number in range(8)]
    letter_id = house.opened(ONE, *names)
    Desk(house, letter_id, ONE).answers(Decision.APPROVE, "key-of-this-page-0")
    ready = [(desk, desk.form(code=desk.asks_for_a_code(), idempotency_key=f"key-of-page-{number:05}"))
             for number, desk in enumerate(Desk(house, letter_id, name) for name in names)]  # fmt: skip

    def act(number: int) -> Any:
        if number >= 8:
            return closing.close(house.services, letter_id)
        desk, form = ready[number]
        return desk.sends(form).answer.listed_as

    got = at_once(16, act)
    acknowledged = {each for each in got if isinstance(each, str)}
    refused = [each for each in got if isinstance(each, Exception)]
    assert all(isinstance(each, NotAllowed) for each in refused), refused
    edition = closing.close(house.services, letter_id)
    assert set(listed(edition)) == {ONE, *acknowledged}
    with house.services.unit_of_work() as uow:
        assert [each.kind for each in uow.log.entries(letter_id)].count("close") == 1
    assert len(mails(house, letter_id, NoticeKind.CLOSED)) == len(acknowledged) + 1


def test_a_letter_is_public_at_its_second_and_not_before_whoever_sleeps(house: House, letter_id: str) -> None:
    closing.close(house.services, letter_id)
    delivering.choose_addresses(house.services, letter_id, [OFFICE, NEWS])
    house.clock.now = datetime(2026, 3, 20, 8, tzinfo=UTC)
    with house.services.unit_of_work(write=True) as uow:
        uow.letters.arrange(replace(letter(house, letter_id), zone="Europe/Berlin"))
        uow.commit()
    publishing.choose_hour(house.services, letter_id, "2026-03-29T03:00")
    hour = letter(house, letter_id).publish_at
    assert hour == datetime(2026, 3, 29, 1, tzinfo=UTC)
    keeper = ClockKeeper(house.services, [Duty("publishing", publishing.due, publishing.publish_due)])
    house.clock.now = hour - timedelta(microseconds=1)
    keeper.run_once()
    with pytest.raises(NotFound):
        log_serving.published_checkpoint(house.services, letter_id)
    with pytest.raises(NotAllowed) as refusal:
        publishing.publish(house.services, letter_id)
    assert refusal.value.code == "embargo"
    house.clock.now = hour
    assert log_serving.published_checkpoint(house.services, letter_id)
    at_once(4, lambda _: keeper.run_once())
    published = letter(house, letter_id)
    assert (published.state, published.published_at) == (LetterState.PUBLISHED, hour)
    # A clock that is set back takes nothing away and sends nothing twice.
    house.clock.now = hour - timedelta(days=2)
    keeper.run_once()
    assert log_serving.published_checkpoint(house.services, letter_id)
    assert publishing.publish(house.services, letter_id).published_at == hour
    assert mailed(house, letter_id, NoticeKind.PUBLISHED) == ["contact@china.example", "contact@sources.example"]
    assert mailed(house, letter_id, NoticeKind.DELIVERY) == ["news@press.example", "office@council.example"]
    assert acts(house, letter_id).count("published") == 1


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_an_hour_that_the_clocks_skip_or_that_has_passed_is_refused(house: House, letter_id: str) -> None:
    with house.services.unit_of_work(write=True) as uow:
        uow.letters.arrange(replace(letter(house, letter_id), zone="Europe/Berlin"))
        uow.commit()
    wrong = {"2026-03-29T02:30": "time-skipped", "2026-03-01T10:00": "hour-past", "soon": "time-unread"}
    for typed, code in wrong.items():
        with pytest.raises(Faulty) as fault:
            publishing.choose_hour(house.services, letter_id, typed)
        assert (fault.value.field, fault.value.code) == ("publish_at", code)
    _, twice = publishing.choose_hour(house.services, letter_id, "2026-10-25T02:30")
    assert twice
    assert letter(house, letter_id).publish_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    publishing.choose_hour(house.services, letter_id, "")
    assert letter(house, letter_id).publish_at is None


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_an_embargo_ends_by_a_lead_s_word(house: House, letter_id: str) -> None:
    closing.close(house.services, letter_id)
    publishing.choose_hour(house.services, letter_id, "2026-03-29T03:00")
    published = publishing.publish(house.services, letter_id, ends_embargo=True)
    assert published.published_at == house.clock.now


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_below_its_quorum_a_letter_is_closed_and_not_published(house: House, letter_id: str) -> None:
    with house.services.unit_of_work(write=True) as uow:
        uow.letters.arrange(replace(letter(house, letter_id), quorum=3))
        uow.commit()
    closing.close(house.services, letter_id)
    publishing.choose_hour(house.services, letter_id, "2026-03-10T10:00")
    with pytest.raises(NotAllowed) as refusal:
        publishing.publish(house.services, letter_id, ends_embargo=True)
    assert (refusal.value.code, refusal.value.values) == ("quorum", {"have": 2, "need": 3})
    house.clock.pass_(days=9)
    keeper = ClockKeeper(house.services, [Duty("publishing", publishing.due, publishing.publish_due)])
    keeper.run_once()
    with pytest.raises(NotFound):
        log_serving.published_checkpoint(house.services, letter_id)
    late_approvals.choose_late(house.services, letter_id, "2026-03-20T10:00")
    Desk(house, letter_id, TWO).answers(Decision.APPROVE, "key-of-this-page-8")
    assert closing.close(house.services, letter_id).number == 2
    keeper.run_once()
    assert letter(house, letter_id).state is LetterState.PUBLISHED


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_nobody_is_published_under_a_letter_they_withdrew_from(house: House, letter_id: str) -> None:
    closing.close(house.services, letter_id)
    publishing.choose_hour(house.services, letter_id, "2026-03-10T10:00")
    Desk(house, letter_id, THREE).answers(Decision.WITHDRAW, "key-of-this-page-8")
    with pytest.raises(NotAllowed) as refusal:
        publishing.publish(house.services, letter_id, ends_embargo=True)
    assert refusal.value.code == "edition-behind"
    house.clock.pass_(days=9)
    # The service holds the key here: the clock signs the next edition first.
    assert publishing.publish_due(house.services, letter_id) is not None
    assert listed(auditing.edition(house.services, letter_id)) == [ONE]
    assert mailed(house, letter_id, NoticeKind.PUBLISHED) == ["contact@china.example"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_letter_is_delivered_once_and_a_new_address_gets_it_when_asked_for(house: House, letter_id: str) -> None:
    delivering.choose_addresses(house.services, letter_id, [OFFICE])
    closing.close(house.services, letter_id)
    with pytest.raises(NotAllowed, match="Publish the letter first"):
        delivering.deliver(house.services, letter_id)
    publishing.publish(house.services, letter_id)
    assert delivering.deliver(house.services, letter_id) == 0
    delivering.choose_addresses(house.services, letter_id, [OFFICE, NEWS])
    assert sum(got for got in at_once(4, lambda _: delivering.deliver(house.services, letter_id))) == 1
    assert [each.state for each in delivering.deliveries(house.services, letter_id)] == ["queued", "queued"]
    for faulty, field in (
        ([replace(OFFICE, email="nobody")], "email-0"),
        ([replace(OFFICE, name=" ")], "name-0"),
        ([OFFICE, OFFICE], "email-1"),
    ):
        with pytest.raises(Faulty) as fault:
            delivering.choose_addresses(house.services, letter_id, faulty)
        assert fault.value.field == field
    assert len(delivering.deliveries(house.services, letter_id)) == 2


def test_late_names_come_into_the_next_edition_and_all_of_it_verifies_after_the_contacts_are_forgotten(
    house: House, letter_id: str, tmp_path: Path
) -> None:
    house.services = replace(house.services, typesetter=typeset, document_certificate="not looked at here")
    first = closing.close(house.services, letter_id)
    publishing.publish(house.services, letter_id)
    with pytest.raises(NotAllowed, match="closed to answers"):
        Desk(house, letter_id, TWO).answers(Decision.APPROVE, "key-of-this-page-7")
    house.roster(letter_id, "Late Comers", position=9)
    late_approvals.choose_late(house.services, letter_id, "2026-03-20T10:00")
    assert inviting.invite(house.services, letter_id) == 1
    house.clock.pass_(days=1)
    Desk(house, letter_id, "Late Comers").answers(Decision.APPROVE, "key-of-this-page-8")
    Desk(house, letter_id, THREE).answers(Decision.WITHDRAW, "key-of-this-page-9")
    second = closing.close(house.services, letter_id)
    assert (second.number, set(listed(second))) == (2, {ONE, "Late Comers"})
    newest, oldest = late_approvals.dated_editions(house.services, letter_id)
    assert (newest.added, newest.gone, newest.late) == (("Late Comers",), (THREE,), True)
    assert (oldest.late, oldest.edition.files) == (False, first.files)
    assert mailed(house, letter_id, NoticeKind.PUBLISHED)[1:] == ["contact@comers.example", "contact@sources.example"]
    before = verified(house, letter_id)
    assert "editions/1/signatories.json" in before
    house.clock.now = datetime(2027, 3, 1, tzinfo=UTC)
    assert forgetting_contacts.due(house.services) == []
    house.clock.now = datetime(2027, 3, 3, tzinfo=UTC)
    assert forgetting_contacts.due(house.services) == [letter_id]
    assert forgetting_contacts.forget_due(house.services, letter_id)
    assert not forgetting_contacts.forget_due(house.services, letter_id)
    assert verified(house, letter_id) == before


def verified(house: House, letter_id: str) -> dict[str, bytes]:
    """The exported evidence, which proves itself; the stamp of the moment is all that may differ."""
    files = bundling.bundle_files(house.services, letter_id)
    report = verify_bundle(files, Trust.from_bytes(auditing.trust_bytes(house.services)))
    assert (report.verdict, report.failures) == ("PROVED", [])
    return files


def test_no_byte_of_a_contact_stays_in_the_database_and_a_withdrawal_says_what_no_longer_works(
    house: House, letter_id: str, tmp_path: Path
) -> None:
    other = house.opened("Other Valley")
    delivering.choose_addresses(house.services, letter_id, [OFFICE])
    closing.close(house.services, letter_id)
    with pytest.raises(NotAllowed, match="Publish the letter first"):
        forgetting_contacts.forget_now(house.services, letter_id, letter(house, letter_id).title)
    publishing.publish(house.services, letter_id)
    with pytest.raises(Faulty) as fault:
        forgetting_contacts.forget_now(house.services, letter_id, "another title")
    assert fault.value.field == "typed_title"
    gone = ("contact@china.example", "contact@watch.example", "Kim China", OFFICE.email)
    assert all(each in house.dump() for each in gone)
    desk = Desk(house, letter_id, ONE)
    file = str(house.database.engine.url.database)
    on_sqlite = house.database.engine.dialect.name == "sqlite"
    if on_sqlite:
        # A build that does not overwrite what is deleted, as it is by SQLite's own default.
        with closing_(sqlite3.connect(file)) as careless:
            careless.execute("PRAGMA secure_delete=OFF")
            careless.executescript(
                "CREATE TABLE old (t TEXT); INSERT INTO old VALUES ('former@china.example'); DROP TABLE old"
            )
        assert b"former@china.example" in Path(file).read_bytes()
    forgetting_contacts.forget_now(house.services, letter_id, f"  {letter(house, letter_id).title.upper()}")
    assert [each for each in gone if each in house.dump()] == []
    assert "contact@valley.example" in house.dump()
    assert letter(house, other).forgotten_at is None
    if on_sqlite:
        held = Path(file).read_bytes()
        assert [each for each in (*gone, "former@china.example") if each.encode() in held] == []
        assert b"contact@valley.example" in held
    with pytest.raises(NotAllowed) as refusal:
        desk.answers(Decision.WITHDRAW, "key-of-this-page-7")
    assert refusal.value.code == "contacts-forgotten"
    for action in (LetterAction.REISSUE, LetterAction.CHOOSE_LATE):
        with pytest.raises(NotAllowed, match="contact data of this letter are deleted"):
            letter(house, letter_id).after(action, house.clock.now)
    assert acts(house, letter_id).count("contacts-forgotten") == 1


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_whoever_was_the_contact_before_is_forgotten_too_unless_another_letter_asks_them(house: House) -> None:
    sheet = b"organisation,contact,email\nRivers China,Lee,Lee@china.example\nValley Watch,Ola,ola@watch.example\n"
    made, other = house.letter(), house.letter()
    for each, lines in ((made, 3), (other, 2)):
        rows = read_roster(b"\n".join(sheet.splitlines()[:1] + sheet.splitlines()[-lines + 1 :]), "a.csv").rows
        rostering.import_roster(house.services, each, rows)
    for entry in rostering.entries(house.services, made):
        correcting.correct(house.services, made, entry.organisation_id, contact="Noor", email="n@n.example", role="")
    abandoning.abandon(house.services, made)
    forgetting_contacts.forget_now(house.services, made, letter(house, made).title)
    assert [each in house.dump() for each in ("Lee@china", "n@n.example", "ola@watch.example")] == [False, False, True]


def test_an_abandoned_letter_opens_no_more_and_everybody_who_was_asked_is_told_once(
    house: House, letter_id: str
) -> None:
    with pytest.raises(Faulty):
        abandoning.abandon(house.services, letter_id, "something else")
    title = letter(house, letter_id).title
    at_once(4, lambda _: abandoning.abandon(house.services, letter_id, title))
    given_up = letter(house, letter_id)
    assert (given_up.state, given_up.abandoned_at) == (LetterState.ABANDONED, house.clock.now)
    told = mails(house, letter_id, NoticeKind.CLOSED)
    assert [each.subject_id for each in told] == ["abandoned"] * 3
    assert acts(house, letter_id).count("abandoned") == 1
    with pytest.raises(LetterAbandoned):
        Desk(house, letter_id, ONE).form()
    for act in (closing.close, publishing.publish, inviting.invite):
        with pytest.raises(NotAllowed, match="was abandoned"):
            act(house.services, letter_id)
    assert given_up.forgotten_on == house.clock.now + timedelta(days=365)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_is_signed_cannot_be_abandoned_and_a_draft_tells_nobody(house: House, letter_id: str) -> None:
    closing.close(house.services, letter_id)
    with pytest.raises(NotAllowed, match="closed and signed"):
        abandoning.abandon(house.services, letter_id)
    draft = house.letter()
    house.roster(draft, "Other Valley")
    assert abandoning.abandon(house.services, draft).state is LetterState.ABANDONED
    assert mails(house, draft, NoticeKind.CLOSED) == []
    abandoning.archive(house.services, draft, away=True)
    assert letter(house, draft).archived_at == house.clock.now
    abandoning.archive(house.services, draft, away=False)
    assert letter(house, draft).archived_at is None
