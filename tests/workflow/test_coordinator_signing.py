"""A coordinator's own key on openings and closings: the service alone then cannot close, nor anybody else's key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from signing.domain.errors import Faulty, NotAllowed, NotFound, Refusal
from signing.domain.letter import LetterState
from signing.domain.organisation import Decision, Standing
from signing.evidence.statement import CloseStatement, LetterStatement
from signing.evidence.trust import Trust
from signing.evidence.verify import verify_bundle
from signing.workflow import (
    auditing,
    bundling,
    closing,
    coordinator_keys,
    coordinator_signing,
    drafting,
    inviting,
    tracking,
)
from signing.workflow.coordinator_signing import CoordinatorMustSign, KeyNotNamed, Wishes
from signing.workflow.mail_ports import NoticeKind
from tests.faults import fail_everywhere
from tests.web.installation import House, letter_text
from tests.workflow.coordinators import KINDS, Coordinator, coordinator, without_service_key
from tests.workflow.desk import ONE, TWO, Desk

KEY_1, KEY_2, KEY_3 = (f"key-of-this-page-{number}" for number in (1, 2, 3))


@pytest.fixture
def house(house: House) -> House:
    services = replace(house.services, document_certificate="not looked at here")
    return House(services, house.clock, house.database)


@pytest.fixture
def ada(house: House) -> Coordinator:
    return coordinator(house)


def opened_by(who: Coordinator, *organisations: str, wishes: Wishes | None = None) -> str:
    house = who.house
    letter_id = house.letter(deadline=house.clock.now + timedelta(days=20))
    house.roster(letter_id, *organisations)
    who.opens(letter_id, wishes)
    house.invite(letter_id)
    return letter_id


def answered(who: Coordinator) -> str:
    letter_id = opened_by(who, ONE, TWO)
    Desk(who.house, letter_id, ONE).answers(Decision.APPROVE, KEY_1)
    return letter_id


def entries(house: House, letter_id: str) -> list[str]:
    with house.services.unit_of_work() as uow:
        return [logged.kind for logged in uow.log.entries(letter_id)]


def state(house: House, letter_id: str) -> LetterState:
    return drafting.read(house.services, letter_id).letter.state_at(house.clock())


def newest_letter(house: House, letter_id: str) -> LetterStatement:
    found = [each.statement for each in auditing.log(house.services, letter_id)]
    return [each for each in found if isinstance(each, LetterStatement)][-1]


def report(house: House, letter_id: str) -> Any:
    trust = Trust.from_bytes(auditing.trust_bytes(house.services))
    return verify_bundle(bundling.bundle_files(house.services, letter_id), trust)


@pytest.mark.parametrize("kind", KINDS)
def test_each_scheme_opens_and_closes_a_letter_and_the_verifier_knows_who(house: House, kind: str) -> None:
    ada = coordinator(house, kind=kind)
    letter_id = answered(ada)
    edition = ada.closes(letter_id)
    assert (edition.number, edition.listed) == (1, 1)
    assert state(house, letter_id) is LetterState.CLOSED
    said = auditing.entry(house.services, letter_id, edition.index).statement
    assert isinstance(said, CloseStatement)
    assert said.by == ada.key
    found = report(house, letter_id)
    assert not found.failures, found.failures
    assert found.verdict == "PROVED"
    assert not any("HELD_BY_SERVICE" in str(warning) for warning in found.warnings)


def test_a_letter_names_the_coordinators_own_key_and_not_the_services(house: House, ada: Coordinator) -> None:
    letter_id = opened_by(ada, ONE)
    assert [key.key for key in newest_letter(house, letter_id).coordinators] == [ada.key]
    with_service_key = house.opened(TWO)
    assert house.services.coordinator is not None
    assert [key.key for key in newest_letter(house, with_service_key).coordinators] == [
        house.services.coordinator.public.key
    ]


def test_the_service_alone_can_neither_close_nor_open_a_new_version(house: House, ada: Coordinator) -> None:
    letter_id = answered(ada)
    with pytest.raises(KeyNotNamed) as refusal:
        closing.close(house.services, letter_id)
    assert ada.key in refusal.value.message
    assert state(house, letter_id) is LetterState.OPEN
    drafting.import_letter(house.services, letter_text(body="Other words."), letter_id=letter_id)
    with pytest.raises(KeyNotNamed):
        drafting.open_letter(house.services, letter_id)
    bare = without_service_key(house)
    for act in (closing.close, drafting.open_letter):
        with pytest.raises(CoordinatorMustSign):
            act(bare.services, letter_id)
    assert entries(house, letter_id) == ["letter", "assent"]


def test_no_key_of_the_service_forges_the_coordinators_signature(house: House, ada: Coordinator) -> None:
    letter_id = answered(ada)
    asked = coordinator_signing.prepare_closing(house.services, letter_id, ada.key)
    services = house.services
    assert services.coordinator is not None
    for forger in (services.coordinator, services.attestor, services.log_key):
        with pytest.raises(Faulty) as refusal:
            coordinator_signing.submit(services, asked.prepared_id, forger.sign(asked.pae))
        assert refusal.value.field == "signature"
    assert entries(house, letter_id) == ["letter", "assent"]
    assert ada.signs(asked).listed == 1


def test_a_wrong_signature_changes_nothing_and_can_be_mended(house: House, ada: Coordinator) -> None:
    letter_id = answered(ada)
    asked = coordinator_signing.prepare_closing(house.services, letter_id, ada.key)
    with pytest.raises(Faulty):
        coordinator_signing.submit(house.services, asked.prepared_id, b"not a signature")
    assert state(house, letter_id) is LetterState.CLOSING
    again = coordinator_signing.to_sign(house.services, asked.prepared_id)
    assert (again.payload, again.files) == (asked.payload, asked.files)
    assert ada.signs(again).number == 1


def test_a_signature_sent_twice_gives_the_same_result(house: House, ada: Coordinator) -> None:
    letter_id = house.letter()
    house.roster(letter_id, ONE)
    opening = coordinator_signing.prepare_opening(house.services, letter_id, ada.key)
    assert ada.signs(opening).version == ada.signs(opening).version == 1
    house.invite(letter_id)
    Desk(house, letter_id, ONE).answers(Decision.APPROVE, KEY_1)
    asked = coordinator_signing.prepare_closing(house.services, letter_id, ada.key)
    assert ada.signs(asked) == ada.signs(asked)
    with pytest.raises(NotAllowed):
        coordinator_signing.to_sign(house.services, asked.prepared_id)
    assert entries(house, letter_id) == ["letter", "assent", "close"]


def test_an_answer_between_preparing_and_signing_makes_the_closing_begin_again(house: House, ada: Coordinator) -> None:
    letter_id = answered(ada)
    asked = coordinator_signing.prepare_closing(house.services, letter_id, ada.key)
    closing.cancel_closing(house.services, letter_id)
    Desk(house, letter_id, TWO).answers(Decision.APPROVE, KEY_2)
    other = coordinator_signing.prepare_closing(house.services, letter_id, ada.key)
    assert other.prepared_id != asked.prepared_id
    with pytest.raises(NotFound):
        ada.signs(asked)
    assert ada.signs(other).listed == 2


def test_a_withdrawal_after_closing_overtakes_a_prepared_edition(house: House, ada: Coordinator) -> None:
    letter_id = answered(ada)
    Desk(house, letter_id, TWO).answers(Decision.APPROVE, KEY_2)
    ada.closes(letter_id)
    Desk(house, letter_id, ONE).answers(Decision.WITHDRAW, KEY_3)
    asked = coordinator_signing.prepare_closing(house.services, letter_id, ada.key)
    Desk(house, letter_id, TWO).answers(Decision.WITHDRAW, KEY_2 + "b")
    with pytest.raises(NotAllowed) as refusal:
        ada.signs(asked)
    assert refusal.value.code == "closing-overtaken"
    assert ada.closes(letter_id).listed == 0


def test_an_answer_after_the_doors_were_opened_again_overtakes_the_closing(house: House, ada: Coordinator) -> None:
    letter_id = answered(ada)
    asked = coordinator_signing.prepare_closing(house.services, letter_id, ada.key)
    closing.cancel_closing(house.services, letter_id)
    Desk(house, letter_id, TWO).answers(Decision.APPROVE, KEY_2)
    with pytest.raises(NotAllowed) as refusal:
        ada.signs(asked)
    assert refusal.value.code == "closing-overtaken"
    assert state(house, letter_id) is LetterState.OPEN
    assert ada.closes(letter_id).listed == 2


def test_a_closing_that_was_called_off_is_not_closed_by_a_late_signature(house: House, ada: Coordinator) -> None:
    letter_id = answered(ada)
    asked = coordinator_signing.prepare_closing(house.services, letter_id, ada.key)
    closing.cancel_closing(house.services, letter_id)
    with pytest.raises(NotAllowed) as refusal:
        ada.signs(asked)
    assert refusal.value.code == "closing-overtaken"
    assert "close" not in entries(house, letter_id)


def test_unsigned_for_half_an_hour_the_doors_open_and_the_signature_is_too_late(
    house: House, ada: Coordinator
) -> None:
    letter_id = answered(ada)
    asked = coordinator_signing.prepare_closing(house.services, letter_id, ada.key)
    assert state(house, letter_id) is LetterState.CLOSING
    house.clock.pass_(minutes=30)
    assert state(house, letter_id) is LetterState.OPEN
    with pytest.raises(NotAllowed) as refusal:
        ada.signs(asked)
    assert refusal.value.code == "prepared-expired"
    Desk(house, letter_id, TWO).answers(Decision.APPROVE, KEY_2)
    assert ada.closes(letter_id).listed == 2


def test_another_coordinators_key_neither_prepares_nor_signs(house: House, ada: Coordinator) -> None:
    bob = coordinator(house, "bob")
    letter_id = answered(ada)
    with pytest.raises(KeyNotNamed):
        bob.closes(letter_id)
    assert state(house, letter_id) is LetterState.OPEN
    with pytest.raises(NotAllowed) as refusal:
        coordinator_signing.prepare_closing(house.services, letter_id, ada.key, bob.account_id)
    assert refusal.value.code == "key-of-another"
    asked = coordinator_signing.prepare_closing(house.services, letter_id, ada.key, ada.account_id)
    with pytest.raises(NotFound):
        coordinator_signing.to_sign(house.services, asked.prepared_id, bob.account_id)
    with pytest.raises(NotFound):
        coordinator_signing.submit(house.services, asked.prepared_id, ada.signer.sign(asked.pae), bob.account_id)


def test_several_coordinators_are_named_and_either_closes(house: House, ada: Coordinator) -> None:
    bob = coordinator(house, "bob", "ssh")
    letter_id = opened_by(ada, ONE, wishes=Wishes(coordinators=[ada.key, bob.key]))
    Desk(house, letter_id, ONE).answers(Decision.APPROVE, KEY_1)
    assert bob.closes(letter_id).listed == 1


def test_a_new_version_keeps_the_coordinators_unless_others_are_wished(house: House, ada: Coordinator) -> None:
    bob = coordinator(house, "bob")
    letter_id = opened_by(ada, ONE, wishes=Wishes(coordinators=[ada.key, bob.key]))
    drafting.import_letter(house.services, letter_text(body="Other words."), letter_id=letter_id)
    bob.opens(letter_id)
    assert {key.key for key in newest_letter(house, letter_id).coordinators} == {ada.key, bob.key}
    bob.opens(letter_id, Wishes(coordinators=[bob.key], rekey=True))
    assert [key.key for key in newest_letter(house, letter_id).coordinators] == [bob.key]
    with pytest.raises(KeyNotNamed):
        ada.closes(letter_id)


def test_a_letter_goes_over_from_the_services_key_to_the_coordinators_and_every_approval_carries(
    house: House, ada: Coordinator
) -> None:
    letter_id = house.opened(ONE, TWO)
    Desk(house, letter_id, ONE).answers(Decision.APPROVE, KEY_1)
    drafting.open_letter(house.services, letter_id, Wishes(coordinators=[ada.key], rekey=True))
    rows = {row.entry.organisation: row.standing for row in tracking.status(house.services, letter_id).rows}
    assert rows[ONE] is Standing.APPROVED
    with pytest.raises(KeyNotNamed):
        closing.close(house.services, letter_id)
    assert ada.closes(letter_id).listed == 1
    assert not report(house, letter_id).failures
    with house.services.unit_of_work() as uow:
        kinds = [notice.kind for notice in uow.outbox.of_letter(letter_id)]
        versions = uow.letters.versions(letter_id)
    assert [version.change for version in versions] == [None, "nothing"]
    assert kinds.count(NoticeKind.CARRIED) == 1
    assert NoticeKind.NEW_VERSION not in kinds


def test_what_the_version_may_name_is_checked(house: House, ada: Coordinator) -> None:
    letter_id = house.letter()
    assert house.services.coordinator is not None
    held = house.services.coordinator.public.key
    for named, code in (
        ([], "no-coordinator"),
        ([held], "signer-not-named"),
        ([ada.key, held], "service-key-named"),
        ([ada.key, "spki:unknown"], "key-unknown"),
    ):
        with pytest.raises(Refusal) as refusal:
            ada.opens(letter_id, Wishes(coordinators=named))
        assert refusal.value.code == code
    with pytest.raises(Faulty) as refusal:
        ada.opens(letter_id, Wishes(rekey=True))
    assert refusal.value.code == "no-version"


def test_what_was_prepared_is_not_opened_once_the_draft_says_something_else(house: House, ada: Coordinator) -> None:
    letter_id = house.letter()
    asked = coordinator_signing.prepare_opening(house.services, letter_id, ada.key)
    drafting.import_letter(house.services, letter_text(body="Other words."), letter_id=letter_id)
    with pytest.raises(Faulty) as refusal:
        ada.signs(asked)
    assert refusal.value.code == "draft-changed"
    assert entries(house, letter_id) == []
    assert drafting.read(house.services, letter_id).letter.version == 0


def test_a_rekeying_gives_way_to_a_draft_that_came_meanwhile(house: House, ada: Coordinator) -> None:
    letter_id = opened_by(ada, ONE)
    asked = coordinator_signing.prepare_opening(house.services, letter_id, ada.key, wishes=Wishes(rekey=True))
    drafting.import_letter(house.services, letter_text(body="Other words."), letter_id=letter_id)
    with pytest.raises(Faulty):
        ada.signs(asked)
    view = drafting.read(house.services, letter_id)
    assert view.draft is not None
    assert b"Other words." in view.draft.files["en"]


def test_a_retired_key_signs_nothing_not_even_what_was_prepared(house: House, ada: Coordinator) -> None:
    letter_id = house.letter()
    asked = coordinator_signing.prepare_opening(house.services, letter_id, ada.key)
    coordinator_keys.retire(house.services, ada.account_id, ada.key)
    with pytest.raises(NotAllowed) as refusal:
        ada.signs(asked)
    assert refusal.value.code == "key-retired"
    assert coordinator_signing.waiting(house.services, letter_id, "letter", ada.account_id) == []
    with pytest.raises(NotAllowed):
        ada.opens(letter_id)
    assert entries(house, letter_id) == []


def test_contacts_statements_are_not_for_coordinators_to_sign(house: House, ada: Coordinator) -> None:
    letter_id = opened_by(ada, ONE)
    asked = coordinator_signing.prepare_closing
    with pytest.raises(NotAllowed):
        asked(house.services, letter_id, ada.key)
    with pytest.raises(NotFound):
        coordinator_signing.submit(house.services, "nothing-of-this-name", b"")


def test_what_waits_is_listed_until_it_is_signed(house: House, ada: Coordinator) -> None:
    letter_id = house.letter()
    asked = coordinator_signing.prepare_opening(house.services, letter_id, ada.key)
    (found,) = coordinator_signing.waiting(house.services, letter_id, "letter")
    assert found.prepared_id == asked.prepared_id
    ada.signs(asked)
    assert coordinator_signing.waiting(house.services, letter_id, "letter") == []


def test_typography_carries_for_those_who_accept_it_and_only_the_others_are_asked_again(
    house: House, ada: Coordinator
) -> None:
    letter_id = house.letter(letter_text(body='We ask for "water".'))
    house.roster(letter_id, ONE, TWO)
    ada.opens(letter_id)
    house.invite(letter_id)
    for organisation, accepts in ((ONE, True), (TWO, False)):
        desk = Desk(house, letter_id, organisation)
        code = desk.asks_for_a_code()
        desk.sends(desk.form(code=code, accepts=accepts, idempotency_key=KEY_1 if accepts else KEY_2))
    drafting.import_letter(house.services, letter_text(body="We ask for “water”."), letter_id=letter_id)
    ada.opens(letter_id)
    with house.services.unit_of_work() as uow:
        told = {(each.kind, each.organisation_id) for each in uow.outbox.of_letter(letter_id)}
    assert (NoticeKind.CARRIED, "org-china") in told
    assert (NoticeKind.NEW_VERSION, "org-watch") in told
    assert (NoticeKind.NEW_VERSION, "org-china") not in told
    assert ada.closes(letter_id).listed == 1
    assert not report(house, letter_id).failures


def test_a_lapsed_approval_is_told_of_once(house: House, ada: Coordinator) -> None:
    letter_id = answered(ada)
    for words in ("Second words.", "Third words."):
        drafting.import_letter(house.services, letter_text(body=words), letter_id=letter_id)
        ada.opens(letter_id)
    with house.services.unit_of_work() as uow:
        kinds = [each.kind for each in uow.outbox.of_letter(letter_id)]
    assert kinds.count(NoticeKind.NEW_VERSION) == 1


def test_policy_is_set_while_a_draft_and_only_raised_afterwards(house: House, ada: Coordinator) -> None:
    letter_id = house.letter()
    drafting.set_policy(house.services, letter_id, min_level=3, binders=["coordinator"])
    drafting.set_policy(house.services, letter_id, min_level=2)
    ada.opens(letter_id)
    said = newest_letter(house, letter_id)
    assert (said.min_level, said.binders) == (2, ("coordinator",))
    with pytest.raises(NotAllowed):
        drafting.set_policy(house.services, letter_id, min_level=3)
    for wishes, field in (
        (Wishes(min_level=1, rekey=True), "min_level"),
        (Wishes(binders=["attestor"], rekey=True), "binders"),
        (Wishes(min_level=5, rekey=True), "min_level"),
        (Wishes(binders=["nobody"], rekey=True), "binders"),
    ):
        with pytest.raises(Faulty) as refusal:
            ada.opens(letter_id, wishes)
        assert refusal.value.field == field
    letter = ada.opens(letter_id, Wishes(min_level=4, binders=["attestor", "coordinator"], rekey=True))
    assert (letter.min_level, letter.binders) == (4, ("attestor", "coordinator"))
    assert newest_letter(house, letter_id).min_level == 4


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_whatever_statement_fails_the_signed_closing_is_whole_or_can_be_sent_again(
    house: House, ada: Coordinator
) -> None:
    letter_id = answered(ada)
    asked = coordinator_signing.prepare_closing(house.services, letter_id, ada.key)

    def check(succeeded: bool) -> None:
        with house.services.unit_of_work() as uow:
            editions = uow.editions.all(letter_id)
        assert len(editions) == entries(house, letter_id).count("close") <= 1
        assert editions or not succeeded

    assert fail_everywhere(house.database, lambda: ada.signs(asked), check) >= 6


def test_invitations_go_out_for_a_letter_of_the_coordinators_own(house: House, ada: Coordinator) -> None:
    letter_id = opened_by(ada, ONE, TWO)
    assert inviting.invite(house.services, letter_id) == 0
    assert [row.standing for row in tracking.status(house.services, letter_id).rows] == [Standing.SILENT] * 2
