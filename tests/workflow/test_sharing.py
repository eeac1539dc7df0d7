"""What organisations see of the others' answers: what the coordinator chose, at once, and never a withheld name."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from signing.domain.errors import Faulty, NotAllowed, NotFound
from signing.domain.letter import SHARES
from signing.workflow import closing, deciding, decision_page, drafting
from signing.workflow.decision_page import Others
from tests.web.installation import House, letter_text
from tests.workflow.desk import Desk

# Who is told of whom comes out of the store, so that one goes over both databases; the rest is the same on either.
sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

OURS, ALPHA, OMEGA, HIDDEN = "Middle Rivers", "Alpha League", "Omega Watch", "Secret Shelter"


@pytest.fixture
def letter_id(house: House) -> str:
    """A letter that two have approved in the open and one without its name."""
    made = house.opened(OURS, OMEGA, ALPHA, HIDDEN)
    house.approve(made, OMEGA)
    house.approve(made, ALPHA, listed_as="Alpha of the Alps")
    house.approve(made, HIDDEN, confidential=True)
    return made


def seen_by(house: House, letter_id: str, organisation: str = OURS) -> Others | None:
    view = deciding.view(house.services, Desk(house, letter_id, organisation).access)
    return decision_page.others_who_approved(house.services, view)


def names(others: Others | None) -> list[str]:
    assert others is not None
    return [each.listed_as for each in others.names]


def test_names_are_those_signed_in_the_open_and_withheld_ones_a_number(house: House, letter_id: str) -> None:
    drafting.set_sharing(house.services, letter_id, shares="names")
    seen = seen_by(house, letter_id)
    assert (names(seen), seen and seen.count, seen and seen.withheld) == (["Alpha of the Alps", OMEGA], 3, 1)
    assert HIDDEN not in str(asdict(seen or Others(0)))
    assert "org-secret" not in str(asdict(seen or Others(0)))
    own = seen_by(house, letter_id, HIDDEN)
    assert (names(own), own and own.count, own and own.withheld) == (["Alpha of the Alps", OMEGA], 2, 0)


@sqlite
def test_only_a_number_leaves_where_only_the_number_is_shared(house: House, letter_id: str) -> None:
    drafting.set_sharing(house.services, letter_id, shares="count")
    assert seen_by(house, letter_id) == Others(3)
    drafting.set_sharing(house.services, letter_id, shares="nobody")
    assert seen_by(house, letter_id) is None


@sqlite
def test_who_turns_confidential_is_named_no_longer(house: House, letter_id: str) -> None:
    drafting.set_sharing(house.services, letter_id, shares="names")
    house.clock.pass_(minutes=1)
    house.approve(letter_id, OMEGA, confidential=True, idempotency_key="second-key-of-page")
    seen = seen_by(house, letter_id)
    assert (names(seen), seen and seen.withheld) == (["Alpha of the Alps"], 2)


@sqlite
def test_new_words_leave_nobody_who_has_not_approved_them(house: House, letter_id: str) -> None:
    drafting.set_sharing(house.services, letter_id, shares="names")
    drafting.import_letter(house.services, letter_text(body="Other words."), letter_id=letter_id)
    house.open(letter_id)
    assert seen_by(house, letter_id) == Others(0)


@sqlite
def test_each_choice_is_kept_and_the_other_left_alone(house: House) -> None:
    letter_id = house.letter()
    assert drafting.set_sharing(house.services, letter_id, mail_links=False).shares == "nobody"
    for shares in SHARES:
        drafting.set_sharing(house.services, letter_id, shares=shares)
        letter = drafting.read(house.services, letter_id).letter
        assert (letter.shares, letter.mail_links, letter.version) == (shares, False, 0)
    with pytest.raises(Faulty) as refused:
        drafting.set_sharing(house.services, letter_id, shares="everything")
    assert (refused.value.code, refused.value.field) == ("sharing-unknown", "shares")
    with pytest.raises(NotFound):
        drafting.set_sharing(house.services, "no-letter", shares="count")


@sqlite
def test_a_closed_letter_shares_no_more_than_it_did(house: House, letter_id: str) -> None:
    closing.close(house.services, letter_id)
    with pytest.raises(NotAllowed):
        drafting.set_sharing(house.services, letter_id, shares="names")
    assert drafting.read(house.services, letter_id).letter.shares == "nobody"
