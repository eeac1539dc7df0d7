"""What the contacts' own keys signed, as an auditor proves it from the bundle: every scheme, binder and identity."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from signing.domain.organisation import Decision
from signing.evidence.report import Report
from signing.evidence.trust import Trust
from signing.evidence.verify import verify_bundle
from signing.workflow import auditing, bundling, closing, deciding, key_binding, vouching
from signing.workflow.bundling import BundleEdition
from signing.workflow.device_signing import KeyWaits, OfferedKey
from tests.evidence import signers
from tests.web.installation import House
from tests.workflow.desk import Desk, Signs, opened, passkey, ssh_key

LAPTOP, PHONE, OWN, PASSKEY = signers.browser_key("l"), signers.p256_key("p"), ssh_key("s"), passkey("k")
NAMES = {name: f"Group N{name}" for name in ("laptop", "phone", "own", "passkey", "hidden", "attested", "decliner")}


@pytest.fixture
def house(house: House) -> House:
    services = replace(house.services, document_certificate="not looked at here")
    return House(services, house.clock, house.database)


def report_of(house: House, letter_id: str, edition: BundleEdition = BundleEdition.FULL, **asked: bool) -> Report:
    files = bundling.bundle_files(house.services, letter_id, edition, **asked)
    return verify_bundle(files, Trust.from_bytes(auditing.trust_bytes(house.services)))


def answer_all(house: House, letter_id: str, *, code: bool) -> None:
    """Everybody answers in a way of their own; those with open keys need a code the first time only."""
    keys: dict[str, Signs] = {"laptop": LAPTOP, "phone": PHONE, "own": OWN, "passkey": PASSKEY}
    for name, key in keys.items():
        Desk(house, letter_id, NAMES[name]).answers_with(key, code=code, accepts=True)
    hidden = Desk(house, letter_id, NAMES["hidden"])
    fresh = signers.browser_key(f"fresh for {letter_id}")
    hidden.answers_with(fresh, confidential=True, accepts=True, person="Hidden Person")
    attested = Desk(house, letter_id, NAMES["attested"])
    attested.sends(attested.form(code=attested.asks_for_a_code(), accepts=True))
    Desk(house, letter_id, NAMES["decliner"]).answers(Decision.DECLINE, "key-of-this-page-9")


def test_an_auditor_proves_every_kind_of_answer_and_the_same_keys_in_the_next_letter(house: House) -> None:
    first = house.opened(*NAMES.values())
    answer_all(house, first, code=True)
    house.clock.pass_(days=10)
    second = house.opened(*NAMES.values())
    answer_all(house, second, code=False)
    rotating = Desk(house, second, NAMES["laptop"])
    newer = signers.browser_key("newer")
    prepared = key_binding.prepare_binding(house.services, rotating.access, LAPTOP.public.key, OfferedKey(newer.public))
    key_binding.submit_binding(house.services, rotating.access, prepared.prepared_id, LAPTOP.sign(prepared.pae))
    key_binding.revoke(house.services, rotating.access, LAPTOP.public.key, rotating.asks_for_a_code())
    rotating.answers_with(newer, code=False, idempotency_key="key-of-the-newer-page")
    for letter_id in (first, second):
        edition = closing.close(house.services, letter_id)
        assert (edition.listed, edition.confidential) == (5, 1)
        report = report_of(house, letter_id)
        assert report.failures == []
        levels = {row.name: row.level for row in report.organisations if row.decision == "approve"}
        assert [levels[NAMES[name]] for name in ("laptop", "phone", "own", "passkey", "attested")] == [2, 2, 4, 3, 1]
        assert b"Hidden Person" not in b"".join(bundling.bundle_files(house.services, letter_id).values())
        assert report_of(house, letter_id, with_openings=True).failures == []
        assert report_of(house, letter_id, BundleEdition.PUBLIC).failures == []
    assert [name for name in bundling.bundle_files(house.services, second) if name.startswith("history/")]


def test_an_auditor_proves_a_letter_for_which_the_coordinator_vouches(house: House) -> None:
    letter_id = opened(house, "Rivers China", min_level=3, binders=("attestor", "coordinator"))
    desk = Desk(house, letter_id)
    code = desk.asks_for_a_code()
    with pytest.raises(KeyWaits):
        desk.prepares(PASSKEY, code=code)
    vouching.vouch(house.services, letter_id, "org-china", PASSKEY.public.key)
    desk.answers_with(PASSKEY, code=False)
    house.clock.pass_(hours=1)
    key_binding.revoke(
        house.services, desk.access, PASSKEY.public.key, desk.asks_for_a_code(),
        compromised_since=house.clock.now - timedelta(minutes=1),
    )  # fmt: skip
    closing.close(house.services, letter_id)
    report = report_of(house, letter_id)
    assert report.failures == []
    (row,) = report.organisations
    assert (row.level, row.decision) == (3, "approve")
    assert deciding.closing_receipt(house.services, desk.access).index == row.index
