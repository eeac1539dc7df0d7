"""The editor without a browser: what is typed is kept, what is wrong is told by line, and what is pasted becomes the
same letter as an imported file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from signing.adapters.letter_intake import read_letter
from signing.domain.access import MemberRole, Role
from signing.workflow import closing, drafting
from tests.installation import LETTERS, needs_real_letter
from tests.web.installation import House, letter_text
from tests.web.visitor import Visitor

REAL_LETTER = LETTERS / "joint-letter-eu-china.md"
OTHER = "ana@example.org"


@pytest.fixture
def letter_id(house: House) -> str:
    return house.letter()


@pytest.fixture
def edit(letter_id: str) -> str:
    return f"/coordinator/letters/{letter_id}/edit"


@pytest.fixture
def ana(house: House, visit: Callable[[], Visitor], letter_id: str) -> Visitor:
    house.account(OTHER, Role.COORDINATOR)
    house.joins(letter_id, OTHER, MemberRole.EDITOR)
    return visit().signs_in(OTHER)


def begins(coordinator: Visitor, title: str = "Rivers") -> str:
    coordinator.goes_to("/coordinator/letters/new").sends("/coordinator/letters/new/write", **{"new-title": title})
    return coordinator.follows().path


def test_a_letter_is_written_from_nothing(coordinator: Visitor, house: House) -> None:
    coordinator.goes_to("/coordinator/letters/new").sends("/coordinator/letters/new/write", **{"new-title": " "})
    assert coordinator.status == 422
    assert "Give the letter a title" in coordinator.words
    edit = begins(coordinator)
    assert "The letter has no words yet" in coordinator.words
    letter_id = edit.split("/")[3]
    # Every page of a letter without words leads somewhere.
    for page in ("", "preview"):
        assert coordinator.goes_to(f"/coordinator/letters/{letter_id}/{page}").follows().path == edit
    for page in ("roster", "open", "invite", "status", "close", "versions", "import"):
        assert coordinator.goes_to(f"/coordinator/letters/{letter_id}/{page}").status < 400, page
    assert coordinator.goes_to(f"/coordinator/letters/{letter_id}/redline").status == 404
    coordinator.goes_to(edit).sends(
        edit, body="We **ask**.\r\n\r\n- one\r\n- two\r\n", step="save", **{"to-0": "Ms A\r\nUnion", "cc-0": "Mr B"}
    )
    coordinator.follows()
    assert "We ask ." in coordinator.words
    (text,) = drafting.read(house.services, letter_id).texts.values()
    assert (text.title, text.date_line, text.body) == ("Rivers", "2 March 2026", "We **ask**.\n\n- one\n- two")
    assert text.addressees == (("Ms A", "Union"), ("Cc: Mr B",))


def test_newer_words_in_the_editor_are_said_and_not_left_out_unseen(
    coordinator: Visitor, house: House, letter_id: str, edit: str
) -> None:
    path = f"/coordinator/letters/{letter_id}"
    coordinator.goes_to(edit).sends(edit, body="Newer words.", step="preview")
    for page in ("/", "/preview", "/open"):
        coordinator.goes_to(path + page)
        assert "The editor holds newer words that are not in the draft yet (saved " in coordinator.words, page
        assert f'href="{edit}?language=en"' in coordinator.text
    coordinator.sends(f"{path}/open")
    assert coordinator.status == 422
    assert "Save them as the draft first" in coordinator.words
    assert drafting.read(house.services, letter_id).letter.version == 0
    coordinator.sends(f"{path}/open", draft_as_is="1")
    assert coordinator.status == 303
    # The draft is gone into the version; what the editor holds is still said.
    assert "The editor holds newer words" in coordinator.goes_to(f"{path}/open").words


def test_a_letter_that_stands_only_in_the_editor_is_not_called_open(coordinator: Visitor) -> None:
    path = begins(coordinator).removesuffix("/edit")
    coordinator.goes_to(f"{path}/open")
    assert "There is no draft yet: save the words in the editor as the draft first" in coordinator.words
    assert "Next: invite" not in coordinator.words
    assert "(done)" not in coordinator.words
    assert "(done)" not in coordinator.goes_to(f"{path}/edit").words


def test_what_is_wrong_is_told_by_line_and_nothing_typed_is_lost(coordinator: Visitor, edit: str) -> None:
    typed = "One.\n\n[two](ftp://x)\n\nthree "
    coordinator.goes_to(edit).sends(edit, body=typed, date="soon", step="save", **{"to-1": "x\u202ey"})
    assert coordinator.status == 422
    assert 'Line 3 [two](ftp://x) A link to ftp://x is not allowed.' in coordinator.words
    assert 'is not a date' in coordinator.words
    coordinator.goes_to(edit)
    assert "[two](ftp://x)\n\nthree </textarea>" in coordinator.text
    assert 'value="soon"' in coordinator.text
    assert "x\u202ey</textarea>" in coordinator.text


@needs_real_letter
def test_the_real_letter_pasted_is_the_letter_imported(coordinator: Visitor, house: House) -> None:
    edit = begins(coordinator)
    file = REAL_LETTER.read_bytes()
    coordinator.sends(edit, body=file.decode().replace("\n", "\r\n"), step="preview").follows()
    assert "7 things to look at" in coordinator.words
    coordinator.sends(edit, step="save").follows()
    (text,) = drafting.read(house.services, edit.split("/")[3]).texts.values()
    assert text == read_letter(file, "letter.md").text


@needs_real_letter
def test_a_whole_letter_of_plain_text_is_taken_apart(coordinator: Visitor, house: House) -> None:
    edit = begins(coordinator)
    file = REAL_LETTER.with_suffix(".txt").read_bytes()
    coordinator.sends(edit, body=file.decode(), step="apart")
    assert "left out of the words" in coordinator.words
    coordinator.sends(edit, step="save").follows()
    (text,) = drafting.read(house.services, edit.split("/")[3]).texts.values()
    read = read_letter(file, "letter.txt", language="en").text
    assert (text.title, text.addressees, text.body, text.closing) == (
        read.title, read.addressees, read.body, read.closing
    )


def test_who_saves_second_sees_both_and_goes_on_with_either(
    coordinator: Visitor, ana: Visitor, house: House, edit: str
) -> None:
    coordinator.goes_to(edit)
    ana.goes_to(edit).sends(edit, body="Words of Ana.").follows()
    coordinator.sends(edit, body="Words of mine.")
    assert coordinator.status == 409
    assert f"{OTHER} has saved other words meanwhile" in coordinator.words
    assert "[added: Words of mine.]" in coordinator.words or "mine" in coordinator.words
    assert "Words of Ana." in coordinator.text
    # It is told what stood there meanwhile too, and an autosave from the old page is refused as well.
    token = coordinator.token_shown
    page, text = coordinator.path, coordinator.text
    coordinator.posts(f"{edit}/keep", csrf_token=token, language="en", revision="0", body="Words of a script.")
    assert coordinator.status == 409
    coordinator.path, coordinator.text = page, text
    coordinator.sends(edit).follows()
    assert "Words of mine.</textarea>" in coordinator.text
    ana.sends(edit, body="Words of Ana, more.")
    assert ana.status == 409
    ana.goes_to(edit)
    assert "Words of mine.</textarea>" in ana.text


def test_another_who_writes_is_named(coordinator: Visitor, ana: Visitor, edit: str) -> None:
    ana.goes_to(edit).posts(f"{edit}/here", csrf_token=ana.token_shown, language="en")
    assert OTHER not in ana.words
    assert f"{OTHER} is editing this text too" in coordinator.goes_to(edit).words
    assert f"{OTHER} is editing the English text too" in coordinator.goes_to(f"{edit}?language=fr").words


def test_a_saving_by_script_answers_with_how_it_looks(coordinator: Visitor, house: House, edit: str) -> None:
    token = coordinator.goes_to(edit).token_shown
    fields: dict[str, Any] = {
        "csrf_token": token, "language": "en", "title": "T", "date": "2026-03-02", "body": "A *small* thing."
    }
    coordinator.posts(f"{edit}/keep", revision="0", **fields)
    assert coordinator.status == 200
    assert 'data-revision="1"' in coordinator.text
    assert "A <em>small</em> thing." in coordinator.text
    picture = coordinator.goes_to(f"{edit}/page-1.svg?language=en").answer
    assert (picture.status_code, picture.content_type) == (200, "image/svg+xml")
    assert coordinator.goes_to(f"{edit}/page-2.svg?language=en").status == 404
    coordinator.posts(f"{edit}/keep", revision="1", **(fields | {"body": "\U0001f600"}))
    assert coordinator.status == 200
    assert "U+1F600" in coordinator.words or "😀" in coordinator.words


def test_twenty_megabytes_are_refused_before_they_are_read(coordinator: Visitor, edit: str) -> None:
    token = coordinator.goes_to(edit).token_shown
    for path in (edit, f"{edit}/keep"):
        coordinator.posts(path, csrf_token=token, language="en", revision="0", body="x" * 20_000_000)
        assert coordinator.status == 413
        assert "Send the words alone, without pictures." in coordinator.words
    # What a page takes and a letter does not is kept and told.
    coordinator.goes_to(edit).sends(edit, body="word " * 30_000, step="save")
    assert coordinator.status == 422
    assert "Make it shorter" in coordinator.words or "longer than" in coordinator.words


def test_languages_stand_side_by_side_and_are_compared(coordinator: Visitor, house: House, edit: str) -> None:
    coordinator.goes_to(f"{edit}?language=fr&beside=en")
    assert "Ms Ada Example" in coordinator.text
    assert "We write about" in coordinator.words
    coordinator.sends(edit, title="Rivières", body="Nous écrivons.\n\n- 1 chose").follows()
    assert "where the languages differ" in coordinator.words
    assert coordinator.goes_to(f"{edit}?language=francais").status == 422
    letter_id = edit.split("/")[3]
    coordinator.goes_to(f"{edit}?language=fr").sends(edit, step="save")
    assert set(drafting.read(house.services, letter_id).texts) == {"en", "fr"}


def test_any_two_versions_are_compared_the_draft_too(coordinator: Visitor, house: House, edit: str) -> None:
    letter_id = edit.split("/")[3]
    house.roster(letter_id, "Rivers China")
    house.open(letter_id)
    house.invite(letter_id)
    house.approve(letter_id, "Rivers China")
    for body in ("Second words.", "Third words."):
        drafting.import_letter(house.services, letter_text(body=body), letter_id=letter_id)
        if body.startswith("Second"):
            house.open(letter_id)
    coordinator.goes_to(f"/coordinator/letters/{letter_id}/versions")
    assert "1 organisation’s approval is of these words" in coordinator.words
    assert coordinator.words.count("Opened Monday 2 March 2026") == 2
    coordinator.goes_to(f"/coordinator/letters/{letter_id}/redline?from=1&to=3")
    assert "The draft of version 3 against version 1" in coordinator.words
    assert "Third" in coordinator.words


def test_closed_words_have_no_editor(coordinator: Visitor, house: House) -> None:
    letter_id = house.opened("Rivers China")
    house.approve(letter_id, "Rivers China")
    closing.close(house.services, letter_id)
    assert coordinator.goes_to(f"/coordinator/letters/{letter_id}/edit").status == 409
    assert "/edit" not in coordinator.goes_to(f"/coordinator/letters/{letter_id}/").text
