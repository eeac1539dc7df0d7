"""The clock liar and the equivocating log of the threat table (EVIDENCE 4.10); the other rows are in test_attacks.

Every attack here is made with the keys the adversary of its row really holds, and no others.
"""

from dataclasses import replace

from signing.evidence import verify_bundle
from signing.evidence.checkpoint import Checkpoint
from signing.evidence.statement import Head

from .builders import (
    AUTHORITY,
    WITNESS_LINE,
    LetterBuilder,
    signatory,
    trust_of,
)
from .test_attacks import STAMPED, closed, codes, judged, story
from .time_authority import TimeAuthority

# Clock liar


def test_a_contact_claims_a_time_that_has_not_come():
    letter = story()
    letter.answer(signatory(2), alter=lambda assent: replace(assent, time="2027-01-01T00:00:00Z"))
    letter.stamp("2026-11-24T00:01:00")
    letter.close()
    letter.stamp("2026-11-24T00:02:00")
    assert judged(letter.bundle(), STAMPED) == {"TIME_OUT_OF_BOUNDS"}


def test_a_clock_liar_among_two_authorities_moves_no_bound_alone():
    liar = TimeAuthority("liar")
    letter = story()
    letter.stamp("2026-11-24T00:01:00")
    letter.stamp("2030-01-01T00:00:00", liar)
    letter.answer(signatory(2))
    letter.answer(signatory(3))
    letter.close()
    letter.stamp("2026-11-24T00:02:00")
    trust = trust_of(roots=(AUTHORITY.root_pem, liar.root_pem))
    assert judged(letter.bundle(), trust) == set()


# Equivocating log


def two_histories() -> tuple[LetterBuilder, LetterBuilder]:
    one, two = story(), story()
    one.answer(signatory(2))
    two.answer(signatory(3))
    return one, two


def test_a_log_shows_two_contacts_two_histories_and_one_receipt_tells():
    one, two = two_histories()
    one.receipts["of-the-other.tlog-proof"] = two.receipt(4)
    report = verify_bundle(closed(one), trust_of())
    assert codes(report) == {"RECEIPT_FORKED"}
    assert len({Checkpoint.from_note(note.encode())[0].root for note in report.evidence}) == 2


def test_a_log_shows_two_contacts_two_histories_and_their_own_signatures_tell():
    one, two = two_histories()
    shown = Head(two.frontier.size, two.frontier.root())
    one.answer(signatory(4), alter=lambda assent: replace(assent, head=shown))
    assert judged(closed(one)) == {"HEAD_FORKED"}


def test_a_log_shows_two_auditors_two_histories_and_an_earlier_copy_tells():
    one, two = two_histories()
    report = verify_bundle(closed(one), trust_of(), older=two.bundle())
    assert "CHECKPOINT_FORKED" in codes(report)


def test_a_log_shows_a_history_beside_the_one_its_witness_saw():
    one, two = two_histories()
    witnessed = two.cosign()
    one.close()
    own = one.checkpoint()
    line = witnessed[witnessed.index(b"\xe2\x80\x94 witness") :]
    assert judged(one.bundle(own + line), trust_of(policy=WITNESS_LINE)) == {"CHECKPOINT_BAD"}
