"""Bringing a letter on the page: read, shown with what could be repaired, and kept as it was chosen."""

from __future__ import annotations

import io
import re

import pytest

from signing.workflow import drafting
from tests.adapters.word_documents import MAIN, TYPES, opening, paragraph, run, word
from tests.web.installation import House
from tests.web.visitor import Visitor

NEW = "/coordinator/letters/new"
BODY = (
    paragraph(run("We ask") + f"<w:ins>{run(' kindly')}</w:ins>" + run(', "now".'))
    + paragraph("It is Europe's task to") + paragraph("act on it.")
)  # fmt: skip


def bring(coordinator: Visitor, data: bytes, name: str = "letter.docx", **more: object) -> Visitor:
    return coordinator.goes_to(NEW).sends(NEW, file=(io.BytesIO(data), name), **more)


def ticks(page: Visitor) -> dict[str, bool]:
    """The repairs on the page, and whether each is ticked."""
    found = re.findall(r'name="mend" id="[^"]+" value="([^"]+)"( checked)?', page.text)
    return {name: bool(checked) for name, checked in found}


def kept(house: House) -> str:
    (letter,) = drafting.letters(house.services)
    return drafting.read(house.services, letter.id).texts["en"].body


def test_a_word_document_is_shown_with_its_repairs_all_ticked_and_kept_with_those_that_stay(
    coordinator: Visitor, house: House
) -> None:
    page = bring(coordinator, word(opening() + BODY, extra={"word/media/a.png": b"\x89PNG" * 9_000}))
    assert "The document has a tracked change that nobody has accepted." in page.words
    assert re.search(r"Paragraph 5</span> <bdi[^>]*>We ask kindly, <del>&#34;now&#34;</del><ins>“now”</ins>", page.text)
    assert ticks(page) == {"quotes-0": True, "apostrophe-1": True, "join-2": True}
    assert "Europe’s task to act on it." in page.words
    # The picture is not sent to and fro.
    held = re.search(r'name="held" value="([^"]+)"', page.text)
    assert held
    assert len(held[1]) < 6_000
    page = page.sends(NEW, step="check", mend=["quotes-0", "join-2"])
    assert ticks(page) == {"quotes-0": True, "apostrophe-1": False, "join-2": True}
    page.sends(NEW, step="save", mend=["quotes-0", "join-2"]).follows()
    assert kept(house) == "We ask kindly, “now”.\n\nIt is Europe's task to act on it."


def test_without_any_repair_the_words_stay_as_they_came(coordinator: Visitor, house: House) -> None:
    page = bring(coordinator, word(opening() + BODY)).sends(NEW, step="mend-none", mend=["quotes-0"])
    assert set(ticks(page).values()) == {False}
    page.sends(NEW, step="save", mend=[]).follows()
    assert kept(house) == 'We ask kindly, "now".\n\nIt is Europe\'s task to\n\nact on it.'


def test_a_file_that_lacks_a_title_is_kept_while_one_is_typed(coordinator: Visitor, house: House) -> None:
    page = bring(coordinator, word(paragraph("Dear all,") + paragraph("We ask you to act.")))
    assert page.status == 422
    assert "no title was found" in page.words
    assert "letter.docx is still here" in page.words
    page = page.sends(NEW, title="Clean water", date="2026-03-01")
    assert "Is this your letter?" in page.words
    page.sends(NEW, step="save").follows()
    assert kept(house) == "We ask you to act."


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (word("", extra={"word/vbaProject.bin": b"x"}), "letter.docx", "The file holds macros."),
        (word("", extra={"word/document.xml": "<!DOCTYPE x><x/>"}), "letter.docx", "declarations of its own"),
        (word("", extra={"[Content_Types].xml": TYPES.replace(MAIN, "a/b")}), "letter.docx", "cannot be read as"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "letter.docx", "locked with a password, or of an old kind"),
        (b"\xd0\xcf\x11\xe0", "letter.doc", "Bring the letter as a Word document (.docx)"),
    ],
)
def test_a_document_that_is_a_trap_is_refused_in_words(
    coordinator: Visitor, house: House, data: bytes, name: str, says: str
) -> None:
    page = bring(coordinator, data, name)
    assert page.status == 422
    assert says in page.words
    assert "is still here" not in page.words
    assert drafting.letters(house.services) == []


def test_what_was_pasted_comes_back_with_what_is_wrong_and_twenty_megabytes_do_not(coordinator: Visitor) -> None:
    page = coordinator.goes_to(NEW).sends(NEW, pasted="Dear all,\n\nWords of mine.")
    assert page.status == 422
    assert "Words of mine." in page.text
    page = coordinator.goes_to(NEW).sends(NEW, pasted="x" * 20_000_000)
    assert (page.status, "That is too large" in page.words) == (413, True)


def test_where_the_languages_differ_is_told_beside_the_words_and_before_opening(
    coordinator: Visitor, house: House
) -> None:
    letter_id = house.letter()
    page = f"/coordinator/letters/{letter_id}"
    assert "languages agree" not in coordinator.goes_to(f"{page}/").words
    text = drafting.read(house.services, letter_id).texts["en"]
    head = "\n".join(f"    - {line}" for line in text.addressees[0])
    front = f"title: Autre\ndate: {text.date}\nlanguage: fr\naddressees:\n  -\n{head}"
    french = f"---\n{front}\n---\n\n{text.body}\n\n5000 de plus"
    coordinator.goes_to(f"{page}/import").sends(f"{page}/import", pasted=french)
    coordinator.sends(f"{page}/import", step="save").follows()
    for path in (f"{page}/", f"{page}/open"):
        assert "The figure 5000 stands in Français and not in English." in coordinator.goes_to(path).words
