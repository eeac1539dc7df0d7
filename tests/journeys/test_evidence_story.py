"""What the evidence story leaves: a letter that is proved offline, and a confidential signatory whom nobody names."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from signing.evidence import Trust, verify_bundle, verify_receipt
from signing.evidence.bundle import Bundle
from signing.evidence.envelope import Envelope
from signing.evidence.statement import KeyStatement, parse
from tests.installation import needs_chromium
from tests.journeys.crawler import unfolded
from tests.journeys.story import (
    ATTESTED,
    BROWSER,
    DECLINER,
    HIDDEN,
    HIDDEN_PERSON,
    HIDDEN_ROLE,
    OLD_BROWSER,
    OPENPGP,
    PASSKEY,
    SSH,
    WITNESS,
    Story,
)

needs_tools = pytest.mark.skipif(
    not all(map(shutil.which, ("openssl", "ssh-keygen", "gpg", "gpgv", "pdftotext"))),
    reason="one of openssl, ssh-keygen, gpg, gpgv, pdftotext is not installed",
)
# Starting thirty commands takes its time on a busy machine.
pytestmark = [needs_chromium, needs_tools, pytest.mark.timeout(900)]

LEVELS = {BROWSER: 2, OLD_BROWSER: 2, PASSKEY: 3, SSH: 4, OPENPGP: 4, ATTESTED: 1}


def codes(remarks: list[dict[str, str]]) -> set[str]:
    return {each["code"] for each in remarks}


def test_an_auditor_proves_the_whole_letter_and_nothing_is_left_open(story: Story) -> None:
    report = story.report("full")
    assert (report["verdict"], report["failures"], report["warnings"], report["unproved"]) == ("PROVED", [], [], [])
    rows = {row["name"]: row for row in report["organisations"] if row["decision"] == "approve"}
    assert {at: rows[story.name(at)]["level"] for at in LEVELS} == LEVELS
    assert "coordinator" in rows[story.name(SSH)]["bound_by"]
    assert [row["decision"] for row in report["organisations"] if row["confidential"]] == ["approve", "decline"]
    assert len(report["organisations"]) == len(LEVELS) + 2


def test_the_published_pdf_proves_the_letter_by_itself(story: Story) -> None:
    (sealed,) = [body for address, body in story.shown["stranger"].items() if address.endswith("/en.pdf")]
    (story.place.folder / "sealed.pdf").write_bytes(sealed)
    report = story.report("sealed.pdf")
    assert (report["verdict"], report["failures"], report["warnings"], report["unproved"]) == ("PROVED", [], [], [])
    assert report["seal"]["stamped_time"] is not None
    assert len(report["organisations"]) == len(LEVELS) + 2


def test_every_answer_stands_between_two_stamps(story: Story) -> None:
    rows = story.report("full")["organisations"]
    # The first answer was given to a log of the size that was stamped, which may have been shown before the stamp.
    assert [row["not_before"] is None for row in rows] == [True] + [False] * (len(rows) - 1)
    for row in rows:
        assert (row["not_before"] or row["claimed_time"]) <= row["claimed_time"] <= row["not_after"]


def test_typography_carried_who_had_accepted_it_and_lapsed_who_had_not(story: Story) -> None:
    rows = {row["name"]: row for row in story.report("full")["organisations"]}
    carried = {at: rows[story.name(at)]["carried_from"] for at in LEVELS}
    assert carried == {BROWSER: 1, OLD_BROWSER: 1, SSH: 1, OPENPGP: 1, ATTESTED: 1, PASSKEY: None}
    assert rows[story.name(PASSKEY)]["version"] == 2
    assert any(b"that approval no longer counts" in page for page in story.shown["lapsed"].values())


def test_the_witnesses_quorum_is_asked_for_and_met(story: Story) -> None:
    trust = json.loads(story.trust.read_text())
    assert f"quorum {WITNESS}\n" in trust["policy"]
    alone = story.place.folder / "without-cosignature"
    shutil.copytree(story.bundle("full"), alone)
    for file in (alone / "log" / "checkpoint", *alone.glob("checkpoints/*.cosigs")):
        lines = file.read_bytes().splitlines(keepends=True)
        file.write_bytes(b"".join(line for line in lines if not line.startswith("— witness".encode())))
    for file in alone.glob("checkpoints/*.cosigs"):
        file.unlink()
    assert "WITNESS_QUORUM" in codes(story.report("without-cosignature", code=1)["failures"])


def test_the_public_edition_withholds_the_decline_and_says_so(story: Story) -> None:
    report = story.report("public", code=3)
    assert (codes(report["unproved"]), report["failures"]) == ({"REDACTED"}, [])
    assert [row["decision"] for row in report["organisations"] if row["decision"] != "approve"] == []
    full, public = ({file.name for file in (story.bundle(name) / "entries").iterdir()} for name in ("full", "public"))
    assert len(full - public) == 1
    assert public < full


def test_the_letter_continues_its_earlier_copy_and_every_contacts_receipt(story: Story) -> None:
    assert "NOT_CLOSED" in codes(story.report("early", code=3)["unproved"])
    report = story.report("full", "--since", story.bundle("early"))
    earlier = len(list((story.bundle("early") / "entries").iterdir()))
    assert (report["verdict"], report["continues"]) == ("PROVED", earlier)
    receipts = sorted(story.receipts.iterdir())
    assert len(receipts) == len(LEVELS) + 2
    trust, files = Trust.from_bytes(story.trust.read_bytes()), Bundle.read(story.bundle("full"))
    for receipt in receipts:
        data = receipt.read_bytes()
        assert verify_bundle(files, trust, older=data).verdict == "PROVED"
        assert verify_receipt(data, trust).failures == []
    assert story.report("full", "--since", receipts[0])["verdict"] == "PROVED"


def test_a_bundle_from_which_the_newest_entries_are_gone_does_not_continue(story: Story) -> None:
    report = story.report("early", "--since", story.bundle("full"), code=1)
    assert codes(report["failures"]) == {"CHECKPOINT_FORKED"}


def test_who_is_shown_the_opening_sees_the_name_in_its_place(story: Story) -> None:
    (opening,) = (story.bundle("opened") / "openings").iterdir()
    report = story.report("full", "--openings", opening)
    (row,) = [row for row in report["organisations"] if row["name"] == story.name(HIDDEN)]
    assert (row["confidential"], row["decision"], row["level"]) == (True, "approve", 2)
    assert report["verdict"] == story.report("opened")["verdict"] == "PROVED"
    other = story.place.folder / "other-opening.json"
    other.write_bytes(opening.read_bytes().replace(HIDDEN_PERSON.encode(), b"Somebody Else"))
    assert codes(story.report("full", "--openings", other, code=1)["failures"]) == {"COMMITMENT_MISMATCH"}


def test_in_the_next_letter_the_same_keys_needed_no_code_and_the_report_says_since_when(story: Story) -> None:
    assert len(list((story.bundle("second") / "history").iterdir())) == 2
    report = story.report("second")
    assert (report["verdict"], report["warnings"]) == ("PROVED", [])
    first = {row["name"]: row for row in story.report("early", code=3)["organisations"]}
    rows = {row["name"]: row for row in report["organisations"]}
    assert set(rows) == {story.name(BROWSER), story.name(PASSKEY)}
    entries = (story.bundle("early") / "entries").glob("*.dsse.json")
    said = [parse(Envelope.from_bytes(entry.read_bytes()).payload) for entry in entries]
    bound = {each.bound.key: each.time for each in said if isinstance(each, KeyStatement)}
    for name, row in rows.items():
        assert row["key"] == first[name]["key"]
        # The bind's own time: a second may turn between the answer that it comes with and it.
        assert row["same_key_since"] == bound[row["key"]]
    told = story.place.run("verify", story.bundle("second"), "--trust", story.trust)
    assert told.count("the same key since") == 2
    # A code mail has the code alone as its secret: none went out for the second letter.
    of_second = [mail for _, mail in story.mails.messages if mail["References"].startswith(f"<{story.second}.")]
    assert of_second
    assert not [mail for mail in of_second if "code" in mail["Subject"].lower()]


# Confidential


def secrets_of(story: Story) -> list[str]:
    """What tells who the confidential signatory is; the roster's own contact and address too."""
    row = story.roster[HIDDEN]
    return [each for each in (
        row["organisation"], row["acronym"], row["contact"], row["email"], HIDDEN_PERSON, HIDDEN_ROLE
    ) if each]  # fmt: skip


def told_in(story: Story, data: bytes) -> list[str]:
    text = unfolded(data).decode(errors="replace").casefold()
    return [secret for secret in secrets_of(story) if stands_in(secret.casefold(), text)]


def stands_in(secret: str, text: str) -> bool:
    # Base64 of proofs and signatures spells four letters by chance, one run in ten: an acronym counts as a word.
    if len(secret) > 8:
        return secret in text
    return re.search(rf"(?<![a-z0-9]){re.escape(secret)}(?![a-z0-9])", text) is not None


def test_no_page_or_file_that_anybody_else_can_reach_names_the_confidential_signatory(story: Story) -> None:
    others = {who: pages for who, pages in story.shown.items() if who not in ("coordinator", f"contact {HIDDEN}")}
    assert {"auditor", "stranger", "lapsed", f"contact {DECLINER}"} <= set(others)
    log = f"/l/{story.letter}/log/checkpoint"
    published = [body for address, body in story.shown["stranger"].items() if address.endswith(log)]
    assert [body.split(b"\n")[0] for body in published] == [f"localhost/l/{story.letter}".encode()]
    looked_at = 0
    for who, pages in others.items():
        for address, body in pages.items():
            assert told_in(story, body) == [], (who, address)
            looked_at += 1
    assert looked_at > 100
    # The search does find a name where it may stand.
    for who in ("coordinator", f"contact {HIDDEN}"):
        assert any(told_in(story, body) for body in story.shown[who].values())


def test_no_mail_to_anybody_else_names_the_confidential_signatory(story: Story) -> None:
    mine = story.address(HIDDEN)
    others = [mail for address, mail in story.mails.messages if address != mine]
    assert len(others) > 20
    for mail in others:
        assert told_in(story, mail.as_bytes()) == [], mail["Subject"]
        for part in mail.walk():
            if not part.is_multipart():
                assert told_in(story, part.get_payload(decode=True)) == [], mail["Subject"]
    # Nor do the subjects of its own mails, once it has answered: they stand in the open on every screen.
    of_first = [mail for address, mail in story.mails.messages
                if address == mine and mail["References"].startswith(f"<{story.letter}.")]  # fmt: skip
    invitation, *since = [mail["Subject"] for mail in of_first]
    assert story.name(HIDDEN) in invitation
    assert len(since) >= 3
    for subject in since:
        assert told_in(story, subject.encode()) == []


@pytest.mark.parametrize("name", ["full", "public", "early", "second"])
def test_no_bundle_without_openings_names_the_confidential_signatory(story: Story, name: str) -> None:
    for file in sorted(story.bundle(name).rglob("*")):
        if file.is_file():
            assert told_in(story, file.read_bytes()) == [], file
    report = story.place.folder / f"{name}-report.txt"
    report.write_text(json.dumps(story.report(name, code=3 if name in ("public", "early") else 0)))
    assert told_in(story, report.read_bytes()) == []


def test_only_the_bundle_with_openings_names_the_confidential_signatory(story: Story) -> None:
    files = [file for file in story.bundle("opened").rglob("*") if file.is_file()]
    naming = [file.parent.name for file in files if told_in(story, file.read_bytes())]
    assert naming == ["openings"]


def test_no_log_of_the_service_names_the_confidential_signatory_or_holds_a_trace_of_a_fault(story: Story) -> None:
    logs = story.place.logs()
    assert "Booting worker" in logs
    assert told_in(story, logs.encode()) == []
    assert "Traceback" not in logs


def test_the_list_counts_whom_it_does_not_name(story: Story) -> None:
    pdf = unfolded((story.bundle("full") / "pdf" / "en.pdf").read_bytes()).decode(errors="replace")
    assert "and 1 organisation whose name is withheld for its safety" in " ".join(pdf.split())
    names = [each["listed_as"] for each in json.loads((story.bundle("full") / "signatories.json").read_text())]
    assert set(names) == {story.name(at) for at in LEVELS}


def test_the_zip_is_the_folder_to_the_byte(story: Story, tmp_path: Path) -> None:
    story.place.run("export", story.letter, "--out", tmp_path / "bundle.zip")
    folder = story.bundle("full")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert held == {
        str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }
