"""The editor keeps what is typed, over either database: nobody writes over another, and files and editor agree."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from signing.domain.access import Actor, Role
from signing.domain.errors import Faulty, NotAllowed
from signing.domain.letter_words import LetterWords
from signing.workflow import closing, comparing, drafting, editing
from signing.workflow.editing import NewerWords
from signing.workflow.opening import Wishes
from signing.workflow.ports import Services
from signing.workflow.words_ahead import words_ahead
from tests.web.installation import House, letter_text

ANA, BEN = "ana@example.org", "ben@example.org"


@pytest.fixture
def desks(house: House) -> dict[str, Services]:
    """The services in the hands of two coordinators."""
    for email in (ANA, BEN):
        house.account(email, Role.COORDINATOR)
    with house.services.unit_of_work() as uow:
        ids = {account.email: account.id for account in uow.accounts.all()}

    def of(email: str) -> Services:
        return replace(house.services, actor=lambda: Actor(email, ids[email]))

    return {email: of(email) for email in (ANA, BEN)}


@pytest.fixture
def letter_id(house: House, desks: dict[str, Services]) -> str:
    return house.letter()


def words(**fields: Any) -> LetterWords:
    return replace(LetterWords.of(letter_text()), **fields)


def test_of_two_who_save_at_once_one_is_kept_and_the_other_is_shown_both(
    desks: dict[str, Services], letter_id: str
) -> None:
    begin = threading.Barrier(2)
    lost: list[NewerWords] = []

    def saves(email: str, revision: int) -> None:
        begin.wait()
        try:
            editing.keep(desks[email], letter_id, words(body=f"{email}: {revision}"), revision)
        except NewerWords as newer:
            lost.append(newer)

    # Both as the first ever, and then over the same revision.
    for revision in (0, 1):
        threads = [threading.Thread(target=saves, args=(email, revision)) for email in (ANA, BEN)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        standing = editing.desk(desks[ANA], letter_id).standing
        assert standing is not None
        assert len(lost) == revision + 1
        assert lost[-1].theirs == standing
        assert standing.revision == revision + 1
        assert standing.words == words(body=f"{standing.saved_by}: {revision}").to_file()


def test_what_cannot_be_read_is_kept_to_the_letter(desks: dict[str, Services], letter_id: str) -> None:
    broken = words(title="", date="tomorrow", body="[x](javascript:alert)\r\n\r\n\u202eback\x00")
    assert editing.keep(desks[ANA], letter_id, broken, 0) == 1
    desk = editing.desk(desks[BEN], letter_id)
    assert desk.words == replace(broken, body="[x](javascript:alert)\n\n\u202eback\ufffd")
    # Saying the same again is no new saving, whatever it was begun from.
    assert editing.keep(desks[BEN], letter_id, broken, 0) == 1
    assert desk.drafted == letter_text()


def test_a_good_saving_is_the_draft_and_the_record_says_who(
    house: House, desks: dict[str, Services], letter_id: str
) -> None:
    text = letter_text(body="Other words.")
    assert editing.save(desks[ANA], letter_id, LetterWords.of(text), text, 0)
    assert drafting.read(house.services, letter_id).texts == {"en": text}
    # The same words are no new draft; of an open version neither.
    assert not editing.save(desks[ANA], letter_id, LetterWords.of(text), text, 1)
    house.roster(letter_id, "Rivers China")
    house.open(letter_id)
    house.clock.pass_(minutes=1)
    assert not editing.save(desks[ANA], letter_id, LetterWords.of(text), text, 1)
    assert drafting.read(house.services, letter_id).draft is None
    assert editing.save(desks[ANA], letter_id, words(), letter_text(), 1)
    assert drafting.read(house.services, letter_id).draft is not None
    with house.services.unit_of_work() as uow:
        saved = [act for act in uow.activity.of_letter(letter_id, limit=20) if act.act == "draft-saved"]
    assert [(act.actor, act.detail["version"]) for act in saved] == [(ANA, "2"), (ANA, "1")]
    newest, first = comparing.history(house.services, letter_id)
    assert (newest.version.number, newest.version.opened_at, first.version.number) == (2, None, 1)


def test_a_file_that_is_brought_meanwhile_is_not_written_over(
    house: House, desks: dict[str, Services], letter_id: str
) -> None:
    editing.keep(desks[ANA], letter_id, words(body="Begun."), 0)
    brought = letter_text(body="Brought.")
    drafting.import_letter(house.services, brought, letter_id=letter_id)
    with pytest.raises(NewerWords) as refused:
        editing.keep(desks[ANA], letter_id, words(body="Begun and gone on."), 1)
    assert LetterWords.from_file(refused.value.theirs.words) == LetterWords.of(brought)


def test_whoever_writes_is_seen_for_a_minute_by_name(house: House, desks: dict[str, Services], letter_id: str) -> None:
    assert editing.here(desks[ANA], letter_id, "en") == ()
    (seen,) = editing.here(desks[BEN], letter_id, "fr")
    assert (seen.name, seen.language) == (ANA, "en")
    house.clock.pass_(seconds=30)
    editing.keep(desks[BEN], letter_id, words(), 0)
    (seen,) = editing.desk(desks[ANA], letter_id).others
    assert (seen.name, seen.language) == (BEN, "en")
    house.clock.pass_(seconds=59)
    assert editing.desk(desks[BEN], letter_id).others == ()
    assert len(editing.desk(desks[ANA], letter_id).others) == 1
    editing.save(desks[BEN], letter_id, words(), letter_text(), 1)
    assert editing.desk(desks[ANA], letter_id).others == ()


def test_a_letter_from_nothing_and_its_second_language(desks: dict[str, Services]) -> None:
    letter_id = editing.begin(desks[ANA], "  Rivers \n ", "en")
    desk = editing.desk(desks[ANA], letter_id)
    assert (desk.words.title, desk.words.date, desk.revision) == ("Rivers", "2026-03-02", 1)
    editing.keep(desks[ANA], letter_id, replace(desk.words, addressees=(("Ms A",),), place="Bern", body="x"), 1)
    french = editing.desk(desks[ANA], letter_id, "fr")
    assert (french.words.title, french.words.addressees, french.words.place) == ("", (("Ms A",),), "Bern")
    editing.keep(desks[ANA], letter_id, replace(french.words, body="y"), 0)
    assert editing.desk(desks[ANA], letter_id).languages == ["en", "fr"]
    for title, language in (("", "en"), ("Rivers", "English")):
        with pytest.raises(Faulty):
            editing.begin(desks[ANA], title, language)


def test_closed_words_are_written_no_more(house: House, desks: dict[str, Services], letter_id: str) -> None:
    house.roster(letter_id, "Rivers China")
    house.open(letter_id)
    house.invite(letter_id)
    house.approve(letter_id, "Rivers China")
    closing.close(house.services, letter_id)
    for act in (lambda: editing.desk(desks[ANA], letter_id), lambda: editing.keep(desks[ANA], letter_id, words(), 0)):
        with pytest.raises(NotAllowed):
            act()


def test_a_draft_is_not_opened_under_newer_words_in_the_editor_unless_somebody_says_so(
    house: House, desks: dict[str, Services], letter_id: str
) -> None:
    newer = words(body="Newer words.")
    revision = editing.keep(desks[ANA], letter_id, newer, 0)
    (ahead,) = words_ahead(house.services, letter_id)
    assert (ahead.language, ahead.saved_by) == ("en", ANA)
    with pytest.raises(Faulty) as refused:
        house.open(letter_id)
    assert refused.value.code == "editor-ahead"
    assert ANA in refused.value.message
    # What was taken back is nothing new.
    revision = editing.keep(desks[ANA], letter_id, words(), revision)
    assert not words_ahead(house.services, letter_id)
    revision = editing.keep(desks[ANA], letter_id, newer, revision)
    house.open(letter_id, Wishes(draft_as_is=True))
    assert drafting.read(house.services, letter_id).texts == {"en": letter_text()}
    # Saying "open" once more would leave them out as silently.
    with pytest.raises(Faulty):
        house.open(letter_id)
    house.open(letter_id, Wishes(rekey=True))
    # Typed otherwise than it is stored, and yet the draft once it is saved as that.
    typed, text = replace(newer, body="* Newer words."), letter_text(body="- Newer words.")
    assert editing.save(desks[ANA], letter_id, typed, text, revision)
    assert not words_ahead(house.services, letter_id)
    house.open(letter_id)
    # A file brought meanwhile settles the editor of its language.
    editing.keep(desks[BEN], letter_id, newer, revision + 1)
    drafting.import_letter(house.services, letter_text(body="From a file."), letter_id=letter_id)
    assert not words_ahead(house.services, letter_id)
