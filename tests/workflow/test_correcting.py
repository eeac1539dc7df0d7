"""Correcting one address: its link is dead at once, a new one goes to the new address, nobody else's is touched."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from signing.domain.errors import Faulty, NotFound
from signing.domain.organisation import Decision
from signing.workflow import correcting, inviting
from signing.workflow.inviting import AddressRefused, LinkClosed
from signing.workflow.mail_ports import NoticeKind
from tests.web.installation import House
from tests.workflow.desk import ONE, TWO, Desk, opened

ORGANISATION = "org-china"
RIGHT = {"contact": "Noor Right", "email": "right@china.example", "role": "Director"}


def links(house: House, letter_id: str) -> dict[str, dict[str, Any]]:
    """All that opens anything, by organisation."""
    with house.services.unit_of_work() as uow:
        return {each.organisation_id: asdict(each) for each in uow.invitations.of_letter(letter_id)}


def test_only_the_one_link_is_made_anew(house: House) -> None:
    letter_id = opened(house, ONE, TWO, "River Front")
    before, old = links(house, letter_id), house.token(letter_id, ONE)
    house.clock.pass_(minutes=1)
    done = correcting.correct(house.services, letter_id, ORGANISATION, **RIGHT)
    assert done.reinvited
    assert (done.entry.email, done.entry.former_emails) == ("right@china.example", ("contact@china.example",))
    after = links(house, letter_id)
    assert {name: each for name, each in after.items() if name != ORGANISATION} == {
        name: each for name, each in before.items() if name != ORGANISATION
    }
    for digest in ("token_sha256", "short_sha256", "generation"):
        assert after[ORGANISATION][digest] != before[ORGANISATION][digest]
    with pytest.raises(LinkClosed):
        inviting.open_link(house.services, old)
    assert inviting.open_link(house.services, house.token(letter_id, ONE)).letter_id == letter_id
    with house.services.unit_of_work() as uow:
        mails = [each for each in uow.outbox.of_letter(letter_id) if each.due == house.clock()]
        acts = [(each.act, each.detail) for each in uow.activity.of_subject(letter_id, ORGANISATION)]
    assert [(each.kind, each.to) for each in mails] == [(NoticeKind.INVITATION, "right@china.example")]
    assert acts[-1] == ("address-corrected", {"reinvited": "yes"})


def test_an_answer_stays_and_receipts_go_to_both_addresses(house: House) -> None:
    letter_id = opened(house, ONE)
    Desk(house, letter_id).answers(Decision.APPROVE, "key-of-the-first-page")
    correcting.correct(house.services, letter_id, ORGANISATION, **RIGHT)
    with house.services.unit_of_work() as uow:
        entry = uow.roster.entry(letter_id, ORGANISATION)
    assert entry is not None
    assert entry.answer == "approved"
    Desk(house, letter_id).answers(Decision.WITHDRAW, "key-of-the-second-page")
    with house.services.unit_of_work() as uow:
        receipts = [each.to for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.RECEIPT]
    assert set(receipts[1:]) == {"right@china.example", "contact@china.example"}


def test_a_name_alone_changes_no_link_and_nothing_changes_nothing(house: House) -> None:
    letter_id = opened(house, ONE)
    before = links(house, letter_id)
    same = {"contact": "Noor Right", "email": "contact@china.example", "role": "Director"}
    assert not correcting.correct(house.services, letter_id, ORGANISATION, **same).reinvited
    assert not correcting.correct(house.services, letter_id, ORGANISATION, **same).reinvited
    assert links(house, letter_id) == before
    with house.services.unit_of_work() as uow:
        assert [each.act for each in uow.activity.of_subject(letter_id, ORGANISATION)] == ["address-corrected"]


@pytest.mark.parametrize(("typed", "field"), [
    ({"email": "nobody"}, "email"), ({"email": ""}, "email"), ({"contact": " "}, "contact"),
    ({"email": "a@b.example, c@d.example"}, "email"), ({"contact": "Eve\nBcc: x"}, "contact"),
    ({"role": "=HYPERLINK()"}, "role"), ({"contact": "x\u202ey"}, "contact"),
])  # fmt: skip
def test_what_cannot_be_a_contact_is_refused_and_the_link_lives(
    house: House, typed: dict[str, str], field: str
) -> None:
    letter_id = opened(house, ONE)
    before = links(house, letter_id)
    with pytest.raises(Faulty) as refused:
        correcting.correct(house.services, letter_id, ORGANISATION, **(RIGHT | typed))
    assert refused.value.field == field
    assert links(house, letter_id) == before


def test_an_address_that_asked_for_peace_is_not_mailed_and_nothing_changes(house: House) -> None:
    letter_id = opened(house, ONE)
    with house.services.unit_of_work(write=True) as uow:
        uow.refused_addresses.add(house.services.tokens.address_digest(RIGHT["email"]), house.clock())
        uow.commit()
    before = links(house, letter_id)
    with pytest.raises(AddressRefused):
        correcting.correct(house.services, letter_id, ORGANISATION, **RIGHT)
    assert links(house, letter_id) == before
    assert correcting.contact_of(house.services, letter_id, ORGANISATION).email == "contact@china.example"


def test_before_anybody_is_invited_only_the_roster_changes(house: House) -> None:
    letter_id = house.letter()
    house.roster(letter_id, ONE)
    assert not correcting.correct(house.services, letter_id, ORGANISATION, **RIGHT).reinvited
    with house.services.unit_of_work() as uow:
        assert uow.outbox.of_letter(letter_id) == []
        assert uow.roster.entries(letter_id)[0].email == "right@china.example"
    with pytest.raises(NotFound):
        correcting.correct(house.services, letter_id, "org-nobody", **RIGHT)
