"""SSH keys: what `ssh-keygen` signs fits here, what fits here `ssh-keygen` verifies, and each defect fits nowhere."""

import subprocess
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from signing.evidence.keyring import PublicKey, own_key_from_text, own_signature
from signing.evidence.schemes import FITS, Place

from .builders import refusal
from .signers import NAMESPACE, SshSigner, ssh_key, ssh_string

MESSAGE = b"DSSEv1 28 application/vnd.in-toto+json 2 {}"
PLACE = Place("assent.example", ("https://assent.example",), NAMESPACE)
KINDS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)
every_kind = pytest.mark.parametrize("kind", KINDS)


def judge(signer: SshSigner, signature: bytes | None = None, place: Place = PLACE) -> str:
    return signer.public.open().judge(signer.sign(MESSAGE) if signature is None else signature, MESSAGE, place)


def ssh_keygen_verifies(folder: Path, key: PublicKey, signature: bytes, message: bytes = MESSAGE) -> bool:
    (folder / "allowed_signers").write_text(f"org-5 {key.public_key}")
    (folder / "sig").write_bytes(signature)
    command = f"ssh-keygen -Y verify -f allowed_signers -I org-5 -n {NAMESPACE} -s sig".split()
    return subprocess.run(command, cwd=folder, input=message, capture_output=True).returncode == 0


def made_by_ssh_keygen(folder: Path, *kind: str) -> str:
    command = ["ssh-keygen", "-q", "-N", "", "-C", "a person at a desk", "-f", "key", *kind]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "key.pub").read_text()


def signed_by_ssh_keygen(folder: Path, *options: str) -> bytes:
    (folder / "assent.pae").write_bytes(MESSAGE)
    command = ["ssh-keygen", "-Y", "sign", "-f", "key", "-n", NAMESPACE, *options, "assent.pae"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "assent.pae.sig").read_bytes()


@pytest.mark.parametrize("kind", [("-t", "ed25519"), ("-t", "ecdsa", "-b", "256")])
@pytest.mark.parametrize("options", [(), ("-O", "hashalg=sha256")])
def test_what_the_command_of_the_page_signs_fits(kind, options, tmp_path):
    key = own_key_from_text(made_by_ssh_keygen(tmp_path, *kind))
    signature = signed_by_ssh_keygen(tmp_path, *options)
    assert "desk" not in key.public_key
    assert key.open().judge(signature, MESSAGE, PLACE) == FITS
    assert key.open().judge(signature, MESSAGE + b" ", PLACE) == "SIGNATURE_BAD"
    assert own_signature("sshsig", signature) == signature
    assert ssh_keygen_verifies(tmp_path, key, signature)


@pytest.mark.parametrize(
    "kind", [("-t", "rsa", "-b", "3072"), ("-t", "ecdsa", "-b", "384"), ("-t", "ecdsa", "-b", "521")]
)
def test_other_kinds_of_ssh_keys_are_not_admitted(kind, tmp_path):
    line = made_by_ssh_keygen(tmp_path, *kind)
    assert refusal(lambda: own_key_from_text(line)) == "KEY_TYPE"


@every_kind
@pytest.mark.parametrize("hash_name", ["sha256", "sha512"])
def test_ssh_keygen_verifies_what_fits_here(kind, hash_name, tmp_path):
    signer = replace(ssh_key("a", kind), hash_name=hash_name)
    assert judge(signer) == FITS
    assert ssh_keygen_verifies(tmp_path, signer.public, signer.sign(MESSAGE))
    assert not ssh_keygen_verifies(tmp_path, signer.public, signer.sign(MESSAGE), MESSAGE + b" ")


@every_kind
@pytest.mark.parametrize(
    "change",
    [
        {"namespace": "file"},
        {"namespace": "assent@evil.example"},
        {"namespace": ""},
        {"hash_name": "sha1"},
        {"hash_name": ""},
        {"version": 2},
        {"blob": ssh_key("b").blob},
        {"sign_raw": ssh_key("b").sign_raw},
    ],
)
def test_each_defect_of_a_signature_fits_neither_here_nor_in_ssh_keygen(kind, change, tmp_path):
    signer = ssh_key("a", kind)
    signature = replace(signer, **change).sign(MESSAGE)
    assert judge(signer, signature) == "SIGNATURE_BAD"
    assert not ssh_keygen_verifies(tmp_path, signer.public, signature)


@pytest.mark.parametrize("kind", KINDS[2:])
def test_a_security_key_must_have_been_touched(kind, tmp_path):
    signer = ssh_key("a", kind)
    for flags, verdict in ((0x01, FITS), (0x05, FITS), (0x00, "SIGNATURE_BAD"), (0x04, "SIGNATURE_BAD")):
        signature = replace(signer, flags=flags).sign(MESSAGE)
        assert judge(signer, signature) == verdict
        # So it is the flag alone that we mind: ssh-keygen does not ask for it.
        assert ssh_keygen_verifies(tmp_path, signer.public, signature)


@pytest.mark.parametrize("kind", KINDS[2:])
def test_a_security_key_signs_for_its_own_application(kind):
    signer = ssh_key("a", kind)
    assert judge(signer, replace(signer, application="ssh:other").sign(MESSAGE)) == "SIGNATURE_BAD"
    for application, code in ((b"ssh:", ""), (b"ssh:work", ""), (b"assent.example", "KEY_TYPE"), (b"", "KEY_TYPE")):
        blob = signer.blob.removesuffix(ssh_string(b"ssh:")) + ssh_string(application)
        assert refusal(replace(signer, blob=blob).public.open) == code


@every_kind
def test_version_0_that_ssh_keygen_lets_pass_does_not_fit(kind):
    assert judge(ssh_key("a", kind), replace(ssh_key("a", kind), version=0).sign(MESSAGE)) == "SIGNATURE_BAD"


@every_kind
def test_a_reserved_part_that_is_not_empty_does_not_fit(kind):
    signer = ssh_key("a", kind)
    assert judge(signer, replace(signer, reserved=b"x").sign(MESSAGE)) == "SIGNATURE_BAD"


@every_kind
@pytest.mark.parametrize(
    "respell",
    [
        lambda text: text + text,
        lambda text: b"x" + text,
        lambda text: b"\n" + text,
        lambda text: text.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"),
        lambda text: text.replace(b"-----END SSH SIGNATURE-----", b""),
        lambda text: text.replace(b"\n", b""),
        lambda text: text.replace(b"U1NIU0lH", b"U1NIU0lI"),
        lambda text: text.replace(b"U1NI", b"U1N-"),
        lambda text: text.replace(b"U1NI", b"U1NI="),
        lambda text: text + b" " * 9000,
        lambda text: text.replace(
            b"-----BEGIN SSH SIGNATURE-----\n", b"-----BEGIN SSH SIGNATURE-----\n" + b"AAAA" * 3000
        ),
        lambda text: text.decode().encode("utf-16"),
    ],
)
def test_armour_that_ssh_keygen_would_not_print_does_not_fit(kind, respell: Callable[[bytes], bytes]):
    assert judge(ssh_key("a", kind), respell(ssh_key("a", kind).sign(MESSAGE))) == "SIGNATURE_BAD"


def test_the_layout_of_lines_is_free_as_it_is_for_ssh_keygen(tmp_path):
    signer = ssh_key("a")
    body = signer.sign(MESSAGE).split(b"\n")[1:-2]
    one_line = b"-----BEGIN SSH SIGNATURE-----\n" + b"".join(body) + b"\n-----END SSH SIGNATURE-----\n"
    assert judge(signer, one_line) == FITS
    assert ssh_keygen_verifies(tmp_path, signer.public, one_line)
    assert own_signature("sshsig", one_line) == signer.sign(MESSAGE)


def test_line_ends_turned_by_a_form_are_mended_on_upload_and_fit_nowhere_else(tmp_path):
    signer = ssh_key("a")
    turned = signer.sign(MESSAGE).replace(b"\n", b"\r\n")
    assert judge(signer, turned) == "SIGNATURE_BAD"
    assert not ssh_keygen_verifies(tmp_path, signer.public, turned)
    assert own_signature("sshsig", turned) == signer.sign(MESSAGE)


def test_numbers_in_a_longer_form_do_not_fit():
    signer = ssh_key("a", "ecdsa-sha2-nistp256")

    def padded(message: bytes) -> bytes:
        raw = signer.sign_raw(message)
        length = int.from_bytes(raw[:4], "big")
        return ssh_string(b"\0" + raw[4 : 4 + length]) + raw[4 + length :]

    def longer(message: bytes) -> bytes:
        return signer.sign_raw(message) + b"\0"

    for sign_raw in (padded, longer, lambda _: ssh_string(b"") * 2, lambda _: ssh_string(b"\x01" * 40) * 2):
        assert judge(signer, replace(signer, sign_raw=sign_raw).sign(MESSAGE)) == "SIGNATURE_BAD"


def line_of(kind: str, *parts: bytes) -> str:
    return f"{kind} {b64encode(b''.join(map(ssh_string, parts))).decode()}\n"


POINT = ssh_key("a", "ecdsa-sha2-nistp256").blob[-65:]
RAW = ssh_key("a").blob[-32:]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 ????",
        'restrict,command="x" ' + ssh_key("a").public.public_key,
        ssh_key("a").public.public_key * 2,
        ssh_key("a").public.public_key + "# a second line\n",
        ssh_key("a").public.public_key.replace("ssh-ed25519", "ssh-rsa"),
        ssh_key("a").public.public_key.replace("ssh-ed25519", "sk-ssh-ed25519@openssh.com"),
        ssh_key("a").public.public_key.rstrip() + " " + "x" * 3000,
        line_of("ssh-ed25519", b"ssh-ed25519", RAW[:31]),
        line_of("ssh-ed25519", b"ssh-ed25519", RAW + b"\0"),
        line_of("ssh-ed25519", b"ssh-ed25519", RAW, b""),
        line_of("ssh-ed25519", b"ecdsa-sha2-nistp256", b"nistp256", POINT),
        line_of("ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp256", b"nistp384", POINT),
        line_of("ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp256", b"nistp256", b"\x02" + POINT[1:33]),
        line_of("ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp256", b"nistp256", POINT[:-1] + b"\0"),
        line_of("ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp256", b"nistp256", b"\0"),
    ],
)
def test_what_is_no_admitted_key_line_is_refused(line):
    assert refusal(lambda: own_key_from_text(line)) == "KEY_TYPE"


def test_a_private_key_is_refused(tmp_path):
    made_by_ssh_keygen(tmp_path, "-t", "ed25519")
    assert refusal(lambda: own_key_from_text((tmp_path / "key").read_text())) == "KEY_TYPE"
