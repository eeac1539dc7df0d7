"""Publishing a closed letter, and what goes on afterwards as before."""

from __future__ import annotations

import pytest

from signing.domain.errors import NotAllowed, NotFound
from signing.domain.letter import LATE, TRANSITIONS, LetterAction, LetterState
from signing.domain.organisation import Decision
from signing.workflow import closing, drafting, inviting, publishing, tracking
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
