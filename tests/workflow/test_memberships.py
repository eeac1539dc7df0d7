"""Who has a part in a letter: its first members, those let in and taken off, and that a lead is always left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from signing.domain.access import Actor, MemberRole, Permission, Role
from signing.domain.errors import Conflict, Faulty, NotAllowed, NotFound, Refusal
from signing.workflow import accounts, drafting, memberships, signing_in, webhooks
from signing.workflow.accounts import PasswordLinkClosed
from signing.workflow.mail_ports import NoticeKind
from signing.workflow.ports import Services
from tests.web.installation import PASSWORD, House, letter_text

ADA, NOOR, OLA = "ada@example.org", "noor@example.org", "ola@example.org"


def id_of(house: House, email: str) -> str:
    return next(each.id for each in accounts.accounts(house.services) if each.email == email)


def as_(house: House, email: str) -> Services:
    """The house as a request of this account sees it."""
    actor = Actor(email, id_of(house, email))
    return replace(house.services, actor=lambda: actor)


def roles(house: House, letter_id: str) -> dict[str, str]:
    return {account.email: member.role.value for member, account in memberships.people(house.services, letter_id)}


@pytest.fixture
def letter_id(house: House) -> str:
    house.account(ADA, Role.COORDINATOR)
    return house.letter()


def test_whoever_makes_a_letter_leads_it_and_the_command_line_gives_it_to_everybody_or_to_whom_it_names(
    house: House,
) -> None:
    house.account(ADA, Role.COORDINATOR)
    house.account(NOOR, Role.COORDINATOR)
    house.account(OLA, Role.AUDITOR)
    own = drafting.import_letter(as_(house, NOOR), letter_text()).letter_id
    assert roles(house, own) == {NOOR: "lead"}
    assert roles(house, house.letter()) == {ADA: "lead", NOOR: "lead", OLA: "auditor"}
    named = drafting.import_letter(house.services, letter_text(), leads=[ADA]).letter_id
    assert roles(house, named) == {ADA: "lead"}
    with pytest.raises(NotFound):
        drafting.import_letter(house.services, letter_text(), leads=[OLA])
    seen = memberships.letters_of(house.services, id_of(house, NOOR), Permission.LETTER_READ)
    assert named not in {letter.id for letter in seen}


def test_an_account_that_comes_first_takes_over_the_letters_that_nobody_leads(house: House) -> None:
    orphan = house.letter()
    house.account(ADA, Role.COORDINATOR)
    memberships.adopt(house.services, id_of(house, ADA))
    house.account(OLA, Role.COORDINATOR)
    assert memberships.adopt(house.services, id_of(house, OLA)) == []
    assert roles(house, orphan) == {ADA: "lead"}


def test_a_letter_never_loses_its_last_lead(house: House, letter_id: str) -> None:
    services, ada = as_(house, ADA), id_of(house, ADA)
    memberships.add(services, letter_id, NOOR, MemberRole.EDITOR)
    for act in (lambda: memberships.remove(services, letter_id, ada),
                lambda: memberships.change(services, letter_id, ada, MemberRole.EDITOR)):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.code == "last-lead"
    memberships.change(services, letter_id, id_of(house, NOOR), MemberRole.LEAD)
    accounts.disable(house.services, NOOR)
    with pytest.raises(NotAllowed):
        memberships.remove(services, letter_id, ada)  # a lead whose account is shut leads nothing
    accounts.disable(house.services, NOOR, disabled=False)
    memberships.remove(services, letter_id, ada)
    assert roles(house, letter_id) == {NOOR: "lead"}
    with house.services.unit_of_work() as uow:
        acts = [each.act for each in uow.activity.of_letter(letter_id, limit=9)]
    assert sorted(acts) == ["letter-imported", "member-added", "member-changed", "member-removed"]


def test_of_two_leads_who_remove_each_other_one_stays(house: House, letter_id: str) -> None:
    memberships.add(house.services, letter_id, NOOR, MemberRole.LEAD)
    pairs, ready, outcome = [(ADA, NOOR), (NOOR, ADA)], threading.Barrier(2), []

    def removes(services: Services, other: str) -> Callable[[], None]:
        def run() -> None:
            ready.wait()
            try:
                memberships.remove(services, letter_id, other)
                outcome.append("done")
            except Refusal as refusal:
                outcome.append(refusal.code)

        return run

    threads = [threading.Thread(target=removes(as_(house, who), id_of(house, other))) for who, other in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["done", "not-found"]
    assert list(roles(house, letter_id).values()) == ["lead"]


def test_only_leads_let_people_in_and_nobody_twice(house: House, letter_id: str) -> None:
    memberships.add(as_(house, ADA), letter_id, NOOR, MemberRole.EDITOR)
    with pytest.raises(NotFound):
        memberships.add(as_(house, NOOR), letter_id, OLA, MemberRole.LEAD)
    with pytest.raises(NotFound):
        memberships.remove(as_(house, NOOR), letter_id, id_of(house, ADA))
    with pytest.raises(Conflict):
        memberships.add(as_(house, ADA), letter_id, NOOR.upper(), MemberRole.VIEWER)
    with pytest.raises(Faulty) as refused:
        memberships.add(as_(house, ADA), letter_id, "no address", MemberRole.VIEWER)
    assert refused.value.field == "email"
    memberships.remove(as_(house, NOOR), letter_id, id_of(house, NOOR))  # they may leave
    assert roles(house, letter_id) == {ADA: "lead"}


def test_an_auditor_who_is_made_an_editor_may_edit_this_letter_alone(house: House, letter_id: str) -> None:
    other = house.letter()
    for each in (letter_id, other):
        memberships.add(as_(house, ADA), each, OLA, MemberRole.AUDITOR)
    memberships.change(as_(house, ADA), letter_id, id_of(house, OLA), MemberRole.EDITOR)
    assert roles(house, letter_id)[OLA] == "editor"
    assert roles(house, other)[OLA] == "auditor"


def test_so_many_are_let_in_within_an_hour_and_no_more(house: House, letter_id: str) -> None:
    for number in range(memberships.ADDED_MOST):
        memberships.add(as_(house, ADA), letter_id, f"p{number}@example.org", MemberRole.VIEWER)
    with pytest.raises(NotAllowed) as refused:
        memberships.add(as_(house, ADA), letter_id, NOOR, MemberRole.VIEWER)
    assert refused.value.code == "too-many-added"


def test_the_daily_mail_is_one_s_own_wish(house: House, letter_id: str) -> None:
    memberships.wish_for_digest(as_(house, ADA), letter_id, True)
    assert [member.digest for member, _ in memberships.people(house.services, letter_id)] == [True]
    memberships.add(house.services, letter_id, OLA, MemberRole.AUDITOR)
    with pytest.raises(NotFound):
        memberships.wish_for_digest(as_(house, OLA), letter_id, True)


def test_whoever_is_let_in_is_mailed_and_sets_a_password_once(house: House, letter_id: str) -> None:
    memberships.add(as_(house, ADA), letter_id, NOOR, MemberRole.EDITOR)
    with house.services.unit_of_work() as uow:
        (mail,) = [each for each in uow.outbox.of_letter(letter_id) if each.kind is NoticeKind.MEMBER]
        account = uow.accounts.by_email(NOOR)
    assert (mail.to, mail.organisation_id) == (NOOR, None)
    with pytest.raises(Refusal):
        signing_in.sign_in(house.services, NOOR, account.password)
    first, second = (accounts.password_page(house.services, account).rpartition("/")[2] for _ in "12")
    assert first not in house.dump()
    with pytest.raises(Faulty) as refused:
        accounts.set_password(house.services, first, PASSWORD, PASSWORD + "x")
    assert refused.value.field == "again"
    accounts.set_password(house.services, first, PASSWORD, PASSWORD)
    assert signing_in.sign_in(house.services, NOOR, PASSWORD).secret
    for used in (first, second, first[:-1] + "x", "", "a.b.c", f"{account.id}.9999999999.x", "é.1.é"):
        with pytest.raises(PasswordLinkClosed):
            accounts.set_password(house.services, used, PASSWORD, PASSWORD)


def test_a_link_to_set_a_password_ends_after_three_days_and_with_the_account(house: House, letter_id: str) -> None:
    memberships.add(as_(house, ADA), letter_id, NOOR, MemberRole.EDITOR)
    with house.services.unit_of_work() as uow:
        account = uow.accounts.by_email(NOOR)
    token = accounts.password_page(house.services, account).rpartition("/")[2]
    accounts.disable(house.services, NOOR)
    with pytest.raises(PasswordLinkClosed):
        accounts.check_password_link(house.services, token)
    accounts.disable(house.services, NOOR, disabled=False)
    assert accounts.check_password_link(house.services, token).email == NOOR
    house.clock.pass_(hours=72)
    with pytest.raises(PasswordLinkClosed):
        accounts.check_password_link(house.services, token)


def test_shutting_an_account_ends_its_sessions_at_once_and_tells_of_letters_that_nobody_leads(
    house: House, letter_id: str
) -> None:
    secret = signing_in.sign_in(house.services, ADA, PASSWORD).secret
    assert signing_in.signed_in(house.services, secret, letter_id).member is MemberRole.LEAD
    _, alone = accounts.disable(house.services, ADA)
    assert alone == [letter_id]
    assert signing_in.signed_in(house.services, secret) is None
    with pytest.raises(Refusal) as refused:
        signing_in.sign_in(house.services, ADA, PASSWORD)
    assert refused.value.code == "sign-in-failed"


@pytest.mark.parametrize("how", ["removed", "auditor", "disabled"])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_whoever_has_no_part_in_a_letter_any_more_is_told_nothing_of_it(
    house: House, letter_id: str, how: str
) -> None:
    noor = memberships.add(house.services, letter_id, NOOR, MemberRole.EDITOR).account_id
    for account_id in (noor, id_of(house, ADA)):
        webhooks.add(house.services, letter_id, account_id, f"http://localhost/{account_id}")
    if how == "removed":
        memberships.remove(house.services, letter_id, noor)
    elif how == "auditor":
        memberships.change(house.services, letter_id, noor, MemberRole.AUDITOR)
    else:
        accounts.disable(house.services, NOOR)
    left = [each.account_id for each, _ in webhooks.of_letter(house.services, letter_id)]
    assert left == [id_of(house, ADA)]
