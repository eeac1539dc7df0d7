"""The coordinator's stages and rules: each page says what is and what it means, and a refused form comes back."""

from __future__ import annotations

from datetime import timedelta

from signing.workflow import letter_policy, staging
from signing.workflow.letter_policy import PolicyForm
from tests.said_to_database import said_to
from tests.web.installation import House
from tests.web.visitor import Visitor

ONE, TWO, THREE = "Human Rights in China", "Front Line Defenders", "Valley Watch"


def staged(house: House) -> str:
    letter_id = house.letter(deadline=house.clock.now + timedelta(days=20))
    house.roster(letter_id, ONE, TWO)
    house.roster(letter_id, THREE, stage=2)
    house.open(letter_id)
    return letter_id


def test_a_stage_is_opened_by_a_press_and_the_page_shows_its_mails_go(coordinator: Visitor, house: House) -> None:
    letter_id = staged(house)
    path = f"/coordinator/letters/{letter_id}/routing"
    coordinator.goes_to(path)
    assert "Open now: invite 2 organisations" in coordinator.words
    coordinator.sends(f"{path}/2", name="The others", opens="answered").follows()
    assert "The others" in coordinator.words
    assert "Opens by itself when all of stage 1 have answered." in coordinator.words
    coordinator.sends(f"{path}/1/open").follows()
    assert "0 of 2 mails sent" in coordinator.words
    assert coordinator.answer.headers["Refresh"] == "5"
    assert "2 answers are missing" in coordinator.words
    assert f"{ONE} silent" in coordinator.words
    # The second press, from a page that was left open, mails nobody.
    coordinator.posts(f"{path}/1/open", csrf_token=coordinator.token_shown)
    assert coordinator.follows().words.count("0 of 2 mails sent") == 1
    for name in (ONE, TWO):
        house.approve(letter_id, name)
    staging.open_due(house.services, letter_id)
    assert "Opened Monday 2 March 2026, 09:30" in coordinator.goes_to(path).words
    assert "Refresh" not in coordinator.answer.headers


def test_a_faulty_stage_comes_back_as_it_was_typed(coordinator: Visitor, house: House) -> None:
    letter_id = staged(house)
    path = f"/coordinator/letters/{letter_id}/routing"
    coordinator.goes_to(path).sends(f"{path}/2", name="Rest <b>", opens="at-time", opens_at="2026-03-01T08:00")
    assert coordinator.status == 422
    assert "This time has passed already." in coordinator.words
    assert 'value="2026-03-01T08:00"' in coordinator.text
    assert 'value="Rest &lt;b&gt;"' in coordinator.text
    assert coordinator.posts(f"{path}/7/open", csrf_token=coordinator.token_shown).status == 404


def test_the_page_of_stages_takes_few_statements_whatever_the_size(coordinator: Visitor, house: House) -> None:
    counts = []
    for many in (2, 60):
        letter_id = house.letter()
        house.roster(letter_id, *(f"Body {letter_id} n{number}" for number in range(many)))
        house.open(letter_id)
        invite = f"/coordinator/letters/{letter_id}/invite"
        coordinator.goes_to(invite).sends(invite)
        assert ("routing" in coordinator.answer.headers["Location"]) == (many > 50)
        with said_to(house.database) as said:
            coordinator.goes_to(f"/coordinator/letters/{letter_id}/routing")
        counts.append(len(said))
    assert counts[0] == counts[1] <= 10


def test_rules_are_said_in_sentences_and_kept(coordinator: Visitor, house: House) -> None:
    letter_id = house.letter()
    house.roster(letter_id, ONE)
    path = f"/coordinator/letters/{letter_id}/policy"
    coordinator.goes_to(path)
    assert "They can answer until you close the letter." in coordinator.words
    coordinator.sends(
        path, zone="Africa/Nairobi", soft_deadline="2026-03-20T18:00", hard_deadline="2026-03-22T18:00",
        rhythm="7, 3", quorum="25", allows_confidential="", shares="count",
    ).follows()  # fmt: skip
    assert "Kept." in coordinator.words
    assert "They are asked to answer by Friday 20 March 2026, 18:00 (Nairobi time)." in coordinator.words
    assert "Whoever says yes is named; nobody can be listed without a name." in coordinator.words
    assert "reminded 7, 3 days before the deadline" in coordinator.words
    assert "only if at least 25 organisations approve" in coordinator.words
    assert "There is only one organisation on the roster." in coordinator.words
    assert letter_policy.view(house.services, letter_id).letter.shares == "count"


def test_a_faulty_rule_comes_back_as_it_was_typed(coordinator: Visitor, house: House) -> None:
    letter_id = house.opened(ONE)
    path = f"/coordinator/letters/{letter_id}/policy"
    coordinator.goes_to(path).sends(path, zone="Europe/Berlin", hard_deadline="2026-03-29T02:30", rhythm="9, 4")
    assert coordinator.status == 422
    assert "There is no 02:30 on 29 March 2026 in Europe/Berlin" in coordinator.words
    assert "The next time that there is: 03:00." in coordinator.words
    assert 'value="2026-03-29T02:30"' in coordinator.text
    assert 'value="9, 4"' in coordinator.text
    coordinator.sends(path, zone="Europe/Berlin", hard_deadline="2026-10-25T02:30").follows()
    assert "comes twice. The second time is meant" in coordinator.words
    assert "Organisations are invited and were told so: both stay as they are." in coordinator.words


def test_both_pages_are_reached_from_each_page_of_the_letter(coordinator: Visitor, house: House) -> None:
    letter_id = staged(house)
    coordinator.goes_to(f"/coordinator/letters/{letter_id}")
    for page in ("routing", "policy"):
        assert f'href="/coordinator/letters/{letter_id}/{page}"' in coordinator.text


def test_contacts_are_asked_by_the_soft_deadline_and_offered_what_the_letter_allows(
    coordinator: Visitor, house: House, visitor: Visitor
) -> None:
    letter_id = house.letter()
    house.roster(letter_id, ONE)
    typed = PolicyForm(
        soft_deadline="2026-03-18T18:00", hard_deadline="2026-03-20T18:00", quorum="3", allows_confidential=False,
        allows_carry=False,
    )  # fmt: skip
    letter_policy.change(house.services, letter_id, typed)
    house.open(letter_id)
    house.invite(letter_id)
    visitor.goes_to(f"/i/{house.token(letter_id, ONE)}").follows()
    assert "Answer by Wednesday 18 March 2026, 18:00 (UTC)" in visitor.words
    assert "The last moment is Friday 20 March 2026, 18:00 (UTC)." in visitor.words
    assert "Only if at least 3 organisations say yes" in visitor.words
    assert 'name="confidential"' not in visitor.text
    assert 'name="accepts"' not in visitor.text
    house.clock.pass_(days=17)
    visitor.goes_to(visitor.path)
    assert "Answer by Friday 20 March 2026, 18:00 (UTC)" in visitor.words
    assert "The last moment is" not in visitor.words
