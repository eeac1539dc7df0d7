"""Not the right person, or never again: the link ends, nobody is written to, the coordinator sees who is missing."""

from __future__ import annotations

from datetime import date

import pytest

from signing.domain.errors import Faulty
from signing.domain.handover import ChangeKind
from signing.domain.organisation import Decision, Standing
from signing.domain.roster import RosterRow
from signing.workflow import closing, deciding, handing_over, inviting, reviewing, rostering, stepping_aside, tracking
from signing.workflow.colleagues import Colleague
from signing.workflow.confirming import ConfirmationNeeded
from signing.workflow.handing_over import HandOver
from signing.workflow.inviting import AddressRefused, LinkClosed
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.speakers import Speakers
from signing.workflow.stepping_aside import Aside
from tests.web.installation import House
from tests.workflow.desk import ONE, TWO, Desk
from tests.workflow.persons import Person, mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

CONTACT = "contact@china.example"
LOU = Colleague("Lou Example", "lou@china.example", "Programme lead")


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ONE, TWO)


@pytest.fixture
def contact(house: House, letter_id: str) -> Person:
    return Person(house, letter_id)


def steps_aside(person: Person, *, never: bool = False, words: str = "") -> ChangeKind:
    form = Aside(never, words, person.code())
    return stepping_aside.step_aside(person.house.services, person.access, form).kind


def speakers(house: House, letter_id: str, organisation: str = ONE) -> Speakers:
    rows = tracking.status(house.services, letter_id).rows
    return next(row.speakers for row in rows if row.entry.organisation == organisation)


def row(email: str, organisation: str = ONE, id: str = "org-china") -> RosterRow:
    return RosterRow(
        line=2, id=id, organisation=organisation, acronym=None, listed_as=None, native_name=None, sort_name=None,
        country=None, group=None, contact="Alex", email=email, role=None, language=None, stage=1,
    )  # fmt: skip


def test_not_the_person_ends_the_link_and_tells_the_coordinator_alone_who_is(
    house: House, letter_id: str, contact: Person
) -> None:
    assert steps_aside(contact, words="Ask\r\nAna.") is ChangeKind.NOT_THE_PERSON
    with pytest.raises(LinkClosed):
        deciding.view(house.services, contact.access)
    seen = speakers(house, letter_id)
    assert (seen.needs_contact, seen.refused) == (True, False)
    assert [(each.person, each.words) for each in seen.changes] == [("Kim China", "Ask\nAna.")]
    assert not speakers(house, letter_id, TWO).needs_contact
    # They may be asked again, or the organisation by another address.
    rostering.import_roster(house.services, letter_id, [row("ana@china.example")])
    assert not speakers(house, letter_id).needs_contact
    assert mails(house, letter_id, NoticeKind.INVITATION)[-1].to == "ana@china.example"


def test_never_again_holds_for_every_letter_and_every_way_of_inviting(
    house: House, letter_id: str, contact: Person
) -> None:
    assert steps_aside(contact, never=True) is ChangeKind.NEVER_AGAIN
    assert speakers(house, letter_id).refused
    assert CONTACT not in repr(_refused_rows(house))
    with pytest.raises(AddressRefused):
        inviting.reissue(house.services, letter_id, "org-china")
    before = len(mails(house, letter_id, NoticeKind.INVITATION))
    rostering.import_roster(house.services, letter_id, [row("CONTACT@china.example"), row("x@y.example", "New", "new")])
    assert len(mails(house, letter_id, NoticeKind.INVITATION)) == before

    other = house.letter()
    house.roster(other, ONE, TWO)
    house.open(other)
    # Nobody learns of it before the address is asked.
    assert not speakers(house, other).needs_contact
    assert inviting.invite(house.services, other) == 1
    assert [each.to for each in mails(house, other, NoticeKind.INVITATION)] == ["contact@watch.example"]
    assert (speakers(house, other).needs_contact, speakers(house, other).refused) == (True, True)
    assert inviting.invite(house.services, other) == 0
    house.clock.pass_(seconds=1)
    rostering.import_roster(house.services, other, [row("ana@china.example")])
    assert [each.to for each in mails(house, other, NoticeKind.INVITATION)][1:] == ["ana@china.example"]
    assert not speakers(house, other).needs_contact


def _refused_rows(house: House) -> list[tuple[object, ...]]:
    with house.database.engine.connect() as connection:
        return [tuple(each) for each in connection.exec_driver_sql("SELECT * FROM refused_address")]


def test_the_link_alone_ends_nothing(house: House, letter_id: str, contact: Person) -> None:
    before = house.dump()
    with pytest.raises(ConfirmationNeeded):
        stepping_aside.step_aside(house.services, contact.access, Aside(True))
    assert house.dump() == before
    contact.code()
    with pytest.raises(Faulty):
        stepping_aside.step_aside(house.services, contact.access, Aside(True, code="00000000"))
    assert _refused_rows(house) == []
    deciding.view(house.services, contact.access)


def test_pressed_twice_it_is_recorded_once(house: House, letter_id: str, contact: Person) -> None:
    form = Aside(False, "", contact.code())
    first = stepping_aside.step_aside(house.services, contact.access, form)
    assert stepping_aside.step_aside(house.services, contact.access, form) == first
    assert handing_over.ended(house.services, contact.access).change == first
    assert len(speakers(house, letter_id).changes) == 1


def test_a_stand_in_who_steps_aside_gives_it_back(house: House, letter_id: str, contact: Person) -> None:
    form = HandOver(LOU, date(2026, 3, 9), contact.code())
    handing_over.hand_over(house.services, contact.access, form)
    seen = speakers(house, letter_id)
    assert seen.stand_in is not None
    assert (seen.stand_in.email, seen.until and seen.until.date()) == (LOU.email, date(2026, 3, 9))
    house.clock.pass_(seconds=1)
    steps_aside(Person(house, letter_id, browser="lou's"), never=True)
    assert mails(house, letter_id, NoticeKind.INVITATION)[-1].to == CONTACT
    seen = speakers(house, letter_id)
    assert (seen.needs_contact, seen.stand_in) == (False, None)


def test_an_answer_stays_and_a_receipt_goes_to_nobody_who_wants_no_mail(
    house: House, letter_id: str, contact: Person
) -> None:
    house.approve(letter_id, ONE)
    steps_aside(contact, never=True)
    (status, _) = tracking.status(house.services, letter_id).rows
    assert status.standing is Standing.APPROVED
    rostering.import_roster(house.services, letter_id, [row("ana@china.example")])
    house.clock.pass_(minutes=61)
    before = len(mails(house, letter_id, NoticeKind.RECEIPT))
    Desk(house, letter_id, ONE, browser="ana's").answers(Decision.WITHDRAW, "key-of-withdrawal")
    assert {each.to for each in mails(house, letter_id, NoticeKind.RECEIPT)[before:]} == {"ana@china.example"}


def test_it_is_possible_after_closing_too(house: House, letter_id: str, contact: Person) -> None:
    house.approve(letter_id, TWO)
    closing.close(house.services, letter_id)
    assert steps_aside(contact) is ChangeKind.NOT_THE_PERSON


def test_the_coordinator_sees_whom_an_organisation_waits_for(house: House, letter_id: str, contact: Person) -> None:
    rhea = Colleague("Rhea Example", "rhea@china.example", "Treasurer")
    reviewing.name_reviewer(house.services, contact.access, rhea, contact.code())
    second = speakers(house, letter_id).second
    assert second is not None
    assert (second.contact, second.email, second.agreed, second.last) == ("Rhea Example", rhea.email, False, None)
    # A mail to the second person that fails says nothing of the signatory's.
    with house.services.unit_of_work(write=True) as uow:
        for notice in uow.outbox.claim("me", house.clock(), limit=99, lease_until=house.clock()):
            if notice.to == rhea.email:
                uow.outbox.mark_failed(notice.id, "550 no such mailbox")
        uow.commit()
    (status, _) = tracking.status(house.services, letter_id).rows
    assert status.standing is Standing.SILENT
