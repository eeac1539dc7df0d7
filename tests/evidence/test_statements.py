"""Statements and envelopes: what is formatted is read back, what is not exactly a statement is refused."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence import Malformed, canonical
from signing.evidence.envelope import MAX_ENTRY_BYTES, Envelope, seal
from signing.evidence.signatory import signatory_of
from signing.evidence.statement import (
    AssentStatement,
    Commitment,
    Head,
    Signatory,
    commitment_of,
    nonce_text,
    opening_bytes,
    parse,
)

from .builders import ATTESTOR, HOST, ORIGIN, closed_letter, commitment, refusal, signatory

LETTER = closed_letter()
PAYLOADS = {
    kind: Envelope.from_bytes(LETTER.entries[index]).payload
    for kind, index in {"letter": 0, "assent": 1, "decline": 10, "close": 11}.items()
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WORDS = TEXTS.filter(bool)
SIGNATORIES = st.builds(Signatory, st.none() | TEXTS, WORDS, st.none() | TEXTS, WORDS, TEXTS, TEXTS, st.none() | TEXTS)


@pytest.mark.parametrize("kind", PAYLOADS)
def test_a_statement_formats_to_the_bytes_it_was_read_from(kind):
    assert parse(PAYLOADS[kind]).to_bytes(HOST) == PAYLOADS[kind]


@given(SIGNATORIES, st.sampled_from(["approve", "withdraw"]), st.booleans(), st.integers(1, 2**53 - 1))
def test_any_assent_survives_writing_and_reading(who, decision, typography, version):
    statement = replace(
        parse(PAYLOADS["assent"]),
        signatory=who,
        decision=decision,
        version=version,
        accepts=("typography",) if typography else (),
    )
    assert parse(statement.to_bytes(HOST)) == statement


def _leaves(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _leaves(value[key], (*path, key))


def _put(value, path, new):
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return copy


@pytest.mark.parametrize("kind", PAYLOADS)
def test_every_field_is_refused_when_its_type_is_wrong_or_it_is_missing(kind):
    value = json.loads(PAYLOADS[kind])
    for path in list(_leaves(value))[1:]:
        for wrong in (True, -7, {"a": 1}, [[]]):
            data = canonical.to_bytes(_put(value, path, wrong))
            assert refusal(lambda data=data: parse(data)) == "TYPE_UNKNOWN" or path[-1] == "ignore_article", path
        if isinstance(path[-1], str):
            copy = _put(value, path, 0)
            inner = copy
            for key in path[:-1]:
                inner = inner[key]
            del inner[path[-1]]
            assert refusal(lambda copy=copy: parse(canonical.to_bytes(copy))) == "TYPE_UNKNOWN", path
            inner[path[-1] + "x"] = 0
            assert refusal(lambda copy=copy: parse(canonical.to_bytes(copy))) == "TYPE_UNKNOWN", path


@pytest.mark.parametrize(
    ("kind", "path", "wrong"),
    [
        ("assent", ("predicate", "time"), "2026-02-30T00:00:00Z"),
        ("assent", ("predicate", "time"), "2026-11-24T00:00:00+00:00"),
        ("assent", ("predicate", "time"), "٢٠٢٦-11-24T00:00:00Z"),
        ("assent", ("predicate", "nonce"), "AAECAwQFBgcICQoLDA0ODx"),
        ("assent", ("predicate", "nonce"), "AAEC"),
        ("assent", ("predicate", "head", "root"), "AAEC"),
        ("assent", ("predicate", "prev"), "A" * 64),
        ("assent", ("predicate", "letter"), "assent.example/7f3c9a"),
        ("assent", ("predicate", "letter"), "Assent.example/l/7f3c9a"),
        ("assent", ("predicate", "signatory", "org"), ""),
        ("assent", ("predicate", "signatory", "org"), "sha256:" + "0" * 64),
        ("assent", ("predicate", "decision"), "maybe"),
        ("assent", ("predicateType",), "https://other.example/assent/v1"),
        ("assent", ("predicateType",), "https://assent.example/assent/v2"),
        ("assent", ("_type",), "https://in-toto.io/Statement/v2"),
        ("assent", ("subject",), []),
        ("decline", ("predicate", "signatory", "commitment"), "sha256:" + "A" * 64),
        ("letter", ("predicate", "binders"), []),
        ("letter", ("predicate", "binders"), ["attestor", "attestor"]),
        ("letter", ("predicate", "binders"), ["anybody"]),
        ("letter", ("predicate", "coordinators"), []),
        ("letter", ("predicate", "min_level"), 5),
        ("letter", ("predicate", "title"), ""),
        ("letter", ("subject", 0, "name"), "2.en.md"),
        ("letter", ("subject", 0, "name"), "1.en.txt"),
        ("letter", ("subject", 0, "name"), "1.e/n.md"),
        ("close", ("subject", 0, "name"), "en.html"),
        ("close", ("subject", 1, "name"), "de.pdf"),
        ("close", ("subject", 0, "name"), "signatories.json"),
        ("close", ("predicate", "document_date"), "2026-11-31"),
        ("close", ("predicate", "edition"), 0),
        ("close", ("predicate", "collation", "ignore_article"), 1),
        ("assent", ("predicate", "accepts"), ["anything"]),
        ("assent", ("predicate", "accepts"), []),
    ],
)
def test_a_value_that_means_nothing_is_refused(kind, path, wrong):
    value = _put(json.loads(PAYLOADS[kind]), path, wrong)
    assert refusal(lambda: parse(canonical.to_bytes(value))) == "TYPE_UNKNOWN"


def test_a_decline_never_stands_under_a_name():
    statement = parse(PAYLOADS["decline"])
    assert isinstance(statement, AssentStatement)
    with pytest.raises(Malformed, match="under a commitment"):
        replace(statement, signatory=signatory(1))


def test_a_statement_is_not_written_for_another_domain():
    with pytest.raises(Malformed, match="LETTER_MISMATCH"):
        parse(PAYLOADS["assent"]).to_bytes("other.example")


@given(st.binary(max_size=100))
def test_reading_made_up_payloads_and_envelopes_refuses_them(data):
    assert refusal(lambda: parse(data)) in {"ENVELOPE_MALFORMED", "NOT_CANONICAL", "TYPE_UNKNOWN"}
    assert refusal(lambda: Envelope.from_bytes(data)) in {"ENVELOPE_MALFORMED", "NOT_CANONICAL"}


@given(st.binary(max_size=300), TEXTS, st.binary(max_size=80))
def test_an_envelope_formats_to_the_bytes_it_was_read_from(payload, keyid, signature):
    envelope = Envelope(payload, keyid, signature)
    entry = envelope.to_bytes()
    assert Envelope.from_bytes(entry) == envelope
    assert canonical.to_bytes(canonical.from_bytes(entry)) == entry


@given(st.data())
def test_a_damaged_envelope_is_refused_or_has_its_own_spelling(data):
    entry = LETTER.entries[1]
    at = data.draw(st.integers(0, len(entry) - 1))
    damaged = entry[:at] + data.draw(st.binary(max_size=2)) + entry[at + 1 :]
    refused = refusal(lambda: Envelope.from_bytes(damaged))
    assert refused in {"", "ENVELOPE_MALFORMED", "NOT_CANONICAL"}
    assert refused or Envelope.from_bytes(damaged).to_bytes() == damaged


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"vnd.in-toto+json", b"vnd.other+json"),
        (b'"signatures":[', b'"signatures":[],"x":['),
        (b'"sig":"', b'"sig":"='),
        (b'"keyid":"', b'"keyid":1,"x":"'),
        (b'"payload":"', b'"payload":"\\n'),
    ],
)
def test_what_is_not_exactly_an_envelope_is_refused(old, new):
    entry = LETTER.entries[1]
    assert old in entry
    assert refusal(lambda: Envelope.from_bytes(entry.replace(old, new, 1)))


def test_an_entry_is_never_larger_than_a_log_admits():
    largest = 48_900
    assert len(seal(b"x" * largest, ATTESTOR.name, ATTESTOR.private.sign)) <= MAX_ENTRY_BYTES
    with pytest.raises(Malformed, match="ENVELOPE_MALFORMED"):
        seal(b"x" * 49_200, ATTESTOR.name, ATTESTOR.private.sign)
    with pytest.raises(Malformed, match="ENVELOPE_MALFORMED"):
        Envelope.from_bytes(canonical.to_bytes(large_envelope()))


def large_envelope() -> dict[str, object]:
    value = json.loads(LETTER.entries[1])
    value["payload"] = "AAAA" * 16_384
    return value


@given(SIGNATORIES, st.binary(min_size=32, max_size=32))
def test_an_opening_opens_its_commitment_and_no_other(who, salt):
    opening = opening_bytes(who, salt)
    assert signatory_of(opening) == who
    assert Commitment.from_json(Commitment(commitment_of(opening)).to_json()).commitment == commitment_of(opening)
    assert commitment_of(opening_bytes(who, bytes([salt[0] ^ 1]) + salt[1:])) != commitment_of(opening)


@pytest.mark.parametrize("salt", [b"", b"short", bytes(33)])
def test_a_commitment_needs_a_whole_salt(salt):
    with pytest.raises(Malformed, match="COMMITMENT_MISMATCH"):
        opening_bytes(signatory(1), salt)


@pytest.mark.parametrize("change", [{"salt": "AAEC"}, {"salt": None}, {"extra": 1}, {"org": ""}])
def test_what_is_not_exactly_an_opening_is_refused(change):
    opening = json.loads(opening_bytes(signatory(1), bytes(32)))
    with pytest.raises(Malformed):
        signatory_of(canonical.to_bytes({**opening, **change}))


def test_identities_are_orgs_or_commitments():
    assert signatory(1).identity == "org-1"
    assert commitment(1).identity.startswith("sha256:")


@pytest.mark.parametrize("count", [0, 15, 17])
def test_a_nonce_has_sixteen_bytes(count):
    with pytest.raises(Malformed, match="TYPE_UNKNOWN"):
        nonce_text(bytes(count))


def test_a_head_survives_writing_and_reading():
    head = Head(7, b"\x09" * 32)
    assert Head.from_json(head.to_json()) == head
    assert parse(PAYLOADS["letter"]).letter == ORIGIN
