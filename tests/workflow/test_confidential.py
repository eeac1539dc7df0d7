"""Organisations whose names are withheld, on both databases: one commitment, one chain, no name in what is public."""

from __future__ import annotations

import pytest

from signing.domain.access import Role
from signing.domain.errors import Conflict, NotFound, Refusal
from signing.domain.organisation import Answer, Decision
from signing.evidence.statement import AssentStatement, Commitment, KeyStatement, commitment_of
from signing.workflow import bundling, closing, coordinator_keys, deciding, key_binding, tracking, vouching
from signing.workflow.appending import payload_of
from signing.workflow.device_signing import KeyWaits
from signing.workflow.enrolment import KeyKnown, KeyUnfit
from tests.evidence import signers
from tests.web.installation import House
from tests.workflow.desk import ONE, TWO, Desk, entries, opened, passkey, proved, ssh_key, statements

LAPTOP = signers.browser_key("laptop")


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house, house.opened(ONE, TWO))


def approves(desk: Desk, key: str, **fields: object) -> deciding.AnswerReceipt:
    code = desk.asks_for_a_code()
    return desk.sends(desk.form(**({"code": code, "idempotency_key": key} | fields)))


def assents(house: House, letter_id: str) -> list[AssentStatement]:
    return [said for said in statements(house, letter_id) if isinstance(said, AssentStatement)]


def test_a_confidential_approval_names_nobody_and_counts(house: House, desk: Desk) -> None:
    approves(desk, "key-of-this-page-1", confidential=True, person="Hidden Person")
    approves(Desk(house, desk.letter_id, TWO), "key-of-this-page-2")
    hidden, _ = assents(house, desk.letter_id)
    opening = deciding.opening(house.services, desk.access)
    assert hidden.signatory == Commitment(opening.commitment)
    assert commitment_of(opening.content) == opening.commitment
    assert b"Hidden Person" in opening.content
    assert deciding.opening_of(house.services, desk.letter_id, "org-china") == opening
    edition = closing.close(house.services, desk.letter_id)
    assert (edition.listed, edition.confidential) == (1, 1)
    public = [payload_of(entry) for entry in entries(house, desk.letter_id)]
    for name, content in bundling.bundle_files(house.services, desk.letter_id).items():
        public += [name.encode(), content]
    public += [opening.filename.encode(), *edition.files.values()]
    assert any(b"Valley Watch" in each for each in public)
    for word in (b"Rivers China", b"org-china", b"Hidden Person"):
        assert not [each for each in public if word in each]
    rows = {row.entry.organisation: row for row in tracking.status(house.services, desk.letter_id).rows}
    withheld = [rows[name].entry.confidential for name in (ONE, TWO)]
    assert (rows[ONE].standing.value, withheld) == ("approved", [True, False])
    proved(house, desk.letter_id)


def test_declines_and_confidential_approvals_are_one_chain_under_one_commitment(house: House, desk: Desk) -> None:
    desk.answers(Decision.DECLINE, "key-of-this-page-1")
    approves(desk, "key-of-this-page-2", confidential=True, listed_as="Rivers of China")
    view = deciding.view(house.services, desk.access)
    assert view.committed is not None
    assert view.committed.listed_as == ONE, "the names first given in it stay"
    given = approves(desk, "key-of-this-page-3", decision=Decision.WITHDRAW)
    assert (given.entry.answer, given.entry.confidential) == (Answer.WITHDRAWN, True)
    assert len({said.signatory for said in assents(house, desk.letter_id)}) == 1
    assert proved(house, desk.letter_id).approvals() == ()


def test_changing_between_open_and_confidential_is_a_withdrawal_and_an_approval(house: House, desk: Desk) -> None:
    approves(desk, "key-of-this-page-1")
    form = desk.form(code=desk.asks_for_a_code(), confidential=True, idempotency_key="key-of-this-page-2")
    given = desk.sends(form)
    assert desk.sends(form).receipt == given.receipt
    back = approves(desk, "key-of-this-page-3", confidential=False)
    said = [(each.decision, isinstance(each.signatory, Commitment)) for each in assents(house, desk.letter_id)]
    assert said == [
        ("approve", False), ("withdraw", False), ("approve", True), ("withdraw", True), ("approve", False),
    ]  # fmt: skip
    assert (given.answer.index, given.entry.confidential, back.entry.confidential) == (3, True, False)
    (answer,) = proved(house, desk.letter_id).approvals()
    assert answer.identity == "org-china"


def test_a_fresh_key_signs_confidentially_and_is_no_other_answer_s(house: House, desk: Desk) -> None:
    desk.answers_with(LAPTOP, confidential=True)
    _, bind, assent = statements(house, desk.letter_id)
    assert isinstance(bind, KeyStatement)
    assert isinstance(assent, AssentStatement)
    assert bind.signatory == assent.signatory == Commitment(deciding.opening(house.services, desk.access).commitment)
    (answer,) = proved(house, desk.letter_id).approvals()
    assert (answer.level, isinstance(answer.signatory, Commitment)) == (2, True)
    desk.answers_with(
        LAPTOP, code=False, decision=Decision.WITHDRAW, confidential=True, idempotency_key="key-of-another-page"
    )
    code = desk.asks_for_a_code()
    with pytest.raises(KeyKnown):
        desk.prepares(LAPTOP, code=code, idempotency_key="key-of-yet-another")
    elsewhere = Desk(house, house.opened(ONE, TWO))
    assert deciding.view(house.services, elsewhere.access).earlier_keys == []
    for confidential in (True, False):
        with pytest.raises(KeyKnown):
            elsewhere.prepares(LAPTOP, confidential=confidential)
    proved(house, desk.letter_id)


def test_a_key_known_under_a_name_is_refused_for_a_confidential_answer(house: House, desk: Desk) -> None:
    other = Desk(house, desk.letter_id, TWO)
    other.answers_with(LAPTOP)
    code = desk.asks_for_a_code()
    with pytest.raises(KeyKnown):
        desk.prepares(LAPTOP, code=code, confidential=True)
    desk.answers_with(passkey("passkey"), confidential=True)
    assert len(proved(house, desk.letter_id).approvals()) == 2


def test_a_coordinator_s_key_and_a_confidential_one_are_never_the_same(house: House, desk: Desk) -> None:
    house.account("coordinator@example.org", Role.COORDINATOR)
    with house.services.unit_of_work() as uow:
        (account,) = uow.accounts.all()
    coordinator_keys.register(house.services, account.id, LAPTOP.public, "Laptop")
    code = desk.asks_for_a_code()
    with pytest.raises(KeyKnown):
        desk.prepares(LAPTOP, code=code, confidential=True)
    hidden = signers.browser_key("hidden")
    desk.answers_with(hidden, confidential=True)
    with pytest.raises(Conflict):
        coordinator_keys.register(house.services, account.id, hidden.public, "Hidden")


@pytest.mark.parametrize("key", [ssh_key("own"), signers.openpgp_key("own")], ids=["ssh", "openpgp"])
def test_keys_that_name_their_holder_never_sign_confidentially(desk: Desk, key: object) -> None:
    code = desk.asks_for_a_code()
    with pytest.raises(KeyUnfit):
        desk.prepares(key, code=code, confidential=True)


def test_with_a_key_the_open_approval_is_withdrawn_first(house: House, desk: Desk) -> None:
    desk.answers_with(LAPTOP)
    fresh = signers.browser_key("fresh")
    code = desk.asks_for_a_code()
    with pytest.raises(Refusal) as refused:
        desk.prepares(fresh, code=code, confidential=True, idempotency_key="key-of-another-page")
    assert refused.value.code == "withdraw-first"
    desk.answers_with(LAPTOP, code=False, decision=Decision.WITHDRAW, idempotency_key="key-of-another-page")
    desk.signs(fresh, desk.prepares(fresh, code=code, confidential=True, idempotency_key="key-of-yet-another"))
    (answer,) = proved(house, desk.letter_id).approvals()
    assert isinstance(answer.signatory, Commitment)


def test_a_confidential_key_that_waits_keeps_its_commitment(house: House) -> None:
    desk = Desk(house, opened(house, ONE, binders=("attestor", "coordinator")))
    code = desk.asks_for_a_code()
    with pytest.raises(KeyWaits):
        desk.prepares(LAPTOP, code=code, confidential=True)
    commitment = deciding.opening(house.services, desk.access).commitment
    vouching.vouch(house.services, desk.letter_id, "org-china", LAPTOP.public.key)
    given = desk.answers_with(LAPTOP, code=False, confidential=True)
    assert given.entry.confidential
    assert assents(house, desk.letter_id)[0].signatory == Commitment(commitment)
    proved(house, desk.letter_id)


def test_open_and_confidential_keys_never_vouch_for_one_another(house: House, desk: Desk) -> None:
    desk.answers_with(LAPTOP)
    desk.answers_with(LAPTOP, code=False, decision=Decision.WITHDRAW, idempotency_key="key-of-another-page")
    fresh = signers.browser_key("fresh")
    desk.answers_with(fresh, confidential=True, idempotency_key="key-of-yet-another")
    with pytest.raises(Refusal) as refused:
        key_binding.prepare_revocation(house.services, desk.access, LAPTOP.public.key, fresh.public.key)
    assert refused.value.code == "key-known"


def test_nothing_is_opened_that_was_never_hidden(house: House, desk: Desk) -> None:
    for ask in (
        lambda: deciding.opening(house.services, desk.access),
        lambda: deciding.opening_of(house.services, desk.letter_id, "org-china"),
        lambda: deciding.opening_of(house.services, desk.letter_id, "org-nobody"),
    ):
        with pytest.raises(NotFound):
            ask()
