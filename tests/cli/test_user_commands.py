"""Accounts on the command line: listed, let into letters, reset, shut."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installation import Desk, Installation

LETTER = (
    "---\ntitle: Rivers\ndate: 2026-03-02\nlanguage: en\naddressees:\n- - Ms Ada Example\n---\n\n"
    "We ask for water.\n"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = Desk(tmp_path_factory.mktemp("accounts"))
    installation.run("init")
    return installation


def test_accounts_from_their_making_to_their_end(place: Installation) -> None:
    file = Path(place.folder) / "letter.md"
    file.write_text(LETTER)
    orphan = place.json("letter", "import", file)["letter"]
    place.user("ada@example.org", "coordinator")
    place.user("ola@example.org", "auditor")
    place.json("letter", "import", file)
    led = {each["email"]: (each["leads"], each["letters"]) for each in place.json("user", "list")}
    assert led == {"ada@example.org": (2, 2), "ola@example.org": (0, 1)}
    place.run("letter", "import", file, "--lead", "nobody@example.org", code=2)
    place.json("letter", "import", file, "--lead", "ada@example.org")
    assert place.json("user", "join", orphan, "noor@example.org", "--role", "editor")["role"] == "editor"
    reset = place.json("user", "reset", "noor@example.org")
    assert reset["link"].startswith(f"{place.base_url}/password/")
    assert place.json("user", "disable", "ada@example.org")["letters_without_lead"]
    listed = {each["email"]: each["disabled"] for each in place.json("user", "list")}
    assert listed == {"ada@example.org": True, "noor@example.org": False, "ola@example.org": False}
    assert place.json("user", "enable", "ada@example.org") == {"email": "ada@example.org", "disabled": False}
    assert "No account has this address" in place.run("user", "disable", "x@example.org", code=2)
