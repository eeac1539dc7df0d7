"""The daily mail: at eight by the letter's clock, once, about what happened since, and not when nothing did."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from signing.adapters.mail_text import MailTexts
from signing.domain.access import Role
from signing.domain.organisation import Decision
from signing.workflow import deciding, digests, memberships
from signing.workflow.mail_ports import Notice, NoticeKind
from tests.mail_catcher import text_of
from tests.web.installation import House
from tests.workflow.desk import ONE, TWO, Desk, opened

ADA, BO = "ada@example.org", "bo@example.org"
# 2 March 2026: eight o'clock in Brussels is seven in UTC.
EIGHT = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


def laid_out(house: House) -> str:
    """A letter that Ada wants to hear of each day, and Bo does not."""
    for email in (ADA, BO):
        house.account(email, Role.COORDINATOR)
    letter_id = opened(house, ONE, TWO)
    with house.services.unit_of_work(write=True) as uow:
        letter = uow.letters.get(letter_id)
        assert letter is not None
        uow.letters.arrange(replace(letter, zone="Europe/Brussels"))
        for member, account in uow.members.of_letter(letter_id):
            uow.members.change(replace(member, digest=account.email == ADA))
        uow.commit()
    return letter_id


def mails(house: House, letter_id: str) -> list[Notice]:
    with house.services.unit_of_work() as uow:
        return [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.DIGEST]


def work(house: House) -> int:
    return sum(digests.send(house.services, each) for each in digests.due(house.services))


def test_it_comes_at_eight_once_and_says_what_happened(house: House) -> None:
    letter_id = laid_out(house)
    Desk(house, letter_id).answers(Decision.APPROVE, "key-of-the-first-page")
    Desk(house, letter_id, TWO).answers(Decision.DECLINE, "key-of-the-second-page")
    house.clock.now = EIGHT - timedelta(seconds=1)
    assert work(house) == 0
    house.clock.now = EIGHT
    assert work(house) == 1
    assert digests.due(house.services) == []
    (mail,) = mails(house, letter_id)
    assert (mail.to, mail.organisation_id) == (ADA, None)
    text = text_of(MailTexts("letters@example.org").write(house.services, mail).message)
    said = " ".join(text.split())
    assert "1 of 2 organisations stands under the letter." in said
    assert "APPROVED > Rivers China DECLINED > Valley Watch" in said
    assert f"/coordinator/letters/{letter_id}/people" in said
    house.clock.pass_(hours=5)
    assert work(house) == 0


def test_a_day_on_which_nothing_happens_has_no_mail_and_is_not_told_of_later(house: House) -> None:
    letter_id = laid_out(house)
    house.clock.now = EIGHT
    assert work(house) == 0
    assert digests.due(house.services) == []
    Desk(house, letter_id).answers(Decision.APPROVE, "key-of-the-first-page")
    house.clock.now = EIGHT + timedelta(days=1)
    assert work(house) == 1
    house.clock.now = EIGHT + timedelta(days=2)
    assert work(house) == 0
    assert len(mails(house, letter_id)) == 1


def test_two_workers_send_it_once(house: House) -> None:
    letter_id = laid_out(house)
    Desk(house, letter_id).answers(Decision.APPROVE, "key-of-the-first-page")
    house.clock.now = EIGHT
    threads = [threading.Thread(target=digests.send, args=(house.services, letter_id)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mails(house, letter_id)) == 1


def test_whoever_asks_for_it_at_noon_hears_from_then_on(house: House) -> None:
    letter_id = laid_out(house)
    Desk(house, letter_id).answers(Decision.APPROVE, "key-of-the-first-page")
    house.clock.now = EIGHT + timedelta(hours=4)
    with house.services.unit_of_work() as uow:
        bo = next(account for _, account in uow.members.of_letter(letter_id) if account.email == BO)
    acting = replace(house.services, actor=lambda: replace(house.services.actor(), name=BO, account_id=bo.id))
    memberships.wish_for_digest(acting, letter_id, True)
    work(house)
    assert [each.to for each in mails(house, letter_id)] == [ADA]


def test_a_name_that_is_to_be_counted_only_is_not_in_it(house: House) -> None:
    letter_id = laid_out(house)
    desk = Desk(house, letter_id)
    code = desk.asks_for_a_code()
    deciding.decide(house.services, desk.access, desk.form(code=code, confidential=True))
    house.clock.now = EIGHT
    work(house)
    (mail,) = mails(house, letter_id)
    text = text_of(MailTexts("letters@example.org").write(house.services, mail).message)
    assert "1 organisation approved and asked not to be named." in text
    assert ONE not in text
