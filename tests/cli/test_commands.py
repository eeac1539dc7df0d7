"""The commands as typed: documented JSON, plain refusals with line and remedy, nothing half-imported."""

from __future__ import annotations

import json
import socket
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from signing import config
from signing.adapters.database import connect
from signing.adapters.tables import invitation
from signing.cli.service import initialise
from signing.workflow.tokens import Tokens
from tests.adapters.builders import lay_out
from tests.installation import Desk, Installation, free_port

LETTER = """---
title: "An open letter"
date: 2026-03-02
language: en
addressees:
  - - Ms Ada Example
    - Commissioner for Waters
---

We ask for **water**.
"""
ROSTER = "organisation,contact,email\nRiver Watch,Kim,kim@river.example\nValley Watch,Lee,lee@valley.example\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """One installation for this whole file: each test brings a letter of its own."""
    installation = Desk(tmp_path_factory.mktemp("commands"))
    installation.run("init")
    return installation


def written(place: Installation, name: str, data: str | bytes) -> Path:
    path = place.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.fixture
def letter(place: Installation) -> str:
    return place.json("letter", "import", written(place, "letter.md", LETTER))["letter"]


def test_secrets_and_keys_are_for_their_owner_only_and_init_can_be_repeated(place: Installation) -> None:
    for path in [*(place.folder / "instance").glob("*"), *(place.folder / "keys").glob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or path.suffix in (".crt", ".pub", ".pem"), path
    before = {path: path.read_bytes() for path in (place.folder / "keys").glob("*")}
    assert place.run("init").splitlines() == ["the database is up to date"]
    assert place.run("keys", "new").startswith("All keys are there")
    assert {path: path.read_bytes() for path in (place.folder / "keys").glob("*")} == before
    assert all(b"ENCRYPTED" in data for data in before.values() if b"PRIVATE KEY" in data)


def test_doctor_names_what_is_well_and_what_is_for_trying_out_only(place: Installation) -> None:
    findings = place.json("doctor")
    assert {each["state"] for each in findings} == {"ok", "note"}
    assert any("held by the service" in each["remedy"] for each in findings)


def test_doctor_says_what_to_mend(tmp_path: Path) -> None:
    empty = Desk(tmp_path)
    findings = empty.json("doctor", code=1)
    assert any(each["state"] == "mend" and "signing init" in each["remedy"] for each in findings)
    assert "signing init" in empty.run("serve", code=2)


def test_a_secret_key_cut_short_is_told_by_doctor_and_refused_in_words(tmp_path: Path) -> None:
    cut = Desk(tmp_path)
    cut.run("init")
    (tmp_path / "instance" / "secret-key").write_text("short\n")
    (told,) = [each for each in cut.json("doctor", code=1) if each["what"] == "secret key"]
    assert "32 characters" in told["remedy"]
    said = cut.run("letter", "list", code=2)
    assert "32 characters" in said
    assert "Traceback" not in said


def test_doctor_says_when_the_mail_server_does_not_answer(place: Installation) -> None:
    place.environment["SIGNING_SMTP_URL"] = f"smtp://127.0.0.1:{free_port()}"
    try:
        (mail,) = [each for each in place.json("doctor") if each["what"] == "mail server"]
    finally:
        place.environment["SIGNING_SMTP_URL"] = ""
    assert mail["state"] == "note"
    assert "SIGNING_SMTP_URL" in mail["remedy"]


def test_serving_the_world_without_a_mail_server_is_refused(place: Installation, tmp_path: Path) -> None:
    public = Desk(tmp_path)
    public.environment["SIGNING_BASE_URL"] = "https://letters.example"
    public.run("init")
    assert "SIGNING_SMTP_URL" in public.run("serve", code=2)


def test_an_import_tells_letter_version_and_warnings(place: Installation) -> None:
    text = LETTER.replace("**water**", "[water](#)")
    imported = place.json("letter", "import", written(place, "links.md", text))
    assert imported["version"] == 1
    (warning,) = imported["warnings"]
    assert (warning["line"], warning["code"]) == (10, "link-nowhere")
    assert set(warning) == {"line", "code", "message"}


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("utf16.md", LETTER.encode("utf-16"), "UTF-8"),
        ("latin.md", LETTER.replace("water", "wäter").encode("latin-1"), "UTF-8"),
        ("empty.md", b"", "empty"),
        ("big.md", LETTER.encode() + b"x" * 10_000_000, "MB"),
        ("missing.md", LETTER.replace("date: 2026-03-02\n", "").encode(), "date"),
        ("unknown.md", LETTER.replace("language: en", "language: en\nsignature: yes").encode(), "signature"),
        ("bidi.md", LETTER.replace("water", "wa\u202eter").encode(), "U+202E"),
        ("letter.docx", b"PK\x03\x04", "cannot be read as a Word document"),
        ("letter.odt", b"PK\x03\x04", ".docx"),
    ],
)
def test_a_letter_that_cannot_be_read_is_refused_with_a_remedy(
    place: Installation, name: str, data: bytes, says: str
) -> None:
    before = place.json("letter", "list")
    assert says in place.run("letter", "import", written(place, name, data), code=2)
    assert place.json("letter", "list") == before


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (ROSTER + "River Watch,Max,max@river.example\n", "line 4"),
        (ROSTER + "Spring Trust,Max,max-at-spring\n", "line 4"),
        (ROSTER + "=HYPERLINK(1),Max,max@spring.example\n", "line 4"),
        (ROSTER + '"Spring\nBcc: x@y.example",Max,max@spring.example\n', "line 4"),
        (ROSTER + ",Max,max@spring.example\n", "line 4"),
        ("organisation,contact\nA,B\n", "email"),
        ("organisation,contact,email,fax\nA,B,a@b.example,1\n", "fax"),
        ("", "empty"),
    ],
)
def test_a_faulty_roster_names_its_lines_and_imports_nothing(
    place: Installation, letter: str, rows: str, says: str
) -> None:
    assert says.lower() in place.run("roster", "import", letter, written(place, "roster.csv", rows), code=2).lower()
    assert place.json("status", letter)["organisations"] == []


def test_the_good_rows_can_be_taken_alone(place: Installation, letter: str) -> None:
    sheet = written(place, "roster.csv", ROSTER + "Spring Trust,Max,max-at-spring\n")
    assert place.json("roster", "import", letter, sheet, "--skip-faulty")["organisations"] == 2
    assert place.json("roster", "import", letter, written(place, "roster.csv", ROSTER))["organisations"] == 2


def test_a_dry_run_tells_what_would_be_done_and_does_nothing(place: Installation, letter: str) -> None:
    place.run("roster", "import", letter, written(place, "roster.csv", ROSTER))
    more = written(place, "more.csv", f"{ROSTER}Spring,Max,max@spring.example\nX,Y,nowhere\n")
    told = place.run("roster", "import", letter, more, "--dry-run", code=2)
    assert "line 5: email" in told
    assert "Nothing was imported. It would add 1" in told
    assert len(place.json("status", letter)["organisations"]) == 2
    told = place.json("roster", "import", letter, written(place, "roster.csv", ROSTER), "--dry-run")
    assert (told["dry_run"], told["organisations"], told["added"], told["changed"], told["left"]) == (True, 2, 0, 0, 2)
    assert place.run("roster", "import", letter, more, code=2).count("Nothing was imported") == 1


def test_an_organisation_keeps_its_id_across_letters(place: Installation, letter: str) -> None:
    sheet = written(place, "roster.csv", ROSTER)
    place.run("roster", "import", letter, sheet)
    other = place.json("letter", "import", written(place, "letter.md", LETTER))["letter"]
    place.run("roster", "import", other, sheet)
    first, second = ([each["id"] for each in place.json("status", name)["organisations"]] for name in (letter, other))
    assert first == second
    assert len(set(first)) == 2


def test_status_is_the_documented_shape(place: Installation, letter: str) -> None:
    place.run("roster", "import", letter, written(place, "roster.csv", ROSTER))
    place.run("letter", "open", letter)
    assert place.json("invite", letter, "--stage", "2")["invited"] == 0
    assert place.json("invite", letter)["invited"] == 2
    left_out = {"letter": letter, "reminded": 0, "left_out": {"mailed-today": 2}}
    assert place.json("remind", letter) == left_out
    assert "2 left out: had a mail about this letter within a day" in place.run("remind", letter, "--stage", "1")
    status = place.json("status", letter)
    assert set(status) == {
        "letter", "state", "version", "shares", "mail_links", "organisations", "counts", "remarks", "stamps", "sealed",
    }  # fmt: skip
    assert (status["state"], status["version"]) == ("open", 1)
    assert set(status["organisations"][0]) == {
        "id", "organisation", "state", "standing", "stage", "needs_contact", "two_persons", "remarks", "conditions",
    }  # fmt: skip
    assert {each["standing"] for each in status["organisations"]} == {"invited"}
    assert status["counts"]["silent"] == 2


def test_what_organisations_see_is_chosen_told_and_kept(place: Installation, letter: str) -> None:
    assert place.json("letter", "share", letter) == {"letter": letter, "shares": "nobody", "mail_links": True}
    assert place.json("letter", "share", letter, "--shows", "names")["mail_links"] is True
    told = place.run("letter", "share", letter, "--no-links")
    assert "withheld names are counted" in told
    assert "a short code and no link" in told
    status = place.json("status", letter)
    assert (status["shares"], status["mail_links"]) == ("names", False)
    assert "'everything' is not one of" in place.run("letter", "share", letter, "--shows", "everything", code=2)


def test_steps_out_of_order_say_what_comes_first(place: Installation, letter: str) -> None:
    assert "Open the letter first" in place.run("invite", letter, code=2)
    assert "Open the letter first" in place.run("remind", letter, code=2)
    assert "Open the letter first" in place.run("close", letter, code=2)
    assert "never opened" in place.run("export", letter, "--out", place.folder / "x.zip", code=2)
    assert "no such letter" in place.run("status", "nosuchletter", code=2)
    assert place.run("letter", "open", letter) == place.run("letter", "open", letter)


def test_nothing_is_closed_that_nobody_approved(place: Installation, letter: str) -> None:
    place.run("letter", "open", letter)
    assert "Nobody is left to invite" in place.run("invite", letter)
    assert "Nobody has approved" in place.run("close", letter, code=2)
    assert place.json("status", letter)["state"] == "open"


def test_a_place_that_cannot_be_written_is_named(place: Installation, letter: str) -> None:
    nowhere = place.folder / "nowhere"
    assert "nowhere" in place.run("letter", "preview", letter, "--out", nowhere / "draft.pdf", code=2)
    assert "nowhere" in place.run("keys", "export-trust", "--out", nowhere / "trust.json", code=2)
    place.run("letter", "open", letter)
    assert "cannot be written" in place.run("export", letter, "--out", nowhere / "bundle.zip", code=2)
    assert "is no bundle" in place.run("export", letter, "--out", ".", code=2)
    assert not nowhere.exists()


def test_the_demonstration_never_becomes_an_installation(tmp_path: Path) -> None:
    installation = Desk(tmp_path)
    written(installation, "instance/demo-accounts.json", "{}")
    assert "SIGNING_HOME" in installation.run("init", code=2)
    assert "SIGNING_HOME" in installation.run("serve", code=2)
    assert installation.json("doctor", code=1)[0]["what"] == "demonstration"


def test_a_port_that_is_taken_is_named_before_anything_is_promised(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told = Desk(tmp_path).run("demo", "--port", port, code=2)
    assert f"Port {port}" in told
    assert "--port" in told
    assert "runs at" not in told


def test_a_preview_is_a_pdf_marked_as_a_draft(place: Installation, letter: str) -> None:
    place.run("letter", "preview", letter, "--out", place.folder / "draft.pdf")
    assert (place.folder / "draft.pdf").read_bytes().startswith(b"%PDF")


def test_a_letter_is_printed_in_every_form_on_its_paper(place: Installation, letter: str) -> None:
    place.run("letter", "import", "letter.md", "--letter", letter, "--paper", "letter")
    for kind, start in {"pdf": b"%PDF", "html": b"<!doctype html>", "txt": b"[draft for", "docx": b"PK"}.items():
        place.run("letter", "print", letter, "--format", kind, "--out", place.folder / f"draft.{kind}")
        assert (place.folder / f"draft.{kind}").read_bytes().startswith(start)
    assert "@page { size: letter" in (place.folder / "draft.html").read_text()
    assert "no such edition" in place.run("letter", "print", letter, "--edition", "1", code=2)
    assert "--draft or --edition" in place.run("letter", "print", letter, "--edition", "1", "--draft", code=2)


def test_an_account_gets_a_password_once_and_an_address_only_one_account(place: Installation) -> None:
    made = place.json("user", "add", "Ada@Example.org", "--role", "auditor")
    assert made["email"] == "ada@example.org"
    assert len(made["password"]) >= 24
    assert "already has an account" in place.run("user", "add", "ada@example.org", "--role", "coordinator", code=2)
    again = place.json("user", "password", "ada@example.org")
    assert again["password"] != made["password"]
    assert "No account" in place.run("user", "password", "nobody@example.org", code=2)
    assert "not an address" in place.run("user", "add", "ada", "--role", "coordinator", code=2)
    short = place.run("user", "add", "b@example.org", "--role", "auditor", "--password-stdin", code=2, stdin="short\n")
    assert "12 characters" in short


def test_trust_names_the_log_and_who_holds_the_coordinators_key(place: Installation) -> None:
    trust = json.loads(place.run("keys", "export-trust"))
    assert trust["logs"][0]["origin_prefix"] == "localhost/l/"
    assert trust["held_by_service"] == trust["coordinators"]
    assert "BEGIN CERTIFICATE" in trust["document_certificates"][0]
    assert {each["purpose"] for each in place.json("keys", "list")} == {"log", "attestor", "coordinator", "document"}


def test_after_an_upgrade_short_codes_open_invitations_from_before_there_were_any(tmp_path: Path) -> None:
    settings = config.load({"SIGNING_HOME": str(tmp_path / "instance")}, tmp_path)
    initialise(settings)
    database = connect(settings.database_url, settings.home)
    lay_out(database.unit_of_work)
    with database.engine.connect().execution_options(writing=True) as connection:
        connection.execute(update(invitation).values(expires_at=datetime.now(UTC) + timedelta(days=1)))
        connection.commit()
    initialise(settings)
    tokens = Tokens(settings.secret())
    digest = tokens.short_digest(tokens.short_code("invitation-1", 1))
    with database.unit_of_work() as uow:
        assert uow.invitations.by_short(digest, datetime.now(UTC))
