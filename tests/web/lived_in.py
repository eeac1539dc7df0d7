"""A letter in which everybody has done something else with their invitation."""

from __future__ import annotations

from signing.domain.invitation import Part
from signing.workflow import discussing, drafting, fresh_links, handing_over, reminding, reviewing
from signing.workflow.colleagues import Colleague
from signing.workflow.discussing import RemarkForm
from signing.workflow.handing_over import HandOver
from signing.workflow.reviewing import ReviewForm
from tests.web.installation import House, letter_text
from tests.web.post_office import PostOffice
from tests.workflow.persons import Person

SILENT, HANDED_OVER, TWO_PERSONS = "Rivers China", "Front Line", "Lake Watch"
ASKS, APPROVED = "Valley Folk", "Delta Fund"
LOU, RHEA = Colleague("Lou Line", "lou@line.example", "Lead"), Colleague("Rhea Watch", "rhea@watch.example", "Chair")


def lived_in_letter(house: House) -> str:
    """Handed over to Lou; Rhea does not agree; a remark was answered; one approved; then the words changed."""
    services = house.services
    letter_id = house.opened(SILENT, HANDED_OVER, TWO_PERSONS, ASKS, APPROVED)
    kim = Person(house, letter_id, organisation="org-line")
    handing_over.hand_over(services, kim.access, HandOver(LOU, None, kim.code()))
    kim = Person(house, letter_id, organisation="org-watch")
    reviewing.name_reviewer(services, kim.access, RHEA, kim.code())
    rhea = Person(house, letter_id, Part.REVIEWER, "org-watch")
    words = reviewing.view(services, rhea.access).text_sha256
    no = ReviewForm(1, words, False, "Not yet.", rhea.code(), "key-of-the-review-1")
    reviewing.review(services, rhea.access, no)
    kim = Person(house, letter_id, organisation="org-folk")
    question = RemarkForm(1, "en", 0, "Who else?", "Other words.", True, True, kim.code(), "key-of-the-remark-1")
    discussing.answer(services, letter_id, discussing.remark(services, kim.access, question).id, "Many.")
    house.approve(letter_id, APPROVED)
    drafting.import_letter(services, letter_text(body="Quite other words."), letter_id=letter_id)
    house.open(letter_id)
    return letter_id


def reminded(house: House, letter_id: str, post: PostOffice) -> None:
    """Let some days pass after the first mails, and every other kind of mail with a link be sent."""
    post.delivered()
    house.clock.pass_(days=3)
    for address in ("contact@china.example", LOU.email):
        fresh_links.ask(house.services, address, b"", "en")
    fresh_links.answer_requests(house.services)
    reminding.remind(house.services, letter_id)
    post.delivered()
