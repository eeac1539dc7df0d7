"""Every scheme alike: named as the ordinary tool names it, judged over exact bytes, and nothing thrown."""

import subprocess
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence import Rejected
from signing.evidence.envelope import PAYLOAD_TYPE, Envelope, pae
from signing.evidence.keyring import (
    PublicKey,
    own_key_from_text,
    own_signature,
    public_key_from_spki,
    public_key_from_text,
    raw_to_der,
)
from signing.evidence.schemes import FITS, LEVELS, SCHEMES, Place, open_key, p256, webauthn

from .builders import LetterBuilder, refusal
from .signers import (
    browser_key,
    openpgp_key,
    p256_key,
    p256_private,
    passkey,
    passkey_ed25519,
    passkey_rsa,
    spki_key,
    ssh_key,
)

MESSAGE = pae(PAYLOAD_TYPE, b'{"words":"We ask for water."}')
PLACE = Place("assent.example", ("https://assent.example",), "assent@assent.example")
SSH_KINDS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)
SIGNERS = {
    "ed25519": browser_key("a"),
    "p256": p256_key("a"),
    "passkey ES256": passkey("a"),
    "passkey EdDSA": passkey_ed25519("a"),
    "passkey RS256": passkey_rsa(rsa.generate_private_key(65537, 2048)),
    "openpgp": openpgp_key("a"),
    **{kind: ssh_key("a", kind) for kind in SSH_KINDS},
}
every_signer = pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS.keys())


def spki_of(signer) -> bytes:
    return subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"],
        input=signer.public.public_key.encode(), capture_output=True, check=True,
    ).stdout  # fmt: skip


def test_each_scheme_of_the_format_has_a_level_and_a_judge():
    assert SCHEMES.keys() == LEVELS.keys() == {signer.public.scheme for signer in SIGNERS.values()}
    assert [scheme.NAME for scheme in SCHEMES.values()] == list(SCHEMES)


@every_signer
def test_a_key_has_one_spelling_and_the_name_worked_out_elsewhere(signer):
    opened = signer.public.open()
    assert (opened.name, opened.text) == (signer.name, signer.public.public_key)
    assert public_key_from_text(signer.public.scheme, signer.public.public_key) == signer.public


@every_signer
def test_a_loose_spelling_is_read_but_never_taken_from_a_statement(signer):
    loose = "\n" + signer.public.public_key.replace("\n", "\r\n") + "\n"
    assert public_key_from_text(signer.public.scheme, loose) == signer.public
    with pytest.raises(Rejected, match="KEY_NAME"):
        PublicKey(signer.name, signer.public.scheme, loose).open()


@every_signer
def test_a_signature_fits_its_own_message_alone(signer):
    signature = signer.sign(MESSAGE)
    judge = signer.public.open().judge
    assert judge(signature, MESSAGE, PLACE) == FITS
    assert judge(signature, MESSAGE + b" ", PLACE) != FITS
    assert judge(signature, b"", PLACE) != FITS


@every_signer
def test_no_byte_of_a_signature_may_change(signer):
    signature = signer.sign(MESSAGE)
    judge = signer.public.open().judge
    for at in range(len(signature)):
        flipped = bytearray(signature)
        flipped[at] ^= 1
        assert judge(bytes(flipped), MESSAGE, PLACE) != FITS, at
    for wrong in (signature[:-2], signature[1:], signature + b"\0", signature + signature, b""):
        assert judge(wrong, MESSAGE, PLACE) != FITS


@every_signer
def test_no_key_takes_the_signature_of_another(signer):
    for other in SIGNERS.values():
        if other is not signer:
            assert signer.public.open().judge(other.sign(MESSAGE), MESSAGE, PLACE) != FITS


@pytest.mark.parametrize("kind", ["ed25519", "p256", "passkey ES256", "passkey EdDSA", "passkey RS256"])
def test_a_name_is_the_sum_openssl_prints_and_the_text_is_its_text(kind):
    signer = SIGNERS[kind]
    der = spki_of(signer)
    assert signer.public.open().name == f"spki:{sha256(der).hexdigest()}"
    again = subprocess.run(["openssl", "pkey", "-pubin", "-inform", "DER"], input=der, capture_output=True, check=True)
    assert public_key_from_spki(der, signer.public.scheme) == signer.public
    assert again.stdout.decode() == signer.public.public_key


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("ed25519", "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in pae -sigfile sig"),
        ("p256", "openssl dgst -sha256 -verify key.pem -signature sig pae"),
    ],
)
def test_openssl_verifies_a_browsers_signature_with_the_command_of_the_format(kind, command, tmp_path):
    (tmp_path / "key.pem").write_text(SIGNERS[kind].public.public_key)
    (tmp_path / "sig").write_bytes(SIGNERS[kind].sign(MESSAGE))
    (tmp_path / "pae").write_bytes(MESSAGE)
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "pae").write_bytes(MESSAGE + b" ")
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True).returncode != 0


@pytest.mark.parametrize("kind", SSH_KINDS)
def test_an_ssh_keys_name_is_the_one_ssh_keygen_prints(kind, tmp_path):
    (tmp_path / "key.pub").write_text(SIGNERS[kind].public.public_key)
    shown = subprocess.run(["ssh-keygen", "-lf", "key.pub"], cwd=tmp_path, capture_output=True, check=True, text=True)
    assert SIGNERS[kind].public.open().name == f"ssh:{shown.stdout.split()[1]}"


def test_a_raw_signature_of_webcrypto_becomes_the_der_that_openssl_reads():
    private, signer = p256_private("a"), SIGNERS["p256"]
    r, s = decode_dss_signature(signer.sign(MESSAGE))
    assert raw_to_der(r.to_bytes(32, "big") + s.to_bytes(32, "big")) == signer.sign(MESSAGE)
    assert private.curve.name == "secp256r1"
    for wrong in (b"", bytes(63), bytes(65)):
        assert refusal(lambda wrong=wrong: raw_to_der(wrong)) == "SIGNATURE_BAD"
    assert signer.public.open().judge(raw_to_der(bytes(64)), MESSAGE, PLACE) == "SIGNATURE_BAD"


def test_a_signature_in_another_spelling_of_der_does_not_fit():
    r, s = decode_dss_signature(SIGNERS["p256"].sign(MESSAGE))
    good = encode_dss_signature(r, s)
    longer = bytes([good[0], 0x81, *good[1:]])
    assert p256.open_key(SIGNERS["p256"].public.public_key).verify(good, MESSAGE)
    assert not p256.open_key(SIGNERS["p256"].public.public_key).verify(longer, MESSAGE)


@pytest.mark.parametrize("scheme", ["p256", "webauthn"])
@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP521R1(), ec.SECP256K1(), ec.BrainpoolP256R1()])
def test_other_curves_are_not_admitted(scheme, curve):
    key = spki_key(ec.generate_private_key(curve).public_key(), scheme)
    assert refusal(key.open) == "KEY_TYPE"


@pytest.mark.parametrize("conversion", ["compressed", "hybrid"])
def test_a_point_in_another_form_is_not_admitted(conversion):
    converted = subprocess.run(
        ["openssl", "ec", "-pubin", "-conv_form", conversion],
        input=SIGNERS["p256"].public.public_key.encode(), capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    for scheme in ("p256", "webauthn"):
        assert refusal(lambda scheme=scheme: public_key_from_text(scheme, converted)) == "KEY_TYPE"


def test_a_point_off_the_curve_is_not_admitted():
    der = bytearray(spki_of(SIGNERS["p256"]))
    der[-1] ^= 1
    for scheme in ("p256", "webauthn"):
        assert refusal(lambda scheme=scheme: public_key_from_spki(bytes(der), scheme)) == "KEY_TYPE"


def test_keys_of_one_scheme_are_not_read_as_another():
    for signer in SIGNERS.values():
        for scheme in SCHEMES:
            fits = refusal(lambda scheme=scheme, text=signer.public.public_key: open_key(scheme, text)) == ""
            # A passkey's key and a browser's are spelled alike; what tells them apart is what they sign.
            alike = scheme == "webauthn" and signer.public.public_key.startswith("-----BEGIN PUBLIC KEY")
            alike = alike or (scheme in ("p256", "ed25519") and signer.public.scheme == "webauthn")
            assert fits == (scheme == signer.public.scheme) or alike, (scheme, signer.name)


def test_an_uploaded_own_key_is_told_by_looking():
    for kind, signer in SIGNERS.items():
        text = signer.public.public_key
        if LEVELS[signer.public.scheme] == 4:
            assert own_key_from_text("\n" + text) == signer.public
            upload = b"\r\n" + signer.sign(MESSAGE).replace(b"\n", b"\r\n")
            assert own_signature(signer.public.scheme, upload) == signer.sign(MESSAGE)
        else:
            assert refusal(lambda text=text: own_key_from_text(text)) == "KEY_TYPE", kind
            assert refusal(lambda signer=signer: own_signature(signer.public.scheme, b"")) == "KEY_TYPE"
    for scheme in ("sshsig", "openpgp"):
        for upload in (b"", b"hello", b"\x88\x00", b"\xff" * 20, MESSAGE, bytes(100_000)):
            assert refusal(lambda scheme=scheme, upload=upload: own_signature(scheme, upload)) == "SIGNATURE_BAD"


@every_signer
def test_an_entry_of_every_scheme_can_be_logged_and_read_again(signer):
    letter = LetterBuilder()
    letter.append(b'{"words":"We ask for water."}', signer)
    envelope = Envelope.from_bytes(letter.entries[0])
    assert signer.public.open().judge(envelope.signature, envelope.pae, PLACE) == FITS
    assert envelope.keyid == signer.name


GOLDEN = {
    "ed25519": "d2b61fded35a8b70",
    "p256": "15291345603c42e6",
    "passkey ES256": "f3d424dea6c5b447",
    "passkey EdDSA": "cb45b61f870266eb",
    "openpgp": "e846f0517cd6d008",
    "ssh-ed25519": "b121bb538c399e2c",
    "ecdsa-sha2-nistp256": "c855fed841721014",
    "sk-ssh-ed25519@openssh.com": "9201699561f44c31",
    "sk-ecdsa-sha2-nistp256@openssh.com": "33821941f2119a64",
}


@pytest.mark.parametrize(("kind", "expected"), GOLDEN.items())
def test_the_same_seed_and_words_give_the_same_bytes(kind, expected):
    signer = SIGNERS[kind]
    assert sha256(signer.name.encode() + b"\n" + signer.sign(MESSAGE)).hexdigest()[:16] == expected


keys = st.sampled_from([signer.public for signer in SIGNERS.values()])
pieces = st.sampled_from(
    ["-----BEGIN PUBLIC KEY-----\n", "\n-----END PUBLIC KEY-----\n", "ssh-ed25519 ", "sk-ssh-ed25519@openssh.com ",
     "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n", "\n-----END PGP PUBLIC KEY BLOCK-----\n", "AAAA", "=", "\n", "\ud800"]
)  # fmt: skip


@given(st.sampled_from(list(SCHEMES)), st.lists(pieces | st.text(max_size=20), max_size=8).map("".join))
def test_made_up_keys_are_refused_in_words(scheme, text):
    assert refusal(lambda: open_key(scheme, text)) in {"KEY_TYPE", "KEY_WEAK"}
    assert refusal(lambda: own_key_from_text(text)) in {"KEY_TYPE", "KEY_WEAK"}


@given(keys, st.data())
def test_damaged_keys_are_another_key_or_refused_in_words(key, data):
    text = key.public_key
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 8)))
    damaged = text[:start] + data.draw(st.text(alphabet="AQz09+/=- \n\r", max_size=8)) + text[end:]
    assert refusal(lambda: open_key(key.scheme, damaged)) in {"", "KEY_TYPE", "KEY_WEAK"}


@given(st.sampled_from(["p256", "webauthn"]), st.binary(max_size=120))
def test_made_up_spki_is_refused_in_words(scheme, der):
    assert refusal(lambda: public_key_from_spki(der, scheme)) in {"KEY_TYPE", "KEY_WEAK"}


@given(keys, st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")))
def test_made_up_signatures_never_fit_and_throw_nothing(key, signature):
    assert key.open().judge(signature, MESSAGE, PLACE) == "SIGNATURE_BAD"


@given(st.sampled_from(list(SIGNERS)), st.data())
def test_damaged_signatures_never_fit_and_throw_nothing(kind, data):
    signature = SIGNERS[kind].sign(MESSAGE)
    start = data.draw(st.integers(0, len(signature) - 1))
    end = data.draw(st.integers(start, min(len(signature), start + 12)))
    piece = data.draw(st.binary(max_size=12) | st.text(alphabet='AQz09+/-_="}{', max_size=12).map(str.encode))
    damaged = signature[:start] + piece + signature[end:]
    verdict = SIGNERS[kind].public.open().judge(damaged, MESSAGE, PLACE)
    assert verdict != FITS or damaged.split() == signature.split() or same_reading(kind, damaged, signature)


def same_reading(kind: str, damaged: bytes, signature: bytes) -> bool:
    """Armour may be laid out in other lines: then it reads as the same signature."""
    if kind not in (*SSH_KINDS, "openpgp"):
        return False
    return own_signature(SIGNERS[kind].public.scheme, damaged) == signature


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=2), st.text(max_size=30))
def test_no_place_makes_a_judge_throw(rp_id, origins, namespace):
    for signer in SIGNERS.values():
        verdict = signer.public.open().judge(signer.sign(MESSAGE), MESSAGE, Place(rp_id, tuple(origins), namespace))
        assert verdict in {FITS, "SIGNATURE_BAD", "WEBAUTHN_ORIGIN"}


def test_where_nothing_belongs_passkeys_and_ssh_keys_do_not():
    assert passkey("a").public.open().judge(passkey("a").sign(MESSAGE), MESSAGE, Place()) == "WEBAUTHN_ORIGIN"
    for kind in SSH_KINDS:
        assert SIGNERS[kind].public.open().judge(SIGNERS[kind].sign(MESSAGE), MESSAGE, Place()) == "SIGNATURE_BAD"
    assert webauthn.backed_up(SIGNERS["p256"].sign(MESSAGE)) is None
