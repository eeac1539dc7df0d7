"""Coordinators' own keys on the command line: real ssh-keygen and openssl sign, the verifier proves it."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from signing.evidence.statement import KeyStatement
from signing.workflow import auditing
from tests.cli.coalition import (
    EMAIL,
    approve,
    bound,
    installed,
    letter,
    needs_openssl,
    needs_ssh_keygen,
    printed_command,
    services_of,
    ssh_key,
)
from tests.evidence.signers import browser_key
from tests.installation import Desk, Installation


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """One installation for this whole file."""
    return installed(tmp_path_factory.mktemp("coordinators"))


def registered(place: Installation, option: str, file: Path) -> str:
    return str(place.json("keys", "register-coordinator", "--account", EMAIL, option, file)["key"])


def pem_key(place: Installation, name: str, *arguments: str) -> tuple[Path, Path]:
    key, public = place.folder / f"{name}.pem", place.folder / f"{name}.public.pem"
    subprocess.run(["openssl", "genpkey", *arguments, "-out", key], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True, capture_output=True)
    return key, public


def proved(place: Installation, letter_id: str) -> str:
    """What `signing verify` says of the letter's bundle, once it is proved."""
    place.run("export", letter_id, "--out", "bundle.zip")
    place.run("keys", "export-trust", "--out", "trust.json")
    told = place.run("verify", "bundle.zip", "--trust", "trust.json")
    assert "PROVED" in told
    return told


@needs_ssh_keygen
@pytest.mark.parametrize(("kind", "runs"), [("ed25519", Installation), ("ecdsa", Desk)])
def test_an_ssh_key_opens_and_closes_and_the_verifier_proves_it_without_a_warning(
    tmp_path: Path, kind: str, runs: type[Installation]
) -> None:
    place = installed(tmp_path, runs)
    key = ssh_key(place, f"id_{kind}", kind)
    name = registered(place, "--ssh", key.with_name(f"{key.name}.pub"))
    listed = subprocess.run(["ssh-keygen", "-lf", key], check=True, capture_output=True, text=True).stdout
    assert name == f"ssh:{listed.split()[1]}"
    letter_id = letter(place)
    assert place.json("letter", "open", letter_id, "--ssh-key", key)["version"] == 1
    place.run("invite", letter_id)
    approve(services_of(place), letter_id)
    assert "opened with other coordinators' keys" in place.run("close", letter_id, code=2)
    assert place.json("status", letter_id)["state"] == "open"
    assert place.json("close", letter_id, "--ssh-key", key)["listed"] == 1
    assert place.json("close", letter_id, "--ssh-key", key)["edition"] == 1
    assert "held by the service" not in proved(place, letter_id)


def test_a_letter_of_the_services_key_says_so(place: Installation) -> None:
    letter_id = letter(place)
    place.run("letter", "open", letter_id)
    place.run("invite", letter_id)
    approve(services_of(place), letter_id)
    place.run("close", letter_id)
    assert "held by the service" in proved(place, letter_id)


@needs_ssh_keygen
def test_a_key_on_another_machine_signs_in_two_steps(place: Installation) -> None:
    key = ssh_key(place, "elsewhere")
    name = registered(place, "--ssh", key.with_name("elsewhere.pub"))
    letter_id = letter(place)
    told = place.run("letter", "open", letter_id, "--key", name, "--statement", "open.pae")
    subprocess.run(printed_command(told, "ssh-keygen", key), cwd=place.folder, check=True, capture_output=True)
    assert place.json("letter", "open", letter_id, "--signature", "open.pae.sig")["version"] == 1
    place.run("invite", letter_id)
    approve(services_of(place), letter_id)
    refused = place.run("close", letter_id, "--key", name, "--statement", "nowhere/close.pae", code=2)
    assert "cannot be written" in refused
    assert place.json("status", letter_id)["state"] == "open"
    told = place.run("close", letter_id, "--key", name, "--statement", "close.pae")
    assert place.json("status", letter_id)["state"] == "closing"
    files = place.folder / "close.pae.files"
    assert {path.name for path in files.iterdir()} == {"signatories.json", "en.pdf"}
    assert json.loads((files / "signatories.json").read_bytes())[0]["listed_as"] == "River Watch"
    wrong = place.folder / "wrong.sig"
    wrong.write_bytes(b"no signature")
    assert "Nothing was recorded" in place.run("close", letter_id, "--signature", wrong, code=2)
    subprocess.run(printed_command(told, "ssh-keygen", key), cwd=place.folder, check=True, capture_output=True)
    assert place.json("close", letter_id, "--signature", "close.pae.sig")["listed"] == 1
    proved(place, letter_id)


@needs_openssl
@pytest.mark.parametrize(
    "arguments",
    [("-algorithm", "ed25519"), ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")],
    ids=["ed25519", "p256"],
)
def test_a_key_file_signs_here_or_with_openssl_elsewhere(place: Installation, arguments: tuple[str, ...]) -> None:
    key, public = pem_key(place, arguments[1], *arguments)
    name = registered(place, "--pem", public)
    letter_id = letter(place)
    told = place.run("letter", "open", letter_id, "--key", name, "--statement", "letter.pae")
    subprocess.run(printed_command(told, "openssl", key), cwd=place.folder, check=True, capture_output=True)
    place.run("letter", "open", letter_id, "--signature", "letter.pae.sig")
    place.run("invite", letter_id)
    approve(services_of(place), letter_id)
    assert place.json("close", letter_id, "--key-file", key)["listed"] == 1
    proved(place, letter_id)


@needs_openssl
def test_an_encrypted_key_file_asks_for_its_passphrase_by_file(place: Installation) -> None:
    plain, public = pem_key(place, "locked-plain", "-algorithm", "ed25519")
    key = place.folder / "locked.pem"
    subprocess.run(
        ["openssl", "pkey", "-in", plain, "-aes256", "-passout", "pass:good", "-out", key],
        check=True, capture_output=True,
    )  # fmt: skip
    registered(place, "--pem", public)
    letter_id = letter(place)
    passphrase = place.folder / "passphrase"
    assert "--passphrase-file" in place.run("letter", "open", letter_id, "--key-file", key, code=2)
    passphrase.write_text("bad\n")
    locked = ("letter", "open", letter_id, "--key-file", key, "--passphrase-file", passphrase)
    assert "does not open" in place.run(*locked, code=2)
    passphrase.write_text("good\n")
    assert place.json(*locked)["version"] == 1


@needs_ssh_keygen
def test_a_failed_signature_opens_the_doors_again(place: Installation) -> None:
    key = ssh_key(place, "vanishing")
    registered(place, "--ssh", key.with_name("vanishing.pub"))
    letter_id = letter(place)
    place.run("letter", "open", letter_id, "--ssh-key", key)
    place.run("invite", letter_id)
    approve(services_of(place), letter_id)
    key.write_text("no key any more")
    key.chmod(0o600)
    assert "ssh-keygen did not sign" in place.run("close", letter_id, "--ssh-key", key, code=2)
    assert place.json("status", letter_id)["state"] == "open"


@needs_ssh_keygen
def test_what_cannot_be_a_coordinators_key_is_refused_in_words(place: Installation) -> None:
    rsa = ssh_key(place, "rsa", "rsa")
    register = ("keys", "register-coordinator", "--account", EMAIL)
    assert "cannot be used" in place.run(*register, "--ssh", rsa.with_name("rsa.pub"), code=2)
    assert "cannot be used" in place.run(*register, "--pem", place.folder / "letter.md", code=2)
    assert "no such coordinator" in place.run(
        "keys", "register-coordinator", "--account", "x@y.example", "--pem", place.folder / "letter.md", code=2
    )
    held = place.folder / "keys" / "coordinator.public.pem"
    assert "service holds this key" in place.run(*register, "--pem", held, code=2)
    stranger = ssh_key(place, "stranger")
    letter_id = letter(place)
    assert "registered" in place.run("letter", "open", letter_id, "--ssh-key", stranger, code=2)
    assert place.run("letter", "open", letter_id, "--ssh-key", rsa, "--key-file", rsa, code=2)
    assert "Begin with --statement" in place.run("letter", "open", letter_id, "--signature", rsa, code=2)


@needs_ssh_keygen
def test_a_policy_is_asked_for_at_opening_and_a_key_is_retired(place: Installation) -> None:
    key = ssh_key(place, "policy")
    name = registered(place, "--ssh", key.with_name("policy.pub"))
    letter_id = letter(place)
    policy = ("--min-level", "2", "--binders", "attestor,coordinator")
    place.run("letter", "open", letter_id, *policy, "--ssh-key", key)
    assert "never lowered" in place.run("letter", "open", letter_id, "--rekey", "--min-level", "1", "--ssh-key", key,
                                        code=2)  # fmt: skip
    assert place.run("vouch", letter_id).startswith("No key waits")
    retire = ("keys", "retire-coordinator", "--account", EMAIL, name)
    assert "No other key could close" in place.run(*retire, code=2)
    other = ssh_key(place, "other")
    follows = registered(place, "--ssh", other.with_name("other.pub"))
    place.run("letter", "open", letter_id, "--rekey", "--coordinator", follows, "--ssh-key", key)
    place.run(*retire)
    rows = {row["key"]: row for row in place.json("keys", "list")}
    assert rows[name]["retired"]
    assert rows[follows]["holder"] == f"coordinator {EMAIL}"
    assert {row["holder"] for row in rows.values() if row["purpose"] != "coordinator"} == {"service"}


@needs_ssh_keygen
def test_a_contacts_key_is_vouched_for_once_its_words_were_compared(place: Installation) -> None:
    key = ssh_key(place, "voucher")
    registered(place, "--ssh", key.with_name("voucher.pub"))
    letter_id = letter(place)
    place.run("letter", "open", letter_id, "--binders", "attestor,coordinator", "--ssh-key", key)
    place.run("invite", letter_id)
    theirs = browser_key("kim").public
    bound(services_of(place), letter_id, theirs)
    (waits,) = place.json("vouch", letter_id)
    assert (waits["organisation"], waits["key"]) == ("River Watch", theirs.key)
    vouch = ("vouch", letter_id, "River Watch", "--ssh-key", key)
    assert "--phrase" in place.run(*vouch, code=2)
    assert "not the twelve words" in place.run(*vouch, "--phrase", "abandon " * 12, code=2)
    assert "opened with other" in place.run("vouch", letter_id, "River Watch", "--yes", code=2)
    assert place.json(*vouch, "--phrase", waits["phrase"])["key"] == theirs.key
    assert place.json("vouch", letter_id) == []
    revoke = ("revoke-key", letter_id, "River Watch", "--since", "2020-02-29T18:00")
    assert "opened with other" in place.run(*revoke, code=2)
    assert place.json(*revoke, "--ssh-key", key)["key"] == theirs.key
    last = auditing.log(services_of(place), letter_id)[-1].statement
    assert isinstance(last, KeyStatement)
    assert (last.action, last.bound, last.compromised_since) == ("revoke", theirs, "2020-02-29T18:00:00Z")
    assert "no such key" in place.run(*revoke, "--ssh-key", key, code=2)


@needs_openssl
@pytest.mark.parametrize("passphrase", ["", "another one"], ids=["same-passphrase", "new-passphrase"])
def test_a_released_key_closes_what_it_opened_and_the_service_holds_none(tmp_path: Path, passphrase: str) -> None:
    place = installed(tmp_path)
    letter_id = letter(place)
    place.run("letter", "open", letter_id)
    place.run("invite", letter_id)
    approve(services_of(place), letter_id)
    away = place.folder / "away"
    new = place.folder / "new-passphrase"
    new.write_text("\n")
    assert "no passphrase in" in place.run(
        "keys", "release-coordinator", "--to", away, "--passphrase-file", new, code=2
    )
    new.write_text(passphrase)
    options = ("--passphrase-file", new) if passphrase else ()
    assert place.run("keys", "release-coordinator", "--to", away, *options)
    assert stat.S_IMODE((away / "coordinator.pem").stat().st_mode) == 0o600
    assert not (place.folder / "keys" / "coordinator.pem").exists()
    assert place.run("init").splitlines() == ["the database is up to date"]
    assert place.run("keys", "new").startswith("All keys are there")
    assert place.run("keys", "release-coordinator", "--to", away, *options)
    (found,) = [each for each in place.json("doctor") if each["what"].startswith("signing keys")]
    assert (found["state"], "No coordinator's key" in found["remedy"]) == ("ok", True)
    coordinators = [row for row in place.json("keys", "list") if row["purpose"] == "coordinator"]
    assert [row["holder"] for row in coordinators] == [f"coordinator {EMAIL}"]
    assert json.loads(place.run("keys", "export-trust"))["held_by_service"] == []
    assert "Give --ssh-key, --key-file or --statement." in place.run("close", letter_id, code=2)
    assert "holds no coordinator's key" in place.run("letter", "open", letter(place), code=2)
    opens = new if passphrase else place.folder / "instance" / "key-passphrase"
    key = ("--key-file", away / "coordinator.pem", "--passphrase-file", opens)
    assert place.json("close", letter_id, *key)["listed"] == 1
    proved(place, letter_id)


def test_a_key_is_not_released_where_another_lies_or_when_nobody_takes_it(tmp_path: Path) -> None:
    place = Desk(tmp_path)
    place.run("init")
    held = place.folder / "keys" / "coordinator.pem"
    before = held.read_bytes()
    assert "no such coordinator" in place.run("keys", "release-coordinator", "--to", "away", code=2)
    place.user(EMAIL, "coordinator")
    assert "already" in place.run("keys", "release-coordinator", "--to", "keys", code=2)
    (tmp_path / "away").mkdir()
    shutil.copy(place.folder / "keys" / "attestor.pem", tmp_path / "away" / "coordinator.pem")
    assert "another key" in place.run("keys", "release-coordinator", "--to", "away", code=2)
    place.user("bob@letters.example", "coordinator")
    assert "--account" in place.run("keys", "release-coordinator", "--to", "else", code=2)
    assert held.read_bytes() == before


def test_the_doctor_names_a_letter_whose_attestor_is_not_ours_any_more_and_opening_again_heals_it(
    tmp_path: Path,
) -> None:
    place = installed(tmp_path)
    letter_id = letter(place)
    place.run("letter", "open", letter_id)
    assert "attestor's key" not in place.run("doctor")
    for name in ("attestor.pem", "attestor.public.pem"):
        (place.folder / "keys" / name).unlink()
    place.run("keys", "new")
    assert f"signing letter open {letter_id} --rekey" in place.run("doctor", code=1)
    place.run("letter", "open", letter_id, "--rekey")
    assert "attestor's key" not in place.run("doctor")
