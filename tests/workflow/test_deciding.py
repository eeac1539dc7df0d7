"""From the click to the log, on both databases: one press, one assent, whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import event

from signing.adapters import tables
from signing.domain.errors import Faulty, NotAllowed, Refusal
from signing.domain.organisation import Answer, Decision, Standing
from signing.evidence.keyring import raw_from_pem
from signing.evidence.ledger import replay
from signing.evidence.merkle import Frontier, leaf_hash
from signing.evidence.note import ALG_ED25519, NoteKey
from signing.evidence.receipt import Receipt
from signing.evidence.statement import AssentStatement, Commitment, parse
from signing.workflow import auditing, bundling, deciding, drafting, inviting, tracking
from signing.workflow.appending import payload_of
from signing.workflow.deciding import AnswerReceipt, PageUsed, StaleVersion
from signing.workflow.evidence_ports import HighWater
from signing.workflow.inviting import LinkClosed
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.signatory_form import DecisionForm
from tests.faults import fail_everywhere
from tests.web.installation import Clock, House, letter_text
from tests.workflow.desk import ONE, TWO, Desk


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ONE, TWO)


@pytest.fixture
def desk(house: House, letter_id: str) -> Desk:
    return Desk(house, letter_id)


def entries(house: House, letter_id: str) -> list[bytes]:
    with house.services.unit_of_work() as uow:
        return [logged.entry for logged in uow.log.entries(letter_id)]


def standing(house: House, letter_id: str, organisation: str = ONE) -> Standing:
    rows = tracking.status(house.services, letter_id).rows
    return next(row.standing for row in rows if row.entry.organisation == organisation)


def statement(house: House, letter_id: str, index: int) -> AssentStatement:
    found = auditing.entry(house.services, letter_id, index).statement
    assert isinstance(found, AssentStatement)
    return found


def test_an_approval_is_a_signed_entry_with_a_receipt_that_proves_itself(house: House, desk: Desk) -> None:
    given = desk.answers(Decision.APPROVE, "key-of-this-page-1")
    letter = given.letter
    log_key = NoteKey(letter.origin, ALG_ED25519, raw_from_pem(house.services.log_key.public.public_key))
    receipt = Receipt.from_bytes(given.receipt)
    checkpoint = receipt.verify([log_key])
    assert (checkpoint.size, receipt.index) == (2, 1)
    said = parse(payload_of(receipt.entry))
    assert isinstance(said, AssentStatement)
    assert (said.decision, said.version, said.head.size) == ("approve", 1, 1)
    assert said.signatory.identity == "org-china"
    ledger = replay(entries(house, letter.id), files=None, coordinators={house.services.coordinator.public.key})
    assert ledger.failures == []
    assert [each.identity for each in ledger.approvals()] == ["org-china"]
    assert standing(house, letter.id) is Standing.APPROVED


def test_an_approval_takes_at_most_ten_statements_and_the_page_four(house: House, desk: Desk) -> None:
    # As every request comes that may change something.
    desk.access = replace(desk.access, source=b"s" * 32)
    code = desk.asks_for_a_code()
    form = desk.form(code=code)
    asked: list[str] = []

    def count(connection: object, cursor: object, text: str, *rest: object) -> None:
        if not text.startswith(("PRAGMA", "BEGIN")):
            asked.append(text)

    event.listen(house.database.engine, "before_cursor_execute", count)
    deciding.view(house.services, desk.access)
    page, asked[:] = list(asked), []
    desk.sends(form)
    event.remove(house.database.engine, "before_cursor_execute", count)
    assert len(page) <= 4, page
    assert 5 < len(asked) <= 10, asked


def test_two_presses_of_one_button_give_one_assent_and_the_same_receipt(house: House, desk: Desk) -> None:
    code = desk.asks_for_a_code()
    form = desk.form(code=code)
    first, second = desk.sends(form), desk.sends(form)
    assert first.receipt == second.receipt
    assert len(entries(house, desk.letter_id)) == 2


def test_a_second_tab_cannot_use_the_code_again(house: House, desk: Desk) -> None:
    code = desk.asks_for_a_code()
    desk.sends(desk.form(code=code))
    with pytest.raises(Faulty) as refusal:
        desk.sends(desk.form(code=code, idempotency_key="key-of-another-tab"))
    assert refusal.value.field == "code"
    assert len(entries(house, desk.letter_id)) == 2


def test_a_change_of_mind_on_a_page_that_was_sent_is_not_swallowed(house: House, desk: Desk) -> None:
    desk.sends(desk.form(code=desk.asks_for_a_code()))
    code = desk.asks_for_a_code()
    for changed in (desk.form(Decision.WITHDRAW, code=code), desk.form(code=code, listed_as="Rivers of China")):
        with pytest.raises(PageUsed):
            desk.sends(changed)
    assert len(entries(house, desk.letter_id)) == 2
    assert desk.sends(desk.form(Decision.WITHDRAW, code=code, idempotency_key="key-of-a-new-page")).answer.index == 2


def test_a_withdrawal_keeps_the_names_of_the_approval(house: House, desk: Desk) -> None:
    code = desk.asks_for_a_code()
    desk.sends(desk.form(code=code, listed_as="Rivers of China", acronym="RC"))
    code = desk.asks_for_a_code()
    given = desk.sends(desk.form(Decision.WITHDRAW, code=code, listed_as="Greenpeace", idempotency_key="k" * 20))
    said = statement(house, desk.letter_id, given.answer.index).signatory
    assert (said.listed_as, said.acronym) == ("Rivers of China", "RC")


def test_nobody_is_listed_under_the_name_of_another(house: House, desk: Desk) -> None:
    code = desk.asks_for_a_code()
    with pytest.raises(Faulty) as refusal:
        desk.sends(desk.form(code=code, listed_as="valley  WATCH"))
    assert (refusal.value.field, refusal.value.code) == ("listed_as", "name-of-another")
    assert desk.sends(desk.form(code=code)).answer.index == 1


def test_presses_at_the_same_moment_give_one_assent(house: House, desk: Desk) -> None:
    form = desk.form(code=desk.asks_for_a_code())
    outcomes: list[object] = []

    def press() -> None:
        try:
            outcomes.append(desk.sends(form).receipt)
        except Refusal as refusal:
            outcomes.append(refusal.code)

    presses = [threading.Thread(target=press) for _ in range(6)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert len(set(outcomes)) == 1, outcomes
    assert len(entries(house, desk.letter_id)) == 2


def test_all_at_once_every_organisation_gets_an_entry_of_its_own(house: House) -> None:
    names = [f"Group N{number}" for number in range(12)]
    letter_id = house.opened(*names)
    desks = [Desk(house, letter_id, name) for name in names]
    forms = [desk.form(code=desk.asks_for_a_code()) for desk in desks]
    given: list[AnswerReceipt] = []

    def press(desk: Desk, form: DecisionForm) -> None:
        given.append(desk.sends(form))

    presses = [threading.Thread(target=press, args=pair) for pair in zip(desks, forms, strict=True)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert sorted(receipt.answer.index for receipt in given) == list(range(1, 13))
    assert replay(entries(house, letter_id), files=None, coordinators=None).failures == []


def test_whatever_statement_fails_the_answer_is_whole_or_not_there(house: House) -> None:
    """FAULTS R3: the n-th statement or commit fails, n = 1, 2, … until none does."""
    letter_id = house.opened(ONE)
    desk = Desk(house, letter_id)
    form = desk.form(code=desk.asks_for_a_code())

    def check(succeeded: bool) -> None:
        logged = len(entries(house, letter_id)) - 1
        with house.services.unit_of_work() as uow:
            answers = uow.answers.of_organisation(letter_id, "org-china")
            receipts = [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.RECEIPT]
            stored = uow.roster.entry(letter_id, "org-china")
        assert stored is not None
        assert len(answers) == len(receipts) == logged == int(stored.answer is Answer.APPROVED) <= 1
        assert logged or not succeeded

    assert fail_everywhere(house.database, lambda: desk.sends(form), check) >= 8


def test_a_wrong_code_counts_and_five_wrong_ones_end_it(house: House, desk: Desk) -> None:
    code = desk.asks_for_a_code()
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(5):
        with pytest.raises(Faulty) as refusal:
            desk.sends(desk.form(code=wrong))
        assert refusal.value.code == "code-wrong"
    with pytest.raises(Faulty) as refusal:
        desk.sends(desk.form(code=code))
    assert refusal.value.code == "code-used-up"
    assert len(entries(house, desk.letter_id)) == 1


def test_a_code_serves_neither_another_browser_nor_another_invitation_nor_later(
    house: House, desk: Desk, clock: Clock
) -> None:
    code = desk.asks_for_a_code()
    for other in (Desk(house, desk.letter_id, browser="another"), Desk(house, desk.letter_id, TWO)):
        with pytest.raises(Faulty):
            other.sends(other.form(code=code))
    clock.pass_(minutes=10)
    with pytest.raises(Faulty) as refusal:
        desk.sends(desk.form(code=code))
    assert refusal.value.code == "code-used-up"


def test_guesses_and_codes_of_another_browser_use_up_nothing_of_ours(house: House, desk: Desk) -> None:
    code = desk.asks_for_a_code()
    robot = Desk(house, desk.letter_id, browser="robot")
    robot.asks_for_a_code()
    for _ in range(6):
        with pytest.raises(Faulty):
            robot.sends(robot.form(code="00000000"))
    assert desk.sends(desk.form(code=code)).answer.index == 1


def test_a_new_link_brings_new_codes(house: House, desk: Desk) -> None:
    for _ in range(3):
        desk.asks_for_a_code()
    inviting.reissue(house.services, desk.letter_id, "org-china")
    assert Desk(house, desk.letter_id).asks_for_a_code()


def test_three_codes_an_hour_are_enough(desk: Desk, clock: Clock) -> None:
    for _ in range(3):
        desk.asks_for_a_code()
    with pytest.raises(Refusal) as refusal:
        desk.asks_for_a_code()
    assert refusal.value.code == "too-many-codes"
    clock.pass_(minutes=61)
    assert desk.asks_for_a_code()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"authority": False}, "authority"),
        ({"person": "  "}, "person"),
        ({"role": ""}, "role"),
        ({"person": "Kim\u202eExample"}, "person"),
        ({"listed_as": "A" * 301}, "listed_as"),
        ({"acronym": "A\nB\u200b"}, "acronym"),
        ({"code": "1234"}, "code"),
        ({"idempotency_key": "short"}, "idempotency_key"),
        ({"reason": "x" * 5000}, "reason"),
    ],
)
def test_a_form_that_cannot_be_signed_names_its_field_and_costs_no_code(
    house: House, desk: Desk, fields: dict[str, object], field: str
) -> None:
    code = desk.asks_for_a_code()
    with pytest.raises(Faulty) as refusal:
        desk.sends(desk.form(**({"code": code} | fields)))
    assert refusal.value.field == field
    assert desk.sends(desk.form(code=code)).answer.index == 1


def test_a_decline_is_logged_under_a_commitment_and_names_nobody(house: House, desk: Desk) -> None:
    given = desk.answers(Decision.DECLINE, "key-of-this-page-1")
    said = statement(house, desk.letter_id, given.answer.index)
    assert isinstance(said.signatory, Commitment)
    logged = entries(house, desk.letter_id)[given.answer.index]
    assert b"org-china" not in payload_of(logged)
    assert b"Kim" not in payload_of(logged)
    again = desk.answers(Decision.DECLINE, "key-of-this-page-2")
    second = statement(house, desk.letter_id, again.answer.index)
    assert second.signatory == said.signatory, "one commitment for an organisation and letter"
    assert replay(entries(house, desk.letter_id), files=None, coordinators=None).failures == []
    assert standing(house, desk.letter_id) is Standing.DECLINED


def test_a_change_of_mind_continues_the_chain(house: House, desk: Desk) -> None:
    for number, decision in enumerate(
        (Decision.DECLINE, Decision.APPROVE, Decision.WITHDRAW, Decision.APPROVE), start=1
    ):
        desk.answers(decision, f"key-of-this-page-{number}")
        desk.house.clock.pass_(minutes=25)
    ledger = replay(entries(house, desk.letter_id), files=None, coordinators=None)
    assert ledger.failures == []
    assert len(ledger.approvals()) == 1
    with pytest.raises(NotAllowed):
        desk.answers(Decision.DECLINE, "key-of-this-page-9")


def test_nothing_can_be_withdrawn_that_was_never_approved(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.answers(Decision.WITHDRAW, "key-of-this-page-1")


def test_new_words_refuse_the_old_page_and_lapse_the_old_approval(house: House, desk: Desk) -> None:
    code = desk.asks_for_a_code()
    stale = desk.form(code=code)
    other = Desk(house, desk.letter_id, TWO)
    other.answers(Decision.APPROVE, "key-of-this-page-2")
    drafting.import_letter(house.services, letter_text(body="Other words.\n"), letter_id=desk.letter_id)
    drafting.open_letter(house.services, desk.letter_id)
    with pytest.raises(StaleVersion):
        desk.sends(stale)
    assert standing(house, desk.letter_id, TWO) is Standing.LAPSED
    with house.services.unit_of_work() as uow:
        told = [each.to for each in uow.outbox.of_letter(desk.letter_id) if each.kind is NoticeKind.NEW_VERSION]
    assert told == ["contact@watch.example"]
    assert desk.answers(Decision.APPROVE, "key-of-this-page-3").answer.version == 2
    ledger = replay(entries(house, desk.letter_id), files=None, coordinators=None)
    assert ledger.failures == []
    assert [each.identity for each in ledger.approvals()] == ["org-china"]


def test_an_older_head_is_accepted_and_a_false_one_is_not(house: House, desk: Desk) -> None:
    code = desk.asks_for_a_code()
    form = desk.form(code=code)
    Desk(house, desk.letter_id, TWO).answers(Decision.APPROVE, "key-of-this-page-2")
    size, _, root = form.head.partition(":")
    for false in (f"{int(size) + 5}:{root}", f"{size}:{'A' * 43}=", "", "1", f"+{form.head}", f"0:{root}", f"-1:{root}",
                  f"{10**30}:{root}"):
        with pytest.raises(StaleVersion):
            desk.sends(replace(form, head=false))
    given = desk.sends(form)
    assert statement(house, desk.letter_id, given.answer.index).head.size == int(size)


def test_the_deadline_shuts_the_door_for_answers_but_not_for_withdrawals(
    house: House, desk: Desk, clock: Clock
) -> None:
    desk.answers(Decision.APPROVE, "key-of-this-page-1")
    clock.pass_(days=21)
    other = Desk(house, desk.letter_id, TWO)
    with pytest.raises(NotAllowed) as refusal:
        other.sends(other.form(code="12345678"))
    assert refusal.value.code == "deadline-passed"
    desk.answers(Decision.WITHDRAW, "key-of-this-page-2")
    assert standing(house, desk.letter_id) is Standing.WITHDRAWN


def link_of(house: House, letter_id: str) -> str:
    return house.token(letter_id, ONE)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda house, letter_id: inviting.reissue(house.services, letter_id, "org-china"),
        lambda house, letter_id: inviting.revoke(house.services, letter_id, "org-china"),
        lambda house, letter_id: house.clock.pass_(days=90),
    ],
    ids=["reissued", "revoked", "too old"],
)
def test_a_dead_link_opens_nothing(house: House, desk: Desk, spoil: Callable[[House, str], None]) -> None:
    token = link_of(house, desk.letter_id)
    spoil(house, desk.letter_id)
    with pytest.raises(LinkClosed):
        inviting.open_link(house.services, token)
    with pytest.raises(LinkClosed):
        deciding.view(house.services, desk.access)


def test_a_reissued_link_works_and_an_invented_one_does_not(house: House, letter_id: str) -> None:
    inviting.reissue(house.services, letter_id, "org-china")
    assert inviting.open_link(house.services, link_of(house, letter_id)).generation == 2
    with pytest.raises(LinkClosed):
        inviting.open_link(house.services, "x" * 43)


def test_a_rolled_back_database_cannot_write_a_second_history(house: House, desk: Desk) -> None:
    desk.answers(Decision.APPROVE, "key-of-this-page-1")
    roll_back(house, desk.letter_id)
    other = Desk(house, desk.letter_id, TWO)
    with pytest.raises(Refusal) as refusal:
        other.answers(Decision.APPROVE, "key-of-this-page-2")
    assert refusal.value.code == "log-rolled-back"


def test_a_receipt_is_never_signed_for_a_history_that_was_rolled_back(house: House, desk: Desk) -> None:
    """A crash after the commit, the receipt mailed, then an old backup: no second root of that size is signed."""
    kept = house.services.high_water
    lost = replace(house.services, high_water=Forgetful(kept))
    code = desk.asks_for_a_code()
    given = deciding.decide(lost, desk.access, desk.form(code=code))
    assert kept.mark(given.letter.origin).size == 1
    assert auditing.receipt_bytes(house.services, desk.letter_id, 1) == given.receipt
    assert kept.mark(given.letter.origin).size == 2
    roll_back(house, desk.letter_id)
    with pytest.raises(Refusal) as refusal:
        auditing.receipt_bytes(house.services, desk.letter_id, 0)
    assert refusal.value.code == "log-rolled-back"
    with pytest.raises(Refusal):
        bundling.bundle_files(house.services, desk.letter_id)


class Forgetful:
    """The process died between the commit and the mark."""

    def __init__(self, kept: HighWater) -> None:
        self.check = kept.check
        self.mark = kept.mark

    def advance(self, origin: str, size: int, root: bytes) -> None:
        """Too late."""


def roll_back(house: House, letter_id: str) -> None:
    """Bring the log back to its first entry, as a restored backup would."""
    rolled_back = Frontier.empty().append(leaf_hash(entries(house, letter_id)[0]))
    with house.database.engine.execution_options(writing=True).begin() as connection:
        connection.execute(tables.answer.delete())
        connection.execute(tables.log_entry.delete().where(tables.log_entry.c.idx > 0))
        connection.execute(tables.log_head.update().values(size=1, frontier=rolled_back.to_bytes()))
