"""The coordinator chooses what organisations see of each other, before opening and while answers come in."""

from __future__ import annotations

from signing.workflow import closing, drafting
from tests.web.installation import House
from tests.web.visitor import Visitor

ONE, TWO = "Human Rights in China", "Front Line Defenders"
OPEN, HIDDEN = "Open Rivers", "Secret Shelter"


def chosen(house: House, letter_id: str) -> tuple[str, bool]:
    letter = drafting.read(house.services, letter_id).letter
    return letter.shares, letter.mail_links


def test_it_is_chosen_before_opening_and_counts_from_the_first_mail(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter()
    house.roster(letter_id, ONE, TWO)
    path = f"/coordinator/letters/{letter_id}"
    coordinator.goes_to(f"{path}/invite").sends(f"{path}/sharing", shares="count").follows()
    assert chosen(house, letter_id) == ("count", True)
    coordinator.goes_to(f"{path}/open").sends(f"{path}/open", mails_carry="code").follows()
    assert chosen(house, letter_id) == ("count", False)
    assert "Only a short code" in coordinator.words
    coordinator.sends(f"{path}/invite", shares="names").follows()
    assert "0 of 2 have approved" in coordinator.words
    assert chosen(house, letter_id) == ("names", False)
    coordinator.goes_to(f"{path}/invite").sends(f"{path}/sharing", shares="nobody", mails_carry="link").follows()
    assert "Everybody on the roster is invited" in coordinator.words
    assert chosen(house, letter_id) == ("nobody", True)


def test_what_is_none_of_the_choices_changes_nothing(coordinator: Visitor, house: House) -> None:
    letter_id = house.opened(ONE)
    path = f"/coordinator/letters/{letter_id}"
    coordinator.goes_to(f"{path}/invite").sends(f"{path}/sharing", shares="everything", mails_carry="pigeons")
    assert coordinator.status == 422
    assert "Choose whether organisations see nothing, the number, or the names." in coordinator.words
    assert chosen(house, letter_id) == ("nobody", True)


def test_once_closed_there_is_nothing_to_choose(coordinator: Visitor, house: House) -> None:
    letter_id = house.opened(ONE)
    path = f"/coordinator/letters/{letter_id}"
    coordinator.goes_to(f"{path}/invite")
    house.approve(letter_id, ONE)
    closing.close(house.services, letter_id)
    assert coordinator.sends(f"{path}/sharing", shares="names").status == 409
    assert chosen(house, letter_id) == ("nobody", True)
    assert "What organisations see" not in coordinator.goes_to(f"{path}/invite").words


def test_a_contact_sees_what_was_chosen_last_and_never_a_withheld_name(
    coordinator: Visitor, house: House, visitor: Visitor
) -> None:
    letter_id = house.opened(ONE, TWO, OPEN, HIDDEN)
    house.approve(letter_id, OPEN, listed_as="Open Rivers Alliance", person="Olga Open")
    house.approve(letter_id, HIDDEN, confidential=True)
    visitor.goes_to(f"/i/{house.token(letter_id, ONE)}").follows()
    page, path = visitor.path, f"/coordinator/letters/{letter_id}"
    coordinator.goes_to(f"{path}/invite")
    seen = {}
    for shares in ("names", "count", "nobody"):
        coordinator.sends(f"{path}/sharing", shares=shares).follows()
        seen[shares] = visitor.goes_to(page).words
        assert "no-store" in visitor.answer.headers["Cache-Control"]
        for never in (HIDDEN, "org-shelter", "Olga", "contact@"):
            assert never not in visitor.text
    assert "Who else has said yes Open Rivers Alliance and 1 whose name is withheld" in seen["names"]
    assert "Who else has said yes 2 organisations" in seen["count"]
    assert "Who else has said yes" not in seen["nobody"]
    assert "Open Rivers" not in seen["count"] + seen["nobody"]
