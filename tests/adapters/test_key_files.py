"""Keys are made once, encrypted, for their owner only, and open only with the right passphrase."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from signing.adapters import key_files
from signing.adapters.key_files import KeyRefused
from tests.adapters.builders import NOW
from tests.adapters.conftest import PASSPHRASE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    assert key_files.make_missing(folder, PASSPHRASE, "letters.example.org", NOW) == list(key_files.KEYS)
    return folder


def test_a_key_that_was_made_signs_for_its_public_half(folder: Path) -> None:
    names = set()
    for name in key_files.SIGNING_KEYS:
        signer = key_files.load_signer(folder, name, PASSPHRASE)
        assert signer.public.open().verify(signer.sign(b"words"), b"words")
        assert not signer.public.open().verify(signer.sign(b"words"), b"other words")
        assert (folder / f"{name}.public.pem").read_text() == signer.public.public_key
        names.add(signer.public.key)
    assert len(names) == 3


def test_private_keys_are_encrypted_and_for_their_owner_only(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    private = [path for path in folder.iterdir() if b"PRIVATE KEY" in path.read_bytes()]
    assert len(private) == 5
    for path in private:
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
        with pytest.raises(TypeError):
            load_pem_private_key(path.read_bytes(), None)
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_making_again_makes_only_what_is_missing(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert key_files.make_missing(folder, PASSPHRASE, "letters.example.org") == []
    (folder / "attestor.pem").unlink()
    (folder / "attestor.public.pem").unlink()
    (folder / "document.certificate.pem").unlink()
    made = key_files.make_missing(folder, PASSPHRASE, "letters.example.org", NOW)
    assert made == ["attestor", "document.certificate"]
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {
        "attestor.pem",
        "attestor.public.pem",
        "document.certificate.pem",
    }


def test_the_document_certificate_leads_to_the_root_for_everybody(folder: Path) -> None:
    root, leaf = (folder / f"{name}.certificate.pem" for name in ("document-root", "document"))
    assert key_files.root_certificate(folder) == root.read_text()
    checked = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-attime", str(int(NOW.timestamp())), "-CAfile", str(root), str(leaf)],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
    years = {
        path: (certificate := x509.load_pem_x509_certificate(path.read_bytes())).not_valid_after_utc.year
        - certificate.not_valid_before_utc.year
        for path in (root, leaf)
    }
    assert years == {root: 20, leaf: 5}
    usage = x509.load_pem_x509_certificate(leaf.read_bytes()).extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)


def test_a_long_host_name_still_fits_a_certificate(tmp_path: Path) -> None:
    key_files.make_missing(tmp_path, PASSPHRASE, "a-very-long-name." * 8 + "example.org")
    assert "BEGIN CERTIFICATE" in key_files.root_certificate(tmp_path)


@pytest.mark.parametrize(
    ("spoil", "code", "remedy"),
    [
        (lambda path: path.unlink(), "key-missing", "signing keys new"),
        (lambda path: path.chmod(0o640), "key-permissions", "chmod 600"),
        (lambda path: path.write_bytes(b"not a key"), "key-passphrase", "passphrase"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_with_the_remedy(
    folder: Path, spoil: object, code: str, remedy: str
) -> None:
    spoil(folder / "log.pem")  # type: ignore[operator]
    with pytest.raises(KeyRefused, match=remedy) as refused:
        key_files.load_signer(folder, "log", PASSPHRASE)
    assert refused.value.code == code


def test_a_wrong_or_empty_passphrase_is_refused(folder: Path) -> None:
    for wrong in (b"wrong", b""):
        with pytest.raises(KeyRefused, match="passphrase"):
            key_files.load_signer(folder, "log", wrong)
    with pytest.raises(KeyRefused, match="passphrase"):
        key_files.make_missing(folder, b"", "letters.example.org")


def test_a_key_of_another_kind_does_not_sign_for_the_log(folder: Path) -> None:
    with pytest.raises(KeyRefused, match="not an Ed25519 key"):
        key_files.load_signer(folder, "document", PASSPHRASE)


def test_a_folder_without_keys_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match="signing keys new"):
        key_files.root_certificate(tmp_path)
