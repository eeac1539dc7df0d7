"""A release's name tells what sets its type: under one name two programs make the same PDF."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from signing.release import HOUSE, release, typesetting


def test_a_release_is_named_by_number_and_by_what_sets_type() -> None:
    name, _, digest = release().partition("+")
    assert name.startswith("coalition-signing 0.")
    assert len(digest) == 12
    assert set(digest) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("adapters/typeset/textlayer/shaping.py", True),
        ("adapters/typeset/fonts/manifest.json", True),
        ("domain/letter_text_reader.py", True),
        ("locale/ar/LC_MESSAGES/document.po", True),
        ("locale/ar/LC_MESSAGES/messages.po", False),
        ("web/app.py", False),
    ],
)
def test_whoever_changes_what_sets_type_makes_another_release(file: str, counts: bool, tmp_path: Path) -> None:
    house = tmp_path / "elsewhere"
    for part in ("adapters/typeset", "domain", "locale", "web"):
        shutil.copytree(HOUSE / part, house / part, ignore=shutil.ignore_patterns("*.pyc", "*.ttf", "*.otf"))
    assert typesetting(house, ["a 1"]) == typesetting(HOUSE, ["a 1"]) != typesetting(house, ["a 2"])
    (house / file).write_bytes((house / file).read_bytes() + b"\n")
    assert (typesetting(house, ["a 1"]) != typesetting(HOUSE, ["a 1"])) is counts
