"""A receipt is complete in itself, has one spelling, and proves its entry under the log's key."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence import EvidenceError, Malformed, Rejected, Trust, verify_receipt
from signing.evidence.note import Note, NoteKey, cosignature_line
from signing.evidence.receipt import Receipt

from .builders import (
    LOG,
    ORIGIN,
    STRANGER,
    WITNESS,
    WITNESS_KEY,
    WITNESS_LINE,
    LetterBuilder,
    closed_letter,
    signatory,
    trust_of,
)

LETTER = closed_letter()
DATA = LETTER.receipt(4)
LOG_KEY = NoteKey(ORIGIN, 1, LOG.raw)


@pytest.mark.parametrize("index", range(12))
def test_every_entry_has_a_receipt_that_proves_it(index):
    receipt = Receipt.from_bytes(LETTER.receipt(index))
    assert receipt.entry == LETTER.entries[index]
    assert receipt.verify([LOG_KEY]).size == 12


def test_a_receipt_fits_its_own_entry_alone():
    receipt = Receipt.from_bytes(DATA)
    with pytest.raises(Rejected, match="RECEIPT_BAD"):
        receipt.verify([LOG_KEY], LETTER.entries[5])
    with pytest.raises(Rejected, match="RECEIPT_BAD"):
        replace(receipt, index=5).verify([LOG_KEY])


def test_a_receipt_under_another_key_proves_nothing():
    with pytest.raises(Rejected, match="LOG_KEY_UNKNOWN"):
        Receipt.from_bytes(DATA).verify([NoteKey(ORIGIN, 1, STRANGER.raw)])
    with pytest.raises(Rejected, match="LOG_KEY_UNKNOWN"):
        Receipt.from_bytes(DATA).verify([])


@given(st.data())
def test_a_damaged_receipt_is_refused_or_does_not_verify(data):
    at = data.draw(st.integers(0, len(DATA) - 1))
    damaged = DATA[:at] + data.draw(st.binary(max_size=2)) + DATA[at + 1 :]
    try:
        Receipt.from_bytes(damaged).verify([LOG_KEY])
    except EvidenceError:
        return
    assert damaged == DATA


@given(st.binary(max_size=200) | st.text("c2sp.org/tlog-proof@v1\nextra index 0AAA=", max_size=99).map(str.encode))
def test_reading_made_up_receipts_raises_nothing_but_malformed(data):
    with pytest.raises(Malformed, match="RECEIPT_MALFORMED"):
        Receipt.from_bytes(data)
    report = verify_receipt(data, None)
    assert [failure.code for failure in report.failures] == ["RECEIPT_MALFORMED"]


def test_the_report_on_a_receipt_says_what_it_leaves_open():
    report = verify_receipt(DATA, LETTER.trust())
    assert report.failures == []
    assert [remark.code for remark in report.unproved] == ["SIGNER_NOT_CHECKED"]
    assert report.verdict == "NOT ALL PROVED"
    assert [(row.name, row.level, row.index) for row in report.organisations] == [(signatory(3).listed_as, 0, 4)]


def test_without_a_key_the_report_on_a_receipt_says_so():
    report = verify_receipt(DATA, None)
    assert {remark.code for remark in report.unproved} == {"LOG_KEY_NOT_GIVEN", "SIGNER_NOT_CHECKED"}
    moved = replace(Receipt.from_bytes(DATA), index=5).to_bytes()
    assert [failure.code for failure in verify_receipt(moved, None).failures] == ["RECEIPT_BAD"]


def test_a_receipt_of_a_foreign_log_is_rejected():
    report = verify_receipt(DATA, Trust(logs=LETTER.trust().logs), log_key=NoteKey(ORIGIN, 1, STRANGER.raw))
    assert [failure.code for failure in report.failures] == ["LOG_KEY_UNKNOWN"]


def test_a_receipt_is_asked_for_the_same_witnesses_as_a_bundle_but_may_have_left_before_they_came():
    trust = trust_of(policy=WITNESS_LINE)
    fresh = verify_receipt(DATA, trust)
    assert (fresh.failures, fresh.verdict) == ([], "NOT ALL PROVED")
    assert [remark.code for remark in fresh.unproved] == ["WITNESS_QUORUM", "SIGNER_NOT_CHECKED"]
    text = Note.from_bytes(Receipt.from_bytes(DATA).checkpoint).text
    line = cosignature_line(text, WITNESS_KEY.name, WITNESS.raw, 1795478400, WITNESS.private.sign)
    cosigned = verify_receipt(DATA + line, trust)
    assert (cosigned.failures, [remark.code for remark in cosigned.unproved]) == ([], ["SIGNER_NOT_CHECKED"])
    late = cosignature_line(text + b" ", WITNESS_KEY.name, WITNESS.raw, 1795478400, WITNESS.private.sign)
    assert [failure.code for failure in verify_receipt(DATA + late, trust).failures] == ["CHECKPOINT_BAD"]


def test_a_receipt_whose_checkpoint_is_damaged_is_rejected():
    receipt = Receipt.from_bytes(DATA)
    note = Note.from_bytes(receipt.checkpoint)
    line = replace(note.signatures[0], signature=bytes(64))
    damaged = replace(receipt, checkpoint=Note(note.text, (line,)).to_bytes())
    with pytest.raises(Rejected, match="CHECKPOINT_BAD"):
        damaged.verify([LOG_KEY])


def test_a_receipt_about_another_letter_than_its_log_is_rejected():
    strange = LetterBuilder(origin=f"{ORIGIN}-another")
    strange.append_entry(LETTER.entries[1])
    report = verify_receipt(strange.receipt(0), trust_of())
    assert [failure.code for failure in report.failures] == ["LETTER_MISMATCH"]


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt(0, (bytes(32),) * 65, Receipt.from_bytes(DATA).checkpoint, b"entry"),
        Receipt(0, (bytes(31),), Receipt.from_bytes(DATA).checkpoint, b"entry"),
        Receipt(0, (), Receipt.from_bytes(DATA).checkpoint, b"x" * 65_536),
        Receipt(0, (), Receipt.from_bytes(DATA).checkpoint, b"x" * 1_000_000),
        Receipt(0, (), b"no checkpoint", b"entry"),
    ],
)
def test_a_receipt_with_something_too_long_or_too_short_is_refused(receipt):
    with pytest.raises(Malformed, match="RECEIPT_MALFORMED"):
        Receipt.from_bytes(receipt.to_bytes())
