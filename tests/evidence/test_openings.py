"""Openings of commitments, and earlier copies: what an auditor may bring beside a trust file (EVIDENCE 4.9, 4, 11)."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from signing.cli.verify import verify
from signing.evidence import bundle, verify_bundle
from signing.evidence.openings import Openings
from signing.evidence.report import Report
from signing.evidence.statement import Commitment, commitment_of, opening_bytes

from .builders import LetterBuilder, closed_letter, commitment, opening, signatory, trust_of


def confidential_letter() -> LetterBuilder:
    letter = closed_letter(approvals=2, declines=1, confidential=1)
    assert commitment(3).identity in letter.ledger().live
    return letter


LETTER = confidential_letter()
FILES = LETTER.bundle()


def codes(report: Report) -> set[str]:
    return {failure.code for failure in report.failures}


def test_an_opening_shows_the_name_and_marks_it_confidential():
    report = verify_bundle(FILES, trust_of(), openings={"mine.json": opening(3)})
    assert report.verdict == "PROVED"
    [row] = [row for row in report.organisations if row.org == "org-3"]
    assert (row.name, row.confidential, row.listed) == (signatory(3).listed_as, True, False)
    assert f"{signatory(3).listed_as} (confidential): approve" in report.to_text()


def test_without_an_opening_no_name_is_shown():
    report = verify_bundle(FILES, trust_of())
    assert [row.org for row in report.organisations if row.confidential] == [None, None]
    assert signatory(3).listed_as not in report.to_text()
    assert report.confidential == 1


def test_a_decline_can_be_opened_by_whoever_holds_its_opening():
    report = verify_bundle(FILES, trust_of(), openings={"2": opening(2)})
    assert report.verdict == "PROVED"
    assert [row.decision for row in report.organisations if row.org == "org-2"] == ["decline"]


@pytest.mark.parametrize("data", [b"", b"{}", opening(0), opening(3)[:-1], opening(3) + b"\n"])
def test_what_opens_nothing_here_is_a_failure(data):
    assert codes(verify_bundle(FILES, trust_of(), openings={"x": data})) == {"COMMITMENT_MISMATCH"}


def test_an_opening_in_bundle_and_hand_is_one_opening():
    files = {**FILES, "openings/3.json": opening(3)}
    assert verify_bundle(files, trust_of(), openings={"3.json": opening(3)}).verdict == "PROVED"


def test_an_organisation_counts_once_however_it_hides():
    letter = closed_letter(approvals=2, declines=0)
    again = opening_bytes(signatory(1), bytes(32))
    letter.answer(Commitment(commitment_of(again)))
    letter.close()
    report = verify_bundle(letter.bundle(), trust_of(), openings={"x": again})
    assert codes(report) == {"CONFIDENTIAL_DUPLICATE"}
    assert verify_bundle(letter.bundle(), trust_of()).verdict == "PROVED", "without the opening nobody can tell"


def test_changing_between_open_and_confidential_is_no_duplicate():
    letter = closed_letter(approvals=2, declines=0)
    letter.answer(signatory(1), "withdraw")
    letter.answer(commitment(1))
    letter.close()
    assert verify_bundle(letter.bundle(), trust_of(), openings={"x": opening(1)}).verdict == "PROVED"


@given(st.binary(max_size=200) | st.sampled_from([opening(3), opening(2)]).map(lambda data: data.replace(b"3", b"4")))
def test_whatever_is_given_as_an_opening_is_opened_or_a_failure(data):
    found = Openings(LETTER.ledger(), [("x", data)])
    assert bool(found.opened) != bool(found.failures)


# An earlier copy


def earlier(answers: int) -> LetterBuilder:
    letter = LetterBuilder()
    letter.version()
    letter.keep_checkpoint()
    for number in range(answers):
        letter.answer(signatory(number))
    return letter


def test_nothing_of_an_earlier_copy_has_vanished():
    report = verify_bundle(FILES, trust_of(), older=earlier(2).bundle())
    assert report.verdict == "PROVED"
    assert report.continues == 3
    assert "Nothing of the earlier copy has vanished (3 entries)." in report.to_text()
    assert "vanished" not in verify_bundle(FILES, trust_of()).to_text()


def test_a_receipt_is_an_earlier_copy_of_one_entry():
    old = earlier(2)
    assert verify_bundle(FILES, trust_of(), older=old.receipt(2)).continues == 1
    other = earlier(1)
    other.answer(signatory(7))
    report = verify_bundle(FILES, trust_of(), older=other.receipt(2))
    assert codes(report) == {"RECEIPT_FORKED"}
    assert report.continues is None
    assert len(report.evidence) == 2
    assert codes(verify_bundle(FILES, trust_of(), older=b"no receipt")) == {"RECEIPT_BAD"}


def test_an_entry_of_the_earlier_copy_that_is_not_ours_is_a_failure():
    old = dict(earlier(2).bundle())
    old["entries/000002.dsse.json"] = LETTER.entries[1]
    assert codes(verify_bundle(FILES, trust_of(), older=old)) == {"ROOT_MISMATCH"}
    more = {**earlier(2).bundle(), "entries/000090.dsse.json": LETTER.entries[1]}
    assert codes(verify_bundle(FILES, trust_of(), older=more)) == {"ROOT_MISMATCH"}


def test_an_entry_withheld_here_is_still_the_one_of_the_earlier_copy():
    public = dict(FILES)
    del public["entries/000003.dsse.json"]
    old = closed_letter(approvals=2, declines=1, confidential=1)
    report = verify_bundle(public, trust_of(), older=old.bundle())
    assert report.verdict == "NOT ALL PROVED"
    assert report.continues == 6


def test_a_checkpoint_kept_in_the_earlier_copy_must_fit_too():
    old = earlier(2)
    forked = earlier(0)
    forked.answer(signatory(8))
    old.checkpoints[2] = forked.checkpoint()
    assert codes(verify_bundle(FILES, trust_of(), older=old.bundle())) == {"CHECKPOINT_FORKED"}


# At the command line


@pytest.fixture
def place(tmp_path: Path) -> Path:
    bundle.write(tmp_path / "bundle.zip", FILES)
    (tmp_path / "trust.json").write_bytes(trust_of().to_bytes())
    (tmp_path / "openings").mkdir()
    (tmp_path / "openings" / "3.json").write_bytes(opening(3))
    (tmp_path / "empty").mkdir()
    (tmp_path / "old.tlog-proof").write_bytes(earlier(2).receipt(1))
    return tmp_path


def run(place: Path, *arguments: str) -> Result:
    whole = [str(place / "bundle.zip"), "--trust", str(place / "trust.json"), "--json", *arguments]
    return CliRunner().invoke(verify, whole)


@pytest.mark.parametrize("name", ["openings", "openings/3.json"])
def test_openings_are_given_as_a_folder_or_a_file(place, name):
    result = run(place, "--openings", str(place / name))
    assert result.exit_code == 0
    assert signatory(3).listed_as in [row["name"] for row in json.loads(result.output)["organisations"]]


@pytest.mark.parametrize("name", ["empty", "nowhere"])
def test_no_openings_where_some_are_promised_is_a_mistake(place, name):
    result = run(place, "--openings", str(place / name))
    assert result.exit_code == 2
    assert json.loads(result.output)["verdict"] == "UNREADABLE"


def test_an_earlier_receipt_is_given_as_a_file(place):
    result = run(place, "--since", str(place / "old.tlog-proof"))
    assert result.exit_code == 0
    assert json.loads(result.output)["continues"] == 1
