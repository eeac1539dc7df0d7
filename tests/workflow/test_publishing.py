"""Publishing a closed letter, and what goes on afterwards as before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signing.domain.errors import NotAllowed, NotFound
from signing.domain.letter import LATE, TRANSITIONS, LetterAction, LetterState
from signing.domain.organisation import Decision
from signing.workflow import (
    auditing,
    closing,
    drafting,
    inviting,
    late_approvals,
    log_serving,
    publishing,
    tracking,
)
from tests.web.installation import House
from tests.workflow.test_deciding import ONE, TWO, Desk


@pytest.fixture
def letter_id(house: House) -> str:
    letter_id = house.opened(ONE, TWO)
    Desk(house, letter_id, ONE).answers(Decision.APPROVE, "key-of-this-page-1")
    Desk(house, letter_id, TWO).answers(Decision.APPROVE, "key-of-this-page-2")
    return letter_id


def test_a_closed_letter_is_published_once_whoever_asks_how_often(house: House, letter_id: str) -> None:
    closing.close(house.services, letter_id)
    first = publishing.publish(house.services, letter_id)
    assert (first.state, first.published_at) == (LetterState.PUBLISHED, house.clock.now)
    house.clock.pass_(hours=1)
    assert publishing.publish(house.services, letter_id) == first
    assert tracking.status(house.services, letter_id).state is LetterState.PUBLISHED


def test_what_is_not_closed_is_not_published(house: House, letter_id: str) -> None:
    for letter, code in ((letter_id, "letter-open"), (house.letter(), "letter-draft")):
        with pytest.raises(NotAllowed) as refusal:
            publishing.publish(house.services, letter)
        assert refusal.value.code == code
        assert "Close the letter first" in refusal.value.message
    with pytest.raises(NotFound):
        publishing.publish(house.services, "no-such-letter")


def test_a_published_letter_takes_withdrawals_new_links_and_editions_and_stays_published(
    house: House, letter_id: str
) -> None:
    closing.close(house.services, letter_id)
    published = publishing.publish(house.services, letter_id)
    house.clock.pass_(days=1)
    inviting.reissue(house.services, letter_id, house.invitation(letter_id, TWO).organisation_id)
    Desk(house, letter_id, TWO).answers(Decision.WITHDRAW, "key-of-this-page-3")
    edition = closing.close(house.services, letter_id)
    assert (edition.number, edition.listed) == (2, 1)
    letter = drafting.read(house.services, letter_id).letter
    assert (letter.state, letter.published_at) == (LetterState.PUBLISHED, published.published_at)
    with pytest.raises(NotAllowed, match="closed to answers"):
        letter.after(LetterAction.ANSWER, house.clock.now)


def test_whatever_a_closed_letter_allows_a_published_one_allows_too_but_to_be_published_at_another_time() -> None:
    for state, action in (*TRANSITIONS, *LATE):
        if state is LetterState.CLOSED and action is LetterAction.CHOOSE_EMBARGO:
            assert (LetterState.PUBLISHED, action) not in TRANSITIONS
        elif (state, action) in LATE:
            assert LATE[LetterState.PUBLISHED, action] is LetterState.PUBLISHED
        elif state is LetterState.CLOSED:
            assert TRANSITIONS[LetterState.PUBLISHED, action] is LetterState.PUBLISHED
    assert all(TRANSITIONS[move].closed for move in TRANSITIONS if move[0].closed)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_nobody_is_published_by_name_who_asked_meanwhile_to_be_counted_only(house: House, letter_id: str) -> None:
    closing.close(house.services, letter_id)
    publishing.choose_hour(house.services, letter_id, "2026-03-10T10:00")
    late_approvals.choose_late(house.services, letter_id, "2026-03-09T10:00")
    desk = Desk(house, letter_id, TWO)
    desk.sends(desk.form(code=desk.asks_for_a_code(), idempotency_key="key-of-this-page-8", confidential=True))
    with pytest.raises(NotAllowed, match="not to be named"):
        publishing.publish(house.services, letter_id, ends_embargo=True)
    house.clock.pass_(days=9)
    # At its second, before the clock has come by, too.
    with pytest.raises(NotFound):
        log_serving.published_checkpoint(house.services, letter_id)
    assert publishing.publish_due(house.services, letter_id) is not None
    edition = auditing.edition(house.services, letter_id)
    assert (edition.listed, edition.confidential) == (1, 1)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_whoever_was_only_counted_and_withdrew_is_not_counted_any_more(house: House, letter_id: str) -> None:
    desk = Desk(house, letter_id, TWO)
    desk.sends(desk.form(code=desk.asks_for_a_code(), idempotency_key="key-of-this-page-7", confidential=True))
    with house.services.unit_of_work(write=True) as uow:
        uow.letters.arrange(replace(drafting.read(house.services, letter_id).letter, quorum=2))
        uow.commit()
    assert closing.close(house.services, letter_id).confidential == 1
    desk.sends(desk.form(Decision.WITHDRAW, code=desk.asks_for_a_code(), idempotency_key="key-of-this-page-8"))
    with pytest.raises(NotAllowed) as refusal:
        publishing.publish(house.services, letter_id)
    assert refusal.value.code == "edition-behind"
    closing.close(house.services, letter_id)
    with pytest.raises(NotAllowed) as refusal:
        publishing.publish(house.services, letter_id)
    assert (refusal.value.code, refusal.value.values) == ("quorum", {"have": 1, "need": 2})
