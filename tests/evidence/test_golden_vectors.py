"""The vectors of EVIDENCE 6, byte for byte: written down before the code, so they judge it."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signing.evidence import canonical, merkle
from signing.evidence.base64_text import from_base64, to_base64, to_base64url
from signing.evidence.checkpoint import Checkpoint
from signing.evidence.envelope import PAYLOAD_TYPE, Envelope, pae, seal
from signing.evidence.keyring import public_key_from_raw
from signing.evidence.note import ALG_COSIGNATURE, Note, NoteKey, cosignature_line
from signing.evidence.receipt import Receipt

MD = "# Open letter\n\nWe ask for **water**.\n"
TXT = "Open letter\n\nWe ask for water.\n"
STATEMENT = (
    '{"_type":"https://in-toto.io/Statement/v1","predicate":{"decision":"approve","head":{"root":'
    '"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","size":0},"key":"spki:a050837d85070582ccf7394b0988847'
    'cc312cb88259b894899f6f239cf1791a5","letter":"assent.example/l/7f3c9a","nonce":"AAECAwQFBgcICQoLDA0ODw",'
    '"prev":null,"signatory":{"listed_as":"Société de l’Eau №1","org":"org-1","person":"A. Person","role":'
    '"Director"},"time":"2026-11-24T00:00:00Z","version":3},"predicateType":"https://assent.example/assent/v1",'
    '"subject":[{"digest":{"sha256":"23591f1ccb420ddf3de5cad54753d1953b51b1c7750568ec1eb49f4d6a89f0eb"},"name":'
    '"3.md"},{"digest":{"sha256":"322d8ac402e5193605edc5be97dc106039664c2380d2c419158470704367c3f1"},"name":'
    '"3.txt"}]}'
).encode()
SIGNATURE = "9MzQRmUh+y7JyIqoCPOlAr4FvQ6XQ11YMF36ZSk8M7aREuHbGcM8H/9wS1+bCwsb6GQ6oDmfddKiSQnbpgTRDw=="
KEY_NAME = "spki:a050837d85070582ccf7394b0988847cc312cb88259b894899f6f239cf1791a5"
LEAF = "njssJJkKXwTRUADc5c7r65xkHWE+0ohVhbnfF7DOvzU="
SECOND_LEAF = "hRIvUEac79JhxisR2sOmicayzY1ugQkR25PZdp2q3B0="
ROOT = "mGcBSNnXH74Typwu2OwXBVb/zmAij0OO0aGES4XICWU="
ORIGIN = "assent.example/l/7f3c9a"
LOG_VKEY = "assent.example/l/7f3c9a+695d9bf7+ASmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
WITNESS_VKEY = "witness.example/w1+b72bab2e+BCVDuS/xCVURR2rcg2nbbdyTNmWhGXjdoUBO4QZsqVWd"
CHECKPOINT = f"""{ORIGIN}
2
{ROOT}

— assent.example/l/7f3c9a aV2b9++pj0Z04Kin2/JDkBg/Nf9iYDmfsQEqmww5iHehiOvNehwN83ovFp2SwtHEF7rDxadj7V1UlAjWbfEihP8g7AY=
""".encode()
COSIGNATURE = (
    "— witness.example/w1 tyurLgAAAABrBNOAaPVpHJZCjZUoXQGrgEfkHNjR8vohFZ8AwbqNIyl/6wt5YKVL07T7HPktbW6Iy79wQkK"
    "Fw1111um3a26TKm+2Cg==\n"
).encode()
COSIGNED_AT = 1795478400
TLOG_PROOF = f"c2sp.org/tlog-proof@v1\nindex 0\n{SECOND_LEAF}\n\n".encode() + CHECKPOINT


def private_key(first_byte: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(first_byte, first_byte + 32)))


SIGNER, LOG, WITNESS = private_key(0x00), private_key(0x20), private_key(0x40)


@pytest.fixture(scope="module")
def entry() -> bytes:
    return seal(STATEMENT, KEY_NAME, SIGNER.sign)


def test_the_letter_files_have_the_digests_the_statement_names():
    assert sha256(MD.encode()).hexdigest() in STATEMENT.decode()
    assert sha256(TXT.encode()).hexdigest() in STATEMENT.decode()


def test_the_statement_is_canonical_as_it_stands():
    assert len(STATEMENT) == 727
    assert canonical.to_bytes(canonical.from_bytes(STATEMENT)) == STATEMENT
    assert sha256(STATEMENT).hexdigest() == "36826c0d95f48f583baf1d8e4f0ebff2c5225178ac6330ead31c681d809168e3"


def test_the_pae_is_the_one_of_the_dsse_specification():
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_the_pae_of_the_statement_has_the_written_digest():
    signed = pae(PAYLOAD_TYPE, STATEMENT)
    assert signed.startswith(b"DSSEv1 28 application/vnd.in-toto+json 727 {")
    assert sha256(signed).hexdigest() == "cde16b29f93cc84797094add33fa8624249d4b2c8634b244923bb6ea8d65dbcb"
    assert to_base64url(sha256(signed).digest()) == "zeFrKfk8yEeXCUrdM_qGJCSdSyyGNLJEkju26o1l28s"


def test_the_key_has_the_name_written():
    assert public_key_from_raw(SIGNER.public_key().public_bytes_raw()).key == KEY_NAME


def test_sealing_gives_the_written_signature_and_envelope(entry):
    envelope = Envelope.from_bytes(entry)
    assert to_base64(envelope.signature) == SIGNATURE
    assert envelope.payload == STATEMENT
    assert envelope.pae == pae(PAYLOAD_TYPE, STATEMENT)
    assert sha256(entry).hexdigest() == "56283218c4f372e0bb30157968690f09ff1b1856fb902611f85b4c110fe521b7"


def test_the_leaves_and_the_root_are_the_written_ones(entry):
    leaves = [merkle.leaf_hash(entry), merkle.leaf_hash(b"second entry")]
    assert [to_base64(leaf) for leaf in leaves] == [LEAF, SECOND_LEAF]
    assert to_base64(merkle.root(leaves)) == ROOT


def test_the_verifier_keys_are_the_written_ones():
    assert NoteKey(ORIGIN, 1, LOG.public_key().public_bytes_raw()).vkey == LOG_VKEY
    raw = WITNESS.public_key().public_bytes_raw()
    assert NoteKey("witness.example/w1", ALG_COSIGNATURE, raw).vkey == WITNESS_VKEY


def test_the_checkpoint_is_signed_as_written():
    checkpoint = Checkpoint(ORIGIN, 2, from_base64(ROOT))
    assert checkpoint.sign(LOG.public_key().public_bytes_raw(), LOG.sign) == CHECKPOINT


def test_the_witness_cosigns_as_written_and_both_lines_verify():
    text = Note.from_bytes(CHECKPOINT).text
    raw = WITNESS.public_key().public_bytes_raw()
    assert cosignature_line(text, "witness.example/w1", raw, COSIGNED_AT, WITNESS.sign) == COSIGNATURE
    keys = [NoteKey.from_vkey(LOG_VKEY), NoteKey.from_vkey(WITNESS_VKEY)]
    assert list(Note.from_bytes(CHECKPOINT + COSIGNATURE).verify(keys)) == keys


def test_the_receipt_is_the_written_tlog_proof_and_proves_the_entry(entry):
    receipt = Receipt(0, (from_base64(SECOND_LEAF),), CHECKPOINT, b"")
    assert receipt.to_bytes() == TLOG_PROOF
    assert Receipt.from_bytes(TLOG_PROOF) == receipt
    assert receipt.verify([NoteKey.from_vkey(LOG_VKEY)], entry).size == 2
