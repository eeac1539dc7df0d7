"""The coordinator's word on contacts' keys, on both databases: compared by telephone, signed, logged, told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from signing.domain.errors import Faulty, NotAllowed, NotFound
from signing.domain.organisation import Decision
from signing.evidence.statement import AssentStatement, KeyStatement
from signing.workflow import closing, coordinator_signing, deciding, drafting, vouching
from signing.workflow.coordinator_signing import CoordinatorMustSign, KeyNotNamed, Wishes
from signing.workflow.device_signing import KeyWaits
from signing.workflow.mail_ports import NoticeKind
from tests.evidence import signers
from tests.faults import fail_everywhere
from tests.web.installation import House
from tests.workflow.coordinators import coordinator, without_service_key
from tests.workflow.desk import ONE, TWO, Desk, opened, proved, statements

LAPTOP = signers.browser_key("laptop")
PHONE = signers.p256_key("phone")
BOTH = ("attestor", "coordinator")
CHINA, WATCH = "org-china", "org-watch"


@pytest.fixture
def letter_id(house: House) -> str:
    return opened(house, ONE, TWO, min_level=2, binders=BOTH)


def waits(house: House, letter_id: str, organisation: str = ONE, **fields: object) -> Desk:
    """A contact whose key is bound by the code and waits for the coordinator."""
    desk = Desk(house, letter_id, organisation)
    with pytest.raises(KeyWaits):
        desk.answers_with(LAPTOP, **fields)
    return desk


def test_a_key_waits_until_the_coordinator_vouches_and_then_signs(house: House, letter_id: str) -> None:
    desk = waits(house, letter_id)
    (found,) = vouching.waiting(house.services, letter_id)
    assert (found.entry.organisation, found.key, found.bound_by, found.level) == (ONE, LAPTOP.public, ("attestor",), 2)
    binding = vouching.vouch(house.services, letter_id, CHINA, LAPTOP.public.key, phrase=found.phrase.upper())
    assert (binding.bound_by, binding.basis, binding.index) == ("coordinator", None, 2)
    assert vouching.waiting(house.services, letter_id) == []
    assert desk.answers_with(LAPTOP, code=False).entry.level == 2
    bind, voucher, assent = statements(house, letter_id)[1:]
    assert isinstance(bind, KeyStatement)
    assert isinstance(voucher, KeyStatement)
    assert isinstance(assent, AssentStatement)
    assert house.services.coordinator is not None
    assert (voucher.by, voucher.action, voucher.basis) == (house.services.coordinator.public.key, "bind", None)
    assert (voucher.signatory, voucher.bound) == (bind.signatory, LAPTOP.public)
    assert [answer.identity for answer in proved(house, letter_id).approvals()] == [CHINA]


def test_the_contact_is_told_once_that_the_key_is_vouched_for(house: House, letter_id: str) -> None:
    waits(house, letter_id)
    vouching.vouch(house.services, letter_id, CHINA, LAPTOP.public.key)
    with pytest.raises(NotAllowed) as refusal:
        vouching.vouch(house.services, letter_id, CHINA, LAPTOP.public.key)
    assert refusal.value.code == "vouched-already"
    with house.services.unit_of_work() as uow:
        told = [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.KEY_VOUCHED]
    assert [(each.to, each.organisation_id) for each in told] == [("contact@china.example", CHINA)]


def test_other_words_are_not_vouched_for(house: House, letter_id: str) -> None:
    waits(house, letter_id)
    (found,) = vouching.waiting(house.services, letter_id)
    words = found.phrase.split()
    for heard in ("", " ".join(words[:11]), " ".join(reversed(words)), found.phrase + " " + words[0]):
        with pytest.raises(Faulty) as refusal:
            vouching.vouch(house.services, letter_id, CHINA, LAPTOP.public.key, phrase=heard)
        assert refusal.value.field == "phrase"
    assert len(vouching.waiting(house.services, letter_id)) == 1


def test_nobody_vouches_for_a_key_that_is_not_this_organisations(house: House, letter_id: str) -> None:
    waits(house, letter_id)
    for organisation, key in ((WATCH, LAPTOP.public.key), (CHINA, PHONE.public.key), ("org-none", LAPTOP.public.key)):
        with pytest.raises(NotFound):
            vouching.vouch(house.services, letter_id, organisation, key)
    with pytest.raises(NotFound):
        vouching.bound_keys(house.services, "nosuchletter")


def test_on_a_letter_of_the_coordinators_own_key_only_that_key_vouches(house: House) -> None:
    ada = coordinator(house, kind="ssh")
    letter_id = house.letter()
    house.roster(letter_id, ONE)
    ada.opens(letter_id, Wishes(min_level=2, binders=BOTH))
    house.invite(letter_id)
    desk = waits(house, letter_id)
    with pytest.raises(KeyNotNamed):
        vouching.vouch(house.services, letter_id, CHINA, LAPTOP.public.key)
    with pytest.raises(CoordinatorMustSign):
        vouching.vouch(without_service_key(house).services, letter_id, CHINA, LAPTOP.public.key)
    asked = coordinator_signing.prepare_voucher(house.services, letter_id, CHINA, LAPTOP.public.key, ada.key)
    with pytest.raises(Faulty):
        coordinator_signing.submit(house.services, asked.prepared_id, house.services.attestor.sign(asked.pae))
    assert ada.signs(asked) == ada.signs(asked)
    assert desk.answers_with(LAPTOP, code=False).entry.level == 2
    assert ada.closes(letter_id).listed == 1
    proved(house, letter_id)


def test_a_confidential_key_is_vouched_for_under_its_commitment(house: House, letter_id: str) -> None:
    waits(house, letter_id, confidential=True)
    (found,) = vouching.waiting(house.services, letter_id)
    assert found.confidential
    vouching.vouch(house.services, letter_id, CHINA, LAPTOP.public.key)
    bind, voucher = statements(house, letter_id)[1:]
    assert isinstance(bind, KeyStatement)
    assert isinstance(voucher, KeyStatement)
    assert voucher.signatory == bind.signatory
    assert voucher.signatory.identity.startswith("sha256:")


def test_a_revoked_key_signs_nothing_any_more_and_a_prepared_voucher_comes_too_late(
    house: House, letter_id: str
) -> None:
    ada = coordinator(house)
    assert house.services.coordinator is not None
    held = house.services.coordinator.public.key
    drafting.open_letter(house.services, letter_id, Wishes(coordinators=[held, ada.key], rekey=True))
    desk = waits(house, letter_id)
    asked = coordinator_signing.prepare_voucher(house.services, letter_id, CHINA, LAPTOP.public.key, ada.key)
    since = house.clock.now - timedelta(hours=1)
    revoked = vouching.revoke(house.services, letter_id, CHINA, LAPTOP.public.key, compromised_since=since)
    assert revoked.revoked_index == 3
    said = statements(house, letter_id)[-1]
    assert isinstance(said, KeyStatement)
    assert (said.action, said.compromised_since) == ("revoke", since.strftime("%Y-%m-%dT%H:%M:%SZ"))
    with pytest.raises(NotFound):
        ada.signs(asked)
    assert vouching.bound_keys(house.services, letter_id) == []
    with pytest.raises(NotFound):
        vouching.revoke(house.services, letter_id, CHINA, LAPTOP.public.key)
    assert deciding.view(house.services, desk.access).letter.id == letter_id
    proved(house, letter_id)


def test_a_time_to_come_is_no_time_of_a_theft(house: House, letter_id: str) -> None:
    waits(house, letter_id)
    with pytest.raises(Faulty) as refusal:
        vouching.revoke(
            house.services, letter_id, CHINA, LAPTOP.public.key,
            compromised_since=house.clock.now + timedelta(minutes=1),
        )  # fmt: skip
    assert refusal.value.field == "compromised_since"


def test_while_it_closes_and_afterwards_nobody_vouches_but_a_stolen_key_can_be_revoked(house: House) -> None:
    letter_id = house.opened(ONE, TWO)
    desk = Desk(house, letter_id)
    desk.answers_with(LAPTOP)
    services = house.services
    refusals: list[str] = []

    class Slow:
        def letter_pdf(self, *arguments: object, **options: object) -> bytes:
            with pytest.raises(NotAllowed) as refusal:
                vouching.vouch(services, letter_id, CHINA, LAPTOP.public.key)
            refusals.append(refusal.value.code)
            return b"%PDF-1.7\n"

    closing.close(replace(services, typesetter=Slow()), letter_id)
    assert refusals == ["letter-closing"]
    with pytest.raises(NotAllowed):
        vouching.vouch(services, letter_id, CHINA, LAPTOP.public.key)
    assert vouching.revoke(services, letter_id, CHINA, LAPTOP.public.key).revoked_index == 4
    Desk(house, letter_id).answers(Decision.WITHDRAW, "key-of-this-page-9")
    proved(house, letter_id)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_whatever_statement_fails_a_voucher_is_logged_remembered_and_told_or_nothing_is(
    house: House, letter_id: str
) -> None:
    waits(house, letter_id)

    def check(succeeded: bool) -> None:
        with house.services.unit_of_work() as uow:
            logged = [each for each in uow.log.entries(letter_id) if each.kind == "key"]
            bound = [each for each in uow.bindings.of_letter(letter_id) if each.bound_by == "coordinator"]
            told = [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.KEY_VOUCHED]
        assert len(logged) - 1 == len(bound) == len(told) <= 1
        assert bound or not succeeded

    def vouch() -> None:
        if vouching.waiting(house.services, letter_id):
            vouching.vouch(house.services, letter_id, CHINA, LAPTOP.public.key)

    assert fail_everywhere(house.database, vouch, check) >= 6
