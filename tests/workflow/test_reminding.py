"""Who is reminded, who is not and why; and how reminders end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signing.adapters.mail_matter import Outdated
from signing.adapters.mail_text import MailTexts
from signing.domain.address_book import BookOrganisation
from signing.domain.errors import NotAllowed, NotFound
from signing.domain.invitation import Part
from signing.domain.organisation import Decision
from signing.workflow import closing, drafting, inviting, reminding
from signing.workflow.mail_ports import Notice, NoticeKind
from signing.workflow.reminding import LeftOut, remind, stop_reminders
from tests.adapters.mail_gallery import a_remark
from tests.mail_catcher import text_of
from tests.web.installation import House, letter_text

CHINA, FRONT, UYGHUR = "Human Rights in China", "Front Line Defenders", "World Uyghur Congress"
only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
TEXTS = MailTexts("letters@example.org")


@pytest.fixture
def letter_id(house: House) -> str:
    """Three organisations were invited two days ago, and the mails have come."""
    made = house.opened(CHINA, FRONT, UYGHUR)
    posted(house, made)
    house.clock.pass_(days=2)
    return made


def posted(house: House, letter_id: str) -> None:
    """All that is queued goes out now."""
    with house.services.unit_of_work(write=True) as uow:
        for each in uow.outbox.claim("worker", house.clock(), limit=100, lease_until=house.clock()):
            uow.outbox.mark_sent(each.id, house.clock(), "250")
        uow.commit()


def reminders(house: House, letter_id: str) -> list[Notice]:
    with house.services.unit_of_work() as uow:
        return [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.REMINDER]


def addresses(house: House, letter_id: str) -> list[str]:
    return sorted(each.to for each in reminders(house, letter_id))


def words_of(house: House, queued: Notice) -> str:
    return " ".join(text_of(TEXTS.write(house.services, queued).message).split())


def test_only_who_is_silent_is_reminded_and_once_a_day(house: House, letter_id: str) -> None:
    house.approve(letter_id, CHINA)
    assert reminding.prospect(house.services, letter_id) == remind(house.services, letter_id)
    assert addresses(house, letter_id) == ["contact@congress.example", "contact@defenders.example"]
    for _again in range(2):
        done = remind(house.services, letter_id)
        assert (done.mailed, done.left_out) == (0, {LeftOut.ANSWERED: 1, LeftOut.TODAY: 2})
        posted(house, letter_id)
    house.clock.pass_(hours=23)
    assert remind(house.services, letter_id).mailed == 0
    house.clock.pass_(hours=1)
    assert remind(house.services, letter_id).mailed == 2


@only_sqlite
def test_an_invitation_of_today_is_reminder_enough_but_one_that_failed_never_came(house: House) -> None:
    letter_id = house.opened(CHINA, FRONT)
    with house.services.unit_of_work(write=True) as uow:
        _first, second = uow.outbox.claim("worker", house.clock(), limit=100, lease_until=house.clock())
        uow.outbox.mark_failed(second.id, "550 nobody here")
        uow.commit()
    done = remind(house.services, letter_id)
    assert (done.mailed, done.left_out) == (0, {LeftOut.MAIL_FAILED: 1, LeftOut.TODAY: 1})


@only_sqlite
def test_codes_receipts_and_links_asked_for_do_not_count_as_a_reminder(house: House, letter_id: str) -> None:
    house.approve(letter_id, CHINA)
    drafting.import_letter(house.services, letter_text(body="Other words."), letter_id=letter_id)
    house.clock.pass_(days=1)
    house.open(letter_id)
    done = remind(house.services, letter_id)
    # The code and the receipt were no reminders; being told of the new words is one.
    assert (done.mailed, done.left_out) == (2, {LeftOut.TODAY: 1})
    posted(house, letter_id)
    house.clock.pass_(days=1)
    assert remind(house.services, letter_id).mailed == 3


@only_sqlite
@pytest.mark.parametrize("decision", [Decision.DECLINE, Decision.APPROVE])
def test_whoever_answers_before_the_mail_goes_gets_none(house: House, letter_id: str, decision: Decision) -> None:
    remind(house.services, letter_id)
    (mine,) = (each for each in reminders(house, letter_id) if each.to == "contact@china.example")
    assert TEXTS.write(house.services, mine).message["List-Unsubscribe"] is not None
    house.approve(letter_id, CHINA, decision=decision)
    with pytest.raises(Outdated):
        TEXTS.write(house.services, mine)


@only_sqlite
def test_an_end_is_an_end_for_this_letter_and_a_wrong_token_ends_nothing(house: House, letter_id: str) -> None:
    invitation = house.invitation(letter_id, CHINA)
    remind(house.services, letter_id)
    (queued,) = (each for each in reminders(house, letter_id) if each.to == "contact@china.example")
    for wrong in ("", "x", "é\ud800", house.token(letter_id, CHINA)):
        stop_reminders(house.services, invitation.id, wrong)
        stop_reminders(house.services, "nothing", wrong)
    assert TEXTS.write(house.services, queued)
    right = house.services.tokens.reminders_token(invitation.id, "contact@china.example")
    for _twice in range(2):
        stop_reminders(house.services, invitation.id, right)
    with pytest.raises(Outdated):
        TEXTS.write(house.services, queued)
    posted(house, letter_id)
    house.clock.pass_(days=1)
    done = remind(house.services, letter_id)
    assert (done.mailed, done.left_out) == (2, {LeftOut.STOPPED: 1})
    # The link is as it was: only reminders have ended.
    assert inviting.open_link(house.services, house.token(letter_id, CHINA)).letter_id == letter_id


@only_sqlite
def test_nobody_is_reminded_without_a_link_or_against_their_wish(house: House, letter_id: str) -> None:
    inviting.revoke(house.services, letter_id, "org-china")
    with house.services.unit_of_work(write=True) as uow:
        uow.refused_addresses.add(house.services.tokens.address_digest("contact@defenders.example"), house.clock())
        entry = uow.roster.entry(letter_id, "org-congress")
        assert entry is not None
        uow.address_book.remember([("a new one", BookOrganisation("org-new", "A new one"))])
        uow.roster.save(replace(entry, organisation_id="org-new", position=9, organisation="A new one", stage=2))
        uow.commit()
    done = remind(house.services, letter_id)
    assert (done.mailed, done.left_out) == (1, {LeftOut.NOT_INVITED: 1, LeftOut.LINK_ENDED: 1, LeftOut.REFUSED: 1})
    assert remind(house.services, letter_id, stage=2).left_out == {LeftOut.NOT_INVITED: 1}
    house.clock.pass_(days=1)
    assert remind(house.services, letter_id, stage=1).mailed == 0, "the one reminder still waits to be sent"


@only_sqlite
def test_one_mailbox_of_two_organisations_gets_one_reminder(house: House) -> None:
    letter_id = house.opened(CHINA, FRONT, email="both@example.org")
    posted(house, letter_id)
    house.clock.pass_(days=2)
    done = remind(house.services, letter_id)
    assert (done.mailed, done.left_out) == (1, {LeftOut.TODAY: 1})


@only_sqlite
def test_where_two_must_agree_it_is_the_one_whose_turn_it_is(house: House, letter_id: str) -> None:
    with house.services.unit_of_work(write=True) as uow:
        uow.roster.set_review(letter_id, "org-china", two_persons=True, reviewed_version=None)
        signatory = uow.invitations.of_part(letter_id, "org-china", Part.SIGNATORY)
        assert signatory is not None
        uow.invitations.add(
            replace(signatory, id="reviewer", token_sha256=b"r" * 32, short_sha256=None, part=Part.REVIEWER,
                    contact="Rafa", email="rafa@china.example")
        )  # fmt: skip
        uow.commit()
    remind(house.services, letter_id)
    assert "rafa@china.example" in addresses(house, letter_id)
    assert "contact@china.example" not in addresses(house, letter_id)
    (mine,) = (each for each in reminders(house, letter_id) if each.to == "rafa@china.example")
    assert "Until you say what you think" in words_of(house, mine)
    with house.services.unit_of_work(write=True) as uow:
        uow.roster.set_review(letter_id, "org-china", two_persons=True, reviewed_version=1)
        uow.commit()
    remind(house.services, letter_id)
    assert "contact@china.example" in addresses(house, letter_id)


@only_sqlite
def test_a_letter_that_takes_no_answers_reminds_nobody(house: House, letter_id: str) -> None:
    house.approve(letter_id, CHINA)
    with pytest.raises(NotFound):
        remind(house.services, "nothing")
    house.clock.pass_(days=30)
    with pytest.raises(NotAllowed) as late:
        remind(house.services, letter_id)
    assert late.value.code == "deadline-passed"
    closing.close(house.services, letter_id)
    for act in (remind, reminding.prospect):
        with pytest.raises(NotAllowed) as closed:
            act(house.services, letter_id)
        assert closed.value.code == "letter-closed"
    assert reminders(house, letter_id) == []


@only_sqlite
def test_a_wish_for_other_words_is_told_of_them(house: House, letter_id: str) -> None:
    with house.services.unit_of_work(write=True) as uow:
        uow.remarks.add(
            a_remark("wish", "org-china", "If you say: the valley.", letter_id=letter_id, condition=True,
                     invitation_id=house.invitation(letter_id, CHINA).id)
        )  # fmt: skip
        uow.commit()
    drafting.import_letter(house.services, letter_text(body="Other words."), letter_id=letter_id)
    house.open(letter_id)
    with house.services.unit_of_work() as uow:
        told = [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.NEW_VERSION]
    assert [each.to for each in told] == ["contact@china.example"]
    assert "you said: yes, if" in words_of(house, told[0])
