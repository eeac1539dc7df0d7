"""Canonical JSON has one spelling, the one of RFC 8785, and nothing but Malformed comes out of bad input."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence import Malformed, canonical

from .builders import refusal

NAMES = st.text(st.characters(max_codepoint=126), max_size=8)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"]))
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)


@given(VALUES)
def test_the_spelling_is_that_of_the_rfc8785_package(value):
    assert canonical.to_bytes(value) == rfc8785.dumps(value)


@given(VALUES)
def test_what_is_written_is_read_back(value):
    assert canonical.from_bytes(canonical.to_bytes(value)) == value


@given(VALUES)
def test_any_other_spelling_is_refused(value):
    written = canonical.to_bytes(value)
    for other in (json.dumps(value, indent=1).encode(), written + b"\n", b" " + written):
        if other != written:
            with pytest.raises(Malformed, match="NOT_CANONICAL"):
                canonical.from_bytes(other)


@given(st.binary(max_size=60) | st.text('{}[]",:0123456789.eE+-\\u n t f a l s r', max_size=40).map(str.encode))
def test_reading_never_raises_anything_but_malformed(data):
    for read in (canonical.from_bytes, canonical.from_people):
        assert refusal(lambda read=read: read(data)) in {"", "NOT_JSON", "NOT_CANONICAL"}


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b"1" * 5000,
        b'"\\ud800"',
        b'"\\u0041"',
        b'"\\u001F"',
        '{"é":1}'.encode(),
        b"[" * 17 + b"]" * 17,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    ],
)
def test_what_is_outside_the_subset_is_refused(data):
    with pytest.raises(Malformed, match="NOT_CANONICAL"):
        canonical.from_bytes(data)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"\xef\xbb\xbf1", b'{"a":1}{"a":1}', b"nul"])
def test_what_is_no_json_is_refused(data):
    with pytest.raises(Malformed, match="NOT_JSON"):
        canonical.from_bytes(data)


def test_reading_for_people_refuses_a_member_named_twice():
    assert canonical.from_people(b' {"b": 1, "a": 2}\n') == {"a": 2, "b": 1}
    with pytest.raises(Malformed, match="NOT_CANONICAL"):
        canonical.from_people(b'{"a": 1, "a": 1}')


@pytest.mark.parametrize("data", [b"1.5", b"1e3", b"NaN", b"[" * 17 + b"]" * 17, b'{"\xc3\xa9": 1}'])
def test_reading_for_people_keeps_to_the_subset(data):
    with pytest.raises(Malformed, match="NOT_CANONICAL"):
        canonical.from_people(data)


def test_a_document_beyond_the_size_limit_is_not_parsed():
    with pytest.raises(Malformed, match="NOT_JSON"):
        canonical.from_bytes(b'"' + b"x" * canonical.MAX_BYTES + b'"')


@pytest.mark.parametrize("value", [1.5, 2**53, {"é": 1}, {1: 1}, "\ud800", b"bytes", {1, 2}, object()])
def test_what_cannot_be_written_is_refused(value):
    with pytest.raises(Malformed, match="NOT_CANONICAL"):
        canonical.to_bytes(value)


def test_a_value_that_holds_itself_is_refused():
    value: list[object] = []
    value.append(value)
    with pytest.raises(Malformed, match="NOT_CANONICAL"):
        canonical.to_bytes(value)
