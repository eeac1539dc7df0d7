"""The coordinator's way, from a file to a signed list, with every stumble on it."""

from __future__ import annotations

import io
import zipfile

import pytest

from signing.workflow import drafting, rostering
from tests.web.installation import House, letter_text
from tests.web.visitor import Visitor

FILE = """---
title: Joint letter about rivers
date: 2026-03-02
language: en
addressees:
  - - Ms Ada Example
    - Commissioner
salutation: Dear Commissioner,
---

We ask you to read the [report](#) and act.
"""
SHEET = "organisation,contact,email\nHuman Rights in China,Kim,kim@hric.example\nFront Line,Lou,lou@fl.example\n"


def bring(coordinator: Visitor, text: str = FILE, **more: object) -> Visitor:
    coordinator.goes_to("/coordinator/letters/new")
    return coordinator.sends("/coordinator/letters/new", file=(io.BytesIO(text.encode()), "letter.md"), **more)


def test_a_letter_is_shown_with_its_remarks_before_it_is_stored(coordinator: Visitor, house: House) -> None:
    bring(coordinator)
    assert coordinator.status == 200
    assert "Is this your letter?" in coordinator.words
    assert "Line 11 The link \"report\" leads nowhere" in coordinator.words
    assert drafting.letters(house.services) == []
    coordinator.sends("/coordinator/letters/new", step="save").follows()
    assert "Dear Commissioner," in coordinator.words
    assert [letter.title for letter in drafting.letters(house.services)] == ["Joint letter about rivers"]


def test_a_deadline_is_stored_in_utc(coordinator: Visitor, house: House) -> None:
    bring(coordinator, deadline="2026-04-01T18:00").sends("/coordinator/letters/new", step="save").follows()
    assert "Wednesday 1 April 2026, 18:00 (UTC)" in coordinator.words


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Choose a file, or paste the text."),
        ({"file": (io.BytesIO(b""), "letter.md")}, "empty"),
        ({"file": (io.BytesIO(b"GIF89a"), "letter.gif")}, "Bring the letter as a Word document (.docx)"),
        ({"file": (io.BytesIO(b"---\ntitle: \xff\n---\n\nx\n"), "letter.md")}, "UTF-8"),
        ({"pasted": FILE, "deadline": "soon"}, "Write the deadline as"),
        ({"held": "%%%", "held_name": "a.md"}, "damaged on the way"),
    ],
)
def test_a_letter_that_cannot_be_taken_is_named_and_nothing_is_stored(
    coordinator: Visitor, house: House, sent: dict[str, object], says: str
) -> None:
    coordinator.goes_to("/coordinator/letters/new").sends("/coordinator/letters/new", **sent)
    assert coordinator.status == 422
    assert says in coordinator.words
    assert drafting.letters(house.services) == []


def test_what_was_pasted_comes_back_with_the_refusal(coordinator: Visitor) -> None:
    coordinator.goes_to("/coordinator/letters/new").sends("/coordinator/letters/new", pasted="---\ntitle: [\n---\nx")
    assert coordinator.status == 422
    assert "title: [" in coordinator.text


def test_a_roster_is_taken_whole(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter()
    path = f"/coordinator/letters/{letter_id}/roster"
    coordinator.goes_to(path).sends(path, file=(io.BytesIO(SHEET.encode()), "roster.csv")).follows()
    assert "2 would be added 0 changed 0 left alone 0 faulty" in coordinator.words
    assert rostering.entries(house.services, letter_id) == []
    coordinator.sends(coordinator.path).follows()
    assert "2 organisations are asked." in coordinator.words
    assert "kim@hric.example" in coordinator.words


def test_faulty_rows_are_named_by_line_and_skipped_only_when_asked(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter()
    path = f"/coordinator/letters/{letter_id}/roster"
    coordinator.goes_to(path).sends(path, pasted=SHEET + "Nobody,No,nowhere\n").follows()
    assert coordinator.status == 422
    assert 'Line 4 email "nowhere" is not an address.' in coordinator.words
    look = coordinator.path
    coordinator.sends(look)
    assert coordinator.status == 422
    assert "import it without them" in coordinator.words
    assert rostering.entries(house.services, letter_id) == []
    coordinator.sends(look, skip="1").follows()
    assert "2 organisations are asked." in coordinator.words


def test_a_name_that_no_face_can_print_is_told_of_before_it_is_taken(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter()
    sheet = SHEET.replace("email\n", "email,group\n").replace("hric.example", "hric.example,Waves \U0001f30a")
    path = f"/coordinator/letters/{letter_id}/roster"
    coordinator.goes_to(path).sends(path, file=(io.BytesIO(sheet.encode()), "roster.csv")).follows()
    assert "Line 2 Human Rights in China: the PDF cannot print the character “\U0001f30a”" in coordinator.words
    assert "which the group holds" in coordinator.words
    assert rostering.entries(house.services, letter_id) == []
    coordinator.sends(coordinator.path).follows()
    assert len(rostering.entries(house.services, letter_id)) == 2


def test_from_opening_to_the_signed_list(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter()
    house.roster(letter_id, "Human Rights in China", "Front Line Defenders")
    path = f"/coordinator/letters/{letter_id}"
    assert coordinator.goes_to(f"{path}/preview.pdf").answer.data.startswith(b"%PDF")
    assert "these words are fixed" in coordinator.goes_to(f"{path}/open").words
    coordinator.sends(f"{path}/open").follows()
    assert "Invite 2 organisations?" in coordinator.words
    coordinator.sends(f"{path}/invite").follows()
    assert "0 of 2 have approved" in coordinator.words
    house.approve(letter_id, "Human Rights in China")
    assert "1 of 2 have approved" in coordinator.goes_to(f"{path}/status").words
    assert "Silent 1 Front Line Defenders" in coordinator.goes_to(f"{path}/close").words
    coordinator.sends(f"{path}/close").follows()
    assert "Edition 1, signed on 2 March 2026, lists 1 organisation." in coordinator.words
    assert coordinator.goes_to(f"{path}/en.pdf").answer.data.startswith(b"%PDF")
    bundle = zipfile.ZipFile(io.BytesIO(coordinator.goes_to(f"{path}/bundle.zip").answer.data))
    assert "checkpoint" in {name.rpartition("/")[2] for name in bundle.namelist()}


def test_a_status_page_renews_itself_only_when_asked(coordinator: Visitor, house: House) -> None:
    path = f"/coordinator/letters/{house.opened('Human Rights in China')}/status"
    assert "Refresh" not in coordinator.goes_to(path).answer.headers
    assert coordinator.goes_to(f"{path}?live=1").answer.headers["Refresh"] == "30"


def test_a_new_link_kills_the_old_one_and_the_coordinator_sees_neither(
    coordinator: Visitor, house: House, visitor: Visitor
) -> None:
    letter_id = house.opened("Human Rights in China")
    old = house.token(letter_id, "Human Rights in China")
    path = f"/coordinator/letters/{letter_id}"
    page = f"{path}/organisations/org-china"
    coordinator.goes_to(page).sends(f"{page}/reissue").follows()
    new = house.token(letter_id, "Human Rights in China")
    assert visitor.goes_to(f"/i/{old}").status == 404
    assert visitor.goes_to(f"/i/{new}").status == 303
    assert old not in coordinator.text
    assert new not in coordinator.text
    coordinator.sends(f"{path}/organisations/org-china/revoke")
    assert visitor.goes_to(f"/i/{new}").status == 404


def test_the_reason_of_a_failed_mail_is_shown(coordinator: Visitor, house: House) -> None:
    letter_id = house.opened("Human Rights in China")
    with house.services.unit_of_work(write=True) as uow:
        now = house.clock.now
        uow.outbox.claim("worker", now, limit=9, lease_until=now)
        uow.outbox.mark_failed(uow.outbox.of_letter(letter_id)[0].id, "550 5.1.1 no such mailbox")
        uow.commit()
    coordinator.goes_to(f"/coordinator/letters/{letter_id}/status")
    assert "Mail came back" in coordinator.words
    assert "550 5.1.1 no such mailbox" in coordinator.words


@pytest.mark.parametrize("step", ["invite", "close"])
def test_a_step_too_early_is_refused_in_words(coordinator: Visitor, house: House, step: str) -> None:
    letter_id = house.letter()
    coordinator.posts(f"/coordinator/letters/{letter_id}/{step}", csrf_token=coordinator.token())
    assert coordinator.status == 409
    assert "Open the letter first" in coordinator.words


def test_the_same_words_are_not_opened_twice(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter()
    house.open(letter_id)
    drafting.import_letter(house.services, letter_text(), letter_id=letter_id)
    path = f"/coordinator/letters/{letter_id}/open"
    coordinator.goes_to(path).sends(path)
    assert coordinator.status == 422
    assert "the same words" in coordinator.words


def test_a_withdrawal_after_closing_asks_for_a_new_edition(
    coordinator: Visitor, house: House, visitor: Visitor
) -> None:
    organisation = "Human Rights in China"
    letter_id = house.opened(organisation)
    house.approve(letter_id, organisation)
    path = f"/coordinator/letters/{letter_id}/close"
    coordinator.goes_to(path).sends(path)
    visitor.goes_to(f"/i/{house.token(letter_id, organisation)}").follows()
    page = visitor.path
    house.clock.pass_(minutes=1)
    visitor.sends(f"{page}/code", decision="withdraw", authority="1")
    visitor.sends(page, code=house.code(letter_id, organisation))
    assert visitor.status == 303
    assert "has withdrawn since" in coordinator.goes_to(path).words
    coordinator.sends(path).follows()
    assert "Edition 2" in coordinator.words


def test_a_name_that_differs_from_the_roster_is_marked_before_closing(coordinator: Visitor, house: House) -> None:
    letter_id = house.opened("Human Rights in China", listed_as="Human Rights in China (roster)")
    house.approve(letter_id, "Human Rights in China")
    coordinator.goes_to(f"/coordinator/letters/{letter_id}/close")
    assert "asked as Human Rights in China (roster)" in coordinator.words


def test_groups_head_the_roster_and_the_list(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter()
    member, network = "Rivers China", "Front Line"
    house.roster(letter_id, network, position=1, group="Networks <of> rivers")
    house.roster(letter_id, member, position=2)
    house.open(letter_id)
    house.invite(letter_id)
    house.approve(letter_id, network)
    for step in ("roster/order", "close"):
        page = coordinator.goes_to(f"/coordinator/letters/{letter_id}/{step}").text
        heading = page.index("<bdi>Networks &lt;of&gt; rivers</bdi>")
        assert page.index(network, heading) > heading
        if step != "close":
            assert page.index(member) < heading


def test_the_paper_is_chosen_with_the_letter_and_on_its_page(coordinator: Visitor, house: House) -> None:
    def paper(letter_id: str) -> str:
        return drafting.read(house.services, letter_id).letter.paper

    bring(coordinator, paper="letter")
    coordinator.sends("/coordinator/letters/new", step="save").follows()
    (letter,) = drafting.letters(house.services)
    assert paper(letter.id) == "letter"
    path = f"/coordinator/letters/{letter.id}"
    coordinator.goes_to(f"{path}/").sends(f"{path}/paper", paper="a4").follows()
    assert paper(letter.id) == "a4"
    coordinator.sends(f"{path}/paper", paper="a5")
    assert (coordinator.status, paper(letter.id)) == (422, "a4")
    assert "Choose A4 or US Letter." in coordinator.words
