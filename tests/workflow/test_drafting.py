"""Words and roster: what is open never changes under anybody, and no answer slips under another name."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from signing.domain.errors import Faulty, NotAllowed, NotFound, Refusal
from signing.domain.organisation import Decision, Standing
from signing.domain.roster import RosterRow
from signing.evidence.statement import LetterStatement, Subject
from signing.workflow import auditing, closing, drafting, inviting, rostering, tracking
from signing.workflow.mail_ports import NoticeKind
from tests.web.installation import House, letter_text
from tests.workflow.desk import ONE, Desk


def row(line: int, organisation: str, email: str, id: str | None = None) -> RosterRow:
    return RosterRow(
        line=line, id=id, organisation=organisation, acronym=None, listed_as=None, native_name=None, sort_name=None,
        country=None, group=None, contact="Kim", email=email, role="Director", language=None, stage=1,
    )


def addresses(house: House, letter_id: str, kind: NoticeKind) -> list[str]:
    with house.services.unit_of_work() as uow:
        return [each.to for each in uow.outbox.of_letter(letter_id) if each.kind is kind]


def test_a_draft_imported_while_it_is_opened_never_changes_the_opened_words(house: House) -> None:
    for attempt in range(5):
        letter_id = house.letter(letter_text(body=f"First words {attempt}."))
        barrier = threading.Barrier(2)

        def open_it(letter_id: str = letter_id, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            try:
                drafting.open_letter(house.services, letter_id)
            except Faulty:
                drafting.open_letter(house.services, letter_id)

        opener = threading.Thread(target=open_it)
        opener.start()
        barrier.wait()
        drafting.import_letter(house.services, letter_text(body="Other words."), letter_id=letter_id)
        opener.join()
        view = drafting.read(house.services, letter_id)
        assert view.opened is not None
        said = auditing.entry(house.services, letter_id, 0).statement
        assert isinstance(said, LetterStatement)
        assert said.subject == (Subject.of("1.en.md", view.opened.files["en"]),)


def test_the_signed_title_is_the_one_in_the_words(house: House) -> None:
    letter_id = house.opened(ONE)
    drafting.import_letter(house.services, letter_text(title="A better title"), letter_id=letter_id)
    assert drafting.read(house.services, letter_id).letter.title != "A better title"
    assert drafting.open_letter(house.services, letter_id).title == "A better title"
    said = auditing.entry(house.services, letter_id, 1).statement
    assert isinstance(said, LetterStatement)
    assert said.title == "A better title"


def test_a_deadline_in_a_new_draft_does_not_shut_the_doors_on_the_open_version(house: House) -> None:
    letter_id = house.opened(ONE)
    before = drafting.read(house.services, letter_id).letter.hard_deadline
    past = house.clock.now - timedelta(days=1)
    drafting.import_letter(house.services, letter_text(body="New."), letter_id=letter_id, file_deadline=past)
    assert drafting.read(house.services, letter_id).letter.hard_deadline == before
    with pytest.raises(Faulty) as refusal:
        drafting.import_letter(house.services, letter_text(body="New."), letter_id=letter_id, deadline=past)
    assert refusal.value.field == "deadline"
    later = house.clock.now + timedelta(days=60)
    drafting.import_letter(house.services, letter_text(body="New."), letter_id=letter_id, deadline=later)
    assert drafting.read(house.services, letter_id).letter.hard_deadline == later


def test_a_letter_whose_deadline_has_passed_cannot_be_opened(house: House) -> None:
    made = drafting.import_letter(house.services, letter_text(), file_deadline=house.clock.now - timedelta(days=1))
    with pytest.raises(Faulty) as refusal:
        drafting.open_letter(house.services, made.letter_id)
    assert refusal.value.code == "deadline-past"


def test_a_corrected_address_gets_a_new_link_and_the_old_link_dies(house: House) -> None:
    letter_id = house.opened(ONE)
    old = house.token(letter_id, ONE)
    house.clock.pass_(seconds=1)
    rostering.import_roster(house.services, letter_id, [row(2, ONE, "new@china.example")])
    with pytest.raises(NotFound):
        inviting.open_link(house.services, old)
    assert addresses(house, letter_id, NoticeKind.INVITATION) == ["contact@china.example", "new@china.example"]
    desk = Desk(house, letter_id)
    desk.answers(Decision.APPROVE, "key-of-this-page-1")
    assert sorted(addresses(house, letter_id, NoticeKind.RECEIPT)) == ["contact@china.example", "new@china.example"]
    rostering.import_roster(house.services, letter_id, [row(2, ONE, "new@china.example")])
    assert len(addresses(house, letter_id, NoticeKind.INVITATION)) == 2


def test_an_answer_never_slips_under_another_name(house: House) -> None:
    letter_id = house.letter()
    rostering.import_roster(house.services, letter_id, [row(2, "Alpha", "a@alpha.example", "x")])
    rostering.import_roster(house.services, letter_id, [row(2, "Beta", "b@beta.example", "x")])
    rostering.import_roster(house.services, letter_id, [row(2, "Alpha", "a@alpha.example")])
    names = {entry.organisation: entry.organisation_id for entry in rostering.entries(house.services, letter_id)}
    assert set(names) == {"Alpha", "Beta"}
    assert names["Beta"] == "x"
    rostering.import_roster(house.services, letter_id, [row(2, "Beta", "b@beta.example")])
    assert len(rostering.entries(house.services, letter_id)) == 2


def test_two_rows_for_one_organisation_are_a_fault_and_nothing_is_stored(house: House) -> None:
    letter_id = house.letter()
    rostering.import_roster(house.services, letter_id, [row(2, "Beta", "b@beta.example", "x")])
    rows = [row(2, "Alpha", "a@alpha.example", "x"), row(3, "Beta", "b@beta.example")]
    with pytest.raises(Faulty) as refusal:
        rostering.import_roster(house.services, letter_id, rows)
    assert "Line 3" in refusal.value.message
    assert [entry.organisation for entry in rostering.entries(house.services, letter_id)] == ["Beta"]


def test_an_organisation_that_answered_keeps_its_name(house: House) -> None:
    letter_id = house.opened(ONE)
    Desk(house, letter_id).answers(Decision.APPROVE, "key-of-this-page-1")
    with pytest.raises(Faulty):
        rostering.import_roster(house.services, letter_id, [row(2, "Beta", "contact@china.example", "org-china")])


def test_after_closing_a_lost_link_can_be_sent_again(house: House) -> None:
    letter_id = house.opened(ONE)
    Desk(house, letter_id).answers(Decision.APPROVE, "key-of-this-page-1")
    closing.close(house.services, letter_id)
    house.clock.pass_(days=100)
    inviting.reissue(house.services, letter_id, "org-china")
    Desk(house, letter_id).answers(Decision.WITHDRAW, "key-of-this-page-2")
    (status,) = tracking.status(house.services, letter_id).rows
    assert status.standing is Standing.WITHDRAWN


def test_words_that_cannot_be_printed_are_refused_before_they_are_frozen(house: House) -> None:
    class NoGlyph:
        def letter_pdf(self, *arguments: object, **options: object) -> bytes:
            raise Refusal("U+1F30A cannot be printed.", code="no-glyph")

    letter_id = house.letter()
    with pytest.raises(Refusal):
        drafting.open_letter(replace(house.services, typesetter=NoGlyph()), letter_id)
    assert drafting.read(house.services, letter_id).letter.version == 0


def test_the_paper_is_chosen_until_the_letter_is_closed_and_printed_on(house: House) -> None:
    seen: list[str] = []

    class Printer:
        """Keeps the papers it was asked for."""

        def letter_pdf(self, *arguments: object, paper: str, **options: object) -> bytes:
            seen.append(paper)
            return b"%PDF-1.7"

    services = replace(house.services, typesetter=Printer())
    letter_id = drafting.import_letter(services, letter_text(), paper="letter").letter_id
    drafting.import_letter(services, letter_text(title="Other"), letter_id=letter_id)
    drafting.preview_pdf(services, letter_id)
    with pytest.raises(Faulty) as refusal:
        drafting.set_paper(services, letter_id, "a5")
    assert refusal.value.field == "paper"
    drafting.set_paper(services, letter_id, "a4")
    house.roster(letter_id, "Rivers China")
    drafting.open_letter(services, letter_id)
    drafting.set_paper(services, letter_id, "letter")
    house.invite(letter_id)
    house.approve(letter_id, "Rivers China")
    closing.close(services, letter_id)
    assert seen == ["letter", "a4", "letter"]
    with pytest.raises(NotAllowed):
        drafting.set_paper(services, letter_id, "a4")
