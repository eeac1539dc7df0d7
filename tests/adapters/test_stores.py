"""Every store gives back what it was given, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from signing.domain.access import Account, Role, Session, SignedIn
from signing.domain.address_book import BookOrganisation
from signing.domain.errors import Conflict, Faulty, NotAllowed
from signing.domain.invitation import Invitation, InvitationStanding
from signing.domain.letter import LetterState
from signing.domain.organisation import Answer
from signing.workflow.contact_ports import LinkRequest
from signing.workflow.ports import Edition, InvitationView, OpenUnitOfWork
from tests.adapters.builders import (
    LETTER,
    NOW,
    a_code,
    a_letter,
    a_version,
    an_answer,
    an_entry,
    an_invitation,
    lay_out,
)


def test_a_letter_comes_back_as_it_was_stored(unit_of_work: OpenUnitOfWork) -> None:
    letters = [a_letter(), replace(a_letter("letter-2"), created_at=NOW - timedelta(days=1), hard_deadline=None)]
    with unit_of_work(write=True) as uow:
        for letter in letters:
            uow.letters.add(letter)
        uow.commit()
    with unit_of_work() as uow:
        assert uow.letters.get(LETTER) == letters[0]
        assert uow.letters.all() == letters[::-1]
        assert uow.letters.get("letter-3") is None


def test_a_state_keeps_the_times_it_does_not_name_save_closing(unit_of_work: OpenUnitOfWork) -> None:
    with unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
        uow.letters.set_state(LETTER, LetterState.OPEN, version=1, opened_at=NOW)
        uow.letters.set_state(LETTER, LetterState.CLOSING, closing_since=NOW)
        closing = uow.letters.get(LETTER)
        uow.letters.set_state(LETTER, LetterState.OPEN)
        again_open = uow.letters.get(LETTER)
    assert closing == replace(a_letter(), state=LetterState.CLOSING, version=1, opened_at=NOW, closing_since=NOW)
    assert again_open == replace(a_letter(), state=LetterState.OPEN, version=1, opened_at=NOW)


def test_describing_a_letter_changes_what_is_described_only(unit_of_work: OpenUnitOfWork) -> None:
    with unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
        uow.letters.describe(LETTER, title="T", language="fr", origin="o/l/x", base_url="https://o", hard_deadline=None)
        assert uow.letters.get(LETTER) == replace(
            a_letter(), title="T", language="fr", origin="o/l/x", base_url="https://o", hard_deadline=None
        )


def test_a_draft_can_be_written_anew_until_it_is_frozen(unit_of_work: OpenUnitOfWork) -> None:
    with unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
        uow.letters.save_draft(a_version())
        fewer = replace(a_version(), files={"en": b"other words"})
        uow.letters.save_draft(fewer)
        assert uow.letters.draft(LETTER) == fewer
        uow.letters.freeze(LETTER, 1, NOW)
        assert uow.letters.draft(LETTER) is None
        frozen = replace(fewer, opened_at=NOW)
        assert uow.letters.version(LETTER, 1) == frozen
        with pytest.raises(NotAllowed):
            uow.letters.save_draft(a_version())
        with pytest.raises(NotAllowed):
            uow.letters.freeze(LETTER, 1, NOW)
        uow.letters.save_draft(a_version(2))
        assert uow.letters.versions(LETTER) == [frozen, a_version(2)]
        assert uow.letters.version(LETTER, 3) is None


def test_saving_an_organisation_again_leaves_its_answer_alone(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work, 2)
    answered = replace(
        an_entry(1),
        answer=Answer.APPROVED,
        answer_version=1,
        answer_index=7,
        answered_at=NOW,
        last_assent="a" * 64,
        last_committed="d" * 64,
        opening=b"opening",
        reason="because",
    )
    with unit_of_work(write=True) as uow:
        uow.roster.record_answer(answered)
        assert uow.roster.entry(LETTER, "org-1") == answered
        uow.roster.save(replace(an_entry(1), contact="Somebody Else", position=3))
        assert uow.roster.entries(LETTER) == [
            an_entry(2),
            replace(answered, contact="Somebody Else", position=3),
        ]
        assert uow.roster.entry(LETTER, "org-3") is None


def test_an_answer_leaves_name_and_contact_alone(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    with unit_of_work(write=True) as uow:
        uow.roster.record_answer(replace(an_entry(1), contact="Mallory", answer=Answer.DECLINED))
        assert uow.roster.entry(LETTER, "org-1") == replace(an_entry(1), answer=Answer.DECLINED)


def test_an_organisation_keeps_its_id_and_first_name(unit_of_work: OpenUnitOfWork) -> None:
    with unit_of_work(write=True) as uow:
        uow.address_book.remember([("river watch", BookOrganisation("org-1", "River Watch"))])
        uow.address_book.remember([("river guard", BookOrganisation("org-1", "River Guard"))])
        assert uow.address_book.named(["river watch", "river guard"]) == {"river watch": "org-1"}


def test_an_entry_of_an_unknown_organisation_is_refused_at_commit(unit_of_work: OpenUnitOfWork) -> None:
    with unit_of_work(write=True) as uow:
        uow.letters.add(a_letter())
        uow.commit()

    def save() -> None:
        with unit_of_work(write=True) as uow:
            uow.roster.save(an_entry(1))
            uow.commit()

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        save()
    with unit_of_work() as uow:
        assert uow.roster.entries(LETTER) == []


def test_only_a_live_link_and_its_short_code_lead_to_an_invitation(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    first = replace(an_invitation(1), short_sha256=b"1" * 32)
    second = replace(an_invitation(1, generation=2), short_sha256=b"2" * 32)
    with unit_of_work(write=True) as uow:

        def led_to(issued: Invitation, now: datetime = NOW) -> list[Invitation | None]:
            assert issued.short_sha256 is not None
            by_token = uow.invitations.by_token(issued.token_sha256, now)
            return [by_token, uow.invitations.by_short(issued.short_sha256, now)]

        uow.invitations.reissue(replace(second, token_sha256=b"-" * 32, generation=3))
        uow.invitations.reissue(second)
        assert led_to(first) == [None, None]
        assert led_to(second) == [second, second]
        assert led_to(second, second.expires_at) == [None, None]
        assert second.standing(first.generation, NOW) is InvitationStanding.REVOKED
        uow.invitations.revoke(first.id, NOW)
        assert led_to(second) == [None, None]
        assert uow.invitations.of_letter(LETTER) == [replace(second, revoked_at=NOW)]


def test_one_look_gives_invitation_letter_and_entry(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work, 2)
    with unit_of_work() as uow:
        assert uow.invitations.view("invitation-2", b"") == InvitationView(
            an_invitation(2), a_letter(), an_entry(2), head=uow.log.head(LETTER)
        )
        assert uow.invitations.view("invitation-3", b"") is None


def test_an_organisation_has_one_invitation_to_a_letter(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    with pytest.raises(Conflict), unit_of_work(write=True) as uow:
        uow.invitations.add(replace(an_invitation(1), id="another", token_sha256=b"t" * 32))


def test_codes_count_their_tries_and_are_used_once(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    old, new = a_code(1, NOW - timedelta(hours=1)), a_code(2)
    with unit_of_work(write=True) as uow:
        uow.codes.add(new)
        uow.codes.add(old)
        uow.codes.count_try(new.id)
        uow.codes.count_try(new.id)
        assert uow.codes.get("code-2") == replace(new, tries=2)
        assert uow.codes.issued_since("invitation-1", NOW - timedelta(minutes=59)) == 1
        assert uow.codes.issued_since("invitation-1", NOW - timedelta(hours=1)) == 2
        uow.codes.use(new.id, NOW)
        assert uow.codes.get("code-2") == replace(new, tries=2, used_at=NOW)
        with pytest.raises(Conflict):
            uow.codes.use(new.id, NOW)


def test_an_answer_is_found_by_its_key_and_its_organisation(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    first, second = an_answer(0, "key-a"), an_answer(1, "key-b")
    with unit_of_work(write=True) as uow:
        for answer in (second, first):
            uow.log.append(uow.log.lock(LETTER), "assent", b"entry", NOW)
            uow.answers.add(replace(answer, index=uow.log.head(LETTER).size - 1))
        assert uow.answers.by_key(LETTER, "org-1", "key-b") == replace(second, index=0)
        assert uow.answers.by_key(LETTER, "org-1", "key-c") is None
        assert [each.idempotency_key for each in uow.answers.of_organisation(LETTER, "org-1")] == ["key-b", "key-a"]


def test_the_same_key_cannot_answer_twice(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)

    def answer_twice() -> None:
        with unit_of_work(write=True) as uow:
            for index in range(2):
                uow.log.append(uow.log.lock(LETTER), "assent", b"entry", NOW)
                uow.answers.add(an_answer(index, "key"))
            uow.commit()

    with pytest.raises(Conflict):
        answer_twice()
    with unit_of_work() as uow:
        assert uow.log.head(LETTER).size == 0


def test_an_answer_needs_its_entry_in_the_log(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    with pytest.raises(Exception, match=r"(?i)foreign key"), unit_of_work(write=True) as uow:
        uow.answers.add(an_answer(0, "key"))


def test_editions_come_back_with_their_files(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    editions = [
        Edition(LETTER, number, 1, number - 1, 9, 1, NOW, {"signatories.json": b"[]", "pdf/en.pdf": bytes([number])})
        for number in (1, 2)
    ]
    with unit_of_work(write=True) as uow:
        assert uow.editions.newest(LETTER) is None
        for edition in editions:
            uow.log.append(uow.log.lock(LETTER), "close", b"entry", NOW)
            uow.editions.add(edition)
        assert uow.editions.newest(LETTER) == editions[1]
        assert uow.editions.all(LETTER) == editions


def test_accounts_are_found_by_address_however_it_is_capitalised(unit_of_work: OpenUnitOfWork) -> None:
    account = Account("a-1", "Ada@Example.org", Role.COORDINATOR, "$argon2id$…", NOW)
    with unit_of_work(write=True) as uow:
        uow.accounts.add(account)
        uow.accounts.set_password("a-1", "$argon2id$new")
        assert uow.accounts.by_email(" ada@example.ORG ") == replace(account, password="$argon2id$new")
        assert uow.accounts.by_email("bob@example.org") is None
        assert [each.id for each in uow.accounts.all()] == ["a-1"]
        uow.commit()
    with pytest.raises(Conflict), unit_of_work(write=True) as uow:
        uow.accounts.add(replace(account, id="a-2", email="ADA@example.org"))


def test_sessions_end_one_by_one_and_all_together(unit_of_work: OpenUnitOfWork) -> None:
    account = Account("a-1", "ada@example.org", Role.AUDITOR, "hash", NOW)
    sessions = [Session(bytes([number]) * 32, "a-1", NOW, NOW, str(number)) for number in range(3)]
    with unit_of_work(write=True) as uow:
        uow.accounts.add(account)
        for session in sessions:
            uow.accounts.open_session(session)
        later = NOW + timedelta(minutes=5)
        uow.accounts.touch_session(sessions[0].secret_sha256, later)
        assert uow.accounts.session(sessions[0].secret_sha256) == SignedIn(replace(sessions[0], seen_at=later), account)
        uow.accounts.end_session(sessions[0].secret_sha256)
        assert uow.accounts.session(sessions[0].secret_sha256) is None
        assert uow.accounts.session(sessions[1].secret_sha256) == SignedIn(sessions[1], account)
        uow.accounts.end_sessions("a-1")
        assert uow.accounts.session(sessions[1].secret_sha256) is None


def test_rates_count_within_a_window_and_forget_it_afterwards(unit_of_work: OpenUnitOfWork) -> None:
    start = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    with unit_of_work(write=True) as uow:

        def hit(key: bytes, seconds: int, purpose: str = "sign-in") -> int:
            return uow.rates.hit(purpose, key * 32, window=60, now=start + timedelta(seconds=seconds))

        assert [hit(b"a", 0), hit(b"a", 59), hit(b"b", 59), hit(b"a", 59, "code")] == [1, 2, 1, 1]
        assert [hit(b"a", 60), hit(b"a", 61)] == [1, 2]
        assert hit(b"b", 1) == 1  # the clock went back: that window was swept up already


def test_rates_are_read_without_counting(unit_of_work: OpenUnitOfWork) -> None:
    def count(seconds: int, purpose: str = "sign-in") -> int:
        return uow.rates.count(purpose, b"a" * 32, window=60, now=NOW + timedelta(seconds=seconds))

    with unit_of_work(write=True) as uow:
        assert [count(0), count(0)] == [0, 0]
        for _ in range(3):
            uow.rates.hit("sign-in", b"a" * 32, window=60, now=NOW)
        assert [count(0), count(0, "code"), count(60)] == [3, 0, 0]


def test_a_request_for_a_link_is_removed_once(unit_of_work: OpenUnitOfWork) -> None:
    requests = [LinkRequest(f"request-{number}", b"a" * 32, NOW + timedelta(seconds=number)) for number in range(3)]
    with unit_of_work(write=True) as uow:
        for request in reversed(requests):
            uow.link_requests.add(request)
        assert uow.link_requests.waiting(2) == requests[:2]
        assert [uow.link_requests.remove("request-0") for _ in range(2)] == [True, False]
        assert uow.link_requests.waiting(5) == requests[1:]


def test_an_event_taken_back_does_not_count(unit_of_work: OpenUnitOfWork) -> None:
    with unit_of_work(write=True) as uow:
        def hit() -> int:
            return uow.rates.hit("sign-in", b"a" * 32, window=60, now=NOW)

        def take_back() -> None:
            uow.rates.take_back("sign-in", b"a" * 32, window=60, now=NOW)

        take_back()
        assert [hit(), hit()] == [1, 2]
        take_back()
        assert hit() == 2


def test_what_has_lost_its_use_is_forgotten_and_nothing_else(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    account = Account("a-1", "ada@example.org", Role.COORDINATOR, "hash", NOW)
    young, old = NOW - timedelta(hours=11), NOW - timedelta(hours=25)
    with unit_of_work(write=True) as uow:
        uow.accounts.add(account)
        for number, (name, at) in enumerate(((b"y", young), (b"o", old))):
            uow.accounts.open_session(Session(name * 32, "a-1", at, at, name.decode()))
            uow.codes.add(a_code(number, at))
        uow.rates.hit("sign-in", b"a" * 32, window=60, now=NOW)
        uow.rates.hit("code", b"a" * 32, window=60, now=old)
        uow.commit()
    with unit_of_work(write=True) as uow:
        uow.accounts.forget_before(NOW - timedelta(hours=12))
        uow.codes.forget_before(NOW - timedelta(days=1))
        uow.rates.forget_before(NOW)
        uow.commit()
    with unit_of_work(write=True) as uow:
        assert uow.accounts.session(b"y" * 32) is not None
        assert uow.accounts.session(b"o" * 32) is None
        assert uow.codes.issued_since("invitation-1", old) == 1
        assert uow.rates.hit("sign-in", b"a" * 32, window=60, now=NOW) == 2
        assert uow.rates.hit("code", b"a" * 32, window=60, now=old) == 1


def test_times_keep_their_instant_to_the_microsecond_whatever_their_zone(unit_of_work: OpenUnitOfWork) -> None:
    nepal = NOW.astimezone(timezone(timedelta(hours=5, minutes=45)))
    ancient = datetime(1066, 10, 14, 9, 0, 0, 1, tzinfo=UTC)
    with unit_of_work(write=True) as uow:
        uow.letters.add(replace(a_letter(), created_at=nepal, hard_deadline=ancient))
        stored = uow.letters.get(LETTER)
        assert stored is not None
        assert (stored.created_at, stored.created_at.utcoffset()) == (NOW, timedelta(0))
        assert stored.hard_deadline == ancient


def test_a_time_without_a_zone_is_refused(unit_of_work: OpenUnitOfWork) -> None:
    with pytest.raises(StatementError, match="without a zone"), unit_of_work(write=True) as uow:
        uow.letters.add(replace(a_letter(), created_at=NOW.replace(tzinfo=None)))


def test_a_text_that_no_database_can_hold_is_refused_in_words(unit_of_work: OpenUnitOfWork) -> None:
    with pytest.raises(Faulty), unit_of_work(write=True) as uow:
        uow.letters.add(replace(a_letter(), title="half a character: \ud800"))


def test_refused_addresses_are_found_among_few_and_among_many(unit_of_work: OpenUnitOfWork) -> None:
    digests = [number.to_bytes(32, "big") for number in range(700)]
    with unit_of_work(write=True) as uow:
        for digest in (digests[3], digests[699], digests[3]):
            uow.refused_addresses.add(digest, NOW)
        uow.commit()
    with unit_of_work() as uow:
        assert uow.refused_addresses.among(digests[:5]) == {digests[3]}
        assert uow.refused_addresses.among(digests[:650]) == {digests[3]}
        assert uow.refused_addresses.among([]) == set()


def test_the_roster_comes_with_the_invitations_of_those_who_answer(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work, 3)
    with unit_of_work() as uow:
        found = uow.roster.invited(LETTER)
        invited = {each.organisation_id: each for each in uow.invitations.of_letter(LETTER)}
        assert [entry for entry, _ in found] == uow.roster.entries(LETTER)
        assert [each for _, each in found] == [invited.get(entry.organisation_id) for entry, _ in found]
        assert invited
