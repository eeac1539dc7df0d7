"""Two persons must agree: without the reviewer's word on these very words nobody approves, and only they can go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from signing.domain.errors import Faulty, NotAllowed, Refusal
from signing.domain.handover import ChangeKind, Review
from signing.domain.invitation import Part
from signing.domain.organisation import Answer, Decision
from signing.workflow import (
    closing,
    confirming,
    deciding,
    device_signing,
    drafting,
    handing_over,
    inviting,
    printing,
    reviewing,
    stepping_aside,
)
from signing.workflow.colleagues import Colleague
from signing.workflow.confirming import ConfirmationNeeded
from signing.workflow.contact_access import OtherPart, StaleVersion
from signing.workflow.device_signing import OfferedKey
from signing.workflow.handing_over import HandOver
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.opening import Wishes
from signing.workflow.reviewing import ReviewAwaited, ReviewForm
from signing.workflow.stepping_aside import Aside
from tests.web.installation import House, letter_text
from tests.workflow.desk import ONE, TWO, Desk, passkey
from tests.workflow.persons import Person, invitation_of, mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

RHEA = Colleague("Rhea Example", "rhea@china.example", "Treasurer")
SAM = Colleague("Sam Example", "sam@china.example", "Board member")


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ONE, TWO)


@pytest.fixture
def contact(house: House, letter_id: str) -> Person:
    return Person(house, letter_id)


@pytest.fixture
def reviewer(house: House, letter_id: str, contact: Person) -> Person:
    reviewing.name_reviewer(house.services, contact.access, RHEA, contact.code())
    return Person(house, letter_id, Part.REVIEWER, browser="rhea's")


def says(person: Person, agrees: bool | None = True, key: str = "key-of-review-page", **fields: str) -> Review:
    services = person.house.services
    view = reviewing.view(services, person.access)
    form = ReviewForm(view.version.number, view.text_sha256, agrees, "", person.code(), key)
    said = reviewing.review(services, person.access, replace(form, **fields))
    person.house.clock.pass_(seconds=1)
    return said


def test_the_reviewer_gets_a_link_of_their_own_and_the_signatory_waits_for_them(
    house: House, letter_id: str, reviewer: Person
) -> None:
    assert mails(house, letter_id, NoticeKind.INVITATION)[-1].to == RHEA.email
    desk = Desk(house, letter_id)
    code = desk.asks_for_a_code()
    with pytest.raises(ReviewAwaited, match="Rhea Example has not agreed to these words yet") as awaited:
        desk.sends(desk.form(code=code))
    assert awaited.value.code == "review-awaited"
    assert says(reviewer).agrees
    assert mails(house, letter_id, NoticeKind.REVIEWED)[-1].to == "contact@china.example"
    # The code was not lost to the refusal.
    receipt = desk.sends(desk.form(code=code))
    assert receipt.entry.answer is Answer.APPROVED
    assert RHEA.email in {each.to for each in mails(house, letter_id, NoticeKind.RECEIPT)}


def test_no_code_is_mailed_for_an_approval_that_waits_for_the_reviewer(
    house: House, letter_id: str, reviewer: Person
) -> None:
    desk, before = Desk(house, letter_id), len(mails(house, letter_id, NoticeKind.CODE))
    view = deciding.view(house.services, desk.access)
    with pytest.raises(ReviewAwaited):
        deciding.request_code(
            house.services, desk.access, view.version, view.text_sha256, decision=Decision.APPROVE
        )
    assert len(mails(house, letter_id, NoticeKind.CODE)) == before
    deciding.request_code(house.services, desk.access, view.version, view.text_sha256, decision=Decision.DECLINE)
    assert len(mails(house, letter_id, NoticeKind.CODE)) == before + 1


def test_a_key_signs_no_approval_before_the_reviewer_has_agreed_nor_after_they_took_it_back(
    house: House, letter_id: str, reviewer: Person
) -> None:
    desk, key = Desk(house, letter_id), passkey("kim")
    with pytest.raises(ReviewAwaited):
        desk.prepares(key, code=desk.asks_for_a_code())
    says(reviewer)
    prepared = desk.prepares(key, code=desk.asks_for_a_code())
    says(reviewer, agrees=False, key="key-of-other-review")
    with pytest.raises(ReviewAwaited):
        desk.signs(key, prepared)
    says(reviewer, key="key-of-third-review")
    assert desk.signs(key, prepared).entry.answer is Answer.APPROVED


def test_declining_and_withdrawing_need_no_reviewer(house: House, letter_id: str, contact: Person) -> None:
    house.approve(letter_id, ONE)
    reviewing.name_reviewer(house.services, contact.access, RHEA, contact.code())
    desk = Desk(house, letter_id)
    house.clock.pass_(minutes=61)
    assert desk.answers(Decision.WITHDRAW, "key-of-withdrawal").entry.answer is Answer.WITHDRAWN
    with pytest.raises(ReviewAwaited):
        desk.answers(Decision.APPROVE, "key-of-next-answer")


def test_declining_needs_no_reviewer(house: House, letter_id: str, reviewer: Person) -> None:
    assert Desk(house, letter_id).answers(Decision.DECLINE, "key-of-decline-1").entry.answer is Answer.DECLINED


def test_new_words_need_a_new_agreement_and_the_reviewer_is_told(
    house: House, letter_id: str, reviewer: Person
) -> None:
    says(reviewer)
    old = reviewing.view(house.services, reviewer.access)
    drafting.import_letter(house.services, letter_text(body="Other words."), letter_id=letter_id)
    house.open(letter_id)
    assert [each.to for each in mails(house, letter_id, NoticeKind.NEW_VERSION)] == [RHEA.email]
    with pytest.raises(ReviewAwaited):
        Desk(house, letter_id).answers(Decision.APPROVE, "key-of-an-answer")
    form = ReviewForm(1, old.text_sha256, True, "", reviewer.code(), "key-of-stale-page")
    with pytest.raises(StaleVersion):
        reviewing.review(house.services, reviewer.access, form)
    view = reviewing.view(house.services, reviewer.access)
    assert (view.agreed, view.before) == (False, 1)
    assert view.redlines["en"].changed
    says(reviewer, key="key-of-new-review")
    assert reviewing.view(house.services, reviewer.access).before is None
    Desk(house, letter_id).answers(Decision.APPROVE, "key-of-an-answer")


def test_the_very_same_words_opened_again_need_no_new_agreement(
    house: House, letter_id: str, reviewer: Person
) -> None:
    says(reviewer)
    house.open(letter_id, Wishes(rekey=True))
    assert mails(house, letter_id, NoticeKind.NEW_VERSION) == []
    assert reviewing.view(house.services, reviewer.access).agreed
    Desk(house, letter_id).answers(Decision.APPROVE, "key-of-an-answer")


def test_pressed_twice_it_is_recorded_once(house: House, letter_id: str, contact: Person, reviewer: Person) -> None:
    again = reviewing.name_reviewer(house.services, contact.access, RHEA, "")
    assert (again.kind, again.to_email) == (ChangeKind.REVIEWER_NAMED, RHEA.email)
    assert says(reviewer, words="Fine by us.") == says(reviewer, words="Fine by us.")
    assert len(mails(house, letter_id, NoticeKind.REVIEWED)) == 1
    with house.services.unit_of_work() as uow:
        assert len(uow.reviews.of_letter(letter_id)) == 1
        assert len(uow.contact_changes.of_letter(letter_id)) == 1


def test_the_contact_can_neither_drop_nor_replace_the_reviewer_nor_be_both(
    house: House, letter_id: str, contact: Person, reviewer: Person
) -> None:
    with pytest.raises(Refusal, match="Only they can") as named:
        reviewing.name_reviewer(house.services, contact.access, SAM, contact.code())
    assert named.value.code == "reviewer-named"
    own = Colleague("Kim", "Contact@China.example", "Director")
    with pytest.raises(Faulty) as both:
        handing_over.hand_over(house.services, reviewer.access, HandOver(own, None, reviewer.code()))
    assert both.value.code == "other-person"
    with pytest.raises(Faulty) as both:
        handing_over.hand_over(house.services, contact.access, HandOver(RHEA, None, contact.code()))
    assert both.value.code == "other-person"
    # Whoever takes the signatory's part finds the rule in force.
    handing_over.hand_over(house.services, contact.access, HandOver(SAM, None, contact.code()))
    with pytest.raises(ReviewAwaited):
        Desk(house, letter_id).answers(Decision.APPROVE, "key-of-an-answer")


def test_the_reviewer_hands_over_their_part_and_what_they_agreed_to_holds(
    house: House, letter_id: str, reviewer: Person
) -> None:
    says(reviewer)
    handing_over.hand_over(house.services, reviewer.access, HandOver(SAM, None))
    assert mails(house, letter_id, NoticeKind.INVITATION)[-1].to == SAM.email
    told = {each.to for each in mails(house, letter_id, NoticeKind.HANDED_OVER)}
    assert told == {RHEA.email, "contact@china.example"}
    sam = Person(house, letter_id, Part.REVIEWER, browser="sam's")
    assert reviewing.view(house.services, sam.access).agreed
    assert invitation_of(house, letter_id).generation == 1


def test_only_the_reviewer_ends_the_rule_and_the_signatory_is_told_and_may_name_another(
    house: House, letter_id: str, contact: Person, reviewer: Person
) -> None:
    change = stepping_aside.step_aside(
        house.services, reviewer.access, Aside(never=False, code=reviewer.code())
    )
    assert change.kind is ChangeKind.REVIEWER_STEPPED_ASIDE
    (told,) = mails(house, letter_id, NoticeKind.REVIEWED)
    assert (told.to, told.subject_id) == ("contact@china.example", change.id)
    reviewing.name_reviewer(house.services, contact.access, SAM, contact.code())
    held = invitation_of(house, letter_id, Part.REVIEWER)
    assert (held.email, held.generation, held.revoked_at) == (SAM.email, 2, None)
    stepping_aside.step_aside(
        house.services, (sam := Person(house, letter_id, Part.REVIEWER)).access,
        Aside(never=False, code=sam.code()),
    )
    Desk(house, letter_id).answers(Decision.APPROVE, "key-of-an-answer")


def test_a_stand_in_cannot_bind_the_organisation_to_a_second_person(
    house: House, letter_id: str, contact: Person
) -> None:
    until = house.clock.now.date().replace(day=9)
    handing_over.hand_over(house.services, contact.access, HandOver(SAM, until, contact.code()))
    sam = Person(house, letter_id, browser="sam's")
    with pytest.raises(NotAllowed) as refused:
        reviewing.name_reviewer(house.services, sam.access, RHEA, sam.code())
    assert refused.value.code == "part-lent"


def test_the_link_alone_agrees_to_nothing_and_names_nobody(
    house: House, letter_id: str, contact: Person, reviewer: Person
) -> None:
    view = reviewing.view(house.services, reviewer.access)
    before = house.dump()
    form = ReviewForm(view.version.number, view.text_sha256, True, "", "", "key-of-review-page")
    with pytest.raises(ConfirmationNeeded):
        reviewing.review(house.services, reviewer.access, form)
    with pytest.raises(Faulty, match="choose one"):
        reviewing.review(house.services, reviewer.access, replace(form, agrees=None))
    with pytest.raises(ConfirmationNeeded):
        reviewing.name_reviewer(
            house.services, Person(house, letter_id, organisation="org-watch").access, SAM, ""
        )
    assert house.dump() == before


def test_nothing_is_agreed_to_once_the_letter_is_closed(
    house: House, letter_id: str, contact: Person, reviewer: Person
) -> None:
    house.approve(letter_id, TWO)
    closing.close(house.services, letter_id)
    with pytest.raises(NotAllowed):
        says(reviewer)
    other = Person(house, letter_id, organisation="org-watch")
    with pytest.raises(NotAllowed):
        reviewing.name_reviewer(house.services, other.access, SAM, other.code())


def test_a_reviewer_can_do_nothing_that_is_the_signatorys_and_the_other_way_round(
    house: House, letter_id: str, contact: Person, reviewer: Person
) -> None:
    services, theirs = house.services, reviewer.access
    says(reviewer)
    form = Desk(house, letter_id).form(code="12345678")
    key = OfferedKey(passkey("rhea").public)
    acts: list[Callable[[], object]] = [
        lambda: deciding.view(services, theirs),
        lambda: deciding.request_code(services, theirs, form.version, form.text_sha256),
        lambda: deciding.decide(services, theirs, form),
        lambda: deciding.receipt(services, theirs),
        lambda: deciding.opening(services, theirs),
        lambda: device_signing.prepare(services, theirs, form, key),
        lambda: device_signing.to_sign(services, theirs, "x"),
        lambda: device_signing.submit(services, theirs, "x", b""),
        lambda: device_signing.waiting(services, theirs),
        lambda: reviewing.name_reviewer(services, theirs, SAM, ""),
        lambda: reviewing.view(services, contact.access),
        lambda: reviewing.review(services, contact.access, ReviewForm(1, "", True, "", "", "key-of-review-page")),
    ]
    before = house.dump()
    for act in acts:
        with pytest.raises(OtherPart):
            act()
    assert house.dump() == before
    # What both may do.
    confirming.send_code(services, theirs)
    assert printing.print_copy(services, theirs, "txt", "en").content


def test_the_coordinator_can_send_the_reviewer_a_new_link(
    house: House, letter_id: str, reviewer: Person
) -> None:
    house.clock.pass_(days=100)
    inviting.reissue(house.services, letter_id, "org-china", Part.REVIEWER)
    assert mails(house, letter_id, NoticeKind.INVITATION)[-1].to == RHEA.email
    renewed = Person(house, letter_id, Part.REVIEWER, browser="rhea's")
    assert reviewing.view(house.services, renewed.access).entry.contact == RHEA.contact


def test_a_reviewer_cannot_pass_their_part_to_the_contact_while_a_colleague_stands_in(
    house: House, letter_id: str, contact: Person, reviewer: Person
) -> None:
    """The signatory's part falls back to the contact, who would then be both persons."""
    until = house.clock.now.date() + timedelta(days=3)
    handing_over.hand_over(house.services, contact.access, HandOver(SAM, until, contact.code()))
    for taken in ("Contact@china.example", SAM.email):
        colleague = Colleague("Kim China", taken, "Director")
        with pytest.raises(Faulty) as refused:
            handing_over.hand_over(house.services, reviewer.access, HandOver(colleague, None, reviewer.code()))
        assert refused.value.code == "other-person"
