"""Keys that prove nothing are refused; a trust file is read whole or not at all."""

import subprocess
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence import Malformed, Rejected, Trust
from signing.evidence.base64_text import from_base64, from_base64url, to_base64, to_base64url
from signing.evidence.keyring import PublicKey, public_key_from_pem, public_key_from_raw, raw_from_pem
from signing.evidence.schemes import open_key
from signing.evidence.trust import TrustedLog

from .builders import COORDINATOR, HOST, LOG, ORIGIN, WITNESS_LINE, refusal, trust_of

SMALL_ORDER = [
    "00" * 32,
    "01" + "00" * 31,
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ec" + "ff" * 30 + "7f",
]
NOT_CANONICAL = ["ed" + "ff" * 30 + "7f", "ee" + "ff" * 30 + "7f", "ff" * 31 + "7f"]


def pem_of(raw: bytes) -> str:
    spki = bytes.fromhex("302a300506032b6570032100") + raw
    return f"-----BEGIN PUBLIC KEY-----\n{b64encode(spki).decode()}\n-----END PUBLIC KEY-----\n"


@pytest.mark.parametrize("sign_bit", [0, 0x80])
@pytest.mark.parametrize("hexadecimal", SMALL_ORDER + NOT_CANONICAL)
def test_a_weak_key_is_refused_with_either_sign(hexadecimal, sign_bit):
    raw = bytearray.fromhex(hexadecimal)
    raw[31] |= sign_bit
    for read in (lambda: public_key_from_raw(bytes(raw)), lambda: public_key_from_pem(pem_of(bytes(raw)))):
        with pytest.raises(Rejected, match="KEY_WEAK"):
            read()


def test_the_name_of_a_key_is_the_sum_openssl_prints(tmp_path):
    (tmp_path / "key.pem").write_text(LOG.public.public_key)
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", "key.pem", "-outform", "DER"],
        cwd=tmp_path, capture_output=True, check=True,
    ).stdout  # fmt: skip
    digest = subprocess.run(["sha256sum"], input=der, capture_output=True, check=True).stdout.split()[0].decode()
    assert LOG.name == f"spki:{digest}"
    assert der[-32:] == LOG.raw == raw_from_pem(LOG.public.public_key)


def test_a_pem_with_other_line_ends_is_the_same_key():
    loose = "  " + LOG.public.public_key.replace("\n", "\r\n") + "\n"
    assert public_key_from_pem(loose) == LOG.public
    with pytest.raises(Rejected, match="KEY_NAME"):
        PublicKey(LOG.name, "ed25519", loose).open()


@pytest.mark.parametrize(
    "text",
    ["", "hello", pem_of(b"short"), pem_of(bytes(31) + b"\x07\x07"), LOG.public.public_key.replace("PUBLIC", "PRIVATE"),
     LOG.public.public_key * 2, LOG.public.public_key.replace("MCow", "MCox"), LOG.public.public_key.replace("=", "")],
)  # fmt: skip
def test_what_is_no_ed25519_key_is_refused(text):
    with pytest.raises(Rejected, match="KEY_TYPE"):
        public_key_from_pem(text)


def test_an_unknown_scheme_is_refused():
    with pytest.raises(Rejected, match="KEY_TYPE"):
        open_key("rsa", LOG.public.public_key)


@given(st.text(max_size=80))
def test_reading_made_up_keys_raises_nothing_but_rejected(text):
    assert refusal(lambda: public_key_from_pem(text)) in {"KEY_TYPE", "KEY_WEAK"}


@pytest.mark.parametrize(
    "value", [None, [], {}, {"key": "a", "scheme": "b"}, {"key": 1, "scheme": "", "public_key": ""}]
)
def test_a_key_object_has_exactly_three_texts(value):
    with pytest.raises(Malformed, match="TYPE_UNKNOWN"):
        PublicKey.from_json(value)
    assert PublicKey.from_json(LOG.public.to_json()) == LOG.public


@given(st.binary(max_size=40))
def test_base64_has_one_spelling_in_each_alphabet(data):
    assert from_base64(to_base64(data)) == data
    assert from_base64url(to_base64url(data)) == data


@pytest.mark.parametrize("text", ["A", "AA", "AA=", "AB==", "AA==\n", "A A=", "AA==AA==", "-_8=", "é", "AAAA="])
def test_any_other_spelling_of_base64_is_refused(text):
    with pytest.raises(Malformed, match="BASE64"):
        from_base64(text)


@pytest.mark.parametrize("text", ["A", "AB", "AA==", "+/8", "AA\n", "é", "A_=", "AAAAA"])
def test_any_other_spelling_of_base64url_is_refused(text):
    with pytest.raises(Malformed, match="BASE64"):
        from_base64url(text)


def test_a_trust_file_survives_writing_and_reading():
    trust = trust_of(policy=WITNESS_LINE)
    assert Trust.from_bytes(trust.to_bytes()) == trust
    assert Trust.from_bytes(b"{}") == Trust()
    assert Trust.from_bytes(Trust().to_bytes()) == Trust()


def test_a_trust_file_derives_the_log_key_of_each_letter_of_its_service():
    assert [key.name for key in trust_of().log_keys(ORIGIN)] == [ORIGIN]
    assert trust_of().log_keys("other.example/l/1") == ()
    assert trust_of().log_keys(f"{HOST}.evil.example/l/1") == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"logs"', '"lgos"'),
        ('"logs"', '"logs": [], "logs"'),
        ('"coordinators": [', '"coordinators": [1, '),
        ('"coordinators": [', '"coordinators": ["", '),
        (f"{HOST}/l/", HOST),
        (f"{HOST}/l/", ""),
        ("PUBLIC KEY", "PRIVATE KEY"),
        ('"policy": ""', '"policy": "nonsense"'),
        ('"policy": ""', '"policy": null'),
        ('"tsa_roots": []', '"tsa_roots": {}'),
    ],
)
def test_a_trust_file_with_a_fault_is_not_used_at_all(old, new):
    text = trust_of().to_bytes().decode()
    assert old in text
    with pytest.raises(Malformed, match="TRUST_MALFORMED"):
        Trust.from_bytes(text.replace(old, new).encode())


def test_a_trust_file_beyond_the_size_limit_is_not_read():
    with pytest.raises(Malformed, match="TRUST_MALFORMED"):
        Trust.from_bytes(trust_of().to_bytes() + b" " * 1_000_000)


def test_a_weak_log_key_is_never_trusted():
    weak = Trust(logs=(TrustedLog(f"{HOST}/l/", pem_of(bytes.fromhex(SMALL_ORDER[1]))),))
    with pytest.raises(Malformed, match="TRUST_MALFORMED"):
        Trust.from_bytes(weak.to_bytes())


@given(st.binary(max_size=80))
def test_reading_made_up_trust_files_raises_nothing_but_malformed(data):
    assert refusal(lambda: Trust.from_bytes(data)) in {"", "TRUST_MALFORMED"}
    assert COORDINATOR.name in trust_of().coordinators
