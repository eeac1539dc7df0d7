"""The service's own key was replaced: nothing is signed with one that the open letter does not name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from signing.domain.errors import Refusal
from signing.domain.organisation import Decision
from signing.workflow import key_binding
from signing.workflow.opening import Wishes
from tests.evidence import signers
from tests.web.installation import House, Key
from tests.workflow.desk import ONE, Desk, entries, proved

LAPTOP = signers.browser_key("laptop")


def with_another_attestor(house: House) -> House:
    return House(replace(house.services, attestor=Key()), house.clock, house.database)


@pytest.mark.parametrize("act", [
    lambda desk: desk.answers(Decision.APPROVE, "key-of-this-page-1"),
    lambda desk: desk.answers(Decision.DECLINE, "key-of-this-page-1"),
    lambda desk: desk.answers_with(LAPTOP),
], ids=["attested", "declined", "bound"])  # fmt: skip
def test_nothing_is_recorded_with_a_key_the_letter_does_not_name(house: House, act: Callable[[Desk], object]) -> None:
    letter_id = house.opened(ONE)
    changed = with_another_attestor(house)
    with pytest.raises(Refusal) as refused:
        act(Desk(changed, letter_id))
    assert refused.value.code == "attestor-changed"
    assert len(entries(house, letter_id)) == 1


def test_no_key_is_revoked_with_it_either(house: House) -> None:
    letter_id = house.opened(ONE)
    Desk(house, letter_id).answers_with(LAPTOP)
    desk = Desk(with_another_attestor(house), letter_id)
    code = desk.asks_for_a_code()
    with pytest.raises(Refusal, match="another key"):
        key_binding.revoke(desk.house.services, desk.access, LAPTOP.name, code)
    proved(house, letter_id)


def test_opening_the_same_words_again_names_the_new_key_and_everything_goes_on(house: House) -> None:
    letter_id = house.opened(ONE)
    Desk(house, letter_id).answers(Decision.APPROVE, "key-of-this-page-1")
    changed = with_another_attestor(house)
    changed.open(letter_id, Wishes(rekey=True))
    Desk(changed, letter_id).answers(Decision.WITHDRAW, "key-of-this-page-2")
    ledger = proved(house, letter_id)
    assert [version.statement.attestor.key for version in ledger.versions] == [
        house.services.attestor.public.key, changed.services.attestor.public.key,
    ]  # fmt: skip


def test_a_device_that_is_bound_already_needs_no_word_of_the_service(house: House) -> None:
    letter_id = house.opened(ONE)
    Desk(house, letter_id).answers_with(LAPTOP)
    desk = Desk(with_another_attestor(house), letter_id)
    desk.answers_with(LAPTOP, code=False, decision=Decision.WITHDRAW, idempotency_key="key-of-this-page-2")
    assert len(entries(house, letter_id)) == 4
    proved(house, letter_id)
