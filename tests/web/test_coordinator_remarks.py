"""What becomes of remarks: taken into the next version, met otherwise, left out; and approvals that were only told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signing.domain.discussion import Settlement
from signing.domain.errors import Faulty, NotAllowed
from signing.domain.letter_text import plain_block
from signing.domain.organisation import Decision
from signing.workflow import closing, discussing, drafting, settling, telling
from signing.workflow.discussing import LetterRemark, RemarkForm
from signing.workflow.letters import texts_of
from signing.workflow.settling import Step
from tests.web.installation import House, letter_text
from tests.web.visitor import Visitor
from tests.workflow.desk import Desk

ONE, TWO = "Rivers China", "Valley Watch"
PARAGRAPH = "We write about three rivers and the people beside them."
LIST = "• publish the report in full;\n• hear the people of the valley."


@pytest.fixture
def letter_id(house: House) -> str:
    return house.opened(ONE, TWO)


@pytest.fixture
def proposes(house: House, letter_id: str) -> Callable[..., LetterRemark]:
    """A contact proposes other words for a block of the English text."""

    def say(
        wording: str = "", *, block: int | None = 0, organisation: str = ONE, condition: bool = False, words: str = "",
        asks: bool = False,
    ) -> LetterRemark:
        desk = Desk(house, letter_id, organisation)
        code = desk.asks_for_a_code()
        key = f"key-of-the-remark-{len(found(house, letter_id))}"
        with house.services.unit_of_work() as uow:
            version = uow.letters.get(letter_id).version  # type: ignore[union-attr]
        discussing.remark(house.services, desk.access, RemarkForm(
            version, "en" if block is not None else None, block, words, wording, condition, asks, code, key,
        ))  # fmt: skip
        return found(house, letter_id)[-1]

    return say


def found(house: House, letter_id: str) -> list[LetterRemark]:
    return discussing.of_letter(house.services, letter_id)[1]


def draft(house: House, letter_id: str) -> list[str]:
    with house.services.unit_of_work() as uow:
        version = uow.letters.draft(letter_id)
    assert version is not None
    return [plain_block(block) for block in texts_of(version)["en"].blocks]


def body(house: House, letter_id: str) -> str:
    with house.services.unit_of_work() as uow:
        version = uow.letters.draft(letter_id)
    assert version is not None
    return texts_of(version)["en"].body


def test_proposed_words_are_taken_into_the_draft_and_keep_what_was_bold(
    house: House, letter_id: str, proposes: Callable[..., LetterRemark], coordinator: Visitor
) -> None:
    made = proposes(PARAGRAPH.replace("beside", "who live beside"), condition=True)
    page = f"/coordinator/letters/{letter_id}/remarks/"
    status = f"/coordinator/letters/{letter_id}/status"
    assert "1 organisation says: yes, if the words change" in coordinator.goes_to(status).words
    coordinator.goes_to(page)
    assert "Take these words" in coordinator.words
    coordinator.posts(f"{page}{made.remark.id}/accept", csrf_token=coordinator.token())
    assert coordinator.status == 303
    assert draft(house, letter_id)[0] == PARAGRAPH.replace("beside", "who live beside")
    assert body(house, letter_id).startswith("We write about **three rivers** and the people who live beside them.")
    assert "In the draft of version 2" in coordinator.goes_to(page).words
    house.open(letter_id)
    (then,) = found(house, letter_id)
    assert (then.settled.step, then.settled.version, then.waits) == (Step.IN_LETTER, 2, True)
    assert "Met in version 2. The organisation has still to answer it." in coordinator.goes_to(page).words
    assert "1 organisation was asked again: its words are in version 2; waits for its answer." in coordinator.words
    assert "yes, if the words change" not in coordinator.words
    coordinator.goes_to(status)
    assert "1 organisation was asked again : its words are in version 2" in coordinator.words
    assert "yes, if" not in coordinator.words.replace("its “yes, if” is met", "")
    assert "1 organisation fits" in coordinator.goes_to(f"{status}?state=asked-again").words
    house.clock.pass_(minutes=5)
    Desk(house, letter_id, ONE).answers(Decision.APPROVE, "key-of-the-approval")
    assert found(house, letter_id)[0].settled.step is Step.ANSWERED
    assert "The organisation has answered the letter since." in coordinator.goes_to(page).words
    assert "asked again" not in coordinator.words


def test_the_items_of_a_list_keep_their_links(
    house: House, letter_id: str, proposes: Callable[..., LetterRemark]
) -> None:
    made = proposes(LIST.replace("in full", "in full and at once"), block=2)
    settling.accept(house.services, letter_id, made.remark.id)
    assert "- publish the [report](https://example.org/report) in full and at once;" in body(house, letter_id)
    another = proposes(LIST + "\n• and pay for it.", block=2, organisation=TWO)
    with pytest.raises(Faulty) as refusal:
        settling.accept(house.services, letter_id, another.remark.id)
    assert refusal.value.code == "words-gone"
    assert found(house, letter_id)[1].settled.step is Step.OPEN


def test_an_accepted_suggestion_is_refused_in_words_when_the_draft_has_other_words_there(
    house: House, letter_id: str, proposes: Callable[..., LetterRemark], coordinator: Visitor
) -> None:
    first, second = proposes("Rivers are dear to us."), proposes("Rivers matter.", organisation=TWO)
    settling.accept(house.services, letter_id, first.remark.id)
    page = f"/coordinator/letters/{letter_id}/remarks/"
    token = coordinator.goes_to(page).token()
    coordinator.posts(f"{page}{second.remark.id}/accept", csrf_token=token)
    assert coordinator.status == 422
    assert "have changed in the draft" in coordinator.words
    assert draft(house, letter_id)[0] == "Rivers are dear to us."


def test_words_put_in_by_hand_tick_the_condition_off_by_themselves(
    house: House, letter_id: str, proposes: Callable[..., LetterRemark]
) -> None:
    proposes("Rivers matter.", condition=True)
    first = letter_text().body.partition("\n\n")[0]
    changed = letter_text().body.replace(first, "Rivers matter.")
    drafting.import_letter(house.services, letter_text(body=changed), letter_id=letter_id)
    assert found(house, letter_id)[0].settled == settling.Settled(Step.IN_DRAFT, 2, by_itself=True)
    house.open(letter_id)
    assert found(house, letter_id)[0].settled == settling.Settled(Step.IN_LETTER, 2, by_itself=True)


def test_a_remark_is_left_out_and_opened_again_and_every_step_is_in_the_record(
    house: House, letter_id: str, proposes: Callable[..., LetterRemark], coordinator: Visitor
) -> None:
    made = proposes(words="Please name the valley.", block=None, condition=True)
    page = f"/coordinator/letters/{letter_id}/remarks/"
    for chosen, step in (("left-out", Step.LEFT_OUT), ("open", Step.OPEN), ("met", Step.IN_DRAFT)):
        house.clock.pass_(minutes=1)
        token = coordinator.goes_to(page).token()
        coordinator.posts(f"{page}{made.remark.id}/settle", csrf_token=token, settlement=chosen)
        assert coordinator.status == 303
        assert found(house, letter_id)[0].settled.step is step
    with house.services.unit_of_work() as uow:
        acts = [each.act for each in uow.activity.of_letter(letter_id, limit=3)]
        who = {each.actor for each in uow.activity.of_letter(letter_id, limit=3)}
    assert acts == ["remark-accepted", "remark-reopened", "remark-declined"]
    assert who == {"coordinator@example.org"}
    token = coordinator.goes_to(page).token()
    coordinator.posts(f"{page}{made.remark.id}/settle", csrf_token=token, settlement="everything")
    assert coordinator.status == 404


def test_nothing_is_settled_any_more_once_the_letter_is_closed(
    house: House, letter_id: str, proposes: Callable[..., LetterRemark]
) -> None:
    made = proposes("Rivers matter.")
    house.approve(letter_id, TWO)
    closing.close(house.services, letter_id)
    for act in (
        lambda: settling.accept(house.services, letter_id, made.remark.id),
        lambda: settling.settle(house.services, letter_id, made.remark.id, Settlement.ACCEPTED),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_page_shows_what_is_to_do_the_conditions_and_the_questions_beside_the_letter(
    house: House, letter_id: str, proposes: Callable[..., LetterRemark], coordinator: Visitor
) -> None:
    proposes("Rivers matter.", condition=True)
    proposes(words="Which valley?", block=2, organisation=TWO, asks=True)
    page = f"/coordinator/letters/{letter_id}/remarks/"
    everything = coordinator.goes_to(page)
    assert "We ask you to:" in everything.words
    assert "1 passage without remarks" in everything.words
    assert [everything.goes_to(f"{page}?only={name}").text.count('<article class="remark"')
            for name in ("to-do", "conditions", "questions")] == [2, 1, 1]  # fmt: skip
    (_, asked) = found(house, letter_id)
    discussing.answer(house.services, letter_id, asked.remark.id, "The long one.")
    assert "Nothing here." in coordinator.goes_to(f"{page}?only=questions").words


def test_what_was_told_is_written_down_and_lists_nobody(
    house: House, letter_id: str, coordinator: Visitor
) -> None:
    page = f"/coordinator/letters/{letter_id}/organisations/org-china/told"
    coordinator.goes_to(page).sends(page, way="telephone", person="", told_on="2999-01-01", words="We are in")
    assert coordinator.status == 422
    assert "Please write who told you." in coordinator.words
    assert "We are in" in coordinator.text
    day = house.clock.now.date().isoformat()
    for _twice in range(2):
        coordinator.goes_to(page).sends(page, way="paper", person="Kim China", told_on=day, words="In the red folder")
        assert coordinator.status == 303
    (told,) = telling.view(house.services, letter_id, "org-china").told
    assert (told.way.value, told.person, told.words, told.version) == ("paper", "Kim China", "In the red folder", 1)
    assert closing.preview_list(house.services, letter_id).listed == ()
    with house.services.unit_of_work() as uow:
        assert uow.log.head(letter_id).size == 1
    struck = f"{page}/{told.id}/strike-out"
    coordinator.goes_to(page).sends(struck)
    assert telling.view(house.services, letter_id, "org-china").told == ()


def test_nothing_is_told_of_an_organisation_that_is_not_asked(
    house: House, letter_id: str, coordinator: Visitor
) -> None:
    assert coordinator.goes_to(f"/coordinator/letters/{letter_id}/organisations/org-none/told").status == 404
