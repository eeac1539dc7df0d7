"""The address book, and a roster as coordinators work on it, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from signing.adapters.database import Database
from signing.domain.address_book import BookContact, BookOrganisation, OrganisationKind, Scope
from signing.domain.organisation import Answer
from signing.domain.roster import name_key
from signing.workflow.address_book_ports import BookRow, BroughtRoster
from signing.workflow.ports import OpenUnitOfWork
from signing.workflow.roster_desk_ports import RosterSearch
from tests.adapters.builders import (
    LETTER,
    NOW,
    a_code,
    a_letter,
    a_notice,
    an_entry,
    lay_out,
)
from tests.said_to_database import said_to

KARISMA = BookOrganisation("org-k", "Fundación Karisma", acronym="FK", country="Colombia", scope=Scope.NATIONAL)
DELTA = BookOrganisation("org-d", "Delta 100%_Watch", native_name="三角洲", kind=OrganisationKind.ORGANISATION)
ANA = BookContact("c-1", "org-k", "Ana Díaz", "ana@karisma.example", "Directora", "es", "signs what is on water")
BEN = BookContact("c-2", "org-d", "Ben", "ben@delta.example")


def fill(unit_of_work: OpenUnitOfWork) -> None:
    with unit_of_work(write=True) as uow:
        uow.address_book.remember([(name_key(each.name), each) for each in (KARISMA, DELTA)])
        uow.address_book.put_contacts([ANA, BEN], NOW)
        uow.commit()


def test_what_is_known_stays_and_what_was_not_is_learnt(unit_of_work: OpenUnitOfWork) -> None:
    fill(unit_of_work)
    again = replace(KARISMA, name="Another", country="Chad", listed_as="Karisma", kind=OrganisationKind.INDIVIDUAL)
    with unit_of_work(write=True) as uow:
        uow.address_book.remember([("another", again)])
        assert uow.address_book.get("org-k") == replace(
            KARISMA, listed_as="Karisma", kind=OrganisationKind.INDIVIDUAL
        )
        assert uow.address_book.named([name_key(KARISMA.name), "another"]) == {name_key(KARISMA.name): "org-k"}
        uow.address_book.put("karisma", replace(again, name="Karisma", changed_at=NOW))
        assert uow.address_book.get("org-k") == replace(again, name="Karisma", changed_at=NOW)
        uow.address_book.describe(["org-k", "org-d"], scope="regional")
        assert {each.scope for each in uow.address_book.of(["org-k", "org-d"]).values()} == {Scope.REGIONAL}


SEARCHES = {
    "karisma": ["org-k"], "FUNDACIÓN": ["org-k"], "fk colombia": ["org-k"], "ben@delta": ["org-d"], "三角": ["org-d"],
    "100%_w": ["org-d"], "a%a": [], "": ["org-d", "org-k"], "karisma delta": [],
}  # fmt: skip


def test_every_word_is_looked_for_in_names_and_people(unit_of_work: OpenUnitOfWork) -> None:
    fill(unit_of_work)
    with unit_of_work() as uow:
        for words, found in SEARCHES.items():
            assert [row.organisation.id for row in uow.address_book.page(words, limit=9)] == found, words
            assert uow.address_book.count(words) == len(found), words


def test_a_page_costs_the_same_statements_for_one_row_as_for_many(
    unit_of_work: OpenUnitOfWork, database: Database
) -> None:
    lay_out(unit_of_work, 2)
    fill(unit_of_work)
    with unit_of_work() as uow:
        with said_to(database) as one:
            assert uow.address_book.page("karisma", limit=1) == [BookRow(KARISMA, (ANA,), 0, 0)]
        with said_to(database) as all_of_them:
            rows = uow.address_book.page("", limit=50)
    assert len(all_of_them) == len(one)
    assert {row.organisation.id: row.letters for row in rows} == {"org-d": 0, "org-k": 0, "org-1": 1, "org-2": 1}


def test_contacts_are_put_right_and_forgotten(unit_of_work: OpenUnitOfWork) -> None:
    fill(unit_of_work)
    moved = replace(ANA, email="ana@new.example", authority=None)
    with unit_of_work(write=True) as uow:
        uow.address_book.put_contacts([moved, replace(ANA, id="c-3", name="Eva")], NOW + timedelta(hours=1))
        assert {each.id: each for each in uow.address_book.contacts(["org-k"])} == {
            "c-1": moved, "c-3": replace(ANA, id="c-3", name="Eva")
        }
        uow.address_book.remove_contact("c-1")
        assert uow.address_book.contact("c-1") is None
        uow.address_book.remove("org-k")
        assert (uow.address_book.get("org-k"), uow.address_book.contacts(["org-k"])) == (None, [])


def test_a_sheet_waits_and_is_forgotten(unit_of_work: OpenUnitOfWork) -> None:
    brought = BroughtRoster("b-1", LETTER, "acc", "roster.csv", b"{}", NOW, 3)
    with unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
        uow.brought_rosters.add(brought)
        used = replace(brought, content=b"", done=3, finished_at=NOW)
        uow.brought_rosters.replace(used)
        assert uow.brought_rosters.get("b-1") == used
        uow.brought_rosters.forget_before(NOW)
        assert uow.brought_rosters.get("b-1") == used
        uow.brought_rosters.forget_before(NOW + timedelta(seconds=1))
        assert uow.brought_rosters.get("b-1") is None


def test_many_entries_are_added_described_and_moved_at_once(unit_of_work: OpenUnitOfWork, database: Database) -> None:
    entries = [replace(an_entry(number), group="B" if number % 2 else None) for number in range(1, 41)]
    with unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
        uow.address_book.remember([(each.organisation_id, _book(each.organisation_id)) for each in entries])
        with said_to(database) as said:
            uow.roster_desk.add(entries)
        assert uow.roster.entries(LETTER) == entries
        answered = replace(entries[0], answer=Answer.DECLINED, answer_version=1, answered_at=NOW)
        uow.roster.record_answer(answered)
        uow.roster_desk.describe([replace(entries[0], contact="New", role=None)])
        assert uow.roster.entry(LETTER, "org-1") == replace(answered, contact="New", role=None)
        uow.roster_desk.set_stage(LETTER, ["org-2", "org-3", "elsewhere"], 7)
        uow.roster_desk.set_groups(LETTER, {"org-2": "A", "org-4": None})
        uow.roster_desk.set_sort_names(LETTER, {"org-40": "Aaa", "elsewhere": "x"})
        figures = uow.roster_desk.figures(LETTER)
        assert (figures.total, figures.invited, figures.stages) == (40, 0, {1: 38, 7: 2})
        assert list(figures.groups.items()) == [(None, 19), ("B", 20), ("A", 1)]
        (first,) = uow.roster_desk.page(LETTER, RosterSearch(), limit=1)
        assert first.entry.organisation_id == "org-40"
        seventh = RosterSearch("organisation", stage=7, group="A")
        assert (uow.roster_desk.count(LETTER, seventh), uow.roster_desk.found(LETTER, seventh)) == (1, ["org-2"])
        assert uow.roster_desk.count(LETTER, RosterSearch("person40@", group="")) == 1
        uow.commit()
    assert len(said) == 2, "one for the letter's language, one for all rows"


def test_an_entry_goes_with_all_that_hangs_on_it_and_with_nothing_of_others(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work, 2)
    with unit_of_work(write=True) as uow:
        uow.codes.add(a_code(9))
        uow.outbox.add([a_notice(91)])
        assert uow.roster_desk.tied_by(LETTER, "org-1") == ()
        uow.roster_desk.remove(LETTER, "org-1")
        uow.commit()
    with unit_of_work() as uow:
        assert [each.organisation_id for each in uow.roster.entries(LETTER)] == ["org-2"]
        assert all(each.organisation_id != "org-1" for each in uow.invitations.of_letter(LETTER))
        assert all(each.organisation_id != "org-1" for each in uow.outbox.of_letter(LETTER))
        assert uow.address_book.get("org-1") is not None


def _book(name: str) -> BookOrganisation:
    return BookOrganisation(name, name)
