"""The database works out where every organisation of a letter stands as the domain does, counts, chooses and sorts."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from signing.domain.address_book import BookOrganisation
from signing.domain.discussion import Remark, RemarkKind
from signing.domain.letter import LetterState
from signing.domain.organisation import Answer, Signs, Standing, standing_of
from signing.domain.told import ToldApproval, Way
from signing.workflow.mail_ports import NoticeStatus
from signing.workflow.overview_ports import NOT_SAID, Attention, Buckets, Choice, Moment, Order, Page
from signing.workflow.ports import OpenUnitOfWork
from tests.adapters.builders import (
    LETTER,
    NOW,
    a_letter,
    a_notice,
    a_version,
    an_entry,
    an_invitation,
)

BEFORE = NOW - timedelta(days=20)
BUCKETS = Buckets(BEFORE, timedelta(days=1))
NOWADAYS = Moment(NOW, doors_shut=False)


@pytest.fixture
def letter(unit_of_work: OpenUnitOfWork) -> OpenUnitOfWork:
    """A letter whose third version changed typography and whose second changed words."""
    with unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
        for number, change in ((1, None), (2, "words"), (3, "typography")):
            uow.letters.save_draft(a_version(number))
            uow.letters.freeze(LETTER, number, BEFORE, change)
        uow.letters.set_state(LETTER, LetterState.OPEN, version=3, opened_at=BEFORE)
        uow.commit()
    return unit_of_work


def _answers() -> list[dict[str, Any]]:
    """Every answer there is, about every version, taken in every way."""
    said, either = (Answer.APPROVED, Answer.DECLINED, Answer.WITHDRAWN), (False, True)
    ways = itertools.product(said, (1, 2, 3), either, either)
    return [
        {"answer": answer, "answer_version": version, "accepts": accepts, "confidential": confidential,
         "answered_at": NOW - timedelta(days=version), "answer_index": 1}
        for answer, version, accepts, confidential in ways
    ]  # fmt: skip


MAILS: list[tuple[tuple[NoticeStatus, bool, int], ...]] = [
    (),
    ((NoticeStatus.QUEUED, False, 0),),
    ((NoticeStatus.SENT, False, 1),),
    ((NoticeStatus.SENT, False, 9),),
    ((NoticeStatus.SENT, True, 1),),
    ((NoticeStatus.FAILED, False, 1),),
    ((NoticeStatus.SENT, True, 5), (NoticeStatus.SENT, False, 2)),
    ((NoticeStatus.SENT, False, 9), (NoticeStatus.FAILED, False, 2)),
    ((NoticeStatus.FAILED, False, 5), (NoticeStatus.QUEUED, False, 1)),
]


def _filled(letter: OpenUnitOfWork) -> dict[str, Signs]:
    """Organisations in every state, and what their standing has to be computed from."""
    silent: list[Any] = [(False, (), False, False, told) for told in (False, True)]
    silent += itertools.product((True,), MAILS, (False, True), (False, True), (False,))
    silent.append((True, MAILS[2], True, True, True))
    fields = [*_answers(), *({} for _ in silent)]
    entries = [replace(an_entry(number), **each) for number, each in enumerate(fields)]
    signs: dict[str, Signs] = {}
    with letter(write=True) as uow:
        uow.address_book.remember([
            (each.organisation.casefold(), BookOrganisation(each.organisation_id, each.organisation))
            for each in entries
        ])
        for entry in entries:
            uow.roster.save(entry)
            version = entry.answer_version or 0
            holds = version == 3 or (version == 2 and entry.accepts)
            signs[entry.organisation_id] = Signs(
                entry.answer, approval_holds=holds, carries=version < 3, confidential=entry.confidential
            )
        for number, (invited, mails, opened, asks, told) in enumerate(silent, start=len(_answers())):
            if invited:
                uow.invitations.add(replace(an_invitation(number), opened_at=NOW if opened else None))
            signs[f"org-{number}"] = Signs(
                Answer.INVITED, invited=invited, opened=invited and opened, asks=invited and asks, told=told,
                **(_mailed(uow, number, mails) if invited else {}),
            )  # fmt: skip
            if invited and asks:
                uow.remarks.add(_question(number))
            if told:
                uow.told.add(_told(number))
        uow.commit()
    return signs


def _mailed(uow: Any, number: int, mails: tuple[tuple[NoticeStatus, bool, int], ...]) -> dict[str, Any]:
    arrived = []
    for at, (status, bounced, days) in enumerate(mails):
        when = NOW - timedelta(days=days)
        uow.outbox.add([replace(
            a_notice(number * 10 + at, due=when), organisation_id=f"org-{number}", invitation_id=f"invitation-{number}",
            status=status, sent_at=when if status is NoticeStatus.SENT else None, bounced_at=when if bounced else None,
        )])  # fmt: skip
        if status is NoticeStatus.SENT and not bounced:
            arrived.append(when)
    newest = mails[-1] if mails else None
    came_back = newest is not None and (newest[1] or newest[0] is NoticeStatus.FAILED)
    return {"mail_bounced": came_back, "mail_sent_at": min(arrived, default=None)}


def _question(number: int) -> Remark:
    return Remark(
        f"remark-{number}", LETTER, f"org-{number}", f"invitation-{number}", 3, RemarkKind.QUESTION, "May we?", "Kim",
        NOW, "key", condition=number % 2 == 0,
    )  # fmt: skip


def _told(number: int) -> ToldApproval:
    return ToldApproval(
        f"told-{number}", LETTER, f"org-{number}", 3, Way.PAPER, "Kim", None, None, NOW.date(), NOW, "account"
    )


def test_standings_are_those_of_the_domain(letter: OpenUnitOfWork) -> None:
    signs = _filled(letter)
    _compare(letter, signs, shut=True)
    assert set(_compare(letter, signs, shut=False).values()) == set(Standing) - {Standing.MAIL_FAILED}


def _compare(letter: OpenUnitOfWork, signs: dict[str, Signs], *, shut: bool) -> dict[str, Standing]:
    wanted = {name: standing_of(each, NOW, shut) for name, each in signs.items()}
    moment = Moment(NOW, doors_shut=shut)
    with letter() as uow:
        found = dict(uow.overview.chosen(LETTER, moment, Choice()))
        few = uow.overview.chosen(LETTER, moment, Choice(among=frozenset({"org-1", "org-40"})))
        figures = uow.overview.figures(LETTER, moment, Page(Choice(), size=500), BUCKETS)
        shown = {row.entry.organisation_id: row for row in uow.overview.rows(LETTER, figures.page)}
        streamed = {row.entry.organisation_id: row for row in uow.overview.stream(LETTER, moment, Page(Choice()))}
        _, tally = uow.overview.letter(LETTER) or pytest.fail("no letter")
    assert found == wanted
    assert dict(few) == {name: wanted[name] for name in ("org-1", "org-40")}
    assert dict(figures.page) == wanted
    assert figures.standings == Counter(wanted.values())
    assert figures.fitting == tally.organisations == len(wanted)
    assert tally.approved == sum(each.approves for each in wanted.values()) == sum(figures.approvals.values())
    assert shown == streamed
    assert all(row.mail.failed for row in shown.values() if row.standing is Standing.BOUNCED and row.mail)
    assert sum(row.conditions > 0 for row in shown.values()) == figures.attention[Attention.CONDITIONS]
    return wanted


NAMES = {"zeta": "Zebra", "elan": "Élan vital", "eden": "Eden", "fir": "Fir", "oslo": "Østersjøen", "a": "Ärzte",
         "b": "Bund"}  # fmt: skip


def _named(letter: OpenUnitOfWork, language: str = "en") -> None:
    with letter(write=True) as uow:
        uow.address_book.remember([(name, BookOrganisation(name, shown)) for name, shown in NAMES.items()])
        for number, (name, shown) in enumerate(NAMES.items()):
            uow.roster.save(replace(
                an_entry(number), organisation_id=name, organisation=shown, listed_as=None, sort_name=None,
                country=None if number == 0 else "NO" if name == "oslo" else "DE", stage=1 + number % 2,
                contact=f"Kim {name.title()}", email=f"kim@{name}.example", native_name=None,
                answered_at=NOW - timedelta(hours=number) if number < 2 else None,
                answer=Answer.APPROVED if number < 2 else Answer.INVITED, answer_version=3 if number < 2 else None,
            ))  # fmt: skip
        uow.commit()


def _listed(letter: OpenUnitOfWork, page: Page) -> list[str]:
    with letter() as uow:
        return [name for name, _ in uow.overview.figures(LETTER, NOWADAYS, page, BUCKETS).page]


def test_names_come_as_dictionaries_have_them_and_pages_do_not_overlap(letter: OpenUnitOfWork) -> None:
    _named(letter)
    order = ["a", "b", "eden", "elan", "fir", "oslo", "zeta"]
    assert _listed(letter, Page(Choice())) == order
    assert _listed(letter, Page(Choice(), descending=True)) == order[::-1]
    pages = [_listed(letter, Page(Choice(), offset=at, size=3)) for at in (0, 3, 6)]
    assert pages == [order[:3], order[3:6], order[6:]]
    assert _listed(letter, Page(Choice(), Order.ANSWERED, descending=True))[:2] == ["zeta", "elan"]
    assert _listed(letter, Page(Choice(), Order.STAGE)) == ["b", "eden", "oslo", "zeta", "a", "elan", "fir"]
    with letter(write=True) as uow:
        uow.letters.describe(LETTER, title="x", language="sv", origin="o", base_url="b", hard_deadline=None)
        uow.commit()
    assert _listed(letter, Page(Choice()))[-2:] == ["a", "oslo"]


CHOICES: list[tuple[Choice, list[str]]] = [
    (Choice(words="ÉLAN"), ["elan"]),
    (Choice(words="élan"), ["elan"]),
    (Choice(words="kim@fir.example"), ["fir"]),
    (Choice(words="kim e"), ["a", "b", "eden", "elan", "fir", "oslo", "zeta"]),
    (Choice(words="100%"), []),
    (Choice(words="_"), []),
    (Choice(country="NO"), ["oslo"]),
    (Choice(country=NOT_SAID), ["zeta"]),
    (Choice(standing=Standing.APPROVED), ["elan", "zeta"]),
    (Choice(standing=Standing.NOT_INVITED, country="NO"), ["oslo"]),
    (Choice(stage=2, words="e"), ["a", "elan", "fir"]),
    (Choice(language="fr"), []),
    (Choice(group="founders", words="bund"), ["b"]),
    (Choice(attention=Attention.NEEDS_CONTACT), []),
]


def test_a_choice_finds_those_that_fit(letter: OpenUnitOfWork) -> None:
    _named(letter)
    with letter() as uow:
        for number, (choice, wanted) in enumerate(CHOICES):
            page = Page(choice)
            figures = uow.overview.figures(LETTER, NOWADAYS, page, BUCKETS)
            assert [name for name, _ in figures.page] == wanted, choice
            assert figures.fitting == len(wanted)
            if number % 4:
                continue
            assert [name for name, _ in uow.overview.chosen(LETTER, NOWADAYS, choice)] == wanted
            assert [row.entry.organisation_id for row in uow.overview.stream(LETTER, NOWADAYS, page)] == wanted


def test_whatever_changes_changes_the_token(letter: OpenUnitOfWork) -> None:
    _named(letter)

    def token() -> str:
        with letter() as uow:
            return uow.overview.token(LETTER)

    seen = [token()]
    assert token() == seen[0]
    changes: list[Any] = [
        lambda uow: uow.invitations.add(replace(an_invitation(1), organisation_id="elan")),
        lambda uow: uow.invitations.note_opened("invitation-1", NOW),
        lambda uow: uow.outbox.add([replace(a_notice(1), organisation_id="elan")]),
        lambda uow: uow.outbox.claim("worker", NOW, limit=1, lease_until=NOW),
        lambda uow: uow.outbox.mark_sent("notice-0001", NOW, "250"),
        lambda uow: uow.remarks.add(replace(_question(1), organisation_id="elan")),
        lambda uow: uow.remarks.answer("remark-1", "Yes", NOW),
        lambda uow: uow.told.add(replace(_told(1), organisation_id="fir")),
        lambda uow: uow.told.strike_out("told-1", NOW),
        lambda uow: uow.invitations.revoke("invitation-1", NOW),
    ]
    for change in changes:
        with letter(write=True) as uow:
            change(uow)
            uow.commit()
        seen.append(token())
    assert len(set(seen)) == len(changes) + 1
