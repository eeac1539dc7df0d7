"""Typed codes are counted by where they come from, on every path that takes one (FAULTS S13, DESIGN 9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from signing.domain.errors import Refusal
from signing.domain.invitation import CODE_TRIES, CODES_AN_HOUR
from signing.workflow import confirming, deciding, discussing, key_binding
from signing.workflow.allowances import CODE_REQUESTS, WRONG_CODES, Allowance
from signing.workflow.discussing import RemarkForm
from signing.workflow.mail_ports import NoticeKind
from tests.evidence import signers
from tests.web.installation import House
from tests.workflow.desk import ONE, Desk

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
SOURCE, ELSEWHERE = b"s" * 32, b"e" * 32
LAPTOP, PHONE = signers.browser_key("laptop"), signers.p256_key("phone")


@pytest.fixture
def desk(house: House) -> Desk:
    made = Desk(house, house.opened(ONE))
    made.answers_with(LAPTOP)
    house.clock.pass_(hours=13)
    made.access = replace(made.access, source=SOURCE)
    return made


def decides(desk: Desk, code: str) -> None:
    desk.sends(desk.form(code=code, idempotency_key="key-of-another-page"))


def signs_with_a_new_key(desk: Desk, code: str) -> None:
    desk.prepares(PHONE, code=code, idempotency_key="key-of-another-page")


def revokes_a_key(desk: Desk, code: str) -> None:
    key_binding.revoke(desk.house.services, desk.access, LAPTOP.public.key, code)


def remarks(desk: Desk, code: str) -> None:
    form = RemarkForm(1, None, None, "Why so soon?", "", condition=False, wants_answer=True, code=code,
                      idempotency_key="key-of-a-remark-1")
    discussing.remark(desk.house.services, desk.access, form)


every_path = pytest.mark.parametrize("act", [decides, signs_with_a_new_key, revokes_a_key, remarks])
Act = Callable[[Desk, str], None]


def asks(desk: Desk) -> str:
    confirming.send_code(desk.house.services, desk.access)
    with desk.house.services.unit_of_work() as uow:
        mails = [each for each in uow.outbox.of_letter(desk.letter_id) if each.kind is NoticeKind.CODE]
    return desk.house.services.tokens.code(max(mails, key=lambda each: each.due).subject_id)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def refusal_of(act: Act, desk: Desk, code: str) -> str:
    with pytest.raises(Refusal) as refused:
        act(desk, code)
    return refused.value.code


def counted(desk: Desk, allowance: Allowance, source: bytes = SOURCE) -> int:
    with desk.house.services.unit_of_work() as uow:
        return uow.rates.count(allowance.purpose, source, window=allowance.window, now=desk.house.clock.now)


def fill(desk: Desk, allowance: Allowance, times: int) -> None:
    with desk.house.services.unit_of_work(write=True) as uow:
        for _ in range(times):
            uow.rates.hit(allowance.purpose, SOURCE, window=allowance.window, now=desk.house.clock.now)
        uow.commit()


@every_path
def test_five_wrong_tries_end_a_code_and_each_is_counted_at_its_source(desk: Desk, act: Act) -> None:
    code = asks(desk)
    for tries in range(1, CODE_TRIES + 1):
        assert refusal_of(act, desk, wrong(code)) == "code-wrong"
        assert counted(desk, WRONG_CODES) == tries
    assert refusal_of(act, desk, code) == "code-used-up"
    assert counted(desk, WRONG_CODES, ELSEWHERE) == 0


@every_path
def test_a_source_that_guessed_too_often_waits_and_the_same_contact_elsewhere_does_not(desk: Desk, act: Act) -> None:
    code = asks(desk)
    fill(desk, WRONG_CODES, WRONG_CODES.most)
    assert refusal_of(act, desk, code) == "too-many-attempts"
    desk.access = replace(desk.access, source=ELSEWHERE)
    act(desk, code)
    assert counted(desk, WRONG_CODES, ELSEWHERE) == 0


def ask_to_answer(desk: Desk) -> None:
    view = deciding.view(desk.house.services, desk.access)
    deciding.request_code(desk.house.services, desk.access, view.version, view.text_sha256)


def ask_to_be_known(desk: Desk) -> None:
    confirming.send_code(desk.house.services, desk.access)


every_request = pytest.mark.parametrize("ask", [ask_to_answer, ask_to_be_known])


@every_request
def test_an_invitation_is_mailed_three_codes_an_hour_whatever_they_are_for(
    desk: Desk, ask: Callable[[Desk], None]
) -> None:
    for _ in range(CODES_AN_HOUR - 1):
        ask_to_answer(desk)
    ask_to_be_known(desk)
    with pytest.raises(Refusal) as refused:
        ask(desk)
    assert refused.value.code == "too-many-codes"
    assert counted(desk, CODE_REQUESTS) == CODES_AN_HOUR


@every_request
def test_a_source_that_asked_for_too_many_codes_waits(desk: Desk, ask: Callable[[Desk], None]) -> None:
    fill(desk, CODE_REQUESTS, CODE_REQUESTS.most)
    with pytest.raises(Refusal) as refused:
        ask(desk)
    assert refused.value.code == "too-many-attempts"
    desk.access = replace(desk.access, source=ELSEWHERE)
    ask(desk)
