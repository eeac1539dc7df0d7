"""OpenPGP: what real gpg signs fits here and in gpgv; weak, foreign and wrongly made things fit nowhere."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence.keyring import PublicKey, own_key_from_text, own_signature
from signing.evidence.schemes import FITS, Place
from signing.evidence.schemes.openpgp_packets import packets

from . import openpgp_signer
from .builders import refusal
from .openpgp_signer import MADE, SIGNED, TEXT, armour, openpgp_key, packet

MESSAGE = b"DSSEv1 28 application/vnd.in-toto+json 4 {\n}\n"
PLACE = Place()


@dataclass(frozen=True)
class Gpg:
    """A person's GnuPG, its keys in a folder of its own."""

    home: Path

    def run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        command = ["gpg", "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", "", *arguments]
        environment = {**os.environ, "GNUPGHOME": str(self.home)}
        return subprocess.run(command, env=environment, input=stdin, check=True, capture_output=True).stdout

    def new_key(self, name: str, algorithm: str, expires: str = "never", *options: str) -> str:
        self.run(*options, "--quick-gen-key", f"{name} <{name}@example.org>", algorithm, "sign,cert", expires)
        return self.export(name)

    def export(self, name: str) -> str:
        return self.run("--armor", "--export-options", "export-minimal", "--export", f"{name}@example.org").decode()

    def sign(self, name: str, *options: str, how: str = "--detach-sign") -> bytes:
        return self.run("--local-user", f"{name}@example.org", *options, how, stdin=MESSAGE)


@pytest.fixture(scope="module")
def gpg() -> Iterator[Gpg]:
    # The agent's socket has its path in this folder, and a socket's path is short.
    with tempfile.TemporaryDirectory(prefix="gpg") as folder:
        yield Gpg(Path(folder))
        subprocess.run(["gpgconf", "--homedir", folder, "--kill", "all"], check=True, capture_output=True)


@pytest.fixture(scope="module")
def person(gpg: Gpg) -> PublicKey:
    return own_key_from_text(gpg.new_key("person", "ed25519"))


def judge(key: PublicKey, signature: bytes, message: bytes = MESSAGE) -> str:
    return key.open().judge(signature, message, PLACE)


def gpgv_says(folder: Path, key: PublicKey, signature: bytes, message: bytes = MESSAGE) -> bool:
    """Judge with the commands of EVIDENCE 5."""
    (folder / "cert.asc").write_text(key.public_key)
    (folder / "sig").write_bytes(signature)
    (folder / "pae").write_bytes(message)
    (folder / "home").mkdir(exist_ok=True, mode=0o700)
    commands = "gpg --dearmor < cert.asc > ring.gpg; gpgv --keyring ./ring.gpg sig pae"
    environment = {**os.environ, "GNUPGHOME": str(folder / "home")}
    return subprocess.run(["bash", "-ec", commands], cwd=folder, env=environment, capture_output=True).returncode == 0


@pytest.mark.parametrize("algorithm", ["ed25519", "rsa3072", "nistp256"])
def test_what_the_command_of_the_page_signs_fits_and_gpgv_agrees(algorithm, gpg, tmp_path):
    key = own_key_from_text(gpg.new_key(algorithm, algorithm))
    signature = gpg.sign(algorithm, "--armor")
    assert judge(key, signature) == FITS
    assert gpgv_says(tmp_path, key, signature)
    assert judge(key, signature, MESSAGE + b" ") == "SIGNATURE_BAD"
    assert not gpgv_says(tmp_path, key, signature, MESSAGE + b" ")


def test_the_name_is_the_fingerprint_gpg_prints_and_the_text_is_what_it_exports(person, gpg):
    listed = gpg.run("--with-colons", "--fingerprint", "person@example.org").decode()
    assert f"fpr:::::::::{person.key.removeprefix('pgp:')}:" in listed
    assert person.public_key == gpg.export("person")


def test_a_signing_subkey_speaks_for_its_certificate(gpg, tmp_path):
    gpg.new_key("subkey", "ed25519")
    fingerprint = own_key_from_text(gpg.export("subkey")).key.removeprefix("pgp:")
    gpg.run("--quick-add-key", fingerprint, "ed25519", "sign", "never")
    key = own_key_from_text(gpg.export("subkey"))
    signature = gpg.sign("subkey", "--armor")
    assert key.key == f"pgp:{fingerprint}"
    assert judge(key, signature) == FITS
    assert gpgv_says(tmp_path, key, signature)


def test_a_binary_upload_becomes_the_armour_gpg_would_have_printed(person, gpg):
    binary = gpg.sign("person")
    armoured = own_signature("openpgp", binary)
    assert armoured == gpg.run("--enarmor", stdin=binary).replace(b"ARMORED FILE", b"SIGNATURE").replace(
        b'Comment: Use "gpg --dearmor" for unpacking\n', b""
    )
    assert judge(person, armoured) == FITS
    assert judge(person, binary) == "SIGNATURE_BAD"


def test_a_signature_made_before_the_keys_end_fits_after_it(gpg, tmp_path):
    then = ("--faked-system-time", "20250101T000000")
    key = own_key_from_text(gpg.new_key("expired", "ed25519", "2d", *then))
    signature = gpg.sign("expired", "--armor", *then)
    assert judge(key, signature) == FITS
    assert gpgv_says(tmp_path, key, signature)


def test_a_signature_that_says_it_was_made_outside_the_keys_life_does_not_fit():
    signer = replace(openpgp_key("a"), expires_after=SIGNED - MADE + 60)
    for at, verdict in ((SIGNED, FITS), (SIGNED + 120, "SIGNATURE_BAD"), (MADE - 60, "SIGNATURE_BAD")):
        assert judge(signer.public, replace(signer, signed_at=at).sign(MESSAGE)) == verdict


@pytest.mark.parametrize(
    ("options", "how"),
    [
        (("--armor", "--textmode"), "--detach-sign"),
        (("--armor",), "--sign"),
        (("--armor",), "--clearsign"),
        (("--armor", "--digest-algo", "SHA1"), "--detach-sign"),
        (("--armor", "--default-sig-expire", "1y"), "--detach-sign"),
    ],
)
def test_signatures_made_another_way_do_not_fit(options, how, person, gpg):
    assert judge(person, gpg.sign("person", *options, how=how)) == "SIGNATURE_BAD"


def test_text_mode_is_refused_even_where_it_would_verify():
    signer = replace(openpgp_key("a"), kind=TEXT)
    assert judge(signer.public, signer.sign(MESSAGE)) == "SIGNATURE_BAD"
    assert refusal(lambda: own_signature("openpgp", signer.sign(MESSAGE))) == "SIGNATURE_BAD"


def test_two_signatures_in_one_file_do_not_fit(person, gpg):
    both = armour("SIGNATURE", gpg.sign("person") * 2).encode()
    assert judge(person, both) == "SIGNATURE_BAD"
    assert judge(person, gpg.sign("person", "--armor") * 2) == "SIGNATURE_BAD"


def test_a_signature_over_sha1_does_not_fit():
    signer = openpgp_key("a")
    assert judge(signer.public, replace(signer, hash_number=8).sign(MESSAGE)) == FITS
    assert judge(signer.public, replace(signer, hash_number=2).sign(MESSAGE)) == "SIGNATURE_BAD"


def test_a_revoked_certificate_takes_no_signature():
    signer = openpgp_key("a")
    covered = b"\x99" + len(signer.body).to_bytes(2, "big") + signer.body
    revocation = signer.signature(covered, 0x20, SIGNED)
    key = packet(openpgp_signer.PUBLIC_KEY, signer.body)
    revoked = signer.certificate.replace(key, key + revocation, 1)
    known = replace(signer.public, public_key=armour("PUBLIC KEY BLOCK", revoked))
    assert judge(known, replace(signer, signed_at=SIGNED + 60).sign(MESSAGE)) == "SIGNATURE_BAD"


def test_an_rsa_key_of_1024_bits_is_weak(gpg):
    weak = gpg.new_key("short", "rsa1024")
    assert refusal(lambda: own_key_from_text(weak)) == "KEY_WEAK"


def test_a_dsa_key_is_not_admitted(gpg):
    old = gpg.new_key("old", "dsa2048")
    assert refusal(lambda: own_key_from_text(old)) == "KEY_TYPE"


def test_a_file_with_secret_keys_is_refused(gpg):
    gpg.new_key("careless", "ed25519")
    secret = gpg.run("--armor", "--export-secret-keys", "careless@example.org").decode()
    assert "PRIVATE" in secret
    assert refusal(lambda: own_key_from_text(secret)) == "KEY_TYPE"
    assert refusal(lambda: own_key_from_text(secret.replace("PRIVATE KEY BLOCK", "PUBLIC KEY BLOCK"))) == "KEY_TYPE"


def changed(*more: bytes, first: bytes = b"") -> str:
    return armour("PUBLIC KEY BLOCK", first + openpgp_key("a").certificate + b"".join(more))


SECRET_SUBKEY = packet(7, openpgp_key("b").body + b"\0" + bytes(36))


@pytest.mark.parametrize(
    "text",
    [
        changed(openpgp_key("b").certificate),
        changed(SECRET_SUBKEY),
        changed(packet(11, b"b\0\0\0\0\0hello")),
        changed(packet(12, b"trust")),
        changed(b"\x99"),
        changed(b"\x9b\xff"),
        changed(b"\x06"),
        changed(first=packet(13, b"a name first")),
        changed(packet(17, bytes(14_000))),
        changed().replace("PUBLIC KEY BLOCK", "SIGNATURE"),
        changed().replace("mDME", "mDMF"),
        changed() + changed(),
        armour("PUBLIC KEY BLOCK", b""),
        armour("PUBLIC KEY BLOCK", packet(6, b"\x04" + bytes(5))),
        armour("PUBLIC KEY BLOCK", packet(6, b"\x03" + openpgp_key("a").body[1:])),
        armour("PUBLIC KEY BLOCK", packet(6, b"\x06" + openpgp_key("a").body[1:])),
        armour("PUBLIC KEY BLOCK", packet(6, openpgp_key("a").body + b"\0")),
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----\n",
    ],
)
def test_what_is_not_one_small_public_certificate_is_refused(text):
    assert refusal(lambda: own_key_from_text(text)) == "KEY_TYPE"


def test_headers_long_lines_and_a_missing_checksum_are_forgiven_on_upload_alone():
    signer = openpgp_key("a")
    lines = signer.public.public_key.splitlines()
    loose = "\r\n".join([lines[0], "Comment: made: by hand", "Version:", "", "".join(lines[2:-2]), lines[-1]])
    assert own_key_from_text(loose) == signer.public
    assert refusal(replace(signer.public, public_key=loose).open) == "KEY_NAME"


def test_every_way_to_say_a_length_is_read():
    body = b"x" * 10
    for header in (b"\xb4\x0a", b"\xb5\0\x0a", b"\xb6\0\0\0\x0a", b"\xcd\x0a", b"\xcd\xff\0\0\0\x0a"):
        assert packets(header + body) == [(13, body)]
    assert packets(b"\xcd\xc0\x00" + b"x" * 192) == [(13, b"x" * 192)]
    for header in (b"\xb7", b"\xcd\xe0", b"\x0d\x0a", b"\xb4\x0b", b"\xcd", b"\xcd\xc0", b"\xcd\xff\0", b"\xb6\0"):
        assert refusal(lambda header=header: packets(header + body[: 10 if len(header) > 1 else 0])) != ""


def test_without_the_library_a_key_has_its_name_and_a_signature_is_said_to_be_unchecked(monkeypatch):
    signer = openpgp_key("a")
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    assert signer.public.open().name == signer.name
    assert judge(signer.public, signer.sign(MESSAGE)) == "SCHEME_NOT_CHECKED"
    assert judge(signer.public, b"no signature at all") == "SIGNATURE_BAD"


@given(st.data())
def test_no_damage_inside_the_packets_makes_the_judge_throw(data):
    signer = openpgp_key("a")
    spoiled = []
    for whole in (signer.certificate, signer.signature(MESSAGE, 0, SIGNED)):
        start = data.draw(st.integers(0, len(whole) - 1))
        piece = data.draw(st.binary(max_size=6))
        spoiled.append(whole[:start] + piece + whole[start + len(piece) :])
    certificate, signature = spoiled
    known = replace(signer.public, public_key=armour("PUBLIC KEY BLOCK", certificate))
    verdict = judge(signer.public, armour("SIGNATURE", signature).encode())
    assert verdict in {FITS, "SIGNATURE_BAD"}
    if refusal(known.open) == "":
        assert judge(known, signer.sign(MESSAGE)) in {FITS, "SIGNATURE_BAD"}
    assert refusal(known.open) in {"", "KEY_TYPE", "KEY_WEAK", "KEY_NAME"}
