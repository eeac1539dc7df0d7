"""The attacker of each row of the threat table (EVIDENCE 4.10), against bundles that the product made, or against the
running workflow. tests/evidence/test_attacks.py plays the same rows on bundles of test builders.

Everybody holds the keys of their row and no others: a malicious service has log and attestor key, never a
coordinator's nor a contact's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from signing.domain.errors import Faulty, Refusal
from signing.domain.organisation import Decision
from signing.evidence.envelope import Envelope, seal
from signing.evidence.signatory_list import ListedName, SignatoryList
from signing.evidence.statement import Subject, payload_digest
from signing.workflow import closing, coordinator_signing, deciding, device_signing, key_binding
from signing.workflow.device_signing import KeyWaits, OfferedKey
from signing.workflow.enrolment import KeyRevoked
from tests.journeys.forger import (
    ATTESTED,
    GUARDED,
    LATER,
    PASSKEY,
    PHONE,
    STRANGER,
    VICTIM,
    Coalition,
    Liar,
    approves,
)
from tests.workflow.desk import Desk, statements

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_the_letter_is_proved_before_anybody_attacks_it(coalition: Coalition, closed: str, liar: Liar) -> None:
    assert coalition.report(coalition.bundle(closed)).verdict == "PROVED"
    # Nor does the way these tests lay a bundle out change that.
    assert coalition.report(liar.bundle(stamped=True)).verdict == "PROVED"


# Network attacker


def test_a_network_attacker_forges_an_entry_and_cannot_sign_for_the_log(coalition: Coalition, liar: Liar) -> None:
    note = liar.files["log/checkpoint"]
    liar.answers(VICTIM, STRANGER, by=PHONE.public.key, decision="withdraw")
    found = coalition.judged(liar.bundle(checkpoint=note, stamped=True))
    assert found >= {"ROOT_MISMATCH"}


def test_a_look_alike_site_gets_a_passkeys_signature_that_we_do_not_take(coalition: Coalition, letter_id: str) -> None:
    desk = Desk(coalition.house, letter_id, GUARDED)
    lured = replace(PASSKEY, origin="https://localhost-letters.example")
    before = len(statements(coalition.house, letter_id))
    with pytest.raises(Faulty) as refused:
        desk.answers_with(lured, code=False, idempotency_key="key-of-a-look-alike")
    assert refused.value.code == "signature-bad"
    assert len(statements(coalition.house, letter_id)) == before
    coalition.closes(letter_id)
    liar = Liar.over(coalition, letter_id)
    liar.answers(GUARDED, lured, decision="withdraw")
    assert coalition.judged(liar.bundle()) == {"WEBAUTHN_ORIGIN"}


# Thief of the e-mailed link


def test_a_thief_of_the_link_without_the_code_records_nothing(coalition: Coalition, letter_id: str) -> None:
    thief = Desk(coalition.house, letter_id, ATTESTED, browser="of a thief")
    before = len(statements(coalition.house, letter_id))
    view = deciding.view(coalition.house.services, thief.access)
    deciding.request_code(coalition.house.services, thief.access, view.version, view.text_sha256)
    for attempt in (
        lambda: thief.sends(thief.form(Decision.WITHDRAW, code="", idempotency_key="key-of-a-thief-1")),
        lambda: thief.sends(thief.form(Decision.WITHDRAW, code="12345678", idempotency_key="key-of-a-thief-2")),
        lambda: thief.prepares(STRANGER, decision=Decision.WITHDRAW, code="", idempotency_key="key-of-a-thief-3"),
        lambda: thief.prepares(
            STRANGER, decision=Decision.WITHDRAW, code="12345678", idempotency_key="key-of-a-thief-4"
        ),
    ):
        with pytest.raises(Faulty) as refused:
            attempt()
        assert refused.value.field == "code"
    assert len(statements(coalition.house, letter_id)) == before


def test_a_thief_of_the_link_signs_with_a_key_that_nobody_bound(coalition: Coalition, liar: Liar) -> None:
    liar.answers(VICTIM, STRANGER, decision="withdraw")
    assert coalition.judged(liar.bundle()) == {"KEY_UNBOUND"}


# Malicious coordinator


def test_a_coordinator_alone_adds_a_name(coalition: Coalition, liar: Liar) -> None:
    first = SignatoryList.from_bytes(liar.files["signatories.json"]).listed[0]
    invented = replace(first.signatory, org="org-invented", listed_as="Invented Union", person="Nobody")
    liar.closes(coalition.ada.signer, lambda names: replace(
        names, listed=(*names.listed, ListedName(invented, first.index, None))
    ))  # fmt: skip
    assert coalition.judged(liar.bundle()) == {"LIST_EXTRA"}


def test_a_coordinator_alone_leaves_a_name_out(coalition: Coalition, liar: Liar) -> None:
    liar.closes(coalition.ada.signer, lambda names: replace(names, listed=names.listed[1:]))
    assert coalition.judged(liar.bundle()) == {"LIST_MISSING"}


def test_a_coordinator_alone_prints_another_name(coalition: Coalition, liar: Liar) -> None:
    def reworded(names: SignatoryList) -> SignatoryList:
        first, *rest = names.listed
        other = replace(first, signatory=replace(first.signatory, listed_as="Ministry of Rivers"))
        return replace(names, listed=(other, *rest))

    liar.closes(coalition.ada.signer, reworded)
    assert coalition.judged(liar.bundle()) == {"LIST_NAME_MISMATCH"}


def test_a_coordinator_alone_swaps_the_text(coalition: Coalition, liar: Liar) -> None:
    liar.files["letter/1.en.md"] = liar.files["letter/1.en.md"].replace(b"three rivers", b"no rivers")
    assert coalition.judged(liar.bundle()) == {"TEXT_FILE_MISMATCH"}


def test_a_coordinator_has_an_assent_count_for_other_words(coalition: Coalition, liar: Liar) -> None:
    swapped = (Subject.of("1.en.md", liar.files["letter/1.en.md"].replace(b"three rivers", b"no rivers")),)
    liar.answers(VICTIM, PHONE, subject=swapped)
    assert coalition.judged(liar.bundle()) == {"TEXT_MISMATCH"}


def test_a_coordinator_alone_binds_a_key_and_forges_with_it(coalition: Coalition, liar: Liar) -> None:
    liar.binds(VICTIM, STRANGER, coalition.ada.signer)
    liar.answers(VICTIM, STRANGER, decision="withdraw")
    assert coalition.judged(liar.bundle()) == {"KEY_UNBOUND"}


# Malicious or seized service


def test_a_service_forges_an_entry_for_a_device_key_that_is_bound(coalition: Coalition, liar: Liar) -> None:
    attestor = coalition.house.services.attestor
    signed = Envelope.from_bytes(liar.entries[2])
    assert signed.keyid == PHONE.public.key
    liar.answers(VICTIM, attestor, by=PHONE.public.key, decision="withdraw")
    assert coalition.judged(liar.bundle()) == {"KEY_MISMATCH"}
    # What the envelope says of its key decides nothing, and the device's old signature fits no new words.
    payload = Envelope.from_bytes(liar.entries.pop()).payload
    liar.entries.append(seal(payload, PHONE.public.key, attestor.sign))
    assert coalition.judged(liar.bundle()) == {"KEY_MISMATCH"}
    liar.entries[-1] = replace(signed, payload=payload).to_bytes()
    assert coalition.judged(liar.bundle()) == {"SIGNATURE_BAD"}


def test_a_service_attests_where_the_letter_asks_for_keys(coalition: Coalition) -> None:
    letter_id = coalition.opens(VICTIM, GUARDED, min_level=2)
    approves(Desk(coalition.house, letter_id, VICTIM), PHONE)
    desk = Desk(coalition.house, letter_id, GUARDED)
    with pytest.raises(Refusal) as refused:
        desk.sends(desk.form(code=desk.asks_for_a_code()))
    assert refused.value.code == "level-too-low"
    coalition.closes(letter_id)
    liar = Liar.over(coalition, letter_id)
    liar.answers(VICTIM, coalition.house.services.attestor, decision="withdraw")
    assert coalition.judged(liar.bundle()) == {"LEVEL_BELOW_POLICY"}


def test_a_service_binds_a_false_key_where_the_coordinator_is_asked_too(coalition: Coalition) -> None:
    letter_id = coalition.opens(VICTIM, binders=("attestor", "coordinator"))
    house, ada = coalition.house, coalition.ada
    desk = Desk(house, letter_id)
    with pytest.raises(KeyWaits):
        desk.prepares(PHONE, code=desk.asks_for_a_code())
    ada.signs(coordinator_signing.prepare_voucher(house.services, letter_id, "org-china", PHONE.public.key, ada.key))
    desk.answers_with(PHONE, code=False)
    coalition.closes(letter_id)
    assert coalition.judged(coalition.bundle(letter_id)) == set()
    liar = Liar.over(coalition, letter_id)
    liar.binds(VICTIM, STRANGER, house.services.attestor)
    liar.answers(VICTIM, STRANGER, decision="withdraw")
    assert coalition.judged(liar.bundle()) == {"KEY_UNBOUND"}


def test_a_service_adds_a_name_and_cannot_close_over_it(coalition: Coalition, letter_id: str) -> None:
    with pytest.raises(Refusal):
        closing.close(coalition.house.services, letter_id)
    coalition.closes(letter_id)
    liar = Liar.over(coalition, letter_id)
    for key in (coalition.house.services.attestor, coalition.house.services.log_key):
        alone = replace(liar, files=dict(liar.files), entries=list(liar.entries))
        alone.closes(key)
        assert "CLOSE_UNSIGNED" in coalition.judged(alone.bundle())
    names = SignatoryList.from_bytes(liar.files["signatories.json"])
    invented = replace(names.listed[0].signatory, org="org-invented", listed_as="Invented Union")
    liar.files["signatories.json"] = replace(names, listed=(*names.listed, ListedName(invented, 2, None))).to_bytes()
    assert "LIST_FILE_MISMATCH" in coalition.judged(liar.bundle())


def dropped(entries: list[bytes]) -> list[bytes]:
    """The attested answer is gone."""
    return entries[:3] + entries[4:]


def reordered(entries: list[bytes]) -> list[bytes]:
    return [*entries[:2], entries[3], entries[2], *entries[4:]]


@pytest.mark.parametrize("change", [dropped, reordered])
def test_a_service_drops_or_reorders_entries_and_a_kept_receipt_tells(coalition: Coalition, liar: Liar, change) -> None:
    receipt = liar.receipt(3)
    liar.entries = change(liar.entries)
    report = coalition.report({**liar.bundle(), "receipts/mine.tlog-proof": receipt})
    assert "RECEIPT_FORKED" in {each.code for each in report.failures}
    assert len(report.evidence) == 2
    # Without any receipt, what the others signed names the log as it was shown to them.
    assert coalition.judged(liar.bundle()) & {"HEAD_FORKED", "HEAD_FROM_FUTURE"}


@pytest.mark.parametrize("change", [dropped, reordered])
def test_a_service_drops_or_reorders_entries_behind_an_earlier_copy(
    coalition: Coalition, letter_id: str, change
) -> None:
    earlier = coalition.bundle(letter_id)
    coalition.closes(letter_id)
    liar = Liar.over(coalition, letter_id)
    liar.entries = change(liar.entries)
    assert "CHECKPOINT_FORKED" in coalition.judged(liar.bundle(), older=earlier)
    # Nor does it keep the stamps that it was given.
    assert "CHECKPOINT_FORKED" in coalition.judged(liar.bundle(stamped=True))


def test_a_service_backdates_an_entry(coalition: Coalition, liar: Liar) -> None:
    house = coalition.house
    long_ago = house.clock.now - timedelta(days=3)
    liar.answers(
        ATTESTED, house.services.attestor, decision="withdraw", time=long_ago.strftime("%Y-%m-%dT%H:%M:%SZ")
    )  # fmt: skip
    liar.stamps(house.clock.now + LATER)
    assert coalition.judged(liar.bundle(stamped=True)) == {"TIME_OUT_OF_BOUNDS"}


def test_a_service_replays_an_assent_of_another_letter(coalition: Coalition, liar: Liar) -> None:
    other = coalition.opens(VICTIM)
    desk = Desk(coalition.house, other)
    desk.answers_with(PHONE, code=False)
    (assent,) = [
        entry for entry in Liar.over(coalition, other).entries if b"assent/v1" in Envelope.from_bytes(entry).payload
    ]
    liar.entries.append(assent)
    assert coalition.judged(liar.bundle()) == {"LETTER_MISMATCH"}


def test_a_service_replays_an_assent_of_this_letter(coalition: Coalition, liar: Liar) -> None:
    liar.entries.append(liar.entries[2])
    assert coalition.judged(liar.bundle()) == {"DUPLICATE_STATEMENT"}


# Thief in the contact's mailbox


def test_a_mailbox_thief_rotates_the_key_and_is_seen(coalition: Coalition, letter_id: str) -> None:
    thief = Desk(coalition.house, letter_id, VICTIM, browser="of a thief")
    thief.answers_with(STRANGER, decision=Decision.WITHDRAW, idempotency_key="key-of-a-mailbox-thief")
    coalition.closes(letter_id)
    report = coalition.report(coalition.bundle(letter_id))
    assert report.failures == []
    assert "REKEYED" in {warning.code for warning in report.warnings}
    assert [row.rekeyed for row in report.organisations if row.name == VICTIM] == [True]


# Thief of a key, later


def test_a_thief_of_a_revoked_key_signs_nothing(coalition: Coalition, letter_id: str) -> None:
    house = coalition.house
    desk = Desk(house, letter_id)
    key_binding.revoke(house.services, desk.access, PHONE.public.key, desk.asks_for_a_code())
    with pytest.raises(KeyRevoked):
        desk.answers_with(PHONE, code=False, idempotency_key="key-of-a-key-thief")
    coalition.closes(letter_id)
    liar = Liar.over(coalition, letter_id)
    liar.answers(VICTIM, PHONE, decision="withdraw")
    assert coalition.judged(liar.bundle()) == {"KEY_REVOKED"}


def test_a_statement_that_waited_while_its_key_was_revoked_is_not_recorded(
    coalition: Coalition, letter_id: str
) -> None:
    house = coalition.house
    desk = Desk(house, letter_id)
    prepared = desk.prepares(PHONE, decision=Decision.WITHDRAW, idempotency_key="key-of-a-key-thief")
    key_binding.revoke(house.services, desk.access, PHONE.public.key, desk.asks_for_a_code())
    before = len(statements(house, letter_id))
    with pytest.raises(KeyRevoked):
        device_signing.submit(house.services, desk.access, prepared.prepared_id, PHONE.sign(prepared.pae))
    assert len(statements(house, letter_id)) == before


def test_what_a_thief_signed_before_the_theft_was_noticed_is_disputed(coalition: Coalition) -> None:
    letter_id = coalition.opens(VICTIM, ATTESTED, GUARDED)
    house = coalition.house
    desk = Desk(house, letter_id)
    approves(Desk(house, letter_id, ATTESTED))
    stolen = house.clock.now
    coalition.stamps()
    # Only a head that has grown beyond the stamped one was certainly not there before the stamp.
    approves(Desk(house, letter_id, GUARDED), PASSKEY)
    approves(desk, PHONE)
    key_binding.revoke(
        house.services, desk.access, PHONE.public.key, desk.asks_for_a_code(), compromised_since=stolen
    )  # fmt: skip
    coalition.closes(letter_id)
    report = coalition.report(coalition.bundle(letter_id))
    assert report.failures == []
    assert {row.name: row.disputed for row in report.organisations} == {
        VICTIM: True, ATTESTED: False, GUARDED: False,
    }  # fmt: skip


def test_a_chain_that_leaves_out_an_answer_is_broken(coalition: Coalition, liar: Liar) -> None:
    liar.answers(VICTIM, PHONE, prev=payload_digest(b"something else"), decision="withdraw")
    assert coalition.judged(liar.bundle()) == {"PREV_BROKEN"}


def test_a_contacts_own_copy_of_the_prepared_statement_binds_it_to_its_key(
    coalition: Coalition, letter_id: str
) -> None:
    """The service hands the statement of one contact to another: it names the key that is to sign it."""
    desk = Desk(coalition.house, letter_id)
    prepared = desk.prepares(PHONE, decision=Decision.WITHDRAW, idempotency_key="key-of-an-own-copy")
    with pytest.raises(Faulty) as refused:
        device_signing.submit(coalition.house.services, desk.access, prepared.prepared_id, STRANGER.sign(prepared.pae))
    assert refused.value.code == "signature-bad"
    assert OfferedKey(PHONE.public).public.key == prepared.statement.by
