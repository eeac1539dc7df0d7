"""What one version changed against another, on the coordinator's page."""

from __future__ import annotations

from signing.workflow import drafting
from tests.web.installation import House, letter_text
from tests.web.visitor import Visitor

BODY = (
    "We write about **three rivers** and the people beside them.\n\nWe ask you to:\n\n"
    "- publish the [report](https://example.org/report) in full;\n- hear the people of the valley."
)


def redrafted(house: House, letter_id: str, body: str, **fields: object) -> None:
    drafting.import_letter(house.services, letter_text(body=body, **fields), letter_id=letter_id)


def test_a_draft_is_shown_against_the_open_version(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter(letter_text(body=BODY))
    house.roster(letter_id, "Human Rights in China")
    house.open(letter_id)
    path = f"/coordinator/letters/{letter_id}"
    assert "What has changed" not in coordinator.goes_to(f"{path}/").words
    redrafted(
        house,
        letter_id,
        BODY.replace("three", "four").replace("org/report", "org/other") + "\n\nWe \\<thank> you.",
        date="2026-03-09",
        date_line="9 March 2026",
    )
    assert f'href="{path}/redline"' in coordinator.goes_to(f"{path}/").text
    page = coordinator.goes_to(f"{path}/redline")
    assert page.status == 200
    assert "The draft of version 2 against version 1" in page.words
    assert "The date changed 2 paragraphs changed 1 paragraph added Words: 4 added, 1 removed" in page.words
    # What a screen reader is told of a word that the page strikes through.
    assert "[removed: three ] [added: four ]" in page.words
    assert "(link changed; before: https://example.org/report )" in page.words
    assert "We &lt;thank&gt; you." in page.text
    assert "Date of the file" not in page.words


def test_any_two_versions_can_be_compared_either_way_round(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter(letter_text(body=BODY))
    house.roster(letter_id, "Human Rights in China")
    for body in (BODY.replace("three", "four"), BODY.replace("three", "many")):
        house.open(letter_id)
        redrafted(house, letter_id, body)
    path = f"/coordinator/letters/{letter_id}/redline"
    assert "[removed: four ] [added: many ]" in coordinator.goes_to(path).words
    assert "[removed: three ] [added: many ]" in coordinator.goes_to(f"{path}?from=1&to=3").words
    assert "[removed: many ] [added: three ]" in coordinator.goes_to(f"{path}?from=3&to=1").words
    assert "Nothing has changed." in coordinator.goes_to(f"{path}?from=2&to=2").words
    assert '<option value="2" selected>' in coordinator.text
    # What cannot be read as a number is as if it had not been said.
    assert "Version 3, the draft" in coordinator.goes_to(f"{path}?from=x").words


def test_only_versions_that_are_there_can_be_compared(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter()
    path = f"/coordinator/letters/{letter_id}/redline"
    assert "only one version of this letter so far" in coordinator.goes_to(path).words
    house.roster(letter_id, "Human Rights in China")
    house.open(letter_id)
    redrafted(house, letter_id, BODY)
    assert coordinator.goes_to(f"{path}?from=7").status == 404
    assert coordinator.goes_to("/coordinator/letters/unknown/redline").status == 404


def test_typography_alone_is_said_in_one_sentence(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter(letter_text(body="It's so."))
    house.roster(letter_id, "Human Rights in China")
    house.open(letter_id)
    redrafted(house, letter_id, "It’s so.")
    page = coordinator.goes_to(f"/coordinator/letters/{letter_id}/redline")
    assert "Only spaces, quotation marks or dashes have changed. Every word is the same." in page.words
    assert "Words:" not in page.words


def test_a_language_that_is_new_is_all_new(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter(letter_text(body=BODY))
    house.roster(letter_id, "Human Rights in China")
    house.open(letter_id)
    redrafted(house, letter_id, "Nous écrivons.", language="fr")
    page = coordinator.goes_to(f"/coordinator/letters/{letter_id}/redline")
    assert "Nothing has changed." in page.words
    assert "<ins>Nous écrivons.</ins>" in page.text
