"""The law of DESIGN 2 and 3: imports point down, rooms stay small, nothing names this machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation import ROOT

SOURCES = sorted((ROOT / "signing").rglob("*.py"))
BUCKETS = {"utils", "helpers", "models", "services", "misc", "common", "views"}


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout, so there are no tracked files to look at")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_every_import_points_down() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


def test_no_room_outgrows_four_hundred_lines_or_is_named_after_a_bucket() -> None:
    assert SOURCES
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCES}
    grown = {name: length for name, length in lengths.items() if length > 400}
    assert grown == {}
    assert {path.stem for path in SOURCES} & BUCKETS == set()


def test_pages_and_commands_ask_the_workflow_and_open_no_transaction_of_their_own() -> None:
    opened = [str(path) for path in SOURCES if path.parts[-2] in ("web", "cli", "coordinator")
              and "unit_of_work(" in path.read_text()]
    assert opened == []


def test_every_room_says_what_it_is() -> None:
    silent = [str(path.relative_to(ROOT)) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_no_committed_file_names_a_download_host() -> None:
    hosts = re.compile("|".join(["pypi" + r"\.org", "python" + r"hosted\.org", "npmjs" + r"\.(org|com)"]))
    named = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", "replace")
        if hosts.search(text):
            named.append(str(path.relative_to(ROOT)))
    assert named == []


def test_no_private_key_or_instance_is_committed() -> None:
    for path in tracked_files():
        assert b"PRIVATE KEY-----\n" not in path.read_bytes() or "tests" in path.parts, path
        assert "instance" not in path.relative_to(ROOT).parts
