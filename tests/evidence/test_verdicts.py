"""Verdicts and reports: what is proved, what is not, and that the report says so."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence import Malformed, Trust, verify_bundle
from signing.evidence.note import NoteKey, cosignature_line
from signing.evidence.report import LIMITS, Report, visible
from signing.evidence.signatory_list import SignatoryList

from .builders import (
    ATTESTOR,
    COORDINATOR,
    LOG,
    ORIGIN,
    STRANGER,
    WITNESS,
    WITNESS_KEY,
    WITNESS_LINE,
    LetterBuilder,
    closed_letter,
    commitment,
    signatory,
    trust_of,
)
from .test_byte_flips import is_read, letter_files, trust
from .time_authority import TimeAuthority

LETTER = closed_letter()
FILES = LETTER.bundle()
RICH = letter_files()


def codes(remarks: list) -> set[str]:
    return {remark.code for remark in remarks}


def test_the_story_of_the_real_letter_is_proved():
    report = verify_bundle(FILES, LETTER.trust())
    assert (report.verdict, report.exit_code) == ("PROVED", 0)
    assert report.failures == []
    assert report.unproved == []
    listed = [row for row in report.organisations if row.listed]
    assert len(listed) == 9
    assert {(row.level, row.level_name, row.bound_by) for row in listed} == {(1, "attested", "attestor")}
    assert {row.key for row in listed} == {ATTESTOR.name}
    assert [row.index for row in listed] == list(range(1, 10))


def test_a_decline_is_shown_under_its_commitment_alone():
    declined = [row for row in verify_bundle(FILES, None).organisations if row.decision == "decline"]
    assert [(row.org, row.listed) for row in declined] == [(None, False)]
    assert declined[0].name == f"confidential ({commitment(9).commitment})"
    assert signatory(9).listed_as not in verify_bundle(FILES, LETTER.trust()).to_text()


def test_the_json_has_the_shape_that_is_promised():
    value = json.loads(json.dumps(verify_bundle(FILES, None).to_json()))
    assert {"verdict", "failures", "warnings", "unproved", "organisations"} <= value.keys()
    broken = verify_bundle({**FILES, "pdf/en.pdf": b""}, None).to_json()["failures"]
    assert [(failure["code"], failure["entry"]) for failure in broken] == [("PDF_MISMATCH", 11)]
    assert {"name", "decision", "level", "key", "bound_by", "not_before", "not_after", "index"} <= value[
        "organisations"
    ][0].keys()


def test_without_a_trust_file_the_report_says_what_is_not_proved():
    report = verify_bundle(FILES, None)
    assert (report.verdict, report.exit_code) == ("NOT ALL PROVED", 3)
    assert codes(report.unproved) == {"LOG_KEY_NOT_GIVEN", "COORDINATOR_NOT_GIVEN"}
    assert "COORDINATOR_KEY_HOLDER_UNKNOWN" in codes(report.warnings)


@pytest.mark.parametrize(
    ("trust", "open_question"),
    [
        (replace(trust_of(), logs=()), {"LOG_KEY_NOT_GIVEN"}),
        (replace(trust_of(), coordinators=()), {"COORDINATOR_NOT_GIVEN"}),
        (Trust(), {"LOG_KEY_NOT_GIVEN", "COORDINATOR_NOT_GIVEN"}),
        (replace(trust_of(), tsa_roots=(TimeAuthority().root_pem,)), {"TIMESTAMP_MISSING"}),
    ],
)
def test_an_empty_part_of_a_trust_file_proves_nothing(trust, open_question):
    report = verify_bundle(FILES, trust)
    assert report.exit_code == 3
    assert codes(report.unproved) == open_question


def test_what_the_auditor_names_goes_before_the_trust_file():
    key = NoteKey(ORIGIN, 1, LOG.raw)
    assert verify_bundle(FILES, None, log_key=key, coordinator=COORDINATOR.name).verdict == "PROVED"
    assert codes(verify_bundle(FILES, trust_of(), coordinator=STRANGER.name).failures) >= {"COORDINATOR_UNKNOWN"}
    other = NoteKey(ORIGIN, 1, STRANGER.raw)
    assert codes(verify_bundle(FILES, trust_of(), log_key=other).failures) == {"LOG_KEY_UNKNOWN"}


def test_the_report_says_who_holds_the_coordinators_key():
    assert "COORDINATOR_KEY_HELD_BY_SERVICE" in codes(verify_bundle(FILES, trust_of()).warnings)
    silent = replace(trust_of(), held_by_service=None)
    assert "COORDINATOR_KEY_HOLDER_UNKNOWN" in codes(verify_bundle(FILES, silent).warnings)
    elsewhere = replace(trust_of(), held_by_service=(ATTESTOR.name,))
    found = codes(verify_bundle(FILES, elsewhere).warnings)
    assert not found & {"COORDINATOR_KEY_HELD_BY_SERVICE", "COORDINATOR_KEY_HOLDER_UNKNOWN"}


def test_the_report_says_what_no_check_can_prove():
    text = verify_bundle(FILES, trust_of()).to_text()
    assert all(limit in text for limit in LIMITS)
    assert {"TIMES_CLAIMED", "NO_WITNESS_POLICY"} <= codes(verify_bundle(FILES, trust_of()).warnings)


def test_an_empty_bundle_and_an_empty_log_prove_nothing():
    assert verify_bundle({}, trust_of()).exit_code == 1
    empty = verify_bundle(LetterBuilder().bundle(), trust_of())
    assert empty.exit_code == 3
    assert {"NOTHING_PROVED", "NOT_CLOSED"} <= codes(empty.unproved)


def test_an_empty_list_can_be_true_and_is_then_proved():
    letter = closed_letter(approvals=0, declines=2)
    report = verify_bundle(letter.bundle(), trust_of())
    assert report.verdict == "PROVED"
    assert not any(row.listed for row in report.organisations)


def test_a_withheld_entry_is_said_to_be_withheld_and_adds_no_name():
    withheld = dict(FILES)
    del withheld["entries/000004.dsse.json"]
    report = verify_bundle(withheld, trust_of())
    assert codes(report.failures) == {"LIST_EXTRA"}
    assert codes(report.unproved) == {"REDACTED"}
    refused = dict(FILES)
    del refused["entries/000010.dsse.json"]
    assert verify_bundle(refused, trust_of()).verdict == "NOT ALL PROVED"


def test_entries_without_tiles_are_not_taken_for_withheld():
    cut = {name: data for name, data in FILES.items() if "000010" not in name and "tile" not in name}
    assert codes(verify_bundle(cut, trust_of()).failures) == {"ROOT_MISMATCH"}


def test_a_withheld_entry_is_not_replaced_by_another():
    files = dict(FILES)
    del files["entries/000010.dsse.json"]
    files["entries/000009.dsse.json"] = files["entries/000008.dsse.json"]
    found = codes(verify_bundle(files, trust_of()).failures)
    assert "TILE_MISMATCH" in found
    assert 9 in {failure.entry for failure in verify_bundle(files, trust_of()).failures}
    assert "ROOT_MISMATCH" in found


def test_an_earlier_copy_must_be_the_beginning_of_this_one():
    earlier = LetterBuilder()
    earlier.version()
    earlier.answer(signatory(0))
    assert verify_bundle(FILES, trust_of(), older=earlier.bundle()).verdict == "PROVED"
    earlier.answer(signatory(5))
    report = verify_bundle(FILES, trust_of(), older=earlier.bundle())
    assert codes(report.failures) == {"CHECKPOINT_FORKED"}
    assert len(report.evidence) == 2
    assert all(note in report.to_text() for note in (report.evidence[0].split("\n")[2],))
    assert codes(verify_bundle(FILES, trust_of(), older={}).failures) == {"CHECKPOINT_MALFORMED"}


def test_an_earlier_copy_may_not_be_longer_than_this_one():
    longer = closed_letter()
    longer.answer(signatory(3), "withdraw")
    assert codes(verify_bundle(FILES, trust_of(), older=longer.bundle()).failures) == {"CHECKPOINT_FORKED"}


def test_a_letter_of_another_service_is_not_taken_for_the_trusted_one():
    other = replace(trust_of(), logs=(replace(trust_of().logs[0], origin_prefix="other.example/l/"),))
    assert codes(verify_bundle(FILES, other).failures) == {"LOG_KEY_UNKNOWN"}


def test_an_approval_carried_over_is_reported_as_carried():
    letter = LetterBuilder()
    letter.version()
    letter.answer(signatory(0))
    letter.version()
    letter.close()
    report = verify_bundle(letter.bundle(), trust_of())
    assert report.verdict == "PROVED"
    assert [(row.version, row.carried_from, row.listed) for row in report.organisations] == [(1, 1, True)]


def test_a_row_says_whether_the_current_edition_lists_it():
    letter = closed_letter(approvals=2, declines=0)
    letter.answer(signatory(0), "withdraw")
    letter.answer(signatory(2))
    report = verify_bundle(letter.bundle(), trust_of())
    assert [(row.org, row.decision, row.listed) for row in report.organisations] == [
        ("org-0", "withdraw", True),
        ("org-1", "approve", True),
        ("org-2", "approve", False),
    ]
    assert "EDITION_BEHIND" in codes(report.warnings)
    letter.close()
    report = verify_bundle(letter.bundle(), trust_of())
    assert [row.listed for row in report.organisations] == [False, True, True]
    assert "EDITION_BEHIND" not in codes(report.warnings)


def test_hundreds_of_entries_fill_tiles_of_two_levels():
    letter = closed_letter(approvals=300, declines=0)
    files = letter.bundle()
    assert {"log/tile/0/000", "log/tile/0/001.p/46", "log/tile/1/000.p/1"} <= files.keys()
    assert verify_bundle(files, trust_of()).verdict == "PROVED"
    files["log/tile/1/000.p/1"] = bytes(32)
    assert codes(verify_bundle(files, trust_of()).failures) == {"TILE_MISMATCH"}


def test_a_name_cannot_rewrite_the_readers_screen():
    letter = LetterBuilder()
    letter.version()
    letter.answer(replace(signatory(0), listed_as="\x1b[2JPROVED\u202e\nREJECTED"))
    letter.close()
    text = verify_bundle(letter.bundle(), trust_of()).to_text()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\u001b[2JPROVED\\u202e" in text
    assert visible("ئۇيغۇر, 中国人权") == "ئۇيغۇر, 中国人权"


def test_a_report_of_nothing_at_all_is_no_failure_by_itself():
    assert Report().verdict == "PROVED"
    assert codes(verify_bundle({"README.txt": b""}, None).failures) == {"CHECKPOINT_MALFORMED"}


@given(
    st.dictionaries(st.sampled_from(sorted(FILES)), st.none() | st.binary(max_size=60), min_size=1, max_size=3),
    st.dictionaries(st.text(max_size=12), st.binary(max_size=20), max_size=2),
    st.booleans(),
)
def test_whatever_a_bundle_holds_there_is_a_report_and_no_false_proof(changed, foreign, trusting):
    files = {**FILES, **foreign, **{name: data for name, data in changed.items() if data is not None}}
    for name, data in changed.items():
        if data is None:
            files.pop(name)
    report = verify_bundle(files, trust_of() if trusting else None)
    # Nobody needs these to be there, though a stored checkpoint that is there must fit.
    needless = {"README.txt", "policy", "checkpoints/1", "checkpoints/11"}
    assert report.verdict != "PROVED" or (trusting and not foreign and changed.keys() <= needless)
    json.dumps(report.to_json())
    assert report.to_text()


@given(
    st.dictionaries(
        st.sampled_from(sorted(filter(is_read, RICH))),
        st.binary(max_size=40).flatmap(lambda new: st.tuples(st.just(new), st.integers(0, 2000), st.integers(0, 60))),
        min_size=1,
        max_size=2,
    )
)
def test_whatever_is_cut_out_of_or_put_into_a_rich_bundle_there_is_a_report_and_no_false_proof(changes):
    files = dict(RICH)
    for name, (new, start, length) in changes.items():
        at = start % (len(files[name]) + 1)
        files[name] = files[name][:at] + new + files[name][at + length :]
    report = verify_bundle(files, trust())
    same = all(files[name] == RICH[name] for name in changes)
    # A witness's line that nobody can read any longer is an unknown witness's, and a stamp is not all signed.
    unsigned = all(name.endswith((".cosigs", ".tsr")) or files[name] == RICH[name] for name in changes)
    assert report.verdict != "PROVED" or same or unsigned
    json.dumps(report.to_json())
    assert report.to_text()


def test_a_witness_line_that_does_not_fit_spoils_the_checkpoint():
    late = cosignature_line(b"another text\n", WITNESS_KEY.name, WITNESS.raw, 1795478400, WITNESS.private.sign)
    files = LETTER.bundle(LETTER.checkpoint() + late)
    assert verify_bundle(files, trust_of()).verdict == "PROVED"
    assert codes(verify_bundle(files, trust_of(policy=WITNESS_LINE)).failures) == {"CHECKPOINT_BAD"}


def test_a_policy_that_cannot_be_read_is_a_failure_where_it_is_read():
    files = {**FILES, "policy": b"nonsense"}
    assert verify_bundle(files, trust_of()).verdict == "PROVED"
    assert "BUNDLE_MALFORMED" in codes(verify_bundle(files, None).failures)


@pytest.mark.parametrize("data", [b"{}", b"[{}]", b"[1]", b'[{"index":0}]', b'[{"group":null,"index":0}]', b""])
def test_a_list_file_that_is_none_is_refused(data):
    with pytest.raises(Malformed, match="LIST_FILE_MISMATCH"):
        SignatoryList.from_bytes(data)


def test_a_list_survives_writing_and_reading():
    listing = LETTER.signatories()
    assert SignatoryList.from_bytes(listing.to_bytes()) == listing
