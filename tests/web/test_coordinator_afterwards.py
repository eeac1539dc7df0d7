"""The pages around the end of a letter: what to look at before it is signed, its hour, delivery, press, and its end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signing.domain.script import lacks_native_name
from signing.workflow import closing, late_approvals, publishing
from tests.web.installation import House
from tests.web.visitor import Visitor

CHINA, GREEN, KARISMA, FUNDACION = "Rivers China", "Greenpeace", "Karisma", "Fundación Karisma, Colombia"


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(CHINA, GREEN, "Valley Watch")


@pytest.fixture
def path(letter_id: str) -> str:
    return f"/coordinator/letters/{letter_id}"


def closed(house: House, letter_id: str, *names: str) -> None:
    for name in names:
        house.approve(letter_id, name)
    closing.close(house.services, letter_id)


def test_the_list_stands_as_it_will_print_with_what_there_is_to_look_at(coordinator: Visitor, house: House) -> None:
    names = ("Zebra Trust", KARISMA, FUNDACION, "Silent Springs")
    letter_id = house.letter()
    house.roster(letter_id, *names, country="China")
    house.open(letter_id)
    house.invite(letter_id)
    house.approve(letter_id, "Zebra Trust", sort_name="Aaa")
    house.approve(letter_id, KARISMA)
    house.approve(letter_id, FUNDACION)
    page = coordinator.goes_to(f"/coordinator/letters/{letter_id}/close")
    printed = page.text[page.text.index('<section class="card below print-order">') :]
    assert printed.index("Zebra Trust") < printed.index(FUNDACION) < printed.index(">Karisma")
    assert "sorted as Aaa" in page.words
    assert f"{FUNDACION} · {KARISMA}" in page.words or f"{KARISMA} · {FUNDACION}" in page.words
    assert "No name in their own script 3" in page.words
    assert "Silent 1 Silent Springs" in page.words
    # The invitation mails and the receipts of this house go nowhere.
    assert "mails have not gone out yet." in page.words


@pytest.mark.parametrize(
    ("letter", "language", "country", "native", "lacks"),
    [
        ("en", None, "China", None, True), ("en", "zh", None, None, True), ("en", None, "China", "江河", False),
        ("zh", None, "China", None, False), ("en", "fr", "France", None, False), ("ar", "en", "Kenya", None, False),
        ("en", "en", "India", None, False), ("en", "en", "ru", None, True),
    ],
)  # fmt: skip
def test_a_native_name_is_missed_where_the_scripts_differ(
    letter: str, language: str | None, country: str | None, native: str | None, lacks: bool
) -> None:
    assert lacks_native_name(letter, language, country, "Rivers", native) is lacks


def test_the_hour_is_kept_said_and_refused_with_what_was_typed(
    coordinator: Visitor, house: House, letter_id: str, path: str, visitor: Visitor
) -> None:
    closed(house, letter_id, CHINA)
    coordinator.goes_to(f"{path}/publishing").sends(f"{path}/publishing/hour", publish_at="2026-01-01T10:00")
    assert coordinator.status == 422
    assert "This hour has passed already." in coordinator.words
    assert 'value="2026-01-01T10:00"' in coordinator.text
    coordinator.sends(f"{path}/publishing/hour", publish_at="2026-03-09T10:00").follows()
    assert "Monday 9 March 2026, 10:00 (UTC)" in coordinator.words
    coordinator.goes_to(f"{path}/close").sends(f"{path}/publish")
    assert coordinator.status == 409
    assert "tick that the embargo ends" in coordinator.words
    assert visitor.goes_to(f"/l/{letter_id}/log/checkpoint").status == 404
    coordinator.sends(f"{path}/publish", ends_embargo="1").follows()
    assert "The letter is published" in coordinator.words
    assert visitor.goes_to(f"/l/{letter_id}/log/checkpoint").status == 200


def test_addresses_are_kept_refused_filled_in_and_tell_how_their_mails_fare(
    coordinator: Visitor, house: House, letter_id: str, path: str
) -> None:
    closed(house, letter_id, CHINA)
    page = coordinator.goes_to(f"{path}/publishing")
    typed = {
        "name-0": "The Commissioner", "email-0": "office@council",
        "name-1": "News", "email-1": "news@press.example", "copy-1": "cc",
    }  # fmt: skip
    page.sends(f"{path}/publishing/addresses", **typed)
    assert page.status == 422
    assert 'value="office@council"' in page.text
    assert 'value="news@press.example"' in page.text
    page.sends(f"{path}/publishing/addresses", **typed | {"email-0": "office@council.example"}).follows()
    publishing.publish(house.services, letter_id)
    page.goes_to(f"{path}/publishing")
    assert page.words.count("waits to go") == 2
    page.sends(f"{path}/publishing/words/en", words="Dear Commissioner, here it is.").follows()
    assert "Dear Commissioner, here it is." in page.text


def test_the_press_text_is_ours_until_it_is_theirs(
    coordinator: Visitor, house: House, letter_id: str, path: str
) -> None:
    closed(house, letter_id, CHINA, GREEN)
    page = coordinator.goes_to(f"{path}/press")
    assert "2 organisations have signed a joint letter to Ms Ada Example" in page.words
    assert "We write about three rivers and the people beside them." in page.words
    assert "hear the people of the valley" in page.words
    assert f"/l/{letter_id}/evidence.zip" in page.words
    assert "coordinator@example.org" in page.words
    plain = coordinator.goes_to(f"{path}/press/en.txt").answer
    assert plain.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert b"#" not in plain.data
    page.goes_to(f"{path}/press/en").sends(f"{path}/press/en", words="# Rivers!\n\nRead it.").follows()
    assert "Your own words." in page.words
    assert coordinator.goes_to(f"{path}/press/en.md").answer.data == b"# Rivers!\n\nRead it."
    page.goes_to(f"{path}/press/en").sends(f"{path}/press/en", ours="1").follows()
    assert "2 organisations have signed" in page.words
    assert coordinator.goes_to(f"{path}/press/fr").status == 404


def test_late_names_are_marked_where_editions_are_listed_and_the_contact_is_told(
    coordinator: Visitor, house: House, letter_id: str, path: str, visit: Callable[[], Visitor]
) -> None:
    closed(house, letter_id, CHINA)
    coordinator.goes_to(f"{path}/publishing").sends(f"{path}/publishing/late", late_until="2026-03-20T10:00").follows()
    contact = visit().goes_to(f"/i/{house.token(letter_id, GREEN)}").follows()
    assert "your name will be in the next edition" in contact.words
    house.approve(letter_id, GREEN)
    assert "has withdrawn since, or approved late" in coordinator.goes_to(f"{path}/close").words
    coordinator.sends(f"{path}/close").follows()
    assert "Edition 2" in coordinator.goes_to(f"{path}/publishing").words
    assert "late Greenpeace" in coordinator.words
    coordinator.sends(f"{path}/publishing/late", end="1").follows()
    assert late_approvals.dated_editions(house.services, letter_id)[0].added == (GREEN,)
    assert "your name will be in the next edition" not in contact.goes_to(contact.path).words


def test_a_letter_given_up_says_so_to_its_contacts(
    coordinator: Visitor, house: House, letter_id: str, path: str, visit: Callable[[], Visitor]
) -> None:
    page = coordinator.goes_to(f"{path}/end").sends(f"{path}/end/abandon", typed_title="another")
    assert page.status == 422
    assert 'value="another"' in page.text
    title = "Joint letter: protect those who speak for rivers"
    page.sends(f"{path}/end/abandon", typed_title=title).follows()
    assert "Given up on 2 March 2026." in page.words
    contact = visit().goes_to(f"/i/{house.token(letter_id, GREEN)}").follows()
    assert contact.status == 410
    assert "it will not be published, and nobody is named under it" in contact.words
    assert coordinator.goes_to(f"{path}/close").status == 200
    assert "This letter was given up" in coordinator.words
    page.goes_to(f"{path}/end").sends(f"{path}/end/archive", away="1").follows()
    assert title not in coordinator.goes_to("/coordinator/").words
    assert title in coordinator.goes_to("/coordinator/?archived=1").words


def test_contacts_are_forgotten_on_the_day_that_the_page_tells_or_before(
    coordinator: Visitor, house: House, letter_id: str, path: str
) -> None:
    closed(house, letter_id, CHINA)
    page = coordinator.goes_to(f"{path}/end")
    assert "365 days after the letter is published or given up." in page.words
    page.sends(f"{path}/end/keep", keep_days="0")
    assert (page.status, "Write a number of days from 1 to 3650." in page.words) == (422, True)
    page.sends(f"{path}/end/keep", keep_days="30").follows()
    publishing.publish(house.services, letter_id)
    assert "On 1 April 2026." in page.goes_to(f"{path}/end").words
    page.sends(f"{path}/end/forget", typed_title="Joint letter: protect those who speak for rivers").follows()
    assert "Deleted on 2 March 2026." in page.words
    assert "contact@china.example" not in house.dump()
    for address in ("close", "publishing", "press", "end", "people", "activity"):
        assert coordinator.goes_to(f"{path}/{address}").status == 200, address
