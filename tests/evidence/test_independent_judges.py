"""What we sign is judged by tools that are not ours: openssl, sed and sha256sum, rfc8785, securesystemslib."""

import json
import subprocess
from pathlib import Path

import pytest
import rfc8785
from securesystemslib.dsse import Envelope as ForeignEnvelope
from securesystemslib.signer import SSlibKey

from signing.evidence import bundle
from signing.evidence.envelope import Envelope

from .builders import ATTESTOR, COORDINATOR, LOG, Key, closed_letter

LETTER = closed_letter()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("judges") / "bundle"
    bundle.write(path, LETTER.bundle())
    for name, key in {"log": LOG, "attestor": ATTESTOR, "coordinator": COORDINATOR}.items():
        (path / f"{name}.pem").write_text(key.public.public_key)
    return path


def shell(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True)


def readme_commands(start: str) -> str:
    """The indented commands of the bundle's own README that follow a sentence."""
    text = LETTER.bundle()["README.txt"].decode().split(start, 1)[1].split("\n\n", 2)[1]
    return "\n".join(line.removeprefix("    ") for line in text.splitlines())


OPEN_ENTRY = readme_commands("An entry's words, what was signed")
CHECK_ENTRY = readme_commands("With the key's text in key").splitlines()[0]
CHECK_LOG = readme_commands("The newest checkpoint, with the log's public key")


@pytest.mark.parametrize(("index", "key"), [(0, "coordinator"), (1, "attestor"), (10, "attestor"), (11, "coordinator")])
def test_openssl_verifies_an_entry_with_the_commands_of_the_readme(folder, index, key):
    script = f"e=entries/{index:06d}.dsse.json; cp {key}.pem key\n{OPEN_ENTRY}\n{CHECK_ENTRY}"
    judged = shell(folder, script)
    assert judged.returncode == 0, judged.stderr
    assert "Signature Verified Successfully" in judged.stdout
    assert (folder / "pae").read_bytes() == Envelope.from_bytes(LETTER.entries[index]).pae


def test_openssl_refuses_the_same_entry_under_another_key_or_with_another_word(folder):
    script = f"e=entries/000001.dsse.json; cp coordinator.pem key\n{OPEN_ENTRY}\n{CHECK_ENTRY}"
    assert shell(folder, script).returncode != 0
    script = f"e=entries/000001.dsse.json; cp attestor.pem key\n{OPEN_ENTRY}\nsed -i s/approve/decline/ pae\n"
    assert shell(folder, script + CHECK_ENTRY).returncode != 0


def test_openssl_verifies_the_checkpoint_with_the_commands_of_the_readme(folder):
    judged = shell(folder, CHECK_LOG)
    assert judged.returncode == 0, judged.stderr
    assert "Signature Verified Successfully" in judged.stdout


def test_openssl_finds_the_logs_own_line_among_the_witnesses(tmp_path):
    letter = closed_letter()
    witnessed = letter.cosign()
    bundle.write(tmp_path / "bundle", letter.bundle(witnessed))
    (tmp_path / "bundle" / "log.pem").write_text(LOG.public.public_key)
    judged = shell(tmp_path / "bundle", CHECK_LOG)
    assert judged.returncode == 0, judged.stderr
    assert "Signature Verified Successfully" in judged.stdout


def test_sha256sum_finds_the_files_the_statements_name(folder):
    printed = shell(folder, "sha256sum letter/*.md signatories.json pdf/*.pdf").stdout
    sums = {line.split()[1].split("/")[-1]: line.split()[0] for line in printed.splitlines()}
    named = {}
    for index in (0, 11):
        payload = json.loads(Envelope.from_bytes(LETTER.entries[index]).payload)
        named |= {subject["name"]: subject["digest"]["sha256"] for subject in payload["subject"]}
    assert sums == named


@pytest.mark.parametrize("index", [0, 1, 10, 11])
def test_the_rfc8785_package_spells_entries_and_payloads_as_we_do(index):
    entry = LETTER.entries[index]
    assert rfc8785.dumps(json.loads(entry)) == entry
    payload = Envelope.from_bytes(entry).payload
    assert rfc8785.dumps(json.loads(payload)) == payload


@pytest.mark.parametrize(("index", "key"), [(0, COORDINATOR), (1, ATTESTOR), (11, COORDINATOR)])
def test_securesystemslib_verifies_an_entry_as_dsse(index: int, key: Key):
    public = {"keyval": {"public": key.raw.hex()}, "keytype": "ed25519", "scheme": "ed25519"}
    judge = SSlibKey.from_dict(key.name, public)
    envelope = ForeignEnvelope.from_dict(json.loads(LETTER.entries[index]))
    assert list(envelope.verify([judge], 1)) == [key.name]
