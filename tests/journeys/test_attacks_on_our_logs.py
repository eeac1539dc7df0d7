"""Clock liars and equivocating logs of the threat table (EVIDENCE 4.10), against bundles that the product made; the
other rows are in test_attacks_on_the_product. The liar is the service itself, with log and attestor key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from signing.adapters.database import Database
from signing.adapters.witnesses import WitnessKeeper
from signing.domain.errors import Refusal
from signing.domain.organisation import Decision
from signing.evidence.merkle import consistency_path, leaf_hash
from signing.evidence.policy import Policy
from signing.evidence.statement import AssentStatement
from signing.evidence.witness import add_checkpoint_body
from signing.workflow import auditing
from tests.evidence.time_authority import TimeAuthority
from tests.journeys.forger import AUTHORITY, LATER, PHONE, VICTIM, Coalition, Liar
from tests.web.installation import Clock, House, services_over
from tests.witness_servers import RunningWitness, running
from tests.workflow.desk import Desk, statements

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


# Clock liar


def test_a_clock_liar_claims_a_time_that_has_not_come(coalition: Coalition, liar: Liar) -> None:
    now = coalition.house.clock.now
    liar.answers(VICTIM, PHONE, time=(now + timedelta(days=300)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    liar.stamps(now + LATER)
    assert coalition.judged(liar.bundle(stamped=True)) == {"TIME_OUT_OF_BOUNDS"}


def test_a_clock_liar_brings_a_stamp_of_an_authority_that_the_auditor_does_not_know(
    coalition: Coalition, liar: Liar
) -> None:
    liar.files[f"checkpoints/1.{AUTHORITY}.tsr"] = TimeAuthority("liar").stamp(
        liar.files["checkpoints/1"], coalition.house.clock.now - timedelta(days=30)
    )
    assert coalition.judged(liar.bundle(stamped=True)) == {"TIMESTAMP_BAD"}


# Equivocating log


def forked(coalition: Coalition, letter_id: str) -> Liar:
    """A second history, in which the victim has withdrawn; the same log key has signed it."""
    other = Liar.over(coalition, letter_id)
    other.entries = other.entries[:4]
    other.answers(VICTIM, coalition.house.services.attestor, decision="withdraw")
    return other


def test_a_log_shows_two_contacts_two_histories_and_their_receipts_tell(
    coalition: Coalition, closed: str, liar: Liar
) -> None:
    other = forked(coalition, closed)
    report = coalition.report({**liar.bundle(), "receipts/of-the-other.tlog-proof": other.receipt(4)})
    assert {each.code for each in report.failures} == {"RECEIPT_FORKED"}
    assert len(report.evidence) == 2
    assert coalition.judged(coalition.bundle(closed), older=other.receipt(4)) == {"RECEIPT_FORKED"}


def test_a_log_shows_two_contacts_two_histories_and_the_heads_they_sign_tell(
    coalition: Coalition, closed: str, liar: Liar
) -> None:
    shown = forked(coalition, closed).head
    liar.answers(VICTIM, PHONE, head=shown)
    assert coalition.judged(liar.bundle()) == {"HEAD_FORKED"}


def test_a_log_cannot_have_a_contact_sign_a_head_that_is_not_its_own(coalition: Coalition, letter_id: str) -> None:
    desk = Desk(coalition.house, letter_id)
    form = desk.form(Decision.WITHDRAW, idempotency_key="key-of-a-forked-page")
    size, _, _ = form.head.partition(":")
    with pytest.raises(Refusal):
        desk.prepares(PHONE, replace(form, head=f"{size}:{'A' * 43}="))
    said = [each for each in statements(coalition.house, letter_id) if isinstance(each, AssentStatement)]
    assert [each.decision for each in said] == ["approve"] * 3


def test_a_log_shows_a_history_beside_the_one_that_its_witness_saw(database: Database, tmp_path: Path) -> None:
    clock = Clock()
    house = House(services_over(database, clock), clock, database)
    named = replace(house.services, document_certificate="not looked at here")
    (tmp_path / "trust.json").write_bytes(auditing.trust_bytes(named))
    witness = RunningWitness(tmp_path / "witness", "witness.example/w1", "--log", tmp_path / "trust.json")
    policy = f"{witness.line}quorum {witness.name}\n"
    coalition = Coalition.of(house, policy)
    letter_id = coalition.three_answer()
    with running(witness):
        coalition.closes(letter_id)
        WitnessKeeper(coalition.house.services, Policy.from_text(policy)).run(clock.now)
        honest = coalition.bundle(letter_id)
        assert coalition.report(honest).verdict == "PROVED"
        other = forked(coalition, letter_id)
        while len(other.entries) <= len(Liar.over(coalition, letter_id).entries):
            other.answers(VICTIM, coalition.house.services.attestor, decision="withdraw")
        leaves, seen = [leaf_hash(entry) for entry in other.entries], len(Liar.over(coalition, letter_id).entries)
        note = other.signs(other.entries)
        status, *_ = witness.add_checkpoint(add_checkpoint_body(seen, consistency_path(leaves, seen), note))
        assert status == 422
        status, *_ = witness.add_checkpoint(add_checkpoint_body(0, (), note))
        assert status == 409
    assert "WITNESS_QUORUM" in coalition.judged(other.bundle())
    line = honest["log/checkpoint"].splitlines(keepends=True)[-1]
    assert line.startswith("— witness.example/w1 ".encode())
    assert "CHECKPOINT_BAD" in coalition.judged(other.bundle(checkpoint=note + line))
