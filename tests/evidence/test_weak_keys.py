"""Ed25519 points of small order are refused in every scheme that carries Ed25519 (EVIDENCE 3).

The first tests show why: common libraries and tools take one forged signature for any words.
"""

import subprocess
from base64 import b64encode
from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signing.evidence import Rejected
from signing.evidence.keyring import (
    PublicKey,
    own_key_from_text,
    public_key_from_pem,
    public_key_from_raw,
    public_key_from_spki,
)
from signing.evidence.note import ALG_ED25519, NoteKey, vkey

from .builders import refusal
from .openpgp_signer import PUBLIC_KEY, SUBKEY, armour, openpgp_key, packet, public_body
from .signers import NAMESPACE, ssh_key, ssh_string

SMALL_ORDER = [
    "00" * 32,
    "01" + "00" * 31,
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ec" + "ff" * 30 + "7f",
]
# The same points, and others, with y at or beyond the prime.
NOT_CANONICAL = [f"{last:02x}" + "ff" * 30 + "7f" for last in range(0xED, 0x100)]
IDENTITY = bytes.fromhex(SMALL_ORDER[1])
FORGED = IDENTITY + bytes(32)
SPKI = bytes.fromhex("302a300506032b6570032100")

every_weak_key = pytest.mark.parametrize(
    "raw",
    [
        bytes(whole[:31] + bytes([whole[31] | sign]))
        for whole in map(bytes.fromhex, SMALL_ORDER + NOT_CANONICAL)
        for sign in (0, 0x80)
    ],
    ids=bytes.hex,
)


def accepted_by_cryptography(raw: bytes) -> int:
    """How many of 64 messages one forged signature fits."""
    count = 0
    for number in range(64):
        try:
            Ed25519PublicKey.from_public_bytes(raw).verify(FORGED, b"any words %d" % number)
        except (InvalidSignature, ValueError):
            continue
        count += 1
    return count


@pytest.mark.parametrize("hexadecimal", SMALL_ORDER)
def test_cryptography_takes_a_forged_signature_under_each_point_of_small_order(hexadecimal):
    # The point of order n fits one message in n.
    assert accepted_by_cryptography(bytes.fromhex(hexadecimal)) >= 2


def test_the_worst_of_them_fits_every_message_in_cryptography():
    assert accepted_by_cryptography(IDENTITY) == 64


@pytest.mark.parametrize("hexadecimal", NOT_CANONICAL[:2])
def test_cryptography_reads_small_points_under_a_second_spelling(hexadecimal):
    assert accepted_by_cryptography(bytes.fromhex(hexadecimal)) >= 2


@pytest.mark.parametrize("words", [b"We ask for water.", b"We ask for oil."])
def test_openssl_and_ssh_keygen_take_the_same_forged_signature_for_any_words(words, tmp_path):
    (tmp_path / "key.pem").write_text(pem_of(IDENTITY))
    (tmp_path / "sig").write_bytes(FORGED)
    (tmp_path / "pae").write_bytes(words)
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-in",
        "pae",
        "-sigfile",
        "sig",
    ]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "allowed_signers").write_text(f"org-5 {ssh_line_of(IDENTITY)}")
    (tmp_path / "sig").write_bytes(forged_ssh_signature())
    command = f"ssh-keygen -Y verify -f allowed_signers -I org-5 -n {NAMESPACE} -s sig".split()
    assert subprocess.run(command, cwd=tmp_path, input=words, capture_output=True).returncode == 0


def pem_of(raw: bytes) -> str:
    return f"-----BEGIN PUBLIC KEY-----\n{b64encode(SPKI + raw).decode()}\n-----END PUBLIC KEY-----\n"


def ssh_blob_of(raw: bytes, kind: str = "ssh-ed25519") -> bytes:
    application = ssh_string(b"ssh:") if kind.startswith("sk-") else b""
    return ssh_string(kind.encode()) + ssh_string(raw) + application


def ssh_line_of(raw: bytes, kind: str = "ssh-ed25519") -> str:
    return f"{kind} {b64encode(ssh_blob_of(raw, kind)).decode()}\n"


def forged_ssh_signature() -> bytes:
    return replace(ssh_key("a"), blob=ssh_blob_of(IDENTITY), sign_raw=lambda _: FORGED).sign(b"")


def new_body_of(raw: bytes) -> bytes:
    """A version 4 key packet in the spelling of RFC 9580: algorithm 27, then the point."""
    return b"\x04\x65\x92\x00\x80\x1b" + raw


@every_weak_key
def test_a_weak_key_is_refused_wherever_an_ed25519_key_is_read(raw):
    text, der = pem_of(raw), SPKI + raw
    readers = {
        "raw": lambda: public_key_from_raw(raw),
        "ed25519": lambda: public_key_from_pem(text),
        "webauthn": lambda: public_key_from_pem(text, "webauthn"),
        "ed25519 SPKI": lambda: public_key_from_spki(der, "ed25519"),
        "webauthn SPKI": lambda: public_key_from_spki(der, "webauthn"),
        "statement": lambda: PublicKey("spki:" + "0" * 64, "ed25519", text).open(),
        "ssh": lambda: own_key_from_text(ssh_line_of(raw)),
        "ssh sk": lambda: own_key_from_text(ssh_line_of(raw, "sk-ssh-ed25519@openssh.com")),
        "note": lambda: NoteKey.from_vkey(vkey("witness.example/w1", raw, ALG_ED25519)),
    }
    assert {name: refusal(read) for name, read in readers.items()} == dict.fromkeys(readers, "KEY_WEAK")


@every_weak_key
@pytest.mark.parametrize("body_of", [public_body, new_body_of])
def test_a_weak_key_is_refused_in_every_part_of_an_openpgp_certificate(raw, body_of):
    body = body_of(raw)
    for certificate in (packet(PUBLIC_KEY, body), openpgp_key("a").certificate + packet(SUBKEY, body)):
        text = armour("PUBLIC KEY BLOCK", certificate)
        with pytest.raises(Rejected, match="KEY_WEAK"):
            own_key_from_text(text)


def test_a_sound_key_passes_everywhere_a_weak_one_does_not():
    raw = ssh_key("a").blob[-32:]
    assert public_key_from_raw(raw).public_key == pem_of(raw)
    assert own_key_from_text(ssh_line_of(raw)).scheme == "sshsig"
    assert own_key_from_text(ssh_line_of(raw, "sk-ssh-ed25519@openssh.com")).scheme == "sshsig"
    for body in (public_body(raw), new_body_of(raw)):
        assert own_key_from_text(armour("PUBLIC KEY BLOCK", packet(PUBLIC_KEY, body))).scheme == "openpgp"
