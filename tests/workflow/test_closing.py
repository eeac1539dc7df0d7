"""Closing on both databases: one list, one edition, proved by the verifier; a failure opens the doors again."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from signing.adapters import typeset
from signing.adapters.collation import IcuCollation
from signing.domain.errors import NotAllowed, NotFound, Refusal
from signing.domain.letter import LetterState
from signing.domain.organisation import Decision
from signing.evidence.trust import Trust
from signing.evidence.verify import verify_bundle
from signing.workflow import auditing, bundling, closing, drafting
from signing.workflow.ports import Edition
from tests.faults import fail_everywhere
from tests.web.installation import House
from tests.workflow.desk import ONE, TWO, Desk

THREE = "Éveil des Sources"


@pytest.fixture
def house(house: House) -> House:
    services = replace(house.services, typesetter=typeset, document_certificate="not looked at here")
    return House(services, house.clock, house.database)


@pytest.fixture
def letter_id(house: House) -> str:
    letter_id = house.opened(ONE, TWO, THREE)
    Desk(house, letter_id, ONE).answers(Decision.APPROVE, "key-of-this-page-1")
    Desk(house, letter_id, TWO).answers(Decision.DECLINE, "key-of-this-page-2")
    Desk(house, letter_id, THREE).answers(Decision.APPROVE, "key-of-this-page-3")
    return letter_id


def verdict(house: House, letter_id: str) -> str:
    trust = Trust.from_bytes(auditing.trust_bytes(house.services))
    report = verify_bundle(bundling.bundle_files(house.services, letter_id), trust)
    assert not report.failures, report.failures
    return report.verdict


def listed(edition: Edition) -> list[str]:
    return [name["listed_as"] for name in json.loads(edition.files["signatories.json"])]


def state(house: House, letter_id: str) -> LetterState:
    return drafting.read(house.services, letter_id).letter.state


def test_the_list_holds_those_who_approved_and_the_bundle_proves_it(house: House, letter_id: str) -> None:
    assert [name.signatory.listed_as for name in closing.preview_list(house.services, letter_id).listed]
    edition = closing.close(house.services, letter_id)
    assert sorted(listed(edition)) == sorted([ONE, THREE])
    assert (edition.number, edition.listed, edition.confidential) == (1, 2, 0)
    assert edition.files["en.pdf"].startswith(b"%PDF")
    assert verdict(house, letter_id) == "PROVED"
    assert state(house, letter_id) is LetterState.CLOSED


def test_the_list_stands_group_by_group_in_the_roster_s_order_and_names_of_no_group_first(house: House) -> None:
    house.services = replace(house.services, collation=IcuCollation())
    letter_id = house.letter()
    groups = {THREE: "Networks", ONE: "Members", TWO: None, "Zebra Group": "Networks", "Alpine Union": "Members"}
    for position, (name, group) in enumerate(groups.items(), start=1):
        house.roster(letter_id, name, group=group, position=position)
    house.open(letter_id)
    house.invite(letter_id)
    for name in groups:
        house.approve(letter_id, name)
    printed = [
        (None, TWO), ("Networks", THREE), ("Networks", "Zebra Group"), ("Members", "Alpine Union"), ("Members", ONE),
    ]  # fmt: skip
    edition = closing.close(house.services, letter_id)
    listed = json.loads(edition.files["signatories.json"])
    assert [(name["group"], name["listed_as"]) for name in listed] == printed


def test_closing_again_without_news_gives_the_same_edition(house: House, letter_id: str) -> None:
    first = closing.close(house.services, letter_id)
    assert closing.close(house.services, letter_id) == first


def test_a_withdrawal_after_closing_asks_for_a_new_edition(house: House, letter_id: str) -> None:
    first = closing.close(house.services, letter_id)
    Desk(house, letter_id, THREE).answers(Decision.WITHDRAW, "key-of-this-page-4")
    trust = Trust.from_bytes(auditing.trust_bytes(house.services))
    report = verify_bundle(bundling.bundle_files(house.services, letter_id), trust)
    assert report.verdict == "PROVED"
    assert any("EDITION_BEHIND" in str(warning) for warning in report.warnings)
    second = closing.close(house.services, letter_id)
    assert second.number == 2
    assert listed(second) == [ONE]
    assert auditing.edition(house.services, letter_id) == second
    files = bundling.bundle_files(house.services, letter_id)
    assert files["editions/1/signatories.json"] == first.files["signatories.json"]
    assert verdict(house, letter_id) == "PROVED"


def test_after_closing_nobody_can_approve_and_no_words_can_change(house: House, letter_id: str) -> None:
    closing.close(house.services, letter_id)
    late = Desk(house, letter_id, TWO)
    with pytest.raises(NotAllowed):
        late.answers(Decision.APPROVE, "key-of-this-page-9")
    text = next(iter(drafting.read(house.services, letter_id).texts.values()))
    with pytest.raises(NotAllowed):
        drafting.import_letter(house.services, replace(text, title="Other"), letter_id=letter_id)


def test_a_name_that_cannot_be_printed_is_named_and_the_doors_open_again(house: House, letter_id: str) -> None:
    class Bold:
        """Takes names that the faces of another release had."""

        letter_pdf = staticmethod(typeset.letter_pdf)

        def printable(self, text: str, place: str) -> str:
            return text

    house.services = replace(house.services, typesetter=Bold())
    desk = Desk(house, letter_id, TWO)
    code = desk.asks_for_a_code()
    desk.sends(desk.form(code=code, idempotency_key="key-of-this-page-5", listed_as="Group \U0001f30a"))
    with pytest.raises(Refusal) as refusal:
        closing.close(house.services, letter_id)
    assert refusal.value.code == "no-glyph"
    assert "U+1F30A" in refusal.value.message
    assert state(house, letter_id) is LetterState.OPEN
    desk.answers(Decision.APPROVE, "key-of-this-page-6")
    assert closing.close(house.services, letter_id).listed == 3


def test_while_it_closes_nobody_answers(house: House, letter_id: str) -> None:
    desk = Desk(house, letter_id, TWO)
    form = desk.form(code=desk.asks_for_a_code(), idempotency_key="key-of-this-page-5")
    refusals: list[str] = []

    class Slow:
        """Somebody presses the button while type is set."""

        def letter_pdf(self, *arguments: object, **options: object) -> bytes:
            with pytest.raises(NotAllowed) as refusal:
                desk.sends(form)
            refusals.append(refusal.value.code)
            return typeset.letter_pdf(*arguments, **options)

    assert closing.close(replace(house.services, typesetter=Slow()), letter_id).listed == 2
    assert refusals == ["letter-closing"]
    assert verdict(house, letter_id) == "PROVED"


def test_a_closing_whose_process_died_opens_again_after_half_an_hour(house: House, letter_id: str) -> None:
    with house.services.unit_of_work(write=True) as uow:
        uow.letters.set_state(letter_id, LetterState.CLOSING, closing_since=house.clock())
        uow.commit()
    desk = Desk(house, letter_id, TWO)
    with pytest.raises(NotAllowed):
        desk.answers(Decision.APPROVE, "key-of-this-page-5")
    house.clock.pass_(minutes=31)
    assert desk.answers(Decision.APPROVE, "key-of-this-page-6").answer.index == 4
    assert closing.close(house.services, letter_id).listed == 3
    assert verdict(house, letter_id) == "PROVED"


def test_whatever_goes_wrong_the_doors_open_again_and_closing_can_be_run_again(house: House, letter_id: str) -> None:
    class Breaks:
        def letter_pdf(self, *arguments: object, **options: object) -> bytes:
            raise MemoryError

    with pytest.raises(MemoryError):
        closing.close(replace(house.services, typesetter=Breaks()), letter_id)
    assert state(house, letter_id) is LetterState.OPEN
    assert closing.close(house.services, letter_id).number == 1


def test_last_signatures_and_several_closings_at_once_make_one_edition(house: House) -> None:
    """FAULTS R2 at CI size."""
    names = [f"Group N{number}" for number in range(16)]
    letter_id = house.opened(*names)
    desks = [Desk(house, letter_id, name) for name in names]
    forms = [desk.form(code=desk.asks_for_a_code()) for desk in desks]
    outcomes: list[object] = []

    def press(number: int) -> None:
        try:
            desks[number].sends(forms[number])
            outcomes.append("approved")
        except NotAllowed:
            outcomes.append("too late")

    def close() -> None:
        try:
            outcomes.append(closing.close(house.services, letter_id))
        except NotAllowed:
            outcomes.append("overtaken")

    acts = [threading.Thread(target=press, args=(number,)) for number in range(16)]
    acts[8:8] = [threading.Thread(target=close) for _ in range(3)]
    for act in acts:
        act.start()
    for act in acts:
        act.join()
    assert len(outcomes) == 19
    edition = closing.close(house.services, letter_id)
    with house.services.unit_of_work() as uow:
        assert [each.number for each in uow.editions.all(letter_id)] == [1]
    assert edition.listed == outcomes.count("approved")
    assert verdict(house, letter_id) == "PROVED"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_whatever_statement_fails_a_closing_is_whole_or_can_be_run_again(house: House, letter_id: str) -> None:
    def check(succeeded: bool) -> None:
        with house.services.unit_of_work() as uow:
            editions = uow.editions.all(letter_id)
            closes = [each for each in uow.log.entries(letter_id) if each.kind == "close"]
        assert len(editions) == len(closes) <= 1
        assert editions or not succeeded

    assert fail_everywhere(house.database, lambda: closing.close(house.services, letter_id), check) >= 8


def test_a_letter_that_nobody_approved_stays_open(house: House) -> None:
    letter_id = house.opened(ONE)
    with pytest.raises(NotAllowed) as refusal:
        closing.close(house.services, letter_id)
    assert refusal.value.code == "nobody-approved"
    assert state(house, letter_id) is LetterState.OPEN


def test_a_draft_cannot_be_closed_and_an_unopened_letter_has_no_evidence(house: House) -> None:
    letter_id = house.letter()
    with pytest.raises(NotAllowed):
        closing.close(house.services, letter_id)
    with pytest.raises(NotFound):
        bundling.bundle_files(house.services, letter_id)
    with pytest.raises(NotFound):
        closing.close(house.services, "nosuchletter")
