"""The main job on the real letter, as its three kinds of people live it: real commands, a real server, real SMTP,
a real browser without scripts, on both databases."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.adapters.typeset.specimens import words
from tests.installation import LETTERS, Installation, needs_chromium, needs_real_letter
from tests.mail_catcher import MailCatcher, code_in, text_of
from tests.navigators import AccountHolder, Contact, chromium

pytestmark = [needs_real_letter, needs_chromium]

DECLINES = "contact10@wuc.example"
CONTACTS = [f"contact{number}@{host}.example" for number, host in enumerate(
    ("ai", "fld", "hric", "hrw", "icft", "iffhr", "isfhr", "trp", "unapo", "wuc"), start=1)]
LISTED = [
    ("Amnesty International", None),
    ("Front Line Defenders", None),
    ("Human Rights in China", "HRIC"),
    ("Human Rights Watch", None),
    ("International Campaign for Tibet", "ICT"),
    ("International Federation for Human Rights", "FIDH"),
    ("International Service for Human Rights", "ISHR"),
    ("The Rights Practice", None),
    ("Unrepresented Nations and Peoples Organization", "UNPO"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def mails() -> Iterator[MailCatcher]:
    with MailCatcher() as mails:
        yield mails


@pytest.fixture
def installation(database_kind: str, database_url: str, mails: MailCatcher, tmp_path: Path,
                 request: pytest.FixtureRequest) -> Installation:
    if database_kind == "sqlite" and not os.environ.get("LONG_TESTS"):
        pytest.skip("test_evidence_story walks the letter on SQLite; with LONG_TESTS=1 this one does too")
    if database_kind == "postgresql":
        request.getfixturevalue("database")
    url = database_url if database_kind == "postgresql" else ""
    installation = Installation(tmp_path / "place", database_url=url, smtp_url=mails.url)
    installation.run("init")
    return installation


def test_from_the_file_to_the_verdict(
    installation: Installation, mails: MailCatcher, browser: Browser, tmp_path: Path
) -> None:
    coordinator_account = installation.user("coordinator@coalition.example", "coordinator")
    auditor_account = installation.user("auditor@journal.example", "auditor")

    # The coordinator drafts from the real file: its seven links lead nowhere, and that is said.
    imported = installation.json("letter", "import", LETTERS / "joint-letter-eu-china.md")
    letter = imported["letter"]
    assert imported["version"] == 1
    assert [each["code"] for each in imported["warnings"]].count("link-nowhere") == 7
    roster = installation.json("roster", "import", letter, LETTERS / "joint-letter-eu-china.roster.csv")
    assert roster["organisations"] == 10
    assert installation.json("letter", "open", letter) == {"letter": letter, "version": 1, "state": "open"}

    with installation.serving() as base_url:
        # Ten mails go out over real SMTP, one to each contact.
        assert installation.json("invite", letter)["invited"] == 10
        for address in CONTACTS:
            mails.wait(address)
        assert installation.json("invite", letter)["invited"] == 0
        assert installation.json("status", letter)["counts"]["silent"] == 10

        # Nine approve, one declines, each in a browser of their own.
        for address in CONTACTS:
            contact = Contact(browser, base_url, mails, address)
            if address == DECLINES:
                contact.answers("decline", person="Contact 10", reason="Our board has not met yet.")
            else:
                contact.answers("approve", person=f"Person at {address}", role="Advocacy director")
            receipt = contact.downloads("Download the receipt", tmp_path / f"{address}.tlog-proof")
            assert receipt.read_text().startswith("c2sp.org/tlog-proof@v1\n")
            contact.leaves()
            mailed = mails.wait(address, 3)
            attached, *more = mailed.iter_attachments()
            assert attached.get_content() == receipt.read_bytes()
            # Whoever declines without being named gets what proves whose decline it is.
            assert [each.get_filename().endswith(".opening.json") for each in more] == [True] * (address == DECLINES)

        status = installation.json("status", letter)
        assert (status["counts"]["approved"], status["counts"]["declined"]) == (9, 1)

        # The coordinator closes in the browser and takes PDF and bundle along.
        coordinator = AccountHolder(browser, base_url, width=1280)
        coordinator.signs_in(*coordinator_account)
        coordinator.goes_to(f"/coordinator/letters/{letter}/status")
        coordinator.sees("9 of 10 have approved.")
        (declined,) = [each["id"] for each in status["organisations"] if each["state"] == "declined"]
        coordinator.goes_to(f"/coordinator/letters/{letter}/organisations/{declined}")
        coordinator.sees("Our board has not met yet.")
        coordinator.goes_to(f"/coordinator/letters/{letter}/close")
        coordinator.sees("Unrepresented Nations and Peoples Organization")
        coordinator.presses("Close and sign the list")
        pdf = coordinator.downloads("PDF", tmp_path / "letter.pdf")
        coordinator.leaves()

        # The auditor sees entries and takes the bundle; they can change nothing.
        auditor = AccountHolder(browser, base_url, width=1280)
        auditor.signs_in(*auditor_account)
        auditor.goes_to(f"/auditor/letters/{letter}")
        bundle = auditor.downloads("Evidence bundle", tmp_path / "bundle.zip")
        assert auditor.page.goto(f"{base_url}/coordinator/letters/{letter}/status").status == 404
        auditor.leaves()

    exported = tmp_path / "exported"
    installation.run("export", letter, "--out", exported)
    installation.run("export", letter, "--out", tmp_path / "exported.zip")
    assert (tmp_path / "exported.zip").read_bytes() == bundle.read_bytes()
    names = [(each["listed_as"], each["acronym"]) for each in json.loads((exported / "signatories.json").read_text())]
    assert names == LISTED
    assert pdf.read_bytes() == (exported / "pdf" / "en.pdf").read_bytes()
    assert_the_pdf_says_the_letter_word_for_word(exported)
    assert_it_is_proved_offline_and_every_change_is_named(installation, exported, tmp_path)
    assert_no_secret_was_logged(installation, mails)


def assert_the_pdf_says_the_letter_word_for_word(exported: Path) -> None:
    text = subprocess.run(
        ["pdftotext", "-raw", exported / "pdf" / "en.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    expected = words((exported / "letter" / "1.en.txt").read_text())
    printed = words(text)
    assert len(expected) > 1000
    position = 0
    for word in expected:
        near = printed[position : position + 60]
        assert word in near, f"{word!r} is missing after {printed[position - 5 : position]}"
        position = printed.index(word, position) + 1
    for name, acronym in LISTED:
        assert " ".join(words(name)) in " ".join(printed)
        assert acronym is None or f"({acronym})" in text


def assert_it_is_proved_offline_and_every_change_is_named(
    installation: Installation, exported: Path, tmp_path: Path
) -> None:
    trust = tmp_path / "trust.json"
    installation.run("keys", "export-trust", "--out", trust)
    report = installation.json("verify", exported, "--trust", trust)
    assert report["verdict"] == "PROVED"
    assert report["failures"] == []
    assert len(report["organisations"]) == 10
    assert any("held by the service" in json.dumps(warning) for warning in report["warnings"])
    assert installation.json("verify", exported, code=3)["verdict"] == "NOT ALL PROVED"

    changes = {
        "letter/1.en.md": (b"urge the EU", b"urgg the EU", {"TEXT_FILE_MISMATCH"}),
        "signatories.json": (b"Amnesty", b"Amnisty", {"LIST_FILE_MISMATCH", "LIST_NAME_MISMATCH"}),
        "entries/000003.dsse.json": (b'"sig":"', b'"sig":"A', {"ENVELOPE_MALFORMED", "NOT_CANONICAL", "ROOT_MISMATCH"}),
        "pdf/en.pdf": (b"%PDF-1.", b"%PDF-2.", {"PDF_MISMATCH"}),
    }
    for name, (old, new, codes) in changes.items():
        altered = tmp_path / "altered"
        shutil.rmtree(altered, ignore_errors=True)
        shutil.copytree(exported, altered)
        data = (altered / name).read_bytes()
        assert old in data
        (altered / name).write_bytes(data.replace(old, new, 1))
        report = installation.json("verify", altered, "--trust", trust, code=1)
        assert report["verdict"] == "REJECTED"
        assert {each["code"] for each in report["failures"]} & codes, (name, report["failures"])


def assert_no_secret_was_logged(installation: Installation, mails: MailCatcher) -> None:
    """FAULTS S14, on the logs of the whole journey."""
    logs = installation.logs()
    for _, message in mails.messages:
        body = text_of(message)
        for word in body.split():
            if "/i/" in word:
                assert word.rsplit("/", 1)[1] not in logs
        if "code" in (message["Subject"] or "").lower():
            assert code_in(message) not in logs
    assert "Traceback" not in logs


def test_the_plain_text_file_gives_the_same_draft(installation: Installation, mails: MailCatcher) -> None:
    imported = installation.json("letter", "import", LETTERS / "joint-letter-eu-china.txt", "--language", "en")
    codes = [each["code"] for each in imported["warnings"]]
    assert codes.count("link-nowhere") == 7
    assert codes.count("joined") == 2
    assert mails.messages == []
