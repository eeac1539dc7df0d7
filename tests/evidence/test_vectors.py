"""One vector, one defect, one code: tests/vectors, and the script that wrote them."""

import json
import re
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest

from signing.evidence import Trust, verify_bundle
from signing.evidence.bundle import Bundle

# Every failure, open question and warning that EVIDENCE 4.9 names.
CODES = {
    "BUNDLE_MALFORMED", "CHECKPOINT_MALFORMED", "CHECKPOINT_BAD", "LOG_KEY_UNKNOWN", "WITNESS_QUORUM",
    "ROOT_MISMATCH", "TILE_MISMATCH", "REDACTED", "CHECKPOINT_FORKED", "RECEIPT_FORKED", "RECEIPT_BAD",
    "TIMESTAMP_BAD", "TIMESTAMP_MISSING", "ENVELOPE_MALFORMED", "NOT_CANONICAL", "TYPE_UNKNOWN",
    "LETTER_MISMATCH", "DUPLICATE_STATEMENT", "HEAD_FROM_FUTURE", "HEAD_FORKED", "TIME_OUT_OF_BOUNDS",
    "COORDINATOR_UNKNOWN", "SIGNATURE_BAD", "PREV_BROKEN", "TEXT_FILE_MISMATCH", "TEXT_UNSAFE", "KEY_NAME",
    "KEY_TYPE", "KEY_WEAK", "BINDER_UNKNOWN", "KEY_SHARED", "REKEYED", "LETTER_UNKNOWN", "KEY_MISMATCH",
    "KEY_UNBOUND", "KEY_REVOKED", "KEY_EXPIRED", "WEBAUTHN_CHALLENGE", "WEBAUTHN_ORIGIN", "WEBAUTHN_RPID",
    "WEBAUTHN_FLAGS", "LEVEL_BELOW_POLICY", "VERSION_UNKNOWN", "TEXT_MISMATCH", "CLOSE_UNSIGNED", "CLOSE_STALE",
    "PDF_MISMATCH", "LIST_FILE_MISMATCH", "LIST_EXTRA", "LIST_MISSING", "LIST_NAME_MISMATCH",
    "CONFIDENTIAL_COUNT", "NOT_CLOSED", "EDITION_BEHIND", "COMMITMENT_MISMATCH", "CONFIDENTIAL_DUPLICATE",
    "DISPUTED", "COORDINATOR_KEY_HELD_BY_SERVICE", "NO_WITNESS_POLICY", "TIMES_CLAIMED",
}  # fmt: skip
# Warnings the text names in plain words, and our codes for them.
IN_PLAIN_WORDS = {"DISPUTED", "COORDINATOR_KEY_HELD_BY_SERVICE", "NO_WITNESS_POLICY", "TIMES_CLAIMED"}
# For the full install and for sealed PDFs, neither of which is this floor's.
NOT_HERE = {"PDF_TEXT", "SEAL_UNSTAMPED"}  # test_pdf_words has the one; PDFs are not sealed yet
EVIDENCE = Path(__file__).resolve().parents[3] / "shared" / "EVIDENCE.md"

FOLDER = Path(__file__).resolve().parents[1] / "vectors"
VECTORS = sorted(path.stem for path in FOLDER.glob("*.json") if not path.stem.startswith("trust"))


@pytest.fixture(scope="module")
def base() -> Bundle:
    return Bundle.read(FOLDER / "base")


def test_there_are_vectors():
    assert len(VECTORS) > 50


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_ends_in_exactly_its_code(name, base):
    vector = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    files = dict(base)
    for at, text in vector["files"].items():
        if text is None:
            del files[at]
        else:
            files[at] = b64decode(text[7:]) if text.startswith("base64:") else text.encode()
    report = verify_bundle(files, Trust.from_bytes((FOLDER / f"{vector['trust']}.json").read_bytes()))

    assert report.exit_code == vector["exit"], report.to_text()
    found = {1: report.failures, 3: report.unproved, 0: []}
    assert {each.code for each in found[vector["exit"]]} == set(vector["expect"]), report.to_text()
    if vector["exit"] == 0:
        assert {each.code for each in report.warnings} == set(vector["warnings"]), report.to_text()


def test_every_named_failure_and_warning_has_a_vector():
    shown = [json.loads((FOLDER / f"{name}.json").read_text("utf-8")) for name in VECTORS]
    assert {code for vector in shown for code in (*vector["expect"], *vector["warnings"])} >= CODES


def test_the_named_failures_are_those_of_the_text():
    if not EVIDENCE.is_file():
        pytest.skip("EVIDENCE.md is not beside this repository")
    chapter = EVIDENCE.read_text("utf-8").partition("### 4.9 ")[2].partition("### 4.10 ")[0]
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", chapter)) - {"PROVED", "REJECTED"}
    named |= {f"WEBAUTHN_{what}" for what in ("CHALLENGE", "ORIGIN", "RPID", "FLAGS")}
    assert named - NOT_HERE == CODES - IN_PLAIN_WORDS


def test_running_the_generator_again_changes_nothing(tmp_path):
    subprocess.run([sys.executable, str(FOLDER / "generate.py"), "--out", str(tmp_path)], check=True)
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {
        path.relative_to(FOLDER): path.read_bytes()
        for path in FOLDER.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert written == kept
