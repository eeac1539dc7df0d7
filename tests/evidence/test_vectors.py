"""One vector, one defect, one code: tests/vectors, and the script that wrote them."""

import json
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest

from signing.evidence import Trust, verify_bundle
from signing.evidence.bundle import Bundle

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
    found = {1: report.failures, 3: report.unproved, 0: [w for w in report.warnings if w.code == "EDITION_BEHIND"]}
    assert {each.code for each in found[vector["exit"]]} == set(vector["expect"]), report.to_text()


def test_running_the_generator_again_changes_nothing(tmp_path):
    subprocess.run([sys.executable, str(FOLDER / "generate.py"), "--out", str(tmp_path)], check=True)
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {
        path.relative_to(FOLDER): path.read_bytes()
        for path in FOLDER.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert written == kept
