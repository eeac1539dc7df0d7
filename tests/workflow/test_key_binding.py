"""Keys that bind and revoke one another, on both databases: rotation, delegation, revocation, and who may not."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from signing.domain.errors import Faulty, NotAllowed, NotFound, Refusal
from signing.domain.organisation import Decision
from signing.evidence.receipt import Receipt
from signing.evidence.statement import KeyStatement
from signing.workflow import closing, drafting, inviting, key_binding, vouching
from signing.workflow.device_signing import KeyWaits, OfferedKey, StatementExpired
from signing.workflow.enrolment import KeyRevoked, KeyUnfit, LevelTooLow
from signing.workflow.key_binding import KeyReceipt
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.opening import Wishes
from tests.evidence import signers
from tests.web.installation import Clock, House, letter_text
from tests.workflow.desk import ONE, TWO, Desk, Signs, entries, opened, passkey, proved, ssh_key, statements

OLD = signers.browser_key("old laptop")
NEW = signers.p256_key("new laptop")
THIRD = signers.browser_key("third")


@pytest.fixture
def desk(house: House) -> Desk:
    desk = Desk(house, house.opened(ONE, TWO))
    desk.answers_with(OLD)
    return desk


def binds(desk: Desk, signer: Signs, new: Signs, until: datetime | None = None) -> KeyReceipt:
    services = desk.house.services
    prepared = key_binding.prepare_binding(services, desk.access, signer.public.key, OfferedKey(new.public), until)
    return key_binding.submit_binding(services, desk.access, prepared.prepared_id, signer.sign(prepared.pae))


def revokes(desk: Desk, signer: Signs, key: Signs, since: datetime | None = None) -> KeyReceipt:
    services = desk.house.services
    prepared = key_binding.prepare_revocation(
        services, desk.access, signer.public.key, key.public.key, compromised_since=since
    )
    return key_binding.submit_binding(services, desk.access, prepared.prepared_id, signer.sign(prepared.pae))


def withdraws_with(desk: Desk, key: Signs) -> None:
    desk.answers_with(key, code=False, decision=Decision.WITHDRAW, idempotency_key="key-of-a-later-page")


def test_the_old_key_binds_the_new_one_which_then_speaks_without_a_code(house: House, desk: Desk) -> None:
    receipt = Receipt.from_bytes(binds(desk, OLD, NEW).receipt)
    said = statements(house, desk.letter_id)[receipt.index]
    assert isinstance(said, KeyStatement)
    assert (said.by, said.bound, said.until, said.basis) == (OLD.public.key, NEW.public, None, None)
    old, new = key_binding.keys(house.services, desk.access)
    assert (old.live, new.live, new.bound_by) == (True, True, ("organisation",))
    revokes(desk, NEW, OLD)
    old, new = key_binding.keys(house.services, desk.access)
    assert (old.live, old.revoked, new.live) == (False, True, True)
    withdraws_with(desk, NEW)
    ledger = proved(house, desk.letter_id)
    assert [warning.code for warning in ledger.warnings] == []


def test_the_same_press_twice_gives_the_same_receipt(house: House, desk: Desk) -> None:
    services = house.services
    prepared = key_binding.prepare_binding(services, desk.access, OLD.public.key, OfferedKey(NEW.public))
    assert key_binding.key_to_sign(services, desk.access, prepared.prepared_id) == prepared
    first, second = (
        key_binding.submit_binding(services, desk.access, prepared.prepared_id, OLD.sign(prepared.pae)) for _ in "12"
    )
    assert first.receipt == second.receipt
    assert len(entries(house, desk.letter_id)) == 4


def test_a_delegate_speaks_until_its_end_and_hands_on_no_more_than_that(
    house: House, desk: Desk, clock: Clock
) -> None:
    end = clock.now + timedelta(days=3)
    binds(desk, OLD, NEW, end)
    with pytest.raises(Faulty) as refused:
        binds(desk, NEW, THIRD, end + timedelta(seconds=1))
    assert (refused.value.field, refused.value.code) == ("until", "until-late")
    binds(desk, NEW, THIRD)
    third = key_binding.keys(house.services, desk.access)[2]
    assert third.binding.until == end
    clock.pass_(days=3)
    assert [(key.live, key.expired) for key in key_binding.keys(house.services, desk.access)] == [
        (True, False), (False, True), (False, True),
    ]  # fmt: skip
    with pytest.raises(Faulty) as refused:
        withdraws_with(desk, THIRD)
    assert refused.value.code == "code-missing"
    with pytest.raises(NotFound):
        binds(desk, NEW, passkey("fourth"))
    with pytest.raises(Faulty):
        binds(desk, OLD, passkey("fourth"), clock.now)
    proved(house, desk.letter_id)


def test_only_a_key_that_speaks_here_binds_another(house: House, desk: Desk) -> None:
    other = Desk(house, desk.letter_id, TWO)
    for at, signer in ((desk, NEW), (other, OLD)):
        with pytest.raises(NotFound):
            binds(at, signer, THIRD)
    revokes(desk, OLD, OLD)
    with pytest.raises(NotFound):
        binds(desk, OLD, NEW)
    with pytest.raises(Refusal) as refused:
        revokes(desk, OLD, OLD)
    assert refused.value.code == "key-revoked"
    proved(house, desk.letter_id)


def test_a_signer_revoked_before_it_signs_binds_nothing(house: House, desk: Desk) -> None:
    services = house.services
    prepared = key_binding.prepare_binding(services, desk.access, OLD.public.key, OfferedKey(NEW.public))
    key_binding.revoke(services, desk.access, OLD.public.key, desk.asks_for_a_code())
    with pytest.raises(NotFound):
        key_binding.submit_binding(services, desk.access, prepared.prepared_id, OLD.sign(prepared.pae))
    assert [key.binding.key for key in key_binding.keys(services, desk.access)] == [OLD.public.key]


def test_what_waits_is_signed_by_its_key_in_time_and_by_its_own_link(
    house: House, desk: Desk, clock: Clock
) -> None:
    services = house.services
    prepared = key_binding.prepare_binding(services, desk.access, OLD.public.key, OfferedKey(NEW.public))
    with pytest.raises(Faulty) as refused:
        key_binding.submit_binding(services, desk.access, prepared.prepared_id, NEW.sign(prepared.pae))
    assert refused.value.field == "signature"
    other = Desk(house, desk.letter_id, TWO)
    with pytest.raises(NotFound):
        key_binding.submit_binding(services, other.access, prepared.prepared_id, OLD.sign(prepared.pae))
    clock.pass_(minutes=30)
    with pytest.raises(StatementExpired):
        key_binding.submit_binding(services, desk.access, prepared.prepared_id, OLD.sign(prepared.pae))
    with pytest.raises(StatementExpired):
        key_binding.key_to_sign(services, desk.access, prepared.prepared_id)
    inviting.reissue(services, desk.letter_id, "org-china")
    with pytest.raises(NotFound):
        key_binding.key_to_sign(services, Desk(house, desk.letter_id).access, prepared.prepared_id)


def test_a_bind_that_could_say_nothing_is_refused(house: House, desk: Desk) -> None:
    with pytest.raises(Refusal) as refused:
        binds(desk, OLD, OLD)
    assert refused.value.code == "key-bound"
    binds(desk, OLD, NEW)
    revokes(desk, NEW, NEW)
    with pytest.raises(KeyRevoked):
        binds(desk, OLD, NEW)
    with pytest.raises(KeyUnfit):
        binds(desk, OLD, signers.Signer(type(OLD.public)(OLD.public.key, "ed25519", "nonsense"), OLD.sign))


def test_a_key_below_the_letter_s_level_is_not_bound(house: House) -> None:
    desk = Desk(house, opened(house, ONE, min_level=4))
    key = ssh_key("own")
    desk.answers_with(key)
    with pytest.raises(LevelTooLow):
        binds(desk, key, NEW)


def test_a_closed_letter_takes_revocations_and_no_new_keys(house: House, desk: Desk) -> None:
    closing.close(house.services, desk.letter_id)
    with pytest.raises(NotAllowed):
        binds(desk, OLD, NEW)
    since = house.clock.now - timedelta(hours=1)
    revokes(desk, OLD, OLD, since)
    said = statements(house, desk.letter_id)[-1]
    assert isinstance(said, KeyStatement)
    assert said.compromised_since == since.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert "DISPUTED" in {warning.code for warning in proved(house, desk.letter_id).warnings}


def test_a_revocation_by_code_is_signed_by_the_attestor_and_told_to_every_address(house: House) -> None:
    desk = Desk(house, house.opened(ONE, former_emails=("old@china.example",)))
    desk.answers_with(OLD)
    code = desk.asks_for_a_code()
    services = house.services
    with pytest.raises(Faulty):
        key_binding.revoke(services, desk.access, OLD.public.key, f"{(int(code) + 1) % 10**8:08d}")
    with pytest.raises(NotFound):
        key_binding.revoke(services, desk.access, NEW.public.key, code)
    with pytest.raises(Faulty) as refused:
        key_binding.revoke(
            services, desk.access, OLD.public.key, code, compromised_since=house.clock.now + timedelta(hours=1)
        )
    assert refused.value.field == "compromised_since"
    given = key_binding.revoke(services, desk.access, OLD.public.key, f"{code[:4]} {code[4:]}")
    said = statements(house, desk.letter_id)[given.index]
    assert isinstance(said, KeyStatement)
    assert (said.by, said.action, said.bound) == (services.attestor.public.key, "revoke", OLD.public)
    with services.unit_of_work() as uow:
        told = [each.to for each in uow.outbox.of_letter(desk.letter_id) if each.subject_id == str(given.index)]
        kinds = {each.kind for each in uow.outbox.of_letter(desk.letter_id) if each.subject_id == str(given.index)}
    assert (sorted(told), kinds) == (["contact@china.example", "old@china.example"], {NoticeKind.RECEIPT})
    with pytest.raises(Faulty):
        key_binding.revoke(services, desk.access, OLD.public.key, "")
    proved(house, desk.letter_id)


def test_a_time_nobody_means_is_spelled_so_that_the_log_still_verifies(house: House, desk: Desk) -> None:
    services, elsewhere = house.services, timezone(timedelta(hours=5))
    long_ago = datetime(999, 1, 1, 3, tzinfo=elsewhere)
    key_binding.revoke(services, desk.access, OLD.public.key, desk.asks_for_a_code(), long_ago)
    said = statements(house, desk.letter_id)[-1]
    assert isinstance(said, KeyStatement)
    assert said.compromised_since == "0998-12-31T22:00:00Z"
    proved(house, desk.letter_id)


def test_a_new_key_by_code_alone_is_re_keyed_without_continuity(house: House, desk: Desk) -> None:
    desk.answers_with(NEW, decision=Decision.WITHDRAW, idempotency_key="key-of-a-later-page")
    assert [warning.code for warning in proved(house, desk.letter_id).warnings] == ["REKEYED"]


def test_a_rotated_key_needs_the_coordinator_s_word_when_a_new_version_asks_for_it(house: House, desk: Desk) -> None:
    """A bind hands on what its signer was granted, never more: the letter asks it of both."""
    binds(desk, OLD, NEW)
    drafting.import_letter(house.services, letter_text(body="Other words.\n"), letter_id=desk.letter_id)
    drafting.open_letter(
        house.services, desk.letter_id, Wishes(min_level=2, binders=("attestor", "coordinator"))
    )
    code = desk.asks_for_a_code()
    with pytest.raises(KeyWaits):
        desk.prepares(NEW, code=code, idempotency_key="key-of-a-later-page")
    vouching.vouch(house.services, desk.letter_id, "org-china", OLD.public.key)
    desk.answers_with(NEW, code=False, idempotency_key="key-of-a-later-page")
    proved(house, desk.letter_id)
