"""Answers signed by keys that only the contact has, on both databases: each scheme, each refusal, each interleaving."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from signing.domain.errors import Faulty, NotAllowed, NotFound, Refusal
from signing.domain.organisation import Answer, Decision
from signing.evidence.keyring import PublicKey, raw_from_pem
from signing.evidence.note import ALG_ED25519, NoteKey
from signing.evidence.phrase import digest_matches
from signing.evidence.receipt import Receipt
from signing.evidence.statement import AssentStatement, KeyStatement
from signing.workflow import closing, deciding, device_signing, drafting, forgetting, inviting, key_binding, vouching
from signing.workflow.deciding import AnswerReceipt, LevelTooLow, PageUsed, StaleVersion
from signing.workflow.device_signing import AlreadyRecorded, KeyWaits, OfferedKey, StatementExpired
from signing.workflow.enrolment import KeyRevoked, KeyUnfit
from signing.workflow.mail_ports import NoticeKind
from tests.evidence import signers
from tests.faults import fail_everywhere
from tests.web.installation import Clock, House, letter_text
from tests.workflow.desk import ONE, TWO, Desk, Signs, entries, opened, passkey, proved, ssh_key, statements

LAPTOP = signers.browser_key("laptop")
PHONE = signers.p256_key("phone")
SCHEMES: list[tuple[Callable[[], Signs], int]] = [
    (lambda: LAPTOP, 2),
    (lambda: PHONE, 2),
    (lambda: passkey("passkey"), 3),
    (lambda: ssh_key("ssh"), 4),
    (lambda: ssh_key("ssh", "sk-ssh-ed25519@openssh.com"), 4),
    (lambda: signers.openpgp_key("openpgp"), 4),
]
NAMES = ["ed25519", "p256", "webauthn", "sshsig", "sk-sshsig", "openpgp"]


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ONE, TWO)


@pytest.fixture
def desk(house: House, letter_id: str) -> Desk:
    return Desk(house, letter_id)


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


@pytest.mark.parametrize(("make", "level"), SCHEMES, ids=NAMES)
def test_a_key_of_any_scheme_is_bound_by_the_code_and_signs_the_answer(
    house: House, desk: Desk, make: Callable[[], Signs], level: int
) -> None:
    key = make()
    given = desk.answers_with(key)
    letter = given.letter
    _, bind, assent = statements(house, letter.id)
    assert isinstance(bind, KeyStatement)
    assert isinstance(assent, AssentStatement)
    assert (bind.by, bind.action, bind.basis, bind.bound) == (
        house.services.attestor.public.key, "bind", "code", key.public,
    )  # fmt: skip
    assert (assent.by, assent.decision, assent.head.size) == (key.public.key, "approve", 1)
    assert bind.signatory == assent.signatory
    log_key = NoteKey(letter.origin, ALG_ED25519, raw_from_pem(house.services.log_key.public.public_key))
    assert Receipt.from_bytes(given.receipt).verify([log_key]).size == 3
    (answer,) = proved(house, letter.id).approvals()
    assert (answer.identity, answer.level, given.entry.level) == ("org-china", level, level)
    (view,) = key_binding.keys(house.services, desk.access)
    assert (view.live, view.waiting, view.bound_by, view.level) == (True, False, ("attestor",), level)


def test_a_bound_key_answers_again_without_a_code(house: House, desk: Desk) -> None:
    desk.answers_with(LAPTOP)
    given = desk.answers_with(LAPTOP, code=False, decision=Decision.WITHDRAW, idempotency_key="key-of-another-page")
    assert given.entry.answer is Answer.WITHDRAWN
    kinds = [type(said).__name__ for said in statements(house, desk.letter_id)]
    assert kinds == ["LetterStatement", "KeyStatement", "AssentStatement", "AssentStatement"]
    assert proved(house, desk.letter_id).approvals() == ()


def test_whoever_holds_the_link_but_no_code_binds_nothing(house: House, desk: Desk) -> None:
    with pytest.raises(Faulty) as refused:
        desk.prepares(LAPTOP)
    assert (refused.value.field, code_of(refused)) == ("code", "code-missing")
    code = desk.asks_for_a_code()
    with pytest.raises(Faulty) as refused:
        desk.prepares(LAPTOP, code=f"{(int(code) + 1) % 10**8:08d}")
    assert (refused.value.field, code_of(refused)) == ("code", "code-wrong")
    thief = Desk(house, desk.letter_id, browser="the thief's browser")
    with pytest.raises(Faulty) as refused:
        thief.prepares(LAPTOP, code=code)
    assert refused.value.field == "code"
    assert len(entries(house, desk.letter_id)) == 1


def test_wrong_codes_count_as_tries_before_a_key_too(desk: Desk) -> None:
    code = desk.asks_for_a_code()
    for _ in range(5):
        with pytest.raises(Faulty):
            desk.prepares(LAPTOP, code=f"{(int(code) + 1) % 10**8:08d}")
    with pytest.raises(Faulty) as refused:
        desk.prepares(LAPTOP, code=code)
    assert code_of(refused) == "code-used-up"


def test_the_same_signature_twice_gives_the_same_receipt(house: House, desk: Desk) -> None:
    prepared = desk.prepares(LAPTOP, code=desk.asks_for_a_code())
    first, second = desk.signs(LAPTOP, prepared), desk.signs(LAPTOP, prepared)
    assert first.receipt == second.receipt
    assert len(entries(house, desk.letter_id)) == 3
    with pytest.raises(AlreadyRecorded):
        device_signing.to_sign(house.services, desk.access, prepared.prepared_id)
    with pytest.raises(AlreadyRecorded):
        desk.prepares(LAPTOP)
    assert device_signing.waiting(house.services, desk.access) == []


def test_two_presses_of_one_button_wait_for_one_signature(house: House, desk: Desk) -> None:
    form = desk.form(code=desk.asks_for_a_code())
    first, second = desk.prepares(LAPTOP, form), desk.prepares(LAPTOP, form)
    assert first == second
    outcomes: list[bytes] = []
    presses = [threading.Thread(target=lambda: outcomes.append(desk.signs(LAPTOP, first).receipt)) for _ in range(4)]
    for press in presses:
        press.start()
    for press in presses:
        press.join()
    assert len(outcomes) == 4
    assert len(set(outcomes)) == 1
    assert len(entries(house, desk.letter_id)) == 3


def test_what_was_signed_on_a_page_is_not_swallowed_when_it_says_something_else(desk: Desk) -> None:
    desk.answers_with(LAPTOP)
    with pytest.raises(PageUsed):
        desk.prepares(LAPTOP, listed_as="Rivers of China")


def test_another_key_s_signature_does_not_fit(house: House, desk: Desk) -> None:
    prepared = desk.prepares(LAPTOP, code=desk.asks_for_a_code())
    for signature in (
        signers.browser_key("another").sign(prepared.pae), LAPTOP.sign(prepared.pae + b"x"), b"", b"\0" * 64,
        LAPTOP.sign(prepared.pae) + b"\0" * 70_000,
    ):  # fmt: skip
        with pytest.raises(Faulty) as refused:
            device_signing.submit(house.services, desk.access, prepared.prepared_id, signature)
        assert (refused.value.field, code_of(refused)) == ("signature", "signature-bad")
    assert len(entries(house, desk.letter_id)) == 1
    assert desk.signs(LAPTOP, prepared).answer.index == 2


@pytest.mark.parametrize(
    "key",
    [
        replace(signers.passkey("elsewhere"), rp_id="localhost", origin="https://look-alike.example"),
        replace(signers.passkey("elsewhere"), rp_id="look-alike.example", origin="http://localhost:8000"),
        replace(signers.passkey("elsewhere"), rp_id="localhost", origin="http://localhost:8000", flags=signers.UP),
        signers.ssh_key("elsewhere"),
    ],
    ids=["origin", "rp", "not verified", "namespace"],
)
def test_a_signature_that_belongs_elsewhere_is_refused(desk: Desk, key: Signs) -> None:
    prepared = desk.prepares(key, code=desk.asks_for_a_code())
    with pytest.raises(Faulty) as refused:
        desk.signs(key, prepared)
    assert refused.value.field == "signature"


def test_weak_and_foreign_keys_are_refused_before_they_cost_a_code(house: House, desk: Desk) -> None:
    spki = "MCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    weak = f"-----BEGIN PUBLIC KEY-----\n{spki}\n-----END PUBLIC KEY-----\n"
    code = desk.asks_for_a_code()
    for public in (
        PublicKey("spki:" + "0" * 64, "ed25519", weak),
        replace(LAPTOP.public, key=PHONE.public.key),
        replace(LAPTOP.public, scheme="p256"),
        replace(LAPTOP.public, scheme="rot13"),
        replace(LAPTOP.public, public_key="nonsense"),
    ):
        with pytest.raises(KeyUnfit):
            device_signing.prepare(house.services, desk.access, desk.form(code=code), OfferedKey(public))
    assert desk.signs(LAPTOP, desk.prepares(LAPTOP, code=code)).answer.index == 2


def test_a_key_that_nobody_here_can_check_is_refused_before_somebody_signs_with_it(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signers.openpgp_key("own")
    code = desk.asks_for_a_code()
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    with pytest.raises(KeyUnfit):
        desk.prepares(key, code=code)
    monkeypatch.undo()
    assert desk.prepares(key, code=code).bound_by == "code"


def test_one_key_is_of_one_kind(desk: Desk) -> None:
    desk.answers_with(PHONE)
    code = desk.asks_for_a_code()
    with pytest.raises(KeyUnfit):
        desk.prepares(passkey("phone"), code=code, idempotency_key="key-of-another-page")


def test_a_decline_is_never_signed_by_a_key(desk: Desk) -> None:
    with pytest.raises(Refusal) as refused:
        desk.prepares(LAPTOP, decision=Decision.DECLINE, code=desk.asks_for_a_code())
    assert code_of(refused) == "decline-attested"


def test_what_the_letter_asks_for_is_asked_of_everybody_but_those_who_decline(house: House) -> None:
    letter_id = opened(house, ONE, TWO, min_level=3)
    desk = Desk(house, letter_id)
    with pytest.raises(LevelTooLow):
        desk.answers(Decision.APPROVE, "key-of-this-page-1")
    with pytest.raises(LevelTooLow):
        desk.prepares(LAPTOP, code="12345678")
    key = passkey("passkey")
    desk.answers_with(key)
    with pytest.raises(LevelTooLow):
        desk.answers(Decision.WITHDRAW, "key-of-this-page-2")
    desk.answers_with(key, code=False, decision=Decision.WITHDRAW, idempotency_key="key-of-this-page-3")
    assert Desk(house, letter_id, TWO).answers(Decision.DECLINE, "key-of-this-page-4").entry.level == 1
    proved(house, letter_id)


def test_a_statement_is_of_its_own_link_only(house: House, desk: Desk) -> None:
    prepared = desk.prepares(LAPTOP, code=desk.asks_for_a_code())
    other = Desk(house, desk.letter_id, TWO)
    for foreign in (other, replace_letter(house)):
        with pytest.raises(NotFound):
            foreign.signs(LAPTOP, prepared)
        with pytest.raises(NotFound):
            device_signing.to_sign(house.services, foreign.access, prepared.prepared_id)
        assert device_signing.waiting(house.services, foreign.access) == []
    inviting.reissue(house.services, desk.letter_id, "org-china")
    newer = Desk(house, desk.letter_id)
    assert device_signing.waiting(house.services, newer.access) == []
    with pytest.raises(NotFound):
        newer.signs(LAPTOP, prepared)
    with pytest.raises(NotFound):
        desk.signs(LAPTOP, prepared)
    assert len(entries(house, desk.letter_id)) == 1


def replace_letter(house: House) -> Desk:
    """The same organisation's desk in another letter."""
    return Desk(house, house.opened(ONE))


def test_an_own_key_may_take_its_days_and_a_script_may_not(house: House, desk: Desk, clock: Clock) -> None:
    key = ssh_key("slow")
    slow = desk.prepares(key, code=desk.asks_for_a_code())
    clock.pass_(days=6)
    forgetting.forget(house.services)
    (waiting,) = device_signing.waiting(house.services, desk.access)
    assert waiting == slow == device_signing.to_sign(house.services, desk.access, slow.prepared_id)
    assert desk.signs(key, waiting).answer.index == 2
    quick = desk.prepares(key, idempotency_key="key-of-another-page")
    with house.services.unit_of_work() as uow:
        assert uow.prepared.get(quick.prepared_id) is not None
    browser = desk.prepares(LAPTOP, code=desk.asks_for_a_code(), idempotency_key="key-of-yet-another")
    clock.pass_(minutes=30)
    with pytest.raises(StatementExpired):
        desk.signs(LAPTOP, browser)
    with pytest.raises(StatementExpired):
        device_signing.to_sign(house.services, desk.access, browser.prepared_id)
    clock.pass_(days=7)
    forgetting.forget(house.services)
    with house.services.unit_of_work() as uow:
        assert uow.prepared.get(quick.prepared_id) is None
    proved(house, desk.letter_id)


def test_one_code_binds_one_key(house: House, desk: Desk) -> None:
    code = desk.asks_for_a_code()
    mine = desk.prepares(LAPTOP, code=code)
    other = desk.prepares(PHONE, code=code, idempotency_key="key-of-the-phone-s-page")
    desk.signs(LAPTOP, mine)
    with pytest.raises(NotFound):
        desk.signs(PHONE, other)
    with pytest.raises(Faulty) as refused:
        desk.sends(desk.form(code=code, idempotency_key="key-of-this-page-3"))
    assert code_of(refused) == "code-used-up"
    assert len(entries(house, desk.letter_id)) == 3


def test_a_code_spent_on_another_answer_binds_nothing_however_late(house: House, desk: Desk, clock: Clock) -> None:
    code = desk.asks_for_a_code()
    key = ssh_key("slow")
    slow = desk.prepares(key, code=code)
    desk.sends(desk.form(Decision.DECLINE, code=code, idempotency_key="key-of-this-page-2"))
    clock.pass_(days=6)
    forgetting.forget(house.services)
    with pytest.raises(Faulty) as refused:
        desk.signs(key, slow)
    assert code_of(refused) == "code-used-up"
    assert len(entries(house, desk.letter_id)) == 2


def test_a_name_that_became_another_organisation_s_meanwhile_is_not_signed(house: House) -> None:
    letter_id = house.opened(ONE)
    desk = Desk(house, letter_id)
    prepared = desk.prepares(LAPTOP, code=desk.asks_for_a_code(), listed_as=TWO)
    house.roster(letter_id, TWO)
    with pytest.raises(Faulty) as refused:
        desk.signs(LAPTOP, prepared)
    assert code_of(refused) == "name-of-another"
    assert len(entries(house, letter_id)) == 1


def test_of_two_devices_at_once_one_is_overtaken(house: House, desk: Desk) -> None:
    laptop = desk.prepares(LAPTOP, code=desk.asks_for_a_code())
    phone = Desk(house, desk.letter_id, browser="phone")
    on_phone = phone.prepares(PHONE, code=phone.asks_for_a_code(), idempotency_key="key-of-the-phone-s-page")
    outcomes: list[object] = []

    def press(at: Desk, key: Signs, prepared: device_signing.ToSign) -> None:
        try:
            outcomes.append(at.signs(key, prepared))
        except Refusal as refusal:
            outcomes.append(refusal.code)

    presses = [
        threading.Thread(target=press, args=(desk, LAPTOP, laptop)),
        threading.Thread(target=press, args=(phone, PHONE, on_phone)),
    ]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert [outcome for outcome in outcomes if not isinstance(outcome, AnswerReceipt)] == ["answer-overtaken"]
    assert len(entries(house, desk.letter_id)) == 3
    proved(house, desk.letter_id)


def test_the_attested_answer_of_the_same_page_is_not_doubled_by_a_key(desk: Desk) -> None:
    code = desk.asks_for_a_code()
    form = desk.form(code=code)
    prepared = desk.prepares(LAPTOP, form)
    attested = desk.sends(form)
    assert desk.signs(LAPTOP, prepared).receipt == attested.receipt


def test_new_words_between_prepare_and_submit_refuse_the_signature(house: House, desk: Desk) -> None:
    prepared = desk.prepares(LAPTOP, code=desk.asks_for_a_code())
    drafting.import_letter(house.services, letter_text(body="Other words.\n"), letter_id=desk.letter_id)
    drafting.open_letter(house.services, desk.letter_id)
    with pytest.raises(StaleVersion):
        desk.signs(LAPTOP, prepared)
    assert [type(said).__name__ for said in statements(house, desk.letter_id)] == ["LetterStatement"] * 2


def test_a_closing_between_prepare_and_submit_refuses_the_signature(house: House, desk: Desk) -> None:
    Desk(house, desk.letter_id, TWO).answers(Decision.APPROVE, "key-of-this-page-2")
    prepared = desk.prepares(LAPTOP, code=desk.asks_for_a_code())
    closing.close(house.services, desk.letter_id)
    with pytest.raises(NotAllowed) as refused:
        desk.signs(LAPTOP, prepared)
    assert code_of(refused) == "letter-closed"


def test_a_key_revoked_between_prepare_and_submit_signs_nothing(house: House, desk: Desk) -> None:
    desk.answers_with(LAPTOP)
    prepared = desk.prepares(LAPTOP, decision=Decision.WITHDRAW, idempotency_key="key-of-another-page")
    key_binding.revoke(house.services, desk.access, LAPTOP.public.key, desk.asks_for_a_code())
    with pytest.raises(KeyRevoked):
        desk.signs(LAPTOP, prepared)
    code = desk.asks_for_a_code()
    with pytest.raises(KeyRevoked):
        desk.prepares(LAPTOP, code=code, decision=Decision.WITHDRAW, idempotency_key="key-of-another-page")
    proved(house, desk.letter_id)


def test_whatever_statement_fails_binding_and_answer_are_whole_or_not_there(house: House) -> None:
    letter_id = house.opened(ONE)
    desk = Desk(house, letter_id)
    prepared = desk.prepares(LAPTOP, code=desk.asks_for_a_code())

    def check(succeeded: bool) -> None:
        logged = len(entries(house, letter_id)) - 1
        with house.services.unit_of_work() as uow:
            answers = uow.answers.of_organisation(letter_id, "org-china")
            bindings = uow.bindings.of_letter(letter_id)
            receipts = [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.RECEIPT]
            stored = uow.roster.entry(letter_id, "org-china")
        assert stored is not None
        done = int(stored.answer is Answer.APPROVED)
        assert (len(answers), len(bindings), len(receipts), logged) == (done, done, done, 2 * done)
        assert done or not succeeded

    assert fail_everywhere(house.database, lambda: desk.signs(LAPTOP, prepared), check) >= 10


def test_receipts_of_a_key_go_to_every_known_address(house: House) -> None:
    letter_id = house.opened(ONE, former_emails=("old@china.example",))
    Desk(house, letter_id).answers_with(LAPTOP)
    with house.services.unit_of_work() as uow:
        told = [each.to for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.RECEIPT]
    assert sorted(told) == ["contact@china.example", "old@china.example"]


# Continuity


def test_the_same_device_needs_no_code_in_the_next_letter(house: House, desk: Desk, clock: Clock) -> None:
    first = desk.answers_with(LAPTOP)
    clock.pass_(days=1)
    next_id = house.opened(ONE, TWO)
    later = Desk(house, next_id)
    (known,) = deciding.view(house.services, later.access).earlier_keys
    assert (known.binding.key, known.live, known.since) == (LAPTOP.public.key, False, first.answer.at)
    assert deciding.view(house.services, later.access).keys_without_code == [known]
    prepared = later.prepares(LAPTOP)
    assert prepared.bound_by == "continuity"
    later.signs(LAPTOP, prepared)
    _, bind, _ = statements(house, next_id)
    assert isinstance(bind, KeyStatement)
    with house.services.unit_of_work() as uow:
        (binding,) = uow.bindings.of_letter(next_id)
    assert binding.history is not None
    assert (bind.basis, bind.history) == ("continuity", sha256(binding.history).hexdigest())
    receipt = Receipt.from_bytes(binding.history)
    assert receipt.index == 1
    assert receipt.entry == entries(house, desk.letter_id)[1]
    proved(house, next_id)
    (view,) = key_binding.keys(house.services, later.access)
    assert (view.live, view.since) == (True, first.answer.at)
    third = Desk(house, house.opened(ONE))
    third.answers_with(LAPTOP, code=False)
    with house.services.unit_of_work() as uow:
        (last,) = uow.bindings.of_letter(third.letter_id)
    assert last.history == binding.history, "it is always the first binding that is named"


def test_a_key_of_another_organisation_has_no_continuity_and_takes_nothing_away(house: House, desk: Desk) -> None:
    desk.answers_with(LAPTOP)
    other = Desk(house, desk.letter_id, TWO)
    with pytest.raises(Faulty) as refused:
        other.prepares(LAPTOP)
    assert code_of(refused) == "code-missing"
    elsewhere = Desk(house, house.opened(TWO), TWO)
    with pytest.raises(Faulty) as refused:
        elsewhere.prepares(LAPTOP)
    assert code_of(refused) == "code-missing"
    other.answers_with(LAPTOP)
    key_binding.revoke(house.services, other.access, LAPTOP.public.key, other.asks_for_a_code())
    desk.answers_with(LAPTOP, code=False, decision=Decision.WITHDRAW, idempotency_key="key-of-another-page")
    proved(house, desk.letter_id)


def test_a_key_revoked_or_ended_in_an_earlier_letter_has_no_continuity(house: House, desk: Desk) -> None:
    desk.answers_with(LAPTOP)
    key_binding.revoke(house.services, desk.access, LAPTOP.public.key, desk.asks_for_a_code())
    later = Desk(house, house.opened(ONE))
    assert deciding.view(house.services, later.access).earlier_keys == []
    with pytest.raises(Faulty) as refused:
        later.prepares(LAPTOP)
    assert code_of(refused) == "code-missing"


def test_a_key_that_another_key_bound_takes_a_code_in_the_next_letter(house: House, desk: Desk, clock: Clock) -> None:
    desk.answers_with(LAPTOP)
    tablet = signers.browser_key("tablet")
    prepared = key_binding.prepare_binding(
        house.services, desk.access, LAPTOP.public.key, OfferedKey(tablet.public), clock() + timedelta(days=7)
    )
    key_binding.submit_binding(house.services, desk.access, prepared.prepared_id, LAPTOP.sign(prepared.pae))
    later = Desk(house, house.opened(ONE))
    assert [view.binding.key for view in key_binding.earlier_keys(house.services, later.access)] == [LAPTOP.public.key]
    with pytest.raises(Faulty) as refused:
        later.prepares(tablet)
    assert code_of(refused) == "code-missing", "it would speak here for longer than it was lent for"


def test_a_key_revoked_elsewhere_between_prepare_and_submit_loses_its_continuity(house: House, desk: Desk) -> None:
    desk.answers_with(LAPTOP)
    later = Desk(house, house.opened(ONE))
    prepared = later.prepares(LAPTOP)
    key_binding.revoke(house.services, desk.access, LAPTOP.public.key, desk.asks_for_a_code())
    with pytest.raises(Refusal) as refused:
        later.signs(LAPTOP, prepared)
    assert code_of(refused) == "key-unbound"
    assert len(entries(house, later.letter_id)) == 1


# Binders


def test_where_the_coordinator_must_vouch_the_key_waits(house: House) -> None:
    for binders in (("attestor", "coordinator"), ("coordinator",)):
        letter_id = opened(house, ONE, binders=binders)
        desk = Desk(house, letter_id)
        key = signers.browser_key(" ".join(binders))
        code = desk.asks_for_a_code()
        with pytest.raises(KeyWaits) as waits:
            desk.prepares(key, code=code)
        with pytest.raises(KeyWaits) as again:
            desk.prepares(key)
        assert waits.value.phrase == again.value.phrase
        assert digest_matches(waits.value.phrase, sha256(key.public.public_key.encode()).digest())
        assert len(entries(house, letter_id)) == 2, "the code was answered, and that is in the log once"
        (view,) = key_binding.keys(house.services, desk.access)
        assert (view.live, view.waiting, view.phrase) == (False, True, waits.value.phrase)
        vouch(house, letter_id, key)
        assert desk.prepares(key).bound_by == "bound"
        desk.answers_with(key, code=False)
        (answer,) = proved(house, letter_id).approvals()
        assert answer.level == 2


def vouch(house: House, letter_id: str, key: Signs) -> None:
    vouching.vouch(house.services, letter_id, "org-china", key.public.key)


def test_continuity_alone_does_not_replace_the_coordinator(house: House, desk: Desk) -> None:
    desk.answers_with(LAPTOP)
    letter_id = opened(house, ONE, binders=("attestor", "coordinator"))
    later = Desk(house, letter_id)
    with pytest.raises(Faulty) as refused:
        later.prepares(LAPTOP)
    assert code_of(refused) == "code-missing", "nothing is logged for whoever has no more than link and public key"
    assert deciding.view(house.services, later.access).keys_without_code == []
    assert len(entries(house, letter_id)) == 1
    code = later.asks_for_a_code()
    with pytest.raises(KeyWaits):
        later.prepares(LAPTOP, code=code)
    _, bind = statements(house, letter_id)
    assert isinstance(bind, KeyStatement)
    assert bind.basis == "continuity"
    vouch(house, letter_id, LAPTOP)
    later.answers_with(LAPTOP, code=False)
    proved(house, letter_id)
