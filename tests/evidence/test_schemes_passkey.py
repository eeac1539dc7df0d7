"""Passkeys: each part of an assertion that is wrong has its code, and py_webauthn and openssl see the same."""

import subprocess
from base64 import b64decode
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa
from hypothesis import given
from hypothesis import strategies as st
from webauthn import verify_authentication_response
from webauthn.helpers import bytes_to_base64url, encode_cbor
from webauthn.helpers.exceptions import WebAuthnException

from signing.evidence.schemes import FITS, Place
from signing.evidence.schemes.webauthn import Assertion, backed_up

from .builders import refusal
from .signers import (
    AT,
    BE,
    BS,
    ED,
    UP,
    UV,
    Authenticator,
    p256_private,
    passkey,
    passkey_ed25519,
    passkey_rsa,
    spki_key,
)

MESSAGE = b"DSSEv1 28 application/vnd.in-toto+json 2 {}"
RP_ID, ORIGIN = "assent.example", "https://assent.example"
PLACE = Place(RP_ID, (ORIGIN, "https://www.assent.example"), "")
RSA = rsa.generate_private_key(65537, 2048)
SOUND = {"ES256": passkey("a"), "EdDSA": passkey_ed25519("a"), "RS256": passkey_rsa(RSA)}
EXTENSIONS = encode_cbor({"credProps": True})


def judge(authenticator: Authenticator, place: Place = PLACE) -> str:
    return authenticator.public.open().judge(authenticator.sign(MESSAGE), MESSAGE, place)


def cose(kind: str) -> bytes:
    """The same public key as a registration would have given it."""
    if kind == "ES256":
        numbers = p256_private("a").public_key().public_numbers()
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
    if kind == "EdDSA":
        der = SOUND[kind].public.open().text.splitlines()[1]
        return encode_cbor({1: 1, 3: -8, -1: 6, -2: b64decode(der)[-32:]})
    numbers = RSA.public_key().public_numbers()
    return encode_cbor({1: 3, 3: -257, -1: numbers.n.to_bytes(256, "big"), -2: numbers.e.to_bytes(3, "big")})


def foreign_verdict(kind: str, authenticator: Authenticator) -> bool:
    """What py_webauthn says of the same assertion."""
    parts = {name: bytes_to_base64url(data) for name, data in authenticator.parts(MESSAGE).items()}
    credential = {"id": "aWQ", "rawId": "aWQ", "type": "public-key", "response": parts, "clientExtensionResults": {}}
    try:
        verify_authentication_response(
            credential=credential, expected_challenge=sha256(MESSAGE).digest(), expected_rp_id=RP_ID,
            expected_origin=list(PLACE.origins), credential_public_key=cose(kind), credential_current_sign_count=0,
            require_user_verification=True,
        )  # fmt: skip
    except WebAuthnException:
        return False
    return True


@pytest.mark.parametrize("kind", SOUND)
@pytest.mark.parametrize(
    "variant",
    [
        {},
        {"count": 7},
        {"origin": "https://www.assent.example"},
        {"flags": UP | UV | BE},
        {"flags": UP | UV | BE | BS},
        {"flags": UP | UV | ED, "extensions": EXTENSIONS},
        {"cross_origin": None},
        {"more": {"other_keys_can_be_added_here": "do not compare clientDataJSON against a template"}},
    ],
)
def test_a_sound_assertion_fits_here_and_in_py_webauthn(kind, variant):
    authenticator = replace(SOUND[kind], **variant)
    assert judge(authenticator) == FITS
    assert foreign_verdict(kind, authenticator)


# Where py_webauthn looks less closely than we must, it says so by True.
DEFECTS = [
    ({"kind": "webauthn.create"}, "SIGNATURE_BAD", False),
    ({"kind": "payment.get"}, "SIGNATURE_BAD", False),
    ({"challenge": sha256(b"other words").digest()}, "WEBAUTHN_CHALLENGE", False),
    ({"challenge": b""}, "WEBAUTHN_CHALLENGE", False),
    ({"challenge": MESSAGE}, "WEBAUTHN_CHALLENGE", False),
    ({"origin": "https://assent.example.evil.example"}, "WEBAUTHN_ORIGIN", False),
    ({"origin": "http://assent.example"}, "WEBAUTHN_ORIGIN", False),
    ({"origin": "https://assent.example/"}, "WEBAUTHN_ORIGIN", False),
    ({"cross_origin": True}, "WEBAUTHN_ORIGIN", True),
    ({"more": {"topOrigin": "https://evil.example"}}, "WEBAUTHN_ORIGIN", True),
    ({"rp_id": "evil.example"}, "WEBAUTHN_RPID", False),
    ({"rp_id": ""}, "WEBAUTHN_RPID", False),
    ({"flags": UV}, "WEBAUTHN_FLAGS", False),
    ({"flags": UP}, "WEBAUTHN_FLAGS", False),
    ({"flags": 0}, "WEBAUTHN_FLAGS", False),
    ({"flags": UP | UV | BS}, "WEBAUTHN_FLAGS", False),
    ({"flags": UP | UV | AT}, "WEBAUTHN_FLAGS", False),
    ({"flags": UP | UV | ED}, "WEBAUTHN_FLAGS", False),
    ({"extensions": EXTENSIONS}, "WEBAUTHN_FLAGS", False),
    ({"flags": UP | UV | ED, "extensions": encode_cbor([1])}, "WEBAUTHN_FLAGS", True),
]


@pytest.mark.parametrize("kind", SOUND)
@pytest.mark.parametrize(("change", "code", "foreign"), DEFECTS)
def test_each_defect_of_an_assertion_has_its_code(kind, change, code, foreign):
    authenticator = replace(SOUND[kind], **change)
    assert judge(authenticator) == code
    assert foreign_verdict(kind, authenticator) == foreign


@pytest.mark.parametrize("kind", SOUND)
def test_a_signature_by_another_key_is_refused_here_and_there(kind):
    rsa_of_another = rsa.generate_private_key(65537, 2048)
    others = {"ES256": passkey("b"), "EdDSA": passkey_ed25519("b"), "RS256": passkey_rsa(rsa_of_another)}
    forged = replace(SOUND[kind], sign_raw=others[kind].sign_raw)
    assert judge(forged) == "SIGNATURE_BAD"
    assert not foreign_verdict(kind, forged)


@pytest.mark.parametrize(
    "respell",
    [
        lambda data: data.replace(b'":"', b'": "', 1),
        lambda data: b" " + data,
        lambda data: data.replace(b'"type":"webauthn.get",', b"").replace(b"}", b',"type":"webauthn.get"}'),
        lambda data: data.replace(b"https://", b"https:\\/\\/"),
        lambda data: data.replace(b"webauthn.get", b"webauthn.\\u0067et"),
        lambda data: data.replace(b'"crossOrigin":false', b'"crossOrigin": false'),
        lambda data: data.replace(b'"crossOrigin":false', b'"x":1,"crossOrigin":false'),
        lambda data: data.replace(b'"crossOrigin":false', b'"crossOrigin":false,"crossOrigin":false'),
        lambda data: data.replace(b'{"type"', b'{"type":"webauthn.create","type"'),
        lambda data: data[:-1],
        lambda data: data + b"}",
        lambda data: b"[" + data + b"]",
        lambda data: b"null",
        lambda data: b"",
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"}", b',"x":' + b"[" * 5000 + b"]" * 5000 + b"}"),
    ],
)  # fmt: skip
def test_client_data_begins_byte_for_byte_as_the_standard_says(respell):
    assert judge(replace(passkey("a"), client_data=respell)) == "SIGNATURE_BAD"


@pytest.mark.parametrize("cross_origin", [0, "false", None, [], 1.0])
def test_only_a_false_that_is_one_counts_as_not_cross_origin(cross_origin):
    authenticator = replace(passkey("a"), cross_origin=None, more={"crossOrigin": cross_origin})
    assert judge(authenticator) in {"WEBAUTHN_ORIGIN", "SIGNATURE_BAD"}


def test_the_commands_of_the_format_verify_a_passkey_with_openssl_alone(tmp_path):
    for name, data in passkey("a").parts(MESSAGE).items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "pae").write_bytes(MESSAGE)
    (tmp_path / "key.pem").write_text(passkey("a").public.public_key)
    script = """
        challenge=$(openssl dgst -sha256 -binary pae | base64 | tr '/+' '_-' | tr -d =)
        grep -q "\\"challenge\\":\\"$challenge\\"" clientDataJSON
        { cat authenticatorData; openssl dgst -sha256 -binary clientDataJSON; } > signed
        openssl dgst -sha256 -verify key.pem -signature signature signed"""
    command = ["bash", "-euo", "pipefail", "-c", script]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "pae").write_bytes(MESSAGE + b" ")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode != 0


def test_a_report_can_tell_a_synced_passkey():
    for flags, synced in ((UP | UV, False), (UP | UV | BE, False), (UP | UV | BE | BS, True)):
        assert backed_up(replace(passkey("a"), flags=flags).sign(MESSAGE)) is synced
    assert backed_up(b"") is None
    assert backed_up(b"{}") is None


def test_what_the_browser_answers_becomes_the_signature():
    parts = passkey("a").parts(MESSAGE)
    assertion = Assertion(parts["authenticatorData"], parts["clientDataJSON"], parts["signature"])
    assert assertion.to_bytes() == passkey("a").sign(MESSAGE)
    assert Assertion.from_bytes(assertion.to_bytes()) == assertion


@pytest.mark.parametrize(
    "respell",
    [
        lambda data: data.replace(b'":"', b'": "', 1),
        lambda data: data.replace(b'"signature"', b'"more":"","signature"'),
        lambda data: data.replace(b'"signature":"', b'"signature":"="', 1),
        lambda data: data.replace(b'"}', b'="}'),
        lambda data: data.replace(b"authenticatorData", b"authenticatordata"),
        lambda data: b"[" + data + b"]",
        lambda data: data + b"\n",
        lambda data: data.replace(b'"}', b" " * 20_000 + b'"}'),
        lambda data: b'{"authenticatorData":1,"clientDataJSON":2,"signature":3}',
        lambda data: b'{"authenticatorData":"","clientDataJSON":"","signature":""}',
    ],
)
def test_an_assertion_has_one_spelling(respell):
    assert passkey("a").public.open().judge(respell(passkey("a").sign(MESSAGE)), MESSAGE, PLACE) == "SIGNATURE_BAD"


def test_authenticator_data_that_is_cut_off_does_not_fit():
    parts = passkey("a").parts(MESSAGE)
    for length in range(37):
        short = Assertion(parts["authenticatorData"][:length], parts["clientDataJSON"], parts["signature"]).to_bytes()
        assert passkey("a").public.open().judge(short, MESSAGE, PLACE) == "SIGNATURE_BAD"


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (rsa.generate_private_key(65537, 1024), "KEY_WEAK"),
        (rsa.generate_private_key(3, 2048), "KEY_WEAK"),
        (rsa.generate_private_key(65537, 3072), ""),
        (dsa.generate_private_key(2048), "KEY_TYPE"),
        (ed448.Ed448PrivateKey.generate(), "KEY_TYPE"),
        (ec.generate_private_key(ec.SECP384R1()), "KEY_TYPE"),
    ],
)
def test_only_keys_that_a_passkey_has_and_that_are_strong_are_admitted(key, code):
    assert refusal(spki_key(key.public_key(), "webauthn").open) == code


def test_an_rsa_key_beyond_8192_bits_is_not_admitted():
    numbers = rsa.RSAPublicNumbers(65537, 2**8192 + 981)
    assert refusal(spki_key(numbers.public_key(), "webauthn").open) == "KEY_TYPE"


def test_an_rsa_key_for_another_padding_is_not_admitted(tmp_path):
    made = "openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -quiet | openssl pkey -pubout"
    pem = subprocess.run(["bash", "-c", made], capture_output=True, check=True, text=True).stdout
    assert pem.startswith("-----BEGIN PUBLIC KEY-----")
    assert refusal(lambda: replace(passkey("a").public, public_key=pem).open()) == "KEY_TYPE"


@given(st.integers(0, 255), st.binary(max_size=40))
def test_no_flags_and_no_extensions_make_the_judge_throw(flags, extensions):
    verdict = judge(replace(passkey("a"), flags=flags, extensions=extensions))
    assert verdict in {FITS, "WEBAUTHN_FLAGS"}
    assert verdict == "WEBAUTHN_FLAGS" or (flags & (UP | UV) == UP | UV and not flags & AT)


@given(st.binary(max_size=120))
def test_no_client_data_makes_the_judge_throw(client_data):
    assert judge(replace(passkey("a"), client_data=lambda _: client_data)) == "SIGNATURE_BAD"
