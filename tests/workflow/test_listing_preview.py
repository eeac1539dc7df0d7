"""The line a contact is shown before signing: theirs as typed, in its place, and nothing of who is not shared."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from signing.adapters.collation import IcuCollation
from signing.domain.errors import Refusal
from signing.workflow import deciding, drafting, inviting, listing_preview
from signing.workflow.contact_access import Access
from signing.workflow.listing_preview import LinePreview, TypedNames
from tests.said_to_database import said_to
from tests.web.installation import House, letter_text

OURS, ALPHA, OMEGA, HIDDEN = "Middle Rivers", "Alpha League", "Omega Watch", "Secret Shelter"


# The store behind it has tests of its own, on both databases.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def house(house: House) -> House:
    return replace(house, services=replace(house.services, collation=IcuCollation()))


@pytest.fixture
def letter_id(house: House) -> str:
    """A letter that two have approved in the open and one without its name."""
    made = house.opened(OURS, ALPHA, OMEGA, HIDDEN)
    house.approve(made, ALPHA, acronym="AL")
    house.approve(made, OMEGA)
    house.approve(made, HIDDEN, confidential=True)
    return made


def shares(house: House, letter_id: str, what: str) -> None:
    with house.services.unit_of_work(write=True) as uow:
        uow.letters.set_sharing(letter_id, shares=what, mail_links=True)
        uow.commit()


def approves_again(house: House, letter_id: str, organisation: str, **fields: Any) -> None:
    house.clock.pass_(minutes=1)
    house.approve(letter_id, organisation, idempotency_key="second-key-of-page", **fields)


def access(house: House, letter_id: str, organisation: str = OURS) -> Access:
    opened = inviting.open_link(house.services, house.token(letter_id, organisation))
    return Access(opened.letter_id, opened.invitation_id, opened.generation, "browser")


def shown(house: House, letter_id: str, listed_as: str = OURS, **typed: Any) -> LinePreview:
    names = replace(TypedNames(listed_as), **typed)
    return listing_preview.preview(house.services, access(house, letter_id), names)


@pytest.mark.parametrize(
    ("listed_as", "sort_name", "between"),
    [
        (OURS, "", (ALPHA, OMEGA)),
        ("Aardvark Aid", "", (None, ALPHA)),
        ("Zebra Trust", "", (OMEGA, None)),
        ("Zebra Trust", "Beta", (ALPHA, OMEGA)),
        ("Ökumene", "", (ALPHA, OMEGA)),
    ],
)
def test_the_line_stands_where_the_list_will_be_sorted(
    house: House, letter_id: str, listed_as: str, sort_name: str, between: tuple[str | None, str | None]
) -> None:
    shares(house, letter_id, "names")
    line = shown(house, letter_id, listed_as, sort_name=sort_name)
    assert (line.before, line.after) == between
    assert f'aria-label="{listed_as}"' in (line.picture or "")


def test_neighbours_are_named_as_they_signed_and_a_withheld_name_is_none(house: House, letter_id: str) -> None:
    approves_again(house, letter_id, ALPHA, listed_as="Pan-Alpine League")
    shares(house, letter_id, "names")
    assert shown(house, letter_id).after == OMEGA
    assert shown(house, letter_id, "Park Friends").before == "Pan-Alpine League"
    assert shown(house, letter_id, "Secret Z").before == "Pan-Alpine League"


def test_our_own_earlier_approval_is_no_neighbour(house: House, letter_id: str) -> None:
    house.approve(letter_id, OURS)
    shares(house, letter_id, "names")
    assert (shown(house, letter_id).before, shown(house, letter_id).after) == (ALPHA, OMEGA)


@pytest.mark.parametrize("what", ["nobody", "count"])
def test_without_shared_names_the_picture_is_the_same_whoever_has_approved(house: House, what: str) -> None:
    alone = house.opened(OURS, ALPHA, OMEGA)
    shares(house, alone, what)
    before = {name: shown(house, alone, name) for name in (OURS, "Aardvark Aid", "Zebra Trust")}
    house.approve(alone, ALPHA)
    house.approve(alone, OMEGA)
    for name, line in before.items():
        after = shown(house, alone, name)
        assert after.picture == line.picture
        assert (after.before, after.after, after.shared) == (None, None, False)
    bars = re.findall(r"<rect fill-opacity[^>]*>", before[OURS].picture or "")
    assert len(bars) == 2


def test_who_approved_words_that_have_changed_since_is_no_neighbour(house: House, letter_id: str) -> None:
    shares(house, letter_id, "names")
    drafting.import_letter(house.services, letter_text(body="Other words."), letter_id=letter_id)
    house.open(letter_id)
    approves_again(house, letter_id, OMEGA)
    assert (shown(house, letter_id).before, shown(house, letter_id).after) == (None, OMEGA)


def test_who_approved_words_that_differ_only_in_dashes_still_is(house: House) -> None:
    made = house.letter(letter_text(body="Rivers - and people."))
    house.roster(made, OURS, ALPHA, OMEGA)
    house.open(made)
    house.invite(made)
    house.approve(made, ALPHA, accepts=True)
    house.approve(made, OMEGA)
    shares(house, made, "names")
    drafting.import_letter(house.services, letter_text(body="Rivers – and people."), letter_id=made)
    house.open(made)
    assert (shown(house, made).before, shown(house, made).after) == (ALPHA, None)


def test_only_the_own_group_is_looked_at(house: House) -> None:
    made = house.letter()
    house.roster(made, OURS, ALPHA, group="Rivers")
    house.roster(made, OMEGA, group="Lakes")
    house.open(made)
    house.invite(made)
    house.approve(made, ALPHA)
    house.approve(made, OMEGA)
    shares(house, made, "names")
    assert (shown(house, made).before, shown(house, made).after) == (ALPHA, None)


def test_a_confidential_answer_shows_the_line_for_withheld_names_and_no_name(house: House, letter_id: str) -> None:
    shares(house, letter_id, "names")
    line = shown(house, letter_id, "Ꭰ", confidential=True)
    assert line.withheld
    assert 'aria-label="and 1 organisation whose name is withheld for its safety"' in (line.picture or "")
    assert line.picture == shown(house, letter_id, "Anything else", confidential=True).picture


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"listed_as": " "}, "listed_as", "type the name"),
        ({"listed_as": "Middle Ꭰ"}, "listed_as", "U+13A0"),
        ({"acronym": "Ꭰ"}, "acronym", "U+13A0"),
        ({"native_name": "Ꭰ"}, "native_name", "U+13A0"),
        ({"native_name": "evil\u202egnp"}, "native_name", "U+202E"),
        ({"sort_name": "x" * 301}, "sort_name", "under 300 characters"),
        ({"listed_as": "Jo Example", "person": "Jo  EXAMPLE", "role": "Ꭰ"}, "role", "U+13A0"),
    ],
)
def test_what_cannot_be_printed_is_said_beside_its_field(
    house: House, letter_id: str, typed: dict[str, str], field: str, said: str
) -> None:
    line = shown(house, letter_id, **({"listed_as": OURS} | typed))
    assert line.picture is None
    assert line.fault is not None
    assert line.fault.field == field
    assert said in line.fault.message


def test_a_role_that_no_list_prints_may_be_in_any_script(house: House, letter_id: str) -> None:
    assert shown(house, letter_id, person="Jo Example", role="Ꭰ").picture


def test_a_person_who_signs_alone_cannot_approve_with_a_role_that_closing_would_refuse(house: House) -> None:
    made = house.opened("Jo Example")
    with pytest.raises(Refusal, match=r"U\+13A0") as refused:
        house.approve(made, "Jo Example", person="Jo Example", role="Ꭰ")
    assert refused.value.code == "no-glyph"


def test_it_says_little_to_the_database_and_writes_nothing(house: House, letter_id: str) -> None:
    door = access(house, letter_id)
    for what, statements in (("nobody", 1), ("names", 2)):
        shares(house, letter_id, what)
        before = house.dump()
        with said_to(house.database) as said:
            listing_preview.preview(house.services, door, TypedNames(OURS))
        assert len(said) == statements
        assert house.dump() == before
    view = deciding.view(house.services, door)
    with said_to(house.database) as said:
        beside = listing_preview.beside(house.services, view, TypedNames(OURS))
    assert len(said) == 1
    assert (beside.before, beside.after) == (ALPHA, OMEGA)
