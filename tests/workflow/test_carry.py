"""Approvals that cover a change of typography only, on both databases: carried or lapsed by the rule alone."""

from __future__ import annotations

import pytest

from signing.domain.errors import NotFound
from signing.domain.organisation import Decision, Standing
from signing.evidence.keyring import raw_from_pem
from signing.evidence.note import ALG_ED25519, NoteKey
from signing.evidence.receipt import Receipt
from signing.evidence.statement import AssentStatement
from signing.workflow import closing, deciding, drafting, tracking
from tests.evidence import signers
from tests.web.installation import House, letter_text
from tests.workflow.desk import ONE, TWO, Desk, proved, statements

THREE = "Delta Friends"
STRAIGHT = 'We write about "rivers" - and people.\n'
CURLY = "We write about “rivers” – and people.\n"
OTHER = "We write about rivers and birds.\n"


def says(house: House, letter_id: str, body: str) -> None:
    """A new version with this body."""
    drafting.import_letter(house.services, letter_text(body=body), letter_id=letter_id)
    drafting.open_letter(house.services, letter_id)


@pytest.fixture
def letter_id(house: House) -> str:
    letter_id = house.letter(letter_text(body=STRAIGHT))
    house.roster(letter_id, ONE, TWO, THREE)
    house.open(letter_id)
    house.invite(letter_id)
    return letter_id


def rows(house: House, letter_id: str) -> dict[str, tuple[Standing, int | None]]:
    status = tracking.status(house.services, letter_id)
    return {row.entry.organisation: (row.standing, row.carried_from) for row in status.rows}


def test_typography_carries_those_who_accepted_it_and_words_carry_nobody(house: House, letter_id: str) -> None:
    one, two, three = (Desk(house, letter_id, name) for name in (ONE, TWO, THREE))
    one.answers_with(signers.browser_key("laptop"), accepts=True)
    code = two.asks_for_a_code()
    two.sends(two.form(code=code))
    code = three.asks_for_a_code()
    three.sends(three.form(code=code, accepts=True, confidential=True))
    accepted = [said.accepts for said in statements(house, letter_id) if isinstance(said, AssentStatement)]
    assert accepted == [("typography",), (), ("typography",)]
    assert rows(house, letter_id)[ONE] == (Standing.APPROVED, None)
    says(house, letter_id, CURLY)
    assert rows(house, letter_id) == {
        ONE: (Standing.APPROVED, 1), TWO: (Standing.LAPSED, None), THREE: (Standing.APPROVED, 1),
    }  # fmt: skip
    carried, lapsed = (deciding.view(house.services, desk.access) for desk in (one, two))
    assert (carried.carried_from, carried.lapsed, carried.accepts) == (1, False, True)
    assert (lapsed.carried_from, lapsed.lapsed, lapsed.accepts) == (None, True, False)
    assert {answer.index for answer in proved(house, letter_id).approvals()} == {2, 4}
    edition = closing.close(house.services, letter_id)
    assert (edition.listed, edition.confidential) == (1, 1)


def test_an_approval_is_carried_version_by_version_or_not_at_all(house: House, letter_id: str) -> None:
    desk = Desk(house, letter_id)
    code = desk.asks_for_a_code()
    desk.sends(desk.form(code=code, accepts=True))
    says(house, letter_id, OTHER)
    says(house, letter_id, STRAIGHT)
    assert rows(house, letter_id)[ONE] == (Standing.LAPSED, None)
    view = deciding.view(house.services, desk.access)
    assert (view.carried_from, view.lapsed) == (None, True)
    assert proved(house, letter_id).approvals() == ()


def test_a_carried_approval_can_be_withdrawn_and_given_anew(house: House, letter_id: str) -> None:
    desk = Desk(house, letter_id)
    code = desk.asks_for_a_code()
    desk.sends(desk.form(code=code, accepts=True))
    says(house, letter_id, CURLY)
    assert desk.answers(Decision.APPROVE, "key-of-this-page-2").entry.accepts is False
    assert rows(house, letter_id)[ONE] == (Standing.APPROVED, None)
    desk.answers(Decision.WITHDRAW, "key-of-this-page-3")
    assert deciding.view(house.services, desk.access).lapsed is False
    assert rows(house, letter_id)[ONE] == (Standing.WITHDRAWN, None)
    proved(house, letter_id)


# The second receipt


@pytest.mark.parametrize("others", [0, 1, 2, 5, 11])
def test_after_closing_a_second_receipt_stands_against_the_checkpoint_of_the_closing(
    house: House, others: int
) -> None:
    names = [f"Group N{number}" for number in range(others)]
    letter_id = house.opened(*names[: others // 2], ONE, TWO, *names[others // 2 :])
    desk, silent = Desk(house, letter_id), Desk(house, letter_id, TWO)
    with pytest.raises(NotFound) as refused:
        deciding.closing_receipt(house.services, desk.access)
    assert refused.value.code == "not-closed"
    for name in names[: others // 2]:
        house.approve(letter_id, name)
    given = desk.answers(Decision.APPROVE, "key-of-this-page-1")
    for name in names[others // 2 :]:
        house.approve(letter_id, name)
    edition = closing.close(house.services, letter_id)
    second = deciding.closing_receipt(house.services, desk.access)
    log_key = NoteKey(given.letter.origin, ALG_ED25519, raw_from_pem(house.services.log_key.public.public_key))
    receipt = Receipt.from_bytes(second.receipt)
    checkpoint = receipt.verify([log_key])
    assert (receipt.index, checkpoint.size) == (given.answer.index, edition.index + 1)
    assert receipt.entry == Receipt.from_bytes(given.receipt).entry
    assert checkpoint.root == proved(house, letter_id).roots[-1]
    with pytest.raises(NotFound) as refused:
        deciding.closing_receipt(house.services, silent.access)
    assert refused.value.code == "no-answer"
    desk.answers(Decision.WITHDRAW, "key-of-this-page-2")
    again = deciding.closing_receipt(house.services, desk.access)
    assert again.receipt == second.receipt, "what was closed stays closed until the next edition"
