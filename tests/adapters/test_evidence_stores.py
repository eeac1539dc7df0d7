"""Stores of keys, waiting statements, stamps and cosignatures give back what they were given, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from signing.domain.access import Account, Role
from signing.domain.binding import Binding, CoordinatorKey
from signing.workflow.evidence_ports import Cosignature, PreparedStatement, TimeStamp
from signing.workflow.ports import OpenUnitOfWork
from tests.adapters.builders import LETTER, NOW, a_letter, an_entry, lay_out

OTHER = "letter-2"


def lay_out_log(unit_of_work: OpenUnitOfWork) -> None:
    """Two letters of the same two organisations, six entries in each log."""
    lay_out(unit_of_work, 2)
    with unit_of_work(write=True) as uow:
        uow.letters.add(a_letter(OTHER))
        uow.log.create(OTHER)
        for number in (1, 2):
            uow.roster.save(an_entry(number, OTHER))
        for letter in (LETTER, OTHER):
            for index in range(6):
                uow.log.append(uow.log.lock(letter), "key", f"{letter} {index}".encode(), NOW)
        uow.commit()


def a_binding(index: int, key: str = "spki:a", organisation: int = 1, letter: str = LETTER) -> Binding:
    return Binding(
        letter_id=letter, index=index, organisation_id=f"org-{organisation}", key=key, scheme="webauthn",
        public_key="PEM\n", bound_by="attestor", basis="continuity", until=NOW + timedelta(days=1),
        at=NOW + timedelta(seconds=index), confidential=True, credential_id=b"\0handle", history=b"receipt",
        revoked_index=None,
    )  # fmt: skip


def test_bindings_come_back_by_organisation_letter_and_key(unit_of_work: OpenUnitOfWork) -> None:
    lay_out_log(unit_of_work)
    later = a_binding(4)
    plain = Binding(LETTER, 1, "org-1", "spki:b", "ed25519", "PEM", "organisation", "spki:a", None, NOW)
    other = a_binding(2, organisation=2)
    elsewhere = replace(a_binding(0, letter=OTHER), at=NOW - timedelta(days=9))
    with unit_of_work(write=True) as uow:
        for binding in (later, plain, other, elsewhere):
            uow.bindings.add(binding)
        uow.commit()
    with unit_of_work() as uow:
        assert uow.bindings.of_organisation(LETTER, "org-1") == [plain, later]
        assert uow.bindings.of_letter(LETTER) == [plain, other, later]
        assert uow.bindings.elsewhere(LETTER, "org-1", "spki:a") == [elsewhere]
        assert uow.bindings.elsewhere(OTHER, "org-1", "spki:a") == [later]
        assert uow.bindings.of_key("spki:a") == [elsewhere, other, later]
        assert uow.bindings.known_of("org-1") == [elsewhere, plain, later]
        assert uow.bindings.of_key("spki:nobody") == uow.bindings.known_of("org-9") == []


def test_a_revocation_is_of_one_organisation_in_one_letter_and_the_first_counts(
    unit_of_work: OpenUnitOfWork,
) -> None:
    lay_out_log(unit_of_work)
    ours, again = a_binding(1), a_binding(2)
    spared = [a_binding(3, key="spki:b"), a_binding(4, organisation=2), a_binding(0, letter=OTHER)]
    with unit_of_work(write=True) as uow:
        for binding in (ours, again, *spared):
            uow.bindings.add(binding)
        uow.bindings.revoke(LETTER, "org-1", "spki:a", 4)
        uow.bindings.revoke(LETTER, "org-1", "spki:a", 5)
        uow.commit()
    with unit_of_work() as uow:
        assert uow.bindings.of_organisation(LETTER, "org-1")[:2] == [
            replace(ours, revoked_index=4), replace(again, revoked_index=4),
        ]  # fmt: skip
        kept = [*uow.bindings.of_letter(LETTER), *uow.bindings.of_letter(OTHER)]
    assert [binding for binding in kept if binding.revoked_index is None] == spared


def test_a_coordinator_s_key_is_kept_when_it_retires(unit_of_work: OpenUnitOfWork) -> None:
    younger = CoordinatorKey("spki:y", "webauthn", "PEM", "a-1", "phone", NOW, b"handle")
    older = CoordinatorKey("spki:o", "ed25519", "PEM", "a-1", "laptop", NOW - timedelta(days=1))
    with unit_of_work(write=True) as uow:
        uow.accounts.add(Account("a-1", "ada@example.org", Role.COORDINATOR, "hash", NOW))
        uow.coordinator_keys.add(younger)
        uow.coordinator_keys.add(older)
        uow.coordinator_keys.retire("spki:o", NOW)
        uow.coordinator_keys.retire("spki:o", NOW + timedelta(days=1))
        uow.commit()
    with unit_of_work() as uow:
        retired = replace(older, retired_at=NOW)
        assert uow.coordinator_keys.all() == [retired, younger]
        assert uow.coordinator_keys.get("spki:o") == retired
        assert uow.coordinator_keys.get("spki:n") is None


def a_statement(name: str, minutes: int = 0, **fields: object) -> PreparedStatement:
    at = NOW + timedelta(minutes=minutes)
    words = {"owner": "invitation-1", "kind": "assent", "key": f"spki:{name}"} | fields
    return PreparedStatement(
        id=name, letter_id=LETTER, payload=b"\0payload", at=at, expires_at=at + timedelta(minutes=30),
        context={"names": ["河流", None, 1, True]}, files={"en.pdf": b"%PDF\0", "signatories.json": b"[]"}, **words,
    )  # fmt: skip


def test_a_prepared_statement_comes_back_whole_and_goes_with_its_files(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    first, second = a_statement("one"), a_statement("two", 1)
    foreign = [a_statement("owner", owner="invitation-2"), a_statement("kind", kind="key")]
    with unit_of_work(write=True) as uow:
        for statement in (first, second, *foreign):
            uow.prepared.put(statement)
        uow.commit()
    with unit_of_work(write=True) as uow:
        assert uow.prepared.get("one") == first
        assert uow.prepared.of_owner(LETTER, "assent", "invitation-1") == [second, first]
        uow.prepared.remove("one")
        assert uow.prepared.get("one") is None
        assert uow.prepared.of_owner(LETTER, "assent", "invitation-1") == [second]
        uow.prepared.put(first)
        assert uow.prepared.get("one") == first


def test_a_prepared_statement_takes_the_place_of_what_waited_for_the_same_key(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    with unit_of_work(write=True) as uow:
        uow.prepared.put(a_statement("one", key="spki:same"))
        uow.prepared.put(a_statement("two", key="spki:same"))
        changed = replace(a_statement("two", key="spki:same"), context={"index": 7}, files={})
        uow.prepared.put(changed)
        uow.commit()
    with unit_of_work() as uow:
        assert uow.prepared.get("one") is None
        assert uow.prepared.get("two") == changed


def test_statements_nobody_signed_in_time_are_forgotten_with_their_files(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    old, young = a_statement("old"), a_statement("young", 1)
    with unit_of_work(write=True) as uow:
        uow.prepared.put(old)
        uow.prepared.put(young)
        uow.prepared.forget_before(old.expires_at)
        assert uow.prepared.get("old") == old, "it expires at that moment, not before"
        uow.prepared.forget_before(young.expires_at)
        assert uow.prepared.get("old") is None
        assert uow.prepared.get("young") == young
        uow.prepared.put(old)
        assert uow.prepared.get("old") == old


def test_stamps_and_cosignatures_come_back_in_order_and_once(unit_of_work: OpenUnitOfWork) -> None:
    lay_out(unit_of_work)
    stamps = [TimeStamp(LETTER, size, name, NOW, b"\0token") for size, name in ((1, "b"), (2, "a"), (2, "b"))]
    lines = [Cosignature(LETTER, size, name, b"line\n", NOW) for size, name in ((1, "w2"), (2, "w1"), (2, "w2"))]
    with unit_of_work(write=True) as uow:
        for stamp in reversed(stamps):
            uow.time_stamps.add(stamp)
        for line in reversed(lines):
            uow.cosignatures.add(line)
        uow.time_stamps.add(replace(stamps[0], token=b"another"))
        uow.cosignatures.add(replace(lines[0], line=b"another\n"))
        uow.commit()
    with unit_of_work() as uow:
        assert uow.time_stamps.of_letter(LETTER) == stamps
        assert uow.cosignatures.of_letter(LETTER) == lines
        assert uow.time_stamps.of_letter(OTHER) == []
        assert uow.cosignatures.of_letter(OTHER) == []
