"""A contact passes the task on: the old link is dead, the new one is the colleague's alone, everybody is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from signing.domain.errors import Faulty, NotAllowed
from signing.domain.handover import ChangeKind
from signing.domain.organisation import Decision
from signing.domain.roster import RosterRow
from signing.workflow import closing, confirming, deciding, handing_over, inviting, reminding, rostering
from signing.workflow.colleagues import Colleague
from signing.workflow.confirming import ConfirmationNeeded
from signing.workflow.contact_access import invited
from signing.workflow.handing_over import HandOver
from signing.workflow.inviting import LinkClosed
from signing.workflow.mail_ports import NoticeKind
from tests.web.installation import House
from tests.workflow.desk import ONE, TWO, Desk
from tests.workflow.persons import Person, mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

LOU = Colleague("Lou Example", "lou@china.example", "Programme lead")
SAM = Colleague("Sam Example", "sam@china.example", "Board member")


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ONE, TWO)


@pytest.fixture
def contact(house: House, letter_id: str) -> Person:
    return Person(house, letter_id)


def hands_over(person: Person, colleague: Colleague = LOU, until: date | None = None) -> None:
    form = HandOver(colleague, until, person.code())
    handing_over.hand_over(person.house.services, person.access, form)
    # Mails of one moment are in no order.
    person.house.clock.pass_(seconds=1)


def entry(house: House, letter_id: str) -> object:
    with house.services.unit_of_work() as uow:
        return uow.roster.entry(letter_id, "org-china")


def changes(house: House, letter_id: str) -> list[tuple[ChangeKind, str, str | None]]:
    with house.services.unit_of_work() as uow:
        return [(each.kind, each.email, each.to_email) for each in uow.contact_changes.of_letter(letter_id)]


def test_for_good_the_roster_has_the_colleague_and_the_old_link_is_dead_at_once(
    house: House, letter_id: str, contact: Person
) -> None:
    old_token = house.token(letter_id, ONE)
    hands_over(contact)
    for use in (lambda: inviting.open_link(house.services, old_token),
                lambda: deciding.view(house.services, contact.access)):
        with pytest.raises(LinkClosed):
            use()
    known = entry(house, letter_id)
    assert (known.contact, known.email, known.role) == (LOU.contact, LOU.email, LOU.role)  # type: ignore[attr-defined]
    assert known.former_emails == ("contact@china.example",)  # type: ignore[attr-defined]
    assert changes(house, letter_id) == [(ChangeKind.HANDED_OVER, "contact@china.example", LOU.email)]
    assert Desk(house, letter_id, ONE, browser="lou's").answers(Decision.APPROVE, "key-of-lou-page-1").answer.person
    assert house.invitation(letter_id, TWO).generation == 1


def test_the_colleague_is_invited_and_everybody_who_spoke_before_is_told(
    house: House, letter_id: str, contact: Person
) -> None:
    hands_over(contact)
    hands_over(Person(house, letter_id, browser="lou's"), SAM)
    invited = [each.to for each in mails(house, letter_id, NoticeKind.INVITATION)]
    assert invited[2:] == [LOU.email, SAM.email]
    first, *then = [each.to for each in mails(house, letter_id, NoticeKind.HANDED_OVER)]
    assert (first, sorted(then)) == ("contact@china.example", ["contact@china.example", LOU.email])
    receipt = Desk(house, letter_id, ONE, browser="sam's").answers(Decision.APPROVE, "key-of-sam-page-1")
    assert receipt.entry.email == SAM.email
    receipts = {each.to for each in mails(house, letter_id, NoticeKind.RECEIPT)}
    assert receipts == {"contact@china.example", LOU.email, SAM.email}


def test_until_a_day_the_colleague_holds_it_and_afterwards_a_fresh_link_is_the_contacts_own(
    house: House, letter_id: str, contact: Person
) -> None:
    day = (house.clock.now + timedelta(days=3)).date()
    hands_over(contact, until=day)
    known = entry(house, letter_id)
    assert known.email == "contact@china.example"  # type: ignore[attr-defined]
    lou = Person(house, letter_id, browser="lou's")
    seen = deciding.view(house.services, lou.access).entry
    assert (seen.contact, seen.email, seen.former_emails) == (LOU.contact, LOU.email, ("contact@china.example",))
    inviting.reissue(house.services, letter_id, "org-china")
    assert mails(house, letter_id, NoticeKind.INVITATION)[-1].to == LOU.email
    lou = Person(house, letter_id, browser="lou's")
    house.clock.now = house.clock.now.replace(hour=23, minute=59, second=58) + timedelta(days=3)
    deciding.view(house.services, lou.access)
    house.clock.pass_(seconds=1)
    with pytest.raises(LinkClosed):
        deciding.view(house.services, lou.access)
    inviting.reissue(house.services, letter_id, "org-china")
    assert mails(house, letter_id, NoticeKind.INVITATION)[-1].to == "contact@china.example"
    assert deciding.view(house.services, Person(house, letter_id).access).entry.contact == "Kim China"


def zoned(house: House, letter_id: str, zone: str) -> Person:
    """The contact of the same letter in another zone."""
    with house.services.unit_of_work(write=True) as uow:
        letter = uow.letters.get(letter_id)
        assert letter is not None
        made = replace(letter, id="zoned", origin="localhost/l/zoned", zone=zone)
        uow.letters.add(made)
        uow.log.create("zoned")
        version = uow.letters.version(letter_id, 1)
        assert version is not None
        uow.letters.save_draft(replace(version, letter_id="zoned", opened_at=None))
        uow.commit()
    house.roster("zoned", ONE)
    inviting.invite(house.services, "zoned")
    return Person(house, "zoned")


def test_the_day_ends_in_the_zone_of_the_letter(house: House, letter_id: str) -> None:
    hands_over(zoned(house, letter_id, "Pacific/Auckland"), until=date(2026, 3, 5))
    assert house.invitation("zoned", ONE).expires_at.isoformat() == "2026-03-05T10:59:59+00:00"


def test_the_last_day_of_the_calendar_is_too_late_where_it_ends_after_it(house: House, letter_id: str) -> None:
    with pytest.raises(Faulty, match="within"):
        hands_over(zoned(house, letter_id, "America/New_York"), until=date.max)


def test_whose_authority_ends_passes_it_on_until_then_at_most_or_gives_it_back(
    house: House, letter_id: str, contact: Person
) -> None:
    hands_over(contact, until=date(2026, 3, 9))
    lou = Person(house, letter_id, browser="lou's")
    hands_over(lou, SAM, until=date(2026, 3, 30))
    assert house.invitation(letter_id, ONE).expires_at.date() == date(2026, 3, 9)
    sam = Person(house, letter_id, browser="sam's")
    hands_over(sam, Colleague("Kim China", "Contact@china.example", "Advocacy director"))
    assert (held := house.invitation(letter_id, ONE)).email is None
    assert held.expires_at > house.clock.now + timedelta(days=80)
    assert mails(house, letter_id, NoticeKind.INVITATION)[-1].to == "contact@china.example"


def test_pressed_twice_it_is_done_once_and_only_the_browser_that_did_it_is_told(
    house: House, letter_id: str, contact: Person
) -> None:
    other = Person(house, letter_id, browser="scanner's")
    form = HandOver(LOU, None, contact.code())
    first = handing_over.hand_over(house.services, contact.access, form)
    assert handing_over.hand_over(house.services, contact.access, form) == first
    assert handing_over.ended(house.services, contact.access).change == first
    assert len(changes(house, letter_id)) == 1
    assert len(mails(house, letter_id, NoticeKind.INVITATION)) == 3
    for refusal in (lambda: handing_over.ended(house.services, other.access),
                    lambda: handing_over.hand_over(house.services, other.access, form)):
        with pytest.raises(LinkClosed):
            refusal()


def test_the_link_alone_hands_nothing_over(house: House, letter_id: str, contact: Person) -> None:
    before = house.dump()
    with pytest.raises(ConfirmationNeeded):
        handing_over.hand_over(house.services, contact.access, HandOver(LOU))
    assert house.dump() == before
    contact.code()
    with pytest.raises(Faulty) as wrong:
        handing_over.hand_over(house.services, contact.access, HandOver(LOU, code="00000000"))
    assert wrong.value.code == "code-wrong"
    assert changes(house, letter_id) == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"contact": " "}, "contact"),
        ({"role": ""}, "role"),
        ({"contact": "Lou\u202eelpmaxE"}, "contact"),
        ({"contact": "You have won https://evil.example"}, "contact"),
        ({"role": "see evil.example/now"}, "role"),
        ({"contact": "x" * 121}, "contact"),
        ({"email": "lou"}, "email"),
        ({"email": "lou@china.example\r\nBcc: all@china.example"}, "email"),
        ({"email": "lou@china.example, sam@china.example"}, "email"),
        ({"email": "Lou <lou@china.example>"}, "email"),
        ({"email": "lou@chi\u202ena.example"}, "email"),
        ({"email": "x" * 250 + "@china.example"}, "email"),
        ({"email": "CONTACT@china.example"}, "email"),
    ],
)
def test_a_mail_can_go_only_to_one_plain_address_under_a_plain_name(
    house: House, letter_id: str, contact: Person, fields: dict[str, str], field: str
) -> None:
    code = contact.code()
    with pytest.raises(Faulty) as refused:
        handing_over.hand_over(house.services, contact.access, HandOver(replace(LOU, **fields), None, code))
    assert refused.value.field == field
    # The code was not lost to the slip.
    handing_over.hand_over(house.services, contact.access, HandOver(LOU, None, code))


@pytest.mark.parametrize(("day", "words"), [(date(2026, 3, 1), "over"), (date(2026, 7, 1), "within 90 days")])
def test_a_day_that_is_over_or_too_far_off_is_refused(
    house: House, letter_id: str, contact: Person, day: date, words: str
) -> None:
    with pytest.raises(Faulty, match=words) as refused:
        handing_over.hand_over(house.services, contact.access, HandOver(LOU, day, contact.code()))
    assert refused.value.field == "until"


def test_an_address_that_wants_no_invitation_gets_none_and_only_a_known_person_hears_of_it(
    house: House, letter_id: str, contact: Person
) -> None:
    with house.services.unit_of_work(write=True) as uow:
        uow.refused_addresses.add(house.services.tokens.address_digest("Lou@China.example"), house.clock.now)
        uow.commit()
    with pytest.raises(ConfirmationNeeded):
        handing_over.hand_over(house.services, contact.access, HandOver(LOU))
    code = contact.code()
    with pytest.raises(Faulty) as refused:
        handing_over.hand_over(house.services, contact.access, HandOver(LOU, None, code))
    assert (refused.value.code, refused.value.field) == ("address-refused", "email")
    handing_over.hand_over(house.services, contact.access, HandOver(SAM, None, code))
    assert [each.to for each in mails(house, letter_id, NoticeKind.INVITATION)][2:] == [SAM.email]


def test_after_closing_only_an_approval_can_be_handed_over_for_its_withdrawal(house: House, letter_id: str) -> None:
    house.approve(letter_id, ONE)
    closing.close(house.services, letter_id)
    silent = Person(house, letter_id, organisation="org-watch")
    with pytest.raises(NotAllowed, match="no approval"):
        handing_over.hand_over(house.services, silent.access, HandOver(LOU, None, silent.code()))
    hands_over(Person(house, letter_id))
    lou = Desk(house, letter_id, ONE, browser="lou's")
    assert lou.answers(Decision.WITHDRAW, "key-of-withdrawal").answer.decision == "withdraw"


def test_the_same_sheet_brought_again_does_not_undo_it_unless_the_coordinator_ends_the_link(
    house: House, letter_id: str, contact: Person
) -> None:
    hands_over(contact)
    row = RosterRow(
        line=2, id="org-china", organisation=ONE, acronym=None, listed_as=None, native_name=None, sort_name=None,
        country=None, group=None, contact="Kim China", email="contact@china.example", role=None, language=None, stage=1,
    )  # fmt: skip
    result = rostering.import_roster(house.services, letter_id, [row])
    assert [each.code for each in result.warnings] == ["handed-over"]
    assert entry(house, letter_id).email == LOU.email  # type: ignore[attr-defined]
    inviting.revoke(house.services, letter_id, "org-china")
    house.clock.pass_(seconds=1)
    rostering.import_roster(house.services, letter_id, [row])
    assert entry(house, letter_id).email == "contact@china.example"  # type: ignore[attr-defined]
    assert mails(house, letter_id, NoticeKind.INVITATION)[-1].to == "contact@china.example"


def test_a_new_contact_on_the_roster_ends_what_was_lent(house: House, letter_id: str, contact: Person) -> None:
    hands_over(contact, until=date(2026, 3, 9))
    row = RosterRow(
        line=2, id="org-china", organisation=ONE, acronym=None, listed_as=None, native_name=None, sort_name=None,
        country=None, group=None, contact="Alex", email="alex@china.example", role=None, language=None, stage=1,
    )  # fmt: skip
    rostering.import_roster(house.services, letter_id, [row])
    assert house.invitation(letter_id, ONE).email is None
    assert mails(house, letter_id, NoticeKind.INVITATION)[-1].to == "alex@china.example"


def test_a_browser_known_to_the_one_before_is_a_strangers_to_the_next_link(
    house: House, letter_id: str, contact: Person
) -> None:
    """The code that handed over was answered in the very moment in which the new link was made."""
    hands_over(contact)
    forwarded = Person(house, letter_id)
    with house.services.unit_of_work() as uow:
        seen = invited(house.services, uow, forwarded.access, house.clock())
    assert not confirming.confirmed(seen, house.clock())
    with pytest.raises(ConfirmationNeeded):
        handing_over.hand_over(house.services, forwarded.access, HandOver(SAM))


def test_a_code_mailed_to_the_address_before_answers_nothing_by_the_next_link(house: House, letter_id: str) -> None:
    code = Desk(house, letter_id).asks_for_a_code()
    house.clock.pass_(seconds=1)
    row = RosterRow(
        line=2, id="org-china", organisation=ONE, acronym=None, listed_as=None, native_name=None, sort_name=None,
        country=None, group=None, contact=LOU.contact, email=LOU.email, role=LOU.role, language=None, stage=1,
    )  # fmt: skip
    rostering.import_roster(house.services, letter_id, [row])
    desk = Desk(house, letter_id)
    with pytest.raises(Faulty) as refused:
        desk.sends(desk.form(code=code))
    assert refused.value.code == "code-used-up"
    assert desk.answers(Decision.APPROVE, "key-of-lou-page-1").entry.email == LOU.email


def test_old_mails_end_the_reminders_of_whoever_got_them_and_of_nobody_else(
    house: House, letter_id: str, contact: Person
) -> None:
    old = house.services.tokens.reminders_token(contact.access.invitation_id, "contact@china.example")
    hands_over(contact)
    reminding.stop_reminders(house.services, contact.access.invitation_id, old)
    assert contact.invitation().reminders_stopped_at is None
